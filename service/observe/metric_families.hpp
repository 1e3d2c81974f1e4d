#pragma once

#include "service/observe/metric_cells.hpp"
#include "service/observe/metric_rows.hpp"

#include <prometheus/metric_family.h>

#include <array>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace service {

/// The series of every metric at one moment, as prometheus-cpp's families, which its serializer
/// writes.
class families {
public:
    families();

    /// Adds a series of a metric that is read when the text is made.
    ///
    /// values   the labels' values, in the order of its row.
    template <metric_name Name>
    void
    add(std::array<std::string_view, metric_rows[row_of<Name>()].labels.size()> values,
        double value)
    {
        static_assert(metric_rows[row_of<Name>()].owner == metric_owner::nobody);
        add(row_of<Name>(), values, value);
    }

    /// Adds a series: the value of a counter or gauge. A histogram without samples is left out.
    ///
    /// entries  one of each label of the row.
    void add(std::size_t row, std::span<label_entry const* const> entries, double value);
    void
    add(std::size_t row, std::span<label_entry const* const> entries, histogram_values const& from);

    /// The Prometheus text format, in the order of the rows. Metrics without a series are left out.
    std::string text() const;

private:
    void add(std::size_t row, std::span<std::string_view const> values, double value);

    std::vector<prometheus::MetricFamily> all_;
};

}  // namespace service
