#pragma once

#include "core/base/error.hpp"
#include "core/base/time.hpp"
#include "core/json/json.hpp"

#include <string>

namespace service {

/// Answers one /inspect request: reads a token or a key and says what is to be said of it, without
/// verifying anything.
///
/// object   the request's members; untrusted.
/// Returns  the body of a 200.
/// Errors   request_invalid; token_malformed; key_invalid.
/// Source   product contract, POST /inspect
core::result<std::string> inspect_report(core::json::value object, core::instant now);

}  // namespace service
