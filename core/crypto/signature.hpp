#pragma once

#include "core/crypto/key.hpp"

#include <cstddef>
#include <memory>
#include <string_view>
#include <unordered_map>

namespace core::crypto {

/// Verifies with one key under one algorithm. Not for use by two threads at once.
class verifier {
public:
    virtual ~verifier() = default;
    /// message  exactly the octets that were signed.
    /// signature untrusted, any length: only the algorithm's exact form verifies (RFC 7518
    /// section 3.4: R || S).
    virtual bool verify(byte_view message, byte_view signature) = 0;
};

/// Signs with one key under one algorithm. Not for use by two threads at once.
class signer {
public:
    virtual ~signer() = default;
    /// JWS form of the signature (ECDSA: R || S, full length). Errors: internal.
    virtual result<bytes> sign(byte_view message) = 0;
};

/// Errors   key_invalid when the key's family or size does not fit the row (`allow_weak` lifts the
/// size of secrets
///          only), or when it has no private half.
result<std::unique_ptr<verifier>>
make_verifier(key_ptr material, signature_algorithm const& row, bool allow_weak = false);
result<std::unique_ptr<signer>>
make_signer(key_ptr material, signature_algorithm const& row, bool allow_weak = false);

/// Signer and verifier objects of long-lived keys, made once and kept: one of these belongs to each
/// worker thread. Building them costs more than using them (ES256: 1.4x). Keys of a single request
/// never enter it. At 512 entries it starts again from none.
class operation_cache {
public:
    /// A null key, or one that does not fit, is key_invalid as in make_verifier and make_signer.
    /// The pointer is good until the next call.
    result<verifier*>
    verifier_for(key_ptr const& material, signature_algorithm const& row, bool allow_weak);
    result<signer*>
    signer_for(key_ptr const& material, signature_algorithm const& row, bool allow_weak);

private:
    struct id {
        key const* material;
        signature_algorithm const* row;
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
        key_ptr keep_alive;  // so that an address is never another key's
        std::unique_ptr<crypto::verifier> verifier;
        std::unique_ptr<crypto::signer> signer;
    };
    static constexpr std::size_t entries_max = 512;

    entry& entry_of(key_ptr const& material, signature_algorithm const& row, bool allow_weak);

    std::unordered_map<id, entry, id_hash> entries_;
};

}  // namespace core::crypto
