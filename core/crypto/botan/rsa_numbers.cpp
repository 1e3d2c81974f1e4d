#include "core/crypto/botan/rsa_numbers.hpp"

#include <botan/numthry.h>

namespace core::crypto {
namespace {

using Botan::BigInt;

/// The root of a square; nullopt for any other number. Newton's method from above. It starts at a
/// power of two that is less than twice the root, so that the relative error is halved first and
/// squared from then on: the number of steps is the logarithm of the length.
std::optional<BigInt> root_of_square(BigInt const& square)
{
    auto root = BigInt::power_of_2((square.bits() + 1) / 2);
    for (;;) {
        auto next = (root + square / root) >> 1;
        if (next >= root)
            break;
        root = std::move(next);
    }
    return root * root == square ? std::optional(std::move(root)) : std::nullopt;
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

bool may_be_exponent(BigInt const& d, rsa_public const& pub)
{
    return d > 1 && d < pub.n && d.is_odd();  // odd, because e * d is 1 modulo an even number
}

/// (e * d - 1) * gcd(n - 1, e * d - 1) is a multiple of (p - 1) * (q - 1) = n - (p + q - 1). The
/// factor is so small that dividing by n gives it. The primes follow from their sum and product.
std::optional<rsa_primes> recover_primes(rsa_public const& pub, BigInt const& d)
{
    if (!may_be_exponent(d, pub))
        return std::nullopt;
    auto const& n = pub.n;
    auto const k = pub.e * d - 1;
    auto const a = k * Botan::gcd(n - 1, k);
    auto const factor = a / n + 1;
    auto const rest = n - a % n;
    if (rest % factor != 0)
        return std::nullopt;
    auto const sum = rest / factor + 1;
    auto const square = sum * sum - 4 * n;
    if (sum > n || square <= 0)
        return std::nullopt;
    auto const difference = root_of_square(square);
    if (!difference)
        return std::nullopt;
    return rsa_primes{(sum + *difference) >> 1, (sum - *difference) >> 1};
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
