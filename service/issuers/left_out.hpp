#pragma once

#include "core/jwk_set.hpp"

#include <string_view>
#include <vector>

namespace service {

/// Warns of what somebody has to look into, when it is other than before: keys whose private half
/// an issuer has published, and keys of our own in an issuer's set.
void warn_of_left_out(
    std::string_view issuer, std::vector<core::left_out_key> const& before,
    std::vector<core::left_out_key> const& now
);

}  // namespace service
