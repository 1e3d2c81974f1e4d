#include "core/algorithms/work_costs.hpp"

#include <algorithm>
#include <array>
#include <bit>

namespace core::costs {
namespace {

constexpr work in_ns(double ns)
{
    constexpr auto most = static_cast<double>(work_max.count());
    return ns < most ? work(static_cast<work::rep>(ns)) : work_max;
}
constexpr work in_us(double us)
{
    return in_ns(us * 1000);
}
constexpr work per_octet(double ns, std::size_t octets)
{
    return in_ns(ns * static_cast<double>(octets));
}
constexpr work at_most_max(work sum)
{
    return std::min(sum, work_max);
}

/// What an operation with a key of one family costs, in microseconds of the reference core. RSA has
/// a table of its own, by size; what a secret costs depends on the algorithm.
struct family_costs {
    key_family family;
    double verify, sign;  // 0 = does not. ML-DSA tries until a signature is short enough: 2 x mean
    double agree;         // one multiplication of a point that came from outside
    double send;          // an ephemeral key and one multiplication
    double import_public, import_private;
};

// clang-format off
constexpr std::array family_table{
    //           family                  verify  sign  agree  send  public private
    family_costs{key_family::secret,          0,    0,     0,    0,    0.6,    0.6},
    family_costs{key_family::rsa,             0,    0,     0,    0,      0,      0},
    family_costs{key_family::p256,          210,   56,   220,  255,      3,     42},
    family_costs{key_family::p384,          430,  125,   475,  575,      3,     85},
    family_costs{key_family::p521,          915,  290,  1015, 1220,      3,    180},
    family_costs{key_family::secp256k1,     170,   51,     0,    0,      3,     35},
    family_costs{key_family::ed25519,       130,   34,     0,    0,     40,     34},
    family_costs{key_family::ed448,         400,  150,     0,    0,     24,    148},
    family_costs{key_family::x25519,          0,    0,    48,   95,    1.5,     50},
    family_costs{key_family::x448,            0,    0,   285,  570,    1.5,    282},
    family_costs{key_family::ml_dsa_44,     121,  640,     0,    0,      8,    126},
    family_costs{key_family::ml_dsa_65,     197, 1000,     0,    0,     10,    240},
    family_costs{key_family::ml_dsa_87,     340, 1360,     0,    0,     12,    375},
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

/// The same of RSA keys by the bits of their modulus. Sizes between two rows are interpolated.
struct rsa_costs {
    double bits;
    double public_operation;    // with the usual exponent
    double private_operation;   // half of it of 2048 bits: the first use of a key
    double private_by_openssl;  // where a core lacks AVX-512 IFMA: with it, about half
    double pkcs1_padding;       // of RSA1_5: random octets one by one
    double import_public, import_private, recover_primes;
};

// clang-format off
constexpr std::array rsa_table{
    //         bits  public  private  OpenSSL  padding  import: public private without primes
    rsa_costs{2048,      26,    2150,     900,      85,             26,    160,   3100},
    rsa_costs{3072,      58,    5500,    3500,     140,             47,    300,   6300},
    rsa_costs{4096,     100,   11000,    8000,     180,             78,    480,  10800},
    rsa_costs{8192,     345,   68000,   50000,     385,            280,   1600,  42500},
};
// clang-format on

/// The figure of a column for a modulus of `bits`. A smaller key counts as the smallest of the
/// table; a larger one, which import refuses, by the cube.
double of_rsa(double rsa_costs::*column, std::size_t bits)
{
    auto const size = static_cast<double>(bits);
    auto const& last = rsa_table.back();
    if (size >= last.bits) {
        auto const ratio = size / last.bits;
        return last.*column * ratio * ratio * ratio;
    }
    auto const above = std::ranges::upper_bound(rsa_table, size, {}, &rsa_costs::bits);
    if (above == rsa_table.begin())
        return rsa_table.front().*column;
    auto const& from = *(above - 1);
    auto const share = (size - from.bits) / (above->bits - from.bits);
    return from.*column + share * (above->*column - from.*column);
}

work of_rsa_private(std::size_t bits, crypto_provider by)
{
    bool const is_openssl = by == crypto_provider::openssl;
    return in_us(
        of_rsa(is_openssl ? &rsa_costs::private_by_openssl : &rsa_costs::private_operation, bits)
    );
}

/// An operation with a public exponent: a square for each of its bits, a product for each that is
/// set. Fewer than of the usual exponent count as those.
work of_rsa_public(std::size_t bits, std::uint32_t exponent)
{
    auto const steps = [](std::uint32_t e) { return std::bit_width(e) + std::popcount(e); };
    auto const ratio = static_cast<double>(steps(exponent)) / steps(usual_exponent);
    return in_us(of_rsa(&rsa_costs::public_operation, bits) * std::max(1.0, ratio));
}

constexpr double reading_ns = 14, decoding_ns = 0.6, encoding_ns = 2.9;  // an octet
constexpr double sha1_ns = 0.55, sha256_ns = 0.6, sha512_ns = 1.7, shake256_ns = 3;
constexpr double hashing_us = 0.3;
constexpr double certificate_ns = 130, writing_ns = 15;  // an octet
constexpr double searching_ns = 2;                       // an entry and an octet
constexpr double deflating_ns = 190, inflating_ns = 7.4, inflated_ns = 175;

double hashing_ns(hash algorithm)
{
    switch (algorithm) {
    case hash::sha1: return sha1_ns;
    case hash::sha256: return sha256_ns;
    case hash::shake256: return shake256_ns;
    case hash::sha384:
    case hash::sha512:
    case hash::none: break;
    }
    return sha512_ns;
}

family_costs const& costs_of(key_family family)
{
    return family_table[static_cast<std::size_t>(family)];
}

/// Hashing the message of a signature, as often as the scheme does.
work of_message(signature_algorithm const& row, key_family family, std::size_t octets, bool signs)
{
    switch (row.scheme) {
    case signature_scheme::ml_dsa: return per_octet(shake256_ns, octets);
    case signature_scheme::eddsa: {
        auto const once = family == key_family::ed448 ? shake256_ns : sha512_ns;
        return per_octet(signs ? 2 * once : once, octets);  // RFC 8032 section 5.1.6: "two passes"
    }
    case signature_scheme::hmac:
    case signature_scheme::rsa_pkcs1:
    case signature_scheme::rsa_pss:
    case signature_scheme::ecdsa: break;
    }
    return of_hashing(octets, row.hash);
}

/// HMAC: a key that is longer than a block is hashed first.
work of_secret(signature_algorithm const& row, std::size_t bits)
{
    return in_us(row.hash == hash::sha256 ? 0.5 : 1.6) + of_hashing(bits / 8, row.hash);
}

/// What wraps the key, or is the key, when there is no arithmetic of public keys.
work of_wrapping(key_management_algorithm const& row)
{
    switch (row.scheme) {
    case key_management_scheme::direct: return in_us(0.6);
    case key_management_scheme::aes_gcm_wrap: return in_us(3.5);
    case key_management_scheme::pbes2: return in_us(5);
    case key_management_scheme::aes_wrap:
    case key_management_scheme::rsa_pkcs1:
    case key_management_scheme::rsa_oaep:
    case key_management_scheme::ecdh: break;
    }
    return in_us(1.6);
}

}  // namespace

work of_reading(std::size_t octets) noexcept
{
    return per_octet(reading_ns, octets);
}

work of_certificate(std::size_t octets) noexcept
{
    return per_octet(certificate_ns, octets);
}

work of_writing(std::size_t octets) noexcept
{
    return per_octet(writing_ns, octets);
}

work of_decoding(std::size_t digits) noexcept
{
    return per_octet(decoding_ns, digits);
}

work of_encoding(std::size_t digits) noexcept
{
    return per_octet(encoding_ns, digits);
}

work of_hashing(std::size_t octets, hash algorithm) noexcept
{
    return at_most_max(in_us(hashing_us) + per_octet(hashing_ns(algorithm), octets));
}

work of_searching(std::size_t entries, std::size_t octets) noexcept
{
    return per_octet(searching_ns * static_cast<double>(entries), octets);
}

work of_verifying(
    signature_algorithm const& row, key_family family, std::size_t bits, std::size_t octets,
    std::uint32_t exponent
) noexcept
{
    auto const message = of_message(row, family, octets, false);
    if (row.scheme == signature_scheme::hmac)
        return at_most_max(of_secret(row, bits) + message);
    if (family == key_family::rsa)
        return at_most_max(of_rsa_public(bits, exponent) + message);
    return at_most_max(in_us(costs_of(family).verify) + message);
}

work of_signing(
    signature_algorithm const& row, key_family family, std::size_t bits, std::size_t octets,
    crypto_provider by
) noexcept
{
    auto const message = of_message(row, family, octets, true);
    if (row.scheme == signature_scheme::hmac)
        return at_most_max(of_secret(row, bits) + message);
    if (family == key_family::rsa)
        return at_most_max(of_rsa_private(bits, by) + message);
    return at_most_max(in_us(costs_of(family).sign) + message);
}

work of_opening(
    key_management_algorithm const& row, key_family family, std::size_t bits,
    std::size_t party_octets, crypto_provider by
) noexcept
{
    if (family == key_family::rsa)
        return of_rsa_private(bits, by);
    auto const parties = per_octet(sha256_ns, party_octets);
    return at_most_max(in_us(costs_of(family).agree) + of_wrapping(row) + parties);
}

work of_sealing(
    key_management_algorithm const& row, key_family family, std::size_t bits,
    std::size_t party_octets, std::uint32_t exponent
) noexcept
{
    if (family == key_family::rsa) {
        bool const is_padded = row.scheme == key_management_scheme::rsa_pkcs1;
        auto const padding = is_padded ? in_us(of_rsa(&rsa_costs::pkcs1_padding, bits)) : work{};
        return at_most_max(of_rsa_public(bits, exponent) + padding);
    }
    auto const parties = per_octet(sha256_ns, party_octets);
    return at_most_max(in_us(costs_of(family).send) + of_wrapping(row) + parties);
}

work of_stretching(key_management_algorithm const& row, std::size_t iterations) noexcept
{
    return in_us((row.hash == hash::sha256 ? 0.21 : 0.95) * static_cast<double>(iterations));
}

work of_content(
    content_encryption_algorithm const& enc, std::size_t octets, content_step step
) noexcept
{
    if (enc.scheme == content_scheme::gcm)
        return at_most_max(in_us(2.5) + per_octet(0.37, octets));
    // AES-CBC encrypts one block after the other, and decrypts several at once.
    auto const cipher_ns = step == content_step::sealing ? 1.55 : 0.27;
    auto const octet_ns = cipher_ns + hashing_ns(enc.hash) * 1.1;
    return at_most_max(in_us(5) + per_octet(octet_ns, octets));
}

work of_deflating(std::size_t octets) noexcept
{
    return per_octet(deflating_ns, octets);
}

work of_inflating(std::size_t octets, std::size_t compressed) noexcept
{
    return std::max(per_octet(inflating_ns, octets), per_octet(inflated_ns, compressed));
}

work of_importing(key_family family, std::size_t bits, key_half half) noexcept
{
    bool const is_rsa = family == key_family::rsa;
    auto const& row = costs_of(family);
    switch (half) {
    case key_half::public_half:
        return in_us(is_rsa ? of_rsa(&rsa_costs::import_public, bits) : row.import_public);
    case key_half::private_half:
        return in_us(is_rsa ? of_rsa(&rsa_costs::import_private, bits) : row.import_private);
    case key_half::private_without_primes:
        return in_us(is_rsa ? of_rsa(&rsa_costs::recover_primes, bits) : row.import_private);
    }
    return {};
}

}  // namespace core::costs
