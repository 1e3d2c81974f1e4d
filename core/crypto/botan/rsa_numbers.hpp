#pragma once

#include <botan/bigint.h>

#include <optional>

namespace core::crypto {

struct rsa_public {
    Botan::BigInt n, e;
};
struct rsa_primes {
    Botan::BigInt p, q;
};

/// Finds the primes of a modulus from both exponents. Takes a fixed number of operations (a gcd,
/// some divisions, a root) and no exponentiation; no number is longer than n * n * e.
///
/// pub, d   untrusted.
/// Returns  nullopt when d does not belong to n and e, or n is not a product of two primes of about
///          one size.
/// Source   NIST SP 800-56B revision 2, appendix C.2, the deterministic method
std::optional<rsa_primes> recover_primes(rsa_public const& pub, Botan::BigInt const& d);

/// Whether d can be a private exponent, judged by its size and parity.
bool may_be_exponent(Botan::BigInt const& d, rsa_public const& pub);

/// Whether the modulus was made by the Infineon library of CVE-2017-15361: modulo every small prime
/// it is in the subgroup that 65537 generates. For a sound key the probability of this is 2^-27.
///
/// Source   Nemec et al., The Return of Coppersmith's Attack, section 3.1
bool has_roca_fingerprint(Botan::BigInt const& n);

}  // namespace core::crypto
