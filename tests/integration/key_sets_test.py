"""Key sets as their publishers write them: other issuers' sets, and sets in requests.

Run by ctest (the binary in SIGNET), or as:
    PYTHONPATH=tests/support python3 tests/integration/key_sets_test.py build/dev/signet
"""
import copy
import json
import subprocess
import unittest

import origin
import service
from cryptography.hazmat.primitives.asymmetric import ec
from es256 import ISSUER, b64, token
from issuer_case import BINARY, PATIENCE, IssuerCase, configuration, wait_until

ODD = [{"kty": "new", "kid": "odd-\u001b[1m"}, 7, {"kty": "EC", "crv": "P-256", "kid": "short", "x": "AA", "y": "AA"}]


def padded(text):
    return text.replace("-", "+").replace("_", "/") + "=" * (-len(text) % 4)


class PublishedSets(IssuerCase):
    def serve(self, *entries):
        """Publishes these entries, and waits until the service has read them."""
        self.origin.keys[:] = entries
        count = len(self.origin.fetches())
        wait_until(lambda: len(self.origin.fetches()) > count + 1, "two more fetches")

    def test_every_spelling_of_a_key_is_that_key(self):
        plain = self.origin.keys[0]
        spellings = {
            "empty lists": {"key_ops": [], "oth": [], "x5c": []},
            "null members": {"d": None, "k": None, "x5t": None, "use": None, "alg": ""},
            "no certificate": {"x5c": ["MII\n-"], "x5t": 7, "x5u": {}},
            "base64": {"x": padded(plain["x"]), "y": padded(plain["y"])},
            "leading zeros": {"x": "AAAA" + plain["x"]},
            "the case of kty": {"kty": "ec"},
            "repeated key_ops": {"key_ops": ["verify", "verify"]},
        }
        self.ready()
        for name, change in spellings.items():
            with self.subTest(name):
                # the set in use is another one before, so that this one is really read
                self.serve({**plain, "kid": "other"})
                self.serve({**plain, **change})
                self.accepted()
                self.assertEqual(self.issuers()["corp"]["left_out"], [])
        self.serve({**plain, "kid": 2026})
        self.accepted(token(self.key, "2026"))

    def test_one_odd_key_leaves_the_issuer_its_others_and_is_named(self):
        self.ready()
        self.assertEqual(self.events("issuer_key_skipped"), [])
        good = copy.deepcopy(self.origin.keys)
        self.serve(*ODD, *good)
        self.accepted()
        corp = self.issuers()["corp"]
        self.assertEqual(corp["keys_left_out"], 3)
        self.assertEqual([(one.get("kid"), one["reason"]) for one in corp["left_out"]],
                         [("odd-\u001b[1m", "unusable"), (None, "unusable"), ("short", "unusable")])
        self.assertEqual([one["detail"] for one in corp["left_out"]],
                         ["kty is missing or not supported", "the key is not a JSON object",
                          "the EC point is not on its curve"])
        url = f"http://127.0.0.1:{self.running.admin_port}"
        shown = subprocess.run([BINARY, "issuers", "--url", url], capture_output=True, timeout=PATIENCE).stdout.decode()
        self.assertIn('corp: key "odd-\\u001b[1m" is not used: unusable (kty is missing or not supported)\n', shown)
        self.assertIn("corp: key without kid is not used: unusable (the key is not a JSON object)\n", shown)
        # the log names them when they change, and the order is no change
        said = self.events("issuer_key_skipped")
        self.assertEqual(len(said), 3)
        self.assertEqual({(one["issuer"], one["reason"]) for one in said}, {("corp", "unusable")})
        self.serve(*good, *reversed(ODD))
        self.assertEqual(len(self.events("issuer_key_skipped")), 3)
        self.assertEqual(self.metric("jwks_fetch_total", issuer="corp", outcome="replaced"), 2)
        self.serve(*good)
        self.assertEqual([one["keys"] for one in self.events("issuer_keys_skipped")], [0])

    def test_a_set_is_keyed_by_kid_kty_alg_and_use(self):
        plain = self.origin.keys[0]
        other = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", "kid": "k1"}
        sealing = origin.public_jwk(ec.generate_private_key(ec.SECP256R1()).public_key(), "k1")
        bare = {name: plain[name] for name in ("kty", "crv", "kid", "x", "y")}
        entries = [{**sealing, "use": "enc", "alg": "ECDH-ES"}, other, {**bare, "alg": "ES256"}, bare]
        self.ready()
        for order in (entries, entries[::-1]):
            self.serve(*order)
            self.accepted()
            self.assertEqual(len(self.issuers()["corp"]["keys"]), 4)
        rival = origin.public_jwk(ec.generate_private_key(ec.SECP256R1()).public_key(), "k1")
        for order in ([plain, rival], [rival, plain]):
            self.serve(*order)
            self.refused("key_ambiguous")

    def test_a_file_is_read_the_same_way_and_check_config_names_what_is_skipped(self):
        text = json.dumps({"keys": ODD + [{**self.origin.keys[0], "oth": [], "x5c": []}]})
        self.start(configuration(f'  - {{name: corp, issuer: "{ISSUER}", jwks_file: keys.json}}\n'),
                   files={"keys.json": b"\xef\xbb\xbf" + text.encode()})
        self.accepted()
        self.assertEqual(len(self.events("issuer_key_skipped")), 3)
        said = " ".join(str(one) for one in self.events("configuration"))
        self.assertIn("3 of its keys cannot be used", said)
        self.assertIn("kty is missing or not supported", said)


class InlineSets(unittest.TestCase):
    def setUp(self):
        self.running = service.start(BINARY, arguments=service.DEVELOPMENT)
        self.addCleanup(self.running.stop)
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.jwk = origin.public_jwk(self.key.public_key(), "k1")

    def verify(self, *entries, **more):
        return self.running.post("/verify", {"token": token(self.key, "k1"), "jwks": {"keys": entries}, "audience": "api",
                                             "algorithms": ["ES256"], **more})

    def test_what_is_not_understood_is_skipped_and_listed(self):
        reply = self.verify(*ODD, {**self.jwk, "key_ops": [], "x5c": []})
        self.assertEqual(reply.status, 200, reply)
        self.assertEqual(reply.json["skipped"],
                         [{"kid": "odd-\u001b[1m", "reason": "unusable", "detail": "kty is missing or not supported"},
                          {"reason": "unusable", "detail": "the key is not a JSON object"},
                          {"kid": "short", "reason": "unusable", "detail": "the EC point is not on its curve"}])
        self.assertNotIn("skipped", self.verify(self.jwk).json)

    def test_a_refusal_says_which_keys_were_skipped(self):
        other = origin.public_jwk(ec.generate_private_key(ec.SECP256R1()).public_key(), "k2")
        reply = self.verify({**self.jwk, "use": "sign"}, other)
        self.assertEqual((reply.status, reply.code), (422, "key_not_found"))
        self.assertEqual(reply.json["skipped"],
                         [{"kid": "k1", "reason": "unusable", "detail": "use is neither sig nor enc"}])

    def test_only_the_first_are_listed(self):
        reply = self.verify(self.jwk, *[{"kty": "new", "kid": str(i)} for i in range(20)])
        self.assertEqual([one["kid"] for one in reply.json["skipped"]], [str(i) for i in range(16)])
        self.assertEqual(reply.json["skipped_more"], 4)

    def test_a_set_without_a_usable_key_says_why(self):
        reply = self.verify({"kty": "new"})
        self.assertEqual((reply.status, reply.code), (400, "key_invalid"))
        self.assertEqual(reply.json["detail"], "the set has no usable key: kty is missing or not supported")

    def test_secrets_next_to_other_keys_are_refused_before_anything_is_skipped(self):
        secret = {"kty": "oct", "k": b64(b"k" * 32), "kid": "k1"}
        for other in (self.jwk, {"kty": "RSA"}, {"kty": "new"}, {**self.jwk, "use": "other"}):
            for entries in ([secret, other], [other, secret], [{"kty": "OCT"}, other, self.jwk]):
                reply = self.verify(*entries, algorithms=["HS256", "ES256"])
                self.assertEqual((reply.status, reply.code), (400, "key_invalid"), entries)
                self.assertEqual(reply.json["detail"], "a set mixes secrets with public keys")

    def test_a_single_key_is_held_to_the_letter(self):
        for odd in ({**self.jwk, "key_ops": []}, {**self.jwk, "x5c": []}, {**self.jwk, "kid": 7}):
            for more in ({"key": odd}, {"keys": [odd]}):
                reply = self.running.post("/verify", {"token": token(self.key, "k1"), "audience": "api",
                                                      "algorithms": ["ES256"], **more})
                self.assertEqual((reply.status, reply.code), (400, "key_invalid"), more)

    def test_one_kid_for_several_algs_and_uses(self):
        sealing = {**origin.public_jwk(ec.generate_private_key(ec.SECP256R1()).public_key(), "k1"), "use": "enc"}
        for entries in ([sealing, {**self.jwk, "alg": "ES256"}, self.jwk], [self.jwk, sealing]):
            self.assertEqual(self.verify(*entries).status, 200)

    def test_each_item_of_a_batch_lists_them(self):
        reply = self.running.post("/verify/batch", {
            "tokens": [token(self.key, "k1"), token(self.key, "k9")], "audience": "api", "algorithms": ["ES256"],
            "jwks": {"keys": [{"kty": "new", "kid": "n"}, self.jwk]}})
        self.assertEqual([one["status"] for one in reply.json["results"]], [200, 422])
        self.assertEqual([one["skipped"][0]["kid"] for one in reply.json["results"]], ["n", "n"])

    def test_decrypt_skips_too(self):
        private = {"kty": "oct", "k": b64(b"k" * 32), "kid": "s", "alg": "A256KW"}
        sealed = self.running.post("/encrypt", {"plaintext": token(self.key, "k1"), "key": private}).json["token"]
        keys = {"keys": [{"kty": "oct", "kid": "bad", "k": ""}, private]}
        opened = self.running.post("/decrypt", {"token": sealed, "jwks": keys})
        self.assertEqual((opened.status, opened.json["skipped"][0]["kid"]), (200, "bad"), opened)
        inner = {"jwks": {"keys": [{"kty": "new", "kid": "n"}, self.jwk]}, "audience": "api", "algorithms": ["ES256"]}
        verified = self.running.post("/decrypt", {"token": sealed, "jwks": keys, "verify": inner})
        self.assertEqual([one["kid"] for one in verified.json["skipped"]], ["bad", "n"], verified)
        wrong = {"keys": [{"kty": "oct", "kid": "bad", "k": ""}, {**private, "k": b64(b"w" * 32)}]}
        refused = self.running.post("/decrypt", {"token": sealed, "jwks": wrong})
        self.assertEqual((refused.code, refused.json["skipped"][0]["kid"]), ("decryption_failed", "bad"))


if __name__ == "__main__":
    unittest.main()
