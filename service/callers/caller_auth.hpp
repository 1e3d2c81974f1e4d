#pragma once

#include "service/callers/identity.hpp"

#include <chrono>
#include <span>
#include <string>
#include <string_view>

/// What the sender of a request may do. Development mode lets everyone do everything.
namespace service {

/// Whether the sender is a caller that the list names.
///
/// allowed  names of callers; empty = nobody.
/// Errors   those of identity::unauthenticated when no caller is known; caller_forbidden when the
///          list does not name it.
core::result<void> authorize(identity const& by, std::span<std::string const> allowed);

/// The same for a sign profile, which the caller's own `sign_profiles` may take away.
core::result<void> authorize_signing(identity const& by, config::sign_profile const& with);

/// The same for opening tokens with a series, which the caller's own `decrypt_series` may take away.
///
/// allowed  the callers of the series, or of the profile that decrypts with it.
core::result<void> authorize_opening(
    identity const& by, std::string_view series, std::span<std::string const> allowed
);

/// Whether the sender may use an endpoint at all: anybody but a caller from whom it was taken away.
///
/// Errors   caller_forbidden; that of identity::unauthenticated for two callers.
core::result<void> authorize_endpoint(identity const& by, config::endpoint which);

/// Whether the sender is a caller with that role.
///
/// Errors   as authorize.
core::result<void> authorize_role(identity const& by, config::caller_role role);

/// Begins a request of its caller, if there is one: counts it in flight until the lease ends, and
/// takes it out of the caller's bucket.
///
/// Errors   rate_limited, with the time after which there is room again.
core::result<caller_lease>
begin_request(identity const& by, std::chrono::steady_clock::time_point now);

/// Takes one more request out of the caller's bucket: for each item of a batch after the first.
///
/// Errors   rate_limited.
core::result<void> take_request(identity const& by, std::chrono::steady_clock::time_point now);

}  // namespace service
