#pragma once

#include "config/load/load.hpp"

namespace config {

/// How many names `--host` and `--dev-issuer` may give each.
inline constexpr std::size_t dev_names_max = 16;

/// Applies --listen, --host and --dev-issuer to the settings of development mode.
///
/// from     its `development`, and whether it is in Kubernetes, where nothing is opened.
/// Returns  a sentence for each problem.
std::vector<std::string> apply_dev_options(sources const& from, settings& into);

}  // namespace config
