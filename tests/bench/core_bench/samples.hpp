#pragma once

#include "core/algorithms/encryption_algorithm.hpp"
#include "core/algorithms/signature_algorithm.hpp"
#include "core/base/time.hpp"
#include "core/crypto/signature.hpp"
#include "core/keys/jwk.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

/// Keys, claims and tokens that the cases share. All tokens are good.
namespace bench::samples {

inline constexpr std::string_view issuer = "urn:i";
inline constexpr std::string_view audience = "urn:a";
inline constexpr core::instant now{std::chrono::seconds(1'800'000'000)};

/// The claims of a token, as JSON text of exactly so many octets, at least 64: iss, sub, aud, exp,
/// and then a member for each 40 octets.
std::string claims_of(std::size_t octets);
/// The same without iss, aud and exp: what a caller asks to be signed.
std::string wishes_of(std::size_t octets);

/// A key for each algorithm of signatures, and for each curve where an algorithm has several.
struct signing_key {
    std::string name;  ///< of the algorithm, and of the curve where it has several
    core::signature_algorithm const* row;
    core::jwk key;
    std::shared_ptr<core::crypto::signer> signer{};
    std::shared_ptr<core::crypto::verifier> verifier{};
    std::string header{};  ///< a protected header for it, as JSON text
};
std::vector<signing_key> const& signing_keys();

/// A compact JWS.
std::string signed_token(signing_key const& by, std::string_view payload);
/// What the signature of a compact JWS covers, and the signature.
struct signed_parts {
    std::string covered;
    core::bytes signature;
};
signed_parts parts_of(std::string_view token);

/// A key for each algorithm of encrypted keys, for each of its curves, and, of `dir`, for each enc.
struct sealing_key {
    std::string name;  ///< of the algorithm, and of the curve or the enc
    core::key_management_algorithm const* row;
    core::content_encryption_algorithm const* enc;
    core::jwk key;
};
std::vector<sealing_key> const& sealing_keys();

/// The iterations of passwords here: the least that is allowed, or nothing else could be seen.
inline constexpr std::int64_t iterations = 1000;

/// A compact JWE of the plaintext.
std::string sealed_token(sealing_key const& to, std::string_view plaintext);

}  // namespace bench::samples
