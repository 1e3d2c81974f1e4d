#include "service/observe/striped_cells.hpp"

#include <doctest/doctest.h>

#include <set>
#include <thread>
#include <vector>

using namespace service;

TEST_SUITE("service/observe/striped_cells")
{
    TEST_CASE("striped_cells: sums what every thread added, also those that have ended")
    {
        striped_cells cells(1000);
        cells.add(999, 5);
        for (int round = 0; round < 3; ++round) {
            std::vector<std::thread> threads;
            for (int i = 0; i < 4; ++i)
                threads.emplace_back([&] {
                    for (int n = 0; n < 1000; ++n)
                        cells.add(7, 2);
                    cells.add(999, 1);
                });
            for (auto& one : threads)
                one.join();
        }
        CHECK(cells.sum(7) == 3 * 4 * 1000 * 2);
        CHECK(cells.sum(999) == 5 + 12);
        CHECK(cells.sum(8) == 0);
    }

    TEST_CASE("striped_cells: what is subtracted on one thread was added on another")
    {
        striped_cells cells(1);
        std::thread([&] { cells.add(0, 3); }).join();
        cells.add(0, static_cast<std::uint64_t>(std::int64_t{-4}));
        CHECK(static_cast<std::int64_t>(cells.sum(0)) == -1);
    }

    TEST_CASE("striped_cells: more threads than places lose nothing")
    {
        striped_cells cells(100);
        constexpr std::size_t many = thread_places + 20;
        std::atomic<std::size_t> ready{0};
        std::vector<std::size_t> places(many);
        std::vector<std::thread> threads;
        for (std::size_t i = 0; i < many; ++i)
            threads.emplace_back([&, i] {
                places[i] = thread_place();
                ++ready;
                while (ready < many)  // all live at once
                    std::this_thread::yield();
                for (int n = 0; n < 100; ++n)
                    cells.add(42, 1);
            });
        for (auto& one : threads)
            one.join();
        CHECK(cells.sum(42) == many * 100);
        auto const own = std::erase_if(places, [](auto place) { return place == thread_places; });
        CHECK(own >= 20);
        CHECK(std::set(places.begin(), places.end()).size() == places.size());
    }

    TEST_CASE("next_counted: passes over pages that no thread has written")
    {
        striped_cells cells(10 * striped_cells::page_size);
        CHECK(cells.next_counted(0) == 10 * striped_cells::page_size);
        cells.add(3 * striped_cells::page_size + 5, 1);
        CHECK(cells.next_counted(0) == 3 * striped_cells::page_size);
        CHECK(
            cells.next_counted(3 * striped_cells::page_size + 9) == 3 * striped_cells::page_size + 9
        );
        CHECK(cells.next_counted(4 * striped_cells::page_size) == 10 * striped_cells::page_size);
    }
}
