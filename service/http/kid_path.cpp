#include "service/http/kid_path.hpp"

namespace service::http {
namespace {

constexpr std::string_view begin = "/keys/", end = "/revoke";
constexpr std::size_t kid_size_max = 256;
constexpr std::string_view digits = "0123456789ABCDEF";

/// RFC 3986 section 2.3: "unreserved = ALPHA / DIGIT / "-" / "." / "_" / "~""
bool is_unreserved(char c) noexcept
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-'
        || c == '.' || c == '_' || c == '~';
}

/// RFC 3986 section 3.3: a segment may also have sub-delims, ":" and "@".
bool is_in_segment(char c) noexcept
{
    return is_unreserved(c) || std::string_view("!$&'()*+,;=:@").find(c) != std::string_view::npos;
}

int digit_of(char c) noexcept
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

std::string_view segment_of(std::string_view path) noexcept
{
    bool const is_there =
        path.starts_with(begin) && path.ends_with(end) && path.size() > begin.size() + end.size();
    if (!is_there)
        return {};
    auto const segment = path.substr(begin.size(), path.size() - begin.size() - end.size());
    return segment.find('/') == std::string_view::npos ? segment : std::string_view{};
}

}  // namespace

bool is_kid_path(std::string_view path, config::settings const&) noexcept
{
    return !segment_of(path).empty();
}

std::optional<std::string> kid_in_path(std::string_view path)
{
    auto const segment = segment_of(path);
    std::string kid;
    for (std::size_t i = 0; i < segment.size(); ++i) {
        if (segment[i] != '%') {
            if (!is_in_segment(segment[i]))
                return std::nullopt;
            kid.push_back(segment[i]);
            continue;
        }
        if (i + 2 >= segment.size())
            return std::nullopt;
        auto const high = digit_of(segment[i + 1]), low = digit_of(segment[i + 2]);
        if (high < 0 || low < 0)
            return std::nullopt;
        kid.push_back(static_cast<char>(high * 16 + low));
        i += 2;
    }
    bool const fits = !kid.empty() && kid.size() <= kid_size_max;
    return fits ? std::optional(std::move(kid)) : std::nullopt;
}

std::string path_of_kid(std::string_view kid)
{
    std::string path(begin);
    for (char const c : kid) {
        auto const octet = static_cast<unsigned char>(c);
        if (is_unreserved(c))
            path.push_back(c);
        else
            path.append({'%', digits[octet >> 4U], digits[octet & 15U]});
    }
    return path.append(end);
}

}  // namespace service::http
