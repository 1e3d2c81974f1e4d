#pragma once

#include <cstddef>
#include <string>

namespace service {

/// What a verification lacked: an issuer's keys, or one of them, which its origin may have by now.
struct missing_key {
    std::size_t issuer = 0;  ///< index in settings.issuers
    std::string kid;         ///< empty = the issuer has no keys at all
};

}  // namespace service
