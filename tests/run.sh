#!/usr/bin/env bash
# Set-up, every build, every test. The last line says how many passed, failed and were skipped.
#
#   dev       all tests but those below, under ASan and UBSan
#   tsan      the unit tests and the service, under TSan
#   release   what ships: the binary's hardening, the files in deploy/, a short run of the benchmarks
#   fuzz      every fuzz target on its seeds and for some seconds more (where there is a clang that can)
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
passed=0 failed=0 skipped=0

# check PRESET "TARGET ..." [ctest argument...]: configures, builds, tests and adds to the counts.
check() {
    local preset=$1 targets=$2 report=$root/build/$1/report.xml ok=true total good out
    shift 2
    printf '\n== %s\n' "$preset"
    if ! cmake --preset "$preset" --log-level=WARNING >/dev/null ||
        ! NINJA_STATUS='[%f/%t] ' cmake --build "build/$preset" --target $targets; then
        printf 'preset %s does not build\n' "$preset"
        failed=$((failed + 1))
        return 0
    fi
    rm -f "$report"
    ctest --test-dir "build/$preset" -j 2 --output-on-failure --no-tests=error --timeout 300 \
        --output-junit "$report" "$@" || ok=false
    total=$(count '<testcase ') good=$(count '<testcase .* status="run"')
    # Skipped is what said so itself or is switched off; a test that could not start is a failure.
    out=$(($(count '<skipped message="SKIP_') + $(count '<testcase .* status="disabled"')))
    if ! $ok && [ "$total" -eq $((good + out)) ]; then total=$((total + 1)); fi
    passed=$((passed + good)) skipped=$((skipped + out)) failed=$((failed + total - good - out))
}

# count PATTERN: lines of check's report that begin so.
count() { if [ -f "$report" ]; then grep -c "^[[:space:]]*$1" "$report" || true; else echo 0; fi; }

deploy/setup.sh --tests
check dev all
printf '\n== vectors of others, in dev\n'
grep -hE ' wrong$|^ +(skipped|refused although)' build/dev/Testing/Temporary/LastTest.log || true
printf '\n== other implementations, and simulated issuers, in dev\n'
grep -hE '^[0-9]+ passed, [0-9]+ failed|^jwks simulation' build/dev/Testing/Temporary/LastTest.log || true
check tsan 'signet core_tests config_tests service_tests' -L 'unit|integration|security'
check release 'signet import_cost' -L 'deploy|bench'
grep -E '^(start-up|idle memory|a bomb|an honest token)' build/release/Testing/Temporary/LastTest.log || true
if cmake -P tests/fuzz/clang.cmake >/dev/null 2>&1; then
    check fuzz fuzzers
else
    printf '\n== fuzz\nskipped: no clang 16 or newer here\n'
    skipped=$((skipped + 1))
fi

printf '\n%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" -eq 0 ]
