#pragma once

#include "config/rows/rows.hpp"

#include <string>

/// What is generated from the rows of all settings.
namespace generated {

/// The value of a setting as the file would have it; "none" when it is empty.
///
/// owner    the struct that the row names a member of
std::string value_in(config::row const& one, void* owner);
/// The same for a new struct, with its defaults.
std::string default_of(config::row const& one);

/// All of config/schema.json.
std::string schema();

/// The tables of docs/configuration.md.
std::string settings_table();
std::string limits_table();

}  // namespace generated
