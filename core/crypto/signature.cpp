#include "core/crypto/digest.hpp"
#include "core/crypto/providers.hpp"
#include "core/crypto/signature_provider.hpp"
#include "core/crypto/small_order_points.hpp"

namespace core::crypto {
namespace {

failure invalid(std::string_view sentence)
{
    return failure::of(errc::key_invalid, sentence);
}

/// Why this key cannot be used with this row; nullopt when it can.
std::optional<failure>
refusal(key_ptr const& material, signature_algorithm const& row, bool allow_weak)
{
    if (!material || !row.families.contains(material->family()))
        return invalid("the key's type does not match the algorithm");
    if (material->bits() >= row.key_bits_min)
        return std::nullopt;
    if (row.scheme != signature_scheme::hmac)
        return invalid("the RSA key is shorter than 2048 bits");
    if (allow_weak)
        return std::nullopt;
    return invalid("the secret is shorter than the algorithm's hash");
}

/// The exact length of a signature.
std::size_t signature_size(key const& material, signature_algorithm const& row)
{
    if (row.scheme == signature_scheme::hmac)
        return hash_size(row.hash);
    if (material.family() == key_family::rsa)
        return (material.bits() + 7) / 8;
    return row_of(material.family()).signature_octets;
}

/// Refuses what a library may refuse by its design, before any library sees it, so that the verdict
/// is the same whichever library does the work.
class strict_verifier final : public verifier {
public:
    strict_verifier(
        key const& material, signature_algorithm const& row, std::unique_ptr<verifier> by
    )
        : by_(std::move(by)), size_(signature_size(material, row)),
          is_ed25519_(material.family() == key_family::ed25519)
    {
    }

    bool verify(byte_view message, byte_view signature) override
    {
        if (signature.size() != size_)
            return false;
        // libsodium refuses them. Only who has the private key can make such a signature, and no
        // signer does.
        if (is_ed25519_ && is_small_order_ed25519(signature.first(32)))
            return false;
        return by_->verify(message, signature);
    }

private:
    std::unique_ptr<verifier> by_;
    std::size_t size_;
    bool is_ed25519_;
};

constexpr std::string_view unusable = "the key does not work with the algorithm";

}  // namespace

result<std::unique_ptr<verifier>> make_verifier_by(
    signature_provider const& by, key_ptr const& material, signature_algorithm const& row,
    bool allow_weak
)
{
    if (auto refused = refusal(material, row, allow_weak))
        return std::move(*refused);
    auto made = by.has(row, material->family()) ? by.verifier_of(material, row) : nullptr;
    if (!made)
        return invalid(unusable);
    return std::unique_ptr<verifier>(
        std::make_unique<strict_verifier>(*material, row, std::move(made))
    );
}

result<std::unique_ptr<signer>> make_signer_by(
    signature_provider const& by, key_ptr const& material, signature_algorithm const& row,
    bool allow_weak
)
{
    if (auto refused = refusal(material, row, allow_weak))
        return std::move(*refused);
    if (!material->is_private())
        return invalid("a public key cannot sign");
    auto made = by.has(row, material->family()) ? by.signer_of(material, row) : nullptr;
    if (!made)
        return invalid(unusable);
    return made;
}

result<std::unique_ptr<verifier>>
make_verifier(key_ptr material, signature_algorithm const& row, bool allow_weak, bool is_kept)
{
    // OpenSSL verifies an RSA signature in 17 us and takes 20 to make its form of the key; Botan takes
    // 26 and 2. Every other provider is faster also for one signature.
    bool const is_soon_made = type_of(first_of(row.families)) != key_type::rsa;
    auto const* by = is_kept || is_soon_made ? faster_than_botan(row, material.get()) : nullptr;
    if (by != nullptr) {
        if (auto made = make_verifier_by(*by, material, row, allow_weak))
            return made;
    }
    return make_verifier_by(botan_signatures(), material, row, allow_weak);
}

result<std::unique_ptr<signer>>
make_signer(key_ptr material, signature_algorithm const& row, bool allow_weak)
{
    // libsecp256k1 signs in 29 us and takes as long to blind its numbers; Botan takes 51.
    if (row.preferred == crypto_provider::secp256k1)
        return make_signer_by(botan_signatures(), material, row, allow_weak);
    return make_kept_signer(material, row, allow_weak);
}

result<std::unique_ptr<signer>>
make_kept_signer(key_ptr const& material, signature_algorithm const& row, bool allow_weak)
{
    if (auto const* by = faster_than_botan(row, material.get())) {
        if (auto made = make_signer_by(*by, material, row, allow_weak))
            return made;
    }
    return make_signer_by(botan_signatures(), material, row, allow_weak);
}

}  // namespace core::crypto
