#pragma once

#include "core/jwt/claims_template.hpp"
#include "service/operations/body_reader.hpp"
#include "service/operations/request_scope.hpp"
#include "service/operations/signer_reader.hpp"

namespace service {

/// Reads the members that shape the claims of a token (expires_in, not_before_in, jti,
/// access_token, code) and makes the claims: by the signer's profile, or without one as they are
/// plus what the members ask for.
///
/// claims   the request's own, an object; untrusted.
/// Errors   request_invalid; claims_forbidden, claim_invalid; work_exceeded.
core::result<core::issued_claims> read_issued_claims(
    body_reader& read, core::json::value claims, token_signer const& by, request_scope const& in
);

/// A new `jti`: 128 random bits in base64url.
std::string fresh_jti();

/// Notes a problem when one of those members is present, because a payload is signed.
void refuse_members_of_claims(body_reader& read);

}  // namespace service
