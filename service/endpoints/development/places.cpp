#include "service/endpoints/development/places.hpp"

#include <algorithm>

namespace service::development {
namespace {

constexpr std::string_view root = "/dev/";
constexpr std::string_view oauth_metadata = "/.well-known/oauth-authorization-server";

/// Whether it is the path of an issuer, and then this.
bool is_below(std::string_view path, std::string_view end, config::settings const& with) noexcept
{
    if (!path.starts_with(root))
        return false;
    auto const name = name_in(path);
    return path.substr(root.size() + name.size()) == end && with.development.has_issuer(name);
}

}  // namespace

bool is_sign(std::string_view path, config::settings const& with) noexcept
{
    return is_below(path, "/sign", with);
}

bool is_rotate(std::string_view path, config::settings const& with) noexcept
{
    return is_below(path, "/rotate", with);
}

bool is_jwks(std::string_view path, config::settings const& with) noexcept
{
    return is_below(path, "/.well-known/jwks.json", with);
}

bool is_openid_configuration(std::string_view path, config::settings const& with) noexcept
{
    return is_below(path, "/.well-known/openid-configuration", with);
}

bool is_oauth_metadata(std::string_view path, config::settings const& with) noexcept
{
    if (path.starts_with(oauth_metadata))
        return is_below(path.substr(oauth_metadata.size()), "", with);
    return is_below(path, oauth_metadata, with);
}

std::string_view name_in(std::string_view path) noexcept
{
    if (path.starts_with(oauth_metadata))
        path.remove_prefix(oauth_metadata.size());
    path.remove_prefix(std::min(root.size(), path.size()));
    return path.substr(0, path.find('/'));
}

}  // namespace service::development
