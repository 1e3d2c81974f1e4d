#pragma once

#include "core/algorithms/signature_algorithm.hpp"
#include "core/base/bytes.hpp"
#include "core/base/error.hpp"
#include "core/base/secret.hpp"

#include <memory>
#include <optional>

namespace core::crypto {

/// Key material: a secret, a public key, or a private key with its public half. Immutable, shared
/// between threads. What it may do is the JWK's business (core/keys/jwk.hpp); what it is made of is
/// checked here, at import.
class key {
public:
    virtual ~key() = default;
    key(key const&) = delete;
    key& operator=(key const&) = delete;

    virtual key_family family() const noexcept = 0;
    /// Whether it can sign or decrypt: a private key, or a secret.
    virtual bool is_private() const noexcept = 0;
    /// Modulus, field or secret size in bits; of ML-DSA, the public key's size.
    virtual std::size_t bits() const noexcept = 0;
    /// Counts `count` encryptions under AES-GCM with this secret as the key, process-wide.
    /// Returns  false when that would exceed gcm_uses_max: the key must not encrypt again.
    virtual bool take_gcm_uses(std::uint64_t count) const noexcept = 0;

    /// NIST SP 800-38D section 8.3: "The total number of invocations of the authenticated
    /// encryption function shall not exceed 2^32", with random IVs of 96 bits.
    static constexpr std::uint64_t gcm_uses_max = 1ULL << 32U;

protected:
    key() = default;
};
using key_ptr = std::shared_ptr<key const>;

/// What the reader of a key wants it for, and so how much of it is read.
enum class key_role : std::uint8_t {
    holder,       ///< signs, decrypts or is kept: the whole key
    described,    ///< told about to a stranger: as a holder's, but primes are not recovered; an RSA
                  ///< key without them is its public half, after a glance at d
    counterpart,  ///< verifies or is encrypted to: of a key pair the public half, and the private
                  ///< half is dropped unread; a secret is whole, because both sides hold it
    published,    ///< found where only public keys belong: as a counterpart, and never a secret
};

/// Parts of an RSA key as big-endian octets (a JWK's members). `d` empty = a public key; `p` and
/// `q` empty with `d` present = the primes are recovered from n, e and d (up to 4096 bits: about as
/// long as a signature); dp and dq are both there or computed, and so is qi.
struct rsa_parts {
    bytes n, e;
    secret_bytes d, p, q, dp, dq, qi;
};

/// Import. Everything untrusted; every failure is key_invalid with a fixed sentence in `detail`.
///
/// RSA      1024 to 8192 bits, odd 3 <= e < 2^32, not a ROCA modulus, every number without leading
///          zero octets, private parts consistent with n. (1024 bits only so that a key can be
///          named and then refused by its algorithm's row; RFC 7518 section 3.3 asks for 2048.)
/// EC       x, y full length for the curve and on it; d full length, in [1, n) and matching x, y.
/// OKP      x of the curve's exact length, not of small order; d of exact length and matching x.
/// AKP      (ML-DSA) pub of the set's exact length; a 32-byte seed that gives pub (RFC 9964).
/// secret   1 to 4096 octets; text that is PEM, OpenSSH, DER of a key or a JWK is refused.
///          RFC 8725 section 2.1
///
/// EC, OKP and AKP: a private part with an empty public part computes the public one.
result<key_ptr> import_rsa(rsa_parts parts);
/// Whether n, e and d may be a key, as far as a look at each tells: what import_rsa would find out
/// by recovering the primes stays open. Errors: key_invalid.
result<void> glance_at_rsa(rsa_parts const& parts);
result<key_ptr> import_ec(key_family curve, byte_view x, byte_view y, secret_bytes d);
/// x and y, one after the other and full length, of a SEC 1 point (compressed or not).
result<bytes> ec_point(key_family curve, byte_view encoded);
result<key_ptr> import_okp(key_family curve, byte_view x, secret_bytes d);
result<key_ptr> import_akp(key_family set, byte_view pub, secret_bytes seed);
result<key_ptr> import_secret(secret_bytes octets);

/// A fresh key. `bits` counts for RSA (2048 to 8192, 0 = 2048) and secrets (0 = 256); a multiple of
/// 8. Errors: key_invalid for other sizes.
result<key_ptr> generate(key_family family, std::size_t bits);

/// A key of its own that is the public half. Precondition: a private key, not a secret.
key_ptr public_half_of(key const& material);

/// Public parts, as a JWK names them.
struct public_parts {
    bytes n, e;  // rsa
    bytes x, y;  // ec (full length), okp (x only)
    bytes pub;   // ml-dsa
};
public_parts public_parts_of(key const& material);

/// Private parts, as a JWK names them; nullopt for a public key.
struct private_parts {
    secret_bytes d, p, q, dp, dq, qi;  // rsa; ec and okp: d
    secret_bytes seed;                 // ml-dsa: the 32-byte seed (`priv`)
    secret_bytes k;                    // secret
};
std::optional<private_parts> private_parts_of(key const& material);

}  // namespace core::crypto
