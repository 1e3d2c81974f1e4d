#pragma once

#include "config/values/settings.hpp"
#include "core/keys/key_ring.hpp"
#include "service/observe/metric_cells.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace service {

class families;

/// Counts what has the same labels whatever is configured. It lives as long as the service.
class process_metrics : public metric_cells<metric_owner::service> {
public:
    explicit process_metrics(std::vector<std::string_view> const& route_names);
};

/// Counts what the service does with one configuration, whose names are labels. metric_rows.hpp
/// names every metric; metric_cells does the counting. What has no such labels is counted by the
/// process_metrics.
class metrics : public metric_cells<metric_owner::configured> {
public:
    /// of_process   outlives this object.
    metrics(config::settings const& from, process_metrics& of_process);
    /// With process_metrics of its own.
    metrics(config::settings const& from, std::vector<std::string_view> const& route_names);

    process_metrics& of_process() const noexcept { return process_; }
    /// Whether the names of these settings are the labels that this object has.
    bool has_labels_of(config::settings const& with) const;

    // As metric_cells has them, of both kinds.
    template <metric_name Name, class... Values> void count(Values const&... of) noexcept
    {
        if constexpr (is_of_process<Name>())
            process_.template count<Name>(of...);
        else
            configured::template count<Name>(of...);
    }
    template <metric_name Name, class... Values> void change(int by, Values const&... of) noexcept
    {
        process_.template change<Name>(by, of...);
    }
    template <metric_name Name, class... Values>
    std::int64_t value(Values const&... of) const noexcept
    {
        if constexpr (is_of_process<Name>())
            return process_.template value<Name>(of...);
        else
            return configured::template value<Name>(of...);
    }
    template <metric_name Name, class... Values>
    void observe(std::chrono::nanoseconds took, Values const&... of) noexcept
    {
        process_.template observe<Name>(took, of...);
    }

    /// Indices for labels; what is not configured (inline keys, no issuer yet) is `other`. Resolve
    /// them once, at the start, where possible. They are good for this object only.
    unsigned profile_index(std::string_view verify_profile) const noexcept;
    /// issuer_name   "self", an issuer or a series.
    unsigned issuer_index(std::string_view issuer_name) const noexcept;
    unsigned key_index(std::string_view series) const noexcept;
    static constexpr unsigned other = 0;

    /// The Prometheus text format. `view` gives the key states, `more` adds other owners' metrics.
    using more_families = std::function<void(families&)>;
    std::string text(core::ring_view const& view, more_families const& more = {}) const;

private:
    using configured = metric_cells<metric_owner::configured>;
    template <metric_name Name> static consteval bool is_of_process()
    {
        return metric_rows[row_of<Name>()].owner == metric_owner::service;
    }

    std::unique_ptr<process_metrics> const own_;  // null = it is somebody else's
    process_metrics& process_;
    bool const is_dev_;
    std::unordered_map<std::string_view, unsigned> const profiles_, issuers_, keys_;  // by name
};

}  // namespace service
