"""Keys that verify often get a table: when, for which keys, and that no verdict changes.

Run by ctest (the binary in SIGNET), or as:
    PYTHONPATH=tests/support python3 tests/integration/key_tables_test.py build/dev/signet
"""
import ctypes.util
import json
import pathlib
import unittest

from jwcrypto import jwk

from es256 import ISSUER, token
from issuer_case import IssuerCase, configuration, fetched, wait_until

ENOUGH = 1000  # tokens: more than a table costs
ONE_THREAD = 'server: {threads: 1, listen: [{address: "127.0.0.1:0", endpoints: [all]}]}\n'


def tampered(text):
    """The same token with one bit of S changed."""
    last = text[-3]
    return text[:-3] + ("A" if last != "A" else "B") + text[-2:]


@unittest.skipUnless(ctypes.util.find_library("crypto"), "tables need OpenSSL")
class KeyTables(IssuerCase):
    def start(self, text=None, limits="{}", **more):
        text = text or ONE_THREAD + configuration(fetched(self.origin.url + "/jwks"))
        return super().start(text + f"limits: {limits}\n", **more)

    def use(self, key, kid, times=ENOUGH, **what):
        for _ in range(times):
            self.accepted(token(key, kid, **what))

    def tables(self):
        return self.metric("key_tables"), self.metric("key_tables_bytes"), self.metric("key_tables_made_total")

    def has_tables(self, count):
        """The text of /metrics is kept for a moment."""
        return wait_until(lambda: self.metric("key_tables") == count, f"{count} tables")

    def test_a_fetched_key_gets_a_table_and_its_verdicts_stay(self):
        self.ready()
        good = token(self.key, "k1")
        self.use(self.key, "k1", 100)
        self.assertEqual(self.tables(), (0, 0, 0))
        self.use(self.key, "k1")
        self.has_tables(1)
        self.assertGreater(self.tables()[1], 150_000)
        self.use(self.key, "k1", 200)
        self.accepted(good)
        self.refused("signature_invalid", tampered(good))
        self.refused("signature_invalid", token(self.origin.new_key("k2"), "k1"))
        self.refused("token_expired", token(self.key, "k1", exp=1))
        self.accepted(good)

    def test_keys_of_a_request_and_tokens_that_no_key_verifies_earn_none(self):
        self.ready(text="inline_keys: {endpoints: [verify]}\n" + ONE_THREAD
                   + configuration(fetched(self.origin.url + "/jwks")))  # fmt: skip
        inline = jwk.JWK.generate(kty="EC", crv="P-256")
        from_jwcrypto = inline.export_public(as_dict=True)
        private = inline.get_op_key("sign")
        for _ in range(ENOUGH):
            body = {"token": token(private, None), "key": from_jwcrypto, "algorithms": ["ES256"], "audience": "api"}
            reply = self.running.post("/verify", body)
            self.assertEqual(reply.status, 200, reply)
        self.assertEqual(self.metric("key_tables_made_total"), 0)

    def test_our_own_key_gets_a_table_of_its_public_half(self):
        pem = jwk.JWK.generate(kty="EC", crv="P-256").export_to_pem(private_key=True, password=None)
        self.start(text=(
            ONE_THREAD + 'issuer: urn:us\nkeys: [{name: mine, alg: ES256, file: mine.pem}]\n'
            "sign_profiles: {default: {key: mine, audiences: [api], ttl: 5m, allowed_claims: [sub], callers: [it]}}\n"
            "verify_profiles: {default: {issuers: [self], audiences: [api]}}\n"
            f"callers: [{{name: it, uid: 0, secret_sha256: {'0' * 64}}}]\n"), files={"mine.pem": pem.decode()})
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        private = load_pem_private_key(pem, None)
        kid = self.running.get("/.well-known/jwks.json").json["keys"][0]["kid"]
        self.use(private, kid, iss="urn:us")
        self.has_tables(1)
        self.use(private, kid, 200, iss="urn:us")

    def test_a_table_ends_when_its_key_leaves_the_set(self):
        self.ready()
        self.use(self.key, "k1")
        self.has_tables(1)
        self.use(self.key, "k1", 200)  # its verifier uses it
        self.origin.keys.clear()
        successor = self.origin.new_key("k2")
        wait_until(lambda: self.verify(token(successor, "k2")).status == 200, "the new key")
        self.has_tables(0)
        self.use(successor, "k2")
        self.has_tables(1)

    def test_with_one_place_the_key_in_use_has_the_table(self):
        self.ready(limits="{key_tables: 1}")
        other = self.origin.new_key("k2")
        wait_until(lambda: self.verify(token(other, "k2")).status == 200, "the second key")
        self.use(self.key, "k1")
        self.has_tables(1)
        self.use(self.key, "k1", 200)
        self.use(other, "k2", 2 * ENOUGH)
        wait_until(lambda: self.metric("key_tables_made_total") == 2, "the other table")
        self.has_tables(1)
        self.use(other, "k2", 200)
        self.accepted(token(self.key, "k1"))

    def test_without_places_there_are_none(self):
        self.ready(limits="{key_tables: 0}")
        self.use(self.key, "k1")
        self.assertEqual(self.tables(), (0, 0, 0))


if __name__ == "__main__":
    unittest.main()
