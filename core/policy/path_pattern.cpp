#include "core/policy/path_pattern.hpp"

#include "core/policy/path_segments.hpp"

#include <algorithm>

namespace core {
namespace {

bool is_name(std::string_view text)
{
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')
            || c == '_' || c == '-';
    });
}

/// Why no path can have this segment, or what it looks like would not happen; empty = it is fine.
std::string_view why_unusable_segment(std::string_view segment, bool is_last)
{
    if (segment.empty() && !is_last)
        return "\"//\" matches no path.";
    if (segment == "." || segment == "..")
        return "A segment \".\" or \"..\" matches no path.";
    if (is_rest(segment))
        return is_last ? "" : "\"**\" is the last segment of a pattern.";
    if (segment.find('*') != std::string_view::npos)
        return "\"*\" is written in the last segment only, as \"**\"; one segment is \"{name}\".";
    bool const has_brace = segment.find_first_of("{}") != std::string_view::npos;
    if (has_brace && !is_any_segment(segment))
        return "\"{name}\" is a whole segment; its name has letters, digits, '_' and '-'.";
    return "";
}

std::string_view why_unusable_text(std::string_view pattern)
{
    if (pattern.size() > pattern_bytes_max)
        return "A pattern has at most 1024 characters.";
    if (!pattern.starts_with('/'))
        return "A pattern begins with '/'.";
    if (!std::ranges::all_of(pattern, [](char c) { return c >= 0x20 && c < 0x7f; }))
        return "A pattern is written in ASCII, without control characters.";
    if (pattern.find('%') != std::string_view::npos)
        return "A pattern is written decoded, without '%'.";
    if (pattern.find_first_of("?#") != std::string_view::npos)
        return "A pattern is compared with the path, without query and fragment.";
    if (pattern.find_first_of(";\\") != std::string_view::npos)
        return "A path with ';' or '\\' is refused before any rule.";
    return "";
}

}  // namespace

bool is_any_segment(std::string_view segment)
{
    return segment.size() > 2 && segment.starts_with('{') && segment.ends_with('}')
        && is_name(segment.substr(1, segment.size() - 2));
}

bool is_rest(std::string_view segment)
{
    return segment == "**";
}

std::string why_unusable(std::string_view pattern)
{
    if (auto const why = why_unusable_text(pattern); !why.empty())
        return std::string(why);
    for (std::size_t count = 1; !pattern.empty(); ++count) {
        auto const segment = take_segment(pattern);
        if (auto const why = why_unusable_segment(segment, pattern.empty()); !why.empty())
            return std::string(why);
        if (count > pattern_segments_max)
            return "A pattern has at most 32 segments.";
    }
    return {};
}

bool matches(std::string_view pattern, std::string_view path)
{
    if (!path.starts_with('/'))
        return false;
    while (!pattern.empty()) {
        auto const wanted = take_segment(pattern);
        if (is_rest(wanted))
            return true;
        if (path.empty())
            return false;
        auto const segment = take_segment(path);
        if (is_any_segment(wanted) ? segment.empty() : segment != wanted)
            return false;
    }
    return path.empty();
}

bool covers(std::string_view pattern, std::string_view other)
{
    while (!pattern.empty()) {
        auto const mine = take_segment(pattern);
        if (is_rest(mine))
            return true;
        if (other.empty())
            return false;
        auto const theirs = take_segment(other);
        bool const fits =
            is_any_segment(mine) ? !theirs.empty() && !is_rest(theirs) : mine == theirs;
        if (!fits)
            return false;
    }
    return other.empty();
}

}  // namespace core
