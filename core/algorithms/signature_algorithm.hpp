#pragma once

#include "core/algorithms/crypto_provider.hpp"
#include "core/algorithms/key_family.hpp"

#include <array>
#include <cstdint>
#include <string_view>

namespace core {

/// How a signature is computed; the crypto room has one case for each.
enum class signature_scheme : std::uint8_t { hmac, rsa_pkcs1, rsa_pss, ecdsa, eddsa, ml_dsa };
/// sha1 is for RSA-OAEP only; shake256 gives 114 octets, as inside Ed448.
enum class hash : std::uint8_t { none, sha1, sha256, sha384, sha512, shake256 };

/// Everything the code knows about one JWS `alg`: adding an algorithm is adding a row.
/// Source   RFC 7518 section 3.1, RFC 8037 section 3.1, RFC 8812 section 3.2, RFC 9864 section 2.2,
/// RFC 9964
struct signature_algorithm {
    std::string_view name;  ///< JOSE identifier, for example "ES256"
    signature_scheme scheme;
    key_families families;  ///< the only kinds of key that may use this row
    core::hash hash;  ///< of the message, or inside the scheme; for at_hash and c_hash see hash_of
    std::uint16_t key_bits_min = 0;  ///< smaller keys are refused. RFC 7518 sections 3.2, 3.3
    crypto_provider preferred = crypto_provider::botan;  ///< the fastest; Botan where it is absent
};

inline constexpr std::array signature_algorithms{
    signature_algorithm{"HS256", signature_scheme::hmac, key_family::secret, hash::sha256, 256},
    signature_algorithm{"HS384", signature_scheme::hmac, key_family::secret, hash::sha384, 384},
    signature_algorithm{"HS512", signature_scheme::hmac, key_family::secret, hash::sha512, 512},
    signature_algorithm{
        "RS256", signature_scheme::rsa_pkcs1, key_family::rsa, hash::sha256, 2048,
        crypto_provider::openssl},
    signature_algorithm{
        "RS384", signature_scheme::rsa_pkcs1, key_family::rsa, hash::sha384, 2048,
        crypto_provider::openssl},
    signature_algorithm{
        "RS512", signature_scheme::rsa_pkcs1, key_family::rsa, hash::sha512, 2048,
        crypto_provider::openssl},
    signature_algorithm{
        "PS256", signature_scheme::rsa_pss, key_family::rsa, hash::sha256, 2048,
        crypto_provider::openssl},
    signature_algorithm{
        "PS384", signature_scheme::rsa_pss, key_family::rsa, hash::sha384, 2048,
        crypto_provider::openssl},
    signature_algorithm{
        "PS512", signature_scheme::rsa_pss, key_family::rsa, hash::sha512, 2048,
        crypto_provider::openssl},
    signature_algorithm{
        "ES256", signature_scheme::ecdsa, key_family::p256, hash::sha256, 0,
        crypto_provider::openssl},
    signature_algorithm{"ES384", signature_scheme::ecdsa, key_family::p384, hash::sha384},
    signature_algorithm{"ES512", signature_scheme::ecdsa, key_family::p521, hash::sha512},
    signature_algorithm{
        "ES256K", signature_scheme::ecdsa, key_family::secp256k1, hash::sha256, 0,
        crypto_provider::secp256k1},
    signature_algorithm{
        "EdDSA", signature_scheme::eddsa, key_family::ed25519 | key_family::ed448, hash::sha512, 0,
        crypto_provider::sodium},
    signature_algorithm{
        "Ed25519", signature_scheme::eddsa, key_family::ed25519, hash::sha512, 0,
        crypto_provider::sodium},
    signature_algorithm{"Ed448", signature_scheme::eddsa, key_family::ed448, hash::shake256},
    signature_algorithm{"ML-DSA-44", signature_scheme::ml_dsa, key_family::ml_dsa_44, hash::none},
    signature_algorithm{"ML-DSA-65", signature_scheme::ml_dsa, key_family::ml_dsa_65, hash::none},
    signature_algorithm{"ML-DSA-87", signature_scheme::ml_dsa, key_family::ml_dsa_87, hash::none},
};

/// The row of a JWS `alg`, or nullptr. There is no default row, and `none` has none.
signature_algorithm const* find_signature_algorithm(std::string_view name) noexcept;

/// The hash of at_hash and c_hash in a token that a key of `family` signs with `row`; none = there is
/// none. The name EdDSA leaves it to the curve.
///
/// Source   OpenID Connect Core 1.0 section 3.1.3.6: "the hash algorithm used is the hash algorithm
///          used in the alg Header Parameter of the ID Token's JOSE Header"; RFC 8032 section 5.1:
///          "H(x) SHA-512", section 5.2: "SHAKE256(dom4(phflag,context)||x, 114)"
hash hash_of(signature_algorithm const& row, key_family family) noexcept;

/// Whether an `alg` that a key or an allow-list states admits a signature made with `row` by a key
/// of `family`. Names admit themselves; EdDSA also admits Ed25519 and Ed448, and those admit a
/// header `EdDSA` under their own curve. Source   RFC 9864 section 2.2: "Ed25519 ... Ed448 ...
/// fully-specified"
bool admits(std::string_view stated, signature_algorithm const& row, key_family family) noexcept;

/// The `alg` that a key of this family signs with when nothing names one: RS256, ES by curve,
/// EdDSA, ML-DSA by parameter set, HS256; empty for key agreement curves.
std::string_view default_signature_algorithm(key_family family) noexcept;

}  // namespace core
