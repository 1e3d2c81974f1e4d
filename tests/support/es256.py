"""ES256 tokens for `api`, made without any JWT library.

    token(key, "k1")                                  # good for five minutes
    token(key, "k1", iss="https://b.example", header={"jku": url}, exp=0)
    token(key, None, exp=None)                        # neither kid nor exp
"""
import base64
import json
import time

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

ISSUER = "https://id.example.com"


def b64(octets):
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def token(key, kid, iss=ISSUER, header=None, **claims):
    """key: a private key of P-256."""
    head = {"alg": "ES256", "kid": kid, **(header or {})}
    body = {"iss": iss, "aud": "api", "sub": "ada", "exp": int(time.time()) + 300, **claims}
    head, body = ({name: value for name, value in part.items() if value is not None} for part in (head, body))
    text = ".".join(b64(json.dumps(part).encode()) for part in (head, body))
    r, s = decode_dss_signature(key.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
    return text + "." + b64(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
