#include "core/crypto/botan/botan_key.hpp"
#include "core/crypto/botan/hash_name.hpp"
#include "core/crypto/digest.hpp"
#include "core/crypto/library.hpp"
#include "core/crypto/signature_provider.hpp"

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
        : material_(std::move(material)), padding_(padding_of(row))
    {
        begin();
    }
    bool verify(byte_view message, byte_view signature) override
    {
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

/// Null when Botan cannot use the key.
template <class Operation, class Concrete>
std::unique_ptr<Operation> make(key_ptr const& material, signature_algorithm const& row)
{
    try {
        if (row.scheme == signature_scheme::hmac)
            return std::make_unique<hmac>(botan_of(*material), row);
        return std::make_unique<Concrete>(material, row);
    } catch (Botan::Exception const&) {
        return nullptr;
    }
}

class provider final : public signature_provider {
public:
    std::string version() const override { return library_version(); }
    bool has(signature_algorithm const& row, key_family family) const noexcept override
    {
        return row.families.contains(family);
    }
    std::unique_ptr<verifier>
    verifier_of(key_ptr const& material, signature_algorithm const& row) const override
    {
        return make<verifier, public_key_verifier>(material, row);
    }
    std::unique_ptr<signer>
    signer_of(key_ptr const& material, signature_algorithm const& row) const override
    {
        return make<signer, private_key_signer>(material, row);
    }
};

}  // namespace

signature_provider const& botan_signatures()
{
    static provider const only;
    return only;
}

}  // namespace core::crypto
