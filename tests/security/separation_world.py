"""One service with everything that makers and acceptors need: profiles, secrets, keys, other issuers' sets."""
import base64
import hashlib
import json
import time

from cryptography.hazmat.primitives import hashes, hmac, serialization
from cryptography.hazmat.primitives.asymmetric import ec

import origin
import service

US, PARTNER, CORP, WEB, OLD = (
    "https://tokens.example.com", "https://partner.example.com", "https://corp.example.com",
    "https://web.example.com", "urn:example:old",
)  # fmt: skip
ISSUERS = [US, PARTNER, CORP, WEB, OLD]
A, B = "api://a", "api://b"

# Who calls us, each with a bearer secret.
CALLERS = ["alpha", "beta", "printer", "stamper", "partner_app", "sealer", "reader"]


def b64(octets):
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def secret_of(caller):
    return f"the-bearer-secret-of-{caller}-which-is-long-enough"


def pem(key):
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def thumbprint(key):
    """RFC 7638: the kid of a key without one."""
    jwk = origin.public_jwk(key.public_key(), "")
    text = json.dumps({name: jwk[name] for name in ("crv", "kty", "x", "y")}, separators=(",", ":"))
    return b64(hashlib.sha256(text.encode()).digest())


def hs256(secret, header, payload):
    """A compact token; header is a dict, payload is bytes."""
    text = b64(json.dumps(header).encode()) + "." + b64(payload)
    mac = hmac.HMAC(secret, hashes.SHA256())
    mac.update(text.encode())
    return text + "." + b64(mac.finalize())


def claims_for(iss, aud, **more):
    """The claims that a forger would like best."""
    now = int(time.time())
    wanted = {"iss": iss, "aud": aud, "sub": "root", "scope": "admin", "iat": now, "exp": now + 600}
    return {name: value for name, value in {**wanted, **more}.items() if value is not None}


class World:
    """The service, its configuration, and what outsiders have."""

    def __init__(self, binary):
        self.sig, self.pay, self.sealed = (ec.generate_private_key(ec.SECP256R1()) for _ in range(3))
        self.corp, self.outsider = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
        self.mac, self.partner, self.old = (
            f"the-secret-of-{name}-at-least-256-bits-long".encode() for name in ("mac", "partner", "old")
        )
        self.web_origin = origin.Origin()
        self.web = self.web_origin.new_key("web-1")
        # Both other issuers publish our keys as if they were theirs, under the kids that our tokens have.
        borrowed = [
            origin.public_jwk(key.public_key(), thumbprint(key)) for key in (self.sig, self.pay, self.sealed)
        ]
        self.web_origin.keys.extend(borrowed)
        corp_set = {"keys": [origin.public_jwk(self.corp.public_key(), "corp-1"), *borrowed]}
        self.service = service.start(
            binary, self._configuration(),
            files={
                "sig.pem": pem(self.sig), "pay.pem": pem(self.pay), "sealed.pem": pem(self.sealed),
                "mac.secret": self.mac, "partner.secret": self.partner, "old.secret": self.old,
                "corp.json": json.dumps(corp_set),
            },
        )  # fmt: skip
        self.wait_for("web", lambda issuer: issuer["state"] == "fresh")
        self.our_jwks = self.service.get("/.well-known/jwks.json").json

    def wait_for(self, name, holds):
        """Waits until that is true of this issuer in /issuers."""
        end = time.monotonic() + 60
        while not holds(self.issuer(name)):
            assert time.monotonic() < end, self.issuer(name)
            time.sleep(0.05)

    def issuer(self, name):
        shown = self.service.get("/issuers", port=self.service.admin_port).json["issuers"]
        return next(one for one in shown if one["name"] == name)

    def close(self):
        self.service.stop()
        self.web_origin.close()

    def call(self, path, body, caller=None):
        headers = {"Authorization": "Bearer " + secret_of(caller)} if caller else {}
        return self.service.post(path, body, headers)

    def kid(self, series):
        view = self.service.get("/keys", port=self.service.admin_port).json
        return next(one["kid"] for one in view["keys"] if one["name"] == series)

    def _configuration(self):
        callers = "".join(
            f"  - {{name: {name}, secret_sha256: {hashlib.sha256(secret_of(name).encode()).hexdigest()}}}\n"
            for name in CALLERS
        )
        return f"""
issuer: {US}
keys:
  - {{name: sig, alg: ES256, file: sig.pem}}
  - {{name: pay, alg: ES256, file: pay.pem}}
  - {{name: mac, kid: mac-1, alg: HS256, secret: "file:mac.secret"}}
  - {{name: partner, kid: partner-1, alg: HS256, secret: "file:partner.secret", issuer: "{PARTNER}"}}
  - {{name: old, kid: old-1, alg: HS256, secret: "file:old.secret", issuer: "{OLD}", compat: jwt_pro}}
  - {{name: sealed, use: enc, alg: ECDH-ES+A256KW, file: sealed.pem, callers: [sealer, reader]}}
issuers:
  - {{name: corp, issuer: "{CORP}", jwks_file: corp.json}}
  - {{name: web, issuer: "{WEB}", jwks_uri: "{self.web_origin.url}/jwks", required: true, callers: [sealer]}}
verify_profiles:
  default: {{issuers: [self], audiences: [{A}], headers: {{X-Auth-Subject: sub}}}}
  other: {{issuers: [self], audiences: [{B}], typ: [at+jwt]}}
  partner: {{issuers: [partner], audiences: [{A}]}}
  corp: {{issuers: [corp], audiences: [{A}, {B}]}}
  web: {{issuers: [web], audiences: [{A}]}}
  old: {{issuers: [old], audiences: [{A}]}}
  everyone: {{issuers: [self, partner, corp, web], audiences: [{A}, {B}], typ: [JWT, at+jwt, none]}}
  nested: {{issuers: [self, corp], audiences: [{A}], decrypt: sealed, require_encryption: true, callers: [reader]}}
  receipts: {{mode: jws, series: [pay]}}
  stamps: {{mode: jws, series: [mac], typ: [stamp]}}
  papers: {{mode: jws, series: [pay, mac]}}
sign_profiles:
  default: {{key: sig, callers: [alpha], audiences: [{A}], ttl: 15m, allowed_claims: [sub], allowed_headers: [cty]}}
  other: {{key: sig, callers: [beta], audiences: [{B}], typ: at+jwt, ttl: 15m, allowed_claims: [sub, scope]}}
  partner: {{key: partner, callers: [partner_app], audiences: [{A}], ttl: 15m, allowed_claims: [sub]}}
  receipts: {{kind: jws, key: pay, typ: receipt, callers: [printer], allowed_headers: [cty, x-trace]}}
  stamps: {{kind: jws, key: mac, typ: stamp, callers: [stamper]}}
callers:
{callers}inline_keys: {{endpoints: [sign, verify, encrypt, decrypt]}}
"""
