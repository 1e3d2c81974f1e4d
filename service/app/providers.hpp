#pragma once

#include "config/values/settings.hpp"

namespace service {

/// Chooses the libraries of this process, before anything signs or verifies. A line in the log
/// names each one that is chosen and cannot be used; Botan does its work.
void choose_providers(config::crypto_settings const& from);

}  // namespace service
