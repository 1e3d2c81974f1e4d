#pragma once

#include "core/base/work_budget.hpp"
#include "core/crypto/operation_cache.hpp"
#include "core/jws/unverified_jws.hpp"
#include "core/jwt/claims.hpp"
#include "core/jwt/issuer_identity.hpp"
#include "core/keys/jwk_set.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace core {

class remembered_token;
class token_memory;
class verified_tokens;

/// A party whose keys may verify: the configured issuers of a profile, or the keys of one request.
struct trusted_issuer {
    /// The exact `iss`, or the issuer's name where `identity` says which tokens are its own; empty
    /// for the keys of a request.
    std::string_view issuer;
    std::span<jwk const> keys;  ///< empty = no usable set: keys_unavailable
    set_source source = set_source::own;
    key_index const* index = nullptr;  ///< of `keys`, made for `source`; null = there is none
    /// Allow-list. Empty = each key names its own, which the caller has checked.
    std::span<std::string const> algorithms;
    bool ignore_kid = false;  ///< for a single inline key
    /// Payloads may be encrypted as in core/jwt/jwt_pro.hpp, and iss may be absent. Only when a
    /// profile has no other issuer.
    bool reads_jwt_pro = false;
    issuer_identity const* identity = nullptr;  ///< null = exactly `issuer`
    bool has_bound_keys = false;                ///< one of `keys` has an issuer of its own
};

/// Where issuers are in a list of them. Does not own the texts.
struct issuer_places {
    std::unordered_map<std::string_view, std::size_t>
        by_iss;                              ///< the first one with this exact iss
    std::vector<std::size_t> with_identity;  ///< those that one exact iss does not tell
};
issuer_places places_of(std::span<trusted_issuer const> issuers);

/// Whether a token with these claims says that it is the issuer's.
bool is_of(trusted_issuer const& issuer, json::value claims);

/// The index of the first issuer that a token with this `iss` can be of.
///
/// places   of `issuers`; null = they are looked through.
std::optional<std::size_t> find_issuer(
    std::span<trusted_issuer const> issuers, issuer_places const* places, std::string_view iss
);

enum class token_mode : std::uint8_t {
    jwt,  ///< compact, a JSON object, claims checked
    jws,  ///< any payload, no claims; typ is checked
};

/// The rules for accepting a token. The caller owns what the views point to.
struct verify_policy {
    token_mode mode = token_mode::jwt;
    std::span<trusted_issuer const> issuers;
    issuer_places const* places = nullptr;     ///< of `issuers`, if there are many; null = not made
    std::span<std::string const> algorithms;   ///< narrows every issuer's list; empty = does not
    claims_policy const* claims = nullptr;     ///< mode jws: only its typ counts; null = any typ
    std::optional<std::string_view> detached;  ///< content of a token that does not carry it
    work_budget* budget = nullptr;             ///< charged before each step; null = not bounded
    /// Of one thread, used where `kept` is of the same one; null = there is none.
    token_memory* memory = nullptr;
    /// The thread's; null = every signature is computed, and none is remembered. Never for keys of
    /// a request, for tokens that were encrypted, or where a token is only good once.
    verified_tokens* remembered = nullptr;
};

/// A token whose signature was verified and whose claims were accepted. Only verify makes one.
class verified_token {
public:
    std::string_view header() const noexcept { return header_.text(); }
    json::value header_json() const noexcept { return header_.json(); }
    /// The octets that were signed; for a JWT its claims as JSON text.
    std::string_view payload() const noexcept
    {
        return claims_ ? claims_->text() : std::string_view(payload_);
    }
    /// Mode jwt: the claims.
    json::value claims() const noexcept { return claims_->root(); }
    bool has_claims() const noexcept { return claims_ != nullptr; }
    signature_algorithm const& algorithm() const noexcept { return header_.algorithm(); }
    /// Of the key that verified.
    std::string_view kid() const noexcept { return is_kid_in_header_ ? header_.kid() : kid_; }
    std::size_t issuer() const noexcept { return issuer_; }  ///< index into verify_policy::issuers
    std::size_t signature_index() const noexcept { return index_; }  ///< of a JSON JWS

private:
    friend class verification;
    verified_token() = default;
    jws_header header_;
    std::shared_ptr<json::document const> claims_;
    std::string payload_;
    std::string kid_;  // unless the header has the same
    bool is_kid_in_header_ = false;
    std::size_t issuer_ = 0;
    std::size_t index_ = 0;
};

/// What a foreign issuer's newer keys might mend. Only for a token that could be good: strangers
/// choose kids, and anybody can make a bad signature.
enum class key_miss : std::uint8_t {
    none,
    set,        ///< the issuer has no set, and the token has not expired long ago
    kid,        ///< the set has no key with the token's kid; the same
    signature,  ///< no key verifies the token, though the set has its kid, or it has none. Its iss,
                ///< alg, exp and nbf are good
};

/// Where verification stopped.
struct verify_trace {
    std::optional<std::size_t> issuer;  ///< the one that was selected; for metrics
    key_miss miss = key_miss::none;
    std::string kid;              ///< of a missed kid
    std::uint64_t signature = 0;  ///< of a missed signature: a hash of it, never 0
    /// Kid of a refused token whose iss is that of the selected issuer (mode jws: whatever its
    /// payload is), cut to kid_size_max; for people.
    std::string named_kid;
};

/// Verifies a token: its shape, header, algorithm, key, signature and claims, in this order. Of a
/// token that policy.remembered has, only the reading and the signature are not done again: the
/// outcome is the same.
///
/// token    untrusted compact text, whose size the caller has checked; must outlive the call.
/// kept     the thread's signer and verifier objects; null for keys of a single request.
/// trace    filled in when not null.
/// Errors   those of unverified_jws; algorithm_not_allowed; issuer_mismatch and claim_missing
///          (iss), before the signature only when several issuers are trusted, of which a token must
///          be exactly one's; keys_unavailable;
///          key_not_found, key_ambiguous, key_invalid; signature_invalid; token_malformed for a JWT
///          payload that is not a JSON object; those of validate_claims, in mode jws only
///          type_mismatch.
/// Source   RFC 7515 section 5.2, RFC 7519 section 7.2, RFC 8725 section 3
result<verified_token> verify(
    std::string_view token, verify_policy const& policy, instant now, crypto::operation_cache* kept,
    verify_trace* trace = nullptr
);

/// The same for a JWS in JSON serialization (only mode jws). It is valid when at least one
/// signature has a candidate key, and every signature that has one verifies.
result<verified_token> verify_json(
    json::value token, verify_policy const& policy, instant now, crypto::operation_cache* kept,
    verify_trace* trace = nullptr
);

/// Longest kid that is looked up. A longer one, or one with control characters, is key_not_found,
/// so that absurd names do not reach caches and logs.
inline constexpr std::size_t kid_size_max = 256;

}  // namespace core
