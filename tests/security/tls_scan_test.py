"""testssl.sh finds nothing at or above LOW in a TLS listener's protocol.

Skipped where it is not installed (deploy/setup.sh --tests). What it says of the certificate's own chain and of
HTTP's headers is left out: the certificate is a test's, and HSTS is for browsers.
"""
import json
import os
import shutil
import subprocess
import sys

from tls_world import World

FINDINGS = ("LOW", "MEDIUM", "HIGH", "CRITICAL", "WARN", "FATAL")
# protocols, suites, forward secrecy, server's preference, vulnerabilities
PARTS = ("--protocols", "--std", "--fs", "--server-preference", "--vulnerable")
OF_THE_TOOL = ("engine_problem",)  # what its own openssl cannot do
LIMIT = 280  # seconds


def main():
    tool = shutil.which("testssl") or shutil.which("testssl.sh")
    if not tool:
        print("testssl.sh is not installed")
        return 77
    with World() as world:
        report = world.made / "report.json"
        ran = subprocess.run(
            [tool, *PARTS, "--quiet", "--color", "0", "--warnings", "off", "--nodns", "none", "--ip", "127.0.0.1",
             "--jsonfile", report, f"https://localhost:{world.port}"],
            capture_output=True, text=True, timeout=LIMIT, stdin=subprocess.DEVNULL, cwd=world.made, check=False,
            env={**os.environ, "TERM": "dumb"},
        )  # fmt: skip
        if not report.exists():
            print(ran.stdout, ran.stderr)
            return 1
        rows = json.loads(report.read_text())
    found = [row for row in rows if row["severity"] in FINDINGS and row["id"] not in OF_THE_TOOL]
    known = {row["id"]: row["finding"] for row in rows}
    for row in found:
        print(f"{row['severity']}: {row['id']}: {row['finding']}")
    offered = {name: known.get(name, "?") for name in ("SSLv2", "SSLv3", "TLS1", "TLS1_1", "TLS1_2", "TLS1_3")}
    print(len(rows), "rows,", len(found), "findings;", offered)
    is_whole = len(rows) > 40 and "offered" in offered["TLS1_2"] and "offered" in offered["TLS1_3"]
    return 0 if is_whole and not found else 1


if __name__ == "__main__":
    sys.exit(main())
