#pragma once

#include "core/jws/jws.hpp"
#include "core/jwt/claims.hpp"
#include "core/keys/jwk_set.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace core {

/// A party whose keys may verify: the configured issuers of a profile, or the keys of one request.
struct trusted_issuer {
    std::string_view issuer;    ///< the exact `iss`; empty for the keys of a request
    std::span<jwk const> keys;  ///< empty = no usable set: keys_unavailable
    set_source source = set_source::own;
    std::span<std::string const>
        algorithms;  ///< allow-list; empty = each key names its own (checked by the caller)
    bool ignore_kid = false;  ///< a single inline key
    bool reads_jwt_pro =
        false;  ///< payloads may be encrypted as core/jwt/jwt_pro.hpp says, and iss
                ///< may be absent; only where the issuer is a profile's only one
};

enum class token_mode : std::uint8_t {
    jwt,  ///< compact, a JSON object, claims checked
    jws,  ///< any payload, no claims; typ is checked
};

/// Everything that decides about a token, apart from the token and the time. The views belong to
/// the caller.
struct verify_policy {
    token_mode mode = token_mode::jwt;
    std::span<trusted_issuer const> issuers;
    std::span<std::string const> algorithms;   ///< narrows every issuer's list; empty = does not
    claims_policy const* claims = nullptr;     ///< mode jws: only its typ; null = any there
    std::optional<std::string_view> detached;  ///< content of a token that does not carry it
};

/// A token whose signature was verified and whose claims were accepted. Only verify makes one.
class verified_token {
public:
    std::string_view header() const noexcept { return signature_.header.text(); }
    json::value header_json() const noexcept { return signature_.header.json(); }
    /// The octets that were signed: of a JWT its claims as JSON text.
    std::string_view payload() const noexcept
    {
        return claims_ ? claims_->text() : std::string_view(payload_);
    }
    /// Mode jwt: the claims.
    json::value claims() const noexcept { return claims_->root(); }
    bool has_claims() const noexcept { return claims_ != nullptr; }
    signature_algorithm const& algorithm() const noexcept { return signature_.header.algorithm(); }
    std::string_view kid() const noexcept { return kid_; }   ///< of the key that verified
    std::size_t issuer() const noexcept { return issuer_; }  ///< index into verify_policy::issuers
    std::size_t signature_index() const noexcept { return index_; }  ///< of a JSON JWS

private:
    friend class verification;
    verified_token() = default;
    unverified_jws::signature signature_;
    std::shared_ptr<json::document const> claims_;
    std::string payload_;
    std::string kid_;
    std::size_t issuer_ = 0;
    std::size_t index_ = 0;
};

/// Where verification stopped: the issuer that was selected, if one was, for metrics; and whether
/// fresher keys of it might have made a difference.
struct verify_trace {
    std::optional<std::size_t> issuer;
    bool lacks_key = false;  ///< a foreign issuer has no set, or none with the kid of this token,
                             ///< which has not expired long ago
    std::string kid;         ///< that kid; empty = there is no set
};

/// Verifies a token: size was checked by the caller; then shape, header, algorithm, key, signature,
/// claims.
///
/// token    untrusted compact text; must outlive the call only.
/// kept     the thread's signer and verifier objects; null when the keys are of a single request.
/// Errors   those of unverified_jws; algorithm_not_allowed; issuer_mismatch and claim_missing (iss)
/// before the
///          signature only when several issuers are trusted; keys_unavailable; key_not_found,
///          key_ambiguous, key_invalid; signature_invalid; token_malformed for a JWT payload that
///          is no JSON object; those of validate_claims, in mode jws only type_mismatch.
/// Source   RFC 7515 section 5.2, RFC 7519 section 7.2, RFC 8725 section 3
result<verified_token> verify(
    std::string_view token, verify_policy const& policy, instant now, crypto::operation_cache* kept,
    verify_trace* trace = nullptr
);

/// The same for a JWS in JSON serialization (mode jws only): valid when at least one signature has
/// a candidate and every one that has verifies.
result<verified_token> verify_json(
    json::value token, verify_policy const& policy, instant now, crypto::operation_cache* kept,
    verify_trace* trace = nullptr
);

/// Longest kid that is looked for; a longer one, or one with control characters, is no key's.
/// (Keeps absurd names away from caches and logs.)
inline constexpr std::size_t kid_size_max = 256;

}  // namespace core
