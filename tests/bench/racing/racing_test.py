"""The rules of a race: what is chosen, what its targets are, and what a table says of figures that are given here."""
import pathlib
import sys
import unittest

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import cases  # noqa: E402
import core_table  # noqa: E402
import rounds  # noqa: E402
import servers  # noqa: E402
import table  # noqa: E402
from rounds import Run  # noqa: E402

CASES = {case.name: case for case in cases.all_cases()}
ES256 = CASES["auth-once-ES256"]


def given(case, *figures):
    """Rounds of one case: a dict of competitor -> microseconds for each."""
    return [{(case.name, name): Run(us) for name, us in one.items()} for one in figures]


class Cases(unittest.TestCase):
    def test_every_target_is_of_a_case(self):
        self.assertEqual(len(CASES), 3 * 4 + 4 + 4 + 1 + 1)
        for case in CASES.values():
            known = {"nginx", "raw", "one thread", "plain", "fastest peer", *cases.PEERS, *CASES}
            self.assertTrue(case.limits, case.name)
            for limit in case.limits:
                self.assertLessEqual(set(limit), known, case.name)

    def test_a_pattern_that_names_nothing_is_an_error(self):
        self.assertEqual([case.name for case in cases.chosen(["sign-*S256"])], ["sign-HS256", "sign-RS256", "sign-ES256"])
        with self.assertRaises(SystemExit):
            cases.chosen(["auth-*", "sgin-ES256"])

    def test_a_token_that_is_used_once_is_made_once(self):
        raced = cases.chosen(["auth-one-ES256", "auth-once-RS256", "decrypt-RSA-OAEP-256"])
        self.assertEqual(cases.tokens_wanted(raced, 2, 50_000), {"RS256": 50_000, "ES256": 1, "RSA-OAEP-256": 0})

    def test_the_length_of_a_body_counts_the_token(self):
        whole = cases.filled(cases.request_of(CASES["verify-once-ES256"], "s"), "a.b.c")
        head, body = whole.split(b"\r\n\r\n")
        self.assertEqual(body, b'{"token":"a.b.c"}')
        self.assertIn(b"Content-Length: 17", head)
        self.assertNotIn(b"Authorization", head)


class Configurations(unittest.TestCase):
    def test_each_case_has_what_it_needs_and_nothing_else(self):
        def text(name):
            return servers.signet_config(CASES[name], "/keys", 1, 1)

        self.assertIn("jwks_file", text("auth-once-ES256"))
        self.assertIn("secret:", text("verify-once-HS256"))
        self.assertNotIn("callers", text("auth-once-ES256"))
        self.assertIn("allowed_claims", text("sign-EdDSA"))
        self.assertIn("use: enc", text("decrypt-RSA-OAEP-256"))


class Verdicts(unittest.TestCase):
    def test_a_ratio_is_made_within_a_round(self):
        measured = given(ES256, {"signet": 40, "haproxy": 100}, {"signet": 80, "haproxy": 200}, {"signet": 42, "haproxy": 100})
        self.assertEqual(table.verdict(measured, ES256, {"haproxy": 0.45}), "0.45 x haproxy: met, 0.40 (0.40-0.42)")

    def test_a_median_above_the_limit_is_missed(self):
        measured = given(ES256, {"signet": 50, "haproxy": 100}, {"signet": 40, "haproxy": 100}, {"signet": 46, "haproxy": 100})
        self.assertTrue(table.verdict(measured, ES256, {"haproxy": 0.45}).startswith("0.45 x haproxy: MISSED, 0.46"))

    def test_a_sum_is_the_sum_of_one_round(self):
        sign = CASES["sign-ES256"]
        measured = given(sign, {"signet": 43, "raw": 30, "nginx": 10}, {"signet": 45, "raw": 30, "nginx": 10})
        self.assertEqual(table.bound_us(measured[0], sign, {"raw": 1, "nginx": 1.4}), 44)
        self.assertTrue(table.verdict(measured, sign, {"raw": 1, "nginx": 1.4}).startswith("raw + 1.4 x nginx: met, 1.00"))

    def test_the_fastest_peer_is_chosen_in_each_round(self):
        one = CASES["auth-one-HS256"]
        measured = given(one, {"signet": 10, "go": 40, "fast-jwt": 25}, {"signet": 10, "go": 20, "fast-jwt": 25})
        self.assertEqual([table.bound_us(r, one, {"fastest peer": 0.5}) for r in measured], [12.5, 10])

    def test_another_case_is_that_of_the_same_round(self):
        verify = CASES["verify-once-ES256"]
        measured = given(verify, {"signet": 60})
        measured[0].update(given(ES256, {"signet": 50})[0])
        self.assertTrue(table.verdict(measured, verify, verify.limits[0]).startswith("1.4 x auth-once-ES256: met, 1.20"))

    def test_what_was_not_measured_is_not_met(self):
        self.assertEqual(table.verdict(given(ES256, {"signet": 1}), ES256, {"haproxy": 0.45}), "0.45 x haproxy: not measured")

    def test_a_baseline_is_exceeded_only_when_the_rounds_agree(self):
        slower = given(ES256, *({"signet": us, "before": 100} for us in (105, 106, 104, 107, 103.5)))
        unclear = given(ES256, *({"signet": us, "before": 100} for us in (105, 98, 104, 99, 110)))
        equal = given(ES256, *({"signet": us, "before": 100} for us in (101, 102, 100, 102, 99)))
        self.assertEqual([table.is_slower(one, ES256) for one in (slower, unclear, equal)], [True, False, False])
        self.assertIn("auth-once-ES256 takes 1.05", table.slower_cases(slower, [ES256])[0])

    def test_of_two_rounds_nothing_is_concluded(self):
        self.assertFalse(table.is_slower(given(ES256, *2 * [{"signet": 200, "before": 100}]), ES256))

    def test_a_late_answer_is_marked(self):
        measured = given(ES256, {"signet": 1})
        run = measured[0][ES256.name, "signet"]
        run.p50_us, run.p99_us = 100, 250
        self.assertEqual(table.latency(measured, ES256), "0.25 / 0.10 ms = 2.5")
        run.p99_us = 301
        self.assertTrue(table.latency(measured, ES256).endswith("MISSED"))

    def test_next_to_our_late_answers_are_those_of_nginx(self):
        measured = given(ES256, {"signet": 1, "nginx": 1})
        for name, p99 in ("signet", 400), ("nginx", 200):
            run = measured[0][ES256.name, name]
            run.p50_us, run.p99_us = 100, p99
        self.assertEqual(table.latency(measured, ES256), "0.40 / 0.10 ms = 4.0 MISSED; nginx 0.20 / 0.10 ms = 2.0")

    def test_a_row_has_a_cell_for_each_column(self):
        sign = CASES["sign-HS256"]
        measured = given(ES256, {"signet": 40, "haproxy": 100, "nginx": 10})
        measured[0].update(given(sign, {"signet": 20, "raw": 2, "nginx": 10})[0])
        rows = table.markdown(measured, [ES256, sign]).splitlines()
        self.assertEqual({row.count("|") for row in rows}, {rows[0].count("|")})
        self.assertEqual(len(rows), 4)


class Order(unittest.TestCase):
    def test_peers_run_only_where_they_can(self):
        plan = rounds.Plan(binary="", run=None, keys=None, cases=[], cpus=(0, 1), peers={"haproxy": "", "go": ""},
                           core_bench="x", baseline="y")  # fmt: skip
        self.assertEqual(rounds.competitors(plan, ES256), ["nginx", "haproxy", "go", "before", "signet"])
        self.assertEqual(rounds.competitors(plan, CASES["auth-once-EdDSA"]), ["nginx", "go", "before", "signet"])
        self.assertEqual(rounds.competitors(plan, CASES["sign-ES256"]), ["nginx", "raw", "before", "signet"])
        self.assertEqual(rounds.competitors(plan, CASES["threads-HS256"]), ["one thread", "before", "signet"])


class CoreTable(unittest.TestCase):
    @staticmethod
    def report(raw, core, adds):
        def one(side, us, **counter):
            name = f"verify/ES256/1024/{side}"
            return {"name": name, "run_name": name, "run_type": "iteration", "cpu_time": us, "time_unit": "us", **counter}

        return {"benchmarks": [one("raw", us, allocations=3.0) for us in raw]
                + [one("core", us, allocations=20.0) for us in core] + [one("pair", 1, adds_us=us) for us in adds]}

    def test_what_is_added_is_the_median_of_the_pairs(self):
        (row,) = core_table.rows_of(self.report([50, 60, 52], [54, 54.5, 70], [2, 2.5, 40]))
        self.assertEqual(row.text(), "| verify | ES256 | 1024 | 52.00 | 54.50 | 2.50 (2.00-40.00) | 3 / 20 | met: 3 us |")

    def test_more_than_the_limit_is_missed(self):
        (row,) = core_table.rows_of(self.report([50], [53], [3.1]))
        self.assertEqual(row.verdict, "MISSED")

    def test_a_case_that_failed_ends_the_program(self):
        failed = self.report([50], [51], [1])
        failed["benchmarks"][0].update(error_occurred=True, error_message="it failed")
        with self.assertRaises(SystemExit):
            core_table.rows_of(failed)
        with self.assertRaises(SystemExit):
            core_table.rows_of(self.report([50], [], [1]))


if __name__ == "__main__":
    unittest.main()
