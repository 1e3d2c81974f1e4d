#include "service/observe/metric_families.hpp"

#include <prometheus/text_serializer.h>

#include <algorithm>
#include <limits>
#include <sstream>

namespace service {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricType;

MetricType type_of(metric_type type) noexcept
{
    switch (type) {
    case metric_type::counter: return MetricType::Counter;
    case metric_type::gauge: return MetricType::Gauge;
    case metric_type::histogram: return MetricType::Histogram;
    }
    return MetricType::Untyped;
}

ClientMetric series_of(std::size_t row, std::span<label_entry const* const> entries)
{
    ClientMetric made;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        auto const& named = label_rows[index_of(metric_rows[row].labels[i])];
        made.label.push_back({std::string(named.name), entries[i]->text});
        if (!named.second.empty())
            made.label.push_back({std::string(named.second), entries[i]->second});
    }
    return made;
}

void set_value(ClientMetric& of, metric_type type, double value)
{
    (type == metric_type::counter ? of.counter.value : of.gauge.value) = value;
}

}  // namespace

families::families() : all_(metric_rows.size())
{
    for (std::size_t i = 0; i < all_.size(); ++i) {
        all_[i].name = metric_rows[i].name;
        all_[i].help = metric_rows[i].help;
        all_[i].type = type_of(metric_rows[i].type);
    }
}

void families::add(std::size_t row, std::span<label_entry const* const> entries, double value)
{
    auto made = series_of(row, entries);
    set_value(made, metric_rows[row].type, value);
    all_[row].metric.push_back(std::move(made));
}

void families::add(
    std::size_t row, std::span<label_entry const* const> entries, histogram_values const& from
)
{
    std::uint64_t total = 0;
    auto made = series_of(row, entries);
    for (std::size_t i = 0; i <= bounds_us.size(); ++i) {
        total += from[i];
        auto const bound = i < bounds_us.size() ? static_cast<double>(bounds_us[i]) / 1e6
                                                : std::numeric_limits<double>::infinity();
        made.histogram.bucket.push_back({total, bound});
    }
    if (total == 0)
        return;
    made.histogram.sample_count = total;
    made.histogram.sample_sum = static_cast<double>(from.back()) / 1e9;
    all_[row].metric.push_back(std::move(made));
}

void families::add(std::size_t row, std::span<std::string_view const> values, double value)
{
    ClientMetric made;
    for (std::size_t i = 0; i < values.size(); ++i) {
        auto const& named = label_rows[index_of(metric_rows[row].labels[i])];
        made.label.push_back({std::string(named.name), std::string(values[i])});
    }
    set_value(made, metric_rows[row].type, value);
    all_[row].metric.push_back(std::move(made));
}

std::string families::text() const
{
    std::vector<prometheus::MetricFamily> shown;
    std::ranges::copy_if(all_, std::back_inserter(shown), [](auto const& one) {
        return !one.metric.empty();
    });
    std::ostringstream out;
    prometheus::TextSerializer().Serialize(out, shown);
    return out.str();
}

}  // namespace service
