"""What of our keys is in the memory of a service: only where no core dump looks, and nothing once a key is gone.

Run by ctest with the binary in SIGNET; skipped where there is no gdb, or no leave to use it.
"""
import base64
import hashlib
import json
import os
import secrets
import signal
import sys
import time

import memory_search
import service
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

SIGNET = os.environ["SIGNET"]
PATIENCE = 30
SKIPPED = 77
CALLER = "secret-of-the-caller-of-more-than-256-bits-0123456789"
AS_CALLER = {"Authorization": f"Bearer {CALLER}"}
ALGORITHMS = {"p256": "ES256", "p384": "ES384", "rsa": "RS256", "long_rsa": "PS256", "ed": "EdDSA", "jwk": "ES256",
              "kept": "ES256"}
BASE = """
server: {threads: 2, listen: [{address: "127.0.0.1:0", endpoints: [all]}]}
admin: {listen: ["127.0.0.1:0"]}
issuer: https://tokens.example.com
reload: {watch: false}
callers: [{name: test, secret_sha256: %s}]
""" % hashlib.sha256(CALLER.encode()).hexdigest()


def configuration(names):
    """Series and a sign profile for each name."""
    text = BASE + "keys:\n"
    for name in names:
        text += (f'  - {{name: {name}, kid: {name}, alg: HS256, secret: "file:{name}.key", issuer: "urn:{name}"}}\n'
                 if name == "hmac" else f"  - {{name: {name}, alg: {ALGORITHMS[name]}, file: {name}.key}}\n")
    text += "sign_profiles:\n"
    return text + "".join(f"  {name}: {{key: {name}, ttl: 1m, callers: [test]}}\n" for name in names)


def b64(number):
    return base64.urlsafe_b64encode(number.to_bytes(32, "big")).rstrip(b"=").decode()


def jwk_of(key):
    """Of a private key of P-256."""
    private = key.private_numbers()
    point = private.public_numbers
    return {"kty": "EC", "crv": "P-256", "x": b64(point.x), "y": b64(point.y), "d": b64(private.private_value)}


def generation(running):
    return running.get("/readyz?verbose", port=running.admin_port).json["checks"]["configuration"]["generation"]


def search(running, everything, keys):
    """key -> the forms of it that were found."""
    memory = memory_search.Memory(running.process.pid, everything)
    return {name: memory.having(memory_search.forms_of(key)) for name, key in keys.items()}


def main():
    keys = {
        "p256": ec.generate_private_key(ec.SECP256R1()),
        "p384": ec.generate_private_key(ec.SECP384R1()),
        "rsa": rsa.generate_private_key(65537, 2048),
        "long_rsa": rsa.generate_private_key(65537, 3072),
        "ed": ed25519.Ed25519PrivateKey.generate(),
        "jwk": ec.generate_private_key(ec.SECP256R1()),
        "hmac": secrets.token_hex(32),
        "kept": ec.generate_private_key(ec.SECP256R1()),
    }
    files = {f"{name}.key": memory_search.pem_of(key) for name, key in keys.items() if name not in ("jwk", "hmac")}
    files |= {"hmac.key": keys["hmac"], "jwk.key": json.dumps(jwk_of(keys["jwk"]))}
    with service.start(SIGNET, configuration(keys), files) as running:
        if reason := memory_search.why_not(running.process.pid):
            print("skipped:", reason)
            return SKIPPED
        for name in keys:
            for _ in range(4):  # on more than one thread
                client = running.another_client()
                reply = client.post("/sign", {"profile": name, "claims": {}}, AS_CALLER)
                client.hang_up()
                assert reply.status == 200, (name, reply)
        batch = {"items": [{"profile": name, "claims": {}} for name in keys] * 8}
        assert running.post("/sign/batch", batch, AS_CALLER).status == 200  # and on the pool's
        found = search(running, True, keys)
        for name, forms in found.items():
            print(f"  {name}: {', '.join(forms)}")
            assert forms, f"{name} signs, and the search does not find it"
        in_dump = {name: forms for name, forms in search(running, False, keys).items() if forms}
        assert not in_dump, f"in a core dump: {in_dump}"

        config = running.folder / "signet.yaml"
        config.write_text(configuration(["kept"]))
        running.process.send_signal(signal.SIGHUP)
        end = time.monotonic() + PATIENCE
        while generation(running) < 2:
            assert time.monotonic() < end, "no reload"
            time.sleep(0.05)
        for _ in range(5):  # they go within seconds
            time.sleep(3)
            found = search(running, True, keys)
            assert found.pop("kept"), "the key that stays is not found: the search does not work"
            if not (left := {name: forms for name, forms in found.items() if forms}):
                break
        assert not left, f"keys that are gone: {json.dumps(left)}"
        assert running.post("/sign", {"profile": "kept", "claims": {}}, AS_CALLER).status == 200
    print("ok")
    return 0


if __name__ == "__main__":
    sys.exit(main())
