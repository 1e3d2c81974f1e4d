#include "service/endpoints/gateways/token_sources.hpp"

#include "core/base/ascii.hpp"
#include "service/endpoints/gateways/bearer.hpp"
#include "service/endpoints/gateways/name_likeness.hpp"

#include <algorithm>
#include <array>

namespace service {
namespace {

using source_kind = config::token_source::kind;

/// Takes what is before the next separator.
std::string_view take_part(std::string_view& rest, std::string_view separators)
{
    auto const end = std::min(rest.find_first_of(separators), rest.size());
    auto const part = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return part;
}

/// The only value under a name; empty = there is none, or it is empty. A name that comes twice is
/// refused, whatever its values.
class only_value {
public:
    void found(std::string_view value)
    {
        ++count_;
        value_ = value;
    }
    core::result<std::string_view> get() const
    {
        if (count_ > 1)
            return core::errc::request_invalid;
        return value_;
    }

private:
    std::size_t count_ = 0;
    std::string_view value_;
};

/// Whether some applications find one more pair of this name inside of a pair: Python's
/// SimpleCookie begins another one after white space, and readers of RFC 2965 after a comma.
bool has_pair_inside(std::string_view pair, std::string_view name)
{
    constexpr auto none = std::string_view::npos;
    // Most have none of them; and unlike find_first_of, find does not look at each octet by itself.
    if (pair.find(' ') == none && pair.find('\t') == none && pair.find(',') == none)
        return false;
    constexpr std::string_view separators = " \t,";
    take_part(pair, separators);
    while (!pair.empty()) {
        auto const word = take_part(pair, separators);
        auto const equals = word.find('=');
        if (likeness_of_cookie(word.substr(0, equals), name) == likeness::none)
            continue;
        if (equals != none || core::trimmed(pair, core::http_space).starts_with('='))
            return true;
    }
    return false;
}

/// Takes what is under the name in a cookie field.
///
/// Returns  false: it has what only some applications take for the name.
bool take_cookies(std::string_view field, std::string_view name, only_value& into)
{
    while (!field.empty()) {
        auto const pair = core::trimmed(take_part(field, ";"), core::http_space);
        auto const equals = pair.find('=');
        if (has_pair_inside(pair, name))
            return false;
        if (equals == std::string_view::npos)
            continue;
        auto const own = core::trimmed(pair.substr(0, equals), core::http_space);
        auto const how = likeness_of_cookie(own, name);
        if (how == likeness::alike)
            return false;
        if (how == likeness::same)
            into.found(core::trimmed(pair.substr(equals + 1), core::http_space));
    }
    return true;
}

/// RFC 6265 section 4.2.1: "cookie-pair *( ";" SP cookie-pair )"
core::result<std::string_view> cookie_named(http::request const& call, std::string_view name)
{
    only_value only;
    for (auto const& one : call.fields()) {
        if (core::equal_without_case(one.name, "Cookie") && !take_cookies(one.value, name, only))
            return core::errc::request_invalid;
    }
    return only.get();
}

/// Some applications read ';' as '&'; so both separate here, and two readings are two parameters.
/// One whose name is only alike is refused: it is nobody's token here, and may be one there.
core::result<std::string_view> parameter_named(std::string_view query, std::string_view name)
{
    only_value only;
    while (!query.empty()) {
        auto const pair = take_part(query, "&;");
        auto const equals = std::min(pair.find('='), pair.size());
        auto const how = likeness_of_parameter(pair.substr(0, equals), name);
        if (how == likeness::alike)
            return core::errc::request_invalid;
        if (how == likeness::same)
            only.found(pair.substr(std::min(equals + 1, pair.size())));
    }
    return only.get();
}

bool is_safe(std::string_view method)
{
    constexpr std::array<std::string_view, 4> safe{"GET", "HEAD", "OPTIONS", "TRACE"};
    return std::ranges::find(safe, method) != safe.end();
}

bool lists_web_socket(std::string_view protocols)
{
    while (!protocols.empty()) {
        auto const one = core::trimmed(take_part(protocols, ","), core::http_space);
        if (core::starts_without_case(one, "websocket"))
            return true;
    }
    return false;
}

/// Browsers open a WebSocket with the cookies of any site, and let the page read what comes. One of
/// the fields is enough: a gateway may have taken the others away.
bool opens_web_socket(http::request const& call)
{
    return std::ranges::any_of(call.fields(), [](http::field const& one) {
        return core::starts_without_case(one.name, "Sec-WebSocket-")
            || (core::equal_without_case(one.name, "Upgrade") && lists_web_socket(one.value));
    });
}

/// The host without the port that its scheme has anyway, as an Origin has it.
std::string_view host_in_origin(core::original_request const& original)
{
    auto const port = original.scheme == "https" ? std::string_view(":443") : ":80";
    auto host = original.host;
    if (host.ends_with(port))
        host.remove_suffix(port.size());
    return host;
}

/// Whether the only Origin is "scheme://host" of the original request.
bool has_same_origin(http::request const& call, core::original_request const& original)
{
    auto origin = call.header("Origin").value_or("");
    bool const is_told = !original.scheme.empty() && !original.host.empty();
    if (!is_told || call.count("Origin") != 1 || !origin.starts_with(original.scheme))
        return false;
    origin.remove_prefix(original.scheme.size());
    constexpr std::string_view after_scheme = "://";
    return origin.starts_with(after_scheme)
        && core::equal_without_case(origin.substr(after_scheme.size()), host_in_origin(original));
}

/// An empty Origin is none: no browser sends it, and some gateways write it where there is none.
bool tells_origin(http::request const& call)
{
    return std::ranges::any_of(call.fields(), [](http::field const& one) {
        return core::equal_without_case(one.name, "Origin") && !one.value.empty();
    });
}

bool may_use_cookie(http::request const& call, core::original_request const& original)
{
    bool const is_read_only = is_safe(original.method) && !opens_web_socket(call);
    return (is_read_only && !tells_origin(call)) || has_same_origin(call, original);
}

/// A token and where it was; empty = there is none.
struct found_token {
    std::string_view text;
    source_kind from = source_kind::header;
};

/// Looks in every listed source but the header.
core::result<found_token> token_outside_header(
    http::request const& call, core::original_request const& original,
    std::span<config::token_source const> sources
)
{
    found_token found;
    for (auto const& one : sources) {
        if (one.from == source_kind::header)
            continue;
        auto const text = one.from == source_kind::cookie
            ? cookie_named(call, one.name)
            : parameter_named(original.query, one.name);
        if (!text)
            return text.error();
        if (!text->empty() && !found.text.empty())
            return core::errc::request_invalid;
        if (!text->empty())
            found = {*text, one.from};
    }
    return found;
}

bool is_header_only(std::span<config::token_source const> sources)
{
    return sources.size() == 1 && sources.front().from == source_kind::header;
}

}  // namespace

core::result<std::string_view> token_of(
    http::request const& call, core::original_request const& original,
    std::span<config::token_source const> sources
)
{
    auto const bearer = bearer_token(call);
    if (is_header_only(sources) || (!bearer && bearer.error() == core::errc::request_invalid))
        return bearer;
    auto const other = token_outside_header(call, original, sources);
    if (!other)
        return other.error();
    if (!other->text.empty() && (bearer || has_unread_credential(call)))
        return core::errc::request_invalid;
    if (other->text.empty()) {
        bool const reads_header = std::ranges::any_of(sources, [](auto const& one) {
            return one.from == source_kind::header;
        });
        if (!reads_header)
            return core::errc::caller_unauthenticated;
        return bearer;
    }
    if (other->from == source_kind::cookie && !may_use_cookie(call, original))
        return core::errc::origin_forbidden;
    return other->text;
}

}  // namespace service
