#include "core/base/http_url.hpp"

#include "core/base/ascii.hpp"
#include "core/base/ip_address.hpp"

#include <algorithm>
#include <charconv>

namespace core {
namespace {

constexpr std::size_t host_octets_max = 253;  // RFC 1035 section 2.3.4, as text
constexpr std::uint16_t http_port = 80, https_port = 443;

bool is_digit(char one)
{
    return one >= '0' && one <= '9';
}

/// Characters that an absolute URL may contain without escapes, except '#'. RFC 3986 appendix A
bool is_url_character(char one)
{
    return one > ' ' && one < '\x7f'
        && std::string_view("#\"<>\\^`{|}").find(one) == std::string_view::npos;
}

bool is_name_character(char one)
{
    return (one >= 'a' && one <= 'z') || is_digit(one) || one == '-' || one == '.' || one == '_';
}

/// Whether the last label of a name is a number such as "7" or "0x7f", so that inet_aton would read
/// the name as an address. The dot of the root may follow it.
bool ends_in_number(std::string_view name)
{
    if (name.ends_with('.'))
        name.remove_suffix(1);
    auto const label = name.substr(name.rfind('.') + 1);
    return !label.empty() && is_digit(label.front())
        && (std::ranges::all_of(label, is_digit) || label.starts_with("0x"));
}

bool is_host_name(std::string_view name)
{
    return !name.empty() && name.size() <= host_octets_max && !name.starts_with('.')
        && name.find("..") == std::string_view::npos && std::ranges::all_of(name, is_name_character)
        && !ends_in_number(name);
}

bool strip_scheme(std::string_view& text, bool& is_https)
{
    auto const has = [&text](std::string_view scheme) {
        return text.size() > scheme.size()
            && equal_without_case(text.substr(0, scheme.size()), scheme);
    };
    constexpr std::string_view http = "http://", https = "https://";
    if (!has(http) && !has(https))
        return false;
    is_https = has(https);
    text.remove_prefix(is_https ? https.size() : http.size());
    return true;
}

}  // namespace

std::optional<std::uint16_t> parse_port(std::string_view text)
{
    std::uint16_t port = 0;
    auto const [end, problem] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (problem != std::errc{} || end != text.data() + text.size() || port == 0)
        return std::nullopt;
    return port;
}

std::optional<http_url> parse_http_url(std::string_view text)
{
    http_url url;
    if (text.size() > url_octets_max || !std::ranges::all_of(text, is_url_character)
        || !strip_scheme(text, url.is_https))
        return std::nullopt;
    auto const authority_end = std::min(text.find_first_of("/?"), text.size());
    auto const authority = text.substr(0, authority_end);
    url.target = text.substr(authority_end);
    if (!url.target.starts_with('/'))
        url.target.insert(0, "/");

    bool const is_bracketed = authority.starts_with('[');
    auto const host_end = authority.find(is_bracketed ? ']' : ':');
    if (is_bracketed && host_end == std::string_view::npos)
        return std::nullopt;
    auto const host = authority.substr(0, host_end).substr(is_bracketed ? 1 : 0);
    auto const rest =
        authority.substr(std::min(host.size() + (is_bracketed ? 2 : 0), authority.size()));
    std::ranges::transform(host, std::back_inserter(url.host), ascii_lower);
    auto const address = parse_ip_address(url.host);
    bool const is_host = is_bracketed ? address && address->size == 16
                                      : (address && address->size == 4) || is_host_name(url.host);
    if (!is_host)
        return std::nullopt;

    url.port = url.is_https ? https_port : http_port;
    if (rest.empty())
        return url;
    auto const port = rest.starts_with(':') ? parse_port(rest.substr(1)) : std::nullopt;
    if (!port)
        return std::nullopt;
    url.port = *port;
    return url;
}

std::string bracketed_host(http_url const& url)
{
    return url.host.find(':') == std::string::npos ? url.host : "[" + url.host + "]";
}

std::string authority(http_url const& url)
{
    return bracketed_host(url) + ":" + std::to_string(url.port);
}

std::string host_field(http_url const& url)
{
    return url.port == (url.is_https ? https_port : http_port) ? bracketed_host(url)
                                                               : authority(url);
}

bool is_loopback_host(std::string_view host)
{
    if (auto const address = parse_ip_address(host))
        return is_loopback(*address);
    return host == "localhost" || host.ends_with(".localhost");
}

}  // namespace core
