#include "service/http/request.hpp"

#include <algorithm>

namespace service::http {

namespace {

constexpr char lower(char c) noexcept
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

}  // namespace

bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept
{
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
               return lower(x) == lower(y);
           });
}

std::optional<std::string_view> request::header(std::string_view name) const noexcept
{
    for (auto const& one : parts_.fields)
        if (equal_ignoring_case(one.name, name))
            return one.value;
    return std::nullopt;
}

credentials request::who() const noexcept
{
    constexpr std::string_view name = "Authorization";
    bool const is_one = count(name) == 1;
    return {parts_.peer, is_one ? *header(name) : std::string_view{}};
}

std::size_t request::count(std::string_view name) const noexcept
{
    return static_cast<std::size_t>(std::count_if(
        parts_.fields.begin(), parts_.fields.end(),
        [&](field const& one) { return equal_ignoring_case(one.name, name); }
    ));
}

}  // namespace service::http
