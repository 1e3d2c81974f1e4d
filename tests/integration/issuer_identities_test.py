"""Whose tokens are an issuer's where one exact iss does not say it: tenants, spellings, SPIFFE trust domains.

Run by ctest (the binary in SIGNET), or as:
    PYTHONPATH=tests/support python3 tests/integration/issuer_identities_test.py build/dev/signet
"""
import datetime
import json
import os
import pathlib
import signal
import tempfile
import unittest

from cryptography.hazmat.primitives.asymmetric import ec
from es256 import token
from issuer_case import IssuerCase, configuration, wait_until
from origin import public_jwk

LONG = "cache_ttl: 1h, total_timeout: 1s, connect_timeout: 1s"  # fetched once in a test
HOST = "https://login.example"
TEMPLATE = f"{HOST}/{{tid}}/v2.0"
OF_ALL = f"{HOST}/{{tenantid}}/v2.0"


def issuer(url, members, name="corp", more=LONG):
    return f'  - {{name: {name}, {members}, jwks_uri: "{url}/jwks", {more}}}\n'


def entra(url, tenants="[a]"):
    return issuer(url, f'issuer: "{TEMPLATE}", tenants: {tenants}')


def iss_of(tenant):
    return f"{HOST}/{tenant}/v2.0"


def replace(path, text):
    fresh = path.with_name(path.name + ".new")
    fresh.write_text(text)
    fresh.chmod(0o600)
    fresh.rename(path)


class Identities(IssuerCase):
    def token(self, tenant="a", tid=None, **more):
        return token(self.key, "k1", **{"iss": iss_of(tenant), "tid": tid or tenant, **more})

    def follow(self, issuers, names="corp", **more):
        self.start(configuration(issuers, names=names, **more))
        for name in names.split(", "):
            wait_until(lambda name=name: self.state(name) == "fresh", f"the keys of {name}")

    def test_a_tenant_is_admitted_and_must_be_the_tokens_own(self):
        self.origin.keys[0]["issuer"] = OF_ALL
        self.follow(entra(self.origin.url, "[a, b]"))
        self.assertEqual(self.accepted(self.token("a")).json["issuer"], TEMPLATE)
        self.accepted(self.token("b"))
        self.refused("issuer_mismatch", self.token("c"))
        self.refused("issuer_mismatch", self.token("a", tid="b"))
        self.refused("issuer_mismatch", self.token("a", tid=["a"]))
        self.refused("issuer_mismatch", token(self.key, "k1", iss=TEMPLATE, tid="{tid}"))
        self.refused("issuer_mismatch", token(self.key, "k1", iss=iss_of("a")))
        # a request narrows by the iss of a tenant, and to nobody else's
        narrowed = self.running.post("/verify", {"token": self.token("a"), "issuer": iss_of("b")})
        self.assertEqual(narrowed.code, "issuer_mismatch", narrowed)
        narrowed = self.running.post("/verify", {"token": self.token("a"), "issuer": iss_of("a")})
        self.assertEqual(narrowed.status, 200, narrowed)
        narrowed = self.running.post("/verify", {"token": self.token("a"), "issuer": iss_of("c")})
        self.assertEqual((narrowed.status, narrowed.code), (400, "request_invalid"), narrowed)

    def test_tokens_of_version_one_are_not_for_the_keys_of_version_two(self):
        self.origin.keys[0]["issuer"] = OF_ALL
        self.follow(entra(self.origin.url) + issuer(self.origin.url, 'issuer: "https://sts.example/a/"', "old"),
                    names="old")  # fmt: skip
        old = token(self.key, "k1", iss="https://sts.example/a/", tid="a")
        self.refused("issuer_mismatch", old)  # its issuer is trusted, and the key is not for it
        self.follow(entra(self.origin.url))
        self.refused("issuer_mismatch", old)

    def test_a_key_of_one_tenant_verifies_no_other(self):
        self.origin.keys[0]["issuer"] = iss_of("a")
        self.follow(entra(self.origin.url, "[a, b]"))
        self.accepted(self.token("a"))
        self.refused("issuer_mismatch", self.token("b"))

    def test_a_new_tenant_keeps_the_keys_that_were_fetched(self):
        self.follow(entra(self.origin.url))
        self.refused("issuer_mismatch", self.token("b"))
        self.origin.mode = "503"
        fetches = len(self.origin.fetches())
        replace(pathlib.Path(self.running.folder, "signet.yaml"),
                configuration(entra(self.origin.url, "[a, b]")))  # fmt: skip
        self.running.process.send_signal(signal.SIGHUP)
        wait_until(lambda: self.verify(self.token("b")).status == 200, "the new tenant")
        self.accepted(self.token("a"))
        self.assertEqual(len(self.origin.fetches()), fetches)

    def test_the_disk_keeps_whom_a_key_is_for(self):
        self.origin.keys[0]["issuer"] = iss_of("a")
        with tempfile.TemporaryDirectory() as folder:
            server = f'jwks_cache_dir: "{folder}/jwks"'
            self.follow(entra(self.origin.url, "[a, b]"), server=server)
            wait_until(lambda: os.path.isdir(f"{folder}/jwks") and os.listdir(f"{folder}/jwks"), "the stored set")
            self.origin.mode = "hang"
            self.start(configuration(entra(self.origin.url, "[a, b]"), server + ", startup_wait: 0s"))
            self.assertEqual(len(self.events("jwks_restored")), 1)
            self.accepted(self.token("a"))
            self.refused("issuer_mismatch", self.token("b"))

    def test_one_issuer_has_several_spellings(self):
        self.follow(issuer(self.origin.url, 'issuer: "https://accounts.example", spellings: [accounts.example]'))
        for iss in ("https://accounts.example", "accounts.example"):
            self.accepted(token(self.key, "k1", iss=iss))
        for iss in ("https://accounts.example/", "http://accounts.example", "Accounts.example"):
            self.refused("issuer_mismatch", token(self.key, "k1", iss=iss))

    def test_a_trust_domain_is_told_by_sub(self):
        self.origin.keys[0]["use"] = "jwt-svid"
        other = public_jwk(ec.generate_private_key(ec.SECP256R1()).public_key(), "tls")
        self.origin.keys.append({**other, "use": "x509-svid"})
        self.origin.set_members["spiffe_refresh_hint"] = 600
        self.follow(issuer(self.origin.url, "trust_domain: example.org"))

        def svid(sub="spiffe://example.org/web", **more):
            return token(self.key, "k1", **{"iss": None, "sub": sub, **more})

        self.assertEqual(self.accepted(svid()).json["issuer"], "spiffe://example.org")
        self.accepted(svid(iss="https://spire.example"))
        for sub in ("spiffe://example.org", "spiffe://example.com/web", "spiffe://example.org/a/../b", "ada"):
            self.refused("issuer_mismatch", svid(sub))
        self.refused("claim_missing", svid(aud=None))
        self.refused("claim_missing", svid(exp=None))
        corp = self.issuers()["corp"]
        self.assertEqual([one["kid"] for one in corp["keys"]], ["k1"])
        self.assertEqual(corp["left_out"], [])
        until, since = (datetime.datetime.fromisoformat(corp[name].replace("Z", "+00:00"))
                        for name in ("fresh_until", "last_success"))  # fmt: skip
        self.assertAlmostEqual((until - since).total_seconds(), 600, delta=30)

    def test_a_token_must_be_exactly_one_issuers(self):
        self.origin.keys.append({**self.origin.keys[0], "kid": "k2", "use": "jwt-svid"})
        issuers = issuer(self.origin.url, "issuer: urn:corp") + issuer(self.origin.url, "trust_domain: example.org", "mesh")
        self.follow(issuers, names="corp, mesh")
        self.accepted(token(self.key, "k1", iss="urn:corp"))
        self.accepted(token(self.key, "k2", iss=None, sub="spiffe://example.org/web"))
        for kid in ("k1", "k2"):
            self.refused("issuer_mismatch", token(self.key, kid, iss="urn:corp", sub="spiffe://example.org/web"))
        self.refused("claim_missing", token(self.key, "k1", iss=None))


if __name__ == "__main__":
    unittest.main()
