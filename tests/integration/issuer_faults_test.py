"""Other issuers' keys, when the origin is broken, slow, hostile or gone, and under floods of unknown kids.

Run by ctest (the binary in SIGNET), or as:
    PYTHONPATH=tests/support python3 tests/integration/issuer_faults_test.py build/dev/signet
"""
import concurrent.futures
import http.client
import json
import pathlib
import re
import subprocess
import tempfile
import time
import unittest

import origin
import service
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from es256 import b64, token
from issuer_case import BINARY, PATIENCE, QUICK, IssuerCase, configuration, fetched, wait_until
from origin_modes import ENDLESS

SICK = ["503", "404", "hang", "drip", "slow_head", "reset", "close", "truncated", "huge",
        "huge_announced", "huge_head", "no_http", "html", "empty_set", "empty_object", "redirect"]


class IssuerFaults(IssuerCase):
    # A broken origin, while there are good keys: P2 and P5.

    def test_every_sick_answer_leaves_the_keys_that_were_good(self):
        self.ready()
        for mode in SICK:
            with self.subTest(mode):
                self.origin.requests.clear()
                self.origin.mode = mode
                wait_until(lambda: self.state() == "stale" and self.issuers()["corp"]["failures"], mode)
                started = time.monotonic()
                for _ in range(20):
                    self.accepted()
                self.refused("key_not_found", token(self.key, "nobody"))
                self.accepted()
                self.assertEqual(self.readyz().status, 200)
                self.assertEqual(self.readyz().json["status"], "degraded")
                spent = time.monotonic() - started
                self.assertLess(len(self.origin.fetches()), 12 + spent * 2)
                self.origin.mode = "good"
                wait_until(lambda: self.state() == "fresh", "the recovery")
        self.assertGreater(self.metric("jwks_stale_served_total", issuer="corp"), 20 * len(SICK) - 1)
        self.assertEqual(self.readyz().json["status"], "ready")

    def test_an_origin_that_is_gone_leaves_the_keys_that_were_good(self):
        self.ready()
        self.origin.close()
        wait_until(lambda: self.state() == "stale")
        for _ in range(20):
            self.accepted()
        self.assertEqual(self.readyz().status, 200)

    def test_a_hanging_origin_holds_no_valid_token(self):
        self.ready()
        self.origin.mode = "hang"
        wait_until(lambda: self.state() == "stale")
        text = token(self.key, "k1")

        def one(_):
            started = time.monotonic()
            connection = http.client.HTTPConnection("127.0.0.1", self.running.data_port, timeout=PATIENCE)
            connection.request("POST", "/verify", json.dumps({"token": text}), {"Content-Type": "application/json"})
            status = connection.getresponse().status
            connection.close()
            return status, time.monotonic() - started

        with concurrent.futures.ThreadPoolExecutor(50) as many:
            answers = list(many.map(one, range(50)))
        self.assertEqual({status for status, _ in answers}, {200})

    def test_a_huge_answer_costs_no_memory(self):
        self.ready()
        before = self.resident()
        self.origin.mode = "huge"
        count = len(self.origin.fetches())
        wait_until(lambda: len(self.origin.fetches()) > count + 3)
        self.assertLess(self.resident() - before, 16 * 1024)  # KiB; ASan keeps what is freed
        self.accepted()

    def test_octets_without_end_cost_no_memory(self):
        self.ready()
        before = self.resident("VmHWM")
        for mode in ENDLESS:
            with self.subTest(mode):
                self.origin.requests.clear()
                self.origin.mode = mode
                wait_until(lambda: self.issuers()["corp"]["failures"] and self.origin.fetches(), mode)
                self.assertEqual(self.outcome(), "too_large")
                self.assertLess(self.resident("VmHWM") - before, 32 * 1024)
                self.accepted()
                self.origin.mode = "good"
                wait_until(lambda: self.state() == "fresh", "the recovery")

    def test_discovery_and_handshakes_without_end_cost_no_memory(self):
        doors = ["https_endless", "https_long_chain"]
        more = f'{QUICK}, ca_file: "{self.origin.folder}/ca.pem"'
        text = "".join(
            fetched(self.origin.door_url(door) + "/jwks", more, name=door, iss=f"https://{door}.example")
            for door in doors)
        for mode in ENDLESS:
            text += f'  - {{name: {mode}, issuer: "{self.origin.url}/as/{mode}", discovery: true, {QUICK}}}\n'
        self.start(configuration(text, names=", ".join([*doors, *ENDLESS])))
        before = self.resident("VmRSS")
        for name in (*doors, *ENDLESS):
            wait_until(lambda name=name: self.outcome(name), name)
            self.assertEqual(self.outcome(name), "too_large", name)
        self.assertLess(self.resident("VmHWM") - before, 48 * 1024)

    def resident(self, figure="VmRSS"):
        status = pathlib.Path(f"/proc/{self.running.process.pid}/status").read_text()
        return int(re.search(rf"{figure}:\s+(\d+)", status).group(1))

    def test_bad_keys_in_a_set_are_left_out_one_by_one(self):
        self.origin.mode = "mixed"
        self.ready()
        self.accepted()
        self.assertEqual(self.issuers()["corp"]["keys_left_out"], 4)

    def leaked(self, key, jwk, kid="leaked"):
        return {**jwk, "kid": kid, "d": b64(key.private_numbers().private_value.to_bytes(32, "big"))}

    def test_a_key_is_used_under_no_entry_when_its_private_half_is_published(self):
        other = self.origin.new_key("k2")
        again = {**self.origin.keys[1], "kid": "again"}
        self.origin.keys += [again, self.leaked(other, self.origin.keys[1]),
                             {"kty": "oct", "kid": "shared", "k": b64(b"k" * 32)}]
        self.ready()
        self.accepted()
        for kid in ["k2", "again", "leaked"]:
            self.refused("key_not_found", token(other, kid))
        corp = self.issuers()["corp"]
        self.assertEqual([one["kid"] for one in corp["keys"]], ["k1"])
        self.assertEqual([(one["kid"], one["reason"]) for one in corp["left_out"]],
                         [("k2", "private_half_published"), ("again", "private_half_published"),
                          ("leaked", "private_half_published"), ("shared", "secret")])
        self.assertEqual(len({one.get("thumbprint") for one in corp["left_out"]}), 2)
        self.assertEqual(self.metric("jwks_private_keys_published", issuer="corp"), 3)
        url = f"http://127.0.0.1:{self.running.admin_port}"
        shown = subprocess.run([BINARY, "issuers", "--url", url], capture_output=True, timeout=PATIENCE).stdout
        self.assertIn(b'private half published, not used: "k2" "again" "leaked"', shown)
        named = self.events("issuer_private_key_published")
        self.assertEqual([one["kid"] for one in named], ["k2", "again", "leaked"])
        count = len(self.origin.fetches())
        wait_until(lambda: len(self.origin.fetches()) > count + 1)
        self.assertEqual(len(self.events("issuer_private_key_published")), 3)  # once, not at each fetch

    def test_the_key_in_use_ends_when_its_private_half_is_published(self):
        with tempfile.TemporaryDirectory() as cache:
            text = configuration(fetched(self.origin.url + "/jwks"), f'jwks_cache_dir: "{cache}/jwks"')
            self.start(text)
            wait_until(lambda: self.state() == "fresh", "the first keys")
            self.accepted()
            self.origin.keys[0] = self.leaked(self.key, self.origin.keys[0], "k1")
            wait_until(lambda: self.state() == "unavailable", "the end of the keys")
            self.refused("keys_unavailable", status=503)
            self.assertIn("private half", self.issuers()["corp"]["problem"])
            kept = pathlib.Path(cache, "jwks", "corp.json")
            wait_until(lambda: not kept.exists(), "the end of the file")
            self.running.stop()
            self.origin.mode = "hang"
            self.start(text)
            self.refused("keys_unavailable", status=503)  # nor does the next start use them

    def test_no_private_key_or_secret_is_written_to_the_disk(self):
        with tempfile.TemporaryDirectory() as cache:
            self.start(configuration(fetched(self.origin.url + "/jwks"), f'jwks_cache_dir: "{cache}/jwks"'))
            kept = pathlib.Path(cache, "jwks", "corp.json")
            wait_until(kept.exists, "the file")
            other = self.origin.new_key("k2")
            public = self.origin.keys.pop()
            for kid, entry in (("leaked", self.leaked(other, public)),
                               ("shared", {"kty": "oct", "kid": "shared", "k": b64(b"k" * 32)})):
                self.origin.keys[1:] = [entry]
                named = [kid]
                wait_until(lambda: [one["kid"] for one in self.issuers()["corp"]["left_out"]] == named, kid)
                wait_until(lambda: not kept.exists(), "the end of the file")
                self.accepted()
                self.origin.keys[1:] = []
                wait_until(kept.exists, "the file again")

    def test_the_private_half_of_a_key_of_our_own_is_an_error_in_the_log(self):
        ours = ec.generate_private_key(ec.SECP256R1())
        text = configuration(fetched(self.origin.url + "/jwks"))
        pem = ours.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                 serialization.NoEncryption())
        self.origin.keys.append(self.leaked(ours, origin.public_jwk(ours.public_key(), "x"), "sig-1"))
        self.start(text + "issuer: urn:us\nkeys: [{name: sig, file: sig.pem}]\n", files={"sig.pem": pem})
        wait_until(lambda: self.events("own_private_key_published"), "the line")
        said = self.events("own_private_key_published")[0]
        self.assertEqual((said["level"], said["issuer"], said["kid"]), ("error", "corp", "sig-1"))

    def test_an_empty_set_is_not_believed_at_once(self):
        self.ready()
        self.origin.mode = "empty_set"
        wait_until(lambda: self.metric("jwks_fetch_total", issuer="corp", outcome="empty") >= 2)
        self.accepted()
        self.assertEqual(self.metric("jwks_fetch_total", issuer="corp", outcome="emptied"), 0)
        self.assertEqual(len(self.issuers()["corp"]["keys"]), 1)

    # Lifetimes and conditions.

    def test_the_origins_lifetime_counts_and_its_etag_is_sent_back(self):
        self.origin.cache_control = "max-age=1"
        more = "cache_ttl: 1h, min_ttl: 1s, max_ttl: 2h"
        self.ready(text=configuration(fetched(self.origin.url + "/jwks", more)))
        wait_until(lambda: len(self.origin.fetches()) >= 3)
        self.assertTrue(all("if-none-match" in one.headers for one in self.origin.fetches()[1:]))
        self.assertGreaterEqual(self.metric("jwks_fetch_total", issuer="corp", outcome="same"), 1)
        self.accepted()
        self.origin.cache_control = "max-age=86400"
        wait_until(lambda: self.issuers()["corp"]["fresh_until"] > time.strftime(
            "%Y-%m-%dT%H:%M:%S", time.gmtime(time.time() + 3600)))

    def test_stale_if_error_0_ends_with_the_ttl_and_then_says_so(self):
        more = QUICK + ", stale_if_error: 0s"
        self.ready(text=configuration(fetched(self.origin.url + "/jwks", more)))
        self.accepted()
        self.origin.mode = "503"
        wait_until(lambda: self.state() == "unavailable")
        self.refused("keys_unavailable", status=503)
        self.assertEqual(self.readyz().status, 200)
        self.assertTrue(self.events("jwks_unusable"))
        self.origin.mode = "good"
        wait_until(lambda: self.state() == "fresh")
        self.accepted()

    # Unknown kids: P1.

    def test_two_hundred_unknown_kids_cost_two_fetches_and_hold_nobody(self):
        self.ready(text=configuration(fetched(self.origin.url + "/jwks", "cache_ttl: 1h")))
        for number in range(200):
            self.refused("key_not_found", token(self.key, f"stranger-{number}"))
        self.accepted()
        self.assertEqual(len(self.origin.fetches()), 3)
        self.assertEqual(self.metric("jwks_unknown_kid_total", issuer="corp", outcome="suppressed"), 198)

    def test_unknown_kids_at_a_sick_origin_are_key_not_found_and_hold_no_valid_token(self):
        self.ready(text=configuration(fetched(self.origin.url + "/jwks", "cache_ttl: 1h")))
        self.origin.mode = "503"
        self.refused("key_not_found", token(self.key, "stranger"))
        self.accepted()
        self.assertEqual(self.state(), "fresh")

    def test_a_token_waits_for_the_one_fetch_no_longer_than_miss_wait(self):
        more = "cache_ttl: 1h, miss_wait: 300ms, total_timeout: 20s"
        self.ready(text=configuration(fetched(self.origin.url + "/jwks", more)))
        self.origin.mode = "hang"
        started = time.monotonic()
        self.refused("key_not_found", token(self.key, "stranger"))
        self.assertGreater(time.monotonic() - started, 0.29)
        self.assertLess(time.monotonic() - started, 10)
        self.accepted()

    def test_tokens_that_could_not_be_good_cause_no_fetch(self):
        self.ready(text=configuration(fetched(self.origin.url + "/jwks", "cache_ttl: 1h")))
        for text in (token(self.key, "x", exp=int(time.time()) - 3600), token(self.key, "x" * 257),
                     token(self.key, "a\nb"), token(self.key, "")):
            self.verify(text)
        bad = token(self.key, "x", header={"alg": "HS256"})
        self.refused("algorithm_not_allowed", bad)
        self.assertEqual(len(self.origin.fetches()), 1)

    def test_a_kid_that_was_asked_for_is_not_asked_for_again(self):
        self.ready(text=configuration(fetched(self.origin.url + "/jwks", "cache_ttl: 1h")))
        for _ in range(5):
            self.refused("key_not_found", token(self.key, "stranger"))
        self.assertEqual(len(self.origin.fetches()), 2)
        self.assertEqual(self.metric("jwks_unknown_kid_total", issuer="corp", outcome="negative"), 4)

    # Starts.

    def kept(self):
        """A folder for keys, and a configuration that keeps them there."""
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        where = pathlib.Path(folder.name) / "kept"
        return where, configuration(fetched(self.origin.url + "/jwks"), server=f'jwks_cache_dir: "{where}"')

    def test_a_start_without_the_origin_uses_the_keys_of_the_last_run(self):
        where, text = self.kept()
        with service.start(BINARY, text) as first:
            self.running = first
            wait_until(lambda: self.state() == "fresh" and (where / "corp.json").exists())
        self.assertEqual((where / "corp.json").stat().st_mode & 0o777, 0o600)
        self.assertEqual(where.stat().st_mode & 0o777, 0o700)
        self.origin.mode = "503"
        self.start(text)
        self.accepted()
        self.assertEqual(self.readyz().status, 200)
        self.assertTrue(self.events("jwks_restored"))

    def test_kept_keys_that_are_broken_open_old_or_of_another_origin_are_not_used(self):
        where, text = self.kept()
        with service.start(BINARY, text) as first:
            self.running = first
            wait_until(lambda: self.state() == "fresh" and (where / "corp.json").exists())
        self.origin.mode = "503"
        whole = (where / "corp.json").read_text()
        old = json.loads(whole) | {"fetched_at_ms": int((time.time() - 90000) * 1000)}
        ahead = json.loads(whole) | {"fetched_at_ms": int((time.time() + 3600) * 1000)}
        other = json.loads(whole) | {"source": "https://other.example/jwks"}
        for content, mode in ((whole[:50], 0o600), (whole, 0o666), (json.dumps(old), 0o600),
                              (json.dumps(ahead), 0o600), (json.dumps(other), 0o600)):
            with self.subTest(mode=mode, content=content[:60]):
                (where / "corp.json").write_text(content)
                (where / "corp.json").chmod(mode)
                with service.start(BINARY, text) as running:
                    self.running = running
                    self.refused("keys_unavailable", status=503)
                    self.assertTrue(self.events("jwks_not_restored"))

    def test_readiness_waits_for_keys_as_the_policy_says(self):
        self.origin.mode = "503"
        url = self.origin.url + "/jwks"
        for server, more, status in (("startup_policy: serve_degraded", "", 200),
                                     ("startup_policy: wait", "", 503),
                                     ("startup_wait: 0s", "", 200),
                                     ("startup_wait: 0s", ", required: true", 503)):
            with self.subTest(server + more):
                with service.start(BINARY, configuration(fetched(url, QUICK + more), server=server)) as running:
                    self.running = running
                    self.assertEqual(self.readyz().status, status)
                    self.assertEqual(running.get("/livez", port=running.admin_port).status, 200)
                    if status == 503:
                        self.assertEqual(self.readyz().code, "keys_unavailable")
                        self.origin.mode = "good"
                        wait_until(lambda: self.readyz().status == 200)
                        self.origin.mode = "503"
                        wait_until(lambda: self.state() == "stale")
                        self.assertEqual(self.readyz().status, 200)

    def test_a_stop_does_not_wait_for_the_network(self):
        self.origin.mode = "hang"
        more = "total_timeout: 30s, connect_timeout: 1s"
        running = service.start(BINARY, configuration(fetched(self.origin.url + "/jwks", more)))
        wait_until(self.origin.fetches)
        started = time.monotonic()
        running.stop()
        self.assertLess(time.monotonic() - started, 15)

    def test_the_first_tokens_wait_for_the_first_keys(self):
        self.origin.mode = "hang"
        more = "miss_wait: 2s, total_timeout: 1s"
        self.start(configuration(fetched(self.origin.url + "/jwks", more)))
        wait_until(self.origin.fetches)
        self.refused("keys_unavailable", status=503)
        self.origin.mode = "good"
        wait_until(lambda: self.verify().status == 200)


if __name__ == "__main__":
    unittest.main(verbosity=2)
