#include "service/observe/striped_cells.hpp"

#include <algorithm>
#include <cstdlib>

namespace service {

striped_cells::striped_cells(std::size_t count)
    : count_(count), page_count_((count + page_size - 1) / page_size)
{
}

striped_cells::~striped_cells()
{
    for (auto const& one : stripes_) {
        auto* const pages = one.pages.load(std::memory_order_acquire);
        if (pages == nullptr)
            continue;
        for (std::size_t i = 0; i < page_count_; ++i)
            delete pages[i].load(std::memory_order_acquire);
        std::free(pages);
    }
}

/// Several threads may come here at once for the place that they share: the first one's memory
/// counts. Without memory the process ends, as it does everywhere else.
striped_cells::page& striped_cells::add_page(std::size_t place, std::size_t index) noexcept
{
    auto& table = stripes_[place].pages;
    auto* pages = table.load(std::memory_order_acquire);
    if (pages == nullptr) {
        // calloc: most of a large table is never touched, and then takes no memory.
        auto* const made =
            static_cast<std::atomic<page*>*>(std::calloc(page_count_, sizeof(std::atomic<page*>)));
        if (made == nullptr)
            std::abort();
        if (table.compare_exchange_strong(pages, made))
            pages = made;
        else
            std::free(made);
    }
    page* known = nullptr;
    auto made = std::make_unique<page>();
    if (pages[index].compare_exchange_strong(known, made.get()))
        return *made.release();
    return *known;
}

striped_cells::page const*
striped_cells::page_of(std::size_t place, std::size_t index) const noexcept
{
    auto* const pages = stripes_[place].pages.load(std::memory_order_acquire);
    return pages == nullptr ? nullptr : pages[index].load(std::memory_order_acquire);
}

std::uint64_t striped_cells::sum(std::size_t at) const noexcept
{
    std::uint64_t all = 0;
    for (std::size_t place = 0; place < stripes_.size(); ++place)
        if (auto const* const found = page_of(place, at / page_size); found != nullptr)
            all += found->cells[at % page_size].load(std::memory_order_relaxed);
    return all;
}

std::size_t striped_cells::next_counted(std::size_t at) const noexcept
{
    for (auto index = at / page_size; index < page_count_; ++index)
        for (std::size_t place = 0; place < stripes_.size(); ++place)
            if (page_of(place, index) != nullptr)
                return std::max(at, index * page_size);
    return count_;
}

}  // namespace service
