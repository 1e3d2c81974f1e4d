#pragma once

#include "service/callers/peer.hpp"
#include "service/operations/verify_terms.hpp"

#include <string>

namespace service {

/// One /verify request, read and checked against its profile.
struct verify_request {
    verify_terms terms;
    std::string token;  ///< untrusted: compact text, or JSON text in mode jws

    bool is_dear() const noexcept { return is_expensive(terms, token); }
};

/// object   the request's members, untrusted.
/// by       who asks: a profile may name its callers.
/// Errors   request_invalid with the member: unknown, ill-typed, not narrowing the profile;
///          key_invalid for keys in the request; caller_unauthenticated, caller_forbidden.
/// Source   product contract, POST /verify: with a profile, a request can only narrow
core::result<verify_request> read_verify_request(
    core::json::value object, std::shared_ptr<snapshot const> seen, credentials const& by
);

/// The same for /decrypt's `verify`: a request without a token, because the token is what was
/// encrypted.
core::result<verify_terms> read_verify_terms(
    core::json::value object, std::shared_ptr<snapshot const> seen, credentials const& by
);

/// Where a failure to read happens: nothing was said about a token yet.
inline context context_of_unread_verify(core::failure const& why) noexcept
{
    return why.code == core::errc::key_invalid ? context::verify_inline : context::request;
}

}  // namespace service
