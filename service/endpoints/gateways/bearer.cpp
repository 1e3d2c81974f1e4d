#include "service/endpoints/gateways/bearer.hpp"

#include "core/base/ascii.hpp"

#include <algorithm>

namespace service {
namespace {

/// Whether the name of a scheme is followed by white space: also by what HTTP does not allow there,
/// because some applications split at it, octets of Latin-1 included.
bool has_credential(std::string_view value, std::string_view scheme)
{
    if (!core::starts_without_case(value, scheme) || value.size() == scheme.size())
        return false;
    auto const after = static_cast<unsigned char>(value[scheme.size()]);
    return after <= 0x20 || after >= 0x7f;
}

}  // namespace

bool has_unread_credential(http::request const& request)
{
    return std::ranges::any_of(request.fields(), [](http::field const& one) {
        return core::equal_without_case(one.name, "Authorization")
            && (has_credential(one.value, "Bearer") || has_credential(one.value, "DPoP"));
    });
}

core::result<std::string_view> bearer_token(http::request const& request)
{
    constexpr std::string_view scheme = "Bearer ";
    auto const count = request.count("Authorization");
    if (count > 1)
        return core::errc::request_invalid;
    auto const value = request.header("Authorization").value_or(std::string_view{});
    if (!core::starts_without_case(value, scheme))
        return core::errc::caller_unauthenticated;
    auto const token = value.substr(scheme.size());
    auto const begin = token.find_first_not_of(' ');
    if (begin == std::string_view::npos)
        return core::errc::request_invalid;
    auto const contains = [&](char c) { return token.find(c, begin) != std::string_view::npos; };
    if (contains(' ') || contains(','))  // one by one: find_first_of looks at each octet
        return core::errc::request_invalid;
    return token.substr(begin);
}

}  // namespace service
