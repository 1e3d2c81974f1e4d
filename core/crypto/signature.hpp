#pragma once

#include "core/crypto/key.hpp"

#include <memory>
#include <string_view>

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

}  // namespace core::crypto
