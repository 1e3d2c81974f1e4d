#pragma once

#include "core/keys/key_ring.hpp"

#include <prometheus/metric_family.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

/// What metrics are made of, and how their cells become prometheus-cpp's families, which its
/// serializer writes.
namespace service {

using cell = std::atomic<std::uint64_t>;

inline void add_one(cell& to) noexcept
{
    to.fetch_add(1, std::memory_order_relaxed);
}

/// Upper bounds of the latency histograms: a cached verdict takes microseconds, a slow client a
/// second.
inline constexpr std::array<std::int64_t, 14> bounds_us{
    25, 50, 100, 250, 500, 1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000, 1000000};

struct histogram {
    std::array<cell, bounds_us.size() + 1> buckets{};
    cell sum_ns{0};

    void observe(std::chrono::nanoseconds took) noexcept
    {
        auto const count = took.count();
        std::size_t at = 0;
        while (at < bounds_us.size() && count > bounds_us[at] * 1000)
            ++at;
        add_one(buckets[at]);
        sum_ns.fetch_add(
            static_cast<std::uint64_t>(std::max<std::int64_t>(count, 0)), std::memory_order_relaxed
        );
    }
};

using labels = std::vector<prometheus::ClientMetric::Label>;
using families = std::vector<prometheus::MetricFamily>;

/// An empty family; the name gets our prefix.
prometheus::MetricFamily family(std::string name, std::string help, prometheus::MetricType type);
void add_counter(prometheus::MetricFamily& to, labels with, std::uint64_t value);
void add_gauge(prometheus::MetricFamily& to, labels with, double value);
/// One that has seen nothing stays away.
void add_histogram(prometheus::MetricFamily& to, labels with, histogram const& from);

/// One histogram a row of a table of algorithms.
template <class Table> using times = std::array<histogram, std::tuple_size_v<Table>>;

template <class Table, class Row> std::size_t row_index(Table const& table, Row const& row) noexcept
{
    return static_cast<std::size_t>(&row - table.data());
}

template <class Table>
prometheus::MetricFamily
algorithm_seconds(std::string name, std::string help, Table const& table, times<Table> const& from)
{
    auto made = family(std::move(name), std::move(help), prometheus::MetricType::Histogram);
    for (std::size_t a = 0; a < table.size(); ++a)
        add_histogram(made, {{"alg", std::string(table[a].name)}}, from[a]);
    return made;
}

/// The state of every key, and each series' next change.
void add_key_families(families& to, core::ring_view const& view);
/// Memory, time, descriptors: names that every Prometheus client gives them, without our prefix.
void add_process_families(families& to);

}  // namespace service
