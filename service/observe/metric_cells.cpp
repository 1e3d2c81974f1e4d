#include "service/observe/metric_cells.hpp"

#include "service/observe/metric_families.hpp"

namespace service {
namespace {

/// Rows begin at a cache line of their own, so that threads that count different metrics do not
/// write to the same one.
constexpr std::size_t cells_per_line = 64 / sizeof(cell);

std::size_t cells_per_series(metric_row const& of) noexcept
{
    return of.type == metric_type::histogram ? histogram_size : 1;
}

}  // namespace

template <metric_owner Owner>
metric_cells<Owner>::metric_cells(label_entries entries) : entries_(std::move(entries))
{
    std::ranges::transform(entries_, sizes_.begin(), [](auto const& one) { return one.size(); });
    std::size_t end = 0;
    for (std::size_t i = 0; i < metric_rows.size(); ++i) {
        if (metric_rows[i].owner != Owner)
            continue;
        firsts_[i] = end;
        end += series_count(metric_rows[i]) * cells_per_series(metric_rows[i]);
        end += (cells_per_line - end % cells_per_line) % cells_per_line;
    }
    cells_ = std::vector<cell>(end);
}

template <metric_owner Owner>
std::size_t metric_cells<Owner>::series_count(metric_row const& of) const noexcept
{
    std::size_t count = 1;
    for (auto const one : of.labels)
        count *= sizes_[index_of(one)];
    return count;
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
        auto const place = rest % sizes_[kind];
        rest /= sizes_[kind];
        all[i] = &entries_[kind][place];
        bool const is_last = i + 1 == of.labels.size();
        may_be_zero = may_be_zero && all[i]->shows_zeros
            && (of.zeros == metric_zeros::shown || !is_last || place == 0);
    }
    auto const labels = std::span(all).first(of.labels.size());
    auto const at = firsts_[row] + series * cells_per_series(of);
    if (of.type == metric_type::histogram)
        return to.add(row, labels, histogram_cells(&cells_[at], histogram_size));
    auto const value = cells_[at].load(std::memory_order_relaxed);
    if (value != 0 || may_be_zero)
        to.add(
            row, labels,
            of.type == metric_type::gauge ? static_cast<double>(static_cast<std::int64_t>(value))
                                          : static_cast<double>(value)
        );
}

template <metric_owner Owner> void metric_cells<Owner>::add_to(families& to) const
{
    for (std::size_t i = 0; i < metric_rows.size(); ++i) {
        if (metric_rows[i].owner != Owner)
            continue;
        auto const count = series_count(metric_rows[i]);
        for (std::size_t series = 0; series < count; ++series)
            add_series(to, i, series);
    }
}

template class metric_cells<metric_owner::service>;
template class metric_cells<metric_owner::issuers>;

}  // namespace service
