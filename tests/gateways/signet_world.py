"""Signet as deploy/gateways/signet.yaml configures it, on free ports, and tokens of its issuer.

    with signet_world.start() as signet:
        ... signet.data_port ...
    TOKENS["reader"]
"""
import json
import os
import pathlib
import time

import es256
import service
from cryptography.hazmat.primitives.asymmetric import ec

SAMPLES = pathlib.Path(__file__).resolve().parents[2] / "deploy" / "gateways"
AUDIENCE = "api://orders"
LIFETIME = 3600  # seconds: longer than any test
KEY = ec.generate_private_key(ec.SECP256R1())


def replaced(text, changes):
    """The text with other addresses. Each of them has to be in it, so that no sample changes unnoticed."""
    for old, new in changes.items():
        assert old in text, f"the sample has no {old!r}"
        text = text.replace(old, new)
    return text


def key_set(kid="k1"):
    numbers = KEY.public_key().public_numbers()
    x, y = (es256.b64(number.to_bytes(32, "big")) for number in (numbers.x, numbers.y))
    return json.dumps({"keys": [{"kty": "EC", "crv": "P-256", "kid": kid, "alg": "ES256", "x": x, "y": y}]})


def now():
    return int(time.time())


def token(**claims):
    return es256.token(KEY, "k1", **{"aud": AUDIENCE, "scope": "orders:read", "exp": now() + LIFETIME, **claims})


def _with_another_signature(text):
    head, body, signature = text.split(".")
    return f"{head}.{body}.{signature[::-1]}"


TOKENS = {
    "reader": token(),
    "writer": token(scope="orders:read orders:write"),
    "support": token(scope="orders:write", roles=["staff", "support"]),
    "expired": token(exp=now() - 3600),
    "foreign": token(aud="api://invoices"),
    "forged": _with_another_signature(token()),
}


def config():
    """The sample, with keys from a file and free ports."""
    return replaced((SAMPLES / "signet.yaml").read_text(), {
        "127.0.0.1:8080": "127.0.0.1:0", "127.0.0.1:9090": "127.0.0.1:0", "discovery: true": "jwks_file: keys.json",
    })  # fmt: skip


def config_with_cookies():
    """The same, and `orders` takes a token from a cookie, too."""
    realm = "    realm: orders\n"
    return replaced(config(), {realm: realm + "    token_sources: [header, {cookie: session}]\n"})


def start(text=None):
    return service.start(os.environ["SIGNET"], text or config(), files={"keys.json": key_set()})
