#include "config/changes/issuer_changes.hpp"

#include "core/base/base64url.hpp"
#include "core/crypto/digest.hpp"

#include <algorithm>
#include <map>

namespace config {
namespace {

/// A new member of fetch_settings belongs here, or among the times below.
bool have_same_origin(fetch_settings const& one, fetch_settings const& other)
{
    return one.jwks_uri == other.jwks_uri && one.discovery == other.discovery
        && one.jwks_hosts == other.jwks_hosts
        && one.allow_insecure_http == other.allow_insecure_http && one.ca_file == other.ca_file
        && one.client_cert == other.client_cert && one.client_key == other.client_key
        && one.proxy_url == other.proxy_url && one.proxy_resolves == other.proxy_resolves
        && one.headers == other.headers && one.credentials_to == other.credentials_to
        && one.deny_cidrs == other.deny_cidrs && one.allow_cidrs == other.allow_cidrs;
}

bool have_same_times(fetch_settings const& one, fetch_settings const& other)
{
    return one.cache_ttl == other.cache_ttl && one.min_ttl == other.min_ttl
        && one.max_ttl == other.max_ttl && one.stale_if_error == other.stale_if_error
        && one.miss_wait == other.miss_wait && one.connect_timeout == other.connect_timeout
        && one.total_timeout == other.total_timeout;
}

/// Keys that are part of the configuration. Those of a file are read again by who watches it.
bool have_same_keys(issuer_settings const& one, issuer_settings const& other)
{
    if (one.fetch || !one.file.empty())
        return true;
    return std::ranges::equal(
        one.keys.keys, other.keys.keys,
        [](core::jwk const& a, core::jwk const& b) {
            return a.material == b.material && a.kid == b.kid && a.alg == b.alg
                && a.issuer == b.issuer && a.use == b.use && a.ops == b.ops;
        }
    );
}

bool has_same_limits(settings const& before, settings const& after)
{
    return before.limits.jwks_bytes == after.limits.jwks_bytes
        && before.limits.jwks_keys == after.limits.jwks_keys;
}

void append_sized(std::string& out, std::string_view text)
{
    out.append(std::to_string(text.size())).append(":").append(text);
}

void append_all(std::string& out, std::vector<std::string> const& texts)
{
    out.append(std::to_string(texts.size())).append("[");
    for (auto const& one : texts)
        append_sized(out, one);
}

void append_all(std::string& out, std::vector<core::cidr> const& ranges)
{
    std::vector<std::string> texts;
    for (auto const& one : ranges)
        texts.push_back(core::to_text(one.network) + "/" + std::to_string(one.prefix_bits));
    append_all(out, texts);
}

}  // namespace

std::string trust_mark_of(issuer_settings const& issuer)
{
    std::string text;
    append_sized(text, issuer.issuer);
    if (issuer.spelling() == core::jwk_spelling::in_bundle)
        text.append("svid");
    append_all(text, issuer.algorithms);
    if (issuer.fetch) {
        auto const& from = *issuer.fetch;
        append_sized(text, from.jwks_uri);
        append_sized(text, std::to_string(static_cast<unsigned>(from.discovery)));
        append_all(text, from.jwks_hosts);
        append_sized(text, from.ca_file);
        append_sized(text, from.proxy_url);
        text.append(from.proxy_resolves ? "p" : "-").append(from.allow_insecure_http ? "h" : "-");
        append_all(text, from.deny_cidrs);
        append_all(text, from.allow_cidrs);
    }
    return core::base64url_encode(core::crypto::digest(core::hash::sha256, core::as_bytes(text)));
}

bool have_same_trust(issuer_settings const& one, issuer_settings const& other)
{
    if (one.fetch.has_value() != other.fetch.has_value())
        return false;
    return one.name == other.name && one.issuer == other.issuer
        && one.spelling() == other.spelling() && one.algorithms == other.algorithms
        && one.file == other.file && one.is_pem == other.is_pem && have_same_keys(one, other)
        && (!one.fetch || have_same_origin(*one.fetch, *other.fetch));
}

std::vector<issuer_change> issuer_changes(settings const& before, settings const& after)
{
    std::map<std::string_view, std::size_t> places;
    for (std::size_t i = 0; i < before.issuers.size(); ++i)
        places.emplace(before.issuers[i].name, i);
    bool const has_limits = has_same_limits(before, after);
    std::vector<issuer_change> changes;
    for (auto const& now : after.issuers) {
        auto& change = changes.emplace_back();
        auto const found = places.find(now.name);
        if (found == places.end() || !have_same_trust(before.issuers[found->second], now))
            continue;
        auto const& was = before.issuers[found->second];
        bool const has_times = !now.fetch || have_same_times(*was.fetch, *now.fetch);
        change.how = has_limits && has_times ? continuity::stays : continuity::renewed;
        change.before = found->second;
    }
    return changes;
}

}  // namespace config
