"""What a JWE can carry in addition to alg and enc, with every peer and in both directions."""
import copy
import json

import peers
from interop_test import claims
from jwe_peers import Message, P2C
from jwe_world import AS_CALLER, AUDIENCE, OURS, THEIRS, series_name

ENC = "A128CBC-HS256"
PARTIES = {"apu": b"Zo\xc3\xab", "apv": b"\x00\xff the service"}
OCTETS = bytes(range(256))
TEXT = b"the same again, " * 8  # compresses, but less than ten times


class Forms:
    """One peer. Each form is two functions: they encrypt (>), we encrypt (<)."""

    def __init__(self, signet, peer, keys, signer, ring_keys):
        self.signet, self.peer, self.signer, self.ring_keys = signet, peer, signer, ring_keys
        self.keys = {(alg, curve): key for (name, alg, curve, enc), key in keys.items()
                     if name == peer.name and enc == ENC}
        agrees = ("ECDH-ES+A256KW", "P-256") in self.keys
        self.alg, self.curve = ("ECDH-ES+A256KW", "P-256") if agrees else ("RSA-OAEP-256", None)
        self.key = self.keys[self.alg, self.curve]
        self.series = series_name(self.alg, self.curve, ENC)

    def seal(self, plaintext, header=None, **more):
        """They encrypt to their own key."""
        message = Message(self.alg, ENC, {"kid": self.key.kid, **(header or {})}, **more)
        return self.peer.encrypt(self.key.public_jwk, message, plaintext)

    def ask_to_open(self, token, key=None):
        return self.signet.post("/decrypt", {"token": token, "key": (key or self.key).private_jwk})

    def opens(self, token, plaintext, **expected):
        """They encrypted it; the plaintext comes out, and nothing of a damaged message."""
        reply = self.ask_to_open(token)
        if reply.status != 200 or plaintext_of(reply.json) != plaintext:
            return f"not opened: {reply}"
        header = reply.json["header"]
        if any(header.get(name) != value for name, value in expected.items()):
            return f"another header: {header}"
        reply = self.ask_to_open(peers.damaged(token))
        return None if reply.code == "decryption_failed" else f"damaged, opened: {reply}"

    def ask_to_seal(self, plaintext, **more):
        body = {"key": self.key.public_jwk, "alg": self.alg, "enc": ENC,
                "plaintext_b64": peers.b64(plaintext), **more}
        return self.signet.post("/encrypt", body)

    def opened_by_them(self, reply, plaintext):
        if reply.status != 200:
            return f"not encrypted: {reply}"
        token = reply.json["token"]
        try:
            got = self.peer.decrypt(self.key.private_jwk, token, self.alg, ENC)
        except peers.Refused as error:
            return f"not opened: {error}"
        if got != plaintext:
            return f"another plaintext: {got}"
        try:
            self.peer.decrypt(self.key.private_jwk, peers.damaged(token), self.alg, ENC)
        except peers.Refused:
            return None
        return "damaged, opened"

    # Bytes that are not text

    def octets_in(self):
        return self.opens(self.seal(OCTETS), OCTETS)

    def octets_out(self):
        return self.opened_by_them(self.ask_to_seal(OCTETS), OCTETS)

    # Members of the protected header

    def header_in(self):
        header = {"typ": "secret+x", "cty": "text/plain", "x": {"list": [1, "Zoë"]}}
        return self.opens(self.seal(TEXT, header), TEXT, **header)

    def header_out(self):
        more = {"x": {"list": ["Zoë", 1.5]}}
        reply = self.ask_to_seal(TEXT, typ="secret+x", cty="text/plain", header=more)
        if reply.status != 200:
            return f"not encrypted: {reply}"
        header = json.loads(peers.octets_of(reply.json["token"].split(".")[0]))
        if not {"typ": "secret+x", "cty": "text/plain", **more}.items() <= header.items():
            return f"another header: {header}"
        return self.opened_by_them(reply, TEXT)

    # Compression

    def zip_in(self):
        return self.opens(self.seal(TEXT, {"zip": "DEF"}), TEXT, zip="DEF")

    def zip_out(self):
        reply = self.ask_to_seal(TEXT, zip="DEF")
        plain = self.ask_to_seal(TEXT)
        if reply.status == plain.status == 200 and len(reply.body) >= len(plain.body):
            return f"not compressed: {reply}"
        return self.opened_by_them(reply, TEXT)

    # Names of the two parties, part of the agreed key

    def parties_in(self):
        expected = {name: peers.b64(value) for name, value in PARTIES.items()}
        for form in (self, self.directly()):
            outcome = form.opens(form.seal(TEXT, **PARTIES), TEXT, **expected)
            if outcome:
                return f"{form.alg}: {outcome}"
        return None

    def parties_out(self):
        members = {f"{name}_b64": peers.b64(value) for name, value in PARTIES.items()}
        for form in (self, self.directly()):
            outcome = form.opened_by_them(form.ask_to_seal(TEXT, **members), TEXT)
            if outcome:
                return f"{form.alg}: {outcome}"
        return None

    def directly(self):
        """The same with ECDH-ES, where the agreed key encrypts the content."""
        other = copy.copy(self)
        other.alg = "ECDH-ES"
        other.key = self.keys[other.alg, self.curve]
        return other

    # JSON serializations

    def flattened_in(self):
        token = self.seal(TEXT, form="flattened", aad=b"for all to read")
        return self.opens(token, TEXT) or self.refuses_other_aad(token)

    def refuses_other_aad(self, token):
        reply = self.ask_to_open({**token, "aad": peers.b64(b"for all to rewrite")})
        return None if reply.code == "decryption_failed" else f"other aad, opened: {reply}"

    def flattened_out(self):
        reply = self.ask_to_seal(TEXT, serialization="flattened", aad_b64=peers.b64(b"to read"))
        return self.opened_by_them(reply, TEXT)

    def everyone(self):
        """Several recipients: what this peer has of each kind."""
        wanted = [("ECDH-ES+A256KW", "P-256"), ("A128KW", None), ("A256GCMKW", None),
                  ("RSA-OAEP-256", None), ("ECDH-ES+A128KW", "X25519"),
                  ("PBES2-HS256+A128KW", None)]
        return [(self.keys[one], one[0]) for one in wanted if one in self.keys]

    def general_in(self):
        recipients = [(key.public_jwk, alg) for key, alg in self.everyone()]
        token = self.peer.encrypt_to_all(recipients, ENC, TEXT)
        for at, (key, alg) in enumerate(self.everyone()):
            reply = self.ask_to_open(token, key)
            if reply.status != 200 or plaintext_of(reply.json) != TEXT or reply.json["alg"] != alg:
                return f"recipient {at} ({alg}) does not open it: {reply}"
            reply = self.ask_to_open(peers.damaged(token), key)
            if reply.code != "decryption_failed":
                return f"damaged, recipient {at} ({alg}) opens it: {reply}"
        return None

    def general_out(self):
        recipients = [{"key": key.public_jwk, "alg": alg} for key, alg in self.everyone()]
        reply = self.signet.post("/encrypt", {
            "serialization": "general", "enc": ENC, "recipients": recipients,
            "header": {"p2c": P2C}, "plaintext_b64": peers.b64(TEXT),
        })
        if reply.status != 200:
            return f"not encrypted: {reply}"
        for at, (key, alg) in enumerate(self.everyone()):
            try:
                if self.peer.decrypt(key.private_jwk, reply.json["token"], alg, ENC) != TEXT:
                    return f"recipient {at} ({alg}): another plaintext"
            except peers.Refused as error:
                return f"recipient {at} ({alg}) does not open it: {error}"
        return None

    # A signed token inside

    def nested_in(self):
        ours, said = self.ring_keys[self.series], claims(THEIRS)
        inner = self.peer.jws.sign(self.signer, "ES256", {"kid": self.signer.kid}, said)
        message = Message(self.alg, ENC, {"kid": ours["kid"], "cty": "JWT"})
        token = self.peer.encrypt(ours, message, inner.encode())
        reply = self.signet.post(
            "/verify", {"token": token, "profile": f"in-{self.series}"}, AS_CALLER)
        if reply.status != 200 or reply.json["claims"] != said:
            return f"not accepted by /verify: {reply}"
        body = {"key_name": self.series, "verify": {"profile": "peers"}}
        reply = self.signet.post("/decrypt", {**body, "token": token}, AS_CALLER)
        if reply.status != 200 or not reply.json["authenticated"] or reply.json["claims"] != said:
            return f"not accepted by /decrypt: {reply}"
        forged = self.peer.encrypt(ours, message, peers.damaged(inner).encode())
        reply = self.signet.post("/decrypt", {**body, "token": forged}, AS_CALLER)
        return None if reply.code == "signature_invalid" else f"damaged inside, accepted: {reply}"

    def nested_out(self):
        body = {"profile": "ours", "claims": {"sub": "Zoë 🔑"},
                "encrypt": {"kid": self.key.kid, "alg": self.alg, "enc": ENC}}
        reply = self.signet.post("/sign", body, AS_CALLER)
        if reply.status != 200:
            return f"not made: {reply}"
        token = reply.json["token"]
        if json.loads(peers.octets_of(token.split(".")[0])).get("cty") != "JWT":
            return f"no cty JWT: {reply}"
        try:
            inner = self.peer.decrypt(self.key.private_jwk, token, self.alg, ENC).decode()
            got = self.peer.jws.verify(self.ring_keys["ES256"], "ES256", inner, OURS, AUDIENCE)
        except peers.Refused as error:
            return f"not accepted: {error}"
        return None if got["sub"] == "Zoë 🔑" else f"other claims: {got}"


FORMS = ["octets", "header", "zip", "parties", "flattened", "general", "nested"]


def plaintext_of(reply):
    """As bytes, whatever its type."""
    if "plaintext" in reply:
        return reply["plaintext"].encode()
    return peers.octets_of(reply["plaintext_b64"])


def cross_all(signet, everyone, keys, signers, ring_keys, counts):
    """Runs every form with every peer and prints the table."""
    print(f"{'':12} " + " ".join(f"{one:9}" for one in FORMS) + "  (> they encrypt, < we do)")
    for peer in everyone:
        forms = Forms(signet, peer, keys, signers[peer.name], ring_keys)
        cells = []
        for form in FORMS:
            words = []
            for way, run in ((">", f"{form}_in"), ("<", f"{form}_out")):
                lack = peer.lacks.get(form) or peer.lacks.get(f"{form} {way}")
                where = f"{form} {peer.name} {way}"
                word = (counts.count(where, f"skip: {peer.name}: {lack}") if lack
                        else counts.run(where, getattr(forms, run)))
                words.append(f"{way} {word}")
            cells.append(" ".join(words))
        print(f"{peer.name:12} " + " ".join(f"{one:9}" for one in cells))
