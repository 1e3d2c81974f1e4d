#include "service/http/origin.hpp"

#include <algorithm>

namespace service::http {

namespace {

/// "example.com:8080" -> "example.com", "[::1]:80" -> "::1".
std::string_view name_of(std::string_view authority)
{
    if (authority.starts_with('[')) {
        auto const end = std::min(authority.find(']'), authority.size());
        return authority.substr(1, end - 1);
    }
    return authority.substr(0, authority.find(':'));
}

bool is_loopback_name(std::string_view name)
{
    if (name.ends_with('.'))
        name.remove_suffix(1);
    constexpr std::string_view below = ".localhost";  // RFC 6761 section 6.3
    bool const is_below = name.size() > below.size()
        && equal_ignoring_case(name.substr(name.size() - below.size()), below);
    bool const is_ipv4 =
        name.starts_with("127.") && name.find_first_not_of("0123456789.") == std::string_view::npos;
    return equal_ignoring_case(name, "localhost") || is_below || is_ipv4 || name == "::1";
}

bool is_our_host(
    std::string_view host, config::address const& at, std::vector<std::string> const& hosts
)
{
    auto const name = name_of(host);
    return is_loopback_name(name) || equal_ignoring_case(name, at.host)
        || std::any_of(hosts.begin(), hosts.end(), [&](std::string const& one) {
               return equal_ignoring_case(host, one) || equal_ignoring_case(name, one);
           });
}

/// "https://example.com:8443" names the authority "example.com:8443". Another scheme's default port
/// is another origin to a browser; to us a page of the same host and port is our own page.
bool is_same_origin(std::string_view origin, std::string_view host)
{
    auto const scheme = origin.find("://");
    return scheme != std::string_view::npos && !host.empty()
        && equal_ignoring_case(origin.substr(scheme + 3), host);
}

}  // namespace

bool is_foreign(
    raw_head const& head, config::address const& at, std::vector<std::string> const& hosts
)
{
    for (auto const& one : head.fields) {
        if (equal_ignoring_case(one.name, "Origin") && !is_same_origin(one.value, head.host))
            return true;
        if (equal_ignoring_case(one.name, "Sec-Fetch-Site") && one.value != "same-origin"
            && one.value != "none")
            return true;
    }
    bool const is_guarded = !at.is_unix() && at.is_loopback() && !head.host.empty();
    return is_guarded && !is_our_host(head.host, at, hosts);
}

}  // namespace service::http
