"""Peak memory that one compressed JWE costs the service, compared with an honest token of the same size.

usage: zip_bomb.py BINARY [RUNS]

The bomb is a token of 250 KiB whose content inflates 1,000 times. Each figure is a fresh service,
warm from small messages, and one POST /decrypt: what it adds to VmHWM, the peak of resident memory.
"""
import base64
import hashlib
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import zlib

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

TOKEN_OCTETS = 250 * 1024
RATIO = 1000
LIMIT_KIB = 1024
START_LIMIT = 20  # seconds
KEY = os.urandom(32)
CALLER_SECRET = base64.urlsafe_b64encode(os.urandom(32)).decode()


def b64(octets):
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def sealed(content, **header):
    """A compact JWE by hand: dir, A256GCM. No library makes a bomb."""
    head = b64(json.dumps({"alg": "dir", "enc": "A256GCM", **header}).encode())
    iv = os.urandom(12)
    octets = AESGCM(KEY).encrypt(iv, content, head.encode())
    return f"{head}..{b64(iv)}.{b64(octets[:-16])}.{b64(octets[-16:])}"


def content_octets(**header):
    """How much content makes a token of TOKEN_OCTETS."""
    return (TOKEN_OCTETS - len(sealed(b"", **header))) * 3 // 4 - 1


def deflated(octets):
    stream = zlib.compressobj(9, zlib.DEFLATED, -15)
    return stream.compress(octets) + stream.flush()


def bomb():
    """Zeros, which compress a little more than 1,000 times, and noise for the rest; its ratio."""
    size = content_octets(zip="DEF")
    stream, written = zlib.compressobj(9, zlib.DEFLATED, -15), b""
    megabytes = -(-size * RATIO // 1_000_000)
    for _ in range(megabytes):
        written += stream.compress(bytes(1_000_000))
    noise = size - len(written)
    while True:
        end = stream.copy()
        content = written + end.compress(os.urandom(noise)) + end.flush()
        if len(content) <= size:
            return sealed(content, zip="DEF"), (megabytes * 1_000_000 + noise) / len(content)
        noise -= len(content) - size


def honest():
    """Text, so that the reply carries it as it is."""
    return sealed(os.urandom(content_octets() // 2).hex().encode())


class Subject:
    def __init__(self, binary, folder):
        self.process = subprocess.Popen(
            [binary, "serve", "--set", "log.level=info", "--set", "log.format=json",
             "--config", write_config(folder)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        self.address = self._address()

    def _address(self):
        """From its log. Nothing else is ever read of that, so it says little."""
        end = time.monotonic() + START_LIMIT
        found = None
        while time.monotonic() < end:
            line = self.process.stdout.readline()
            said = json.loads(line) if line.startswith("{") else {}
            if said.get("event") == "listening":
                found = said["address"]
            if said.get("event") == "started":
                return found
            if not line:
                break
        self.stop()
        raise SystemExit("the service did not start")

    def decrypt(self, token):
        """(status, code) of one POST /decrypt."""
        body = json.dumps({"token": token, "key_name": "sealed"}).encode()
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {CALLER_SECRET}"}
        request = urllib.request.Request(f"http://{self.address}/decrypt", body, headers)
        try:
            with urllib.request.urlopen(request, timeout=30) as reply:
                return reply.status, len(reply.read())
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())["code"]

    def peak_kib(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0])

    def stop(self):
        self.process.terminate()
        self.process.wait(30)


def write_config(folder):
    secret = pathlib.Path(folder, "sealed.secret")
    secret.write_bytes(KEY)
    secret.chmod(0o600)
    path = pathlib.Path(folder, "signet.yaml")
    path.write_text(f"""
server: {{listen: [{{address: "127.0.0.1:0", endpoints: [decrypt]}}], threads: 1}}
admin: {{listen: []}}
keys:
  - {{name: sealed, kid: sealed-1, use: enc, alg: A256GCM, secret: "file:sealed.secret",
     callers: [bench], allow_zip: true}}
callers:
  - {{name: bench, secret_sha256: {hashlib.sha256(CALLER_SECRET.encode()).hexdigest()}}}
""")
    path.chmod(0o600)
    return str(path)


def growth(binary, token, expected, also_warm=()):
    """What one message adds to the peak, in KiB."""
    with tempfile.TemporaryDirectory() as folder:
        subject = Subject(binary, folder)
        try:
            small = sealed(deflated(b"small"), zip="DEF")
            for one in [small] * 20 + list(also_warm):
                subject.decrypt(one)
            before = subject.peak_kib()
            got = subject.decrypt(token)
            if not expected(got):
                raise SystemExit(f"an unexpected reply: {got}")
            return subject.peak_kib() - before
        finally:
            subject.stop()


def is_opened(got):
    return got[0] == 200


def is_too_large(got):
    return got == (422, "token_too_large")


def main():
    binary, runs = os.path.abspath(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 5
    (bad, ratio), good = bomb(), honest()
    assert len(bad) <= TOKEN_OCTETS  # a longer one is refused before it is opened
    rows = [(growth(binary, bad, is_too_large), growth(binary, good, is_opened),
             growth(binary, bad, is_too_large, [good])) for _ in range(runs)]  # fmt: skip
    of_bomb, of_honest, after = ([row[i] for row in rows] for i in range(3))
    print(f"a bomb of {len(bad)} octets that inflates {ratio:.0f} times: refused, peak memory grows"
          f" by {max(of_bomb)} KiB (the most of {runs}; median {statistics.median(of_bomb):.0f})")
    print(f"an honest token of {len(good)} octets: opened, {max(of_honest)} KiB"
          f" (median {statistics.median(of_honest):.0f}); the bomb after it adds {max(after)} KiB")
    return 0 if max(of_bomb) < LIMIT_KIB else 1


if __name__ == "__main__":
    sys.exit(main())
