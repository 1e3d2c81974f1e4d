#pragma once

#include "core/jwk_set.hpp"

#include <string_view>

namespace service {

/// Logs each key of ours that was left out of an issuer's set, by the kid that it has with us.
void warn_of_own_keys(std::string_view issuer, core::jwk_set const& set);

}  // namespace service
