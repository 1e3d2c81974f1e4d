#include "service/endpoints/gateways/metadata.hpp"

#include "core/base/ascii.hpp"

#include <algorithm>

namespace service {
namespace {

core::failure invalid(std::string_view name)
{
    return core::failure::of_member(name, "The gateway has to send this header exactly once.");
}

constexpr char as_cgi(char c) noexcept
{
    return c == '_' ? '-' : core::ascii_lower(c);
}

/// RFC 3986 section 3.2.2: names and IP addresses, without the characters that no name has.
bool is_host_character(char c) noexcept
{
    auto const lower = core::ascii_lower(c);
    return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9')
        || std::string_view("-._~[]:").find(c) != std::string_view::npos;
}

bool is_small_letter(char c) noexcept
{
    return c >= 'a' && c <= 'z';
}

}  // namespace

core::result<std::string_view> only_field(http::request const& from, std::string_view name)
{
    std::string_view found;
    std::size_t count = 0;
    for (auto const& one : from.fields()) {
        if (one.name.size() != name.size()
            || !std::ranges::equal(one.name, name, {}, as_cgi, core::ascii_lower))
            continue;
        if (++count > 1 || !core::equal_without_case(one.name, name))
            return invalid(name);
        found = one.value;
    }
    if (found.empty())
        return invalid(name);
    return found;
}

core::result<void>
read_method(std::string_view text, std::string_view name, core::original_request& into)
{
    if (!core::is_method(text))
        return invalid(name);
    if (std::ranges::any_of(text, is_small_letter))
        return core::errc::access_denied;
    into.method = text;
    return {};
}

core::result<void>
read_scheme(std::string_view text, std::string_view name, core::original_request& into)
{
    auto const is = [&](std::string_view one) { return core::equal_without_case(text, one); };
    if (is("https") || is("wss"))
        into.scheme = "https";
    else if (is("http") || is("ws"))
        into.scheme = "http";
    else
        return invalid(name);
    return {};
}

core::result<void>
read_host(std::string_view text, std::string_view name, core::original_request& into)
{
    if (text.empty() || !std::ranges::all_of(text, is_host_character))
        return invalid(name);
    into.host = text;
    return {};
}

}  // namespace service
