#include "core/crypto/digest.hpp"
#include "core/crypto/locked_bytes.hpp"
#include "core/crypto/secp256k1/libsecp256k1.hpp"
#include "core/crypto/shared_library.hpp"
#include "core/crypto/signature_provider.hpp"

#include <algorithm>
#include <array>

namespace core::crypto {
namespace secp256k1 {
namespace {

constexpr std::size_t half = 32;

struct context_end {
    void operator()(secp256k1_context* context) const noexcept
    {
        find_libsecp256k1()->secp256k1_context_destroy(context);
    }
};
using context_ptr = std::unique_ptr<secp256k1_context, context_end>;

/// For verifying, which does not change it: threads share it. Making one takes as long as a
/// signature, so signers copy it.
secp256k1_context const* shared_context()
{
    static context_ptr const shared(find_libsecp256k1()->secp256k1_context_create(
        SECP256K1_CONTEXT_VERIFY | SECP256K1_CONTEXT_SIGN
    ));
    return shared.get();
}

class ecdsa_verifier final : public verifier {
public:
    explicit ecdsa_verifier(secp256k1_pubkey const& key)
        : lib_(*find_libsecp256k1()), context_(shared_context()), key_(key)
    {
    }
    bool verify(byte_view message, byte_view signature) override
    {
        secp256k1_ecdsa_signature parsed;
        if (lib_.secp256k1_ecdsa_signature_parse_compact(context_, &parsed, signature.data()) != 1)
            return false;
        // The library refuses a high s, which JWS allows: RFC 8812 section 3.2 has no rule about
        // it.
        lib_.secp256k1_ecdsa_signature_normalize(context_, &parsed, &parsed);
        auto const digest = digest_.digest(message);
        return lib_.secp256k1_ecdsa_verify(context_, &parsed, digest.data(), &key_) == 1;
    }

private:
    libsecp256k1 const& lib_;
    secp256k1_context const* context_;
    secp256k1_pubkey key_;
    hasher digest_{hash::sha256};
};

class ecdsa_signer final : public signer {
public:
    explicit ecdsa_signer(key const& material)
        : lib_(*find_libsecp256k1()), context_(lib_.secp256k1_context_clone(shared_context())),
          d_(half)
    {
        std::ranges::copy(private_parts_of(material)->d.view(), d_.span().begin());
        // Blinds the multiplications, against whoever measures them.
        std::array<std::uint8_t, half> seed{};
        fill_random(seed);
        is_blind_ = lib_.secp256k1_context_randomize(context_.get(), seed.data()) == 1;
        wipe(seed.data(), seed.size());
    }
    result<bytes> sign(byte_view message) override
    {
        std::array<std::uint8_t, half> random{};
        fill_random(random);
        auto const digest = digest_.digest(message);
        secp256k1_ecdsa_signature made;
        // Null: the nonce of RFC 6979, here with random octets in it (its section 3.6), so that two
        // signatures of one message differ, as Botan's do.
        bool const is_made = is_blind_
            && lib_.secp256k1_ecdsa_sign(
                   context_.get(), &made, digest.data(), d_.view().data(), nullptr, random.data()
               ) == 1;
        if (!is_made)
            return failure::of(errc::internal, "the signature could not be computed");
        bytes signature(2 * half);
        lib_.secp256k1_ecdsa_signature_serialize_compact(context_.get(), signature.data(), &made);
        return signature;
    }

private:
    libsecp256k1 const& lib_;
    context_ptr context_;
    locked_bytes d_;
    hasher digest_{hash::sha256};
    bool is_blind_ = false;
};

/// nullopt when the library cannot use the key.
std::optional<secp256k1_pubkey> public_key_of(key const& material)
{
    auto const parts = public_parts_of(material);
    bytes point{0x04};  // SEC 1 section 2.3.3: uncompressed
    point.insert(point.end(), parts.x.begin(), parts.x.end());
    point.insert(point.end(), parts.y.begin(), parts.y.end());
    secp256k1_pubkey made;
    bool const is_good = find_libsecp256k1()->secp256k1_ec_pubkey_parse(
                             shared_context(), &made, point.data(), point.size()
                         )
        == 1;
    return is_good ? std::optional(made) : std::nullopt;
}

class provider final : public signature_provider {
public:
    /// The library does not say its version.
    std::string version() const override { return "libsecp256k1"; }
    void settle() const noexcept override
    {
        give_back_pages(reinterpret_cast<void const*>(find_libsecp256k1()->secp256k1_ecdsa_verify));
    }
    bool has(signature_algorithm const&, key_family family) const noexcept override
    {
        return family == key_family::secp256k1;
    }
    std::unique_ptr<verifier>
    verifier_of(key_ptr const& material, signature_algorithm const&) const override
    {
        auto const key = public_key_of(*material);
        return key ? std::make_unique<ecdsa_verifier>(*key) : nullptr;
    }
    std::unique_ptr<signer>
    signer_of(key_ptr const& material, signature_algorithm const&) const override
    {
        return std::make_unique<ecdsa_signer>(*material);
    }
};

}  // namespace
}  // namespace secp256k1

signature_provider const* secp256k1_signatures()
{
    static secp256k1::provider const only;
    return secp256k1::find_libsecp256k1() != nullptr ? &only : nullptr;
}

}  // namespace core::crypto
