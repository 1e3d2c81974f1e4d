#pragma once

#include "service/callers/caller_auth.hpp"
#include "service/operations/request_scope.hpp"

#include <span>
#include <string>

namespace service {

/// `authorize` for a request; a refusal leaves a line in the log.
///
/// allowed  as for authorize.
/// asked    what the caller wants to use.
/// Errors   those of authorize.
core::result<caller>
admit_caller(request_scope const& in, std::span<std::string const> allowed, refusal_subject asked);

/// Tells the log of a caller that is refused for another reason than `authorize`, or only after all
/// possibilities were tried. Other failures are not told.
void tell_refused_caller(core::failure const& why, request_scope const& in, refusal_subject asked);

/// The same for who has no request_scope yet.
void tell_refused_caller(
    core::failure const& why, credentials const& by, observers const& to, refusal_subject asked
);

}  // namespace service
