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

    /// Adds what was counted, and the current state of every issuer's keys.
    void add_families(
        families& to, issuer_view const& view, std::vector<issuer_state> const& states
    ) const;
};

}  // namespace service
