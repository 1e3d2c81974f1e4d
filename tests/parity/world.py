"""What every parity test uses: the running service, and tokens made without it."""
import base64
import hashlib
import hmac
import json
import os
import time
import unittest

import service
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

try:
    import jose.jwe
    import jose.jwk
    import jose.jws
    import jose.jwt
except ImportError:  # Debian 13 has no python3-jose
    jose = None

needs_jose = unittest.skipUnless(jose, "python3-jose is not installed")

OURS, PARTNER, AUDIENCE = "https://signet.example", "https://partner.example", "api://parity"
CALLER_SECRET = "Wb0t4w1vQ3sZ8xK5yN7mJ2hG6fD9cA1pE4uR0iT8oYw"
SECRET = bytes(range(1, 65))  # long enough for every HMAC
JWT_PRO_SECRET, OTHER_SECRET = (name * 16 for name in (b"old-key.", b"no-compat"))
NOW = int(time.time())
HOUR = 3600

signet = None  # the running service; set by start()


def b64(octets):
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def from_b64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


SECRET_MEMBER = {"secret_b64": b64(SECRET)}
OCT_JWK = {"kty": "oct", "k": b64(SECRET), "alg": "HS256", "kid": "oct-1"}


def hs256(claims, header=None, secret=SECRET):
    """A compact JWS made here, so that a test can write what no signer would."""
    head = {"alg": "HS256", "typ": "JWT"} if header is None else header
    parts = [one if isinstance(one, bytes) else _json(one) for one in (head, claims)]
    signing_input = ".".join(map(b64, parts))
    mac = hmac.new(secret, signing_input.encode(), hashlib.sha256).digest()
    return f"{signing_input}.{b64(mac)}"


def _json(one):
    return (one if isinstance(one, str) else json.dumps(one)).encode()


def parts(token):
    """Header text, payload text, signature octets."""
    header, payload, signature = token.split(".")
    return from_b64(header).decode(), from_b64(payload).decode(), from_b64(signature)


def verify(token, material=None, **members):
    """POST /verify with the shared secret, or with other material."""
    keys = {"algorithms": ["HS256"], **SECRET_MEMBER} if material is None else material
    return signet.post("/verify", {"token": token, **keys, **members})


def sign(material=None, **members):
    return signet.post("/sign", {**(SECRET_MEMBER if material is None else material), **members})


def by_profile(path, **members):
    return signet.post(path, members, {"Authorization": f"Bearer {CALLER_SECRET}"})


def inspect(**members):
    return signet.post("/inspect", members)


class Case(unittest.TestCase):
    def accepted(self, reply):
        self.assertEqual(reply.status, 200, reply)
        return reply.json

    def refused(self, reply, code, status=422, **members):
        self.assertEqual((reply.status, reply.code), (status, code), reply)
        for name, value in members.items():
            self.assertEqual(reply.json.get(name), value, reply)
        return reply.json

    def token(self, **members):
        """What POST /sign makes."""
        return self.accepted(sign(**members))["token"]


# Keys that live in the service's configuration, and their private halves.

EC_OLD, EC_NEW = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
PARTNER_KEY = rsa.generate_private_key(65537, 2048)


def private_pem(key, form=serialization.PrivateFormat.PKCS8):
    return key.private_bytes(
        serialization.Encoding.PEM, form, serialization.NoEncryption()
    ).decode()


def public_pem(key, form=serialization.PublicFormat.SubjectPublicKeyInfo):
    return key.public_key().public_bytes(serialization.Encoding.PEM, form).decode()


def rsa_public_jwk(key, **more):
    n = key.public_key().public_numbers().n
    return {"kty": "RSA", "n": b64(n.to_bytes(256, "big")), "e": "AQAB", **more}


def day(offset):
    """An RFC 3339 time, in days from now."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(NOW + offset * 24 * HOUR))


CONFIG = f"""
issuer: {OURS}
keys:
  - {{name: sig, kid: old, alg: ES256, file: old.pem, activate_at: {day(-30)}, retire_at: {day(30)}}}
  - {{name: sig, kid: new, alg: ES256, file: new.pem, publish_at: {day(-2)}, activate_at: {day(-1)}}}
  - {{name: old, kid: jwt-pro, alg: HS256, secret: "file:jwt-pro.secret", issuer: "urn:parity:jwt-pro", compat: jwt_pro}}
  - {{name: other, kid: other, alg: HS256, secret: "file:other.secret", issuer: "urn:parity:other"}}
  - {{name: sealed, kid: sealed, use: enc, alg: ECDH-ES+A256KW, generate: true, callers: [test]}}
issuers:
  - {{name: partner, issuer: {PARTNER}, jwks_file: partner.jwks.json, algorithms: [RS256, PS256]}}
verify_profiles:
  default: {{issuers: [self], audiences: ["{AUDIENCE}"], required: [sub], leeway: 10s}}
  both: {{issuers: [self, partner], audiences: ["{AUDIENCE}", "api://other"], algorithms: [ES256, RS256]}}
  lenient: {{issuers: [partner], audiences: ["{AUDIENCE}"], no_exp: true, allow_overrides: [exp, aud]}}
  session: {{issuers: [self], audiences: [session], required: [jti], leeway: 0s, decrypt: sealed, callers: [test]}}
  sealed_session: {{issuers: [self], audiences: [session], decrypt: sealed, require_encryption: true, callers: [test]}}
  account: {{issuers: [self], audiences: [account], subject_claim: subject, required: [subject], allow_overrides: [exp]}}
  jwt_pro: {{issuers: [old], audiences: none, leeway: 0s}}
  no_jwt_pro: {{issuers: [other], audiences: none}}
sign_profiles:
  session: {{key: sig, callers: [test], ttl: 1h, max_ttl: 24h, jti: true, audiences: [session], allowed_claims: [user_id, name], allowed_headers: [app]}}
  account: {{key: sig, callers: [test], ttl: 1h, audiences: [account], allowed_claims: [subject, role, permissions]}}
  default: {{key: sig, callers: [test], ttl: 5m, max_ttl: 1h, jti: true, audiences: ["{AUDIENCE}"], allowed_claims: [sub, role]}}
inline_keys: {{endpoints: [sign, verify, encrypt, decrypt], allow_zip: true}}
callers:
  - {{name: test, secret_sha256: {hashlib.sha256(CALLER_SECRET.encode()).hexdigest()}}}
log: {{level: warn}}
"""


def start():
    global signet
    jwks = {"keys": [rsa_public_jwk(PARTNER_KEY, kid="partner-1", use="sig")]}
    signet = service.start(os.environ["SIGNET"], CONFIG, files={
        "old.pem": private_pem(EC_OLD), "new.pem": private_pem(EC_NEW),
        "partner.jwks.json": json.dumps(jwks), "jwt-pro.secret": JWT_PRO_SECRET, "other.secret": OTHER_SECRET,
    })  # fmt: skip


def stop():
    signet.stop()
