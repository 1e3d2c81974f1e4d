#pragma once

#include "tests/service/live_service.hpp"

#include <string>
#include <string_view>

namespace tests {

inline constexpr std::string_view caller_secret =
    "a-caller-secret-of-more-than-256-bits-0123456789";

/// As a caller's `secret_sha256` has it: 32 octets.
std::string sha256_of(std::string_view text);

/// live_settings with profiles, a caller and inline keys: `default` signs and verifies for
/// api://orders.
config::settings token_settings();

/// POST of a JSON body; `caller` adds the configured caller's bearer secret.
answer post(live_service& to, std::string_view path, std::string_view body, bool caller = false);

/// Signs claims with the default profile as the configured caller.
std::string signed_token(live_service& by, std::string_view claims = R"({"sub":"alice"})");

/// The reply to /verify of this token with further members (`,"audience":"x"`).
answer verified(live_service& by, std::string_view token, std::string_view more = "");

}  // namespace tests
