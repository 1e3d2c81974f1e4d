#!/usr/bin/env python3
"""Rolling restarts of two instances behind HAProxy, under load on /auth and /sign: nothing may be lost.

usage: rolling_restarts.py BINARY [RESTARTS]

A restart stops one instance by SIGTERM, starts it again on its ports, and waits until HAProxy uses it; then it is
the other one's turn. Each keeps its ports and its keys. HAProxy asks /readyz of each ten times a second and repeats
no request. Prints what was asked and what went wrong; exit code 1 when a request was lost or a valid token refused,
77 when HAProxy or wrk is not installed.
"""
import contextlib
import hashlib
import http.client
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

import balancer
import service
import steady_load

PATIENCE = 60  # seconds for anything; sanitizers on a busy machine are slow
SECRET = "secret-of-the-caller-of-more-than-256-bits-0123456789"
CONFIG = """
server: {{listen: [{{address: "127.0.0.1:{data}", endpoints: [all]}}], threads: 1, drain_delay: 1s}}
admin: {{listen: ["127.0.0.1:{admin}"]}}
log: {{level: info, format: json}}
issuer: https://tokens.example.com
keys: [{{name: sig, alg: ES256, file: sig.pem}}]
callers: [{{name: orders, secret_sha256: {digest}}}]
sign_profiles: {{default: {{key: sig, callers: [orders], audiences: [api], ttl: 24h, allowed_claims: [sub]}}}}
verify_profiles: {{default: {{issuers: [self], audiences: [api], headers: {{X-Auth-Subject: sub}}}}}}
"""


class Instance:
    """One of the instances, on its own ports, whichever process it is."""

    def __init__(self, binary, folder, name):
        self.binary, self.name, self.log = binary, name, folder / f"{name}.log"
        self.ports = balancer.free_port(), balancer.free_port()
        self.config = folder / f"{name}.yaml"
        digest = hashlib.sha256(SECRET.encode()).hexdigest()
        self.config.write_text(CONFIG.format(data=self.ports[0], admin=self.ports[1], digest=digest))
        self.config.chmod(0o600)
        self.process = None
        self.cut = 0  # connections that a stop did not wait for

    def start(self):
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [self.binary, "serve", "--config", str(self.config)], stdin=subprocess.DEVNULL, stdout=log,
                stderr=subprocess.STDOUT, env=service.clean_environment(),
            )  # fmt: skip
        end = time.monotonic() + PATIENCE
        while not self._is_ready():
            assert self.process.poll() is None and time.monotonic() < end, self.log.read_text()
            time.sleep(0.02)

    def _is_ready(self):
        with contextlib.suppress(OSError, http.client.HTTPException):
            wire = http.client.HTTPConnection("127.0.0.1", self.ports[1], timeout=PATIENCE)
            wire.request("GET", "/readyz")
            return wire.getresponse().status == 200
        return False

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(PATIENCE) == 0, self.log.read_text()
        (stopped,) = [one for one in map(json.loads, self.log.read_text().splitlines()) if one["event"] == "stopped"]
        self.cut += stopped["connections_cut"]

    def kill(self):
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()


def valid_token(port):
    wire = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    wire.request("POST", "/sign", json.dumps({"claims": {"sub": "alice"}}),
                 {"Content-Type": "application/json", "Authorization": f"Bearer {SECRET}"})  # fmt: skip
    reply = wire.getresponse()
    text = reply.read()
    assert reply.status == 200, text
    return json.loads(text)["token"]


def restart_in_turn(instances, front, restarts):
    began = time.monotonic()
    for number in range(restarts):
        one = instances[number % len(instances)]
        one.stop()
        one.start()
        front.wait_until(one.name, "UP")
        if (number + 1) % 20 == 0:
            print(f"  {number + 1} restarts, {time.monotonic() - began:.0f} s", flush=True)


def run(binary, folder, restarts):
    subprocess.run([binary, "keygen", "--alg", "ES256", "--out", str(folder / "sig.pem")], check=True,
                   stdout=subprocess.DEVNULL)  # fmt: skip
    instances = [Instance(binary, folder, name) for name in ("a", "b")]
    try:
        for one in instances:
            one.start()
        with balancer.start(folder, {one.name: one.ports for one in instances}) as front:
            token = valid_token(front.port)
            loads = [steady_load.Load(folder, front.port, "/auth", token),
                     steady_load.Load(folder, front.port, "/sign", SECRET)]  # fmt: skip
            counts = {}
            try:
                restart_in_turn(instances, front, restarts)
            finally:
                for load in loads:
                    counts[load.what] = load.stop()
            answered = {one["svname"]: int(one["hrsp_2xx"]) for one in front.rows().values()}
        for one in instances:
            one.stop()
        return counts, answered, sum(one.cut for one in instances)
    finally:
        for one in instances:
            one.kill()


def main():
    binary = os.path.abspath(sys.argv[1])
    restarts = int(sys.argv[2]) if len(sys.argv) > 2 else 6
    for name, where in (("haproxy", balancer.path()), ("wrk", steady_load.path())):
        if where is None:
            print(f"skipped: {name} is not installed")
            sys.exit(77)
    with tempfile.TemporaryDirectory(prefix="signet-restarts-") as folder:  # short: it holds a socket
        counts, answered, cut = run(binary, pathlib.Path(folder), restarts)
    wrong = cut
    for what, one in counts.items():
        print(f"{what}: {one['requests']} requests, {one['refused']} refused, {one['broken']} lost")
        wrong += one["refused"] + one["broken"]
    print(f"answered by a: {answered['a']}, by b: {answered['b']}; connections cut at a stop: {cut}")
    print(f"{restarts} restarts: {wrong} wrong")
    assert min(answered["a"], answered["b"], *(one["requests"] for one in counts.values())) > 0, "nothing was asked"
    sys.exit(wrong != 0)


if __name__ == "__main__":
    main()
