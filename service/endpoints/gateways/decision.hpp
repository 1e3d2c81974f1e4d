#pragma once

#include "config/values/settings.hpp"
#include "core/base/error.hpp"
#include "service/http/reply.hpp"

#include <chrono>
#include <cstdint>

namespace service {

/// What is decided about a request that a gateway asks about.
enum class decided : std::uint8_t {
    allowed,
    unauthorised,  ///< there is no token, or it is refused
    forbidden,     ///< the token is good and not enough, or no token would be
    ill_formed,    ///< the gateway's call does not say what its dialect has to say
    undecided,     ///< nothing was found against the request, and it must not pass
};

/// A decision before a dialect puts it into words.
struct decision {
    decided how = decided::undecided;
    core::failure why{};                         ///< of everything but allowed
    config::verify_profile const* by = nullptr;  ///< null = no profile was found
    http::header_lines mapped{};                 ///< of allowed: every header of the profile
    std::chrono::seconds max_age{0};  ///< of allowed: may be kept so long; 0 = not at all
};

/// Without a good token: undecided, forbidden where a scope is missing or the code is only about
/// what is asked for (path_forbidden, access_denied), else unauthorised.
decision refuse_token(core::failure why, config::verify_profile const* by);

/// Whatever the token: ill_formed for request_invalid, else forbidden.
decision refuse_request(core::failure why, config::verify_profile const* by);

/// The statuses that a kind of gateway understands.
struct decision_statuses {
    unsigned unauthorised = 401, forbidden = 403, ill_formed = 400, undecided = 503;
};

/// The reply, always without a body. 200 has the mapped headers and says how long it may be kept;
/// 401 has an RFC 6750 challenge, and so has 403 where a scope is missing; overloaded says when to
/// come back.
///
/// Source   RFC 6750 section 3.1: "If the request lacks any authentication information ... the
///          resource server SHOULD NOT include an error code"
http::reply reply_of(decision what, decision_statuses const& with = {});

}  // namespace service
