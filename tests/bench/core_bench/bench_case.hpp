#pragma once

#include <array>
#include <functional>
#include <string>
#include <string_view>

namespace bench {

/// Sizes of payloads and plaintexts in octets.
inline constexpr std::array<std::size_t, 3> payload_sizes{64, 1024, 16384};

/// What is measured.
struct bench_case {
    std::string_view operation;
    std::string algorithm;
    std::size_t octets;
};

/// Does something once, and says whether it went well. It owns what it uses.
using piece_of_work = std::function<bool()>;

/// Adds three benchmarks to the program, called `operation/algorithm/octets/` and then
///
///   raw    only the primitive, through the interface of core/crypto
///   core   what core does with it: reading, choosing a key, checking, writing
///   pair   both in turns. Its counter adds_us is the median of their differences: each is of two
///          neighbours, so that the machine's changes of speed fall on both.
///
/// A piece of work that does not go well fails its benchmark.
void add(bench_case const& what, piece_of_work raw, piece_of_work core);

void add_parsing();
void add_signatures();
void add_encryption();

}  // namespace bench
