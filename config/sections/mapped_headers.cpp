#include "config/sections/mapped_headers.hpp"

#include "config/tree/scalars.hpp"
#include "core/base/ascii.hpp"

#include <algorithm>
#include <array>

namespace config {
namespace {

/// Fields of the connection, of framing and of Signet itself: a claim must not become one of these.
/// Source   RFC 9110 section 7.6.1
constexpr std::array<std::string_view, 15> closed_headers{
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "host",
    "date",
    "cache-control",
    "www-authenticate",
    "x-auth-error",
    "x-envoy-auth-headers-to-remove",
};

constexpr std::size_t separator_size_max = 8;

/// The claim that is written for what `scope` or `scp` grants.
constexpr std::string_view scopes_word = "scopes";

void check_name(reading const& in, std::string const& name, std::string const& path)
{
    auto const lower = in_lower_case(name);
    if (!is_field_name(name))
        in.notes.error(path, "is not the name of an HTTP header");
    if (std::ranges::find(closed_headers, lower) != closed_headers.end()
        || lower.starts_with("content-"))
        in.notes.error(path, "is a header that HTTP itself needs");
}

bool is_separator(std::string_view text)
{
    return text.size() <= separator_size_max
        && std::ranges::all_of(text, [](char c) { return c >= ' ' && c < '\x7f'; });
}

/// Reads how the value is written. Scopes are always joined by a space, and base64url and JSON join
/// nothing.
void read_style(map_reader const& item, header_mapping& into)
{
    if (into.is_scopes) {
        for (auto const* name : {"encode", "separator", "as"}) {
            if (item.has(name))
                item.error(name, "is not for `scopes`, which are joined by a space");
        }
        return;
    }
    auto& style = into.style;
    if (auto const word = item.read_word("encode"))
        style.encode = static_cast<core::claim_style::encoding>(*word + 1);
    style.as_json = item.read_word("as").has_value();
    if (!item.read("separator", style.separator))
        return;
    if (!is_separator(style.separator))
        item.error("separator", "must be at most 8 printable ASCII characters");
    if (style.as_json)
        item.error("separator", "joins nothing: `as: json` writes arrays as JSON");
    else if (style.encode == core::claim_style::encoding::base64url)
        item.error("separator", "joins nothing: `encode: base64url` writes arrays as JSON");
}

void read_header(
    reading const& in, node const& value, std::string const& path, verify_profile& into
)
{
    header_mapping mapping{.header = value.name, .claim = {}};
    check_name(in, mapping.header, path);
    if (std::ranges::any_of(into.headers, [&](header_mapping const& other) {
            return core::equal_without_case(other.header, mapping.header);
        }))
        in.notes.error(path, "is the same header as another one here");

    if (value.is_text()) {
        mapping.claim = value.text;
        mapping.is_scopes = mapping.claim == scopes_word;
    } else {
        map_reader const item(&value, path, rows::header, in.notes);
        item.read("claim", mapping.claim);
        mapping.is_scopes = mapping.claim == scopes_word;
        read_style(item, mapping);
    }
    if (!is_claim(mapping.claim))
        in.notes.error(path, "needs a claim name, or a JSON pointer that begins with /");
    into.headers.push_back(std::move(mapping));
}

}  // namespace

void read_mapped_headers(reading const& in, map_reader const& item, verify_profile& into)
{
    item.refuse_empty("headers");
    for (auto const& [header, where] :
         members_of(item.find("headers"), item.path_of("headers"), in.notes))
        read_header(in, *header, where, into);
}

}  // namespace config
