#include "core/crypto/pkcs8_encryption.hpp"

#include "core/crypto/botan/botan_key.hpp"

#include <botan/ber_dec.h>
#include <botan/cipher_mode.h>
#include <botan/pwdhash.h>

#include <array>

namespace core::crypto {
namespace {

using Botan::AlgorithmIdentifier;
using Botan::ASN1_Type;
using Botan::BER_Decoder;

constexpr std::string_view not_read =
    "the key's encryption is not supported; convert it with: openssl pkcs8 -topk8 -v2 "
    "aes-256-cbc";
constexpr std::size_t iterations_max = 10'000'000;      // about 5 s of SHA-256
constexpr std::size_t scrypt_memory_max = 256U << 20U;  // octets; OpenSSL writes keys of 16 MiB
constexpr std::size_t scrypt_lanes_max = 16;
constexpr std::size_t scrypt_work_max = 1U << 30U;  // octets that all lanes mix: a few seconds

struct named {
    std::string_view oid;
    std::string_view name;
    std::size_t key_size = 0;
};
constexpr std::array pseudo_random_functions{
    named{"1.2.840.113549.2.7", "PBKDF2(SHA-1)"},
    named{"1.2.840.113549.2.9", "PBKDF2(SHA-256)"},
    named{"1.2.840.113549.2.10", "PBKDF2(SHA-384)"},
    named{"1.2.840.113549.2.11", "PBKDF2(SHA-512)"},
};
constexpr std::array ciphers{
    named{"2.16.840.1.101.3.4.1.2", "AES-128/CBC/PKCS7", 16},
    named{"2.16.840.1.101.3.4.1.22", "AES-192/CBC/PKCS7", 24},
    named{"2.16.840.1.101.3.4.1.42", "AES-256/CBC/PKCS7", 32},
};

template <std::size_t Size> named const* find(std::array<named, Size> const& rows, Botan::OID oid)
{
    for (auto const& row : rows) {
        if (row.oid == oid.to_string())
            return &row;
    }
    return nullptr;
}

BER_Decoder decoder(byte_view der)
{
    return BER_Decoder(der, BER_Decoder::Limits::DER());
}

struct stretching {
    bytes salt;
    std::unique_ptr<Botan::PasswordHash> function;
};

result<stretching> read_pbkdf2(byte_view params)
{
    stretching kdf;
    std::size_t iterations = 0, key_size = 0;
    AlgorithmIdentifier prf("1.2.840.113549.2.7", AlgorithmIdentifier::USE_NULL_PARAM);
    auto outer = decoder(params);
    auto inner = outer.start_sequence();
    inner.decode(kdf.salt, ASN1_Type::OctetString).decode(iterations);
    inner.decode_optional(key_size, ASN1_Type::Integer, Botan::ASN1_Class::Universal);
    if (inner.more_items())
        inner.decode(prf);
    inner.end_cons();
    auto const* row = find(pseudo_random_functions, prf.oid());
    if (row == nullptr)
        return invalid_key(not_read);
    if (iterations == 0 || iterations > iterations_max)
        return invalid_key("the key's encryption asks for too much work");
    kdf.function = Botan::PasswordHashFamily::create_or_throw(row->name)->from_params(iterations);
    return kdf;
}

result<stretching> read_scrypt(byte_view params)
{
    stretching kdf;
    std::size_t n = 0, r = 0, p = 0;
    auto outer = decoder(params);
    auto inner = outer.start_sequence();
    inner.decode(kdf.salt, ASN1_Type::OctetString).decode(n).decode(r).decode(p);
    inner.discard_remaining().end_cons();
    constexpr auto blocks_max = scrypt_memory_max / 128;
    bool const bounded = n > 1 && (n & (n - 1)) == 0 && r != 0 && p != 0 && n <= blocks_max
        && r <= blocks_max / n && p <= scrypt_lanes_max && n * r * p <= scrypt_work_max / 128;
    if (!bounded)
        return invalid_key("the key's encryption asks for too much work");
    kdf.function = Botan::PasswordHashFamily::create_or_throw("Scrypt")->from_params(n, r, p);
    return kdf;
}

result<stretching> read_kdf(AlgorithmIdentifier const& id)
{
    auto const oid = id.oid().to_string();
    if (oid == "1.2.840.113549.1.5.12")
        return read_pbkdf2(id.parameters());
    if (oid == "1.3.6.1.4.1.11591.4.11")
        return read_scrypt(id.parameters());
    return invalid_key(not_read);
}

result<secret_bytes>
decrypt(AlgorithmIdentifier const& id, stretching const& kdf, byte_view text, byte_view password)
{
    auto const* row = find(ciphers, id.oid());
    if (row == nullptr)
        return invalid_key(not_read);
    bytes iv;
    decoder(id.parameters()).decode(iv, ASN1_Type::OctetString).verify_end();
    Botan::secure_vector<std::uint8_t> key(row->key_size);
    kdf.function->hash(key, as_text(password), kdf.salt);
    auto const cipher =
        Botan::Cipher_Mode::create_or_throw(row->name, Botan::Cipher_Dir::Decryption);
    cipher->set_key(key);
    cipher->start(iv);
    Botan::secure_vector<std::uint8_t> plain(text.begin(), text.end());
    cipher->finish(plain);
    return secret_bytes(byte_view(plain));
}

result<secret_bytes> open(byte_view der, byte_view password)
{
    AlgorithmIdentifier scheme, kdf_id, cipher_id;
    bytes text;
    decoder(der)
        .start_sequence()
        .decode(scheme)
        .decode(text, ASN1_Type::OctetString)
        .end_cons()
        .verify_end();
    if (scheme.oid().to_string() != "1.2.840.113549.1.5.13")
        return invalid_key(not_read);
    decoder(scheme.parameters()).start_sequence().decode(kdf_id).decode(cipher_id).end_cons();
    auto const kdf = read_kdf(kdf_id);
    return kdf ? decrypt(cipher_id, *kdf, text, password) : kdf.error();
}

}  // namespace

result<secret_bytes> decrypt_pkcs8(byte_view der, secret_bytes const& password)
{
    return or_invalid("the password does not open the key", [&] {
        return open(der, password.view());
    });
}

}  // namespace core::crypto
