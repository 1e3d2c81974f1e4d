#pragma once

#include "config/values/settings.hpp"
#include "core/keys/key_ring.hpp"
#include "service/observe/metrics.hpp"

#include <string>
#include <vector>

namespace service {

/// The keys of one series that may open a message, and what its configuration allows with them.
struct opening_keys {
    std::vector<core::jwk> keys;         ///< published, active and retiring
    std::vector<std::string> permitted;  ///< the series' alg, allowed because it is configured
    bool allow_zip = false;
    unsigned metric = metrics::other;
    std::string series{};  ///< its name; empty for keys of a request
};

/// The keys of a series, whoever asks.
opening_keys opening_keys_of(
    core::ring_view::series const& series, config::settings const& settings, metrics const& counters
);

/// What the configuration says about encryption with this series; without an entry nobody may use
/// it.
config::encryption_series const&
encryption_of(config::settings const& settings, std::string_view series);

/// Whether a key in this state opens messages.
bool opens(core::key_state state) noexcept;

}  // namespace service
