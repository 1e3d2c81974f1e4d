// What work costs: core/algorithms/work_costs.hpp compared with this machine.
//
//   work_costs [--check] [rounds=9] [only=]
//
// Prints the CPU time of each piece of work, as the reference core would take it, and what the
// table says. A `!` marks what the table has too low (a ratio over 1.2) or more than twice too
// high; of texts, only the slowest of a kind is near the table. With --check the exit code is 1
// when a ratio is over 1.5: then a request could use that much more than its budget.
//
// The reference core is one that does `multiply_numbers` in `reference_us`. Every sample follows
// one of that, and their ratio is what counts: a machine that is slower, or busy, gives the same
// figures.
#include "tests/bench/cost_rows.hpp"
#include "tests/support/thread_time.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <numeric>
#include <string_view>

namespace {

using us = std::chrono::duration<double, std::micro>;

constexpr double reference_us = 1000;
constexpr double sample_us = 1000;  // a sample repeats its work for about so long
constexpr double ratio_max = 1.5;

/// The work that defines the reference core: products of two numbers of 32 words. It uses nothing
/// of ours, nor of a library, nor an instruction that some machines lack.
std::uint64_t multiply_numbers(std::uint64_t first)
{
    __extension__ using wide = unsigned __int128;
    constexpr std::size_t words = 32, products = 1400;
    std::array<std::uint64_t, words> a{}, b{};
    std::iota(a.begin(), a.end(), first);
    std::iota(b.begin(), b.end(), 0xc2b2ae3d27d4eb4fULL);
    for (std::size_t n = 0; n < products; ++n) {
        std::array<std::uint64_t, 2 * words> product{};
        for (std::size_t i = 0; i < words; ++i) {
            std::uint64_t carry = 0;
            for (std::size_t k = 0; k < words; ++k) {
                auto const sum = wide{a[i]} * b[k] + product[i + k] + carry;
                product[i + k] = static_cast<std::uint64_t>(sum);
                carry = static_cast<std::uint64_t>(sum >> 64U);
            }
            product[i + words] = carry;
        }
        std::copy_n(product.begin() + words / 2, words, a.begin());
    }
    return std::accumulate(a.begin(), a.end(), std::uint64_t{});
}

/// CPU time of the reference work, here and now.
double reference_now()
{
    static std::uint64_t volatile number = 0x9e3779b97f4a7c15ULL;  // nothing is known before
    auto const began = tests::thread_us();
    number = multiply_numbers(number);
    return tests::thread_us() - began;
}

struct measurement {
    cost_row const& row;
    std::size_t repeats = 1;
    std::vector<double> samples{};  // in us of the reference core, of one piece

    void warm_up()
    {
        row.work();
        auto const began = tests::thread_us();
        row.work();
        auto const once = std::max(tests::thread_us() - began, 0.05);
        repeats =
            static_cast<std::size_t>(std::max(1.0, sample_us * (row.is_random ? 20 : 1) / once));
    }
    void sample()
    {
        auto const reference = reference_now();
        auto const began = tests::thread_us();
        for (std::size_t i = 0; i < repeats; ++i)
            row.work();
        auto const all = tests::thread_us() - began;
        samples.push_back(all / static_cast<double>(repeats) * reference_us / reference);
    }
    double median()
    {
        std::ranges::sort(samples);
        return samples[samples.size() / 2];
    }
};

/// Prints one line. Returns the ratio of what was measured to the table; 0 when there is none.
double print(measurement& one)
{
    auto const took = one.median();
    auto const table = us(one.row.table).count();
    if (table == 0) {
        std::printf("%-52s %11.2f\n", one.row.name.c_str(), took);
        return 0;
    }
    auto const ratio = took / table;
    bool const is_odd = ratio > 1.2 || ratio < 0.5;
    std::printf(
        "%-52s %11.2f %11.2f %6.2f%s\n", one.row.name.c_str(), took, table, ratio,
        is_odd ? " !" : ""
    );
    return ratio;
}

}  // namespace

int main(int count, char** values)
{
    std::vector<std::string> arguments(values + 1, values + count);
    bool const checks = std::erase(arguments, "--check") > 0;
    auto const rounds = arguments.empty() ? 9 : std::strtoull(arguments[0].c_str(), nullptr, 10);
    auto const only = arguments.size() > 1 ? arguments[1] : "";

    cost_rows rows;
    add_keys(rows);
    add_encryption(rows);
    add_texts(rows);
    std::vector<measurement> all;
    for (auto const& row : rows) {
        if (row.name.find(only) != std::string::npos)
            all.push_back({row});
    }
    for (auto& one : all)
        one.warm_up();
    std::vector<double> references;
    for (std::size_t i = 0; i < rounds; ++i) {
        references.push_back(reference_now());
        for (auto& one : all)
            one.sample();
    }
    std::ranges::sort(references);
    std::printf(
        "a core that takes %.0f us for the reference work; the reference core takes %.0f us\n",
        references[references.size() / 2], reference_us
    );
    std::printf("%-52s %11s %11s %6s\n", "", "measured us", "table us", "ratio");
    double worst = 0;
    for (auto& one : all)
        worst = std::max(worst, print(one));
    std::printf("the highest ratio is %.2f; %.1f is allowed\n", worst, ratio_max);
    return checks && worst > ratio_max ? 1 : 0;
}
