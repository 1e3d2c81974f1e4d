#include "service/observe/metric_cells.hpp"

#include "service/observe/metric_families.hpp"

#include <map>
#include <utility>

namespace service {
namespace {

constexpr std::size_t gone = ~std::size_t{0};

std::size_t cells_per_series(metric_row const& of) noexcept
{
    return of.type == metric_type::histogram ? histogram_size : 1;
}

/// sizes    how many values each label has.
std::size_t
series_count_of(metric_row const& of, std::array<std::size_t, label_count> const& sizes) noexcept
{
    std::size_t count = 1;
    for (auto const one : of.labels)
        count *= sizes[index_of(one)];
    return count;
}

/// Whether a series of the row is only shown once something was counted.
bool hides_zeros(metric_row const& of) noexcept
{
    return of.zeros == metric_zeros::hidden || of.type == metric_type::histogram;
}

}  // namespace

template <metric_owner Owner>
metric_cells<Owner>::metric_cells(label_entries entries)
    : entries_(std::move(entries)), layout_(layout_of(entries_)), cells_(layout_.end)
{
}

template <metric_owner Owner>
typename metric_cells<Owner>::layout metric_cells<Owner>::layout_of(label_entries const& entries)
{
    layout made;
    std::ranges::transform(entries, made.sizes.begin(), [](auto const& one) { return one.size(); });
    for (std::size_t i = 0; i < metric_rows.size(); ++i) {
        if (metric_rows[i].owner != Owner)
            continue;
        made.firsts[i] = made.end;
        made.end += series_count_of(metric_rows[i], made.sizes) * cells_per_series(metric_rows[i]);
    }
    return made;
}

template <metric_owner Owner>
void metric_cells<Owner>::add_series(families& to, std::size_t row, std::size_t series) const
{
    auto const& of = metric_rows[row];
    std::array<label_entry const*, label_list::size_max> all{};
    bool may_be_zero = of.zeros != metric_zeros::hidden;
    auto rest = series;
    for (std::size_t i = of.labels.size(); i-- > 0;) {
        auto const kind = index_of(of.labels[i]);
        auto const place = rest % layout_.sizes[kind];
        rest /= layout_.sizes[kind];
        all[i] = &entries_[kind][place];
        bool const is_last = i + 1 == of.labels.size();
        may_be_zero = may_be_zero && all[i]->shows_zeros
            && (of.zeros == metric_zeros::shown || !is_last || place == 0);
    }
    auto const labels = std::span(all).first(of.labels.size());
    auto const at = layout_.firsts[row] + series * cells_per_series(of);
    if (of.type == metric_type::histogram) {
        histogram_values now{};
        for (std::size_t i = 0; i < now.size(); ++i)
            now[i] = cells_.sum(at + i);
        return to.add(row, labels, now);
    }
    auto const value = cells_.sum(at);
    if (value != 0 || may_be_zero)
        to.add(
            row, labels,
            of.type == metric_type::gauge ? static_cast<double>(static_cast<std::int64_t>(value))
                                          : static_cast<double>(value)
        );
}

/// Of many profiles and issuers most combinations were never counted, and are passed over.
template <metric_owner Owner> void metric_cells<Owner>::add_to(families& to) const
{
    for (std::size_t i = 0; i < metric_rows.size(); ++i) {
        auto const& of = metric_rows[i];
        if (of.owner != Owner)
            continue;
        auto const first = layout_.firsts[i], each = cells_per_series(of);
        auto const count = series_count_of(of, layout_.sizes);
        for (std::size_t series = 0; series < count; ++series) {
            if (hides_zeros(of))
                series =
                    std::max(series, (cells_.next_counted(first + series * each) - first) / each);
            if (series < count)
                add_series(to, i, series);
        }
    }
}

template <metric_owner Owner>
typename metric_cells<Owner>::translation
metric_cells<Owner>::translation_of(metric_cells const& other) const
{
    translation made;
    for (auto const& row : metric_rows) {
        if (row.owner != Owner)
            continue;
        for (auto const one : row.labels) {
            auto const kind = index_of(one);
            if (!made[kind].empty())
                continue;
            using texts = std::pair<std::string_view, std::string_view>;  // of the entries
            std::map<texts, std::size_t> mine;
            for (std::size_t i = 0; i < entries_[kind].size(); ++i)
                mine.emplace(texts(entries_[kind][i].text, entries_[kind][i].second), i);
            for (auto const& entry : other.entries_[kind]) {
                auto const found = mine.find(texts(entry.text, entry.second));
                made[kind].push_back(found == mine.end() ? gone : found->second);
            }
        }
    }
    return made;
}

/// The number here of another object's series of a row; nullopt when one of its labels is gone.
template <metric_owner Owner>
std::optional<std::size_t> metric_cells<Owner>::translated(
    translation const& places, metric_cells const& from, std::size_t row, std::size_t series
) const
{
    auto const& labels = metric_rows[row].labels;
    std::array<std::size_t, label_list::size_max> at{};
    for (std::size_t i = labels.size(); i-- > 0;) {
        auto const kind = index_of(labels[i]);
        at[i] = places[kind][series % from.layout_.sizes[kind]];
        series /= from.layout_.sizes[kind];
        if (at[i] == gone)
            return std::nullopt;
    }
    std::size_t made = 0;
    for (std::size_t i = 0; i < labels.size(); ++i)
        made = made * layout_.sizes[index_of(labels[i])] + at[i];
    return made;
}

template <metric_owner Owner>
void metric_cells<Owner>::take_over(metric_cells const& earlier, seen_counts& seen)
{
    auto const places = translation_of(earlier);
    for (std::size_t row = 0; row < metric_rows.size(); ++row) {
        auto const& of = metric_rows[row];
        if (of.owner != Owner)
            continue;
        auto const each = cells_per_series(of);
        auto const first = earlier.layout_.firsts[row];
        auto const end = first + series_count_of(of, earlier.layout_.sizes) * each;
        for (auto at = earlier.cells_.next_counted(first); at < end;
             at = earlier.cells_.next_counted(at + 1)) {
            auto const now = earlier.cells_.sum(at);
            if (now == 0)
                continue;
            auto const more = now - std::exchange(seen[at], now);
            auto const series = translated(places, earlier, row, (at - first) / each);
            if (series && more != 0)
                cells_.add(layout_.firsts[row] + *series * each + (at - first) % each, more);
        }
    }
}

template class metric_cells<metric_owner::service>;
template class metric_cells<metric_owner::configured>;
template class metric_cells<metric_owner::issuers>;

}  // namespace service
