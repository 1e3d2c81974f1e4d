#include "config/values/own_issuer.hpp"

#include "config/values/endpoint.hpp"

#include <algorithm>

namespace config {

bool has_metadata(std::string_view issuer) noexcept
{
    return (issuer.starts_with("https://") || issuer.starts_with("http://"))
        && issuer.find_first_of("?#") == std::string_view::npos;
}

std::string_view base_of_issuer(std::string_view issuer) noexcept
{
    return issuer.ends_with('/') ? issuer.substr(0, issuer.size() - 1) : issuer;
}

std::string_view path_of_issuer(std::string_view issuer) noexcept
{
    if (!has_metadata(issuer))
        return {};
    auto const base = base_of_issuer(issuer);
    return base.substr(std::min(base.find('/', issuer.find("://") + 3), base.size()));
}

std::string_view endpoint_above(std::string_view path) noexcept
{
    if (path.empty())
        return {};
    auto const first = path.substr(1, path.find('/', 1) - 1);
    auto const found = endpoint_named(first);
    bool const is_below_well_known = found == endpoint::jwks || found == endpoint::discovery;
    return found && !is_below_well_known ? to_string(*found) : std::string_view();
}

}  // namespace config
