#pragma once

#include "config/values/settings.hpp"
#include "core/base/error.hpp"
#include "service/callers/peer.hpp"

#include <span>
#include <string>

namespace service {

/// Who calls, for one request.
struct caller {
    config::caller_settings const* who = nullptr;  ///< null in development mode: anybody
};

/// Finds the first configured caller that the credentials prove and that `allowed` names.
///
/// by       a Unix peer is known by its uid or gid; anyone by `Authorization: Bearer` and a secret
///          whose SHA-256 is configured (compared in constant time; secrets of less than 32 bytes
///          never match).
/// allowed  names of callers; empty = nobody.
/// Errors   caller_unauthenticated when they prove no configured caller, caller_forbidden when they
///          prove only callers that are not allowed. Development mode lets everyone in.
core::result<caller> authorize(
    credentials const& by, config::settings const& settings, std::span<std::string const> allowed
);

/// The first configured caller that the credentials prove; null without one.
config::caller_settings const*
known_caller(credentials const& by, config::settings const& settings);

/// Whether the credentials prove any configured caller.
bool is_known_caller(credentials const& by, config::settings const& settings);

}  // namespace service
