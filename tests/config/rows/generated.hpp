#pragma once

#include "config/rows/rows.hpp"

#include <string>

/// What is made of the rows of all settings.
namespace generated {

/// The value of a setting as the file would say it; "none" for nothing.
///
/// owner    the struct that the row names a member of
std::string value_in(config::row const& one, void* owner);
/// The same of a struct as it is made.
std::string default_of(config::row const& one);

/// All of config/schema.json.
std::string schema();

/// The tables of docs/configuration.md.
std::string settings_table();
std::string limits_table();

}  // namespace generated
