#pragma once

#include "service/observe/thread_place.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace service {

/// Numbers that any thread adds to, and that are only read as sums. Each thread has cells of its
/// own, so that no two threads write to the same one: an addition is a load and a store, without a
/// lock or a locked instruction. Threads without a thread_place share cells that are added to
/// atomically.
///
/// Memory is taken in pages, when a thread first adds to one of the page's numbers: of many series
/// most are never counted.
class striped_cells {
public:
    static constexpr std::size_t page_size = 64;  ///< numbers; half a KiB

    explicit striped_cells(std::size_t count);
    ~striped_cells();
    striped_cells(striped_cells const&) = delete;
    striped_cells& operator=(striped_cells const&) = delete;

    /// at   below the count.
    void add(std::size_t at, std::uint64_t amount) noexcept
    {
        auto const place = thread_place();
        auto& mine = cell_of(place, at);
        if (place == thread_places)
            mine.fetch_add(amount, std::memory_order_relaxed);
        else
            mine.store(mine.load(std::memory_order_relaxed) + amount, std::memory_order_relaxed);
    }
    /// All threads' together, modulo 2^64.
    std::uint64_t sum(std::size_t at) const noexcept;
    /// The first number at or after `at` that may not be zero, or the count.
    std::size_t next_counted(std::size_t at) const noexcept;

private:
    using cell = std::atomic<std::uint64_t>;
    struct alignas(64) page {
        std::array<cell, page_size> cells{};
    };
    struct stripe {
        std::atomic<std::atomic<page*>*> pages{nullptr};
    };

    cell& cell_of(std::size_t place, std::size_t at) noexcept
    {
        auto* const pages = stripes_[place].pages.load(std::memory_order_acquire);
        auto* const found =
            pages == nullptr ? nullptr : pages[at / page_size].load(std::memory_order_acquire);
        return (found == nullptr ? add_page(place, at / page_size) : *found).cells[at % page_size];
    }
    page& add_page(std::size_t place, std::size_t index) noexcept;
    page const* page_of(std::size_t place, std::size_t index) const noexcept;

    std::size_t const count_, page_count_;
    std::array<stripe, thread_places + 1> stripes_;  // by thread_place
};

}  // namespace service
