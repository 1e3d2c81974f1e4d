#!/usr/bin/env bash
# Set-up, every build, every test. The last line says how many passed, failed and were skipped.
#
#   tests/run.sh             what CI runs: the five presets below
#   tests/run.sh --long      the same, then the long tier: what takes minutes (label long)
#   tests/run.sh PRESET...   these only
#
# A preset is a workflow of CMakePresets.json, which says what it builds and which labels it tests:
#   dev        all tests but those below, under ASan and UBSan
#   tsan       what runs threads, under TSan: the tests of service, and the service from outside
#   release    what ships: the binary's hardening, the files in deploy/, a short run of the benchmarks
#   fuzz       every fuzz target on its seeds and for some seconds more (where there is a clang that can)
#   coverage   which lines of core its tests reach; fails under 90 %
#   long       on the release: the image, the build from nothing, many simulated lives and mutated keys, sick issuers
#   long-fuzz  every fuzz target for some minutes
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
passed=0 failed=0 skipped=0

# figures PRESET: what its tests printed that is worth reading.
figures() {
    local folder=$1
    case $1 in long) folder=release ;; long-fuzz) folder=fuzz ;; esac
    grep -hE ' wrong$|^ *skipped|^ +refused although|^[0-9]+ passed, [0-9]+ failed|^jwks simulation|^lines: |'\
'[0-9] requests, [0-9]+ refused, [0-9]+ lost$|'\
'^(start-up|idle memory|a bomb|an honest token|image: |source: )' "build/$folder/Testing/Temporary/LastTest.log" || true
}

# workflow PRESET: configures, builds, tests and adds what ctest says to the counts.
workflow() {
    local preset=$1 ok=true log=build/$1.log percent good bad all out ran
    printf '\n== %s\n' "$preset"
    if [[ $preset == *fuzz ]] && ! cmake -P tests/fuzz/clang.cmake >/dev/null 2>&1; then
        printf 'skipped: no clang 16 or newer here\n'
        skipped=$((skipped + 1))
        return 0
    fi
    mkdir -p build
    NINJA_STATUS='[%f/%t] ' cmake --workflow --preset "$preset" 2>&1 | tee "$log" || ok=false
    # ctest's own line counts what skipped itself as passed, and leaves out what is switched off.
    ran=$(grep -E '^[0-9]+% tests passed, [0-9]+ tests? failed out of [0-9]+$' "$log" | tail -n 1 || true)
    if [ -z "$ran" ]; then
        printf 'preset %s does not build, or has no tests\n' "$preset"
        failed=$((failed + 1))
        return 0
    fi
    read -r percent bad all <<<"$(tr -c '0-9\n' ' ' <<<"$ran")"
    out=$(unrun "$log" Skipped)
    good=$((all - bad - out)) out=$((out + $(unrun "$log" Disabled)))
    if ! $ok && [ "$bad" -eq 0 ]; then bad=1; fi
    passed=$((passed + good)) skipped=$((skipped + out)) failed=$((failed + bad))
    figures "$preset"
}

# unrun LOG WHY: how many tests ctest lists, after its line, as not run for that reason.
unrun() { sed '1,/tests passed,.*tests* failed out of/d' "$1" | grep -cE "^[[:space:]]+[0-9]+ - .* \($2\)$" || true; }

presets=()
for argument in "$@"; do
    case $argument in
    --long) presets+=(dev tsan release fuzz coverage long long-fuzz) ;;
    -*) printf 'usage: %s [--long | PRESET...]\n' "$0" >&2 && exit 2 ;;
    *) presets+=("$argument") ;;
    esac
done
[ ${#presets[@]} -gt 0 ] || presets=(dev tsan release fuzz coverage)

deploy/setup.sh --tests
for preset in "${presets[@]}"; do workflow "$preset"; done

printf '\n%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" -eq 0 ]
