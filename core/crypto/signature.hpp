#pragma once

#include "core/crypto/key.hpp"
#include "core/crypto/key_operations.hpp"

#include <cstddef>
#include <memory>
#include <string_view>
#include <unordered_map>

namespace core::crypto {

/// Verifies with one key and one algorithm. Only one thread may use it at a time.
class verifier {
public:
    virtual ~verifier() = default;
    /// Whether the signature is good.
    ///
    /// message    exactly the octets that were signed.
    /// signature  untrusted, any length; only the algorithm's exact form verifies (RFC 7518 section
    ///            3.4: R || S).
    virtual bool verify(byte_view message, byte_view signature) = 0;
};

/// Signs with one key and one algorithm. Only one thread may use it at a time.
class signer {
public:
    virtual ~signer() = default;
    /// The signature in its JWS form (ECDSA: R || S, full length).
    ///
    /// Errors   internal
    virtual result<bytes> sign(byte_view message) = 0;
};

/// Makes a verifier or a signer, by the library that does it fastest.
///
/// allow_weak  true = a secret may be shorter than the row asks; no other check is lifted.
/// is_kept     whether it will verify more than one message: then it may take longer to make.
/// Errors      key_invalid when the key's family or size does not fit the row, or when a signer's
///             key has no private half.
result<std::unique_ptr<verifier>> make_verifier(
    key_ptr material, signature_algorithm const& row, bool allow_weak = false, bool is_kept = false
);
result<std::unique_ptr<signer>>
make_signer(key_ptr material, signature_algorithm const& row, bool allow_weak = false);

/// Keeps the objects that sign, verify, open and agree with long-lived keys. Each worker thread has
/// one cache. Making such an object costs as much as using it. Keys of a single request are never
/// added. When it has 512 entries, it is emptied.
class operation_cache {
public:
    /// The object of a key, made on first use. Valid until the next call.
    ///
    /// Errors   as for make_verifier and make_signer; key_invalid also for a null key.
    result<verifier*>
    verifier_for(key_ptr const& material, signature_algorithm const& row, bool allow_weak);
    result<signer*>
    signer_for(key_ptr const& material, signature_algorithm const& row, bool allow_weak);

    /// The same of make_rsa_opener, make_rsa_sealer and make_agreement. Null when the key cannot be
    /// used.
    rsa_opener* rsa_opener_for(key_ptr const& material, key_management_algorithm const& row);
    rsa_sealer* rsa_sealer_for(key_ptr const& material, key_management_algorithm const& row);
    agreement* agreement_for(key_ptr const& material);

private:
    struct id {
        key const* material;
        void const* row;  // of either table; null = for agreeing
        bool allow_weak;
        bool operator==(id const&) const = default;
    };
    struct id_hash {
        std::size_t operator()(id const& i) const noexcept
        {
            auto const hash = std::hash<void const*>{};
            return hash(i.material) ^ (hash(i.row) << 1U) ^ (i.allow_weak ? 1U : 0U);
        }
    };
    struct entry {
        key_ptr keep_alive;  // so that no other key gets the same address
        std::unique_ptr<crypto::verifier> verifier;
        std::unique_ptr<crypto::signer> signer;
        std::unique_ptr<rsa_opener> opener;
        std::unique_ptr<rsa_sealer> sealer;
        std::unique_ptr<crypto::agreement> agreement;
    };
    static constexpr std::size_t entries_max = 512;

    entry& entry_of(key_ptr const& material, void const* row, bool allow_weak);

    std::unordered_map<id, entry, id_hash> entries_;
};

}  // namespace core::crypto
