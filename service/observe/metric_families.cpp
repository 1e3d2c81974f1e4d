#include "service/observe/metric_families.hpp"

#include "service/observe/process_figures.hpp"

#include <limits>
#include <optional>

namespace service {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

namespace {

constexpr std::array key_states{core::key_state::staged,  core::key_state::published,
                                core::key_state::active,  core::key_state::retiring,
                                core::key_state::retired, core::key_state::revoked};

/// The next moment at which one key of the series changes its state.
std::optional<core::instant> next_change(core::ring_view::series const& of, core::instant now)
{
    std::optional<core::instant> next;
    auto const consider = [&](std::optional<core::instant> moment) {
        if (moment && *moment > now && (!next || *moment < *next))
            next = moment;
    };
    for (auto const& key : of.keys) {
        consider(key.life.publish);
        consider(key.life.activate);
        consider(key.life.retiring);
        consider(key.life.retired);
    }
    return next;
}

}  // namespace

MetricFamily family(std::string name, std::string help, MetricType type)
{
    MetricFamily made;
    made.name = "signet_" + name;
    made.help = std::move(help);
    made.type = type;
    return made;
}

void add_counter(MetricFamily& to, labels with, std::uint64_t value)
{
    ClientMetric one;
    one.label = std::move(with);
    one.counter.value = static_cast<double>(value);
    to.metric.push_back(std::move(one));
}

void add_gauge(MetricFamily& to, labels with, double value)
{
    ClientMetric one;
    one.label = std::move(with);
    one.gauge.value = value;
    to.metric.push_back(std::move(one));
}

void add_histogram(MetricFamily& to, labels with, histogram const& from)
{
    ClientMetric one;
    one.label = std::move(with);
    std::uint64_t total = 0;
    for (std::size_t i = 0; i <= bounds_us.size(); ++i) {
        total += from.buckets[i].load(std::memory_order_relaxed);
        auto const bound = i < bounds_us.size() ? static_cast<double>(bounds_us[i]) / 1e6
                                                : std::numeric_limits<double>::infinity();
        one.histogram.bucket.push_back({total, bound});
    }
    one.histogram.sample_count = total;
    one.histogram.sample_sum =
        static_cast<double>(from.sum_ns.load(std::memory_order_relaxed)) / 1e9;
    if (total != 0)
        to.metric.push_back(std::move(one));
}

void add_key_families(families& to, core::ring_view const& view)
{
    auto states = family("key_state", "1 for the state that a key is in.", MetricType::Gauge);
    auto next = family(
        "key_next_transition_timestamp_seconds", "When a key of the series changes its state next.",
        MetricType::Gauge
    );
    for (auto const& series : view.all) {
        std::string const name(series.name);
        for (auto const& key : series.keys)
            for (auto const state : key_states)
                add_gauge(
                    states,
                    {{"key", name},
                     {"kid", key.material->kid},
                     {"state", std::string(core::to_string(state))}},
                    key.state == state ? 1 : 0
                );
        if (auto const moment = next_change(series, view.made_at))
            add_gauge(next, {{"key", name}}, core::numeric_date(*moment));
    }
    to.push_back(std::move(states));
    to.push_back(std::move(next));
}

void add_process_families(families& to)
{
    auto const add = [&](char const* name, char const* help, MetricType type, double value) {
        MetricFamily made;
        made.name = name;
        made.help = help;
        made.type = type;
        ClientMetric one;
        (type == MetricType::Counter ? one.counter.value : one.gauge.value) = value;
        made.metric.push_back(std::move(one));
        to.push_back(std::move(made));
    };
    auto const now = read_process_figures();
    add("process_resident_memory_bytes", "Resident memory.", MetricType::Gauge, now.resident_bytes);
    add("process_cpu_seconds_total", "User and system time.", MetricType::Counter, now.cpu_seconds);
    add("process_open_fds", "Open file descriptors.", MetricType::Gauge, now.open_descriptors);
    add("process_start_time_seconds", "When the process started.", MetricType::Gauge,
        now.start_time);
}

}  // namespace service
