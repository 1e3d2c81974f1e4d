#include "service/endpoints/gateways/dialect.hpp"

namespace service {
namespace {

bool names_profile_only(gateway_dialect const& of, std::string_view path) noexcept
{
    auto const name = profile_in(of, path);
    return !name.empty() && path.size() == of.prefix.size() + 1 + name.size();
}

}  // namespace

gateway_dialect const& dialect_of(config::dialect name) noexcept
{
    switch (name) {
    case config::dialect::plain: return plain_dialect;
    case config::dialect::forward: return forward_dialect;
    case config::dialect::nginx: return nginx_dialect;
    case config::dialect::envoy: return envoy_dialect;
    }
    return plain_dialect;
}

std::string_view profile_in(gateway_dialect const& of, std::string_view path) noexcept
{
    if (of.prefix.empty() || !path.starts_with(of.prefix))
        return {};
    path.remove_prefix(of.prefix.size());
    if (!path.starts_with('/'))
        return {};
    path.remove_prefix(1);
    return path.substr(0, path.find('/'));
}

bool is_forward_path(std::string_view path, config::settings const&) noexcept
{
    return names_profile_only(forward_dialect, path);
}

bool is_nginx_path(std::string_view path, config::settings const&) noexcept
{
    return names_profile_only(nginx_dialect, path);
}

bool is_envoy_path(std::string_view path, config::settings const&) noexcept
{
    return !profile_in(envoy_dialect, path).empty();
}

}  // namespace service
