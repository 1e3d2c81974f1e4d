#include "core/crypto/encryption_provider.hpp"
#include "core/crypto/locked_bytes.hpp"
#include "core/crypto/openssl/digest_type.hpp"
#include "core/crypto/openssl/openssl_key.hpp"

namespace core::crypto {
namespace openssl {
namespace {

/// A context for many operations with one key, begun by `begin`; null when OpenSSL cannot use the
/// key.
pkey_context begun(pkey const& key, decltype(libcrypto::EVP_PKEY_derive_init) begin)
{
    auto const& lib = *find_libcrypto();
    pkey_context context(
        key ? lib.EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr) : nullptr
    );
    bool const is_ready = context && begin(context.get()) == 1;
    lib.ERR_clear_error();
    return is_ready ? std::move(context) : nullptr;
}

/// RFC 8017 section 7.1 with one hash for the label and for MGF1, as JWA has it.
bool set_oaep(EVP_PKEY_CTX* context, hash algorithm)
{
    auto const& lib = *find_libcrypto();
    auto const md = digest_of(algorithm);
    return md && lib.EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING) == 1
        && lib.EVP_PKEY_CTX_set_rsa_oaep_md(context, md.get()) == 1
        && lib.EVP_PKEY_CTX_set_rsa_mgf1_md(context, md.get()) == 1;
}

class oaep_opener final : public rsa_opener {
public:
    oaep_opener(pkey_context context, std::size_t octets)
        : lib_(*find_libcrypto()), context_(std::move(context)), opened_(octets)
    {
    }
    std::optional<secret_bytes> open(byte_view encrypted, std::size_t size) override
    {
        auto const to = opened_.span();
        auto octets = to.size();
        bool const is_opened =
            lib_.EVP_PKEY_decrypt(
                context_.get(), to.data(), &octets, encrypted.data(), encrypted.size()
            )
            == 1;
        std::optional<secret_bytes> cek;
        if (is_opened && octets == size)
            cek.emplace(opened_.view().first(size));
        wipe(to.data(), to.size());
        lib_.ERR_clear_error();
        return cek;
    }

private:
    libcrypto const& lib_;
    pkey_context context_;
    locked_bytes opened_;
};

class oaep_sealer final : public rsa_sealer {
public:
    oaep_sealer(pkey_context context, std::size_t octets)
        : lib_(*find_libcrypto()), context_(std::move(context)), octets_(octets)
    {
    }
    result<bytes> seal(byte_view cek) override
    {
        bytes made(octets_);
        auto size = made.size();
        auto const done =
            lib_.EVP_PKEY_encrypt(context_.get(), made.data(), &size, cek.data(), cek.size());
        if (done == 1 && size == octets_)
            return made;
        lib_.ERR_clear_error();
        return failure::of(errc::internal, "the key could not be encrypted");
    }

private:
    libcrypto const& lib_;
    pkey_context context_;
    std::size_t octets_;
};

class ecdh final : public agreement {
public:
    ecdh(pkey_context context, key_family family)
        : lib_(*find_libcrypto()), context_(std::move(context)), family_(family)
    {
    }
    std::optional<secret_bytes> secret_with(key const& theirs) override
    {
        auto const peer = theirs.family() == family_ ? pkey_of(theirs, false) : nullptr;
        auto const to = secret_.span();
        auto size = to.size();
        // 0: it is on the curve, which its import checked. Checking again costs as much as
        // agreeing.
        bool const is_agreed = peer
            && lib_.EVP_PKEY_derive_set_peer_ex(context_.get(), peer.get(), 0) == 1
            && lib_.EVP_PKEY_derive(context_.get(), to.data(), &size) == 1 && size == to.size();
        std::optional<secret_bytes> agreed;
        if (is_agreed)
            agreed.emplace(secret_.view());
        wipe(to.data(), to.size());
        lib_.ERR_clear_error();
        return agreed;
    }

private:
    libcrypto const& lib_;
    pkey_context context_;
    key_family family_;
    locked_bytes secret_{32};  // of P-256 and of X25519
};

std::size_t modulus_octets(key const& material)
{
    return (material.bits() + 7) / 8;
}

class provider final : public encryption_provider {
public:
    // Not RSA1_5: OpenSSL 3.0 tells wrong padding by another result and time, from which a message
    // can be decrypted (Bleichenbacher). Botan returns random octets in the same time.
    std::unique_ptr<rsa_opener>
    opener_of(key const& material, key_management_algorithm const& row) const override
    {
        if (row.scheme != key_management_scheme::rsa_oaep)
            return nullptr;
        auto context = begun(pkey_of(material, true), find_libcrypto()->EVP_PKEY_decrypt_init);
        if (!context || !set_oaep(context.get(), row.hash))
            return nullptr;
        return std::make_unique<oaep_opener>(std::move(context), modulus_octets(material));
    }
    std::unique_ptr<rsa_sealer>
    sealer_of(key const& material, key_management_algorithm const& row) const override
    {
        if (row.scheme != key_management_scheme::rsa_oaep)
            return nullptr;
        auto context = begun(pkey_of(material, false), find_libcrypto()->EVP_PKEY_encrypt_init);
        if (!context || !set_oaep(context.get(), row.hash))
            return nullptr;
        return std::make_unique<oaep_sealer>(std::move(context), modulus_octets(material));
    }
    std::unique_ptr<agreement> agreement_of(key const& material) const override
    {
        auto const family = material.family();
        if (family != key_family::p256 && family != key_family::x25519)
            return nullptr;
        auto context = begun(pkey_of(material, true), find_libcrypto()->EVP_PKEY_derive_init);
        return context ? std::make_unique<ecdh>(std::move(context), family) : nullptr;
    }
};

}  // namespace
}  // namespace openssl

encryption_provider const* openssl_encryption()
{
    static openssl::provider const only;
    return openssl::find_libcrypto() != nullptr ? &only : nullptr;
}

}  // namespace core::crypto
