#pragma once

#include "core/jwk_set.hpp"

#include <string_view>
#include <vector>

namespace service {

/// Warns of every key whose private half an issuer has published, when they are others than before:
/// somebody has to replace them.
void warn_of_published_private_halves(
    std::string_view issuer, std::vector<core::left_out_key> const& before,
    std::vector<core::left_out_key> const& now
);

}  // namespace service
