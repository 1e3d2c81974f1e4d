"""Callers' and strangers' work on the pool: neither stops the other, whatever it sends.

Run by ctest (the binary in SIGNET), or as:
    SIGNET=build/dev/signet PYTHONPATH=tests/support python3 tests/integration/pool_test.py
"""
import hashlib
import http.client
import json
import os
import re
import socket
import statistics
import threading
import time

import service

SIGNET = os.environ["SIGNET"]
PATIENCE = 120  # seconds for anything; sanitizers are slow
SECRET = "secret-of-the-other-caller-of-more-than-256-bits-0123"
CONFIG = """
server:
  threads: 2
  default_auth_profile: default
  listen: [{address: "127.0.0.1:0", endpoints: [all]}, "unix:api.sock"]
admin: {listen: ["127.0.0.1:0"]}
issuer: https://tokens.example.com
keys:
  - {name: sig, alg: RS256, generate: true}
sign_profiles: {default: {key: sig, callers: [me, other], ttl: 15m, allowed_claims: [sub]}}
verify_profiles: {default: {issuers: [self], audiences: none}}
callers: [{name: me, uid: %d}, {name: other, secret_sha256: %s}]
limits: {caller_jobs: CALLER_JOBS, queue_timeout: 1m, batch_items: 512, request_timeout: 1h}
""" % (os.getuid(), hashlib.sha256(SECRET.encode()).hexdigest())
SIGN = {"claims": {"sub": "x"}}


class Client:
    """One connection of a stranger (an address) or of the caller (the Unix socket); `secret` makes the stranger
    another caller."""

    def __init__(self, running, address=None, secret=None):
        self.running, self.address = running, address
        self.fields = {"Content-Type": "application/json"}
        if secret:
            self.fields["Authorization"] = f"Bearer {secret}"
        self.wire = http.client.HTTPConnection("localhost", timeout=PATIENCE)
        if address:
            self.wire.sock = socket.create_connection(
                ("127.0.0.1", running.data_port), PATIENCE, (address, 0)
            )
        else:
            self.wire.sock = socket.socket(socket.AF_UNIX)
            self.wire.sock.settimeout(PATIENCE)
            self.wire.sock.connect(str(running.folder / "api.sock"))

    def post(self, path, body):
        """(status, seconds)"""
        began = time.monotonic()
        text = json.dumps(body).encode()
        self.wire.request("POST", path, text, self.fields)
        reply = self.wire.getresponse()
        reply.read()
        self.retry_after = reply.getheader("Retry-After")
        return reply.status, time.monotonic() - began


class Flood:
    """Clients that send the same request again and again, until the end of the `with` block."""

    def __init__(self, clients, path, body):
        self.replies, self._clients, self._what = [], clients, (path, body)
        self._is_over = threading.Event()
        self._threads = [threading.Thread(target=self._send, args=[one]) for one in clients]

    def _send(self, client):
        while not self._is_over.is_set():
            self.replies.append(client.post(*self._what))
            if self.replies[-1][0] != 200:
                time.sleep(0.05)

    def took(self):
        """The median of the answers with 200, in seconds."""
        return statistics.median(seconds for status, seconds in list(self.replies) if status == 200)

    def __enter__(self):
        for one in self._threads:
            one.start()
        end = time.monotonic() + PATIENCE
        while sum(status == 200 for status, _ in list(self.replies)) < 4:
            if time.monotonic() > end:
                self.__exit__()
                raise AssertionError(self.replies[:10])
            time.sleep(0.02)
        return self

    def __exit__(self, *_):
        self._is_over.set()
        for one in self._threads:
            one.join()


def metric(running, name, **labels):
    text = running.get("/metrics", port=running.admin_port).body
    wanted = ",".join(f'{k}="{v}"' for k, v in labels.items())
    found = re.search(rf"^{name}\{{{wanted}\}} (\S+)$", text, re.MULTILINE)
    return float(found.group(1)) if found else 0


def wait_for(holds):
    end = time.monotonic() + PATIENCE
    while not (found := holds()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)
    return found


def start(caller_jobs=24, queue_timeout="1m"):
    text = CONFIG.replace("CALLER_JOBS", str(caller_jobs)).replace("queue_timeout: 1m", f"queue_timeout: {queue_timeout}")
    running = service.start(SIGNET, text)
    wire = Client(running).wire
    wire.request("POST", "/sign", json.dumps(SIGN), {"Content-Type": "application/json"})
    return running, json.loads(wire.getresponse().read())["token"]


def strangers_do_not_hold_up_a_callers_signature():
    running, token = start()
    with running:
        strangers = [Client(running, f"127.0.1.{i}") for i in range(1, 25)]
        caller = Client(running)
        with Flood(strangers, "/verify/batch", {"tokens": [token] * 512, "profile": "default"}) as flood:
            signed = [caller.post("/sign", SIGN) for _ in range(30)]
            assert {status for status, _ in signed} == {200}, signed
            took, batch = statistics.median(s for _, s in signed), flood.took()
        print(f"   /sign {took * 1000:.1f} ms, strangers' batches {batch * 1000:.0f} ms")
        assert took < batch / 4, (took, batch)
        assert metric(running, "signet_job_cpu_seconds_total", queue="strangers") > 0


def a_caller_that_fills_its_limit_does_not_starve_strangers():
    running, token = start()
    with running:
        callers = [Client(running) for _ in range(32)]
        stranger = Client(running, "127.0.1.1")
        with Flood(callers, "/sign/batch", {"items": [SIGN] * 64}) as flood:
            answers = [stranger.post("/verify/batch", {"tokens": [token], "profile": "default"}) for _ in range(20)]
            assert {status for status, _ in answers} == {200}, answers
            took, batch = statistics.median(s for _, s in answers), flood.took()
        print(f"   strangers {took * 1000:.1f} ms, the hostile caller's batches {batch * 1000:.0f} ms")
        assert took < batch / 2, (took, batch)
        assert {status for status, _ in flood.replies} == {200, 503}
        assert metric(running, "signet_jobs_refused_total", queue="callers", reason="caller") > 0
        assert metric(running, "signet_jobs_waiting", queue="callers") == 0
        assert metric(running, "signet_job_wait_seconds_count", queue="callers") > 0


def a_flood_of_callers_is_refused_early_and_takes_nobody_elses_place():
    running, _ = start(caller_jobs=1000, queue_timeout="100ms")
    with running:
        callers = [Client(running) for _ in range(64)]
        other = Client(running, "127.0.1.1", SECRET)
        with Flood(callers, "/sign/batch", {"items": [SIGN] * 48}) as flood:
            refused = wait_for(lambda: metric(running, "signet_jobs_refused_total", queue="callers", reason="age"))
            signed = [other.post("/sign", SIGN) for _ in range(30)]
            took = flood.took()
        assert {status for status, _ in signed} == {200}, signed
        assert {status for status, _ in flood.replies} == {200, 503}
        assert {one.retry_after for one in callers} <= {None, "1"} and any(one.retry_after for one in callers)
        waited = statistics.median(s for _, s in signed)
        print(f"   the other caller {waited * 1000:.1f} ms, the flood's batches {took * 1000:.0f} ms, {refused:.0f} refused")
        assert metric(running, "signet_jobs_refused_total", queue="callers", reason="caller") == 0


for test in (
    strangers_do_not_hold_up_a_callers_signature,
    a_caller_that_fills_its_limit_does_not_starve_strangers,
    a_flood_of_callers_is_refused_early_and_takes_nobody_elses_place,
):
    test()
    print("ok", test.__name__, flush=True)
