#pragma once

#include "config/sections/sections.hpp"

namespace config {

/// What decides whether the way to an issuer's origin is secret.
struct way_to_origin {
    std::string const& issuer;   ///< of the configuration: where discovery begins
    bool has_far_proxy = false;  ///< a proxy on another machine
};

/// Reads what an issuer's origin is told about us, `headers` and `bearer_file`, and checks that
/// neither these nor a client certificate could be learned by others: where they go, and how.
///
/// into     its other members were read before.
/// Returns  false when it reported a problem.
bool read_credentials(
    reading const& in, map_reader const& item, way_to_origin const& way, fetch_settings& into
);

}  // namespace config
