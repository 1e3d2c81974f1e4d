#pragma once

#include "core/inspect/describe_key.hpp"
#include "core/jwt/claims.hpp"

#include <optional>
#include <string>

namespace service {

/// What /inspect has to describe: a key or a token.
struct inspect_request {
    std::optional<core::key_report> key;
    std::string token;
    std::optional<core::claims_policy> expected;  ///< nullopt = no verdict on the claims is wanted
};

}  // namespace service
