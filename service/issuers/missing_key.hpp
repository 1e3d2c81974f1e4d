#pragma once

#include "core/keys/jwk_set.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace service {

class fetched_issuer;

/// What a verification lacked: an issuer's keys, one of them, or other keys than those that do not
/// verify the token. The issuer's origin may have it by now.
struct missing_key {
    /// The issuer itself: an index would mean another one when the configuration has changed.
    std::shared_ptr<fetched_issuer> issuer{};
    std::string kid{};  ///< empty = the issuer has no keys at all, or `tried` is set
    /// The keys that do not verify a token which could be good otherwise.
    std::shared_ptr<core::jwk_set const> tried{};
    std::uint64_t signature = 0;  ///< of that token: see core::bad_signatures
};

}  // namespace service
