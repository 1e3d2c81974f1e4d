"""Rotations without a new kid: noticed by the signatures that fail, on every endpoint that verifies, and never
by more than one fetch in 60 s. And discovery that fails: what people are told.

Run by ctest (the binary in SIGNET), or as:
    PYTHONPATH=tests/support python3 tests/integration/issuer_rotation_test.py build/dev/signet
"""
import base64
import subprocess
import time
import unittest

from cryptography.hazmat.primitives.asymmetric import rsa
from es256 import token
from issuer_case import BINARY, PATIENCE, IssuerCase, configuration, fetched, wait_until

LONG = "cache_ttl: 1h"
SECRET = "0123456789abcdef" * 4


def forged(text):
    head, _, signature = text.rpartition(".")
    return head + "." + ("B" if signature[0] == "A" else "A") + signature[1:]


def rsa_jwk(kid):
    number = rsa.generate_private_key(65537, 2048).public_key().public_numbers().n
    text = base64.urlsafe_b64encode(number.to_bytes(256, "big")).rstrip(b"=").decode()
    return {"kty": "RSA", "kid": kid, "alg": "RS256", "use": "sig", "n": text, "e": "AQAB"}


def without_kid(key):
    return token(key, None)


class Rotations(IssuerCase):
    def followed(self, more=LONG):
        text = configuration(fetched(self.origin.url + "/jwks", more), server="default_auth_profile: default")
        self.ready(text=text + "inline_keys: {endpoints: [encrypt, decrypt]}\n")
        self.accepted()

    def replace(self, kid="k1"):
        """The origin's key is now another one, under this kid."""
        self.origin.keys.clear()
        return self.origin.new_key(kid)

    def outcomes(self, outcome):
        return self.metric("jwks_bad_signature_total", issuer="corp", outcome=outcome)

    def fetches(self):
        return len(self.origin.fetches())

    # It is noticed, wherever a token is verified.

    def test_a_key_replaced_under_its_kid(self):
        self.followed()
        self.accepted(token(self.replace(), "k1"))
        self.refused("signature_invalid")  # the old one, with the new set: nothing more is asked
        self.assertEqual(self.fetches(), 2)
        self.assertEqual(self.metric("jwks_fetch_total", issuer="corp", reason="signature"), 1)

    def test_tokens_without_kid(self):
        self.followed()
        self.accepted(without_kid(self.key))
        self.accepted(without_kid(self.replace("k2")))
        self.assertEqual(self.fetches(), 2)

    def test_a_key_whose_algorithm_changed(self):
        made = {"k1": token(self.key, "k1"), None: without_kid(self.key)}
        entry = self.origin.keys[0]
        for kid, text in made.items():
            with self.subTest(kid):
                self.origin.keys[:] = [rsa_jwk("k1")]
                self.origin.requests.clear()
                self.ready(text=configuration(fetched(self.origin.url + "/jwks", LONG)))
                self.origin.keys[:] = [entry]
                self.accepted(text)
                self.assertEqual(self.fetches(), 2)
                self.running.stop()

    def test_every_endpoint_that_verifies_behaves_alike(self):
        asked = {
            "verify": lambda text: self.verify(text).status,
            "auth": lambda text: self.running.get("/auth", headers={"Authorization": f"Bearer {text}"}).status,
            "batch": lambda text: self.running.post(
                "/verify/batch", {"tokens": [text, text]}).json["results"][1]["status"],
            "decrypt": self.decrypted,
        }  # fmt: skip
        for name, ask in asked.items():
            for kind in ("signature", "kid"):
                with self.subTest(name, kind=kind):
                    self.origin.requests.clear()
                    self.origin.keys.clear()
                    self.key = self.origin.new_key("k1")
                    self.followed()
                    kid = "k1" if kind == "signature" else "k2"
                    self.assertEqual(ask(token(self.replace(kid), kid)), 200)
                    self.assertEqual(self.fetches(), 2)
                    self.running.stop()

    def decrypted(self, text):
        sealed = self.running.post("/encrypt", {"plaintext": text, "secret": SECRET, "alg": "dir", "enc": "A256CBC-HS512"})
        self.assertEqual(sealed.status, 200, sealed)
        return self.running.post(
            "/decrypt", {"token": sealed.json["token"], "secret": SECRET, "verify": {"profile": "default"}}).status

    # It costs one fetch in 60 s.

    def test_a_flood_of_bad_signatures_costs_one_fetch_and_leaves_those_for_kids(self):
        self.followed()
        good = token(self.key, "k1")
        for number in range(200):
            self.refused("signature_invalid", forged(token(self.key, "k1", number=number)))
        self.assertEqual(self.fetches(), 2)
        self.assertEqual(self.outcomes("refetched"), 1)
        self.assertEqual(self.outcomes("suppressed"), 199)
        for kid in ("k2", "k3"):
            self.accepted(token(self.origin.new_key(kid), kid))
        self.assertEqual(self.fetches(), 4)
        self.accepted(good)

    def test_a_signature_that_was_asked_for_is_not_asked_for_again(self):
        self.followed()
        bad = forged(token(self.key, "k1"))
        for _ in range(5):
            self.refused("signature_invalid", bad)
        self.assertEqual(self.fetches(), 2)
        self.assertEqual(self.outcomes("negative"), 4)

    def test_tokens_that_could_not_be_good_cause_no_fetch(self):
        self.followed()
        other = self.replace()
        now = int(time.time())
        for text in (token(other, "k1", exp=now - 3600), token(other, "k1", nbf=now + 3600),
                     token(other, "k1", exp=None), token(other, "k1", iss="https://other.example.com"),
                     token(other, "k1", header={"alg": "HS256"})):
            self.assertEqual(self.verify(text).status, 422)
        self.assertEqual(self.fetches(), 1)
        self.accepted(token(other, "k1"))

    def test_a_hanging_origin_holds_bad_signatures_no_longer_than_miss_wait(self):
        self.followed("cache_ttl: 1h, miss_wait: 300ms, total_timeout: 20s")
        self.origin.mode = "hang"
        started = time.monotonic()
        self.refused("signature_invalid", forged(token(self.key, "k1")))
        self.assertGreater(time.monotonic() - started, 0.29)
        self.assertLess(time.monotonic() - started, 10)
        self.accepted()


class Discovery(IssuerCase):
    """Each of its failures says what is wrong, in /issuers, the command and the log."""

    def problem_of(self, metadata=None, mode="good"):
        self.origin.metadata = metadata or {}
        self.origin.mode = mode
        text = f'  - {{name: corp, issuer: "{self.origin.url}", discovery: true, total_timeout: 1s}}\n'
        self.start(configuration(text))
        wait_until(self.outcome)
        problem = self.issuers()["corp"]["problem"]
        url = f"http://127.0.0.1:{self.running.admin_port}"
        shown = subprocess.run([BINARY, "issuers", "--url", url], capture_output=True, timeout=PATIENCE).stdout
        self.assertIn(problem, shown.decode())
        self.assertEqual(self.events("jwks_fetch_failed")[0]["problem"], problem)
        self.running.stop()
        return problem

    def test_every_cause_is_told(self):
        url = self.origin.url
        for metadata, parts in (
            ({"jwks_uri": "https://keys.example/jwks"}, ['"keys.example"', 'jwks_hosts: ["keys.example"]']),
            ({"issuer": "https://other.example"}, ["another issuer", '"https://other.example"']),
            ({"issuer": url + "/"}, ["slash at its end", f'"{url}/"']),
            ({"issuer": "https://login.example/{tenantid}/v2.0"}, ["template", "{tenantid}", "one tenant"]),
            ({"issuer": None}, ["has no issuer"]),
            ({"jwks_uri": None}, ["has no jwks_uri"]),
            ({"jwks_uri": "file:///etc/passwd"}, ['"file:///etc/passwd"', "not an absolute http or https URL"]),
            ({"jwks_uri": "http://origin.example/jwks"}, ["plain http", "allow_insecure_http"]),
        ):
            with self.subTest(**metadata):
                problem = self.problem_of(metadata)
                for part in parts:
                    self.assertIn(part, problem)
        self.assertIn("status 404", self.problem_of(mode="404"))
        self.assertIn("not a JSON object", self.problem_of(mode="html"))
        self.assertIn("could not be fetched", self.problem_of(mode="reset"))

    def test_metadata_that_goes_wrong_later_is_told_while_the_old_place_is_used(self):
        more = "cache_ttl: 1s, min_ttl: 1s, total_timeout: 1s"
        self.ready(text=configuration(f'  - {{name: corp, issuer: "{self.origin.url}", discovery: true, {more}}}\n'))
        self.assertNotIn("problem", self.issuers()["corp"])
        self.origin.mode = "503"
        wait_until(lambda: self.issuers()["corp"]["failures"])
        self.origin.metadata = {"jwks_uri": "https://keys.example/jwks"}
        self.origin.mode = "good"

        def problem():
            return self.issuers()["corp"].get("problem", "")

        wait_until(lambda: 'jwks_hosts: ["keys.example"]' in problem())
        self.assertIn("from where earlier metadata said", problem())
        self.assertEqual(self.state(), "fresh")
        self.assertIn("keys.example", self.events("issuer_metadata_refused")[-1]["problem"])
        self.accepted(token(self.key, "k1", iss=self.origin.url))
        self.origin.metadata = {}
        wait_until(lambda: not problem(), "the end of the problem")


if __name__ == "__main__":
    unittest.main(verbosity=2)
