#pragma once

#include "config/sections/sections.hpp"

namespace config {

/// What a data listener opens that does not say it.
endpoints default_endpoints(address const& at);

/// Reads a list of listeners, or one that is not in a list: each an address, or a map with these
/// rows. Reports what is wrong and leaves that out.
std::vector<listener> read_listeners(
    reading const& in, map_reader const& section, std::string_view name, std::span<row const> known
);

}  // namespace config
