#pragma once

#include "config/values/settings.hpp"
#include "core/keys/key_ring.hpp"
#include "service/observe/metric_cells.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace service {

class families;

/// Counts what the service does. metric_rows.hpp names every metric; metric_cells does the
/// counting.
class metrics : public metric_cells<metric_owner::service> {
public:
    metrics(config::settings const& from, std::vector<std::string_view> const& route_names);

    /// Indices for labels; what is not configured (inline keys, no issuer yet) is `other`. Resolve
    /// them once, at the start, where possible.
    unsigned profile_index(std::string_view verify_profile) const noexcept;
    /// issuer_name   "self", an issuer or a series.
    unsigned issuer_index(std::string_view issuer_name) const noexcept;
    unsigned key_index(std::string_view series) const noexcept;
    static constexpr unsigned other = 0;

    /// The Prometheus text format. `view` gives the key states, `more` adds other owners' metrics.
    using more_families = std::function<void(families&)>;
    std::string text(core::ring_view const& view, more_families const& more = {}) const;

private:
    bool const is_dev_;
    std::unordered_map<std::string_view, unsigned> const profiles_, issuers_, keys_;  // by name
};

}  // namespace service
