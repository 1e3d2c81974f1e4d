#include "core/crypto/key_management.hpp"

#include "core/crypto/botan/botan_key.hpp"
#include "core/crypto/botan/hash_name.hpp"
#include "core/crypto/content_encryption.hpp"
#include "core/crypto/digest.hpp"
#include "core/crypto/key_agreement.hpp"

#include <botan/block_cipher.h>
#include <botan/nist_keywrap.h>
#include <botan/pwdhash.h>

#include <string>

namespace core::crypto {
namespace {

constexpr std::size_t rsa_bits_min = 2048;  // RFC 7518 sections 4.2, 4.3
constexpr std::size_t salt_octets = 16;     // section 4.8.1.1 asks for 8 or more
constexpr std::string_view unusable = "the key cannot be used with this algorithm";

/// The row of AES-GCM with keys of this size: A*GCMKW is GCM as content encryption uses it.
content_encryption_algorithm const& gcm_of(std::size_t bits)
{
    return *find_content_encryption(bits == 128 ? "A128GCM" : bits == 192 ? "A192GCM" : "A256GCM");
}

std::unique_ptr<Botan::BlockCipher> wrapping_cipher(byte_view key)
{
    auto cipher = Botan::BlockCipher::create_or_throw("AES-" + std::to_string(key.size() * 8));
    cipher->set_key(key);
    return cipher;
}

bytes wrap(byte_view key, byte_view cek)
{
    return Botan::nist_key_wrap(cek, *wrapping_cipher(key));
}

std::optional<secret_bytes> unwrap(byte_view key, byte_view wrapped)
{
    try {
        auto const cek = Botan::nist_key_unwrap(wrapped, *wrapping_cipher(key));
        return secret_bytes(byte_view(cek));
    } catch (Botan::Invalid_Authentication_Tag const&) {
        return std::nullopt;
    }
}

/// The wrapping key derived from a password. RFC 7518 section 4.8: the salt is "(UTF8(Alg) || 0x00
/// || Salt Input)".
secret_bytes
stretched(byte_view password, key_management_algorithm const& row, cek_parameters const& with)
{
    auto salt = bytes(as_bytes(row.name).begin(), as_bytes(row.name).end());
    salt.push_back(0);
    salt.insert(salt.end(), with.p2s.begin(), with.p2s.end());
    auto const name = "PBKDF2(" + std::string(hash_name(row.hash)) + ")";
    auto const derivation = Botan::PasswordHashFamily::create_or_throw(name)->from_params(
        static_cast<std::size_t>(with.p2c)
    );
    bytes key(row.wrap_bits / 8U);
    derivation->hash(key, as_text(password), salt);
    return secret_bytes(std::move(key));
}

/// The key that ECDH-ES gives: the CEK itself, or the key that wraps it.
result<secret_bytes> agreed(
    agreement& mine, key const& theirs, key_management_algorithm const& row,
    content_encryption_algorithm const& enc, cek_parameters const& with
)
{
    return row.wrap_bits == 0
        ? agree(mine, theirs, enc.name, with.apu, with.apv, enc.key_bits / 8U)
        : agree(mine, theirs, row.name, with.apu, with.apv, row.wrap_bits / 8U);
}

result<void> count_gcm_use(key const& secret)
{
    if (secret.take_gcm_uses(1))
        return {};
    return invalid_key("the key has encrypted 2^32 times with AES-GCM in this process: rotate it");
}

result<void> seal_by_agreement(
    key const& to, key_management_algorithm const& row, content_encryption_algorithm const& enc,
    secret_bytes& cek, cek_parameters& with
)
{
    auto ephemeral = generate(to.family(), 0);
    if (!ephemeral)
        return ephemeral.error();
    auto const mine = make_agreement(**ephemeral);
    if (!mine)
        return invalid_key(unusable);
    auto key = agreed(*mine, to, row, enc, with);
    if (!key)
        return key.error();
    with.epk = std::move(*ephemeral);
    if (row.wrap_bits == 0)
        cek = std::move(*key);
    else
        with.encrypted_key = wrap(key->view(), cek.view());
    return {};
}

result<void> seal_by_rsa(
    key_ptr const& to, key_management_algorithm const& row, secret_bytes const& cek,
    cek_parameters& with, operation_cache* kept
)
{
    auto const here = kept ? nullptr : make_rsa_sealer(*to, row);
    auto* const by = kept ? kept->rsa_sealer_for(to, row) : here.get();
    if (by == nullptr)
        return invalid_key(unusable);
    auto sealed = by->seal(cek.view());
    if (!sealed)
        return sealed.error();
    with.encrypted_key = std::move(*sealed);
    return {};
}

result<void> seal(
    key_ptr const& to_key, key_management_algorithm const& row,
    content_encryption_algorithm const& enc, secret_bytes& cek, cek_parameters& with,
    operation_cache* kept
)
{
    auto const& to = *to_key;
    auto const secret = botan_of(to).secret();
    switch (row.scheme) {
    case key_management_scheme::direct:
        if (enc.scheme == content_scheme::gcm) {
            if (auto counted = count_gcm_use(to); !counted)
                return counted;
        }
        cek = secret_bytes(secret);
        return {};
    case key_management_scheme::aes_wrap: with.encrypted_key = wrap(secret, cek.view()); return {};
    case key_management_scheme::aes_gcm_wrap: {
        if (auto counted = count_gcm_use(to); !counted)
            return counted;
        auto const& gcm = gcm_of(row.wrap_bits);
        with.iv = random_bytes(gcm.iv_octets());
        auto made = seal_content(gcm, secret, with.iv, cek.view(), {});
        with.encrypted_key = std::move(made.ciphertext);
        with.tag = std::move(made.tag);
        return {};
    }
    case key_management_scheme::rsa_pkcs1:
    case key_management_scheme::rsa_oaep: return seal_by_rsa(to_key, row, cek, with, kept);
    case key_management_scheme::ecdh: return seal_by_agreement(to, row, enc, cek, with);
    case key_management_scheme::pbes2:
        with.p2s = random_bytes(salt_octets);
        with.encrypted_key = wrap(stretched(secret, row, with).view(), cek.view());
        return {};
    }
    return errc::internal;
}

result<std::optional<secret_bytes>> open_by_rsa(
    key_ptr const& by, key_management_algorithm const& row, content_encryption_algorithm const& enc,
    byte_view encrypted_key, operation_cache* kept
)
{
    // RFC 8017 sections 7.1.2 and 7.2.2: "If the length of the ciphertext C is not k octets ...
    // output "decryption error" and stop." OpenSSL takes shorter ones.
    if (encrypted_key.size() != (by->bits() + 7) / 8)
        return std::optional<secret_bytes>();
    auto const here = kept ? nullptr : make_rsa_opener(*by, row);
    auto* const opener = kept ? kept->rsa_opener_for(by, row) : here.get();
    if (opener == nullptr)
        return invalid_key(unusable);
    return opener->open(encrypted_key, enc.key_bits / 8U);
}

result<std::optional<secret_bytes>> open_by_agreement(
    key_ptr const& by, key_management_algorithm const& row, content_encryption_algorithm const& enc,
    cek_parameters const& with, operation_cache* kept
)
{
    auto const here = kept ? nullptr : make_agreement(*by);
    auto* const mine = kept ? kept->agreement_for(by) : here.get();
    if (mine == nullptr)
        return invalid_key(unusable);
    auto key = agreed(*mine, *with.epk, row, enc, with);
    if (!key)
        return std::optional<secret_bytes>();
    return row.wrap_bits == 0 ? std::optional<secret_bytes>(std::move(*key))
                              : unwrap(key->view(), with.encrypted_key);
}

/// The CEK, or nullopt when this key does not open the encrypted key.
result<std::optional<secret_bytes>> open(
    key_ptr const& by, key_management_algorithm const& row, content_encryption_algorithm const& enc,
    cek_parameters const& with, operation_cache* kept
)
{
    using opened = std::optional<secret_bytes>;
    auto const secret = botan_of(*by).secret();
    switch (row.scheme) {
    case key_management_scheme::direct: return opened(secret_bytes(secret));
    case key_management_scheme::aes_wrap: return unwrap(secret, with.encrypted_key);
    case key_management_scheme::aes_gcm_wrap:
        return open_content(
            gcm_of(row.wrap_bits), secret, with.iv, with.encrypted_key, with.tag, {}
        );
    case key_management_scheme::rsa_pkcs1:
    case key_management_scheme::rsa_oaep:
        return open_by_rsa(by, row, enc, with.encrypted_key, kept);
    case key_management_scheme::ecdh: return open_by_agreement(by, row, enc, with, kept);
    case key_management_scheme::pbes2:
        return unwrap(stretched(secret, row, with).view(), with.encrypted_key);
    }
    return errc::internal;
}

}  // namespace

std::optional<failure> misfit(
    key const& material, key_management_algorithm const& row,
    content_encryption_algorithm const& enc
)
{
    if (!row.families.contains(material.family()))
        return invalid_key("the key's type does not match the algorithm");
    if (material.family() == key_family::rsa && material.bits() < rsa_bits_min)
        return invalid_key("RSA keys need 2048 bits or more");
    bool const has_exact_size = row.scheme == key_management_scheme::aes_wrap
        || row.scheme == key_management_scheme::aes_gcm_wrap;
    if (has_exact_size && material.bits() != row.wrap_bits)
        return invalid_key("the secret has the wrong size for the algorithm");
    if (row.scheme == key_management_scheme::direct && material.bits() != enc.key_bits)
        return invalid_key("the secret has the wrong size for the content encryption");
    return std::nullopt;
}

secret_bytes fresh_cek(content_encryption_algorithm const& enc)
{
    return secret_bytes(random_bytes(enc.key_bits / 8U));
}

result<void> seal_cek(
    key_ptr const& to, key_management_algorithm const& row, content_encryption_algorithm const& enc,
    secret_bytes& cek, cek_parameters& with, operation_cache* kept
)
{
    if (auto problem = misfit(*to, row, enc))
        return std::move(*problem);
    return or_invalid(unusable, [&] { return seal(to, row, enc, cek, with, kept); });
}

result<secret_bytes> open_cek(
    key_ptr const& by, key_management_algorithm const& row, content_encryption_algorithm const& enc,
    cek_parameters const& with, operation_cache* kept
)
{
    if (auto problem = misfit(*by, row, enc))
        return std::move(*problem);
    if (!by->is_private())
        return invalid_key("opening a token needs the private half of the key");
    auto random = fresh_cek(enc);
    return or_invalid(unusable, [&]() -> result<secret_bytes> {
        auto cek = open(by, row, enc, with, kept);
        if (!cek)
            return cek.error();
        bool const is_good = *cek && (*cek)->size() == random.size();
        return std::move(is_good ? **cek : random);
    });
}

}  // namespace core::crypto
