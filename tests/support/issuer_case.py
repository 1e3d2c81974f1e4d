"""What the tests of other issuers share: an origin, a service that follows it, and their output."""
import json
import os
import re
import sys
import time
import unittest

import origin
import service
from es256 import ISSUER, token

BINARY = os.path.abspath(sys.argv.pop(1) if len(sys.argv) > 1 else os.environ["SIGNET"])
PATIENCE = 60  # seconds for anything; sanitizers on a busy machine are slow
QUICK = "cache_ttl: 1s, min_ttl: 1s, total_timeout: 1s, connect_timeout: 1s"  # refreshed each second
SERVER = 'server: {listen: [{address: "127.0.0.1:0", endpoints: [all]}], %s}\n'


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


class IssuerCase(unittest.TestCase):
    """Each test has an origin with one key, `k1`, and starts a service that follows it."""

    def setUp(self):
        self.running = None
        self.origin = origin.Origin()
        self.addCleanup(self.origin.close)
        self.origin.cache_control = None
        self.key = self.origin.new_key("k1")

    def start(self, text=None, **more):
        """A service of this test. The one before it ends first: its fetches would be counted among this one's."""
        if self.running:
            self.running.stop()
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
