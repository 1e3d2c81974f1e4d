#include "core/algorithms/work_costs.hpp"

#include <array>

namespace core::costs {
namespace {

using std::chrono::duration_cast;
using microseconds = std::chrono::duration<double, std::micro>;

work in_work(double us)
{
    return duration_cast<work>(microseconds(us));
}
work per_octet(double ns, std::size_t octets)
{
    return work(static_cast<work::rep>(ns * static_cast<double>(octets)));
}

/// What an operation with a key of one family costs, in microseconds of the reference core. RSA: a
/// key of 2048 bits.
struct family_costs {
    key_family family;
    double verify, sign;  // 0 = does not
    double agree;         // one multiplication of a point that came from outside; RSA: decryption
    double send;          // an ephemeral key and one multiplication; RSA: encryption
    double import_public, import_private;
};

// clang-format off
constexpr std::array family_table{
    //           family                  verify  sign  agree  send  public private
    family_costs{key_family::secret,          2,    2,     2,    2,      2,      2},
    family_costs{key_family::rsa,            60, 2000,  2000,   60,     60,   1500},
    family_costs{key_family::p256,          250,  120,   250,  350,     60,    250},
    family_costs{key_family::p384,          600,  300,   600,  900,    100,    600},
    family_costs{key_family::p521,         1200,  600,  1200, 1800,    150,   1200},
    family_costs{key_family::secp256k1,     300,  150,   300,  400,     60,    300},
    family_costs{key_family::ed25519,       120,   60,     0,    0,    100,    100},
    family_costs{key_family::ed448,         500,  400,     0,    0,    300,    500},
    family_costs{key_family::x25519,          0,    0,   120,  200,     60,    120},
    family_costs{key_family::x448,            0,    0,   400,  800,    100,    400},
    family_costs{key_family::ml_dsa_44,     200,  800,     0,    0,    100,    300},
    family_costs{key_family::ml_dsa_65,     300, 1200,     0,    0,    150,    400},
    family_costs{key_family::ml_dsa_87,     500, 1500,     0,    0,    200,    600},
};
// clang-format on
static_assert(
    [] {
        for (std::size_t i = 0; i < family_table.size(); ++i)
            if (family_table[i].family != key_family_rows[i].family)
                return false;
        return family_table.size() == key_family_rows.size();
    }(),
    "one row per family, in the order of key_family"
);

constexpr double reading_ns = 12, hashing_ns = 4, ciphering_ns = 6;  // an octet
constexpr double deflating_ns = 60, inflating_ns = 8;
constexpr double stretching_us = 0.8;  // an iteration
constexpr double without_primes_us = 40000;

family_costs const& costs_of(key_family family)
{
    return family_table[static_cast<std::size_t>(family)];
}

/// How much more a modulus of `bits` costs than one of 2048: by the square with a small exponent,
/// by the cube with a private one.
double by_size(key_family family, std::size_t bits, bool is_private)
{
    if (family != key_family::rsa)
        return 1;
    auto const ratio = static_cast<double>(bits) / 2048;
    return is_private ? ratio * ratio * ratio : ratio * ratio;
}

}  // namespace

work of_reading(std::size_t octets) noexcept
{
    return per_octet(reading_ns, octets);
}

work of_hashing(std::size_t octets) noexcept
{
    return per_octet(hashing_ns, octets);
}

work of_verifying(
    signature_algorithm const&, key_family family, std::size_t bits, std::size_t octets
) noexcept
{
    return in_work(costs_of(family).verify * by_size(family, bits, false)) + of_hashing(octets);
}

work of_signing(
    signature_algorithm const&, key_family family, std::size_t bits, std::size_t octets
) noexcept
{
    return in_work(costs_of(family).sign * by_size(family, bits, true)) + of_hashing(octets);
}

work of_opening(key_management_algorithm const&, key_family family, std::size_t bits) noexcept
{
    return in_work(costs_of(family).agree * by_size(family, bits, true));
}

work of_sealing(key_management_algorithm const&, key_family family, std::size_t bits) noexcept
{
    return in_work(costs_of(family).send * by_size(family, bits, false));
}

work of_stretching(key_management_algorithm const&, std::size_t iterations) noexcept
{
    return in_work(stretching_us * static_cast<double>(iterations));
}

work of_content(content_encryption_algorithm const&, std::size_t octets) noexcept
{
    return per_octet(ciphering_ns, octets);
}

work of_deflating(std::size_t octets) noexcept
{
    return per_octet(deflating_ns, octets);
}

work of_inflating(std::size_t octets) noexcept
{
    return per_octet(inflating_ns, octets);
}

work of_importing(key_family family, std::size_t bits, key_half half) noexcept
{
    auto const& row = costs_of(family);
    switch (half) {
    case key_half::public_half: return in_work(row.import_public * by_size(family, bits, false));
    case key_half::private_half: return in_work(row.import_private * by_size(family, bits, true));
    case key_half::private_without_primes:
        return in_work(without_primes_us * by_size(family, bits, true));
    }
    return {};
}

}  // namespace core::costs
