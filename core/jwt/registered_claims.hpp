#pragma once

#include "core/json/json.hpp"

#include <optional>
#include <string_view>

namespace core {

/// The registered claims that a token or a request has, found by looking at every claim once.
/// RFC 7519 section 4.1, OpenID Connect Core sections 3.1.3.6 and 3.3.2.11
struct registered_claims {
    std::optional<json::value> iss, sub, aud, exp, nbf, iat, jti, at_hash, c_hash;

    /// claims   one JSON object; untrusted. Must outlive the result.
    explicit registered_claims(json::value claims) noexcept;

    /// One of them whose type no verifier would accept; empty = there is none. Types of hashes are
    /// not checked.
    std::string_view mistyped() const noexcept;

private:
    std::optional<json::value>* slot_of(std::string_view name) noexcept;
};

/// Whether it is a string or an array of strings.
bool is_audience(json::value claim) noexcept;

}  // namespace core
