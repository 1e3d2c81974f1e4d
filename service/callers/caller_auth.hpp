#pragma once

#include "core/base/error.hpp"
#include "service/http/request.hpp"

#include <span>
#include <string>

namespace service {

/// Who calls, for one request.
struct caller {
    config::caller_settings const* who = nullptr;  ///< null in development mode: anybody
};

/// The first configured caller that the request proves to be and that `allowed` names.
///
/// request  a Unix peer is known by its uid or gid; anyone by `Authorization: Bearer` and a secret
///          whose SHA-256 is configured (compared in constant time; shorter than 32 octets never
///          matches).
/// allowed  names of callers; empty = nobody.
/// Errors   caller_unauthenticated when it proves to be no caller at all, caller_forbidden when
/// none
///          that is allowed. Development mode lets everyone in.
core::result<caller> authorize(
    http::request const& request, config::settings const& settings,
    std::span<std::string const> allowed
);

/// Whether the request proves to be any configured caller.
bool is_known_caller(http::request const& request, config::settings const& settings);

/// Whether an endpoint has nothing for strangers, whatever their body says, so that who calls can
/// be asked on the head: /sign, /encrypt and /decrypt (their batches with them) unless inline keys
/// are open there, and /verify where every profile names its callers. Never in development mode.
bool is_for_callers_only(config::endpoint which, config::settings const& settings) noexcept;

}  // namespace service
