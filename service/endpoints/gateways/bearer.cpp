#include "service/endpoints/gateways/bearer.hpp"

#include "core/base/ascii.hpp"

namespace service {

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

http::reply bearer_challenge(core::failure const& why)
{
    http::reply reply;
    reply.code = core::to_string(why.code);
    reply.content_type = "";
    bool const lacks_scope = why.code == core::errc::scope_insufficient
        || (why.code == core::errc::claim_missing && why.claim == "scope");
    reply.status = lacks_scope ? 403 : http::status_of(why.code, context::auth);
    // RFC 9110 section 10.2.3: "how long the service is expected to be unavailable"
    if (why.code == core::errc::overloaded)
        reply.headers.add("Retry-After", "1");
    if (reply.status >= 500)
        return reply;
    std::string challenge = "Bearer realm=\"signet\"";
    if (lacks_scope)
        challenge += ", error=\"insufficient_scope\"";
    else if (why.code == core::errc::request_invalid)
        challenge += ", error=\"invalid_request\"";
    else if (why.code != core::errc::caller_unauthenticated)
        challenge += ", error=\"invalid_token\", error_description=\""
            + std::string(core::to_string(why.code)) + "\"";
    reply.headers.add("WWW-Authenticate", challenge);
    return reply;
}

}  // namespace service
