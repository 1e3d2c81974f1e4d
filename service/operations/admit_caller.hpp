#pragma once

#include "service/callers/caller_auth.hpp"
#include "service/operations/request_scope.hpp"

namespace service {

/// Passes on what `authorize` and its like said; a refusal leaves a line in the log, and what was asked
/// for is noted for the audit log.
///
/// said     of the sender of this request.
/// asked    what it wants to use, by a configured name.
core::result<void>
admit_caller(request_scope const& in, core::result<void> said, refusal_subject asked);

/// Takes an item out of the bucket of the caller that sent the batch, as a single call would. The
/// first one was taken when the batch came.
///
/// Errors   rate_limited; the log is not told of it, because there may be hundreds.
core::result<void> admit_item(request_scope const& in, std::size_t index);

/// Tells the log of a caller that is refused for another reason than `authorize`, or only after all
/// possibilities were tried. Other failures are not told.
void tell_refused_caller(core::failure const& why, request_scope const& in, refusal_subject asked);

/// The same for who has no request_scope yet.
void tell_refused_caller(
    core::failure const& why, identity const& by, observers const& to, refusal_subject asked
);

}  // namespace service
