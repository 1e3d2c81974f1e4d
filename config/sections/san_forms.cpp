#include "config/sections/san_forms.hpp"

#include <algorithm>

namespace config {
namespace {

constexpr std::size_t uri_size_max = 2048;       // bytes; SPIFFE-ID section 2.3
constexpr std::size_t host_name_size_max = 253;  // RFC 1035 section 2.3.4, in text form
constexpr std::size_t label_size_max = 63;       // the same

bool is_lower(char c) noexcept
{
    return c >= 'a' && c <= 'z';
}
bool is_letter(char c) noexcept
{
    return is_lower(c) || (c >= 'A' && c <= 'Z');
}
bool is_digit(char c) noexcept
{
    return c >= '0' && c <= '9';
}
bool is_mark(char c) noexcept
{
    return c == '.' || c == '-' || c == '_';
}

bool is_path_segment(std::string_view text) noexcept
{
    return !text.empty() && text != "." && text != ".." && std::ranges::all_of(text, [](char c) {
        return is_letter(c) || is_digit(c) || is_mark(c);
    });
}

bool is_label(std::string_view text) noexcept
{
    return !text.empty() && text.size() <= label_size_max && text.front() != '-'
        && text.back() != '-' && std::ranges::all_of(text, [](char c) {
               return is_letter(c) || is_digit(c) || c == '-' || c == '_';
           });
}

}  // namespace

bool is_uri_name(std::string_view text) noexcept
{
    auto const colon = text.find(':');
    if (colon == std::string_view::npos || colon == 0 || text.size() > uri_size_max)
        return false;
    auto const scheme = text.substr(0, colon);
    bool const has_scheme =
        is_letter(scheme.front()) && std::ranges::all_of(scheme, [](char c) {
            return is_letter(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
        });
    return has_scheme && colon + 1 != text.size()
        && std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
}

bool is_spiffe_id(std::string_view text) noexcept
{
    constexpr std::string_view scheme = "spiffe://";
    if (!text.starts_with(scheme) || text.size() > uri_size_max)
        return false;
    text.remove_prefix(scheme.size());
    auto const domain = text.substr(0, text.find('/'));
    bool const is_domain = !domain.empty() && std::ranges::all_of(domain, [](char c) {
        return is_lower(c) || is_digit(c) || is_mark(c);
    });
    text.remove_prefix(domain.size());
    if (!is_domain || text.empty())
        return false;
    while (!text.empty()) {
        text.remove_prefix(1);  // the slash
        auto const segment = text.substr(0, text.find('/'));
        if (!is_path_segment(segment))
            return false;
        text.remove_prefix(segment.size());
    }
    return true;
}

bool is_host_name(std::string_view text) noexcept
{
    if (text.size() > host_name_size_max)
        return false;
    for (;;) {
        auto const label = text.substr(0, text.find('.'));
        if (!is_label(label))
            return false;
        if (label.size() == text.size())
            return true;
        text.remove_prefix(label.size() + 1);
    }
}

}  // namespace config
