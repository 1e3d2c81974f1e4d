#pragma once

#include "core/keys/jwk.hpp"

#include <string>

namespace core {

/// SHA-256 thumbprint, base64url. Never show it for a secret: whoever has the thumbprint of a weak
/// secret can test guesses with it.
///
/// Source   RFC 7638 section 3
std::string thumbprint(crypto::key const& material);

/// The canonical JSON that the thumbprint hashes.
std::string thumbprint_input(crypto::key const& material);

/// Gives a key without a kid its thumbprint as kid (asymmetric keys only).
void derive_kid(jwk& key);

/// Appends the JWK as JSON: kty, kid, use, alg and the public members; never a secret's octets.
void append_public_jwk(std::string& out, jwk const& key);
/// The same with private members. Only for `signet keygen` and `signet jwk convert`.
void append_private_jwk(std::string& out, jwk const& key);

}  // namespace core
