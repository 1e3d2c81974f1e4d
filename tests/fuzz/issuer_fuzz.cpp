// What an issuer's origin may answer: sets of keys, metadata, addresses and lifetimes. No crash,
// and nothing that must not be taken: no secret, no private key, no plain http, no other issuer's
// word.
#include "core/base/http_url.hpp"
#include "core/base/ip_address.hpp"
#include "core/issuers/cache_control.hpp"
#include "core/issuers/discovery.hpp"
#include "core/issuers/jwks_reading.hpp"

#include <cstdlib>

namespace {

void read_set(std::string_view text, core::jwk_spelling as)
{
    static std::vector<std::string> const algorithms{"ES256", "RS256", "EdDSA"};
    auto const reading =
        core::read_jwks(std::string(text), algorithms, 128, nullptr, nullptr, nullptr, as);
    if ((reading.worth == core::jwks_worth::usable) != (reading.set != nullptr))
        std::abort();
    if (!reading.set)
        return;
    for (auto const& key : reading.set->keys) {
        if (key.material->is_private())
            std::abort();
    }
}

void read_metadata(std::string_view text)
{
    core::metadata_policy policy;
    policy.issuer = "https://id.example.com";
    auto const read = core::read_metadata(std::string(text), policy);
    if (read.jwks_uri.empty() == read.problem.empty())
        std::abort();
    if (read.jwks_uri.empty())
        return;
    auto const url = core::parse_http_url(read.jwks_uri);
    if (!url || !url->is_https || url->host != "id.example.com")
        std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    std::string_view const text(reinterpret_cast<char const*>(data), size);
    read_set(text, core::jwk_spelling::as_published);
    read_set(text, core::jwk_spelling::in_bundle);
    read_metadata(text);
    (void)core::freshness_lifetime(text, std::chrono::seconds(1));
    (void)core::parse_ip_address(text);
    (void)core::parse_cidr(text);
    if (auto const url = core::parse_http_url(text); url && url->host.empty())
        std::abort();
    (void)core::metadata_url(text, core::metadata_form::openid);
    (void)core::metadata_url(text, core::metadata_form::oauth);
    return 0;
}
