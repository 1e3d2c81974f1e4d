#pragma once

#include "core/audit/record.hpp"
#include "core/jwe/decrypt.hpp"
#include "service/operations/decrypt_request.hpp"
#include "service/operations/request_scope.hpp"
#include "service/operations/sign_request.hpp"
#include "service/operations/verify.hpp"

#include <string>
#include <string_view>

/// What operations note for the audit log: names, digests, and the claims that a profile lists; never
/// a token or a key. A note may be made again, when the work begins again on the pool: each function
/// sets the same members again. Those that take a scope do nothing where nobody asks for notes.
namespace service {

/// Notes the digest of a token in a request, once the request is read. It is charged for.
///
/// token    untrusted.
void note_given_token(request_scope const& in, std::string_view token);

/// Notes who signs, and the token that was made.
void note_signing(
    request_scope const& in, sign_request const& what, core::result<std::string> const& made
);

/// Notes to whom a token is encrypted, and the token that was made.
void note_sealing(
    request_scope const& in, encrypt_request const& what, core::result<std::string> const& made
);

/// Notes the series and the key that opened a token.
void note_opening(
    request_scope const& in, decrypt_request const& what,
    core::result<core::opened_jwe> const& opened
);

/// Notes by what a token was judged and, when its signature is good, its jti and listed claims.
void note_verdict(core::audit_note& to, verdict const& found, verify_terms const& by);
void note_verdict(request_scope const& in, verdict const& found, verify_terms const& by);

/// The listed claims as a JSON object; empty when none of them is there.
std::string listed_claims(core::json::value claims, std::vector<std::string> const& names);

}  // namespace service
