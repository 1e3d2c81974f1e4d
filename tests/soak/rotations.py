#!/usr/bin/env python3
"""Rotations and emergency revocations under load on /auth and /sign, with two replicas that share their folders.

usage: rotations.py BINARY [ROTATIONS [REVOCATIONS]] [--gentle]

The plan makes a key every four seconds. Meanwhile wrk asks both replicas as fast as it can, and clients look at every
answer: what one replica signs, the other must accept until it expires. Then the key that signs is revoked, again and
again: its successor must sign at once, and a second after the reply no replica may accept its tokens. (The reply comes
when the revocation is on the disk, which takes as long as the disk does.) Prints what was asked and what went wrong;
exit code 1 when anything did, 77 when wrk is not installed.
--gentle: for sanitizers on a machine that does other things too: a key every eight seconds, and five seconds for a
revocation.
"""
import contextlib
import hashlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import time

import service
import steady_load

PATIENCE = 60  # seconds for anything; sanitizers on a busy machine are slow
GENTLE = "--gentle" in sys.argv
IN_FORCE = 5.0 if GENTLE else 1.0  # seconds until a revocation is in force on every replica
PLAN = "every: 8s, lead: 4s" if GENTLE else "every: 4s, lead: 2s"
SECRET = "secret-of-the-caller-of-more-than-256-bits-0123456789"
DIGEST = hashlib.sha256(SECRET.encode()).hexdigest()
JSON = {"Content-Type": "application/json", "Authorization": f"Bearer {SECRET}"}
CONFIG = """
server: {{listen: [{{address: "127.0.0.1:0", endpoints: [all]}}], threads: 2}}
admin: {{listen: ["127.0.0.1:0"]}}
issuer: https://tokens.example.com
state_dir: {shared}/state
keys:
  - {{name: lasting, alg: ES256, file: {shared}/lasting.pem}}
rotation:
  sig: {{alg: ES256, {plan}, emergency: true, directory: {shared}/keys}}
callers:
  - {{name: orders, secret_sha256: {digest}}}
  - {{name: operator, secret_sha256: {operator}, roles: [admin]}}
sign_profiles:
  default: {{key: sig, callers: [orders], audiences: [api], ttl: 5s, allowed_claims: [sub]}}
  lasting: {{key: lasting, callers: [orders], audiences: [api], ttl: 24h, allowed_claims: [sub]}}
verify_profiles:
  default: {{issuers: [self], audiences: [api], leeway: 0s, headers: {{X-Auth-Subject: sub}}}}
"""
OPERATOR = "secret-of-the-operator-of-more-than-256-bits-987654321"
ADMIN = {"Content-Type": "application/json", "Authorization": f"Bearer {OPERATOR}"}


class Client(threading.Thread):
    """Signs at one replica, and has the other verify the token until it expires."""

    def __init__(self, signer, verifier, revoked):
        super().__init__(daemon=True)
        self.signer, self.verifier, self.revoked = signer.another_client(), verifier.another_client(), revoked
        self.signed, self.verified, self.wrong, self.kids = 0, 0, [], set()
        self._is_over = threading.Event()

    def run(self):
        kept = []
        while not self._is_over.is_set():
            try:
                began = time.monotonic()
                reply = self.signer.post("/sign", {"claims": {"sub": "bob"}}, JSON)
                if reply.status != 200:
                    self.wrong.append(f"/sign: {reply}")
                    continue
                self.signed += 1
                self.kids.add(reply.json["kid"])
                kept.append((reply.json["token"], reply.json["kid"], began + 3.5))
                for token, kid, end in kept:
                    self.check(token, kid, end)
                kept = [one for one in kept[-6:] if one[2] > time.monotonic()]
            except OSError as lost:
                self.wrong.append(repr(lost))

    def check(self, token, kid, end):
        reply = self.verifier.post("/verify", {"token": token}, {"Content-Type": "application/json"})
        if time.monotonic() > end:
            return  # it may have expired meanwhile
        self.verified += 1
        revoked_at = self.revoked.get(kid)
        if reply.status == 200:
            if revoked_at and time.monotonic() > revoked_at + IN_FORCE + 0.5:
                self.wrong.append(f"a token of {kid} was accepted, which was revoked")
        elif kid not in self.revoked:
            self.wrong.append(f"/verify: {reply}")

    def stop(self):
        self._is_over.set()
        self.join(PATIENCE)
        self.signer.hang_up()
        self.verifier.hang_up()


def keys_of(running):
    reply = running.get("/keys", port=running.admin_port)
    return {one["kid"]: one["state"] for one in reply.json["keys"] if one["name"] == "sig"}


def kid_in(running, state):
    return next((kid for kid, now in keys_of(running).items() if now == state), None)


def wait_for(what, holds):
    end = time.monotonic() + PATIENCE
    while not (found := holds()):
        assert time.monotonic() < end, f"{what} did not happen"
        time.sleep(0.02)
    return found


def rotate(running, rotations):
    """Waits for the plan. Returns how many keys have followed each other."""
    seen, last = 0, kid_in(running, "active")
    while seen < rotations:
        last = wait_for("a rotation", lambda: (now := kid_in(running, "active")) not in (None, last) and now)
        seen += 1
        if seen % 25 == 0:
            print(f"  {seen} rotations", flush=True)
    return seen


def accepts(running, token):
    return running.post("/verify", {"token": token}, {"Content-Type": "application/json"}).status == 200


def revoke(replicas, revocations, revoked, wrong):
    """Returns the longest times, in seconds, until the reply to a revocation, and from that until every replica refused
    the key's token."""
    slowest_reply = slowest = 0.0
    for number in range(revocations):
        first, other = replicas[number % 2], replicas[1 - number % 2]
        wait_for("a successor", lambda: kid_in(first, "published") and kid_in(other, "published"))
        signed = first.post("/sign", {"claims": {"sub": "eve"}}, JSON)
        assert signed.status == 200, signed
        kid, token = signed.json["kid"], signed.json["token"]
        revoked[kid] = began = time.monotonic()
        reply = first.request("POST", f"/keys/{kid}/revoke", "{}", ADMIN, first.admin_port)
        revoked[kid] = replied = time.monotonic()
        slowest_reply = max(slowest_reply, replied - began)
        if reply.status != 200 or reply.json["reached"]["replicas"] != 2:
            wrong.append(f"revoke: {reply}")
            continue
        if accepts(first, token):
            wrong.append("the replica that acknowledged a revocation accepts the key")
        while accepts(other, token) and time.monotonic() < replied + PATIENCE:
            time.sleep(0.005)
        slowest = max(slowest, time.monotonic() - replied)
        next_one = first.post("/sign", {"claims": {"sub": "bob"}}, JSON)
        if next_one.status != 200 or next_one.json["kid"] == kid:
            wrong.append(f"/sign after a revocation: {next_one}")
        elif not accepts(other, next_one.json["token"]):
            wrong.append("the successor's token was refused")
        if (number + 1) % 25 == 0:
            print(f"  {number + 1} revocations", flush=True)
    return slowest_reply, slowest


def main():
    numbers = [int(one) for one in sys.argv[2:] if one != "--gentle"]
    rotations = numbers[0] if numbers else 3
    revocations = numbers[1] if len(numbers) > 1 else rotations
    if steady_load.path() is None:
        print("skipped: wrk is not installed")
        sys.exit(77)
    wrong, revoked = [], {}
    with contextlib.ExitStack() as stack:
        shared = stack.enter_context(tempfile.TemporaryDirectory(prefix="signet-rotations-"))
        subprocess.run([sys.argv[1], "keygen", "--alg", "ES256", "--out", f"{shared}/lasting.pem"],
                       check=True, capture_output=True, timeout=PATIENCE)  # fmt: skip
        text = CONFIG.format(shared=shared, plan=PLAN, digest=DIGEST,
                             operator=hashlib.sha256(OPERATOR.encode()).hexdigest())  # fmt: skip
        replicas = [stack.enter_context(service.start(sys.argv[1], text)) for _ in range(2)]
        lasting = replicas[0].post("/sign", {"claims": {"sub": "alice"}, "profile": "lasting"}, JSON).json["token"]
        clients = [Client(replicas[0], replicas[1], revoked), Client(replicas[1], replicas[0], revoked)]
        loads = []
        for one in replicas:
            folder = pathlib.Path(one.folder)
            loads.append(steady_load.Load(folder, one.data_port, "/auth", lasting, 2))
            loads.append(steady_load.Load(folder, one.data_port, "/sign", SECRET, 2))
        try:
            for one in clients:
                one.start()
            done = rotate(replicas[0], rotations)
            slowest_reply, slowest = revoke(replicas, revocations, revoked, wrong)
        finally:
            for one in clients:
                one.stop()
            counts = [(load.what, load.stop()) for load in loads]
        failing = [one.get("/metrics", port=one.admin_port).body for one in replicas]
    for what, one in counts:
        print(f"{what}: {one['requests']} requests, {one['refused']} refused, {one['broken']} lost")
        if one["refused"] or one["broken"] or not one["requests"]:
            wrong.append(f"{what}: {one}")
    for one in clients:
        print(f"signed {one.signed} tokens with {len(one.kids)} keys, verified {one.verified}: {one.wrong[:3]}")
        wrong.extend(one.wrong)
    for text in failing:
        assert 'signet_rotation_failing{key="sig"} 0' in text, "a folder fails"
    if slowest > IN_FORCE:
        wrong.append(f"a revocation took {slowest:.2f} s")
    print(f"{done} rotations, {len(revoked)} revocations, the slowest reply after {slowest_reply:.2f} s, in force on every "
          f"replica {slowest:.2f} s after it: {len(wrong)} wrong")  # fmt: skip
    print("\n".join(wrong[:5]))
    sys.exit(bool(wrong))


if __name__ == "__main__":
    os.umask(0o077)
    main()
