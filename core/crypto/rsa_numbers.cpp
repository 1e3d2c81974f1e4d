#include "core/crypto/rsa_numbers.hpp"

#include <botan/numthry.h>

#include <array>

namespace core::crypto {
namespace {

using Botan::BigInt;

constexpr std::array<std::uint64_t, 24> bases{2,  3,  5,  7,  11, 13, 17, 19, 23, 29, 31, 37,
                                              41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89};

std::optional<rsa_primes> split(BigInt const& n, BigInt const& root_of_one)
{
    auto p = Botan::gcd(root_of_one - 1, n);
    if (p <= 1 || p >= n)
        return std::nullopt;
    auto q = n / p;
    return p > q ? rsa_primes{p, q} : rsa_primes{q, p};
}

constexpr bool is_power_of_65537(std::uint64_t residue, std::uint64_t prime)
{
    std::uint64_t power = 1;
    do {
        if (power == residue)
            return true;
        power = power * 65537 % prime;
    } while (power != 1);
    return false;
}

}  // namespace

std::optional<rsa_primes> recover_primes(rsa_public const& pub, BigInt const& d)
{
    if (d <= 1 || d >= pub.n)
        return std::nullopt;
    auto odd = pub.e * d - 1;
    std::size_t twos = 0;
    for (; odd.is_even() && !odd.is_zero(); ++twos)
        odd >>= 1;
    auto const minus_one = pub.n - 1;
    for (auto const base : bases) {
        auto x = Botan::power_mod(BigInt::from_u64(base), odd, pub.n);
        for (std::size_t i = 0; i < twos && x != 1 && x != minus_one; ++i) {
            auto square = x * x % pub.n;
            if (square == 1)
                return split(pub.n, x);
            x = std::move(square);
        }
        if (x != 1 && x != minus_one)
            return std::nullopt;  // base^(ed-1) is not 1: d is of another key
    }
    return std::nullopt;
}

bool has_roca_fingerprint(BigInt const& n)
{
    // The primes below 167 for which 65537 does not generate every residue.
    for (std::uint64_t const prime : std::initializer_list<std::uint64_t>{
             11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157}) {
        if (!is_power_of_65537(n % prime, prime))
            return false;
    }
    return true;
}

}  // namespace core::crypto
