"""Fetches that fail, keys that rotate, files that change and tokens of every kind, all at the same time,
and a stop in between. A race would show in the exit code, and under TSan as a report.

Run by ctest (the binary in SIGNET), or as:
    PYTHONPATH=tests/support python3 tests/integration/issuer_storm_test.py build/tsan/signet
"""
import itertools
import json
import pathlib
import random
import threading
import time
import unittest

import origin
import service
from es256 import token
from issuer_case import BINARY, IssuerCase, configuration, fetched, wait_until

ROUNDS = 3
STORM = 3.0  # seconds of each round
CLIENTS = 4
MODES = ["good", "503", "reset", "html", "empty_set", "hang", "good", "drip"]
QUICKEST = "cache_ttl: 1s, min_ttl: 1s, total_timeout: 300ms, connect_timeout: 200ms, miss_wait: 200ms"
ALLOWED = {200, 422, 503}


class Storm(IssuerCase):
    def configured(self):
        other = "https://file.example.com"
        text = fetched(self.origin.url + "/jwks", QUICKEST)
        text += f'  - {{name: file, issuer: "{other}", jwks_file: others.jwks.json}}\n'
        return configuration(text, "threads: 3, drain_limit: 5s", names="corp, file"), other

    def change(self, folder, until):
        """Changes the origin's mode and the file, as fast as possible."""
        for turn in itertools.count():
            if time.monotonic() > until:
                return
            self.origin.mode = random.choice(MODES)
            if turn % 5 == 0:
                self.origin.new_key(f"n{turn}")
            fresh = folder / "others.new"
            fresh.write_text(json.dumps({"keys": [origin.public_jwk(self.key.public_key(), f"f{turn % 2}")]}))
            fresh.chmod(0o644)
            fresh.rename(folder / "others.jwks.json")
            time.sleep(0.02)

    def ask(self, other, until, seen):
        client = self.running.another_client()
        self.addCleanup(client.hang_up)
        for turn in itertools.count():
            if time.monotonic() > until:
                return
            tokens = [
                token(self.key, "k1"),
                token(self.key, f"nobody-{random.random()}"),
                token(self.key, f"f{turn % 2}", iss=other),
            ]
            try:
                for one in tokens:
                    seen.append(client.post("/verify", {"token": one}).status)
                seen.append(client.post("/verify/batch", {"tokens": tokens}).status)
                self.running_issuers(client)
            except (ConnectionError, OSError):
                return  # the service has stopped

    @staticmethod
    def running_issuers(client):
        for path in ("/issuers", "/metrics", "/readyz"):
            client.get(path, port=client.admin_port)

    def test_failures_rotations_changed_files_and_a_stop_together(self):
        for number in range(ROUNDS):
            with self.subTest(number):
                self.one_round(stop_early=number % 2 == 1)

    def one_round(self, stop_early):
        text, other = self.configured()
        self.origin.mode = "good"
        keys = json.dumps({"keys": [origin.public_jwk(self.key.public_key(), "f0")]})
        self.running = service.start(BINARY, text, files={"others.jwks.json": keys})
        try:
            wait_until(lambda: self.state() == "fresh", "the first keys")
            until = time.monotonic() + STORM
            folder, seen = pathlib.Path(self.running.folder), []
            crowd = [threading.Thread(target=self.change, args=(folder, until))]
            crowd += [threading.Thread(target=self.ask, args=(other, until, seen)) for _ in range(CLIENTS)]
            for one in crowd:
                one.start()
            if stop_early:
                time.sleep(STORM / 2)
                self.running.process.terminate()
                crowd[0].join()
                self.running.process.wait(service.STOP_LIMIT)
            for one in crowd:
                one.join()
        finally:
            self.assertEqual(self.running.stop(), 0)
        self.assertGreater(len(seen), 20)
        self.assertEqual(set(seen) - ALLOWED, set())


if __name__ == "__main__":
    unittest.main(verbosity=2)
