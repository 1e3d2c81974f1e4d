#include "core/jwt/spiffe_id.hpp"

#include <algorithm>

namespace core {
namespace {

constexpr std::string_view scheme = "spiffe://";
constexpr std::size_t domain_size_max = 255;
constexpr std::size_t id_size_max = 2048;

bool is_of_both(char c) noexcept
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
}

bool is_of_path(char c) noexcept
{
    return is_of_both(c) || (c >= 'A' && c <= 'Z');
}

bool is_segment(std::string_view text) noexcept
{
    return !text.empty() && text != "." && text != ".." && std::ranges::all_of(text, is_of_path);
}

/// path   begins after its first slash.
bool is_path(std::string_view path) noexcept
{
    for (;;) {
        auto const slash = path.find('/');
        if (!is_segment(path.substr(0, slash)))
            return false;
        if (slash == std::string_view::npos)
            return true;
        path.remove_prefix(slash + 1);
    }
}

}  // namespace

bool is_trust_domain(std::string_view name) noexcept
{
    return !name.empty() && name.size() <= domain_size_max && std::ranges::all_of(name, is_of_both);
}

bool is_workload_of(std::string_view domain, std::string_view id) noexcept
{
    if (id.size() > id_size_max || !id.starts_with(scheme))
        return false;
    id.remove_prefix(scheme.size());
    if (!id.starts_with(domain) || !id.substr(domain.size()).starts_with('/'))
        return false;
    return is_path(id.substr(domain.size() + 1));
}

}  // namespace core
