#include "core/policy/path_segments.hpp"

#include "core/base/ascii.hpp"

namespace core {
namespace {

/// The octet of "%XX" at the start of a text; nullopt if there are not two hex digits.
std::optional<char> octet_of(std::string_view text)
{
    constexpr std::string_view digits = "0123456789abcdef";
    if (text.size() < 3)
        return std::nullopt;
    unsigned octet = 0;
    for (char const c : text.substr(1, 2)) {
        auto const digit = digits.find(ascii_lower(c));
        if (digit == std::string_view::npos)
            return std::nullopt;
        octet = octet << 4U | static_cast<unsigned>(digit);
    }
    return static_cast<char>(octet);
}

}  // namespace

std::string_view take_segment(std::string_view& rest)
{
    rest.remove_prefix(1);
    auto const segment = rest.substr(0, rest.find('/'));
    rest.remove_prefix(segment.size());
    return segment;
}

std::optional<std::string_view> decoded_path(std::string_view path, std::string& memory)
{
    auto percent = path.find('%');
    if (percent == std::string_view::npos)
        return path;
    memory.clear();
    for (; percent != std::string_view::npos; percent = path.find('%')) {
        memory.append(path, 0, percent);
        path.remove_prefix(percent);
        auto const octet = octet_of(path);
        if (!octet || *octet == '/' || *octet == '\\' || *octet == '%')
            return std::nullopt;
        memory.push_back(*octet);
        path.remove_prefix(3);
    }
    memory.append(path);
    return memory;
}

}  // namespace core
