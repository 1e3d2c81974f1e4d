"""Who may make what, and who accepts it: every maker with every acceptor, by real requests.

The rule: an acceptor accepts something from a maker exactly when it trusts what the maker has the right
to. For JWTs that is an issuer and an audience, for payloads a series. What was accepted must be within the
maker's rights: that issuer, that audience, and no claim that the maker may not set. A maker without any
right must be refused because no key fits, not because of typ or a claim: those are a second defence, and
this test is about the first.

Run by ctest (the binary in SIGNET), or as:
    PYTHONPATH=tests/support python3 tests/security/separation_test.py build/dev/signet
"""
import base64
import json
import os
import sys
import unittest

import acceptors
import makers
from separation_world import World

BINARY = os.path.abspath(sys.argv.pop(1) if len(sys.argv) > 1 else os.environ["SIGNET"])
BEFORE_CLAIMS = {
    "request_invalid", "token_malformed", "header_invalid", "algorithm_not_allowed", "algorithm_unsupported",
    "key_not_found", "key_ambiguous", "key_invalid", "signature_invalid", "decryption_failed",
}  # fmt: skip
WHICH_ISSUER = {"issuer_mismatch", "claim_missing"}  # among several: before the signature
PROFILES_SAY = {"iss", "aud", "iat", "exp", "jti"}  # whatever claims the caller may set


def may_take(acceptor, maker):
    return bool(acceptor.jwts & maker.jwts or acceptor.series & maker.series)


def overreach(acceptor, maker, taken):
    """What in a maker's token exceeds its rights; None = nothing."""
    if "payload" in taken:
        return None if acceptor.series & maker.series else "a payload of another series"
    issuer, audience = taken.get("iss"), taken.get("aud")
    for one in audience if isinstance(audience, list) else [audience]:
        if (issuer, one) not in maker.jwts:
            return f"speaks as {issuer} to {one}"
    if maker.claims is not None and not set(taken) <= PROFILES_SAY | maker.claims:
        return f"says {sorted(set(taken) - PROFILES_SAY - maker.claims)}"
    return None


def judge(acceptor, maker, verdicts):
    """What is wrong with an acceptor's answers to everything that a maker can make."""
    taken = [one.claims for one in verdicts if one.claims is not None]
    if bool(taken) != may_take(acceptor, maker):
        yield f"{'takes' if taken else 'refuses'} {taken[:1]}"
    for claims in taken:
        if too_much := overreach(acceptor, maker, claims):
            yield f"takes what {too_much}"
    if not acceptor.holds & maker.signs_as:
        fine = BEFORE_CLAIMS | (WHICH_ISSUER if len(acceptor.holds) > 1 else set())
        for code in sorted({one.code for one in verdicts if one.code} - fine):
            yield f"has its key, and refuses only by {code}"


class Separation(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.world = World(BINARY)
        cls.addClassCleanup(cls.world.close)

    def test_every_maker_times_every_acceptor(self):
        columns = list(acceptors.everything(self.world))
        rows, wrong, tries = [], [], 0
        for maker in makers.everybody(self.world):
            self.assertTrue(maker.tokens, maker.name)
            cells = []
            for acceptor in columns:
                verdicts = [one for token in maker.tokens for one in acceptor.ask(token)]
                tries += len(verdicts)
                cells.append(sum(one.claims is not None for one in verdicts))
                wrong += [f"{maker.name}: {acceptor.name} {what}" for what in judge(acceptor, maker, verdicts)]
            rows.append((f"{maker.name} ({len(maker.tokens)})", cells))
        print_table([acceptor.name for acceptor in columns], rows)
        print(f"{tries} attempts, {len(wrong)} wrong")
        self.assertEqual(sorted(set(wrong)), [])

    def test_our_keys_in_other_issuers_sets_are_named(self):
        ours = {self.world.kid(series) for series in ("sig", "pay", "sealed")}
        for name in ("corp", "web"):
            issuer = self.world.issuer(name)
            left_out = {one["thumbprint"] for one in issuer["left_out"] if one["reason"] == "own_key"}
            self.assertEqual(left_out, ours, issuer)
            self.assertEqual([key["kid"] for key in issuer["keys"]], [f"{name}-1"])
        log = self.world.service.log_text()
        for kid in ours:
            self.assertRegex(log, f'"own_key_in_foreign_set","issuer":"web",.*"thumbprint":"{kid}"')
        self.assertEqual(log.count("has our own key `"), len(ours))

    def test_a_file_that_then_lists_only_our_keys_changes_nothing(self):
        file = self.world.service.folder / "corp.json"
        before = file.read_text()
        ours = [key for key in self.world.our_jwks["keys"] if key["use"] == "sig"]
        file.write_text(json.dumps({"keys": ours}))
        self.addCleanup(file.write_text, before)
        self.world.wait_for("corp", lambda issuer: issuer.get("last_outcome") == "foreign")
        self.assertEqual([key["kid"] for key in self.world.issuer("corp")["keys"]], ["corp-1"])
        self.assertIn("every usable key of the set is one of our own", self.world.service.log_text())

    def test_nobody_is_sealed_to_by_a_borrowed_key(self):
        """A set that lists our encryption key must not make us the recipient of messages to its issuer."""
        reply = self.world.call("/encrypt", {"plaintext": "for web", "key_name": "web"}, "sealer")
        self.assertEqual((reply.status, reply.code), (404, "key_not_found"), reply)

    def test_a_profile_cannot_be_asked_in_the_other_mode(self):
        token = makers.token_of(self.world, "alpha", {"claims": {"sub": "x"}})[0]
        for profile, mode in (("default", "jws"), ("receipts", "jwt")):
            reply = self.world.call("/verify", {"token": token, "profile": profile, "mode": mode})
            self.assertEqual((reply.status, reply.code), (400, "request_invalid"), reply)

    def test_no_header_is_made_twice(self):
        """A claim that both Signet and the caller set appears once, or the request is refused."""
        plain = {"claims": {"sub": "x"}, "key": makers.private_jwk(self.world.outsider, kid="k")}
        for header in ({"typ": "JWT"}, {"alg": "ES256"}, {"kid": "k"}, {"typ": "JWT", "alg": "ES256", "kid": "k"}):
            reply = self.world.call("/sign", {**plain, "header": header, "typ": header.get("typ", "JWT")})
            self.assertEqual(reply.status, 200, reply)
            head = reply.json["token"].split(".")[0]
            self.assertEqual(sorted(members_of(head)), ["alg", "kid", "typ"])
        sealed = {"encrypt": {"key": makers.sealed_jwk(self.world), "header": {"cty": "JWT"}, "cty": "JWT"}}
        reply = self.world.call("/sign", {**plain, **sealed})
        self.assertEqual(reply.status, 200, reply)
        names = members_of(reply.json["token"].split(".")[0])
        self.assertEqual(len(names), len(set(names)), names)


def members_of(encoded):
    """The names in a JSON object, each as often as it appears."""
    text = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))
    return [name for name, _ in json.loads(text, object_pairs_hook=list)]


def print_table(columns, rows):
    width = max(len(name) for name, _ in rows)
    for number, name in enumerate(columns):
        print(f"{'':{width}} " + "  | " * number + f"  {name}")
    for name, cells in rows:
        print(f"{name:{width}} " + " ".join(f"{count or '.':>3}" for count in cells))


if __name__ == "__main__":
    unittest.main(verbosity=2)
