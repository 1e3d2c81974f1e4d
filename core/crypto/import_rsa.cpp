#include "core/crypto/botan_key.hpp"
#include "core/crypto/rsa_numbers.hpp"

#include <botan/rsa.h>

namespace core::crypto {
namespace {

using Botan::BigInt;

constexpr std::size_t rsa_bits_min = 1024;        // so that the key can be named and then refused
constexpr std::size_t rsa_bits_max = 8192;        // a verification beyond takes milliseconds
constexpr std::size_t recovered_bits_max = 4096;  // finding the primes of 8192 takes seconds
constexpr std::size_t exponent_octets_max = 4;

/// RFC 7518 section 2: "The representation MUST utilize the minimum number of octets".
bool is_minimal(byte_view number)
{
    return number.empty() || (number.front() != 0 && number.size() <= rsa_bits_max / 8);
}

bool are_minimal(rsa_parts const& parts)
{
    for (auto const* number : {&parts.d, &parts.p, &parts.q, &parts.dp, &parts.dq, &parts.qi}) {
        if (!is_minimal(number->view()))
            return false;
    }
    return is_minimal(parts.n) && is_minimal(parts.e);
}

/// d alone, d with both primes, or d with the primes and all of dp, dq and qi.
bool is_complete(rsa_parts const& parts)
{
    bool const primes = !parts.p.empty(), exponents = !parts.dp.empty();
    return primes == !parts.q.empty() && exponents == !parts.dq.empty()
        && exponents == !parts.qi.empty() && (primes || !exponents)
        && (!parts.d.empty() || !primes);
}

BigInt number(secret_bytes const& octets)
{
    return BigInt::from_bytes(octets.view());
}

bool are_consistent(rsa_parts const& parts, rsa_primes const& primes, rsa_public const& pub)
{
    auto const d = number(parts.d);
    auto const& [p, q] = primes;
    if (p.is_even() || q.is_even() || p <= 1 || q <= 1 || p == q || p * q != pub.n || d >= pub.n)
        return false;
    auto const ed = pub.e * d;
    if (ed % (p - 1) != 1 || ed % (q - 1) != 1)
        return false;
    return parts.dp.empty()
        || (number(parts.dp) == d % (p - 1) && number(parts.dq) == d % (q - 1)
            && number(parts.qi) < p && number(parts.qi) * q % p == 1);
}

result<key_ptr> load_private(rsa_parts const& parts, rsa_public const& pub)
{
    auto const d = number(parts.d);
    if (parts.p.empty() && pub.n.bits() > recovered_bits_max)
        return invalid_key("an RSA key of more than 4096 bits needs its primes beside n, e and d");
    auto const primes =
        parts.p.empty() ? recover_primes(pub, d) : rsa_primes{number(parts.p), number(parts.q)};
    if (!primes || !are_consistent(parts, *primes, pub))
        return invalid_key("the RSA key's private numbers do not fit its modulus");
    auto key = std::make_unique<Botan::RSA_PrivateKey>(primes->p, primes->q, pub.e, d, pub.n);
    if (key->get_c() * primes->q % primes->p != 1)
        return invalid_key("the RSA key's private numbers do not fit its modulus");
    return private_key(key_family::rsa, std::move(key), pub.n.bits());
}

result<key_ptr> load(rsa_parts const& parts)
{
    if (parts.n.empty() || parts.e.empty() || !are_minimal(parts))
        return invalid_key("an RSA number is missing, too long or has leading zero octets");
    if (!is_complete(parts))
        return invalid_key("of the RSA key's private numbers some are missing");
    rsa_public const pub{BigInt::from_bytes(parts.n), BigInt::from_bytes(parts.e)};
    if (pub.n.bits() < rsa_bits_min || pub.n.bits() > rsa_bits_max || pub.n.is_even())
        return invalid_key("the RSA modulus is not an odd number of 1024 to 8192 bits");
    if (parts.e.size() > exponent_octets_max || pub.e.is_even() || pub.e < 3)
        return invalid_key("the RSA public exponent is not an odd number from 3 to 2^32");
    if (has_roca_fingerprint(pub.n))
        return invalid_key("the RSA key was made by a generator with weak primes (ROCA)");
    if (!parts.d.empty())
        return load_private(parts, pub);
    auto key = std::make_unique<Botan::RSA_PublicKey>(pub.n, pub.e);
    return public_key(key_family::rsa, std::move(key), pub.n.bits());
}

}  // namespace

result<key_ptr> import_rsa(rsa_parts parts)
{
    return or_invalid("the RSA key's numbers are not a key", [&] { return load(parts); });
}

}  // namespace core::crypto
