"""What a caller, or who has a caller's credentials, may try to get more than its configuration gives.

By real requests: permissions that are withdrawn between the head and the body of a request, or while its token waits
for a key; more requests than the rate allows, in batches, in a row on one connection and over a reload; tokens of callers
where tokens of others are asked about.

Run by ctest (the binary in SIGNET), or as:
    PYTHONPATH=tests/support python3 tests/security/caller_attacks_test.py build/dev/signet
"""
import hashlib
import json
import os
import pathlib
import signal
import socket
import sys
import threading
import time
import unittest

import es256
import origin
import service

BINARY = os.path.abspath(sys.argv.pop(1) if len(sys.argv) > 1 else os.environ["SIGNET"])
PATIENCE = 60  # seconds for anything; sanitizers are slow
SECRET = "the-bearer-secret-of-orders-which-is-long-enough"
DIGEST = hashlib.sha256(SECRET.encode()).hexdigest()
CLUSTER = "https://cluster.example"
CONFIG = """
issuer: https://tokens.example.com
keys: [{name: sig, alg: ES256, generate: true}]
issuers: [{name: cluster, issuer: "https://cluster.example", jwks_uri: "%s/jwks", miss_wait: 2s}]
verify_profiles:
  default: {issuers: [self], audiences: none}
  others: {issuers: [cluster], audiences: [api]}
  cluster: {for: callers, issuers: [cluster], audiences: [signet], max_lifetime: 1h}
sign_profiles: {default: {key: sig, callers: [orders, pod], ttl: 1h, allowed_claims: [sub]}}
callers:
  - {name: orders, secret_sha256: %s}
  - {name: pod, jwt: {profile: cluster, iss: "https://cluster.example", sub: pod}}
server: {listen: [{address: "127.0.0.1:0", endpoints: [all]}]}
admin: {listen: ["127.0.0.1:0"]}
"""
SIGN = '{"claims":{"sub":"a"}}'
ORDERS = f"{{name: orders, secret_sha256: {DIGEST}}}"


class Attacks(unittest.TestCase):
    def setUp(self):
        self.cluster = origin.Origin()
        self.addCleanup(self.cluster.close)
        self.key = self.cluster.new_key("k1")

    def start(self, change=lambda text: text):
        self.service = service.start(BINARY, change(CONFIG % (self.cluster.url, DIGEST)))
        self.addCleanup(self.service.stop)
        self.wait_until(lambda: self.admin("/issuers")["issuers"][0]["state"] == "fresh")
        self.file = pathlib.Path(self.service.folder, "signet.yaml")
        self.text = self.file.read_text()

    def admin(self, path):
        return self.service.get(path, port=self.service.admin_port).json

    def wait_until(self, holds):
        end = time.monotonic() + PATIENCE
        while not holds():
            self.assertLess(time.monotonic(), end, "waited in vain")
            time.sleep(0.02)

    def generation(self):
        return self.admin("/readyz?verbose")["checks"]["configuration"]["generation"]

    def reload(self, old, new):
        """Another configuration, of which one text is another; returns when it is in force."""
        self.assertIn(old, self.text)  # "": as it was
        before = self.generation()
        fresh = self.file.with_name("fresh")
        fresh.write_text(self.text.replace(old, new) if old else self.text)
        fresh.chmod(0o600)
        fresh.rename(self.file)
        self.service.process.send_signal(signal.SIGHUP)
        self.wait_until(lambda: self.generation() > before)

    def token(self, **claims):
        claims = {"iss": CLUSTER, "aud": "signet", "sub": "pod", "iat": int(time.time()), **claims}
        return es256.token(self.key, claims.pop("kid", "k1"), **claims)

    def sign(self, bearer=SECRET):
        return self.service.post("/sign", SIGN, {"Authorization": f"Bearer {bearer}"})

    def test_permissions_withdrawn_between_head_and_body(self):
        self.start()
        for old, new, status, code in (
            ("callers: [orders, pod]", "callers: [pod]", 403, "caller_forbidden"),
            (ORDERS, ORDERS.replace(DIGEST, "00" * 32), 401, "caller_unauthenticated"),
            (ORDERS, ORDERS[:-1] + ", endpoints: [verify]}", 403, "caller_forbidden"),
            (ORDERS, ORDERS[:-1] + ", sign_profiles: []}", 403, "caller_forbidden"),
            ("endpoints: [all]", "endpoints: [verify]", 404, "not_found"),
            ("ttl: 1h", "ttl: 2h", 200, None),
        ):
            with self.subTest(new):
                self.reload("", "")
                with Wire(self.service.data_port) as wire:
                    wire.send(head_of_sign(f"Authorization: Bearer {SECRET}\r\nExpect: 100-continue\r\n"))
                    self.assertEqual(wire.receive()[0], 100)  # the head is decided on
                    self.reload(old, new)
                    wire.send(SIGN)
                    got, _, body = wire.receive()
                self.assertEqual((got, body.get("code")), (status, code), body)

    def test_permissions_withdrawn_while_a_token_waits_for_its_key(self):
        bad = "The bearer token was refused: audience_mismatch."
        for old, new, status, says in (
            ("sub: pod}", "sub: another}", 401, "The bearer token is good, but belongs to no caller."),
            ("callers: [orders, pod]", "callers: [orders]", 403, "The caller may not do this"),
            ("audiences: [signet]", "audiences: [signet-2]", 401, bad),
            ("ttl: 1h", "ttl: 2h", 200, None),
        ):
            with self.subTest(new):
                answer = self.answer_after_a_reload(old, new)
                self.assertEqual((answer.status, answer.json.get("detail")), (status, says))

    def answer_after_a_reload(self, old, new):
        """The reply to a request whose token has a key that is fetched while the configuration changes."""
        self.doCleanups()
        self.setUp()
        self.start()
        fresh, told = self.cluster.new_key("k2"), threading.Event()
        origin.MODES["when_told"] = lambda at, exchange: told.wait(PATIENCE) and origin.MODES["good"](at, exchange)
        self.cluster.mode = "when_told"
        asked, answers = len(self.cluster.requests), []
        token = es256.token(fresh, "k2", iss=CLUSTER, aud="signet", sub="pod", iat=int(time.time()))
        client = self.service.another_client()
        shown = {"Authorization": f"Bearer {token}"}
        waiting = threading.Thread(target=lambda: answers.append(client.post("/sign", SIGN, shown)))
        waiting.start()
        self.wait_until(lambda: len(self.cluster.requests) > asked)
        self.reload(old, new)
        told.set()
        waiting.join(PATIENCE)
        client.hang_up()
        return answers[0]

    def test_a_request_is_counted_once_whatever_is_reloaded_meanwhile(self):
        self.start(lambda text: text.replace(ORDERS, ORDERS[:-1] + ", rate: {requests: 1, per: 1h}, in_flight: 1}"))
        with Wire(self.service.data_port) as wire:
            wire.send(head_of_sign(f"Authorization: Bearer {SECRET}\r\nExpect: 100-continue\r\n"))
            self.assertEqual(wire.receive()[0], 100)
            self.reload("ttl: 1h", "ttl: 2h")
            refused = self.sign()  # its bucket is empty, and its only place is taken
            wire.send(SIGN)
            self.assertEqual(wire.receive()[0], 200)
        self.assertEqual((refused.status, refused.code), (429, "rate_limited"))
        self.assertEqual(self.sign().status, 429)  # the reload has filled no bucket

    def test_a_rate_counts_requests_however_they_are_sent(self):
        self.start(lambda text: text.replace(ORDERS, ORDERS[:-1] + ", rate: {requests: 1, per: 3s, burst: 4}}"))
        with Wire(self.service.data_port) as wire:  # in a row, without waiting for answers
            whole = head_of_sign(f"Authorization: Bearer {SECRET}\r\n") + SIGN
            wire.send(whole * 6)
            answers = [wire.receive()]
            while len(answers) < 6 and answers[-1][0] == 200:
                answers.append(wire.receive())
        self.assertEqual([one[0] for one in answers], [200, 200, 200, 200, 429])
        wait = int(answers[-1][1]["retry-after"])
        self.assertIn(wait, (1, 2, 3))
        self.assertEqual(self.sign().status, 429)
        time.sleep(wait + 0.1)
        self.assertEqual([self.sign().status, self.sign().status], [200, 429])  # as it was told
        time.sleep(6.2)
        batch = {"items": [json.loads(SIGN)] * 5}
        got = self.service.post("/sign/batch", batch, {"Authorization": f"Bearer {SECRET}"})
        self.assertEqual([one["status"] for one in got.json["results"]], [200, 200, 429, 429, 429])
        self.assertIn(int(got.headers["retry-after"]), (1, 2, 3))
        self.assertEqual(self.sign(self.token()).status, 200)  # another caller has its own bucket

    def test_a_callers_token_is_good_for_nothing_else(self):
        self.start()
        token = self.token()
        self.assertEqual(self.sign(token).status, 200)
        for asked, code in (
            ({"token": token}, "signature_invalid"),
            ({"token": token, "profile": "others"}, "audience_mismatch"),
            ({"token": token, "profile": "cluster"}, "request_invalid"),
        ):
            for shown in ({}, {"Authorization": f"Bearer {token}"}):
                self.assertEqual(self.service.post("/verify", asked, shown).code, code)
                batch = self.service.post("/verify/batch", {"items": [asked]}, shown).json
                self.assertEqual(batch["results"][0]["code"] if "results" in batch else batch["code"], code)
        self.assertEqual(self.service.get("/auth", {"Authorization": f"Bearer {token}"}).status, 401)
        # And a token for others makes nobody a caller.
        other = self.token(aud="api")
        self.assertEqual(self.service.post("/verify", {"token": other, "profile": "others"}).status, 200)
        self.assertEqual(self.sign(other).code, "caller_unauthenticated")
        both = self.token(aud=["api", "signet"])
        self.assertEqual(self.sign(both).status, 200)

    def test_two_authorization_fields_are_no_choice(self):
        self.start()
        good, other = f"Authorization: Bearer {SECRET}\r\n", "Authorization: Bearer x\r\n"
        for fields, status in (
            (good + other, 400), (other + good, 400), (good + good, 400),
            (f"Authorization: Bearer {SECRET}, Bearer x\r\n", 401),
            (f"Proxy-Authorization: Bearer {SECRET}\r\n", 401),
            (f"Authorization: Bearer\t{SECRET}\r\n", 401),
            (f"Authorization: bearer   {SECRET}  \r\n", 200),
        ):  # fmt: skip
            with Wire(self.service.data_port) as wire:
                wire.send(head_of_sign(fields) + SIGN)
                self.assertEqual(wire.receive()[0], status, fields)


def head_of_sign(fields):
    return (
        f"POST /sign HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(SIGN)}\r\n{fields}\r\n"
    )


class Wire:
    """One connection, octet for octet."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), PATIENCE)
        self.file = self.socket.makefile("rb")

    def send(self, text):
        self.socket.sendall(text.encode())

    def receive(self):
        """Status, fields and JSON of the next reply."""
        status, fields = int(self.file.readline().split()[1]), {}
        while (line := self.file.readline()) not in (b"\r\n", b""):
            name, _, value = line.decode().partition(":")
            fields[name.lower()] = value.strip()
        body = self.file.read(int(fields.get("content-length", 0)))
        return status, fields, json.loads(body) if body else {}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.file.close()
        self.socket.close()


if __name__ == "__main__":
    unittest.main(verbosity=2)
