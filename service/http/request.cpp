#include "service/http/request.hpp"

#include "core/base/ascii.hpp"

#include <algorithm>

namespace service::http {

std::optional<std::string_view> request::header(std::string_view name) const noexcept
{
    for (auto const& one : parts_.fields)
        if (core::equal_without_case(one.name, name))
            return one.value;
    return std::nullopt;
}

identity request::who() const
{
    return parts_.sender != nullptr ? *parts_.sender : identity::of_stranger(parts_.peer);
}

std::size_t request::count(std::string_view name) const noexcept
{
    return static_cast<std::size_t>(std::count_if(
        parts_.fields.begin(), parts_.fields.end(),
        [&](field const& one) { return core::equal_without_case(one.name, name); }
    ));
}

}  // namespace service::http
