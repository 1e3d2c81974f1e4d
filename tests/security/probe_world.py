"""The service that request probes talk to, and the tokens and keys that they use."""
import base64
import hashlib
import hmac
import http.client
import json
import os
import pathlib
import socket
import subprocess
import tempfile
import time

import service

BINARY = os.path.abspath(os.environ["SIGNET"])
NOW = int(time.time())
PAST, FUTURE = NOW - 3600, NOW + 3600
SECRET = "a-string-secret-of-sixty-four-octets-for-every-hmac-there-is-0123"
OTHER = "another-string-secret-of-64-octets-for-every-hmac-there-is-012345"
PARTNER, SECOND = "partner-" + SECRET, "second-" + SECRET
CALLER = "a-caller-secret-of-more-than-256-bits-0123456789"
AS_CALLER = {"Authorization": "Bearer " + CALLER}
SHA = hashlib.sha256(CALLER.encode()).hexdigest()


def b64(octets):
    octets = octets.encode() if isinstance(octets, str) else octets
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def unb64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


WRAP, OTHER_WRAP = b64("A" * 32), b64("B" * 32)  # keys of A256KW


def oct_jwk(secret, **more):
    return {"kty": "oct", "k": b64(secret), **more}


def hs(content, secret=SECRET, detached=False, **header):
    """An HS256 token; `content` is claims or a payload. A header of None is left out."""
    head = {"alg": "HS256", "typ": "JWT", **header}
    head = {name: value for name, value in head.items() if value is not None}
    payload = b64(json.dumps(content) if isinstance(content, dict) else content)
    signed = b64(json.dumps(head)) + "." + payload
    value = b64(hmac.new(secret.encode(), signed.encode(), hashlib.sha256).digest())
    return ".".join([signed.split(".")[0], "" if detached else payload, value])


def signed_over_unix(running, profile):
    """The status of a request to sign over the service's socket `s.sock`."""
    client = http.client.HTTPConnection("localhost", timeout=30)
    client.sock = socket.socket(socket.AF_UNIX)
    client.sock.connect(os.path.join(running.folder, "s.sock"))
    body = json.dumps({"claims": {}, "profile": profile})
    client.request("POST", "/sign", body, {"Content-Type": "application/json"})
    status = client.getresponse().status
    client.close()
    return status


def partner(**claims):
    """A token that the profile `default` takes, with these claims."""
    return hs({"iss": "urn:partner", "aud": ["a"], "exp": FUTURE, "sub": "s", **claims}, PARTNER)


def protected(token):
    """The protected header of a compact token, or of a JSON serialization."""
    if isinstance(token, str):
        return json.loads(unb64(token.split(".")[0]))
    one = token["signatures"][0] if "signatures" in token else token
    return json.loads(unb64(one["protected"]))


def claims_of(token):
    return json.loads(unb64(token.split(".")[1]))


def check(config, files=None, environment=None):
    """`signet check-config`: whether the configuration is good, and what was printed."""
    with tempfile.TemporaryDirectory(dir=os.getcwd()) as folder:
        for name, text in {**(files or {}), "signet.yaml": config}.items():
            path = pathlib.Path(folder, name)
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
            path.chmod(0o600)
        ran = subprocess.run(
            [BINARY, "check-config", "--config", f"{folder}/signet.yaml"], capture_output=True,
            text=True, timeout=60, env={**service.clean_environment(), **(environment or {})},
        )  # fmt: skip
    return ran.returncode == 0, ran.stdout + ran.stderr


KEYS = """issuer: https://tokens.example.com
keys:
  - {name: sig, alg: ES256, generate: true}
  - {name: pay, alg: ES256, generate: true}
"""


CONFIG = KEYS + f"""
  - {{name: partner, kid: p1, alg: HS256, secret: "file:partner.secret", issuer: "urn:partner"}}
  - {{name: second, kid: p2, alg: HS256, secret: "file:second.secret", issuer: "urn:second"}}
  - {{name: sealed, kid: sealed, use: enc, alg: ECDH-ES+A256KW, generate: true, callers: [test], allow_zip: true}}
  - {{name: wrapped, kid: wrapped, use: enc, alg: A256KW, generate: true, callers: [test]}}
verify_profiles:
  default: {{issuers: [partner, second], audiences: [a, b], leeway: 5m}}
  strict: {{issuers: [partner], audiences: [b]}}
  pay: {{mode: jws, series: [pay], typ: [receipt, note]}}
sign_profiles:
  default: {{key: sig, callers: [test], ttl: 1m, max_ttl: 1h, allowed_claims: [sub, jti, role],
    allowed_headers: [x-open]}}
  other: {{key: sig, callers: [test], ttl: 1m, audiences: [elsewhere], allowed_claims: [sub]}}
  pay: {{kind: jws, key: pay, typ: receipt, callers: [test], allowed_headers: [x-open]}}
inline_keys: {{endpoints: [sign, verify, encrypt, decrypt], allow_algorithms: [PBES2-HS256+A128KW], allow_zip: true}}
callers: [{{name: test, secret_sha256: {SHA}}}]
"""


class World:
    """The running service, and tokens that it made with its own series."""

    def __init__(self):
        files = {"partner.secret": PARTNER, "second.secret": SECOND}
        self.service = service.start(BINARY, CONFIG, files)
        self.receipt = self.made("/sign", payload="x", profile="pay")
        self.detached_receipt = self.made("/sign", payload="x", profile="pay", detached=True)
        self.sealed = self.made("/encrypt", plaintext="x", key_name="sealed")
        self.to_secret = self.made("/encrypt", plaintext="x", secret_b64=WRAP)
        self.to_password = self.made("/encrypt", plaintext="x", password="p", header={"p2c": 1000})
        self.kids = {one["name"]: one["kid"] for one in self.admin("/keys")["keys"]}

    def post(self, path, body):
        return self.service.post(path, body, AS_CALLER).json

    def made(self, path, **body):
        reply = self.post(path, body)
        assert "token" in reply, reply
        return reply["token"]

    def admin(self, path):
        return self.service.get(path, port=self.service.admin_port).json
