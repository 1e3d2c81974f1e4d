#pragma once

#include "core/inspect/describe_key.hpp"

#include <string>

namespace core {

/// The text of a JWK, mended where that is possible; wiped at its end, because it may be private.
struct mended_jwk {
    std::string whole;        ///< without the members that cannot be mended, and without x5c
    std::string public_half;  ///< only the members of the key itself, without private ones

    mended_jwk() = default;
    mended_jwk(mended_jwk const&) = delete;
    mended_jwk& operator=(mended_jwk const&) = delete;
    ~mended_jwk();
};

/// Mends a JWK, and notes in the report what it states and what had to be mended.
///
/// object   a JSON object; untrusted.
void mend_jwk(json::value object, mended_jwk& into, key_report& report);

}  // namespace core
