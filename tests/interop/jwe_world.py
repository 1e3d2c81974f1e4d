"""What both sides of the JWE tests have: algorithms, keys, the configuration of the service."""
import hashlib
import json

from cryptography.hazmat.primitives.asymmetric import x25519, x448
from jwe_peers import ENCRYPTIONS, is_secret, secret_octets
import peers

OURS, THEIRS, AUDIENCE = "https://signet.example", "https://peers.example", "api://interop"
CALLER_SECRET = "b5Z9PzZpXjq0-3nUQm2cYbU1mXrT8kVwL4sG7hD6aJ0"
AS_CALLER = {"Authorization": f"Bearer {CALLER_SECRET}"}

CURVES = ["P-256", "P-384", "P-521", "X25519", "X448"]
NESTED_SERIES = ("RSA-OAEP-256", "ECDH-ES_A256KW-P-256")  # have verify profiles that decrypt
OFF_BY_DEFAULT = ["RSA1_5", "PBES2-HS256+A128KW", "PBES2-HS384+A192KW", "PBES2-HS512+A256KW"]
ALGORITHMS = [
    *((alg, None) for alg in (
        "RSA1_5", "RSA-OAEP", "RSA-OAEP-256", "RSA-OAEP-384", "RSA-OAEP-512")),
    *((alg, curve) for alg in (
        "ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A192KW", "ECDH-ES+A256KW") for curve in CURVES),
    *((alg, None) for alg in (
        "A128KW", "A192KW", "A256KW", "A128GCMKW", "A192GCMKW", "A256GCMKW", "dir")),
    *((alg, None) for alg in OFF_BY_DEFAULT[1:]),
]  # fmt: skip


def series_name(alg, curve, enc):
    parts = [alg.replace("+", "_"), curve, enc if alg == "dir" else None]
    return "-".join(part for part in parts if part)


def new_private_key(alg, curve):
    if curve == "X25519":
        return x25519.X25519PrivateKey.generate()
    if curve == "X448":
        return x448.X448PrivateKey.generate()
    return peers.new_private_key("RS256" if curve is None else alg, curve)


class World:
    """Our series and profiles, and an issuer with the peers' public keys."""

    def __init__(self, published):
        self.files = {"peers.jwks.json": json.dumps({"keys": published})}
        self.names = {}  # (alg, curve, enc) -> the series
        self.shared = {}  # the series of a secret -> its oct JWK
        self._items = [self._signing_series()]
        for alg, curve in ALGORITHMS:
            for enc in ENCRYPTIONS:
                name = series_name(alg, curve, enc)
                if name not in self.names.values():
                    self._add_series(name, alg, curve, enc)
                self.names[alg, curve, enc] = name

    def _signing_series(self):
        self.files["ES256.key"] = peers.private_pem(peers.new_private_key("ES256", "P-256"))
        return "{name: ES256, file: ES256.key}"

    def _add_series(self, name, alg, curve, enc):
        stated = enc if alg == "dir" else alg
        item = f"name: {name}, use: enc, alg: {stated}, callers: [test], allow_zip: true"
        if is_secret(alg):
            secret = peers.secret_for_a_file(secret_octets(alg, enc))
            if alg.startswith("PBES2"):
                secret = peers.b64(secret).encode()
            self.files[f"{name}.secret"] = secret
            self.shared[name] = {"kty": "oct", "kid": f"{name}-1", "k": peers.b64(secret)}
            self._items.append(f"{{{item}, kid: {name}-1, secret: 'file:{name}.secret'}}")
        else:
            self.files[f"{name}.key"] = peers.private_pem(new_private_key(alg, curve))
            self._items.append(f"{{{item}, file: {name}.key}}")

    def configuration(self):
        nested = [name for name in self.names.values() if name.startswith(NESTED_SERIES)]
        policy = f"issuers: [peers], audiences: ['{AUDIENCE}']"
        sealed = "require_encryption: true, callers: [test]"
        return "\n".join([
            f"issuer: {OURS}",
            "keys:", *(f"  - {one}" for one in self._items),
            "issuers:",
            f"  - {{name: peers, issuer: '{THEIRS}', jwks_file: peers.jwks.json, callers: [test]}}",
            "verify_profiles:", f"  peers: {{{policy}}}",
            *(f"  in-{name}: {{{policy}, decrypt: {name}, {sealed}}}"
              for name in sorted(set(nested))),
            "sign_profiles:",
            f"  ours: {{key: ES256, callers: [test], ttl: 5m, audiences: ['{AUDIENCE}'], "
            "allowed_claims: ['*']}",
            "inline_keys:", "  endpoints: [sign, verify, encrypt, decrypt]",
            f"  allow_algorithms: [{', '.join(OFF_BY_DEFAULT)}]", "  allow_zip: true",
            "callers:",
            "  - {name: test, "
            f"secret_sha256: {hashlib.sha256(CALLER_SECRET.encode()).hexdigest()}}}",
            "log: {level: warn}", "",
        ])
