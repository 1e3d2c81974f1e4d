"""Exchanges tokens between Signet and other libraries, in both directions, over HTTP.

For every signature algorithm that the other side has: they sign and POST /verify accepts (the
public key as JWK, as PEM, and as an issuer's jwks_file behind a profile); POST /sign signs (with
their private key as JWK and as PEM, and with a series of ours behind a profile) and they verify, the
last with what our JWKS endpoint says. On every path a damaged signature is refused.
"""
import collections
import hashlib
import json
import os
import pathlib
import sys
import time

import service
from cryptography.hazmat.primitives.serialization import PrivateFormat
import npm_peer
import peers

OURS, THEIRS, AUDIENCE = "https://signet.example", "https://peers.example", "api://interop"
CALLER_SECRET = "b5Z9PzZpXjq0-3nUQm2cYbU1mXrT8kVwL4sG7hD6aJ0"

ALGORITHMS = [
    ("HS256", None), ("HS384", None), ("HS512", None),
    ("RS256", None), ("RS384", None), ("RS512", None),
    ("PS256", None), ("PS384", None), ("PS512", None),
    ("ES256", "P-256"), ("ES384", "P-384"), ("ES512", "P-521"), ("ES256K", "secp256k1"),
    ("EdDSA", "Ed25519"), ("EdDSA", "Ed448"), ("Ed25519", "Ed25519"), ("Ed448", "Ed448"),
    ("ML-DSA-44", None), ("ML-DSA-65", None), ("ML-DSA-87", None),
]  # fmt: skip
DIRECTIONS = ["JWK >", "PEM >", "issuer >", "< JWK", "< PEM", "< JWKS"]


def is_secret(alg):
    return alg.startswith("HS")


def series_name(alg, curve):
    return alg if curve is None else f"{alg}-{curve}"


def claims(issuer):
    now = int(time.time())
    return {"iss": issuer, "aud": AUDIENCE, "sub": "Zoë 🔑", "iat": now, "exp": now + 300,
            "nested": {"list": [1, 2.5, True, None]}}


# The configuration: a series and a sign profile per algorithm, and the peers as an issuer.


def own_series(alg, curve, files):
    """One item of `keys`; each file format that Signet reads is used by a series."""
    name = series_name(alg, curve)
    if is_secret(alg):
        files[f"{name}.secret"] = peers.secret_for_a_file(peers.SECRET_SIZE[alg])
        return (f"{{name: {name}, kid: {name}-1, alg: {alg}, secret: 'file:{name}.secret', "
                f"issuer: 'https://{name.lower()}.example'}}")
    if alg.startswith("ML-DSA"):
        return f"{{name: {name}, alg: {alg}, generate: true}}"
    key = peers.new_private_key(alg, curve)
    form = {"RS256": PrivateFormat.TraditionalOpenSSL, "ES256": PrivateFormat.TraditionalOpenSSL,
            "Ed25519": PrivateFormat.OpenSSH}.get(alg, PrivateFormat.PKCS8)
    files[f"{name}.key"] = peers.private_pem(key, form)
    return f"{{name: {name}, alg: {alg}, file: {name}.key}}"


def configuration(jwks):
    files = {"peers.jwks.json": json.dumps(jwks)}
    keys = [own_series(alg, curve, files) for alg, curve in ALGORITHMS]
    profiles = [
        f"  {series_name(*one)}: {{key: {series_name(*one)}, callers: [test], ttl: 5m, "
        f"audiences: ['{AUDIENCE}'], allowed_claims: ['*']}}"
        for one in ALGORITHMS
    ]
    text = "\n".join([
        f"issuer: {OURS}",
        "keys:", *(f"  - {one}" for one in keys),
        "issuers:", f"  - {{name: peers, issuer: '{THEIRS}', jwks_file: peers.jwks.json}}",
        "verify_profiles:", f"  peers: {{issuers: [peers], audiences: ['{AUDIENCE}']}}",
        "sign_profiles:", *profiles,
        "inline_keys: {endpoints: [sign, verify]}",
        "callers:",
        f"  - {{name: test, secret_sha256: {hashlib.sha256(CALLER_SECRET.encode()).hexdigest()}}}",
        "log: {level: warn}", "",
    ])
    return text, files


class Crossing:
    """One algorithm with one peer: every direction, and its result."""

    def __init__(self, signet, peer, alg, curve, key, our_keys, our_secrets):
        self.signet, self.peer, self.alg, self.curve, self.key = signet, peer, alg, curve, key
        self.our_keys, self.our_secrets = our_keys, our_secrets

    def run(self, direction):
        """None when the token crossed and a damaged one did not; else what went wrong, or a skip."""
        if "PEM" in direction and not is_secret(self.alg) and not self.key.public_pem:
            return "skip: it does not write PEM"
        if direction == "issuer >" and is_secret(self.alg):
            return "skip: secrets are never in a published set"
        return self.inbound(direction) if direction.endswith(">") else self.outbound(direction)

    def inbound(self, direction):
        header = {"kid": self.key.kid}
        theirs = claims(THEIRS)
        token = self.peer.sign(self.key, self.alg, header, theirs)
        body = {**self.verifying(direction), "audience": AUDIENCE}
        reply = self.signet.post("/verify", {**body, "token": token})
        if reply.status != 200 or reply.json["claims"] != theirs or reply.json["alg"] != self.alg:
            return f"not accepted: {reply}"
        reply = self.signet.post("/verify", {**body, "token": peers.damaged(token)})
        return None if reply.code == "signature_invalid" else f"damaged, accepted: {reply}"

    def verifying(self, direction):
        if direction == "issuer >":
            return {"profile": "peers"}
        inline = {"algorithms": [self.alg], "issuer": THEIRS}
        if direction == "JWK >":
            return {**inline, "key": self.key.public_jwk}
        if is_secret(self.alg):
            return {**inline, "secret_b64": self.key.public_jwk["k"]}
        return {**inline, "key": self.key.public_pem}

    def outbound(self, direction):
        if direction == "< JWKS":
            return self.by_profile()
        ours = claims(OURS)
        material = {"key": self.key.private_jwk}
        public = self.key.public_jwk
        if direction == "< PEM" and is_secret(self.alg):
            material = {"secret_b64": public["k"]}
        elif direction == "< PEM":
            material, public = {"key": self.key.private_pem}, self.key.public_pem
        reply = self.signet.post("/sign", {**material, "alg": self.alg, "claims": ours})
        if reply.status != 200:
            return f"not signed: {reply}"
        return self.they_verify(public, reply.json["token"], OURS, ours)

    def by_profile(self):
        name = series_name(self.alg, self.curve)
        reply = self.signet.post(
            "/sign", {"profile": name, "claims": {"sub": "Zoë 🔑"}},
            {"Authorization": f"Bearer {CALLER_SECRET}"},
        )
        if reply.status != 200:
            return f"not signed: {reply}"
        if is_secret(self.alg):
            public = {"kty": "oct", "k": peers.b64(self.our_secrets[name]), "alg": self.alg}
            issuer = f"https://{name.lower()}.example"
        else:
            public, issuer = self.our_keys[reply.json["kid"]], OURS
        return self.they_verify(public, reply.json["token"], issuer, {"sub": "Zoë 🔑"})

    def they_verify(self, public, token, issuer, expected):
        try:
            got = self.peer.verify(public, self.alg, token, issuer, AUDIENCE)
        except peers.Refused as error:
            return f"not accepted: {error}"
        if any(got.get(name) != value for name, value in expected.items()):
            return f"other claims: {got}"
        try:
            self.peer.verify(public, self.alg, peers.damaged(token), issuer, AUDIENCE)
        except peers.Refused:
            return None
        return "damaged, accepted"


def cross_all(signet, everyone, keys, files, skipped):
    """Runs every crossing, prints the table, returns (passed, failures)."""
    jwks = signet.get("/.well-known/jwks.json").json
    our_keys = {key["kid"]: key for key in jwks["keys"]}
    our_secrets = {name[:-7]: octets for name, octets in files.items() if name.endswith(".secret")}
    passed, failures = 0, []
    print(f"{'':18} {'':12} " + " ".join(f"{one:9}" for one in DIRECTIONS))
    for alg, curve in ALGORITHMS:
        for peer in everyone:
            key = keys.get((peer.name, alg, curve))
            if key is None:
                continue
            crossing = Crossing(signet, peer, alg, curve, key, our_keys, our_secrets)
            cells = []
            for direction in DIRECTIONS:
                outcome = crossing.run(direction)
                cells.append("ok" if outcome is None else "-" if outcome[:5] == "skip:" else "FAIL")
                where = f"{series_name(alg, curve)} {peer.name} {direction}"
                if outcome is None:
                    passed += 1
                elif cells[-1] == "-":
                    skipped[outcome[6:]].append(where)
                else:
                    failures.append(f"{where}: {outcome}")
            label = alg if curve in (None, alg) else f"{alg} {curve}"
            print(f"{label:18} {peer.name:12} " + " ".join(f"{one:9}" for one in cells))
    return passed, failures


# ML-DSA: no library of Debian 12 has it, so it is tested with the published examples instead.


def ml_dsa_crossings(signet, skipped):
    passed, failures = 0, []

    def expect(what, right, reply):
        nonlocal passed
        passed += right
        if not right:
            failures.append(f"{what}: {reply}")

    jwks = {key["kid"]: key for key in signet.get("/.well-known/jwks.json").json["keys"]}
    for alg in ("ML-DSA-44", "ML-DSA-65", "ML-DSA-87"):
        made = signet.post("/sign", {"profile": alg, "claims": {"sub": "Zoë 🔑"}},
                           {"Authorization": f"Bearer {CALLER_SECRET}"})
        expect(f"{alg} sign", made.status == 200, made)
        body = {"key": jwks[made.json["kid"]], "audience": AUDIENCE, "issuer": OURS}
        reply = signet.post("/verify", {**body, "token": made.json["token"]})
        expect(f"{alg} verify", reply.status == 200 and reply.json["alg"] == alg, reply)
        reply = signet.post("/verify", {**body, "token": peers.damaged(made.json["token"])})
        expect(f"{alg} damaged", reply.code == "signature_invalid", reply)
        vectors = os.environ.get("SIGNET_VECTORS", "")
        file = pathlib.Path(vectors, "mldsa-jose", alg.replace("-", "_") + ".jose.json")
        if not vectors or not file.exists():
            skipped["no folder of vectors in SIGNET_VECTORS"].append(f"{alg} published example")
            continue
        example = json.loads(file.read_text())
        public = {name: v for name, v in example["jwk"].items() if name != "priv"}
        body = {"key": public, "mode": "jws"}
        reply = signet.post("/verify", {**body, "token": example["jws"]})
        expect(f"{alg} published", reply.status == 200, reply)
        reply = signet.post("/verify", {**body, "token": peers.damaged(example["jws"])})
        expect(f"{alg} published, damaged", reply.code == "signature_invalid", reply)
        made = signet.post("/sign", {"key": example["jwk"], "payload": "by the published seed"})
        expect(f"{alg} published seed signs", made.status == 200, made)
        reply = signet.post("/verify", {**body, "token": made.json["token"]})
        expect(f"{alg} published key verifies", reply.status == 200, reply)
    print(f"ML-DSA with itself and the published examples: {passed} passed")
    return passed, failures


def main():
    everyone, missing = peers.installed()
    for one in missing:
        print(f"skipped: {one}")
    skipped = collections.defaultdict(list)
    problem = npm_peer.install()
    if problem:
        print(f"skipped: npm jose ({problem})")
    else:
        everyone.append(npm_peer.NpmJose())
    print("with " + ", ".join(f"{peer.name} {peer.version}" for peer in everyone))

    keys = {}
    for peer in everyone:
        for alg, curve in ALGORITHMS:
            reason = peer.why_not(alg, curve)
            name = series_name(alg, curve)
            if reason:
                skipped[f"{peer.name}: {reason}"].append(name)
            else:
                kid = f"{peer.name}-{name}".replace(" ", "-")
                keys[peer.name, alg, curve] = peer.new_key(alg, curve, kid)
    published = [k.public_jwk for (_, alg, _), k in keys.items() if not is_secret(alg)]
    text, files = configuration({"keys": published})
    with service.start(os.environ["SIGNET"], text, files) as signet:
        passed, failures = cross_all(signet, everyone, keys, files, skipped)
        more, problems = ml_dsa_crossings(signet, skipped)
    if not problem:
        everyone[-1].stop()

    for reason, where in skipped.items():
        print(f"skipped: {reason}: {', '.join(where)}")
    for failure in failures + problems:
        print(f"FAIL {failure}")
    print(f"{passed + more} passed, {len(failures + problems)} failed, "
          f"{sum(map(len, skipped.values()))} skipped")
    return 1 if failures or problems else 0


if __name__ == "__main__":
    sys.exit(main())
