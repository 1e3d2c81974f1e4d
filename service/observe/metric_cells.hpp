#pragma once

#include "service/observe/metric_rows.hpp"
#include "service/observe/striped_cells.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace service {

class families;

/// Upper bounds of the latency histograms: a cached verdict takes microseconds, a slow client one
/// second.
inline constexpr std::array<std::int64_t, 14> bounds_us{
    25, 50, 100, 250, 500, 1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000, 1000000};

/// A histogram is its buckets, the last one without a bound, and the sum in nanoseconds.
inline constexpr std::size_t histogram_size = bounds_us.size() + 2;
using histogram_values = std::array<std::uint64_t, histogram_size>;

/// The cells of one owner's metrics, found by index: each thread has its own, and their sums are
/// what is shown. Names are resolved at compile time, nothing is looked up by label while a request
/// runs, and a count is one addition.
///
/// Every function takes the labels' values in the order of the metric's row, each of the type that
/// label_value gives; an index must be one of its label's entries.
template <metric_owner Owner> class metric_cells {
public:
    /// entries   the values of every label that the owner's rows have.
    explicit metric_cells(label_entries entries);
    metric_cells(metric_cells const&) = delete;
    metric_cells& operator=(metric_cells const&) = delete;

    /// Adds one to a counter.
    template <metric_name Name, class... Values> void count(Values const&... of) noexcept
    {
        static_assert(row<Name>().type == metric_type::counter);
        cells_.add(first_cell<Name>(of...), 1);
    }

    /// Raises a gauge, or lowers it.
    template <metric_name Name, class... Values> void change(int by, Values const&... of) noexcept
    {
        static_assert(row<Name>().type == metric_type::gauge);
        cells_.add(first_cell<Name>(of...), static_cast<std::uint64_t>(std::int64_t{by}));
    }

    /// The current value of a counter or gauge.
    template <metric_name Name, class... Values>
    std::int64_t value(Values const&... of) const noexcept
    {
        static_assert(row<Name>().type != metric_type::histogram);
        return static_cast<std::int64_t>(cells_.sum(first_cell<Name>(of...)));
    }

    /// Adds a sample to a histogram.
    template <metric_name Name, class... Values>
    void observe(std::chrono::nanoseconds took, Values const&... of) noexcept
    {
        static_assert(row<Name>().type == metric_type::histogram);
        auto const count = took.count();
        auto const first = first_cell<Name>(of...);
        std::size_t bucket = 0;
        while (bucket < bounds_us.size() && count > bounds_us[bucket] * 1000)
            ++bucket;
        cells_.add(first + bucket, 1);
        cells_.add(
            first + histogram_size - 1, static_cast<std::uint64_t>(std::max<std::int64_t>(count, 0))
        );
    }

    /// Adds every series that has something to show.
    void add_to(families& to) const;

    /// What another object had counted when it was last taken over, by cell.
    using seen_counts = std::unordered_map<std::size_t, std::uint64_t>;
    /// Adds what `earlier` has counted since `seen`, in the series whose labels exist here too.
    void take_over(metric_cells const& earlier, seen_counts& seen);

protected:
    ~metric_cells() = default;

    std::vector<label_entry> const& entries(label of) const noexcept
    {
        return entries_[index_of(of)];
    }

private:
    template <metric_name Name> static consteval metric_row const& row()
    {
        static_assert(metric_rows[row_of<Name>()].owner == Owner, "another owner has its cells");
        return metric_rows[row_of<Name>()];
    }

    template <metric_name Name, class... Values>
    std::size_t first_cell(Values const&... of) const noexcept
    {
        constexpr auto const& labels = row<Name>().labels;
        static_assert(sizeof...(Values) == labels.size(), "one value per label of the row");
        std::size_t series = 0;
        [&]<std::size_t... At>(std::index_sequence<At...>)
        {
            ((series = series * layout_.sizes[index_of(labels[At])] + place_of<labels[At]>(of)),
             ...);
        }
        (std::index_sequence_for<Values...>());
        constexpr bool is_histogram = row<Name>().type == metric_type::histogram;
        return layout_.firsts[row_of<Name>()] + series * (is_histogram ? histogram_size : 1);
    }

    /// Where each row's cells begin, and where the last one's end.
    struct layout {
        std::array<std::size_t, label_count> sizes{};
        std::array<std::size_t, metric_rows.size()> firsts{};
        std::size_t end = 0;
    };
    static layout layout_of(label_entries const& entries);

    void add_series(families& to, std::size_t row, std::size_t series) const;
    /// For each label the places here of another object's values.
    using translation = std::array<std::vector<std::size_t>, label_count>;
    translation translation_of(metric_cells const& other) const;
    std::optional<std::size_t> translated(
        translation const& places, metric_cells const& from, std::size_t row, std::size_t series
    ) const;

    label_entries const entries_;
    layout const layout_;
    striped_cells cells_;
};

extern template class metric_cells<metric_owner::service>;
extern template class metric_cells<metric_owner::configured>;
extern template class metric_cells<metric_owner::issuers>;

}  // namespace service
