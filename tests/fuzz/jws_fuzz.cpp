// Untrusted tokens, compact and JSON, through parsing, verification, claims and inspection: no
// crash, and no token verifies with a key that did not sign it.
#include "core/inspect/inspect_token.hpp"
#include "core/jwt/jwt.hpp"

#include <cstdlib>

namespace {

std::vector<core::jwk> const& keys()
{
    static auto const made = [] {
        std::vector<core::jwk> list;
        for (auto const family :
             {core::key_family::secret, core::key_family::p256, core::key_family::ed25519}) {
            core::jwk key;
            key.material = *core::crypto::generate(family, 512);
            list.push_back(std::move(key));
        }
        return list;
    }();
    return made;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    std::string_view const text(reinterpret_cast<char const*>(data), size);
    core::instant const now{std::chrono::seconds{1'700'000'000}};
    core::trusted_issuer issuer;
    issuer.keys = keys();
    core::claims_policy claims;
    claims.any_typ = true;
    core::verify_policy policy;
    policy.issuers = {&issuer, 1};
    policy.claims = &claims;
    static core::crypto::operation_cache kept;
    for (auto const mode : {core::token_mode::jwt, core::token_mode::jws}) {
        policy.mode = mode;
        if (core::verify(text, policy, now, &kept))
            std::abort();
    }
    if (auto const document = core::json::document::parse(std::string(text))) {
        policy.mode = core::token_mode::jws;
        if (core::verify_json(document->root(), policy, now, &kept))
            std::abort();
        if (document->root().is_object())
            (void)core::validate_claims(document->root(), "JWT", core::hash::sha256, claims, now);
    }
    (void)core::inspect_token(text, now);
    return 0;
}
