#include "core/issuers/discovery.hpp"

#include "core/base/ascii.hpp"
#include "core/base/http_url.hpp"
#include "core/json/json.hpp"

#include <algorithm>

namespace core {
namespace {

failure unusable(std::string_view sentence)
{
    return failure::of(errc::keys_unavailable, sentence);
}

bool may_be_plain(http_url const& url, metadata_policy const& policy)
{
    return policy.allow_http || is_loopback_host(url.host);
}

bool is_expected_host(http_url const& keys, metadata_policy const& policy)
{
    auto const issuer = parse_http_url(policy.issuer);
    auto const is_listed = [&keys](std::string const& host) {
        return equal_without_case(host, keys.host);
    };
    return (issuer && issuer->host == keys.host)
        || std::ranges::any_of(policy.jwks_hosts, is_listed);
}

}  // namespace

result<std::string> metadata_url(std::string_view issuer, metadata_form form)
{
    if (!parse_http_url(issuer) || issuer.find('?') != std::string_view::npos)
        return unusable("The issuer is not an absolute http or https URL without a query.");
    if (issuer.ends_with('/'))
        issuer.remove_suffix(1);
    if (form == metadata_form::openid)
        return std::string(issuer) + "/.well-known/openid-configuration";
    auto const path = std::min(issuer.find('/', issuer.find("://") + 3), issuer.size());
    return std::string(issuer.substr(0, path)) + "/.well-known/oauth-authorization-server"
        + std::string(issuer.substr(path));
}

result<std::string> read_jwks_uri(std::string document, metadata_policy const& policy)
{
    auto const parsed = json::document::parse(std::move(document));
    if (!parsed || !parsed->root().is_object())
        return unusable("The metadata document is not a JSON object.");
    auto const issuer = parsed->root().find("issuer");
    if (!issuer || !issuer->is_string())
        return unusable("The metadata document has no issuer.");
    if (issuer->string() != policy.issuer)
        return unusable("The metadata document belongs to another issuer.");
    auto const uri = parsed->root().find("jwks_uri");
    if (!uri || !uri->is_string())
        return unusable("The metadata document has no jwks_uri.");
    auto const url = parse_http_url(uri->string());
    if (!url)
        return unusable("The jwks_uri is not an absolute http or https URL.");
    if (!url->is_https && !may_be_plain(*url, policy))
        return unusable("The jwks_uri is plain http, which is not allowed for this issuer.");
    if (!is_expected_host(*url, policy))
        return unusable("The jwks_uri is on a host that is neither the issuer's nor listed.");
    return std::string(uri->string());
}

}  // namespace core
