#include "core/crypto/signature.hpp"

#include "core/crypto/botan/botan_key.hpp"
#include "core/crypto/botan/hash_name.hpp"

#include <botan/mac.h>
#include <botan/pubkey.h>
#include <botan/system_rng.h>

#include <array>
#include <span>

namespace core::crypto {
namespace {

std::string with_hash(std::string_view name, hash algorithm)
{
    return std::string(name) + "(" + std::string(hash_name(algorithm));
}

/// Botan's name of the hash and padding.
std::string padding_of(signature_algorithm const& row)
{
    switch (row.scheme) {
    case signature_scheme::hmac: return with_hash("HMAC", row.hash) + ")";
    case signature_scheme::rsa_pkcs1: return with_hash("PKCS1v15", row.hash) + ")";
    case signature_scheme::rsa_pss:
        // RFC 7518 section 3.5: "The size of the salt value is the same size as the hash function
        // output"
        return with_hash("PSS", row.hash) + ",MGF1," + std::to_string(hash_size(row.hash)) + ")";
    case signature_scheme::ecdsa: return std::string(hash_name(row.hash));
    case signature_scheme::eddsa: return "Pure";
    case signature_scheme::ml_dsa: return "";  // FIPS 204 with an empty context; hedged signing
    }
    return "";
}

/// The exact length of a signature.
std::size_t signature_size(key const& material)
{
    auto const& row = row_of(material.family());
    return row.type == key_type::rsa ? (material.bits() + 7) / 8 : row.signature_octets;
}

class hmac final : public verifier, public signer {
public:
    hmac(botan_key const& material, signature_algorithm const& row)
        : mac_(Botan::MessageAuthenticationCode::create_or_throw(padding_of(row)))
    {
        mac_->set_key(material.secret());
    }
    bool verify(byte_view message, byte_view signature) override
    {
        std::array<std::uint8_t, hash_octets_max> all;
        auto const computed = std::span(all).first(mac_->output_length());
        mac_->update(message);
        mac_->final(computed);
        return equal_in_constant_time(computed, signature);
    }
    result<bytes> sign(byte_view message) override
    {
        mac_->update(message);
        return mac_->final_stdvec();
    }

private:
    static constexpr std::size_t hash_octets_max = 64;  // SHA-512

    std::unique_ptr<Botan::MessageAuthenticationCode> mac_;
};

class public_key_verifier final : public verifier {
public:
    public_key_verifier(key_ptr material, signature_algorithm const& row)
        : material_(std::move(material)), padding_(padding_of(row)),
          signature_size_(signature_size(*material_))
    {
        begin();
    }
    bool verify(byte_view message, byte_view signature) override
    {
        if (signature.size() != signature_size_)
            return false;
        try {
            operation_->update(message);
            return operation_->check_signature(signature);
        } catch (Botan::Exception const&) {
            begin();  // drops what was collected, so that it does not join the next message
            return false;
        }
    }

private:
    void begin() { operation_.emplace(botan_of(*material_).public_half(), padding_); }

    key_ptr material_;
    std::string padding_;
    std::size_t signature_size_;
    std::optional<Botan::PK_Verifier> operation_;
};

class private_key_signer final : public signer {
public:
    private_key_signer(key_ptr material, signature_algorithm const& row)
        : material_(std::move(material)), padding_(padding_of(row))
    {
        begin();
    }
    result<bytes> sign(byte_view message) override
    {
        try {
            operation_->update(message);
            return operation_->signature(Botan::system_rng());
        } catch (Botan::Exception const&) {
            begin();
            return failure::of(errc::internal, "the signature could not be computed");
        }
    }

private:
    void begin()
    {
        operation_.emplace(*botan_of(*material_).private_half(), Botan::system_rng(), padding_);
    }

    key_ptr material_;
    std::string padding_;
    std::optional<Botan::PK_Signer> operation_;
};

/// Why this key cannot be used with this row; nullopt when it can.
std::optional<failure>
refusal(key_ptr const& material, signature_algorithm const& row, bool allow_weak)
{
    if (!material || !row.families.contains(material->family()))
        return invalid_key("the key's type does not match the algorithm");
    if (material->bits() >= row.key_bits_min)
        return std::nullopt;
    if (row.scheme != signature_scheme::hmac)
        return invalid_key("the RSA key is shorter than 2048 bits");
    if (allow_weak)
        return std::nullopt;
    return invalid_key("the secret is shorter than the algorithm's hash");
}

template <class Operation, class Concrete>
result<std::unique_ptr<Operation>> make(key_ptr material, signature_algorithm const& row)
{
    return or_invalid(
        "the key does not work with the algorithm",
        [&]() -> result<std::unique_ptr<Operation>> {
            std::unique_ptr<Operation> operation;
            if (row.scheme == signature_scheme::hmac)
                operation = std::make_unique<hmac>(botan_of(*material), row);
            else
                operation = std::make_unique<Concrete>(std::move(material), row);
            return operation;
        }
    );
}

}  // namespace

result<std::unique_ptr<verifier>>
make_verifier(key_ptr material, signature_algorithm const& row, bool allow_weak)
{
    if (auto refused = refusal(material, row, allow_weak))
        return std::move(*refused);
    return make<verifier, public_key_verifier>(std::move(material), row);
}

result<std::unique_ptr<signer>>
make_signer(key_ptr material, signature_algorithm const& row, bool allow_weak)
{
    if (auto refused = refusal(material, row, allow_weak))
        return std::move(*refused);
    if (!material->is_private())
        return invalid_key("a public key cannot sign");
    return make<signer, private_key_signer>(std::move(material), row);
}

}  // namespace core::crypto
