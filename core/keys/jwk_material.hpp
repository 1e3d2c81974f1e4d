#pragma once

#include "core/crypto/key.hpp"
#include "core/json/json.hpp"
#include "core/keys/jwk_members.hpp"

namespace core {

/// Reads the members of a JWK that are the key itself, which its kty names.
///
/// members  of a JSON object; untrusted.
/// role     as for parse_jwk.
/// Errors   key_invalid: kty missing or unknown; members missing, of the wrong type or badly
///          encoded; material that import refuses.
/// Source   RFC 7518 section 6, RFC 8037 section 2, RFC 9964
result<crypto::key_ptr>
read_jwk_material(jwk_members& members, crypto::key_role role, work_budget* budget);

/// Whether a JWK has a private member (or a secret's k) that is not void: under any of
/// the names that it repeats.
///
/// Source   the registry of RFC 7517 section 8.1: parameters of the information class "Private"
bool has_private_member(json::value object);

/// Whether reading the whole JWK means recovering the primes of an RSA key: it has d, but neither p
/// nor q. Reads only the names of the members.
bool needs_prime_recovery(json::value object);

}  // namespace core
