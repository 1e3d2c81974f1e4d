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

bool is_header_text(std::string_view text)
{
    return std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7f; });
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

bool append_claim_text(std::string& out, json::value claim, bool encode)
{
    if (claim.is_object())
        return false;
    if (encode) {
        base64url_append(out, as_bytes(claim.is_string() ? claim.string() : claim.text()));
        return true;
    }
    if (claim.is_null())
        return true;
    if (!claim.is_array()) {
        out.append(claim.is_string() ? claim.string() : claim.text());
        return !claim.is_string() || is_header_text(claim.string());
    }
    auto const begin = out.size();
    for (auto const one : claim) {
        if (!one.is_string() || !is_header_text(one.string())
            || one.string().find(',') != std::string_view::npos)
            return false;
        if (out.size() != begin)
            out.push_back(',');
        out.append(one.string());
    }
    return true;
}

std::optional<std::string> claim_text(json::value claim, bool encode)
{
    std::string text;
    if (!append_claim_text(text, claim, encode))
        return std::nullopt;
    return text;
}

}  // namespace core
