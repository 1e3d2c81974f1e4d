// What core adds to the primitive, for each algorithm and three sizes of payload.
//
//   core_bench [--benchmark_filter=REGEX] [--benchmark_format=json] ...
//
// A case is called `operation/algorithm/octets/` and then raw, core or pair: see bench_case.hpp.
// core_table.py runs this program and puts the three into a row.
#include "tests/bench/core_bench/bench_case.hpp"

#include <benchmark/benchmark.h>

int main(int count, char** arguments)
{
    bench::add_parsing();
    bench::add_signatures();
    bench::add_encryption();
    benchmark::Initialize(&count, arguments);
    if (benchmark::ReportUnrecognizedArguments(count, arguments))
        return 2;
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
    return 0;
}
