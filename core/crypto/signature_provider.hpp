#pragma once

#include "core/crypto/signature.hpp"

#include <string>

namespace core::crypto {

/// What one library does with signatures. Used through make_verifier and make_signer, which decide
/// everything that must not depend on the library.
class signature_provider {
public:
    virtual ~signature_provider() = default;

    /// Name and version of the library in use, for people: "OpenSSL 3.0.19".
    virtual std::string version() const = 0;

    /// Whether it has the algorithm with this kind of key.
    virtual bool has(signature_algorithm const& row, key_family family) const noexcept = 0;

    /// Gives back memory that only opening and testing the library needed.
    virtual void settle() const noexcept {}

    /// material   a key that fits the row (see make_verifier), of a family that it has.
    /// Returns    null when the library cannot use the key.
    virtual std::unique_ptr<verifier>
    verifier_of(key_ptr const& material, signature_algorithm const& row) const = 0;
    /// The same; material is a private key or a secret.
    virtual std::unique_ptr<signer>
    signer_of(key_ptr const& material, signature_algorithm const& row) const = 0;
};

/// One per folder. Null when this build or this machine does not have the library.
signature_provider const* openssl_signatures();
signature_provider const* sodium_signatures();
signature_provider const* secp256k1_signatures();
/// Always there, and has every algorithm.
signature_provider const& botan_signatures();

/// make_verifier and make_signer with a provider of the caller's choice.
///
/// Errors   as theirs; key_invalid also when the provider does not have the algorithm.
result<std::unique_ptr<verifier>> make_verifier_by(
    signature_provider const& by, key_ptr const& material, signature_algorithm const& row,
    bool allow_weak = false
);
result<std::unique_ptr<signer>> make_signer_by(
    signature_provider const& by, key_ptr const& material, signature_algorithm const& row,
    bool allow_weak = false
);

/// make_signer for a key that signs many times: it may take longer to make.
result<std::unique_ptr<signer>>
make_kept_signer(key_ptr const& material, signature_algorithm const& row, bool allow_weak);

}  // namespace core::crypto
