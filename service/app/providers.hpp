#pragma once

#include "config/values/settings.hpp"

#include <thread>

namespace service {

/// Chooses the libraries of this process, before anything signs or verifies.
///
/// Returns  a thread that opens and tests them meanwhile; who needs one earlier waits for it. A line
///          in the log names each one that cannot be used; Botan does its work.
std::jthread choose_providers(config::crypto_settings const& from);

}  // namespace service
