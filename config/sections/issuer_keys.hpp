#pragma once

#include "config/sections/secrets.hpp"
#include "core/keys/jwk_set.hpp"

#include <string>
#include <string_view>

namespace config {

/// Reads the keys of an issuer from a file: a JWK Set (`jwks_file`), or up to 8 public
/// keys or a certificate in PEM (`pem_file`), whose kids are then their thumbprints.
///
/// octets   the content of the file; untrusted.
/// keys_max of a JWK Set.
/// as       of a JWK Set: as_published, or in_bundle for a SPIFFE trust domain.
/// Returns  the set, or a sentence that says why there is none.
outcome<core::jwk_set> read_issuer_keys(
    core::byte_view octets, bool is_pem, std::size_t keys_max = core::usual_keys_max,
    core::jwk_spelling as = core::jwk_spelling::as_published
);

/// The longest such file.
std::size_t issuer_file_size_max(bool is_pem, std::size_t jwks_bytes);

}  // namespace config
