#include "core/crypto/openssl/openssl_key.hpp"

#include <vector>

namespace core::crypto::openssl {
namespace {

using number = owned<BIGNUM, &libcrypto::BN_clear_free>;
using builder = owned<OSSL_PARAM_BLD, &libcrypto::OSSL_PARAM_BLD_free>;
using parameters = owned<OSSL_PARAM, &libcrypto::OSSL_PARAM_free>;

/// Collects the parts of a key. What they point to must live until key_of().
class parts {
public:
    parts() : lib_(*find_libcrypto()), builder_(lib_.OSSL_PARAM_BLD_new()) {}

    void add_number(char const* name, byte_view octets) { add(name, octets, nullptr); }
    void add_private_number(char const* name, byte_view octets)
    {
        if (!is_good_)
            return;
        auto* const locked = lib_.BN_secure_new();
        is_good_ = locked != nullptr;
        if (is_good_)
            add(name, octets, locked);
    }
    void add_octets(char const* name, byte_view octets)
    {
        is_good_ = is_good_
            && lib_.OSSL_PARAM_BLD_push_octet_string(
                   builder_.get(), name, octets.data(), octets.size()
               ) == 1;
    }
    void add_text(char const* name, char const* text)
    {
        is_good_ =
            is_good_ && lib_.OSSL_PARAM_BLD_push_utf8_string(builder_.get(), name, text, 0) == 1;
    }

    /// Null when OpenSSL does not take them.
    pkey key_of(char const* type, bool with_private_half)
    {
        pkey_context const context(lib_.EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
        parameters const all(is_good_ ? lib_.OSSL_PARAM_BLD_to_param(builder_.get()) : nullptr);
        EVP_PKEY* made = nullptr;
        if (context && all && lib_.EVP_PKEY_fromdata_init(context.get()) == 1)
            lib_.EVP_PKEY_fromdata(
                context.get(), &made, with_private_half ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY,
                all.get()
            );
        lib_.ERR_clear_error();
        return pkey(made);
    }

private:
    void add(char const* name, byte_view octets, BIGNUM* into)
    {
        number made(lib_.BN_bin2bn(octets.data(), static_cast<int>(octets.size()), into));
        if (!made && into != nullptr)
            lib_.BN_clear_free(into);
        is_good_ =
            is_good_ && made && lib_.OSSL_PARAM_BLD_push_BN(builder_.get(), name, made.get()) == 1;
        numbers_.push_back(std::move(made));
    }

    libcrypto const& lib_;
    builder builder_;
    std::vector<number> numbers_;
    bool is_good_ = true;
};

pkey rsa_key(key const& material, bool with_private_half)
{
    auto const pub = public_parts_of(material);
    auto const secret = with_private_half ? private_parts_of(material) : std::nullopt;
    parts of;
    of.add_number(OSSL_PKEY_PARAM_RSA_N, pub.n);
    of.add_number(OSSL_PKEY_PARAM_RSA_E, pub.e);
    if (secret) {
        of.add_private_number(OSSL_PKEY_PARAM_RSA_D, secret->d.view());
        of.add_private_number(OSSL_PKEY_PARAM_RSA_FACTOR1, secret->p.view());
        of.add_private_number(OSSL_PKEY_PARAM_RSA_FACTOR2, secret->q.view());
        of.add_private_number(OSSL_PKEY_PARAM_RSA_EXPONENT1, secret->dp.view());
        of.add_private_number(OSSL_PKEY_PARAM_RSA_EXPONENT2, secret->dq.view());
        of.add_private_number(OSSL_PKEY_PARAM_RSA_COEFFICIENT1, secret->qi.view());
    }
    return of.key_of("RSA", secret.has_value());
}

pkey p256_key(key const& material, bool with_private_half)
{
    auto const pub = public_parts_of(material);
    auto const secret = with_private_half ? private_parts_of(material) : std::nullopt;
    bytes point{0x04};  // SEC 1 section 2.3.3: uncompressed
    point.insert(point.end(), pub.x.begin(), pub.x.end());
    point.insert(point.end(), pub.y.begin(), pub.y.end());
    parts of;
    of.add_text(OSSL_PKEY_PARAM_GROUP_NAME, "P-256");
    of.add_octets(OSSL_PKEY_PARAM_PUB_KEY, point);
    if (secret)
        of.add_private_number(OSSL_PKEY_PARAM_PRIV_KEY, secret->d.view());
    return of.key_of("EC", secret.has_value());
}

/// From and to octets, without a copy that is not in locked memory.
pkey x25519_key(key const& material, bool with_private_half)
{
    auto const& lib = *find_libcrypto();
    auto const secret = with_private_half ? private_parts_of(material) : std::nullopt;
    auto const x = public_parts_of(material).x;
    auto* const made = secret
        ? lib.EVP_PKEY_new_raw_private_key_ex(
            nullptr, "X25519", nullptr, secret->d.view().data(), secret->d.size()
        )
        : lib.EVP_PKEY_new_raw_public_key_ex(nullptr, "X25519", nullptr, x.data(), x.size());
    lib.ERR_clear_error();
    return pkey(made);
}

/// Where there is no locked memory OpenSSL takes from the heap, and must not be asked how much of
/// it is used: it would follow a null pointer.
bool has_room_for_private_key()
{
    auto const& lib = *find_libcrypto();
    return lib.CRYPTO_secure_malloc_initialized() != 1
        || lib.CRYPTO_secure_used() < locked_octets_of_keys;
}

}  // namespace

pkey pkey_of(key const& material, bool with_private_half)
{
    if (with_private_half && !has_room_for_private_key())
        return nullptr;
    switch (material.family()) {
    case key_family::rsa: return rsa_key(material, with_private_half);
    case key_family::p256: return p256_key(material, with_private_half);
    case key_family::x25519: return x25519_key(material, with_private_half);
    default: return nullptr;
    }
}

}  // namespace core::crypto::openssl
