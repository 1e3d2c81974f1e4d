#pragma once

#include "config/values/settings.hpp"
#include "service/issuers/issuer_directory.hpp"
#include "service/net/fetch_failure.hpp"
#include "service/observe/metric_cells.hpp"

#include <vector>

namespace service {

fetch_outcome outcome_of(net::fetch_error error) noexcept;

/// Per-issuer counters, indexed as in settings.issuers.
class issuer_counters : public metric_cells<metric_owner::issuers> {
public:
    explicit issuer_counters(config::settings const& from);
    /// Whether the issuers of these settings are those that it counts for, in the same order.
    bool has_labels_of(config::settings const& with) const;

    /// Adds what was counted.
    void add_families(families& to) const { add_to(to); }
};

/// Adds the current state of every issuer's keys.
void add_issuer_readings(families& to, issuer_directory::everything const& now);

}  // namespace service
