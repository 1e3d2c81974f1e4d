"""What is left in memory of a key that has stopped signing: nothing.

Rotates a service that has signed with both keys, and searches a dump of its whole memory (`gcore -a`, which also writes
what was excluded from dumps) for the private numbers. The key that signs must be found, so that the search works; of
the one that has stopped there must be nothing, neither its number nor the text of its file. Skipped without gcore, or
where it may not attach.
"""
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

import service
from cryptography.hazmat.primitives import serialization

PATIENCE = 60
SECRET = "secret-of-the-caller-of-more-than-256-bits-0123456789"
CALLER = {"Content-Type": "application/json", "Authorization": f"Bearer {SECRET}"}
CONFIG = """
server: {{listen: [{{address: "127.0.0.1:0", endpoints: [all]}}], threads: 2}}
admin: {{listen: ["127.0.0.1:0"]}}
issuer: https://tokens.example.com
state_dir: {shared}/state
rotation:
  sig: {{alg: {alg}, every: 30d, lead: 1d, directory: {shared}/keys}}
callers:
  - {{name: orders, secret_sha256: {digest}, roles: [admin]}}
sign_profiles:
  default: {{key: sig, callers: [orders], audiences: [api], ttl: 1h, allowed_claims: [sub]}}
verify_profiles:
  default: {{issuers: [self], audiences: [api]}}
"""


def numbers_of(pem):
    """Octets that only the private key has: as they are written, and as a machine's words have them."""
    key = serialization.load_pem_private_key(pem, None)
    private = key.private_numbers()
    numbers = [private.p, private.q, private.d] if hasattr(private, "p") else [private.private_value]
    found = []
    for number in numbers:
        octets = number.to_bytes((number.bit_length() + 7) // 8, "big")
        found += [octets[-24:], octets[::-1][:24]]
    return found


def text_of(pem):
    """A line of the file that has private octets."""
    lines = [line for line in pem.decode().splitlines() if not line.startswith("-")]
    return [lines[0][32:].encode() + b"\n" + lines[1][:16].encode()] if len(lines) > 1 else []


def states(signet):
    return {one["kid"]: one["state"] for one in signet.get("/keys", port=signet.admin_port).json["keys"]}


def in_state(signet, state):
    return next((kid for kid, now in states(signet).items() if now == state), None)


def sign_often(signet):
    """On every thread, alone and in batches, which run on the pool."""
    for _ in range(40):
        client = signet.another_client()
        assert client.post("/sign", {"claims": {}}, CALLER).status == 200
        assert client.post("/sign/batch", {"items": [{"claims": {}}] * 8}, CALLER).status == 200
        client.hang_up()


def dump(pid, folder, *options):
    """The text of a core, or None where it cannot be made."""
    ran = subprocess.run(["gcore", *options, "-o", f"{folder}/core", str(pid)], capture_output=True, text=True,
                         timeout=PATIENCE)  # fmt: skip
    file = pathlib.Path(f"{folder}/core.{pid}")
    if ran.returncode or not file.exists():
        return None
    octets = file.read_bytes()
    file.unlink()
    return octets


def count(octets, patterns):
    return sum(octets.count(one) for one in patterns)


def check(alg):
    with tempfile.TemporaryDirectory(prefix="signet-gone-") as shared:
        text = CONFIG.format(shared=shared, alg=alg, digest=hashlib.sha256(SECRET.encode()).hexdigest())
        with service.start(os.environ["SIGNET"], text) as signet:
            old, new = in_state(signet, "active"), in_state(signet, "staged") or in_state(signet, "published")
            pems = {kid: pathlib.Path(shared, "keys", f"key-{kid}.pem").read_bytes() for kid in (old, new)}
            sign_often(signet)
            before = dump(signet.process.pid, shared, "-a")
            if before is None:
                print("skipped: gcore cannot attach")
                sys.exit(77)
            assert count(before, numbers_of(pems[old])), "the search does not find a key that signs"
            del before
            reply = signet.request("POST", "/keys/rotate", json.dumps({"series": "sig", "emergency": True}), CALLER,
                                   signet.admin_port)  # fmt: skip
            assert reply.status == 200 and reply.json["kid"] == new, reply
            sign_often(signet)
            end = time.monotonic() + PATIENCE
            while True:  # threads are asked for some seconds to let go of it
                after = dump(signet.process.pid, shared, "-a")
                left = count(after, numbers_of(pems[old])), count(after, text_of(pems[old]))
                if left == (0, 0) or time.monotonic() > end:
                    break
                time.sleep(1)
            active = count(after, numbers_of(pems[new]))
            plain = dump(signet.process.pid, shared)
            shown = [count(plain, numbers_of(pem)) for pem in (pems[old], pems[new])]
            print(f"{alg}: of the key that signs {active} places, of the one before {left}; in a plain dump {shown}")
            assert active, "the search does not find the key that signs"
            assert left == (0, 0), "the retired key is still in memory"
            assert shown == [0, 0], "a plain dump has a private key"
            assert not pathlib.Path(shared, "keys", f"key-{old}.pem").exists(), "its file is still there"


if any(name in pathlib.Path(os.environ["SIGNET"]).read_bytes() for name in (b"__asan_init", b"__tsan_init")):
    print("skipped: a sanitizer maps more memory than a dump can hold")
    sys.exit(77)
if shutil.which("gcore") is None:
    print("skipped: gcore is not installed")
    sys.exit(77)
os.umask(0o077)
for name in ("ES256", "RS256"):
    check(name)
