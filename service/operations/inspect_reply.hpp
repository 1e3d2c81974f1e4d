#pragma once

#include "core/base/time.hpp"
#include "core/inspect/describe_key.hpp"
#include "core/inspect/inspect_token.hpp"
#include "core/jwt/claims.hpp"

#include <optional>
#include <string>

namespace service {

/// The body of the 200 that describes a token without verifying it.
///
/// expected  what its claims are compared with for the verdict; nullopt = there is no verdict.
std::string inspected_token_reply(
    core::token_report const& report, std::optional<core::claims_policy> const& expected,
    core::instant now
);

/// The body of the 200 that describes a key. Contains nothing of its private half.
std::string inspected_key_reply(core::key_report const& report);

}  // namespace service
