#pragma once

#include "core/algorithms/signature_algorithm.hpp"

#include <array>
#include <cstdint>
#include <string_view>

namespace core {

/// How the content encryption key (CEK) reaches the recipient; the crypto room has one case for
/// each.
enum class key_management_scheme : std::uint8_t {
    direct,        ///< the shared secret is the CEK
    aes_wrap,      ///< AES key wrap, RFC 3394
    aes_gcm_wrap,  ///< the CEK as AES-GCM plaintext
    rsa_pkcs1,
    rsa_oaep,
    ecdh,   ///< ECDH-ES: the agreed key is the CEK, or wraps it
    pbes2,  ///< a password, stretched, wraps it
};

/// The families whose keys agree on a secret: those that say so in their row.
inline constexpr key_families agreement_families = [] {
    key_families all;
    for (auto const& row : key_family_rows)
        if (row.encrypts_with.starts_with("ECDH-ES"))
            all = all | row.family;
    return all;
}();

/// Everything the code knows about one JWE `alg`: adding an algorithm is adding a row.
/// Source   RFC 7518 section 4.1, RFC 8037 section 3.2; RSA-OAEP-384 and -512: the IANA registry
struct key_management_algorithm {
    std::string_view name;
    key_management_scheme scheme;
    key_families families;        ///< the only kinds of key that may use this row
    std::uint16_t wrap_bits = 0;  ///< of the AES key that wraps the CEK; 0 = the CEK is not wrapped
                                  ///< by one. Of A*KW and A*GCMKW: the secret's exact size
    core::hash hash = hash::none;  ///< of OAEP, of PBES2's PRF
    bool is_off = false;           ///< works only where the configuration names it
};

inline constexpr std::array key_management_algorithms{
    key_management_algorithm{
        "RSA1_5", key_management_scheme::rsa_pkcs1, key_family::rsa, 0, hash::none, true},
    key_management_algorithm{
        "RSA-OAEP", key_management_scheme::rsa_oaep, key_family::rsa, 0, hash::sha1},
    key_management_algorithm{
        "RSA-OAEP-256", key_management_scheme::rsa_oaep, key_family::rsa, 0, hash::sha256},
    key_management_algorithm{
        "RSA-OAEP-384", key_management_scheme::rsa_oaep, key_family::rsa, 0, hash::sha384},
    key_management_algorithm{
        "RSA-OAEP-512", key_management_scheme::rsa_oaep, key_family::rsa, 0, hash::sha512},
    key_management_algorithm{"ECDH-ES", key_management_scheme::ecdh, agreement_families},
    key_management_algorithm{
        "ECDH-ES+A128KW", key_management_scheme::ecdh, agreement_families, 128},
    key_management_algorithm{
        "ECDH-ES+A192KW", key_management_scheme::ecdh, agreement_families, 192},
    key_management_algorithm{
        "ECDH-ES+A256KW", key_management_scheme::ecdh, agreement_families, 256},
    key_management_algorithm{"dir", key_management_scheme::direct, key_family::secret},
    key_management_algorithm{"A128KW", key_management_scheme::aes_wrap, key_family::secret, 128},
    key_management_algorithm{"A192KW", key_management_scheme::aes_wrap, key_family::secret, 192},
    key_management_algorithm{"A256KW", key_management_scheme::aes_wrap, key_family::secret, 256},
    key_management_algorithm{
        "A128GCMKW", key_management_scheme::aes_gcm_wrap, key_family::secret, 128},
    key_management_algorithm{
        "A192GCMKW", key_management_scheme::aes_gcm_wrap, key_family::secret, 192},
    key_management_algorithm{
        "A256GCMKW", key_management_scheme::aes_gcm_wrap, key_family::secret, 256},
    key_management_algorithm{
        "PBES2-HS256+A128KW", key_management_scheme::pbes2, key_family::secret, 128, hash::sha256,
        true},
    key_management_algorithm{
        "PBES2-HS384+A192KW", key_management_scheme::pbes2, key_family::secret, 192, hash::sha384,
        true},
    key_management_algorithm{
        "PBES2-HS512+A256KW", key_management_scheme::pbes2, key_family::secret, 256, hash::sha512,
        true},
};

enum class content_scheme : std::uint8_t { gcm, cbc_hmac };

/// Everything the code knows about one JWE `enc`. Source   RFC 7518 section 5.1
struct content_encryption_algorithm {
    std::string_view name;
    content_scheme scheme;
    std::uint16_t key_bits;        ///< of the CEK; with cbc_hmac half of it is the HMAC key
    core::hash hash = hash::none;  ///< of cbc_hmac
    constexpr std::size_t iv_octets() const { return scheme == content_scheme::gcm ? 12 : 16; }
    /// RFC 7518 section 5.2.3: "the HMAC value is truncated to MAC_KEY_LEN octets"
    constexpr std::size_t tag_octets() const
    {
        return scheme == content_scheme::gcm ? 16 : key_bits / 16U;
    }
};

inline constexpr std::array content_encryption_algorithms{
    content_encryption_algorithm{"A128GCM", content_scheme::gcm, 128},
    content_encryption_algorithm{"A192GCM", content_scheme::gcm, 192},
    content_encryption_algorithm{"A256GCM", content_scheme::gcm, 256},
    content_encryption_algorithm{"A128CBC-HS256", content_scheme::cbc_hmac, 256, hash::sha256},
    content_encryption_algorithm{"A192CBC-HS384", content_scheme::cbc_hmac, 384, hash::sha384},
    content_encryption_algorithm{"A256CBC-HS512", content_scheme::cbc_hmac, 512, hash::sha512},
};

/// The row of a JWE `alg` or `enc`, or nullptr.
key_management_algorithm const* find_key_management(std::string_view alg) noexcept;
content_encryption_algorithm const* find_content_encryption(std::string_view enc) noexcept;

/// Whether a key of `family` that states `stated` as its alg may be used with these rows. A `dir`
/// key may state its enc instead (RFC 7520 section 5.6.1 has "A128GCM").
bool admits(
    std::string_view stated, key_management_algorithm const& row,
    content_encryption_algorithm const& enc, key_family family
) noexcept;

/// Whether `alg` names a JWE key management or content encryption algorithm for keys of `family`.
/// A key may state one; it is then never a candidate for a signature.
bool is_encryption_algorithm(std::string_view alg, key_family family) noexcept;

/// The `alg` and `enc` that a key is encrypted to with when nothing names them: RSA-OAEP-256,
/// ECDH-ES+A256KW, A256KW or A192KW or A128KW by size of a secret, else `dir` with the enc of that
/// size; A256GCM. Empty for a kind of key that does not encrypt.
struct encryption_defaults {
    std::string_view alg, enc;
};
encryption_defaults
default_encryption(key_family family, std::size_t bits, std::string_view stated) noexcept;

}  // namespace core
