"""POST /sign RS256 with one worker thread and with two, interleaved.

The load generator needs under a tenth of a core, so two cores are enough for both.
usage: sign_scaling.py BINARY [ROUNDS]
"""
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

LUA = """wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = '{"claims":{"sub":"alice","scope":"read"}}'
"""


def config(folder, port, threads):
    path = pathlib.Path(folder, f"signet-{threads}.yaml")
    path.write_text(f"""
server: {{listen: ["unix:{folder}/{threads}.sock", {{address: "127.0.0.1:{port}", endpoints: [all]}}], threads: {threads}}}
admin: {{listen: []}}
log: {{level: warn}}
issuer: https://tokens.example.com
keys:
  - {{name: sig, alg: RS256, file: rsa.jwk}}
sign_profiles:
  default: {{key: sig, audiences: [a], ttl: 15m, allowed_claims: [sub, scope], callers: [bench]}}
callers:
  - {{name: bench, secret_sha256: "{SECRET_SHA256}"}}
""")
    path.chmod(0o600)
    return path


SECRET = "bench-secret-of-more-than-256-bits-0123456789abcdef"
SECRET_SHA256 = __import__("hashlib").sha256(SECRET.encode()).hexdigest()


def run(binary, path, port, folder):
    process = subprocess.Popen([binary, "serve", "--config", str(path)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(500):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/.well-known/jwks.json", timeout=1).read()
                break
            except OSError:
                time.sleep(0.01)
        command = ["wrk", "-t1", "-c16", "-d4s", "-s", f"{folder}/sign.lua", f"http://127.0.0.1:{port}/sign"]
        out = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout
        if "Non-2xx" in out:
            raise SystemExit("requests were refused:\n" + out)
        return float(re.search(r"Requests/sec:\s+([\d.]+)", out).group(1))
    finally:
        process.terminate()
        process.wait(10)


def main():
    binary, rounds = os.path.abspath(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 3
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([binary, "keygen", "--alg", "RS256", "--out", f"{folder}/rsa.jwk"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        pathlib.Path(folder, "sign.lua").write_text(LUA + f'wrk.headers["Authorization"] = "Bearer {SECRET}"\n')
        one, two = [], []
        for _ in range(rounds):
            one.append(run(binary, config(folder, 28421, 1), 28421, folder))
            two.append(run(binary, config(folder, 28421, 2), 28421, folder))
    a, b = statistics.median(one), statistics.median(two)
    print(f"POST /sign RS256: {a:.0f}/s with one worker thread, {b:.0f}/s with two: {b / a:.2f} x (medians of {rounds})")


main()
