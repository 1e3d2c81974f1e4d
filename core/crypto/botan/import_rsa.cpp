#include "core/crypto/botan/botan_key.hpp"
#include "core/crypto/botan/rsa_numbers.hpp"

#include <botan/der_enc.h>
#include <botan/numthry.h>
#include <botan/rsa.h>

namespace core::crypto {
namespace {

using Botan::BigInt;

constexpr std::size_t rsa_bits_min = 1024;        // so that the key can be named and then refused
constexpr std::size_t rsa_bits_max = 8192;        // above, a verification takes milliseconds
constexpr std::size_t recovered_bits_max = 4096;  // above, recovery is too expensive for a request
constexpr std::size_t exponent_octets_max = 4;

constexpr std::string_view not_of_modulus = "the RSA key's private numbers do not fit its modulus";
constexpr std::string_view bad_exponent =
    "the RSA public exponent is not an odd number from 3 to 2^32";

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

/// Whether the private parts are none; d; d, p, q; d, p, q, qi; or d, p, q, dp, dq, qi.
bool is_complete(rsa_parts const& parts)
{
    bool const primes = !parts.p.empty(), exponents = !parts.dp.empty(), qi = !parts.qi.empty();
    bool const pairs = primes == !parts.q.empty() && exponents == !parts.dq.empty();
    return pairs && (primes || !qi) && (qi || !exponents) && (!parts.d.empty() || !primes);
}

BigInt number(secret_bytes const& octets)
{
    return BigInt::from_bytes(octets.view());
}

/// All numbers of a private key except n and e.
struct rsa_private {
    BigInt d, p, q, dp, dq, qi;
};

/// Computes the numbers that were not given. Computing qi costs about as much as everything else.
rsa_private complete(rsa_parts const& parts, rsa_primes primes)
{
    rsa_private all{number(parts.d), std::move(primes.p), std::move(primes.q), {}, {}, {}};
    all.dp = parts.dp.empty() ? all.d % (all.p - 1) : number(parts.dp);
    all.dq = parts.dq.empty() ? all.d % (all.q - 1) : number(parts.dq);
    all.qi = parts.qi.empty() ? Botan::inverse_mod(all.q, all.p) : number(parts.qi);
    return all;
}

/// Whether neither prime is much longer than the other: a private operation would take up to four
/// times as long as the modulus lets one expect. Every standard has primes of equal length.
bool are_balanced(rsa_primes const& primes, BigInt const& n)
{
    return std::max(primes.p.bits(), primes.q.bits()) * 8 <= n.bits() * 5;
}

/// Whether n is the product of the primes. Checks in the order of cost: no number is used until its
/// size is known to be small.
bool have_product(rsa_primes const& primes, BigInt const& n)
{
    auto const& [p, q] = primes;
    return p.is_odd() && q.is_odd() && p > 1 && q > 1 && p != q
        && p.bits() + q.bits() <= n.bits() + 1 && p * q == n;
}

bool are_consistent(rsa_private const& all, rsa_public const& pub)
{
    if (!may_be_exponent(all.d, pub))
        return false;
    auto const ed = pub.e * all.d;
    return ed % (all.p - 1) == 1 && ed % (all.q - 1) == 1 && all.dp == all.d % (all.p - 1)
        && all.dq == all.d % (all.q - 1) && all.qi < all.p && all.qi * all.q % all.p == 1;
}

/// Goes through PKCS#1, because from there Botan takes the numbers without computing them again.
std::unique_ptr<Botan::RSA_PrivateKey> make_private(rsa_private const& all, rsa_public const& pub)
{
    auto const pkcs1 = Botan::DER_Encoder()
                           .start_sequence()
                           .encode(std::size_t{0})
                           .encode(pub.n)
                           .encode(pub.e)
                           .encode(all.d)
                           .encode(all.p)
                           .encode(all.q)
                           .encode(all.dp)
                           .encode(all.dq)
                           .encode(all.qi)
                           .end_cons()
                           .get_contents();
    return std::make_unique<Botan::RSA_PrivateKey>(Botan::AlgorithmIdentifier(), pkcs1);
}

result<key_ptr> load_private(rsa_parts const& parts, rsa_public const& pub)
{
    if (parts.p.empty() && pub.n.bits() > recovered_bits_max)
        return invalid_key("an RSA key of more than 4096 bits needs its primes next to d");
    auto primes = parts.p.empty() ? recover_primes(pub, number(parts.d))
                                  : rsa_primes{number(parts.p), number(parts.q)};
    if (!primes || !have_product(*primes, pub.n))
        return invalid_key(not_of_modulus);
    if (!are_balanced(*primes, pub.n))
        return invalid_key("one of the RSA key's primes is much longer than the other");
    auto const all = complete(parts, std::move(*primes));
    if (!are_consistent(all, pub))
        return invalid_key(not_of_modulus);
    return private_key(key_family::rsa, make_private(all, pub), pub.n.bits());
}

/// The public half, checked. Later steps rely on its small sizes.
result<rsa_public> load_public(rsa_parts const& parts)
{
    if (parts.n.empty() || parts.e.empty() || !are_minimal(parts))
        return invalid_key("an RSA number is missing, too long or has leading zero octets");
    if (parts.e.size() > exponent_octets_max)
        return invalid_key(bad_exponent);
    rsa_public pub{BigInt::from_bytes(parts.n), BigInt::from_bytes(parts.e)};
    if (pub.n.bits() < rsa_bits_min || pub.n.bits() > rsa_bits_max || pub.n.is_even())
        return invalid_key("the RSA modulus is not an odd number of 1024 to 8192 bits");
    if (pub.e.is_even() || pub.e < 3)
        return invalid_key(bad_exponent);
    if (has_roca_fingerprint(pub.n))
        return invalid_key("the RSA key was made by a generator with weak primes (ROCA)");
    return pub;
}

/// Before any arithmetic, by the modulus's octets. What is_complete or load_public refuses is
/// charged too: its numbers have been read.
bool charge_rsa(rsa_parts const& parts, work_budget* budget)
{
    auto const bits = std::min(parts.n.size() * 8, rsa_bits_max);
    bool const is_recovered = !parts.d.empty() && parts.p.empty();
    auto const half = is_recovered ? costs::key_half::private_without_primes
        : parts.d.empty()          ? costs::key_half::public_half
                                   : costs::key_half::private_half;
    return charge(budget, costs::of_importing(key_family::rsa, bits, half));
}

result<key_ptr> load(rsa_parts const& parts)
{
    if (!is_complete(parts))
        return invalid_key("some of the RSA key's private numbers are missing");
    auto const pub = load_public(parts);
    if (!pub)
        return pub.error();
    if (!parts.d.empty())
        return load_private(parts, *pub);
    auto key = std::make_unique<Botan::RSA_PublicKey>(pub->n, pub->e);
    return public_key(key_family::rsa, std::move(key), pub->n.bits());
}

/// Checks a private half without arithmetic on it.
result<void> check_sizes(rsa_parts const& parts)
{
    auto const pub = load_public(parts);
    if (!pub)
        return pub.error();
    if (!is_complete(parts) || !may_be_exponent(number(parts.d), *pub))
        return invalid_key(not_of_modulus);
    return {};
}

}  // namespace

std::uint32_t exponent_of(Botan::Public_Key const& rsa)
{
    return static_cast<std::uint32_t>(
        dynamic_cast<Botan::RSA_PublicKey const&>(rsa).get_e().word_at(0)
    );
}

result<key_ptr> import_rsa(rsa_parts parts, work_budget* budget)
{
    if (!charge_rsa(parts, budget))
        return errc::work_exceeded;
    return or_invalid("the RSA key is not valid", [&] { return load(parts); });
}

result<void> check_rsa_sizes(rsa_parts const& parts)
{
    return or_invalid("the RSA key is not valid", [&] { return check_sizes(parts); });
}

}  // namespace core::crypto
