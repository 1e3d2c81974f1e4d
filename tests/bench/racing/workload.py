"""Keys and tokens of a race, made with PyJWT and jwcrypto, so that no server verifies what it made itself.

A folder holds, for each algorithm, NAME.key.pem and NAME.pub.pem (HS256: HS256.secret), NAME.jwks.json, and
tokens one a line: NAME.once, of which a run uses each once, and NAME.warm, for the warm-up.
"""
import base64
import itertools
import json
import multiprocessing
import os
import pathlib
import random
import secrets
import time
import uuid

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

ISSUER = "https://id.example.com/realms/bench"
AUDIENCE = "api://orders"
LIFE = 7 * 86400  # seconds that tokens are good for
AGE_MAX = 5 * 86400  # tokens of an older folder are made again
SIGNATURES = ["HS256", "RS256", "ES256", "EdDSA"]
SEALS = ["ECDH-ES+A256KW", "RSA-OAEP-256"]
BATCH = 2000
PRIVATE = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
PUBLIC = (serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
KEYS = {
    "RS256": lambda: rsa.generate_private_key(65537, 2048),
    "ES256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "EdDSA": ed25519.Ed25519PrivateKey.generate,
    "RSA-OAEP-256": lambda: rsa.generate_private_key(65537, 2048),
    "ECDH-ES+A256KW": lambda: ec.generate_private_key(ec.SECP256R1()),
}


def b64(octets):
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def number(value, octets=None):
    return b64(value.to_bytes(octets or (value.bit_length() + 7) // 8, "big"))


def public_jwk(key):
    if isinstance(key, ed25519.Ed25519PublicKey):
        raw = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        return {"kty": "OKP", "crv": "Ed25519", "x": b64(raw)}
    numbers = key.public_numbers()
    if isinstance(key, rsa.RSAPublicKey):
        return {"kty": "RSA", "n": number(numbers.n), "e": number(numbers.e)}
    return {"kty": "EC", "crv": "P-256", "x": number(numbers.x, 32), "y": number(numbers.y, 32)}


def write(path, content):
    """Private keys that others may read are refused."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    path.chmod(0o600)


def make_keys(folder):
    write(folder / "HS256.secret", b64(secrets.token_bytes(32)))
    for name, generate in KEYS.items():
        key = generate()
        write(folder / f"{name}.key.pem", key.private_bytes(*PRIVATE))
        write(folder / f"{name}.pub.pem", key.public_key().public_bytes(*PUBLIC))
        if name in SIGNATURES:
            jwk = {**public_jwk(key.public_key()), "alg": name, "use": "sig", "kid": f"bench-{name}"}
            write(folder / f"{name}.jwks.json", json.dumps({"keys": [jwk]}))
    write(folder / "HS256.jwks.json", "{}")


def claims(rnd, now):
    """What an identity provider writes for a user: about 700 octets."""
    user = f"user{rnd.randrange(10**8):08d}"
    return {
        "iss": ISSUER, "aud": AUDIENCE, "exp": now + LIFE, "nbf": now - 5, "iat": now - 5,
        "jti": str(uuid.UUID(int=rnd.getrandbits(128), version=4)), **personal_claims(rnd, user),
    }  # fmt: skip


def personal_claims(rnd, user):
    return {
        "sub": str(uuid.UUID(int=rnd.getrandbits(128), version=4)), "azp": "web-frontend",
        "sid": "%032x" % rnd.getrandbits(128), "name": "Example " + user, "preferred_username": user,
        "email": user + "@customers.example.com", "email_verified": True,
        "scope": "openid profile email orders:read orders:write invoices:read",
        "realm_access": {"roles": ["offline_access", "uma_authorization", "orders-admin", "default-roles-bench"]},
        "resource_access": {"account": {"roles": ["manage-account", "manage-account-links", "view-profile"]}},
        "acr": "1",
    }  # fmt: skip


def signing_key(folder, alg):
    if alg == "HS256":
        return (folder / "HS256.secret").read_text()
    return serialization.load_pem_private_key((folder / f"{alg}.key.pem").read_bytes(), None)


def batch(job):
    """The tokens of one job: (folder, algorithm, seed, how many), a line each."""
    folder, alg, seed, count = job
    key, rnd, now = signing_key(folder, alg), random.Random(seed), int(time.time())
    headers = {"kid": f"bench-{alg}"}
    return "".join(jwt.encode(claims(rnd, now), key, alg, headers=headers) + "\n" for _ in range(count))


def write_tokens(path, folder, alg, count, pool, seed):
    """`count` tokens that no other seed makes."""
    jobs = ((folder, alg, f"{alg} {seed} {at}", min(BATCH, count - at)) for at in range(0, count, BATCH))
    part = path.with_suffix(path.suffix + ".part")
    with part.open("w") as file:
        for lines in pool.imap(batch, jobs):
            file.write(lines)
    part.rename(path)


def sealed(folder, alg, count, octets):
    """JWEs of a plaintext of so many octets."""
    from jwcrypto import jwe, jwk

    key = jwk.JWK.from_pem((folder / f"{alg}.pub.pem").read_bytes())
    header = json.dumps({"alg": alg, "enc": "A256GCM"})
    for _ in range(count):
        made = jwe.JWE(b"x" * octets, header)
        made.add_recipient(key)
        yield made.serialize(compact=True) + "\n"


def lines_of(path):
    with path.open() as file:
        return sum(1 for _ in file)


def is_young(path):
    return path.exists() and time.time() - path.stat().st_mtime < AGE_MAX


def prepare(folder, wanted, say):
    """Makes what is missing.

    wanted  algorithm -> how many tokens are used once; 0 = none, of a seal any number.
    """
    folder = pathlib.Path(folder)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not (folder / "HS256.jwks.json").exists():
        make_keys(folder)
    with multiprocessing.Pool(len(os.sched_getaffinity(0))) as pool:
        for alg, count in wanted.items():
            if alg in SEALS:
                write(folder / f"{alg}.once", "".join(itertools.chain(sealed(folder, alg, 200, 1024))))
                continue
            for name, least in ("warm", 5000), ("once", count):
                path = folder / f"{alg}.{name}"
                if not is_young(path) or lines_of(path) < least:
                    say(f"making {least} tokens of {alg}")
                    write_tokens(path, folder, alg, least, pool, f"{name} {secrets.token_hex(8)}")
