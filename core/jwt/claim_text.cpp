#include "core/jwt/claim_text.hpp"

#include "core/base/base64url.hpp"

#include <algorithm>
#include <charconv>

namespace core {
namespace {

/// Undoes the escapes of a JSON pointer: "~1" is '/', "~0" is '~'.
std::string unescaped(std::string_view token)
{
    std::string out;
    for (std::size_t i = 0; i < token.size(); ++i) {
        bool const escape = token[i] == '~' && i + 1 < token.size();
        if (escape && token[i + 1] == '1')
            out.push_back('/');
        else if (escape && token[i + 1] == '0')
            out.push_back('~');
        else {
            out.push_back(token[i]);
            continue;
        }
        ++i;
    }
    return out;
}

std::optional<json::value> element(json::value array, std::string_view index)
{
    std::size_t wanted = 0;
    auto const [end, ec] = std::from_chars(index.data(), index.data() + index.size(), wanted);
    bool const has_leading_zero = index.size() > 1 && index.front() == '0';
    if (ec != std::errc{} || end != index.data() + index.size() || has_leading_zero
        || wanted >= array.size())
        return std::nullopt;
    auto at = array.begin();
    for (; wanted > 0; --wanted)
        ++at;
    return *at;
}

/// Whoever reads a header takes the white space around its value away (RFC 9110 section 5.5).
bool has_outer_space(std::string_view text)
{
    return text.starts_with(' ') || text.ends_with(' ');
}

bool is_header_text(std::string_view text)
{
    return !has_outer_space(text)
        && std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7f; });
}

bool is_unreserved(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'
        || c == '.' || c == '_' || c == '~';
}

void append_percent(std::string& out, std::string_view text)
{
    constexpr std::string_view hex = "0123456789ABCDEF";
    for (char const c : text) {
        if (is_unreserved(c)) {
            out.push_back(c);
            continue;
        }
        auto const octet = static_cast<unsigned char>(c);
        out.push_back('%');
        out.push_back(hex[octet >> 4U]);
        out.push_back(hex[octet & 0x0fU]);
    }
}

bool append_encoded(std::string& out, std::string_view text, claim_style::encoding by)
{
    switch (by) {
    case claim_style::encoding::none: out.append(text); return is_header_text(text);
    case claim_style::encoding::base64url: base64url_append(out, as_bytes(text)); return true;
    case claim_style::encoding::percent: append_percent(out, text); return true;
    }
    return false;
}

/// Each element is followed by the separator first, to see that whoever looks for it finds the end.
bool append_joined(std::string& out, json::value array, claim_style const& style)
{
    auto const all = out.size();
    auto end = all;
    for (auto const one : array) {
        auto const begin = out.size();
        if (!one.is_string() || !append_encoded(out, one.string(), style.encode))
            return false;
        end = out.size();
        out.append(style.separator);
        if (out.find(style.separator, begin) != end)
            return false;
    }
    out.resize(end);
    return !has_outer_space(std::string_view(out).substr(all));
}

}  // namespace

std::optional<json::value> find_claim(json::value claims, std::string_view path)
{
    if (!path.starts_with('/'))
        return claims.find(path);
    std::optional<json::value> at = claims;
    while (at && !path.empty()) {
        path.remove_prefix(1);
        auto const slash = std::min(path.find('/'), path.size());
        auto const step = unescaped(path.substr(0, slash));
        path.remove_prefix(slash);
        at = at->is_array() ? element(*at, step) : at->find(step);
    }
    return at;
}

bool append_claim_text(std::string& out, json::value claim, claim_style const& style)
{
    bool const is_json = claim.is_array() && style.encode == claim_style::encoding::base64url;
    if (style.as_json || is_json)
        return append_encoded(out, claim.text(), style.encode);
    switch (claim.kind()) {
    case json::kind::object: return false;
    case json::kind::array: return append_joined(out, claim, style);
    case json::kind::null: return true;
    case json::kind::string: return append_encoded(out, claim.string(), style.encode);
    case json::kind::boolean:
    case json::kind::number: return append_encoded(out, claim.text(), style.encode);
    }
    return false;
}

std::optional<std::string> claim_text(json::value claim, claim_style const& style)
{
    std::string text;
    if (!append_claim_text(text, claim, style))
        return std::nullopt;
    return text;
}

}  // namespace core
