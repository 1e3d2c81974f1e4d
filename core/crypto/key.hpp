#pragma once

#include "core/algorithms/signature_algorithm.hpp"
#include "core/base/bytes.hpp"
#include "core/base/error.hpp"
#include "core/base/secret.hpp"
#include "core/base/work_budget.hpp"

#include <memory>
#include <optional>

namespace core::crypto {

/// Key material: a secret, a public key, or a private key with its public half. Immutable, and
/// shared between threads. Import checks that its numbers are sound; what it may be used for is in
/// core/keys/jwk.hpp.
class key {
public:
    virtual ~key() = default;
    key(key const&) = delete;
    key& operator=(key const&) = delete;

    virtual key_family family() const noexcept = 0;
    /// Whether it can sign or decrypt: a private key, or a secret.
    virtual bool is_private() const noexcept = 0;
    /// Size in bits of the modulus, the field or the secret; for ML-DSA, of the public key.
    virtual std::size_t bits() const noexcept = 0;
    /// The public exponent of an RSA key; 0 for every other kind. It decides what the public half
    /// costs to use.
    virtual std::uint32_t exponent() const noexcept = 0;
    /// Counts `count` AES-GCM encryptions with this secret as the key, in this process.
    ///
    /// Returns  false when that would exceed gcm_uses_max: the key must not encrypt again.
    virtual bool take_gcm_uses(std::uint64_t count) const noexcept = 0;

    /// NIST SP 800-38D section 8.3: "The total number of invocations of the authenticated
    /// encryption function shall not exceed 2^32", with random IVs of 96 bits.
    static constexpr std::uint64_t gcm_uses_max = 1ULL << 32U;

protected:
    key() = default;
};
using key_ptr = std::shared_ptr<key const>;

/// What a key is read for, which decides how much of it is read.
enum class key_role : std::uint8_t {
    holder,       ///< signs, decrypts or is stored: the whole key
    described,    ///< is only reported on: as for a holder, but primes are not recovered; an RSA
                  ///< key without primes is read as its public half, after a short check of d
    counterpart,  ///< verifies, or is encrypted to: only the public half of a key pair, and the
                  ///< private half is not read; all of a secret, because both sides have it
    published,    ///< found where only public keys belong: as a counterpart, and never a secret
};

/// How the text of a key is read.
struct import_options {
    key_role role = key_role::holder;
    secret_bytes const* password = nullptr;  ///< of encrypted PKCS#8; null = such keys are refused
    work_budget* budget = nullptr;           ///< charged before each import; null = not bounded
};

/// Parts of an RSA key as big-endian octets (a JWK's members). Without `d` it is a public key. With
/// `d` but without `p` and `q`, the primes are recovered from n, e and d (up to 4096 bits; takes
/// about as long as a signature). dp and dq are both given or both computed; so is qi.
struct rsa_parts {
    bytes n, e;
    secret_bytes d, p, q, dp, dq, qi;
};

/// Import. All parts are untrusted; every failure is key_invalid with a fixed sentence in `detail`,
/// except work_exceeded. The budget is charged before any arithmetic; null = not bounded.
///
/// RSA      1024 to 8192 bits, odd 3 <= e < 2^32, not a ROCA modulus, every number without leading
///          zero octets, private parts consistent with n, no prime of more than 5/8 of its bits. (1024 bits is allowed only so that a key
///          can be named and then refused by its algorithm's row; RFC 7518 section 3.3 asks for
///          2048.)
/// EC       x, y of the curve's full length and on the curve; d of full length, in [1, n) and
///          matching x, y.
/// OKP      x of the curve's exact length, not of small order; d of exact length and matching x.
/// AKP      (ML-DSA) pub of the set's exact length; a 32-byte seed that gives pub (RFC 9964).
/// secret   1 to 4096 octets. Text that is PEM, OpenSSH, DER of a key or a JWK is refused by
///          core/keys: RFC 8725 section 2.1.
///
/// EC, OKP and AKP: if the public part is empty, it is computed from the private part.
result<key_ptr> import_rsa(rsa_parts parts, work_budget* budget = nullptr);
/// Checks the size and parity of n, e and d, without recovering the primes as import_rsa does.
///
/// Errors   key_invalid when they cannot be a key.
result<void> check_rsa_sizes(rsa_parts const& parts);
result<key_ptr> import_ec(
    key_family curve, byte_view x, byte_view y, secret_bytes d, work_budget* budget = nullptr
);
/// x and y of a SEC 1 point (compressed or not), one after the other and of full length.
///
/// Errors   key_invalid when it is not a point of the curve.
result<bytes> ec_point(key_family curve, byte_view encoded);
result<key_ptr>
import_okp(key_family curve, byte_view x, secret_bytes d, work_budget* budget = nullptr);
result<key_ptr>
import_akp(key_family set, byte_view pub, secret_bytes seed, work_budget* budget = nullptr);
result<key_ptr> import_secret(secret_bytes octets);

/// Makes a new random key.
///
/// bits     used for RSA (2048 to 8192, 0 = 2048) and secrets (up to 32768, 0 = 256); a multiple
///          of 8.
/// Errors   key_invalid for other sizes.
result<key_ptr> generate(key_family family, std::size_t bits);

/// The public half as a separate key. Precondition: a private key, not a secret.
key_ptr public_half_of(key const& material);

/// Public parts, named as in a JWK.
struct public_parts {
    bytes n, e;  // rsa
    bytes x, y;  // ec (full length), okp (x only)
    bytes pub;   // ml-dsa
};
public_parts public_parts_of(key const& material);

/// Private parts, named as in a JWK.
struct private_parts {
    secret_bytes d, p, q, dp, dq, qi;  // rsa; ec and okp: d
    secret_bytes seed;                 // ml-dsa: the 32-byte seed (`priv`)
    secret_bytes k;                    // secret
};
/// nullopt for a public key.
std::optional<private_parts> private_parts_of(key const& material);

}  // namespace core::crypto
