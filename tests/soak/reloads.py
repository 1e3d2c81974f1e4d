#!/usr/bin/env python3
"""Reloads under load on /auth and /sign: no request may be lost, and no valid token refused.

usage: reloads.py BINARY [RELOADS]

Each reload is another configuration: profiles, callers, series, issuers and limits come and go. Most are asked for by
SIGHUP, every fifth is only noticed by the watch of the files, and every twentieth is a half-written file first, which
must change nothing. Meanwhile wrk asks as fast as it can, and two clients look at every answer. Prints what was asked
and what went wrong; exit code 1 when anything did, 77 when wrk is not installed.
"""
import contextlib
import hashlib
import http.client
import json
import os
import pathlib
import signal
import sys
import threading
import time

import service
import steady_load

PATIENCE = 60  # seconds for anything; sanitizers on a busy machine are slow
SECRET = "secret-of-the-caller-of-more-than-256-bits-0123456789"
DIGEST = hashlib.sha256(SECRET.encode()).hexdigest()
JSON = {"Content-Type": "application/json", "Authorization": f"Bearer {SECRET}"}
PEER = '{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"e","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}'
ALWAYS = """
server: {{listen: [{{address: "127.0.0.1:0", endpoints: [all]}}], threads: 2}}
admin: {{listen: ["127.0.0.1:0"]}}
issuer: https://tokens.example.com
reload: {{poll: {poll}s}}
limits: {{body_bytes: {body}KiB, token_cache_bytes: {cache}MiB, connections: {connections}, queued_jobs: {jobs}}}
keys:
  - {{name: sig, alg: ES256, generate: true}}
{keys}issuers:
  - {{name: peer, issuer: urn:peer, jwks_file: peer.json}}
{issuers}callers:
  - {{name: orders, secret_sha256: {digest}}}
{callers}sign_profiles:
  default: {{key: sig, callers: [orders], audiences: [api], ttl: 24h, allowed_claims: [sub]}}
{sign}verify_profiles:
  default: {{issuers: [self, peer], audiences: [api], headers: {{X-Auth-Subject: sub}}}}
{verify}"""


def configuration(number):
    """One of many that differ in what load does not need."""
    extra, few = number % 3, number % 2
    return ALWAYS.format(
        digest=DIGEST, poll=5 + number % 7, body=64 + number % 5, cache=8 - 8 * (number % 4 == 3),
        connections=4096 - number % 9, jobs=64 + number % 6,
        keys=f"  - {{name: more{extra}, alg: EdDSA, generate: true}}\n" * (extra > 0),
        issuers=f"  - {{name: other, issuer: urn:other{few}, jwks_file: peer.json}}\n" * (number % 4 > 1),
        callers=f"  - {{name: c{extra}, uid: {4000000000 + number}}}\n",
        sign=f"  more: {{key: more{extra}, callers: [orders], ttl: 1m}}\n" * (extra > 0),
        verify=f"  p{number % 5}: {{issuers: [self], audiences: none}}\n",
    )  # fmt: skip


class Client(threading.Thread):
    """Asks one after the other on a kept connection, and looks at each answer."""

    def __init__(self, port, ask):
        super().__init__(daemon=True)
        self.port, self.ask, self.asked, self.wrong = port, ask, 0, []
        self._is_over = threading.Event()

    def run(self):
        wire = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        while not self._is_over.is_set():
            try:
                problem = self.ask(wire)
            except (OSError, http.client.HTTPException) as lost:
                problem = repr(lost)
                wire.close()
            self.asked += 1
            if problem:
                self.wrong.append(problem)

    def stop(self):
        self._is_over.set()
        self.join(PATIENCE)


def exchange(wire, method, path, body=None, headers=None):
    wire.request(method, path, body, headers or {})
    reply = wire.getresponse()
    text = reply.read()
    if reply.headers.get("Connection") == "close":  # after 10,000 requests: the next one begins another
        wire.close()
    return reply, text


def asks_auth(token):
    def ask(wire):
        reply, text = exchange(wire, "GET", "/auth", headers={"Authorization": f"Bearer {token}"})
        if reply.status != 200 or reply.headers.get("X-Auth-Subject") != "alice":
            return f"/auth: {reply.status} {dict(reply.headers)}"
        return None

    return ask


def signs_and_verifies(wire):
    """A token that was just made is good, whichever configuration made it."""
    reply, text = exchange(wire, "POST", "/sign", json.dumps({"claims": {"sub": "bob"}}), JSON)
    if reply.status != 200:
        return f"/sign: {reply.status} {text}"
    reply, text = exchange(wire, "POST", "/verify", json.dumps({"token": json.loads(text)["token"]}), JSON)
    return None if reply.status == 200 else f"/verify: {reply.status} {text}"


def facts(running):
    return running.get("/readyz?verbose", port=running.admin_port).json["checks"]["configuration"]


def wait_for(running, holds):
    end = time.monotonic() + PATIENCE
    while not holds(found := facts(running)):
        assert time.monotonic() < end, found
        time.sleep(0.01)
    return found


def held(running):
    """MiB of memory, and descriptors."""
    process = pathlib.Path(f"/proc/{running.process.pid}")
    text = (process / "status").read_text()
    return int(text.split("VmRSS:")[1].split()[0]) / 1024, len(list((process / "fd").iterdir()))


def replace(file, text):
    fresh = file.with_suffix(".new")
    fresh.write_text(text)
    fresh.chmod(0o600)
    fresh.rename(file)


def reload_often(running, reloads):
    """Returns how many were done, how many half-written files were refused, and the longest until one took effect."""
    file = pathlib.Path(running.folder, "signet.yaml")
    refused, slowest, generation, number = 0, 0.0, 1, 0
    while generation <= reloads:
        number += 1
        text = configuration(number)
        if number % 20 == 0:
            before = facts(running).get("last_reload_at")
            replace(file, text[: text.index("callers:")] + "callers: [")
            found = wait_for(running, lambda now: now["last_reload"] == "refused" and now["last_reload_at"] != before)
            # One that came from what was there before may have been made meanwhile.
            assert found["generation"] - generation in (0, 1), found
            generation, refused = found["generation"], refused + 1
        began = time.monotonic()
        replace(file, text)
        if number % 5:
            running.process.send_signal(signal.SIGHUP)
        found = wait_for(running, lambda now: now["generation"] > generation)
        if number % 5 == 0:
            slowest = max(slowest, time.monotonic() - began)
        generation = found["generation"]
        if number % 100 == 0:
            print(f"  {generation - 1} reloads", flush=True)
    return generation - 1, refused, slowest


def main():
    reloads = int(sys.argv[2]) if len(sys.argv) > 2 else 20
    if steady_load.path() is None:
        print("skipped: wrk is not installed")
        sys.exit(77)
    with service.start(sys.argv[1], configuration(0), files={"peer.json": PEER}) as running:
        token = running.post("/sign", {"claims": {"sub": "alice"}}, JSON).json["token"]
        port, folder = running.data_port, pathlib.Path(running.folder)
        clients = [Client(port, asks_auth(token)), Client(port, signs_and_verifies)]
        with contextlib.ExitStack() as stack:
            for one in clients:
                one.start()
                stack.callback(one.stop)
            loads = [steady_load.Load(folder, port, "/auth", token), steady_load.Load(folder, port, "/sign", SECRET)]
            counts, before = {}, held(running)
            try:
                done, refused, slowest = reload_often(running, reloads)
                after = held(running)
            finally:
                for load in loads:
                    counts[load.what] = load.stop()
        text = running.get("/metrics", port=running.admin_port).body
    wrong = sum(len(one.wrong) for one in clients)
    for what, one in counts.items():
        print(f"{what}: {one['requests']} requests, {one['refused']} refused, {one['broken']} lost")
        wrong += one["refused"] + one["broken"]
    for one in clients:
        print(f"looked at {one.asked} answers, {len(one.wrong)} of them wrong: {one.wrong[:3]}")
    # What was counted goes on over reloads, with or without other labels.
    signed = sum(int(line.split()[-1]) for line in text.splitlines()
                 if line.startswith('signet_sign_total{key="sig",result="ok"}'))  # fmt: skip
    at_least = counts["/sign"]["requests"] + clients[1].asked + 1
    print(f"signed as the metrics say: {signed}, as the clients say at least: {at_least}")
    print("memory: %.0f MiB before, %.0f MiB after; descriptors: %d and %d" % (before[0], after[0], before[1], after[1]))
    print(f"{done} reloads ({refused} half-written files refused; noticed within {slowest:.2f} s): {wrong} wrong")
    assert signed >= at_least and min(one["requests"] for one in counts.values()) > 0, "counted less than was done"
    sys.exit(wrong != 0)


if __name__ == "__main__":
    os.umask(0o077)
    main()
