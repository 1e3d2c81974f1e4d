#pragma once

#include "config/sections/sections.hpp"

namespace config {

/// sun_path less its final zero.
inline constexpr std::size_t unix_path_max = 107;

/// The listener for data of a file that names none, and the one for operators.
listener usual_listener();
listener usual_admin_listener();

/// What a data listener opens that does not say it.
endpoints default_endpoints(address const& at);

/// Reads a list of listeners, or one that is not in a list: each an address, or a map with these
/// rows. Reports what is wrong and leaves that out.
std::vector<listener> read_listeners(
    reading const& in, map_reader const& section, std::string_view name, std::span<row const> known
);

}  // namespace config
