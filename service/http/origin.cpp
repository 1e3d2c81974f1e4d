#include "service/http/origin.hpp"

#include "core/base/ascii.hpp"
#include "core/base/ip_address.hpp"

#include <algorithm>
#include <optional>

namespace service::http {

namespace {

bool is_port(std::string_view text)
{
    return text.size() >= 2 && text.size() <= 6 && text.starts_with(':')
        && text.find_first_not_of("0123456789", 1) == std::string_view::npos;
}

/// The name in "example.com:8080" or "[::1]:80", without brackets; the port, if any, must be a
/// number.
/// Returns  nullopt for anything else: text after a bracket or a colon is never ignored.
/// Source   RFC 3986 section 3.2.2: host = IP-literal / IPv4address / reg-name
std::optional<std::string_view> name_of(std::string_view authority)
{
    auto rest = authority;
    std::string_view name;
    if (rest.starts_with('[')) {
        auto const end = rest.find(']');
        if (end == std::string_view::npos)
            return std::nullopt;
        name = rest.substr(1, end - 1);
        if (name.find(':') == std::string_view::npos)
            return std::nullopt;  // only an IPv6 address has brackets
        rest.remove_prefix(end + 1);
    } else {
        name = rest.substr(0, rest.find(':'));
        rest.remove_prefix(name.size());
    }
    bool const is_bare = name.find_first_of("[]") == std::string_view::npos;
    if (name.empty() || !is_bare || !(rest.empty() || is_port(rest)))
        return std::nullopt;
    return name;
}

/// RFC 6761 section 6.3: "localhost." and every name below it.
bool is_localhost(std::string_view name)
{
    if (name.ends_with('.'))
        name.remove_suffix(1);
    constexpr std::string_view below = ".localhost";
    if (core::equal_without_case(name, "localhost"))
        return true;
    return name.size() > below.size()
        && core::equal_without_case(name.substr(name.size() - below.size()), below)
        && !name.starts_with('.') && name.find("..") == std::string_view::npos;
}

/// 127.0.0.0/8 or ::1, written in full: no client sends 127.1 or ::ffff:127.0.0.1 and means this
/// host.
bool is_loopback_literal(std::string_view name)
{
    auto const address = core::parse_ip_address(name);
    if (!address)
        return false;
    return address->size == 4 ? core::is_loopback(*address)
                              : address == core::parse_ip_address("::1");
}

bool is_our_host(
    std::string_view host, config::address const& at, std::vector<std::string> const& hosts
)
{
    auto const name = name_of(host);
    if (!name)
        return false;
    auto const relative = name->ends_with('.') ? name->substr(0, name->size() - 1) : *name;
    return core::equal_without_case(*name, at.host) || is_localhost(*name)
        || is_loopback_literal(*name)
        || std::any_of(hosts.begin(), hosts.end(), [&](std::string const& one) {
               return core::equal_without_case(host, one)
                   || core::equal_without_case(relative, one);
           });
}

/// Whether a reply and the log may show it: what a name with a port is made of, and no long text.
bool is_presentable(std::string_view host)
{
    constexpr std::size_t shown_bytes_max = 100;
    return host.size() <= shown_bytes_max && std::ranges::all_of(host, [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
                   || std::string_view("-_.:[]").find(c) != std::string_view::npos;
           });
}

/// "https://example.com:8443" names the authority "example.com:8443". To a browser, another
/// scheme's default port is another origin; to us a page of the same host and port is our own page.
bool is_same_origin(std::string_view origin, std::string_view host)
{
    auto const scheme = origin.find("://");
    return scheme != std::string_view::npos && !host.empty()
        && core::equal_without_case(origin.substr(scheme + 3), host);
}

}  // namespace

foreign_sign sign_of_foreign(
    raw_head const& head, config::address const& at, std::vector<std::string> const& hosts,
    guarded_listeners guarded
)
{
    for (auto const& one : head.fields) {
        if (core::equal_without_case(one.name, "Origin") && !is_same_origin(one.value, head.host))
            return foreign_sign::origin;
        if (core::equal_without_case(one.name, "Sec-Fetch-Site") && one.value != "same-origin"
            && one.value != "none")
            return foreign_sign::fetch_site;
    }
    bool const is_guarded = guarded == guarded_listeners::all || at.is_loopback();
    bool const has_host = !at.is_unix() && !head.host.empty();
    return is_guarded && has_host && !is_our_host(head.host, at, hosts) ? foreign_sign::host
                                                                        : foreign_sign::none;
}

core::failure refusal_of_foreign(foreign_sign which, std::string_view host, bool is_dev)
{
    constexpr auto code = core::errc::origin_forbidden;
    if (which == foreign_sign::origin)
        return core::failure::of(code, "The Origin is that of another site.");
    if (which == foreign_sign::fetch_site)
        return core::failure::of(code, "Sec-Fetch-Site says that a page of another site asks.");
    auto const name = is_presentable(host) ? name_of(host) : std::nullopt;
    std::string text = "The Host ";
    if (name)
        text.append(host).append(" ");
    text += "is not a known name of this service: add ";
    bool const is_ipv6 = name && name->find(':') != std::string_view::npos;
    if (is_dev)
        text.append("--host ")
            .append(is_ipv6 ? "[" : "")
            .append(name.value_or("NAME"))
            .append(is_ipv6 ? "]" : "");
    else
        text.append(name.value_or("it")).append(" to server.hosts");
    return core::failure::of(code, text + ".");
}

}  // namespace service::http
