"""PyJWT's JWKS client as a peer of jwks_faults.py.

usage: jwks_peer.py URL TTL_SECONDS TIMEOUT_SECONDS
Reads {"id", "token"} lines, writes {"id", "ok"} lines; any number at a time.
"""
import concurrent.futures
import inspect
import json
import sys
import threading

import jwt

url, ttl, timeout = sys.argv[1], float(sys.argv[2]), float(sys.argv[3])
known = inspect.signature(jwt.PyJWKClient.__init__).parameters
client = jwt.PyJWKClient(url, **{k: v for k, v in {"lifespan": ttl, "timeout": timeout}.items() if k in known})
out = threading.Lock()


def answer(asked):
    try:
        key = client.get_signing_key_from_jwt(asked["token"]).key
        jwt.decode(asked["token"], key, algorithms=["ES256"], audience="api", issuer="https://id.example.com")
        ok = True
    except Exception:
        ok = False
    with out:
        print(json.dumps({"id": asked["id"], "ok": ok}), flush=True)


with concurrent.futures.ThreadPoolExecutor(64) as pool:
    for line in sys.stdin:
        pool.submit(answer, json.loads(line))
