#include "core/keys/bound_keys.hpp"

#include <algorithm>

namespace core {
namespace {

constexpr std::size_t tenant_size_max = 64;
constexpr std::string_view tenant_placeholder = "{tenantid}";

bool is_tenant_character(char c) noexcept
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
}

}  // namespace

bool is_tenant(std::string_view text) noexcept
{
    return !text.empty() && text.size() <= tenant_size_max
        && std::ranges::all_of(text, is_tenant_character);
}

std::optional<std::string_view>
filled_in(std::string_view text, std::string_view form, std::string_view placeholder) noexcept
{
    auto const at = form.find(placeholder);
    if (at == std::string_view::npos)
        return std::nullopt;
    auto const before = form.substr(0, at), after = form.substr(at + placeholder.size());
    bool const fits = text.size() > before.size() + after.size() && text.starts_with(before)
        && text.ends_with(after) && after.find(placeholder) == std::string_view::npos;
    if (!fits)
        return std::nullopt;
    auto const name = text.substr(at, text.size() - before.size() - after.size());
    return is_tenant(name) ? std::optional(name) : std::nullopt;
}

bool is_key_for(std::string_view issuer, token_origin const& token) noexcept
{
    if (issuer.empty())
        return true;
    if (issuer.find(tenant_placeholder) == std::string_view::npos)
        return token.iss == issuer;
    auto const tenant = filled_in(token.iss, issuer, tenant_placeholder);
    return tenant && *tenant == token.tid;
}

}  // namespace core
