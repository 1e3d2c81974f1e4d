#pragma once

#include "config/tree/node.hpp"

#include <optional>

namespace config {

/// The value as JSON text: plain texts by YAML's core schema (null, true, 42, 0x2a, 1.5), quoted
/// ones as strings; nullopt for .inf and .nan, which JSON cannot hold.
/// Source   YAML 1.2.2 section 10.3.2
std::optional<std::string> to_json(node const& value);

}  // namespace config
