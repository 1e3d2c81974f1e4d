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

/// The primes of a modulus from both exponents; nullopt when d does not belong to n and e. Bounded:
/// at most 24 bases are tried, each of which finds the primes with probability 1/2 or more.
/// Source   NIST SP 800-56B revision 2, appendix C.1
std::optional<rsa_primes> recover_primes(rsa_public const& pub, Botan::BigInt const& d);

/// Whether the modulus was made by the Infineon library of CVE-2017-15361: modulo every small prime
/// it lies in the subgroup that 65537 generates. A sound key does with probability 2^-27.
/// Source   Nemec et al., The Return of Coppersmith's Attack, section 3.1
bool has_roca_fingerprint(Botan::BigInt const& n);

}  // namespace core::crypto
