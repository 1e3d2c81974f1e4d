#include "core/base/base64.hpp"

#include "core/base/base64url.hpp"
#include "core/base/secret.hpp"

#include <algorithm>

namespace core {

std::string base64_encode(byte_view octets)
{
    std::string text;
    text.reserve(octets.size() / 3 * 4 + 4);  // it may be a key: growing would leave a copy
    base64url_append(text, octets);
    std::ranges::replace(text, '-', '+');
    std::ranges::replace(text, '_', '/');
    text.append((4 - text.size() % 4) % 4, '=');
    return text;
}

std::optional<bytes> base64_decode(std::string_view text)
{
    if (text.size() % 4 != 0 || text.find_first_of("-_") != std::string_view::npos)
        return std::nullopt;
    for (int padding = 0; padding < 2 && text.ends_with('='); ++padding)
        text.remove_suffix(1);
    std::string url(text);
    std::ranges::replace(url, '+', '-');
    std::ranges::replace(url, '/', '_');
    auto octets = base64url_decode(url);
    wipe(url.data(), url.size());
    return octets;
}

std::optional<bytes> base64_decode_any(std::string_view text)
{
    std::string url(text);
    std::erase_if(url, [](char c) { return c == '\r' || c == '\n'; });
    bool const is_standard = url.find_first_of("+/") != std::string::npos;
    if (is_standard && url.find_first_of("-_") != std::string::npos)
        return std::nullopt;
    if (url.ends_with('=') && url.size() % 4 != 0)
        return std::nullopt;
    for (int padding = 0; padding < 2 && url.ends_with('='); ++padding)
        url.pop_back();
    std::ranges::replace(url, '+', '-');
    std::ranges::replace(url, '/', '_');
    return base64url_decode(url);
}

}  // namespace core
