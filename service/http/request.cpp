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

credentials request::who() const noexcept
{
    constexpr std::string_view name = "Authorization";
    bool const is_one = count(name) == 1;
    return {parts_.peer, is_one ? *header(name) : std::string_view{}, parts_.kept_digest};
}

std::size_t request::count(std::string_view name) const noexcept
{
    return static_cast<std::size_t>(std::count_if(
        parts_.fields.begin(), parts_.fields.end(),
        [&](field const& one) { return core::equal_without_case(one.name, name); }
    ));
}

}  // namespace service::http
