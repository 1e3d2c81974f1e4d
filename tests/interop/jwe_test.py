"""Exchanges JWEs between Signet and other libraries, in both directions, over HTTP.

For every alg, curve and enc that the other side has: they encrypt and POST /decrypt opens (with
their private JWK, and with a series of ours whose key they have from our JWKS); POST /encrypt seals
(to their public JWK, and to the kid of a key in the set of a configured issuer) and they open. With
a key in the request a damaged tag is tried, too, and is refused. jwe_forms.py tests what else a message
can contain.
"""
import collections
import os
import sys

import service
import jose_tool
import jwe_forms
import jwe_peers
import npm_peer
import peers
import tally
from jwe_world import ALGORITHMS, AS_CALLER, OFF_BY_DEFAULT, World
from jwe_peers import ENCRYPTIONS, Message, P2C, is_secret

DIRECTIONS = ["JWK >", "JWKS >", "< JWK", "< kid"]
PUBLISHED = ["A256GCM", "A128CBC-HS256"]  # the enc that the directions by a known key are tried with
PLAINTEXT = "Zoë 🔑 hält es geheim"


class Crossing:
    """One alg and enc with one peer: every direction."""

    def __init__(self, signet, peer, alg, enc, key, series, ring_key):
        self.signet, self.peer, self.alg, self.enc = signet, peer, alg, enc
        self.key, self.series, self.ring_key = key, series, ring_key

    def run(self, direction):
        """None when it was opened, and a damaged message was not; else what went wrong, or a skip."""
        lack = self.peer.lacks.get(f"{self.enc} >")
        if lack and direction.endswith(">"):
            return f"skip: {self.peer.name}: {lack}"
        if direction == "JWK >":
            return self.they_encrypt(self.key.public_jwk, material(self.alg, self.key.private_jwk))
        if direction == "JWKS >":
            return self.they_encrypt(self.ring_key, {"key_name": self.series})
        if direction == "< JWK":
            return self.we_encrypt(material(self.alg, self.key.public_jwk), self.key.private_jwk)
        if is_secret(self.alg):  # secrets are in no set: one of our series
            return self.we_encrypt({"key_name": self.series}, self.ring_key)
        if self.alg in OFF_BY_DEFAULT:
            return "skip: what is off by default is off for an issuer's keys"
        return self.we_encrypt({"kid": self.key.kid}, self.key.private_jwk)

    def they_encrypt(self, public, opening):
        message = Message(self.alg, self.enc, {"kid": public["kid"]})
        token = self.peer.encrypt(public, message, PLAINTEXT.encode())
        reply = self.signet.post("/decrypt", {**opening, "token": token}, AS_CALLER)
        expected = {"authenticated": False, "plaintext": PLAINTEXT, "alg": self.alg,
                    "enc": self.enc}
        if reply.status != 200 or not expected.items() <= reply.json.items():
            return f"not opened: {reply}"
        if "key_name" in opening:
            return None
        reply = self.signet.post("/decrypt", {**opening, "token": peers.damaged(token)}, AS_CALLER)
        return None if reply.code == "decryption_failed" else f"damaged, opened: {reply}"

    def we_encrypt(self, to, private):
        body = {**to, "alg": self.alg, "enc": self.enc, "plaintext": PLAINTEXT}
        if self.alg.startswith("PBES2"):
            body["header"] = {"p2c": P2C}
        reply = self.signet.post("/encrypt", body, AS_CALLER)
        if reply.status != 200 or (reply.json["alg"], reply.json["enc"]) != (self.alg, self.enc):
            return f"not encrypted: {reply}"
        token = reply.json["token"]
        try:
            got = self.peer.decrypt(private, token, self.alg, self.enc)
        except peers.Refused as error:
            return f"not opened: {error}"
        if got != PLAINTEXT.encode():
            return f"another plaintext: {got}"
        if to.keys() & {"key_name", "kid"}:
            return None
        try:
            self.peer.decrypt(private, peers.damaged(token), self.alg, self.enc)
        except peers.Refused:
            return None
        return "damaged, opened"


def material(alg, jwk):
    """A key in the request. A password that a person could type is sent as `password`."""
    if alg.startswith("PBES2") and "alg" not in jwk:
        return {"password": peers.octets_of(jwk["k"]).decode()}
    return {"key": jwk}


def cross_all(signet, world, everyone, keys, counts):
    """Runs every exchange and prints a row per alg and peer: how many encs worked."""
    published = {key["kid"]: key for key in signet.get("/.well-known/jwks.json").json["keys"]}
    states = signet.get("/keys", port=signet.admin_port).json["keys"]
    ring_keys = world.shared | {
        one["name"]: published[one["kid"]] for one in states if one["kid"] in published
    }
    print(f"{'':22} {'':12} " + " ".join(f"{one:8}" for one in DIRECTIONS))
    for alg, curve in ALGORITHMS:
        for peer in everyone:
            row = {enc: keys[peer.name, alg, curve, enc] for enc in ENCRYPTIONS
                   if (peer.name, alg, curve, enc) in keys}
            cells = {direction: collections.Counter() for direction in DIRECTIONS}
            for enc, key in row.items():
                series = world.names[alg, curve, enc]
                crossing = Crossing(signet, peer, alg, enc, key, series, ring_keys[series])
                is_all = alg == "dir" or enc in PUBLISHED
                for direction in DIRECTIONS if is_all else ("JWK >", "< JWK"):
                    where = " ".join(filter(None, (alg, curve, enc, peer.name, direction)))
                    word = counts.run(where, lambda: crossing.run(direction))
                    cells[direction][word] += 1
            if row:
                words = (" ".join(f"{n} {word}" if word != "-" else "-" for word, n in one.items())
                         for one in cells.values())
                print(f"{alg} {curve or ''}".ljust(22), f"{peer.name:12}",
                      " ".join(f"{one:8}" for one in words).rstrip())
    return ring_keys


def make_keys(everyone, counts):
    """(peer, alg, curve, enc) -> Key: one for each alg and curve, and for each enc of `dir`."""
    keys, made, absent = {}, {}, set()
    for peer in everyone:
        for alg, curve in ALGORITHMS:
            for enc in ENCRYPTIONS:
                reason = peer.why_not(alg, curve, enc)
                name = f"{alg} {curve or ''}".strip()
                if reason and (peer, name) not in absent:
                    counts.count(name, f"skip: {peer.name}: {reason}")
                if reason:
                    absent.add((peer, name))
                    continue
                words = (peer.name, name, enc if alg == "dir" else "")
                kid = "-".join(filter(None, words)).replace(" ", "-")
                if kid not in made:
                    made[kid] = peer.new_key(alg, curve, enc, kid)
                keys[peer.name, alg, curve, enc] = made[kid]
    return keys


def everybody():
    """The peers that are installed; a line about each that is not."""
    everyone, npm = [jwe_peers.JwCrypto()], None
    if jwe_peers.jose:
        everyone.append(jwe_peers.PythonJose())
    else:
        print("skipped: python-jose (python3-jose is not installed)")
    problem = npm_peer.install()
    if problem:
        print(f"skipped: npm jose ({problem})")
    else:
        npm = npm_peer.NpmJose()
        everyone.append(jwe_peers.NpmJose(npm))
    problem = jose_tool.JoseTool.why_missing()
    if problem:
        print(f"skipped: jose tool ({problem})")
    else:
        everyone.append(jose_tool.JoseTool())
    print("with " + ", ".join(f"{peer.name} {peer.version}" for peer in everyone))
    return everyone, npm


def main():
    everyone, npm = everybody()
    counts = tally.Tally()
    keys = make_keys(everyone, counts)
    signers = {peer.name: peer.jws.new_key("ES256", "P-256", kid=f"{peer.name}-ES256")
               for peer in everyone}
    published = {key.kid: {**key.public_jwk, "use": "enc"} for (_, alg, *_), key in keys.items()
                 if not is_secret(alg)}
    world = World([*published.values(), *(key.public_jwk for key in signers.values())])
    with service.start(os.environ["SIGNET"], world.configuration(), world.files) as signet:
        ring_keys = cross_all(signet, world, everyone, keys, counts)
        jwe_forms.cross_all(signet, everyone, keys, signers, ring_keys, counts)
    if npm:
        npm.stop()
    return counts.report()


if __name__ == "__main__":
    sys.exit(main())
