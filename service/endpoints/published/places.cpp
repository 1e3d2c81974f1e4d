#include "service/endpoints/published/places.hpp"

#include "config/values/own_issuer.hpp"

#include <algorithm>

namespace service::published {

namespace {

constexpr std::string_view sets = "/.well-known/jwks/";
constexpr std::string_view json = ".json";

/// The rest of a path below the issuer's own; the whole path when it is not below it.
std::string_view below_issuer(std::string_view path, std::string_view issuer) noexcept
{
    auto const own = config::path_of_issuer(issuer);
    if (!path.starts_with(own) || !config::endpoint_above(own).empty())
        return path;
    auto rest = path.substr(own.size());
    if (issuer.ends_with('/') && rest.starts_with("//"))  // from a client that keeps the slash
        rest.remove_prefix(1);
    return rest.starts_with('/') ? rest : path;
}

bool is_metadata(std::string_view path, std::string_view name, std::string_view issuer) noexcept
{
    if (!config::has_metadata(issuer))
        return false;
    if (below_issuer(path, issuer) == name)
        return true;
    if (!path.starts_with(name))
        return false;
    auto const rest = path.substr(name.size());
    auto const own = config::path_of_issuer(issuer);
    return rest == own || (rest.ends_with('/') && rest.substr(0, rest.size() - 1) == own);
}

}  // namespace

bool is_jwks(std::string_view path, config::settings const& with) noexcept
{
    return below_issuer(path, with.issuer) == "/.well-known/jwks.json";
}

std::string_view series_in(std::string_view path) noexcept
{
    auto const name = path.substr(path.rfind('/') + 1);
    return name.ends_with(json) ? name.substr(0, name.size() - json.size()) : std::string_view();
}

bool is_jwks_of_series(std::string_view path, config::settings const& with) noexcept
{
    auto const rest = below_issuer(path, with.issuer);
    auto const name = series_in(rest);
    if (!rest.starts_with(sets) || rest.size() != sets.size() + name.size() + json.size())
        return false;
    return std::ranges::any_of(with.keys, [&](core::ring_key const& key) {
        return key.is_apart && key.series == name;
    });
}

bool is_openid_configuration(std::string_view path, config::settings const& with) noexcept
{
    return is_metadata(path, "/.well-known/openid-configuration", with.issuer);
}

bool is_oauth_metadata(std::string_view path, config::settings const& with) noexcept
{
    return is_metadata(path, "/.well-known/oauth-authorization-server", with.issuer);
}

}  // namespace service::published
