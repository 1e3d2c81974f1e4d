#pragma once

#include "config/values/settings.hpp"
#include "core/base/time.hpp"
#include "core/json/json.hpp"

#include <chrono>

namespace service {

/// How long a gateway may keep the answer about a token: the profile's `decision_max_age`, and never
/// longer than the token itself is good, without leeway: until its exp and the profile's max_age.
///
/// claims   of a verified token.
/// Returns  in whole seconds; 0 = not at all.
std::chrono::seconds
decision_age(config::verify_profile const& by, core::json::value claims, core::instant now);

}  // namespace service
