#include "tests/bench/core_bench/bench_case.hpp"

#include "tests/bench/core_bench/allocations.hpp"

#include <algorithm>
#include <benchmark/benchmark.h>
#include <chrono>
#include <utility>
#include <vector>

namespace bench {
namespace {

using us = std::chrono::duration<double, std::micro>;

void fail_unless(bool is_good, benchmark::State& state)
{
    if (!is_good)
        state.SkipWithError("it failed");
}

void run_one(piece_of_work const& work, benchmark::State& state)
{
    bool is_good = work();  // makes what is kept
    auto const before = allocations();
    for ([[maybe_unused]] auto const _ : state)
        is_good = work() && is_good;
    state.counters["allocations"] = benchmark::Counter(
        static_cast<double>(allocations() - before), benchmark::Counter::kAvgIterations
    );
    fail_unless(is_good, state);
}

void run_pair(piece_of_work const& raw, piece_of_work const& core, benchmark::State& state)
{
    using steady = std::chrono::steady_clock;
    bool is_good = raw() && core();
    std::vector<double> differences;
    for ([[maybe_unused]] auto const _ : state) {
        auto const began = steady::now();
        is_good = raw() && is_good;
        auto const between = steady::now();
        is_good = core() && is_good;
        auto const ended = steady::now();
        differences.push_back(us((ended - between) - (between - began)).count());
    }
    auto const middle = differences.begin() + static_cast<std::ptrdiff_t>(differences.size() / 2);
    std::nth_element(differences.begin(), middle, differences.end());
    state.counters["adds_us"] = benchmark::Counter(*middle);
    fail_unless(is_good, state);
}

}  // namespace

void add(bench_case const& what, piece_of_work raw, piece_of_work core)
{
    auto const name = std::string(what.operation) + "/" + what.algorithm + "/"
        + std::to_string(what.octets) + "/";
    auto const run = [](auto&&... work) {
        return [=](benchmark::State& state) {
            if constexpr (sizeof...(work) == 1)
                run_one(work..., state);
            else
                run_pair(work..., state);
        };
    };
    auto const add_one = [&](char const* side, auto work) {
        benchmark::RegisterBenchmark((name + side).c_str(), std::move(work))
            ->Unit(benchmark::kMicrosecond);
    };
    add_one("raw", run(raw));
    add_one("core", run(core));
    add_one("pair", run(raw, core));
}

}  // namespace bench
