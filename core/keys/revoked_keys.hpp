#pragma once

#include "core/base/time.hpp"

#include <functional>
#include <map>
#include <string>

namespace core {

/// Our own keys that were revoked, by kid, and when. One that is in here is refused whatever the
/// configuration says, and never leaves it.
using revoked_keys = std::map<std::string, instant, std::less<>>;

}  // namespace core
