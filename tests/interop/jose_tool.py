"""Debian's tool `jose` (latchset's) as a peer: a process for each step, keys in files."""
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import tempfile

from jwe_peers import P2C
from peers import Key, NOT_THERE, Refused, b64
import peers

STEP_LIMIT = 60  # seconds
# It makes keys by alg, with this curve and no other; such a key states alg and key_ops.
OWN_CURVE = {"ECDH-ES": "P-521", "ECDH-ES+A128KW": "P-256", "ECDH-ES+A192KW": "P-384",
             "ECDH-ES+A256KW": "P-521"}


def run(*arguments, given=b""):
    """Its standard output. Everything that it refuses ends with another exit code."""
    command = ["jose", *arguments]
    done = subprocess.run(command, input=given, capture_output=True, timeout=STEP_LIMIT)
    if done.returncode != 0:
        said = done.stderr.decode(errors="replace").strip()
        raise Refused(f"jose {arguments[0]} {arguments[1]}: exit {done.returncode} {said}")
    return done.stdout


class JoseTool:
    name = "jose tool"
    lacks = {
        "zip >": "its own zip messages are not compressed, and it opens them as little",
    }

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="jose-tool-", dir=os.getcwd())
        self.algorithms = set(run("alg", "-k", "wrap").decode().split())
        self.algorithms |= set(run("alg", "-k", "encr").decode().split())
        packaged = subprocess.run(
            ["dpkg-query", "-W", "-f", "${Version}", "jose"], capture_output=True, text=True,
        )
        self.version = packaged.stdout or "of this machine"
        self.jws = self

    @staticmethod
    def why_missing():
        return None if shutil.which("jose") else "the tool `jose` is not installed"

    def why_not(self, alg, curve, enc):
        if alg not in self.algorithms or enc not in self.algorithms:
            return NOT_THERE
        return "it has no Montgomery curves" if curve and curve.startswith("X") else None

    def new_key(self, alg, curve, enc=None, kid=None):
        template = {"alg": enc if alg == "dir" else alg}
        if curve != OWN_CURVE.get(alg, curve):
            template = {"kty": "EC", "crv": curve}
        private = json.loads(run("jwk", "gen", "-i", json.dumps({**template, "kid": kid})))
        if private["kty"] == "oct":
            return Key(kid, private, private)
        public = json.loads(run("jwk", "pub", "-i", self._file(private)))
        return Key(kid, private, public)

    def _file(self, jwk):
        text = json.dumps(jwk)
        path = pathlib.Path(self.folder.name) / f"{hashlib.sha256(text.encode()).hexdigest()}.jwk"
        if not path.exists():
            path.write_text(text)
            path.chmod(0o600)
        return str(path)

    def encrypt(self, key, message, plaintext):
        header = {**message.header, "alg": message.alg, "enc": message.enc}
        for name in ("apu", "apv"):
            if getattr(message, name) is not None:
                header[name] = b64(getattr(message, name))
        if message.alg.startswith("PBES2"):
            header["p2c"] = P2C
        template = {"protected": header}
        if message.aad is not None:
            template["aad"] = b64(message.aad)
        form = ["-c"] if message.form == "compact" else []
        out = run("jwe", "enc", "-i", json.dumps(template), "-k", self._file(key), "-I", "-", *form,
                  given=plaintext).decode()
        return out.strip() if form else json.loads(out)

    def encrypt_to_all(self, recipients, enc, plaintext):
        each = []
        for key, alg in recipients:
            header = {"header": {"alg": alg, "kid": key["kid"]}}
            each += ["-r", json.dumps(header), "-k", self._file(key)]
        template = json.dumps({"protected": {"enc": enc}})
        return json.loads(run("jwe", "enc", "-i", template, *each, "-I", "-", given=plaintext))

    def decrypt(self, key, token, alg, enc):
        text = token if isinstance(token, str) else json.dumps(token)
        return run("jwe", "dec", "-i", "-", "-k", self._file(key), given=text.encode())

    # As a peer of peers.py

    def sign(self, key, alg, header, claims):
        template = json.dumps({"protected": {**header, "alg": alg}})
        return run("jws", "sig", "-s", template, "-k", self._file(key.private_jwk), "-I", "-", "-c",
                   given=json.dumps(claims).encode()).decode().strip()

    def verify(self, public, alg, token, iss, aud):
        """The tool does not check claims."""
        claims = json.loads(run("jws", "ver", "-i", "-", "-k", self._file(public), "-O", "-",
                                given=token.encode()))
        if claims["iss"] != iss or claims["aud"] != aud:
            raise Refused("other iss or aud")
        return claims
