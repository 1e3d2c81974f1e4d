"""What a faulty origin does to those who use its keys: Signet, PyJWT and npm jose in one run.

Each of them has the keys of a good origin and a ttl of one second; then the origin changes its mind.
A dash means that a peer is not installed. npm jose is installed into the working folder.

usage: PYTHONPATH=tests/support:tests/interop /usr/bin/python3 tests/bench/jwks_faults.py BINARY
"""
import concurrent.futures
import json
import pathlib
import re
import shutil
import subprocess
import sys
import threading
import time

import npm_peer
import origin
import service
from es256 import ISSUER, token

HERE = pathlib.Path(__file__).resolve().parent
TTL, TIMEOUT = 1, 1  # seconds, of every client
PATIENCE = 12  # seconds for one answer
PAUSE = 1.5  # beyond the ttl


class Signet:
    name = "Signet"

    def __init__(self, url):
        self.running = service.start(sys.argv[1], f"""
issuers:
  - {{name: a, issuer: "{ISSUER}", jwks_uri: "{url}", cache_ttl: {TTL}s, min_ttl: {TTL}s, total_timeout: {TIMEOUT}s}}
verify_profiles: {{default: {{issuers: [a], audiences: [api]}}}}
""")
        self.pid = self.running.process.pid
        self.local = threading.local()

    def verify(self, text):
        import http.client
        connection = http.client.HTTPConnection("127.0.0.1", self.running.data_port, timeout=PATIENCE)
        try:
            connection.request("POST", "/verify", json.dumps({"token": text}), {"Content-Type": "application/json"})
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def stop(self):
        self.running.stop()


class Library:
    """One that answers lines over a pipe."""

    def __init__(self, name, command):
        self.name = name
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
        self.pid = self.process.pid
        self.lock, self.waiting, self.next = threading.Lock(), {}, 0
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            said = json.loads(line)
            self.waiting.pop(said["id"]).set_result(said["ok"])

    def verify(self, text):
        future = concurrent.futures.Future()
        with self.lock:
            self.next += 1
            self.waiting[self.next] = future
            self.process.stdin.write(json.dumps({"id": self.next, "token": text}) + "\n")
        try:
            return future.result(PATIENCE)
        except concurrent.futures.TimeoutError:
            return False

    def stop(self):
        self.process.kill()
        self.process.wait()


def pyjwt(url):
    return Library("PyJWT", [sys.executable, str(HERE / "jwks_peer.py"), url, str(TTL), str(TIMEOUT)])


def jose(url):
    return Library("npm jose", ["node", "jwks_peer.mjs", url, str(TTL), str(TIMEOUT)])


def resident_mib(pid):
    return int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text()).group(1)) / 1024


class Case:
    """A good origin, and a client that has its keys."""

    def __init__(self, make):
        self.origin = origin.Origin()
        self.origin.cache_control = None
        self.key = self.origin.new_key("k1")
        self.good = token(self.key, "k1")
        self.client = make(self.origin.url + "/jwks")
        end = time.monotonic() + 30
        while not self.client.verify(self.good):
            assert time.monotonic() < end, f"{self.client.name} never had the keys"

    def fetches(self):
        return len(self.origin.fetches())

    def accepted(self, count, at_once=1):
        with concurrent.futures.ThreadPoolExecutor(at_once) as pool:
            return sum(pool.map(self.client.verify, [self.good] * count))

    def close(self):
        self.client.stop()
        self.origin.close()


def unknown_kids(case):
    before = case.fetches()
    for number in range(200):
        case.client.verify(token(case.key, f"stranger-{number}"))
    return f"{case.fetches() - before} fetches"


def bad_signatures(case):
    before = case.fetches()
    for number in range(200):
        text = token(case.key, "k1", number=number)
        case.client.verify(text[:-6] + ("AAAAAA" if text[-6:] != "AAAAAA" else "BBBBBB"))
    return f"{case.fetches() - before} fetches"


def replaced_key(case):
    """The key is replaced under its kid, before the ttl is over."""
    case.origin.keys.clear()
    fresh = case.origin.new_key("k1")
    return "accepted" if case.client.verify(token(fresh, "k1")) else "refused"


def one_stranger(case):
    case.origin.mode = "503"
    case.client.verify(token(case.key, "stranger"))
    return "accepted" if case.client.verify(case.good) else "refused"


def sick_beyond_the_ttl(case):
    case.origin.mode = "503"
    time.sleep(TTL + PAUSE)
    before = case.fetches()
    return f"{case.accepted(100)} of 100, {case.fetches() - before} fetches"


def dripping(case):
    case.origin.mode = "drip"
    time.sleep(TTL + PAUSE)
    started = time.monotonic()
    ok = case.client.verify(case.good)
    took = time.monotonic() - started
    return f"{'accepted' if ok else 'refused'} after {'>' if took > PATIENCE - 0.5 else ''}{took:.2f} s"


def hanging(case):
    case.origin.mode = "hang"
    time.sleep(TTL + PAUSE)
    started = time.monotonic()
    count = case.accepted(50, at_once=50)
    return f"{count} of 50 in {time.monotonic() - started:.2f} s"


def poisoned(mode):
    def run(case):
        case.origin.mode = mode
        time.sleep(TTL + PAUSE)
        case.client.verify(case.good)
        return "accepted" if case.client.verify(case.good) else "refused"
    return run


def huge(case):
    before, most = resident_mib(case.client.pid), 0.0
    case.origin.mode = "huge"
    time.sleep(TTL + PAUSE)
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        asked = pool.submit(case.client.verify, case.good)
        end = time.monotonic() + 5
        while time.monotonic() < end:
            most = max(most, resident_mib(case.client.pid) - before)
            time.sleep(0.02)
        grown = f"+{most:.0f} MiB" if most >= 10 else f"+{most * 1024:.0f} KiB"
        return f"{'accepted' if asked.result() else 'refused'}, {grown}"


def redirected(case):
    case.origin.mode = "redirect"
    case.origin.keys.clear()
    moved = case.origin.new_key("k2")
    time.sleep(TTL + PAUSE)
    before = len(case.origin.fetches())
    case.client.verify(token(moved, "k2"))
    time.sleep(0.2)
    followed = any(one.mode == "good" for one in case.origin.requests[before:])
    return "followed" if followed else "not followed"


def mixed(case):
    case.origin.mode = "mixed"
    time.sleep(TTL + PAUSE)
    return "accepted" if case.client.verify(case.good) else "refused"


def conditional(case):
    time.sleep(TTL + PAUSE)
    case.client.verify(case.good)
    time.sleep(0.2)
    return "If-None-Match" if any("if-none-match" in one.headers for one in case.origin.fetches()) else "whole set"


CASES = [
    ("A  200 unknown kids", unknown_kids),
    ("A2 200 bad signatures", bad_signatures),
    ("A3 a key replaced under its kid", replaced_key),
    ("B  503, one unknown kid, then a valid token", one_stranger),
    ("C  503 beyond the ttl, 100 valid tokens", sick_beyond_the_ttl),
    ("D  body of 1 octet a second, a valid token", dripping),
    ("D2 origin hangs, 50 valid tokens at once", hanging),
    ("E1 HTML instead of keys, a valid token", poisoned("html")),
    ("E2 {\"keys\":[]}, a valid token", poisoned("empty_set")),
    ("E3 {}, a valid token", poisoned("empty_object")),
    ("F  body of 200 MB", huge),
    ("G  redirect", redirected),
    ("H  bad keys next to a good one", mixed),
    ("   refresh", conditional),
]


def main():
    shutil.copyfile(HERE / "jwks_peer.mjs", "jwks_peer.mjs")
    problem = npm_peer.install()
    makers = [("Signet", Signet), ("PyJWT", pyjwt), ("npm jose", None if problem else jose)]
    if subprocess.run([sys.executable, "-c", "import jwt"], capture_output=True).returncode:
        makers[1] = ("PyJWT", None)
    print(f"{'':46}" + "".join(f"{name:28}" for name, _ in makers))
    for title, run in CASES:
        row = f"{title:46}"
        for _, make in makers:
            if make is None:
                row += f"{'-':28}"
                continue
            case = Case(make)
            try:
                row += f"{run(case):28}"
            finally:
                case.close()
        print(row.rstrip(), flush=True)
    if problem:
        print(f"npm jose: {problem}")


main()
