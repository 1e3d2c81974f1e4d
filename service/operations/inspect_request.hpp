#pragma once

#include "core/jwt/claims.hpp"
#include "core/keys/jwk.hpp"

#include <optional>
#include <string>

namespace service {

/// What /inspect has to describe: a key or a token.
struct inspect_request {
    std::optional<core::jwk> key;
    std::string token;
    std::optional<core::claims_policy> expected;  ///< nullopt = no verdict on the claims is wanted
};

}  // namespace service
