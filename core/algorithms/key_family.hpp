#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace core {

/// The parts that a key has, as a JWK's `kty` says it; the rooms of keys and crypto have one case
/// for each. RFC 7518 section 6.1, RFC 8037 section 2, RFC 9964 section 3
enum class key_type : std::uint8_t {
    oct,  ///< a shared secret
    rsa,
    ec,   ///< x, y and d
    okp,  ///< x and d
    akp,  ///< a public key and the seed that gives the private one; `alg` says which kind
};

/// What a key is made of: the place of its row in key_family_rows. Each algorithm names the
/// families that may use it.
enum class key_family : std::uint8_t {
    secret,
    rsa,
    p256,
    p384,
    p521,
    secp256k1,
    ed25519,
    ed448,
    x25519,
    x448,
    ml_dsa_44,
    ml_dsa_65,
    ml_dsa_87,
};

/// Everything the code knows about one family of keys: adding a family is adding a row.
/// Source   RFC 7518 section 6, RFC 8037 section 2, RFC 8812 section 3.1, RFC 9964 section 3; OIDs:
/// RFC 8017 appendix A.1, RFC 5480 section 2.1.1.1, SEC 2, RFC 8410 section 3, RFC 9881 section 2
struct key_family_row {
    key_family family;
    key_type type;
    std::string_view name;  ///< tells the families of one type apart: `crv`, of akp `alg`; empty
                            ///< where the type has one family
    std::string_view oid;   ///< of the curve (ec), else of the algorithm; empty = not in DER
    std::uint16_t public_octets;     ///< of x, of y, of `pub`; 0 = keys have sizes of their own
    std::uint16_t private_octets;    ///< of d, of `priv`
    std::uint16_t signature_octets;  ///< 0 = by the key's size, or does not sign
    bool is_cheap_to_derive;         ///< one multiplication of some 0.1 ms gives the public half: a
                                     ///< stranger may have it computed
    std::string_view signs_with;     ///< the `alg` when nothing names one; empty = does not sign
    std::string_view encrypts_with;  ///< the same of encryption; empty = does not, or (secrets) the
                                     ///< size decides
    std::string_view openssh;        ///< the name of its keys there; empty = OpenSSH has none
};

/// In the order of key_family. clang-format off keeps a row a line.
// clang-format off
inline constexpr std::array key_family_rows{
    //                                                                                          octets of
    //             family                 type           name         oid                       public private signature cheap  signs_with   encrypts_with     openssh
    key_family_row{key_family::secret,    key_type::oct, "",          "",                          0,   0,    0, false, "HS256",     "",               ""},
    key_family_row{key_family::rsa,       key_type::rsa, "",          "1.2.840.113549.1.1.1",      0,   0,    0, false, "RS256",     "RSA-OAEP-256",   "ssh-rsa"},
    key_family_row{key_family::p256,      key_type::ec,  "P-256",     "1.2.840.10045.3.1.7",      32,  32,   64, true,  "ES256",     "ECDH-ES+A256KW", "ecdsa-sha2-nistp256"},
    key_family_row{key_family::p384,      key_type::ec,  "P-384",     "1.3.132.0.34",             48,  48,   96, false, "ES384",     "ECDH-ES+A256KW", "ecdsa-sha2-nistp384"},
    key_family_row{key_family::p521,      key_type::ec,  "P-521",     "1.3.132.0.35",             66,  66,  132, false, "ES512",     "ECDH-ES+A256KW", "ecdsa-sha2-nistp521"},
    key_family_row{key_family::secp256k1, key_type::ec,  "secp256k1", "1.3.132.0.10",             32,  32,   64, true,  "ES256K",    "",               ""},
    key_family_row{key_family::ed25519,   key_type::okp, "Ed25519",   "1.3.101.112",              32,  32,   64, true,  "EdDSA",     "",               "ssh-ed25519"},
    key_family_row{key_family::ed448,     key_type::okp, "Ed448",     "1.3.101.113",              57,  57,  114, false, "EdDSA",     "",               ""},
    key_family_row{key_family::x25519,    key_type::okp, "X25519",    "1.3.101.110",              32,  32,    0, true,  "",          "ECDH-ES+A256KW", ""},
    key_family_row{key_family::x448,      key_type::okp, "X448",      "1.3.101.111",              56,  56,    0, false, "",          "ECDH-ES+A256KW", ""},
    // FIPS 204 table 2; the seed: section 3.6.1
    key_family_row{key_family::ml_dsa_44, key_type::akp, "ML-DSA-44", "2.16.840.1.101.3.4.3.17", 1312,  32, 2420, false, "ML-DSA-44", "",               ""},
    key_family_row{key_family::ml_dsa_65, key_type::akp, "ML-DSA-65", "2.16.840.1.101.3.4.3.18", 1952,  32, 3309, false, "ML-DSA-65", "",               ""},
    key_family_row{key_family::ml_dsa_87, key_type::akp, "ML-DSA-87", "2.16.840.1.101.3.4.3.19", 2592,  32, 4627, false, "ML-DSA-87", "",               ""},
};
// clang-format on

constexpr key_family_row const& row_of(key_family family) noexcept
{
    return key_family_rows[static_cast<std::size_t>(family)];
}
constexpr key_type type_of(key_family family) noexcept
{
    return row_of(family).type;
}

/// A set of families, as bits.
struct key_families {
    std::uint32_t bits = 0;
    constexpr key_families() = default;
    constexpr key_families(key_family one) : bits(1U << static_cast<unsigned>(one)) {}  // NOLINT
    friend constexpr key_families operator|(key_families a, key_families b)
    {
        a.bits |= b.bits;
        return a;
    }
    constexpr bool contains(key_family one) const { return (bits & key_families(one).bits) != 0; }
};
constexpr key_families operator|(key_family a, key_family b)
{
    return key_families(a) | key_families(b);
}
static_assert(key_family_rows.size() <= 32);

/// The family that an algorithm of several means when nothing names one: the first of the table, so
/// that EdDSA means Ed25519 and ECDH-ES means P-256. Precondition: not empty.
key_family first_of(key_families several) noexcept;

/// JOSE names of a family: `kty` ("RSA") and, where there is one, `crv` ("P-256").
std::string_view kty_of(key_family family) noexcept;
std::string_view crv_of(key_family family) noexcept;

/// The type that a `kty` says, exactly.
std::optional<key_type> find_key_type(std::string_view kty) noexcept;
/// The family of a type that has several, by its `crv` or (akp) its `alg`.
std::optional<key_family> find_key_family(key_type type, std::string_view name) noexcept;
/// By an object identifier in dotted form: of an EC curve, or of the algorithm of any other key.
std::optional<key_family> key_family_of_curve_oid(std::string_view oid) noexcept;
std::optional<key_family> key_family_of_algorithm_oid(std::string_view oid) noexcept;
/// By the name that OpenSSH has for keys of it ("ssh-ed25519").
std::optional<key_family> key_family_of_openssh(std::string_view name) noexcept;

}  // namespace core
