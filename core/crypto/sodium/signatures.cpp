#include "core/crypto/locked_bytes.hpp"
#include "core/crypto/shared_library.hpp"
#include "core/crypto/signature_provider.hpp"
#include "core/crypto/sodium/libsodium.hpp"

#include <algorithm>
#include <array>

namespace core::crypto {
namespace sodium {
namespace {

constexpr std::size_t key_octets = 32;

class ed25519_verifier final : public verifier {
public:
    explicit ed25519_verifier(key const& material) : lib_(*find_libsodium())
    {
        std::ranges::copy(public_parts_of(material).x, x_.begin());
    }
    bool verify(byte_view message, byte_view signature) override
    {
        return lib_.crypto_sign_ed25519_verify_detached(
                   signature.data(), message.data(), message.size(), x_.data()
               )
            == 0;
    }

private:
    libsodium const& lib_;
    std::array<std::uint8_t, key_octets> x_{};
};

class ed25519_signer final : public signer {
public:
    explicit ed25519_signer(key const& material)
        : lib_(*find_libsodium()), seed_and_x_(2 * key_octets)
    {
        auto const to = seed_and_x_.span();
        std::ranges::copy(private_parts_of(material)->d.view(), to.begin());
        std::ranges::copy(public_parts_of(material).x, to.begin() + key_octets);
    }
    result<bytes> sign(byte_view message) override
    {
        bytes made(crypto_sign_ed25519_BYTES);
        auto const problem = lib_.crypto_sign_ed25519_detached(
            made.data(), nullptr, message.data(), message.size(), seed_and_x_.view().data()
        );
        if (problem != 0)
            return failure::of(errc::internal, "the signature could not be computed");
        return made;
    }

private:
    libsodium const& lib_;
    locked_bytes seed_and_x_;  // what libsodium calls the secret key
};

class provider final : public signature_provider {
public:
    std::string version() const override
    {
        return std::string("libsodium ") + find_libsodium()->sodium_version_string();
    }
    void settle() const noexcept override
    {
        give_back_pages(reinterpret_cast<void const*>(find_libsodium()->crypto_sign_ed25519_detached
        ));
    }
    bool has(signature_algorithm const&, key_family family) const noexcept override
    {
        return family == key_family::ed25519;
    }
    std::unique_ptr<verifier>
    verifier_of(key_ptr const& material, signature_algorithm const&) const override
    {
        return std::make_unique<ed25519_verifier>(*material);
    }
    std::unique_ptr<signer>
    signer_of(key_ptr const& material, signature_algorithm const&) const override
    {
        return std::make_unique<ed25519_signer>(*material);
    }
};

}  // namespace
}  // namespace sodium

signature_provider const* sodium_signatures()
{
    static sodium::provider const only;
    return sodium::find_libsodium() != nullptr ? &only : nullptr;
}

}  // namespace core::crypto
