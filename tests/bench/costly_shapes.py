"""Shapes of requests that cost work, by the unit that they spend: octets, keys, verifications, private
operations, iterations, searches. Each shape takes a count; request_costs.py looks for the worst one.

A shape is (endpoint, name, most, make): make(count) gives the request's JSON, or the token of GET /auth.
"""
import base64
import functools
import json
import os
import subprocess
import zlib

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

SIGNATURES = {
    "HS256": 32, "RS256": 256, "PS256": 256, "ES256": 64, "ES384": 96, "ES512": 132, "ES256K": 64, "Ed25519": 64,
    "Ed448": 114, "ML-DSA-44": 2420, "ML-DSA-65": 3309, "ML-DSA-87": 4627,
}  # fmt: skip
SEALS = ["RSA-OAEP-256", "ECDH-ES+A256KW", "A256KW"]
NOW_CLAIMS = {"sub": "s", "exp": 4102444800}


def b64(octets):
    octets = octets.encode() if isinstance(octets, str) else octets
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def text(value):
    return json.dumps(value, separators=(",", ":"))


class Keys:
    """Keys of every kind, made once by the binary under test or by the library."""

    def __init__(self, binary):
        self.binary = binary

    @functools.lru_cache(None)
    def private(self, alg, *more):
        made = subprocess.run([self.binary, "keygen", "--alg", alg, "--format", "jwk", *more], capture_output=True, check=True)
        jwk = json.loads(made.stdout)
        jwk.pop("kid", None)
        return jwk

    def public(self, alg, *more):
        hidden = {"d", "p", "q", "dp", "dq", "qi", "priv", "k"} if self.private(alg, *more)["kty"] != "oct" else set()
        return {name: value for name, value in self.private(alg, *more).items() if name not in hidden}

    @functools.lru_cache(None)
    def without_primes(self, bits):
        numbers = rsa.generate_private_key(65537, bits).private_numbers()
        members = {"n": numbers.public_numbers.n, "e": 65537, "d": numbers.d}
        octets = {name: b64(value.to_bytes((value.bit_length() + 7) // 8, "big")) for name, value in members.items()}
        return {"kty": "RSA", **octets}

    @functools.lru_cache(None)
    def pem(self, bits):
        key = rsa.generate_private_key(65537, bits)
        return key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode()  # fmt: skip

    @functools.lru_cache(None)
    def sealed_for_nobody(self, bits):
        """An encrypted key of the right size for an RSA key that the sender does not have."""
        return b64(os.urandom(bits // 8)[1:].rjust(bits // 8, b"\0"))


def forged(alg, claims=None, size=None, **header):
    """A token whose signature has the right size and nothing else."""
    payload = text(claims or NOW_CLAIMS)
    return ".".join([b64(text({"alg": alg, **header})), b64(payload), b64(os.urandom(size or SIGNATURES[alg]))])


def json_token(algs):
    entries = [{"protected": b64(text({"alg": alg})), "signature": b64(os.urandom(SIGNATURES[alg]))} for alg in algs]
    return {"payload": b64("x"), "signatures": entries}


def repeated(value, count):
    return [value] * count


def recipients_token(entries, octets=16, **header):
    return {
        "protected": b64(text({"enc": "A256GCM", **header})), "recipients": entries, "iv": b64(bytes(12)),
        "ciphertext": b64(bytes(octets)), "tag": b64(bytes(16)),
    }  # fmt: skip


def verify_shapes(keys):
    """What POST /verify can be asked; as members without the token where items of a batch may share them."""
    for alg in SIGNATURES:
        jwks = lambda n, alg=alg: {"keys": repeated(keys.public(alg), n)}
        yield f"{alg} keys, one token", 128, lambda n, alg=alg, jwks=jwks: {
            "keys": jwks(n)["keys"], "algorithms": [alg], "token": forged(alg), "mode": "jws"}
        yield f"{alg} signatures with 8 keys", 16, lambda n, alg=alg, jwks=jwks: {
            "keys": jwks(8)["keys"], "algorithms": [alg], "token": json_token([alg] * n), "mode": "jws"}
    yield "RS256 keys of 8192 bits", 60, lambda n: {
        "keys": repeated(keys.public("RS256", "--bits", "8192"), n), "algorithms": ["RS256"],
        "token": forged("RS256", size=1024)}
    yield "PEM keys", 60, lambda n: {
        "keys": repeated(keys.pem(2048), n), "algorithms": ["RS256"], "token": forged("RS256")}
    yield "private RSA keys", 60, lambda n: {
        "keys": repeated(keys.private("RS256"), n), "algorithms": ["RS256"], "token": forged("RS256")}
    yield "expectations", 8000, lambda n: {
        "secret": "s" * 32, "algorithms": ["HS256"], "required": [f"{i:x}" for i in range(n)],
        "token": hmac_token(1000)}
    yield "numbers", 16000, lambda n: {"secret": "s" * 32, "algorithms": ["HS256"], "claims": {"a": [1] * n},
                                       "token": hmac_token(10)}
    yield "arrays in arrays", 2000, lambda n: {"secret": "s" * 32, "algorithms": ["HS256"],
                                               "claims": {"a": [[[[[]]]]] * n}, "token": hmac_token(10)}
    yield "escapes", 10000, lambda n: Raw('{"secret":"' + "\\u0061" * n + '","algorithms":["HS256"],"token":"a.b.c"}')


def names(prefix, count):
    return {f"{prefix}{i:x}": 0 for i in range(count)}


def verify_shapes_of_lists(keys):
    """Long lists that are compared with each other, and what is written again for each item."""
    hmac = {"secret": "s" * 32, "algorithms": ["HS256"]}
    yield "optional and required", 4000, lambda n: {
        **hmac, "required": list(names("r", n)), "optional": list(names("o", n)), "token": hmac_token(10)}
    yield "optional and claims", 4000, lambda n: {
        **hmac, "claims": names("c", n), "optional": list(names("o", n)), "token": hmac_token(10)}
    yield "unprotected header", 900, lambda n: {
        **hmac, "mode": "jws", "token": json_token_with_header(n)}
    yield "certificates", 40, lambda n: {
        "key": {**keys.public("ES256"), "x5c": [certificate(n)]}, "algorithms": ["ES256"], "token": forged("ES256")}
    for what, one in ("zeros", "\0"), ("text", "x"):
        yield f"detached {what}", 40000, lambda n, one=one: {
            **hmac, "mode": "jws", "payload": one * n, "token": detached_token(one * n)}


class Raw(str):
    """JSON that is sent as it is."""


@functools.lru_cache(None)
def hmac_token(claims):
    import hashlib
    import hmac

    members = {f"c{i:x}": 0 for i in range(claims)}
    signed = b64(text({"alg": "HS256"})) + "." + b64(text({**NOW_CLAIMS, **members}))
    return signed + "." + b64(hmac.new(b"s" * 32, signed.encode(), hashlib.sha256).digest())


def signed(header, payload):
    import hashlib
    import hmac

    text_of = b64(text({"alg": "HS256", **header})) + "." + b64(payload)
    return text_of, b64(hmac.new(b"s" * 32, text_of.encode(), hashlib.sha256).digest())


def detached_token(payload):
    covered, signature = signed({}, payload)
    return covered.split(".")[0] + ".." + signature


def json_token_with_header(count):
    covered, signature = signed(names("p", count), "x")
    return {"payload": b64("x"), "protected": covered.split(".")[0], "header": names("u", count), "signature": signature}


@functools.lru_cache(None)
def certificate(count):
    """A certificate with so many names, in base64."""
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import ec
    import datetime

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "a")] * count)
    day = datetime.datetime(2026, 1, 1)
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, day, day + datetime.timedelta(1))
    made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName("a.b")] * (20 * count)), False)
    return base64.b64encode(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)).decode()


def sign_shapes(keys):
    for alg in SIGNATURES:
        yield f"{alg} signers", 16, lambda n, alg=alg: {
            "payload": "x", "serialization": "general", "signers": repeated({"key": keys.private(alg)}, n)}
    yield "RS256 signers of 4096 bits", 16, lambda n: {
        "payload": "x", "serialization": "general",
        "signers": repeated({"key": keys.private("RS256", "--bits", "4096")}, n)}
    for bits in 2048, 4096:
        yield f"keys of {bits} bits without primes", 16, lambda n, bits=bits: {
            "payload": "x", "serialization": "general", "signers": repeated({"key": keys.without_primes(bits)}, n)}
    yield "payload octets", 60000, lambda n: {"payload": "x" * n, "key": keys.private("ES256")}
    yield "nested header members", 3000, lambda n: {
        "claims": {"sub": "s"}, "key": keys.private("ES256"),
        "encrypt": {"secret_b64": b64(bytes(32)), "header": names("h", n)}}
    yield "configured signers", 16, lambda n: {
        "payload": "x", "serialization": "general", "signers": repeated({"key_name": "pay"}, n)}


def encrypt_shapes(keys):
    for alg in SEALS:
        yield f"{alg} recipients", 16, lambda n, alg=alg: {
            "plaintext": "x", "serialization": "general",
            "recipients": repeated({"key": keys.public(alg), "alg": alg}, n)}
    for crv in "P-384", "P-521", "X448":
        yield f"recipients on {crv}", 16, lambda n, crv=crv: {
            "plaintext": "x", "serialization": "general",
            "recipients": repeated({"key": keys.public("ECDH-ES+A256KW", "--curve", crv)}, n)}
    yield "RSA recipients of 8192 bits", 16, lambda n: {
        "plaintext": "x", "serialization": "general",
        "recipients": repeated({"key": keys.public("RSA-OAEP-256", "--bits", "8192")}, n)}
    yield "passwords", 16, lambda n: {
        "plaintext": "x", "serialization": "general",
        "recipients": repeated({"password": "p" * 12, "alg": "PBES2-HS512+A256KW"}, n)}
    yield "own headers", 8000, lambda n: {
        "plaintext": "x", "serialization": "general", "header": names("h", n),
        "recipients": repeated({"secret_b64": b64(bytes(32)), "header": names("o", n // 16)}, 16)}
    for zipped in {}, {"zip": "DEF"}:
        yield f"octets {zipped}", 180000, lambda n, zipped=zipped: {
            "plaintext": (os.urandom(n // 2 + 1).hex())[:n], "secret_b64": b64(bytes(32)), "alg": "dir", **zipped}


def decrypt_shapes(keys):
    kinds = [("RSA-OAEP-256", ()), ("RSA-OAEP-256", ("--bits", "4096"))]
    for alg, more in kinds:
        bits = 4096 if more else 2048
        entry = lambda alg=alg, bits=bits: {"header": {"alg": alg}, "encrypted_key": keys.sealed_for_nobody(bits)}
        yield f"{alg} keys of {bits} bits", 128, lambda n, alg=alg, more=more, entry=entry: {
            "token": recipients_token([entry()]), "keys": repeated(keys.private(alg, *more), n)}
        yield f"{alg} recipients, {bits} bits", 16, lambda n, alg=alg, more=more, entry=entry: {
            "token": recipients_token(repeated(entry(), n)), "key": keys.private(alg, *more)}
    for crv in "P-256", "P-384", "P-521", "X25519", "X448":
        entry = lambda crv=crv: {
            "header": {"alg": "ECDH-ES+A256KW", "epk": keys.public("ECDH-ES+A256KW", "--curve", crv)},
            "encrypted_key": b64(os.urandom(40))}
        yield f"keys on {crv}", 128, lambda n, crv=crv, entry=entry: {
            "token": recipients_token([entry()]), "keys": repeated(keys.private("ECDH-ES+A256KW", "--curve", crv), n)}
        yield f"recipients on {crv} with 8 keys", 16, lambda n, crv=crv, entry=entry: {
            "token": recipients_token(repeated(entry(), n)),
            "keys": repeated(keys.private("ECDH-ES+A256KW", "--curve", crv), 8)}
    for bits in 2048, 4096:
        yield f"keys of {bits} bits without primes", 128, lambda n, bits=bits: {
            "token": recipients_token([{"header": {"alg": "RSA-OAEP"}, "encrypted_key": keys.sealed_for_nobody(bits)}]),
            "keys": repeated(keys.without_primes(bits), n)}
    password = lambda count: {
        "header": {"alg": "PBES2-HS512+A256KW", "p2s": b64(bytes(16)), "p2c": count}, "encrypted_key": b64(bytes(40))}
    yield "iterations", 1_200_000, lambda n: {
        "token": recipients_token([password(max(n, 1000))]), "password": "p" * 12}
    yield "passwords of 300000 iterations", 16, lambda n: {
        "token": recipients_token(repeated(password(300_000), n)), "password": "p" * 12}
    yield "octets", 130000, lambda n: {
        "token": recipients_token([{"header": {"alg": "A256KW"}, "encrypted_key": b64(bytes(40))}], n),
        "secret_b64": b64(bytes(32))}
    yield "header members", 8000, lambda n: {
        "token": {**recipients_token(repeated({"header": {"alg": "dir"}}, 16), **{f"{i:x}": 0 for i in range(n)}),
                  "unprotected": {f"z{i:x}": 0 for i in range(n)}}, "secret_b64": b64(bytes(32))}


def inspect_shapes(keys):
    for alg in SIGNATURES:
        yield f"{alg} key", 1, lambda n, alg=alg: {"key": keys.private(alg)}
    for bits in 4096, 8192:
        yield f"private key of {bits} bits", 1, lambda n, bits=bits: {"key": keys.private("RS256", "--bits", str(bits))}
        yield f"PEM key of {bits} bits", 1, lambda n, bits=bits: {"key": keys.pem(bits)}
    yield "key without primes", 1, lambda n: {"key": keys.without_primes(4096)}
    yield "claims", 3500, lambda n: {"token": hmac_token(n)}
    yield "expectations", 3000, lambda n: {"token": hmac_token(1000), "expect": {"required": [f"{i:x}" for i in range(n)]}}


def auth_shapes():
    yield "claims", 700, lambda n: hmac_token(n)
    for alg in SIGNATURES:
        yield f"{alg} token", 1, lambda n, alg=alg: forged(alg, {"iss": "urn:signet", **NOW_CLAIMS})
    sealed = {"alg": "RSA-OAEP-256", "enc": "A256GCM", "cty": "JWT"}
    yield "sealed tokens", 1, lambda n: ".".join(
        [b64(text(sealed)), b64(os.urandom(256)), b64(bytes(12)), b64(bytes(1000)), b64(bytes(16))])


def batches(shapes):
    """Items that differ in nothing, and items that share everything but a token."""
    for name, most, make in shapes:
        def items(count, make=make, most=most):
            one = make(min(most, 8))
            return {"items": [json.loads(one) if isinstance(one, Raw) else one] * count}

        def shared(count, make=make, most=most):
            one = make(most)
            one = json.loads(one) if isinstance(one, Raw) else dict(one)
            token = one.pop("token", None)
            return {"tokens": [token] * count, **one} if isinstance(token, str) else {"items": [{}] * count, **one}

        yield f"items: {name}", 256, items
        yield f"shared: {name}", 256, shared


def all_shapes(keys):
    verify = [*verify_shapes(keys), *verify_shapes_of_lists(keys)]
    groups = {
        "/verify": verify, "/sign": sign_shapes(keys), "/encrypt": encrypt_shapes(keys),
        "/decrypt": decrypt_shapes(keys), "/inspect": inspect_shapes(keys), "/auth": auth_shapes(),
        "/verify/batch": batches(verify), "/sign/batch": batches(sign_shapes(keys)),
    }  # fmt: skip
    return [(endpoint, name, most, make) for endpoint, shapes in groups.items() for name, most, make in shapes]
