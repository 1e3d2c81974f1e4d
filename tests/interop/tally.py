"""The results of all exchanges."""
import collections

import peers

SHOWN = 8  # places of one reason that are named


class Tally:
    def __init__(self):
        self.passed, self.failures = 0, []
        self.skipped = collections.defaultdict(list)  # reason -> where

    def run(self, where, crossing):
        """Counts the results; a peer that refuses where it should not is a failure."""
        try:
            return self.count(where, crossing())
        except peers.Refused as error:
            return self.count(where, f"they give up: {error}")

    def count(self, where, outcome):
        """outcome: None when it worked, "skip: why", or what went wrong. Returns the word for a table."""
        if outcome is None:
            self.passed += 1
            return "ok"
        if outcome.startswith("skip: "):
            self.skipped[outcome[6:]].append(where)
            return "-"
        self.failures.append(f"{where}: {outcome}")
        return "FAIL"

    def report(self):
        """Prints what was skipped and what failed, and the counts; the exit code."""
        for reason, where in self.skipped.items():
            more = f" and {len(where) - SHOWN} more" if len(where) > SHOWN else ""
            print(f"skipped: {reason}: {', '.join(where[:SHOWN])}{more}")
        for failure in self.failures:
            print(f"FAIL {failure}")
        print(f"{self.passed} passed, {len(self.failures)} failed, "
              f"{sum(map(len, self.skipped.values()))} skipped")
        return 1 if self.failures else 0
