"""Start-up time and idle memory of the release binary with ten keys.

usage: footprint.py BINARY [RUNS]
"""
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

ALGORITHMS = ["ES256", "ES384", "ES512", "EdDSA", "RS256", "PS256", "ML-DSA-44", "ML-DSA-65", "ES256K", "Ed448"]


def write_config(binary, folder, port):
    lines = [f'server: {{listen: ["127.0.0.1:{port}"], threads: 2}}', "admin: {listen: []}", "log: {level: warn}", "keys:"]
    for i, alg in enumerate(ALGORITHMS):
        subprocess.run([binary, "keygen", "--alg", alg, "--out", f"{folder}/{i}.jwk"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        lines.append(f"  - {{name: key{i}, alg: {alg}, file: {i}.jwk}}")
    lines += ["issuer: https://tokens.example.com", "verify_profiles:", "  default: {issuers: [self], audiences: [a]}"]
    path = pathlib.Path(folder, "signet.yaml")
    path.write_text("\n".join(lines) + "\n")
    path.chmod(0o644)
    return path


def started(binary, config, port):
    """Seconds from exec to the first answer, and the resident KiB one second later."""
    begin = time.perf_counter()
    process = subprocess.Popen([binary, "serve", "--config", str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}/.well-known/jwks.json"
    try:
        while True:
            try:
                urllib.request.urlopen(url, timeout=1).read()
                break
            except OSError:
                if time.perf_counter() - begin > 10:
                    raise SystemExit("it did not start within 10 s")
                time.sleep(0.001)
        took = time.perf_counter() - begin
        time.sleep(1)
        figures = {}
        for line in pathlib.Path(f"/proc/{process.pid}/smaps_rollup").read_text().splitlines()[1:]:
            name, value = line.split(":")
            figures[name] = int(value.split()[0])
        return took, figures["Rss"], figures["Pss_Anon"]
    finally:
        process.terminate()
        process.wait(10)


def main():
    binary, runs = os.path.abspath(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 7
    port = 28411
    with tempfile.TemporaryDirectory() as folder:
        config = write_config(binary, folder, port)
        rows, nothing = [], []
        for _ in range(runs):
            begin = time.perf_counter()
            subprocess.run(["/bin/true"], check=True)
            nothing.append(time.perf_counter() - begin)
            rows.append(started(binary, config, port))
    print(f"start-up with {len(ALGORITHMS)} keys: {statistics.median(r[0] for r in rows) * 1000:.1f} ms to the first JWKS"
          f" (median of {runs}; /bin/true in comparison: {statistics.median(nothing) * 1000:.1f} ms)")
    print(f"idle memory: {statistics.median(r[1] for r in rows) / 1024:.1f} MiB resident,"
          f" {statistics.median(r[2] for r in rows) / 1024:.1f} MiB of it its own anonymous pages")


if __name__ == "__main__":
    main()
