"""Other issuers' keys, fetched from an origin that is well, sick, slow, hostile or gone.

Run by ctest (the binary in SIGNET), or as:
    PYTHONPATH=tests/support python3 tests/integration/issuers_test.py build/dev/signet
"""
import concurrent.futures
import http.client
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

import origin
import proxy
import service
from es256 import ISSUER, b64, token

BINARY = os.path.abspath(sys.argv.pop(1) if len(sys.argv) > 1 else os.environ["SIGNET"])
PATIENCE = 60  # seconds for anything; sanitizers on a busy machine are slow
QUICK = "cache_ttl: 1s, min_ttl: 1s, total_timeout: 1s, connect_timeout: 1s"  # refreshed each second
SERVER = 'server: {listen: [{address: "127.0.0.1:0", endpoints: [all]}], %s}\n'
SICK = ["503", "404", "hang", "drip", "slow_head", "reset", "close", "truncated", "huge",
        "huge_announced", "huge_head", "no_http", "html", "empty_set", "empty_object", "redirect"]


def fetched(url, more=QUICK, name="corp", iss=ISSUER):
    return f'  - {{name: {name}, issuer: "{iss}", jwks_uri: "{url}", {more}}}\n'


def configuration(issuers, server="", names="corp"):
    text = f"issuers:\n{issuers}verify_profiles: {{default: {{issuers: [{names}], audiences: [api]}}}}\n"
    return (SERVER % server if server else "") + text


def wait_until(holds, what="it"):
    end = time.monotonic() + PATIENCE
    while not (found := holds()):
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(0.03)
    return found


class Issuers(unittest.TestCase):
    def setUp(self):
        self.origin = origin.Origin()
        self.addCleanup(self.origin.close)
        self.origin.cache_control = None
        self.key = self.origin.new_key("k1")

    def start(self, text=None, **more):
        running = service.start(BINARY, text or configuration(fetched(self.origin.url + "/jwks")), **more)
        self.addCleanup(running.stop)
        self.running = running
        return running

    def ready(self, **more):
        """A service that has the origin's keys."""
        running = self.start(**more)
        wait_until(lambda: self.state() == "fresh", "the first keys")
        return running

    def verify(self, text=None):
        return self.running.post("/verify", {"token": text or token(self.key, "k1")})

    def accepted(self, text=None):
        reply = self.verify(text)
        self.assertEqual(reply.status, 200, reply)
        return reply

    def refused(self, code, text=None, status=422):
        reply = self.verify(text)
        self.assertEqual((reply.status, reply.code), (status, code), reply)
        return reply

    def issuers(self):
        got = self.running.get("/issuers", port=self.running.admin_port)
        self.assertEqual(got.status, 200)
        return {one["name"]: one for one in got.json["issuers"]}

    def state(self, name="corp"):
        return self.issuers()[name]["state"]

    def outcome(self, name="corp"):
        return self.issuers()[name].get("last_outcome")

    def metric(self, name, **labels):
        """The sum of a metric's series that have these labels."""
        text = self.running.get("/metrics", port=self.running.admin_port).body
        wanted = [f'{key}="{value}"' for key, value in labels.items()]
        rows = re.findall(rf"^signet_{name}(?:{{(.*)}})? (\S+)$", text, re.M)
        return sum(float(value) for found, value in rows if all(one in found for one in wanted))

    def readyz(self):
        return self.running.get("/readyz", port=self.running.admin_port)

    def events(self, name):
        lines = self.running.log_text().rpartition("\n")[0].splitlines()
        return [one for one in map(json.loads, lines) if one["event"] == name]

    # Keys that are there.

    def test_keys_from_a_url_verify_and_are_shown(self):
        self.ready()
        self.assertEqual(self.accepted().json["issuer"], ISSUER)
        shown = self.issuers()["corp"]
        self.assertEqual(shown["source"], "jwks_uri")
        self.assertEqual(shown["keys"], [{"kid": "k1", "kty": "EC", "alg": "ES256"}])
        self.assertEqual(self.metric("jwks_keys", issuer="corp"), 1)
        self.assertLess(abs(self.metric("jwks_last_success_timestamp_seconds", issuer="corp") - time.time()), 60)

    def test_keys_over_https_with_an_authority_of_its_own(self):
        folder = pathlib.Path(self.origin.folder)
        more = f'{QUICK}, ca_file: "{folder}/ca.pem"'
        self.ready(text=configuration(fetched(self.origin.https_url + "/jwks", more)))
        self.accepted()

    def test_keys_over_https_with_a_client_certificate(self):
        folder = pathlib.Path(self.origin.folder)
        more = (f'{QUICK}, ca_file: "{folder}/ca.pem", client_cert: "{folder}/client.pem", '
                f'client_key: "{folder}/client.key"')
        self.ready(text=configuration(fetched(self.origin.door_url("https_client") + "/jwks", more)))
        self.accepted()

    def test_a_server_that_is_not_trusted_gives_no_keys(self):
        folder = pathlib.Path(self.origin.folder)
        more = f'{QUICK}, ca_file: "{folder}/ca.pem"'
        doors = ["https_expired", "https_wrong_host", "https_unknown", "https_old"]
        text = "".join(
            fetched(self.origin.door_url(door) + "/jwks", more, name=door, iss=f"https://{door}.example")
            for door in doors)
        self.start(configuration(text, names=", ".join(doors)))
        for door in doors:
            wait_until(lambda door=door: self.outcome(door), door)
            self.assertEqual((self.outcome(door), self.state(door)), ("tls", "unavailable"))
        self.assertEqual(self.origin.fetches(), [])

    def test_keys_through_a_proxy_with_headers_of_our_own(self):
        with proxy.Proxy() as between:
            more = f'{QUICK}, proxy_url: "{between.url}", headers: {{X-Api-Key: "env:API_KEY"}}'
            self.ready(text=configuration(fetched(self.origin.url + "/jwks", more)),
                       environment={"API_KEY": "s3cret"})
            self.accepted()
            self.assertEqual(self.origin.fetches()[0].headers["x-api-key"], "s3cret")
            self.assertTrue(between.requests)
        self.assertNotIn("s3cret", self.running.log_text())
        self.assertNotIn("s3cret", self.running.get("/issuers", port=self.running.admin_port).body)

    def test_discovery_in_both_forms_leads_to_the_keys(self):
        url = self.origin.url
        text = f'  - {{name: corp, issuer: "{url}", discovery: FORM, {QUICK}}}\n'
        for form, path in (("true", "openid-configuration"), ("oauth", "oauth-authorization-server")):
            with self.subTest(form):
                self.origin.requests.clear()
                self.ready(text=configuration(text.replace("FORM", form)))
                self.accepted(token(self.key, "k1", iss=url))
                self.assertEqual(len(self.origin.fetches(f"/.well-known/{path}")), 1)
                self.assertEqual(self.issuers()["corp"]["url"], url + "/jwks")

    def test_discovery_that_names_another_issuer_or_another_host_gives_no_keys(self):
        url = self.origin.url
        for wrong in ({"issuer": "https://evil.example"}, {"issuer": url + "/"}, {"issuer": None},
                      {"jwks_uri": "https://evil.example/jwks"}, {"jwks_uri": None},
                      {"jwks_uri": "file:///etc/passwd"}):
            with self.subTest(**wrong):
                self.origin.metadata = wrong
                self.origin.requests.clear()
                self.start(configuration(f'  - {{name: corp, issuer: "{url}", discovery: true, {QUICK}}}\n'))
                wait_until(self.outcome)
                self.assertEqual(self.outcome(), "metadata")
                self.assertEqual(self.origin.fetches(), [])
                self.refused("keys_unavailable", token(self.key, "k1", iss=url), status=503)

    # An origin that is sick, with good keys at hand: P2 and P5.

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

    def resident(self):
        status = pathlib.Path(f"/proc/{self.running.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status).group(1))

    def test_bad_keys_in_a_set_are_left_out_one_by_one(self):
        self.origin.mode = "mixed"
        self.ready()
        self.accepted()
        self.assertEqual(self.issuers()["corp"]["keys_left_out"], 4)

    def test_secrets_and_private_keys_in_a_set_are_never_used(self):
        numbers = self.key.private_numbers()
        leaked = {**self.origin.keys[0], "kid": "leaked", "d": b64(numbers.private_value.to_bytes(32, "big"))}
        self.origin.keys += [leaked, {"kty": "oct", "kid": "shared", "k": b64(b"k" * 32)}]
        self.ready()
        self.assertEqual([one["kid"] for one in self.issuers()["corp"]["keys"]], ["k1"])
        self.refused("key_not_found", token(self.key, "leaked"))

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

    # Rotation: P3 and P4.

    def test_a_new_key_is_usable_with_its_first_token(self):
        self.ready(text=configuration(fetched(self.origin.url + "/jwks", "miss_wait: 2s")))
        fresh = self.origin.new_key("k2")
        self.accepted(token(fresh, "k2"))
        self.assertEqual(len(self.origin.fetches()), 2)
        self.assertEqual(self.metric("jwks_unknown_kid_total", issuer="corp", outcome="refetched"), 1)

    def test_a_new_key_is_usable_in_a_batch_and_on_auth(self):
        self.ready(text=configuration(fetched(self.origin.url + "/jwks", "miss_wait: 2s")))
        fresh = self.origin.new_key("k2")
        reply = self.running.post("/verify/batch", {"tokens": [token(self.key, "k1"), token(fresh, "k2")]})
        self.assertEqual(reply.status, 200, reply)
        last = self.origin.new_key("k3")
        reply = self.running.get("/auth", {"Authorization": "Bearer " + token(last, "k3")})
        self.assertEqual(reply.status, 200, reply)

    def test_an_emergency_rotation_without_a_common_key_counts_at_once(self):
        self.ready()
        self.origin.keys.clear()
        fresh = self.origin.new_key("k2")
        wait_until(lambda: self.verify(token(fresh, "k2")).status == 200)
        self.refused("key_not_found")

    def test_a_removed_key_is_refused_after_the_next_refresh(self):
        self.origin.new_key("k2")
        self.ready()
        self.accepted()
        self.origin.remove_key("k1")
        wait_until(lambda: self.verify().status == 422)
        self.refused("key_not_found")

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

    # Several issuers.

    def test_a_key_of_one_issuer_never_verifies_for_another(self):
        with origin.Origin() as other:
            foreign = other.new_key("k1")
            text = fetched(self.origin.url + "/jwks") + fetched(
                other.url + "/jwks", name="other", iss="https://other.example")
            self.ready(text=configuration(text, names="corp, other"))
            wait_until(lambda: self.state("other") == "fresh")
            self.accepted()
            self.accepted(token(foreign, "k1", iss="https://other.example"))
            self.refused("signature_invalid", token(foreign, "k1"))
            self.refused("signature_invalid", token(self.key, "k1", iss="https://other.example"))
            self.refused("issuer_mismatch", token(self.key, "k1", iss="https://third.example"))

    def test_a_sick_issuer_is_no_matter_for_another(self):
        text = fetched(self.origin.url + "/jwks") + fetched(
            self.origin.url + "/as/503/jwks", name="sick", iss="https://sick.example")
        self.start(configuration(text, server="startup_policy: serve_degraded", names="corp, sick"))
        wait_until(lambda: self.state() == "fresh")
        self.accepted()
        self.refused("keys_unavailable", token(self.key, "k1", iss="https://sick.example"), status=503)

    def test_a_url_or_a_key_in_a_token_is_never_used(self):
        with origin.Origin() as evil:
            attacker = evil.new_key("evil")
            self.ready()
            for header in ({"jku": evil.url + "/jwks"}, {"x5u": evil.url + "/x"}, {"jwk": evil.keys[0]},
                           {"x5c": ["MIIB"]}):
                self.refused("key_not_found", token(attacker, "evil", header=header))
                self.refused("signature_invalid", token(attacker, "k1", header=header))
            self.assertEqual(evil.requests, [])

    def test_link_local_and_metadata_addresses_are_blocked(self):
        text = "".join(
            fetched(f"https://{address}/jwks", name=f"a{i}", iss=f"https://{i}.example")
            for i, address in enumerate(["169.254.169.254", "[fe80::1]", "0.0.0.0", "224.0.0.1"]))
        text += fetched(self.origin.url + "/jwks", QUICK + ', deny_cidrs: ["127.0.0.0/8"]')
        self.start(configuration(text, names="a0, a1, a2, a3, corp"))
        for name in ("a0", "a1", "a2", "a3", "corp"):
            wait_until(lambda name=name: self.outcome(name), name)
            self.assertEqual(self.outcome(name), "forbidden_address", name)

    # Files.

    def test_a_file_of_keys_is_watched_also_behind_a_swapped_link(self):
        with tempfile.TemporaryDirectory() as folder:
            mount = pathlib.Path(folder)

            def publish(version):
                made = mount / f"..{version}"
                made.mkdir()
                (made / "jwks.json").write_bytes(self.origin.key_set())
                (mount / "..data_tmp").symlink_to(made.name)
                os.replace(mount / "..data_tmp", mount / "..data")

            publish(1)
            (mount / "jwks.json").symlink_to("..data/jwks.json")
            self.start(configuration(
                f'  - {{name: corp, issuer: "{ISSUER}", jwks_file: "{mount}/jwks.json"}}\n'))
            self.accepted()
            fresh = self.origin.new_key("k2")
            publish(2)
            wait_until(lambda: self.verify(token(fresh, "k2")).status == 200)
            (mount / "..2" / "jwks.json").write_text('{"keys":[]}')
            wait_until(lambda: self.events("issuer_file_refused"))
            self.accepted()
            shutil.rmtree(mount / "..2")
            wait_until(lambda: len(self.events("issuer_file_refused")) > 1)
            self.accepted(token(fresh, "k2"))

    # Starts.

    def kept(self, more=QUICK, wait=""):
        folder = self.enterContext(tempfile.TemporaryDirectory()) if hasattr(self, "enterContext") else None
        if folder is None:
            made = tempfile.TemporaryDirectory()
            self.addCleanup(made.cleanup)
            folder = made.name
        where = pathlib.Path(folder) / "kept"
        text = configuration(fetched(self.origin.url + "/jwks", more), server=f'jwks_cache_dir: "{where}"{wait}')
        return where, text

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

    # People.

    def test_the_command_shows_every_issuer(self):
        self.ready()
        url = f"http://127.0.0.1:{self.running.admin_port}"
        ran = subprocess.run([BINARY, "issuers", "--url", url], capture_output=True, timeout=PATIENCE,
                             env=service.clean_environment())
        self.assertEqual(ran.returncode, 0, ran.stderr)
        lines = ran.stdout.decode().splitlines()
        self.assertTrue(lines[0].startswith("NAME"))
        self.assertEqual(lines[1].split()[:3], ["corp", "fresh", "1"])
        ran = subprocess.run([BINARY, "issuers", "--url", url, "--json"], capture_output=True,
                             timeout=PATIENCE, env=service.clean_environment())
        self.assertEqual(json.loads(ran.stdout)["issuers"][0]["name"], "corp")

    def test_a_failure_is_logged_with_its_reason_and_nothing_of_the_answer(self):
        self.ready()
        self.origin.mode = "html"
        wait_until(lambda: self.events("jwks_fetch_failed"))
        said = self.events("jwks_fetch_failed")[0]
        self.assertEqual((said["issuer"], said["outcome"], said["usable"]), ("corp", "foreign", True))
        self.assertNotIn("Sign in", self.running.log_text())


if __name__ == "__main__":
    unittest.main(verbosity=2)
