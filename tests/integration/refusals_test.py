"""What the log says of refused tokens and callers, and what it does not say.

Run by ctest (the binary in SIGNET), or as:
    SIGNET=build/dev/signet PYTHONPATH=tests/support python3 tests/integration/refusals_test.py
"""
import base64
import hashlib
import hmac
import json
import os
import time
import unittest

import service

SIGNET = os.environ["SIGNET"]
PATIENCE = 30  # seconds for anything; sanitizers are slow
SECRET = "a secret of one caller, of more than 32 octets"
OTHER = "a secret of another caller, of more than 32 octets"
SHARED = b"0123456789abcdef0123456789abcdef"
CONFIG = """
issuer: https://tokens.example.com
keys:
  - {name: sig, alg: ES256, generate: true}
  - {name: partner, kid: partner-1, alg: HS256, secret: "file:shared", issuer: "https://partner.example.com"}
  - {name: box, alg: ECDH-ES+A256KW, use: enc, generate: true, callers: [me]}
verify_profiles:
  default: {issuers: [self, partner], audiences: [api], headers: {X-Auth-Subject: sub}}
  closed: {issuers: [partner], audiences: [api], callers: [me]}
sign_profiles: {default: {key: sig, callers: [me], ttl: 15m, audiences: [api], allowed_claims: [sub]}}
callers: [{name: me, secret_sha256: %s}, {name: other, secret_sha256: %s}]
""" % tuple(hashlib.sha256(one.encode()).hexdigest() for one in (SECRET, OTHER))


def b64(octets):
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def token(claims, kid="partner-1", iss="https://partner.example.com"):
    header = b64(json.dumps({"alg": "HS256", "kid": kid}).encode())
    payload = b64(json.dumps({"iss": iss, "aud": "api", "exp": int(time.time()) + 600, **claims}).encode())
    made = hmac.new(SHARED, f"{header}.{payload}".encode(), hashlib.sha256).digest()
    return f"{header}.{payload}.{b64(made)}"


class Refusals(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.signet = service.start(SIGNET, CONFIG, files={"shared": SHARED.decode()})

    @classmethod
    def tearDownClass(cls):
        cls.signet.stop()

    def lines(self, request_id):
        """The lines of a request. One that is awaited in vain is a failure of the test that asks."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            whole = self.signet.log_text().rpartition("\n")[0].splitlines()
            found = [json.loads(line) for line in whole if f'"request_id":"{request_id}"' in line]
            if found:
                return found
            time.sleep(0.02)
        return []

    def post(self, name, path, body, secret=None):
        headers = {"X-Request-Id": name}
        if secret:
            headers["Authorization"] = f"Bearer {secret}"
        return self.signet.post(path, body, headers)

    def only(self, name):
        (line,) = self.lines(name)
        self.assertEqual(line["level"], "info")
        return {k: v for k, v in line.items() if k not in ("ts", "level", "request_id")}

    def test_refused_token_of_verify(self):
        self.post("v1", "/verify", {"token": token({"exp": 1, "sub": "a claim's value"})})
        self.assertEqual(self.only("v1"), {
            "event": "token_refused", "code": "token_expired", "profile": "default", "issuer": "partner",
            "kid": "partner-1", "unverified": "kid", "claim": "exp", "reason": "check_failed"})  # fmt: skip

    def test_kid_only_of_a_token_that_names_its_issuer(self):
        self.post("k1", "/verify", {"token": token({}, kid="evil\n{}")})
        self.assertEqual(self.only("k1")["kid"], "evil\n{}")
        self.post("k2", "/verify", {"token": token({}, kid="evil", iss="https://evil.example")})
        line = self.only("k2")
        self.assertEqual(line["code"], "issuer_mismatch")
        self.assertNotIn("kid", line)
        self.assertNotIn("issuer", line)

    def test_every_item_of_a_batch(self):
        good, bad = token({}), token({"aud": "else"})
        self.post("b1", "/verify/batch", {"tokens": [good, bad, "x", good]})
        said = [(line["event"], line["code"]) for line in self.lines("b1")]
        self.assertEqual(sorted(said), [("token_refused", "audience_mismatch"), ("token_refused", "token_malformed")])

    def test_auth_without_token_and_with_a_claim_that_no_header_carries(self):
        self.signet.get("/auth", {"X-Request-Id": "a1"})
        self.assertEqual(
            self.only("a1"), {"event": "token_refused", "code": "caller_unauthenticated", "profile": "default"})
        reply = self.signet.get(
            "/auth", {"X-Request-Id": "a2", "Authorization": "Bearer " + token({"sub": "line\r\nfeed"})})
        self.assertEqual(reply.status, 403)
        self.assertNotIn("x-auth-subject", reply.headers)
        self.assertNotIn("subject", (reply.body + str(reply.headers)).lower())
        line = self.only("a2")
        self.assertEqual((line["code"], line["header"]), ("claim_invalid", "X-Auth-Subject"))

    def test_verify_of_decrypt_and_decrypt_itself(self):
        made = self.post("-", "/encrypt", {"plaintext": token({"aud": "else"}), "key_name": "box"}, SECRET)
        self.assertEqual(made.status, 200, made)
        sealed = made.json["token"]
        self.post("d1", "/decrypt", {"token": sealed, "key_name": "box", "verify": {"profile": "default"}}, SECRET)
        line = self.only("d1")
        self.assertEqual((line["code"], line["profile"]), ("audience_mismatch", "default"))
        broken = sealed[:-2] + ("AA" if not sealed.endswith("AA") else "BA")
        self.post("d2", "/decrypt", {"token": broken, "key_name": "box"}, SECRET)
        self.assertEqual(self.only("d2"), {"event": "token_refused", "code": "decryption_failed", "key": "box"})

    def test_refused_callers(self):
        for name, path, body, secret, expected in (
            ("c1", "/sign", {"claims": {"sub": "a"}}, OTHER, ("caller_forbidden", "profile", "default")),
            ("c2", "/sign", {"claims": {"sub": "a"}}, None, ("caller_unauthenticated", "route", "/sign")),
            ("c3", "/verify", {"token": "x", "profile": "closed"}, OTHER, ("caller_forbidden", "profile", "closed")),
            ("c4", "/verify", {"token": "x", "profile": "closed"}, None, ("caller_unauthenticated", "profile", "closed")),
            ("c5", "/decrypt", {"token": "x", "key_name": "box"}, OTHER, ("caller_forbidden", "key", "box")),
            ("c6", "/encrypt", {"plaintext": "x", "key_name": "box"}, OTHER, ("caller_forbidden", "key", "box")),
        ):  # fmt: skip
            self.post(name, path, body, secret)
            code, field, value = expected
            who = {"caller": "other"} if secret == OTHER else {}
            self.assertEqual(
                self.only(name),
                {"event": "caller_refused", "code": code, field: value, "peer": "127.0.0.1"} | who, name)
        self.signet.request("POST", "/verify", b"{}", {
            "X-Request-Id": "c7", "Origin": "https://evil.example", "Content-Type": "application/json"})
        self.assertEqual(self.only("c7")["code"], "origin_forbidden")

    def test_accepted_tokens_leave_no_line(self):
        self.assertEqual(self.post("g1", "/verify", {"token": token({})}).status, 200)
        self.post("g2", "/verify", {"token": "x.y"})
        self.lines("g2")
        self.assertNotIn('"g1"', self.signet.log_text())

    def test_flood_of_one_code_hides_no_other_and_is_counted(self):
        flood = {"items": [{"token": token({"nbf": int(time.time()) + 9999})}] * 256}
        self.post("f1", "/verify/batch", flood)
        self.assertLess(len(self.lines("f1")), 40)
        self.post("f2", "/verify", {"token": token({"aud": ["else"], "sub": 7})})
        self.assertEqual(self.only("f2")["code"], "claim_invalid")
        end = time.monotonic() + PATIENCE
        suppressed = 0
        while suppressed == 0 and time.monotonic() < end:
            time.sleep(0.3)
            self.post("f3", "/verify", flood["items"][0])
            for line in self.signet.log_text().splitlines():
                if '"suppressed":' in line and "token_not_yet_valid" in line:
                    suppressed = json.loads(line)["suppressed"]
        self.assertGreater(suppressed, 200)

    def test_what_was_left_out_is_told_at_the_end(self):
        with service.start(SIGNET, CONFIG, files={"shared": SHARED.decode()}) as running:
            running.post("/verify/batch", {"tokens": ["x.y"] * 256})
            running.process.terminate()
            running.process.wait(PATIENCE)
            said = [json.loads(x) for x in running.log_text().splitlines() if "refusals_suppressed" in x]
        counted = {k: v for k, v in said[0].items() if k not in ("ts", "suppressed")}
        self.assertEqual(counted, {
            "level": "info", "event": "refusals_suppressed", "code": "token_malformed", "profile": "default",
            "of": "token_refused"})  # fmt: skip
        self.assertGreater(said[0]["suppressed"], 200)

    def test_nothing_of_tokens_or_values_is_in_the_log(self):
        made = token({"sub": "hunter2", "aud": "wrong-audience"})
        self.post("n1", "/verify", {"token": made, "subject": "expected-subject"})
        self.lines("n1")
        log = self.signet.log_text()
        for secret in (*made.split("."), "hunter2", "wrong-audience", "expected-subject", SECRET, "a claim's value"):
            self.assertNotIn(secret, log)


if __name__ == "__main__":
    unittest.main()
