#pragma once

#include "config/sections/reader.hpp"
#include "config/values/settings.hpp"

namespace config {

/// Reads which tokens are an issuer's: `issuer` with `tenants` and `spellings`, or `trust_domain`.
/// Refuses sources of keys that these exclude: a template is never part of a URL that is fetched,
/// and a trust domain has no metadata.
///
/// into     its `issuer` and `identity` are set.
/// Returns  whether the keys can be read; false when it reported a problem with their source.
bool read_issuer_names(map_reader const& item, issuer_settings& into);

}  // namespace config
