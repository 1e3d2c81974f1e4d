"""What core adds to the primitive: the pairs of core_bench as one Markdown table.

    core_table.py [--only REGEX] [--repetitions N] [--seconds S] [--check] BINARY
    core_table.py [--check] FILE.json

BINARY is core_bench, which is run with its repetitions in a random order; FILE.json is what it printed with
--benchmark_format=json. Times are CPU time in microseconds, medians of the repetitions. `adds` is the median
difference of neighbours, one of each, with the least and the greatest of the repetitions in brackets. With --check the
exit code is 1 when verify or sign of 1 KiB adds more than LIMIT_US.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys

LIMIT_US = 3  # of verify and sign
LIMITED = {("verify", 1024), ("sign", 1024)}
UNITS = {"ns": 1e-3, "us": 1, "ms": 1e3, "s": 1e6}
FIRST_CURVES = "(P-256|Ed25519)"
HEAD = """| operation | algorithm | octets | raw us | core us | adds us | allocations raw / core | |
|---|---|--:|--:|--:|--:|--:|---|"""
SIDES = ("raw", "core", "pair")


class Row:
    """One operation: the repetitions of its three benchmarks."""

    def __init__(self, operation, algorithm, octets):
        self.operation, self.algorithm, self.octets = operation, algorithm, octets
        self.us = {side: [] for side in SIDES}
        self.allocations = {side: [] for side in SIDES}
        self.adds = []

    @property
    def verdict(self):
        """"met", "MISSED", or "" where there is no target."""
        if (self.operation, self.octets) not in LIMITED:
            return ""
        return "met" if statistics.median(self.adds) <= LIMIT_US else "MISSED"

    def text(self):
        raw, core = statistics.median(self.us["raw"]), statistics.median(self.us["core"])
        verdict = f"{self.verdict}: {LIMIT_US} us" if self.verdict else ""
        return (
            f"| {self.operation} | {self.algorithm} | {self.octets} | {raw:.2f} | {core:.2f} "
            f"| {statistics.median(self.adds):.2f} ({min(self.adds):.2f}-{max(self.adds):.2f}) "
            f"| {min(self.allocations['raw']):.0f} / {min(self.allocations['core']):.0f} | {verdict} |"
        )


def rows_of(report):
    """The operations of a report, by name. A case that failed, or is not whole, ends the program."""
    rows = {}
    for one in report["benchmarks"]:
        if one.get("error_occurred"):
            raise SystemExit(f"{one['name']}: {one.get('error_message')}")
        if one["run_type"] != "iteration":
            continue
        operation, algorithm, octets, side = one["run_name"].split("/")
        key = operation, algorithm, int(octets)
        row = rows.setdefault(key, Row(*key))
        row.us[side].append(one["cpu_time"] * UNITS[one["time_unit"]])
        if side == "pair":
            row.adds.append(one["adds_us"])
        else:
            row.allocations[side].append(one["allocations"])
    for key, row in rows.items():
        if not all(row.us.values()):
            raise SystemExit(f"{key} is not whole: raw, core and pair are needed")
    return [rows[key] for key in sorted(rows)]


def run(binary, only, repetitions, seconds, cpu=None):
    command = [] if cpu is None else ["taskset", "-c", str(cpu)]
    command += [
        os.path.abspath(binary), "--benchmark_format=json", f"--benchmark_filter={only}",
        f"--benchmark_repetitions={repetitions}", f"--benchmark_min_time={seconds}",
        "--benchmark_enable_random_interleaving=true",
    ]  # fmt: skip
    made = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    return json.loads(made)


def raw_us(binary, operation, algorithm, cpu, octets=1024, seconds=0.2):
    """The CPU time of one primitive on a core, in microseconds: for those who compare something else with it.

    algorithm   of several curves the first is meant.
    """
    name = f"^{operation}/{algorithm.replace('+', '[+]')}( {FIRST_CURVES})?/{octets}/raw$"
    report = run(binary, name, 1, seconds, cpu)
    return [one["cpu_time"] * UNITS[one["time_unit"]] for one in report["benchmarks"]][0]


def main():
    reader = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    reader.add_argument("source", help="core_bench, or what it printed as JSON")
    reader.add_argument("--only", default=".", help="a regular expression of names: ^verify/ES256/")
    reader.add_argument("--repetitions", type=int, default=5)
    reader.add_argument("--seconds", type=float, default=0.05, help="of each repetition, at least")
    reader.add_argument("--check", action="store_true")
    given = reader.parse_args()
    if given.source.endswith(".json"):
        with open(given.source) as file:
            report = json.load(file)
    else:
        report = run(given.source, given.only, given.repetitions, given.seconds)
    rows = rows_of(report)
    print(HEAD)
    for one in rows:
        print(one.text())
    bounded = [one for one in rows if one.verdict]
    missed = [one for one in bounded if one.verdict == "MISSED"]
    print(f"\n{len(bounded) - len(missed)} of {len(bounded)} within {LIMIT_US} us of the primitive")
    return 1 if given.check and missed else 0


if __name__ == "__main__":
    sys.exit(main())
