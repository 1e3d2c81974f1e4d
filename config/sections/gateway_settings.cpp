#include "config/sections/gateway_settings.hpp"

#include "config/sections/access_policy.hpp"
#include "config/tree/scalars.hpp"
#include "config/tree/suggest.hpp"

#include <algorithm>
#include <array>

namespace config {
namespace {

constexpr std::size_t sources_max = 8;       // one or two are usual
constexpr std::size_t realm_size_max = 128;  // of each challenge

/// What a quoted string of a header holds without escapes. RFC 9110 section 5.6.4
bool is_realm(std::string_view text)
{
    return text.size() <= realm_size_max && std::ranges::all_of(text, [](char c) {
               return c >= ' ' && c < '\x7f' && c != '"' && c != '\\';
           });
}

/// A parameter that reads the same with and without percent decoding: unreserved characters.
/// RFC 3986 section 2.3
bool is_parameter(std::string_view text)
{
    return std::ranges::all_of(text, [](char c) {
        bool const is_alphanumeric =
            (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        return is_alphanumeric || std::string_view("-._~").find(c) != std::string_view::npos;
    });
}

std::optional<token_source> to_source(reading const& in, node const& value, std::string const& path)
{
    if (value.is_text() && value.text == "header")
        return token_source{};
    if (!value.is_map()) {
        in.notes.error(path, "must be header, {cookie: NAME} or {query: NAME}");
        return std::nullopt;
    }
    map_reader const item(&value, path, rows::token_source, in.notes);
    token_source source;
    bool const is_cookie = item.has("cookie");
    if (is_cookie == item.has("query")) {
        item.error("", "needs a `cookie` or a `query`");
        return std::nullopt;
    }
    source.from = is_cookie ? token_source::kind::cookie : token_source::kind::query;
    std::string_view const member = is_cookie ? "cookie" : "query";
    if (!item.read(member, source.name))
        return std::nullopt;
    if (is_cookie && !is_field_name(source.name))
        item.error("cookie", "is not the name of a cookie");
    if (!is_cookie && !is_parameter(source.name))
        item.error("query", "must have only letters, digits, -, ., _ and ~");
    return source;
}

void read_sources(reading const& in, map_reader const& item, verify_profile& into)
{
    auto const* value = item.find("token_sources");
    if (value == nullptr)
        return;
    auto const path = item.path_of("token_sources");
    std::vector<std::pair<node const*, std::string>> items{{value, path}};
    if (value->is_list())
        items = items_of(value, path, in.notes);
    item.refuse_empty("token_sources");
    if (items.size() > sources_max)
        item.error("token_sources", "has more than 8 entries");
    std::vector<token_source> found;
    for (auto const& [one, where] : items) {
        auto const source = to_source(in, *one, where);
        if (source && std::ranges::find(found, *source) != found.end())
            in.notes.error(where, "appears here twice");
        else if (source)
            found.push_back(*source);
    }
    into.token_sources = std::move(found);
}

/// Whether the original request decides, also where what was written about it has problems.
bool asks_about_requests(map_reader const& item, verify_profile const& of)
{
    return item.has("rules") || item.has("exempt") || of.access.allow_cors_preflight;
}

bool needs_original_request(map_reader const& item, verify_profile const& of)
{
    return asks_about_requests(item, of) || of.needs_original_request();
}

void read_dialects(map_reader const& item, verify_profile& into)
{
    bool const needs_request = needs_original_request(item, into);
    if (needs_request)
        into.dialects_ = {dialect::forward, dialect::nginx};
    std::vector<std::string> names;
    if (!item.read("dialects", names))
        return;
    dialects chosen;
    for (auto const& name : names) {
        if (auto const one = dialect_named(name))
            chosen.add(*one);
        else
            item.error(
                "dialects", "`" + name + "` is not a dialect" + did_you_mean(name, dialect_names)
            );
    }
    if (needs_request && chosen.contains(dialect::plain))
        item.error(
            "dialects",
            "`plain` does not tell the original request, by which the profile decides or takes "
            "tokens: name forward, nginx or envoy"
        );
    into.dialects_ = chosen;
}

/// A gateway keeps an answer for the token only, so that nothing else may have decided it.
void check_decision_age(map_reader const& item, verify_profile const& of)
{
    if (!of.decision_max_age)
        return;
    if (asks_about_requests(item, of))
        item.error(
            "decision_max_age",
            "must not be next to `rules`, `exempt` or `allow_cors_preflight`: the answer for one "
            "request would be kept for another"
        );
    else if (of.needs_original_request())
        item.error("decision_max_age", "needs tokens that are only in the Authorization header");
}

/// Reports settings that only requests to /verify look at.
void check_only_for_gateways(map_reader const& item, verify_profile const& of)
{
    if (!asks_about_requests(item, of))
        return;
    for (auto const* name : {"callers", "allow_overrides"}) {
        if (item.has(name))
            item.error(
                name,
                "is for /verify, which cannot use a profile with rules, exemptions or preflights"
            );
    }
}

}  // namespace

void read_gateway_settings(reading const& in, map_reader const& item, verify_profile& into)
{
    if (into.mode == token_kind::jws || into.is_for_callers) {
        into.dialects_ = {};
        return item.refuse(
            topic::gateways,
            into.is_for_callers ? "has no place in a profile `for: callers`"
                                : "is about /auth, which takes only JWTs"
        );
    }
    into.access = read_access_policy(in, item);
    read_sources(in, item, into);
    read_dialects(item, into);
    if (!is_realm(into.realm))
        item.error(
            "realm", "must be at most 128 printable ASCII characters, without quotes or backslashes"
        );
    check_decision_age(item, into);
    check_only_for_gateways(item, into);
}

}  // namespace config
