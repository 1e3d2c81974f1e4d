#pragma once

#include "config/values/settings.hpp"

#include <string>
#include <variant>
#include <vector>

namespace config {

/// Settings with the keys that the folders have now.
struct amended_settings {
    settings with;
    /// Of series that cannot be read; each begins with the series.
    std::vector<std::string> problems{};
};

/// Takes every series that can be read; the others keep the keys of `from`.
amended_settings with_readable_keys(settings const& from, core::instant now);

/// The same, for all series or none.
///
/// Returns  the settings, or a sentence that begins with the series.
std::variant<settings, std::string> with_rotated_keys(settings const& from, core::instant now);

}  // namespace config
