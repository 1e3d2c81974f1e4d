"""What a record costs POST /sign ES256: without an audit log, and with each way to sync, at 16 connections.

Rounds are interleaved, and the medians are compared. Says by how much each way is slower, and how many requests
shared a write; exits with 1 when the default takes more than 1.5 times as long as no log. The log is in the
folder that is given, so that its disk is measured.
usage: audit_cost.py BINARY [ROUNDS [FOLDER [SECONDS]]]
"""
import hashlib
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

PORT = int(os.environ.get("SIGNET_BENCH_PORT", "28431"))
SECRET = "bench-secret-of-more-than-256-bits-0123456789abcdef"
MOST = 1.5
LUA = f"""wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Authorization"] = "Bearer {SECRET}"
wrk.body = '{{"claims":{{"sub":"alice","scope":"read"}}}}'
"""
WAYS = {"none": "", "interval": "fsync: interval", "never": "fsync: never", "always": "fsync: always"}


def configuration(folder, way):
    path = pathlib.Path(folder, f"{way}.yaml")
    audit = f"audit: {{file: {folder}/{way}.log, {WAYS[way]}}}\n" if WAYS[way] else ""
    path.write_text(f"""
server: {{listen: [{{address: "127.0.0.1:{PORT}", endpoints: [all]}}], threads: 2}}
admin: {{listen: ["127.0.0.1:{PORT + 1}"]}}
log: {{level: warn}}
issuer: https://tokens.example.com
keys: [{{name: sig, alg: ES256, file: sig.pem}}]
sign_profiles: {{default: {{key: sig, ttl: 15m, allowed_claims: [sub, scope], callers: [bench]}}}}
callers: [{{name: bench, secret_sha256: "{hashlib.sha256(SECRET.encode()).hexdigest()}"}}]
{audit}""")
    path.chmod(0o600)
    return path


def metrics():
    with urllib.request.urlopen(f"http://127.0.0.1:{PORT + 1}/metrics", timeout=5) as reply:
        text = reply.read().decode()

    def of(name):
        return next((float(line.split()[-1]) for line in text.splitlines() if line.startswith(name)), 0.0)

    return of('signet_audit_records_total{queue="callers"}'), of("signet_audit_commits_total"), of("process_cpu_seconds_total")


def run(binary, folder, way, seconds):
    """Requests per second, CPU time per request in microseconds, and records per write."""
    process = subprocess.Popen(
        [binary, "serve", "--config", str(configuration(folder, way))], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        for _ in range(500):
            try:
                before = metrics()
                break
            except OSError:
                time.sleep(0.01)
        command = ["wrk", "-t1", "-c16", f"-d{seconds}s", "-s", f"{folder}/sign.lua", f"http://127.0.0.1:{PORT}/sign"]
        out = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 60, check=True).stdout
        if "Non-2xx" in out:
            raise SystemExit(f"{way}: requests were refused:\n{out}")
        time.sleep(1.1)  # the text of /metrics is kept for a second
        after = metrics()
        rate = float(re.search(r"Requests/sec:\s+([\d.]+)", out)[1])
        count = float(re.search(r"(\d+) requests in", out)[1])
        commits = after[1] - before[1]
        return rate, (after[2] - before[2]) * 1e6 / count, (after[0] - before[0]) / commits if commits else 0.0
    finally:
        process.terminate()
        process.wait(30)


def main():
    binary = os.path.abspath(sys.argv[1])
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    seconds = int(sys.argv[4]) if len(sys.argv) > 4 else 4
    with tempfile.TemporaryDirectory(dir=sys.argv[3] if len(sys.argv) > 3 else None) as folder:
        subprocess.run([binary, "keygen", "--alg", "ES256", "--out", f"{folder}/sig.pem"], check=True, capture_output=True)
        pathlib.Path(folder, "sign.lua").write_text(LUA)
        figures = {way: [] for way in WAYS}
        for _ in range(rounds):
            for way in WAYS:
                figures[way].append(run(binary, folder, way, seconds))
        for way in list(WAYS)[1:]:
            for log in sorted(pathlib.Path(folder).glob(f"{way}.log*")):
                if log.name == f"{way}.log":
                    subprocess.run([binary, "audit", "verify", str(log)], check=True, capture_output=True)
    medians = {way: [statistics.median(one[i] for one in all_) for i in range(3)] for way, all_ in figures.items()}
    usual = medians["none"][0]
    for way, (rate, cpu, shared) in medians.items():
        print(f"audit {way:9} {rate:8.0f}/s {usual / rate:5.2f} x  {cpu:6.1f} us CPU  {shared:5.1f} records per write")
    ratio = usual / medians["interval"][0]
    print(f"the default takes {ratio:.2f} x as long as no audit log (at most {MOST}; medians of {rounds})")
    return ratio > MOST


if __name__ == "__main__":
    sys.exit(main())
