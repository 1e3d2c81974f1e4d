#pragma once

#include "core/json/json.hpp"

namespace core {

/// Whether two JSON values are equal: numbers by value, strings by characters, objects in any
/// order.
bool json_equal(json::value a, json::value b);

}  // namespace core
