#include "core/crypto/digest.hpp"
#include "core/crypto/openssl/digest_type.hpp"
#include "core/crypto/openssl/ecdsa_der.hpp"
#include "core/crypto/openssl/openssl_key.hpp"
#include "core/crypto/shared_library.hpp"
#include "core/crypto/signature_provider.hpp"

namespace core::crypto {
namespace openssl {
namespace {

/// Prepares a context for many signatures of digests with one key. Its manual says of both
/// functions: it "can be called more than once on the same context if several operations are
/// performed using the same parameters".
bool set_up(EVP_PKEY_CTX* context, signature_algorithm const& row)
{
    auto const& lib = *find_libcrypto();
    if (row.scheme == signature_scheme::ecdsa)
        return true;
    auto const md = digest_of(row.hash);
    bool const is_pss = row.scheme == signature_scheme::rsa_pss;
    if (!md
        || lib.EVP_PKEY_CTX_set_rsa_padding(
               context, is_pss ? RSA_PKCS1_PSS_PADDING : RSA_PKCS1_PADDING
           ) != 1
        || lib.EVP_PKEY_CTX_set_signature_md(context, md.get()) != 1)
        return false;
    // RFC 7518 section 3.5: "The size of the salt value is the same size as the hash function
    // output"; and "MGF1 ... with the same hash function"
    return !is_pss
        || (lib.EVP_PKEY_CTX_set_rsa_mgf1_md(context, md.get()) == 1
            && lib.EVP_PKEY_CTX_set_rsa_pss_saltlen(context, static_cast<int>(hash_size(row.hash)))
                == 1);
}

/// A context that is set up for the row, with a key of its own; null when OpenSSL cannot use the
/// key.
pkey_context context_of(key const& material, signature_algorithm const& row, bool signs)
{
    auto const& lib = *find_libcrypto();
    auto const key = pkey_of(material, signs);
    pkey_context context(
        key ? lib.EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr) : nullptr
    );
    auto const begin = signs ? lib.EVP_PKEY_sign_init : lib.EVP_PKEY_verify_init;
    bool const is_ready = context && begin(context.get()) == 1 && set_up(context.get(), row);
    lib.ERR_clear_error();
    return is_ready ? std::move(context) : nullptr;
}

class digest_verifier final : public verifier {
public:
    digest_verifier(pkey_context context, signature_algorithm const& row)
        : lib_(*find_libcrypto()), context_(std::move(context)), digest_(row.hash),
          is_ecdsa_(row.scheme == signature_scheme::ecdsa)
    {
    }

    bool verify(byte_view message, byte_view signature) override
    {
        auto const digest = digest_.digest(message);
        if (!is_ecdsa_)
            return check(digest, signature);
        auto const der = to_der(signature);
        return check(digest, der.view());
    }

private:
    bool check(byte_view digest, byte_view signature)
    {
        auto const verdict = lib_.EVP_PKEY_verify(
            context_.get(), signature.data(), signature.size(), digest.data(), digest.size()
        );
        if (verdict != 1)
            lib_.ERR_clear_error();  // they would stay queued in this thread
        return verdict == 1;
    }

    libcrypto const& lib_;
    pkey_context context_;
    hasher digest_;
    bool is_ecdsa_;
};

class digest_signer final : public signer {
public:
    digest_signer(pkey_context context, key const& material, signature_algorithm const& row)
        : lib_(*find_libcrypto()), context_(std::move(context)), digest_(row.hash),
          size_(
              row.scheme == signature_scheme::ecdsa ? ecdsa_der::octets_max
                                                    : (material.bits() + 7) / 8
          ),
          is_ecdsa_(row.scheme == signature_scheme::ecdsa)
    {
    }

    result<bytes> sign(byte_view message) override
    {
        auto const digest = digest_.digest(message);
        bytes made(size_);
        auto size = made.size();
        if (lib_.EVP_PKEY_sign(context_.get(), made.data(), &size, digest.data(), digest.size())
            != 1)
            return failed();
        made.resize(size);
        if (!is_ecdsa_)
            return made;
        auto signature = from_der(made);
        if (!signature)
            return failed();
        return std::move(*signature);
    }

private:
    failure failed()
    {
        lib_.ERR_clear_error();
        return failure::of(errc::internal, "the signature could not be computed");
    }

    libcrypto const& lib_;
    pkey_context context_;
    hasher digest_;
    std::size_t size_;
    bool is_ecdsa_;
};

class provider final : public signature_provider {
public:
    std::string version() const override
    {
        return std::string("OpenSSL ") + find_libcrypto()->OpenSSL_version(OPENSSL_VERSION_STRING);
    }
    void settle() const noexcept override
    {
        give_back_pages(reinterpret_cast<void const*>(find_libcrypto()->EVP_PKEY_verify));
    }
    bool has(signature_algorithm const&, key_family family) const noexcept override
    {
        return family == key_family::rsa || family == key_family::p256;
    }
    std::unique_ptr<verifier>
    verifier_of(key_ptr const& material, signature_algorithm const& row) const override
    {
        auto context = context_of(*material, row, false);
        return context ? std::make_unique<digest_verifier>(std::move(context), row) : nullptr;
    }
    std::unique_ptr<signer>
    signer_of(key_ptr const& material, signature_algorithm const& row) const override
    {
        auto context = context_of(*material, row, true);
        return context ? std::make_unique<digest_signer>(std::move(context), *material, row)
                       : nullptr;
    }
};

}  // namespace
}  // namespace openssl

signature_provider const* openssl_signatures()
{
    static openssl::provider const only;
    return openssl::find_libcrypto() != nullptr ? &only : nullptr;
}

}  // namespace core::crypto
