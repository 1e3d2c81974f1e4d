#include "core/issuers/discovery.hpp"

#include "core/base/ascii.hpp"
#include "core/base/http_url.hpp"
#include "core/base/utf8.hpp"
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

/// A value of the document for people: a stranger wrote it.
std::string in_quotes(std::string_view text)
{
    constexpr std::size_t octets_max = 200;
    std::string made = "\"";
    for (char const c : text.substr(0, octets_max))
        made += c < 0x20 || c > 0x7e || c == '"' || c == '\\' ? '?' : c;
    return made + (text.size() > octets_max ? "...\"" : "\"");
}

/// Why a document of this issuer is not the configured one's.
std::string why_another(std::string_view said, std::string_view configured)
{
    auto const differs_by_slash = [](std::string_view longer, std::string_view shorter) {
        return longer.ends_with('/') && longer.substr(0, longer.size() - 1) == shorter;
    };
    if (differs_by_slash(said, configured))
        return "The metadata's issuer is " + in_quotes(said) + ", with a slash at its end that the "
            + "configured issuer lacks. Configure it as the tokens' iss has it.";
    if (differs_by_slash(configured, said))
        return "The metadata's issuer is " + in_quotes(said)
            + ", without the slash at the end of the "
            + "configured issuer. Configure it as the tokens' iss has it.";
    if (said.find('{') < said.rfind('}') && said.find('{') != std::string_view::npos
        && said.rfind('}') != std::string_view::npos)
        return "The metadata's issuer is a template, " + in_quotes(said) + ": this document is for "
            + "many tenants. Configure the issuer of one tenant, as the tokens' iss has it.";
    if (equal_without_case(said, configured))
        return "The metadata's issuer is " + in_quotes(said)
            + ", which differs from the configured "
            + "issuer in upper and lower case. Configure it as the tokens' iss has it.";
    return "The metadata document belongs to another issuer, " + in_quotes(said) + ".";
}

/// Why keys are not fetched from there; empty = they are.
std::string why_not_there(std::string_view uri, metadata_policy const& policy)
{
    auto const url = parse_http_url(uri);
    if (!url)
        return "The metadata's jwks_uri is " + in_quotes(uri)
            + ", which is not an absolute http or https URL.";
    if (!url->is_https && !may_be_plain(*url, policy))
        return "The metadata's jwks_uri is " + in_quotes(uri)
            + ", which is plain http. Only allow_insecure_http would allow it for this issuer.";
    if (!is_expected_host(*url, policy))
        return "The metadata's jwks_uri is on the host " + in_quotes(url->host)
            + ", which is neither the issuer's nor in jwks_hosts. If the issuer's keys belong "
            + "there, add it: jwks_hosts: [" + in_quotes(url->host) + "].";
    return {};
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

metadata_reading read_metadata(std::string document, metadata_policy const& policy)
{
    auto const refused = [](std::string why) { return metadata_reading{{}, std::move(why)}; };
    auto const parsed = json::document::parse(std::string(utf8::without_byte_order_mark(document)));
    if (!parsed || !parsed->root().is_object())
        return refused("The metadata document is not a JSON object.");
    auto const issuer = parsed->root().find("issuer");
    if (!issuer || !issuer->is_string())
        return refused("The metadata document has no issuer.");
    if (issuer->string() != policy.issuer)
        return refused(why_another(issuer->string(), policy.issuer));
    auto const uri = parsed->root().find("jwks_uri");
    if (!uri || !uri->is_string())
        return refused("The metadata document has no jwks_uri.");
    auto why = why_not_there(uri->string(), policy);
    if (!why.empty())
        return refused(std::move(why));
    return {std::string(uri->string()), {}};
}

}  // namespace core
