#include "core/issuers/credential_places.hpp"

#include <algorithm>

namespace core {
namespace {

bool is_same_origin(http_url const& one, http_url const& other)
{
    return one.is_https == other.is_https && one.host == other.host && one.port == other.port;
}

}  // namespace

std::optional<http_url> parse_credential_place(std::string_view text)
{
    if (text.find_first_of("/?@") != std::string_view::npos)
        return std::nullopt;
    return parse_http_url("https://" + std::string(text));
}

bool is_secret_way(http_url const& to, bool has_far_proxy)
{
    return to.is_https || (is_loopback_host(to.host) && !has_far_proxy);
}

bool may_have_credentials(http_url const& to, credential_places const& places)
{
    if (!is_secret_way(to, places.has_far_proxy))
        return false;
    auto const is_listed = [&to](std::string const& text) {
        auto const place = parse_credential_place(text);
        return place && place->host == to.host && place->port == to.port;
    };
    return is_same_origin(to, places.origin) || std::ranges::any_of(places.more, is_listed);
}

}  // namespace core
