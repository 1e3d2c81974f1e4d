#include "core/policy/original_request.hpp"

#include "core/base/utf8.hpp"
#include "core/policy/path_segments.hpp"

#include <algorithm>

namespace core {
namespace {

bool is_visible(std::string_view text)
{
    return std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f; });
}

/// Whether everybody splits a decoded path into the same segments, and keeps all of them.
bool has_plain_segments(std::string_view path)
{
    while (!path.empty()) {
        auto const segment = take_segment(path);
        bool const is_last = path.empty();
        if (segment == "." || segment == ".." || (segment.empty() && !is_last))
            return false;
    }
    return true;
}

bool has_plain_characters(std::string_view path)
{
    return utf8::is_valid(path) && std::ranges::none_of(path, [](char c) {
               bool const is_control = (c >= 0 && c < 0x20) || c == 0x7f;
               return is_control || c == ';' || c == '\\';
           });
}

bool has_one_reading(std::string_view path)
{
    std::string memory;
    auto const decoded = is_visible(path) ? decoded_path(path, memory) : std::nullopt;
    return decoded && has_plain_characters(*decoded) && has_plain_segments(*decoded);
}

bool is_token_character(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')
        || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

}  // namespace

result<void> read_target(std::string_view target, original_request& into)
{
    if (target.size() > target_bytes_max || !target.starts_with('/')
        || target.find('#') != std::string_view::npos)
        return errc::path_forbidden;
    auto const path = target.substr(0, target.find('?'));
    if (!has_one_reading(path))
        return errc::path_forbidden;
    into.path = path;
    into.query = target.substr(std::min(path.size() + 1, target.size()));
    return {};
}

bool is_method(std::string_view text)
{
    return !text.empty() && text.size() <= method_bytes_max
        && std::ranges::all_of(text, is_token_character);
}

}  // namespace core
