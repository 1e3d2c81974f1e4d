#pragma once

#include "core/json/json.hpp"

#include <optional>
#include <string_view>

namespace core {

/// The claims of a request that the rules of a sign profile are about, found by looking at every
/// claim once. RFC 7519 section 4.1, OpenID Connect Core sections 3.1.3.6 and 3.3.2.11
struct registered_claims {
    std::optional<json::value> iss, sub, aud, exp, nbf, iat, jti, at_hash, c_hash;
    /// The first of them whose type no verifier would accept; empty = there is none. Types of
    /// hashes are not checked.
    std::string_view mistyped;

    /// claims   an object; untrusted. Must outlive the result.
    explicit registered_claims(json::value claims);

private:
    std::optional<json::value>* slot_of(std::string_view name);
    bool fits(std::optional<json::value> const* slot, json::value claim) const;
};

}  // namespace core
