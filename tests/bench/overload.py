#!/usr/bin/env python3
"""POST /sign RS256 at three times what saturates the service: how much is still signed, and how fast.

usage: overload.py BINARY [--seconds S] [--rounds N] [--quick]

The service has one core and one thread, the load the other core. In each round, on a fresh service:

  peak        32 clients, each of which waits for its answer: their rate is the peak
  saturated   requests at that rate, at even distances whatever the answers do
  overload    the same at three times the rate, while health and JWKS are asked too

It fails when, in the middle one of the rounds, less than 90 % of the peak is signed under overload, when the
p99 of what is signed is over twice that at saturation, or when health or JWKS are not answered by 200 each time.
What is signed is counted for each second of CPU time that the service got: on a shared machine others take some of
its core, and never the same part of it. How much of the core it used is shown too: under overload, all that it gets.
--quick: one short round, which fails only for answers that must not be.
"""
import argparse
import hashlib
import http.client
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE / "racing")]

import rounds  # noqa: E402
import servers  # noqa: E402

CALLERS = 8  # who sign: one of them has at most limits.caller_jobs on its way
CONNECTIONS = 512  # enough that there is always one that does not wait for an answer
GOODPUT_MIN, P99_MAX = 0.9, 2.0
JWKS = "/.well-known/jwks.json"
CONFIG = """
server: {{listen: [{{address: "127.0.0.1:{port}", endpoints: [all]}}], threads: 1}}
admin: {{listen: [], probes: ["127.0.0.1:{probes}"]}}
log: {{level: warn, format: text}}
limits: {{requests_per_connection: 1000000000}}
issuer: https://tokens.example.com
keys: [{{name: sig, alg: RS256, file: rsa.pem}}]
callers:
{callers}
sign_profiles:
  default: {{key: sig, callers: [{names}], ttl: 15m, jti: true, audiences: [api], allowed_claims: [sub]}}
"""
BODY = '{"claims":{"sub":"alice"}}'
REQUEST = (
    "POST /sign HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nAuthorization: Bearer {value}\r\n"
    f"Content-Length: {len(BODY)}\r\n\r\n{BODY}"
)


def secret(number):
    return f"secret-of-caller-{number}-of-more-than-256-bits-0123456789"


class Bystander(threading.Thread):
    """Asks for health and for JWKS 20 times a second, and keeps what came and how long that took."""

    def __init__(self, port, probes):
        super().__init__(daemon=True)
        self._ways = [(http.client.HTTPConnection("127.0.0.1", port, timeout=10), JWKS),
                      (http.client.HTTPConnection("127.0.0.1", probes, timeout=10), "/readyz")]  # fmt: skip
        self._is_over = threading.Event()
        self.answers = []

    def run(self):
        while not self._is_over.wait(0.05):
            for wire, path in self._ways:
                began = time.monotonic()
                try:
                    wire.request("GET", path)
                    reply = wire.getresponse()
                    reply.read()
                    self.answers.append((reply.status, time.monotonic() - began))
                except (OSError, http.client.HTTPException) as what:
                    self.answers.append((str(what), time.monotonic() - began))
                    wire.close()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self._is_over.set()
        self.join()

    def wrong(self):
        return [status for status, _ in self.answers if status != 200]

    def slowest(self):
        return max(took for _, took in self.answers)


class Bench:
    def __init__(self, binary, folder, seconds):
        self.binary, self.folder, self.seconds = binary, folder, seconds
        self.of_service, self.of_load = rounds.two_cores()
        self.load_path = rounds.build_load(folder)
        subprocess.run([binary, "keygen", "--alg", "RS256", "--out", folder / "rsa.pem"],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
        (folder / "request").write_text(REQUEST)
        (folder / "secrets").write_text("\n".join(map(secret, range(CALLERS))))

    def start(self):
        port, probes = servers.free_port(), servers.free_port()
        names = [f"c{number}" for number in range(CALLERS)]
        lines = [f"  - {{name: {name}, secret_sha256: {hashlib.sha256(secret(number).encode()).hexdigest()}}}"
                 for number, name in enumerate(names)]  # fmt: skip
        path = self.folder / "signet.yaml"
        path.write_text(CONFIG.format(port=port, probes=probes, callers="\n".join(lines), names=", ".join(names)))
        path.chmod(0o600)
        running = servers.Server("signet", [str(self.binary), "serve", "--config", str(path)], port, [self.of_service],
                                 self.folder)  # fmt: skip
        running.wait_until_it_answers(f"GET {JWKS} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        return running, probes

    def load(self, running, connections, **how):
        more = [f"{name}={value}" for name, value in how.items()]
        command = ["taskset", "-c", str(self.of_load), str(self.load_path), str(running.port), str(self.folder / "request"),
                   str(connections), f"values={self.folder / 'secrets'}", *more]  # fmt: skip
        before = running.cpu_seconds()
        made = subprocess.run(command, capture_output=True, text=True, timeout=600)
        took = running.cpu_seconds() - before
        if made.returncode != 0:
            raise SystemExit(f"the load broke: {made.stderr}")
        got = json.loads(made.stdout)
        got["accepted"] = got["requests"] - got["refused"]
        got["goodput"] = got["accepted"] / got["seconds"]
        got["of_cpu"] = got["accepted"] / took
        got["busy"] = took / got["seconds"]
        got["said"] = made.stderr
        return got

    def round(self):
        """{"peak", "saturated", "overload": what the load counted, "bystander"}"""
        running, probes = self.start()
        try:
            self.load(running, 32, seconds=min(1, self.seconds))
            peak = self.load(running, 32, seconds=self.seconds)
            rate = peak["goodput"]
            saturated = self.load(running, CONNECTIONS, seconds=self.seconds, rate=rate)
            with Bystander(running.port, probes) as bystander:
                overload = self.load(running, CONNECTIONS, seconds=self.seconds, rate=3 * rate)
            return {"peak": peak, "saturated": saturated, "overload": overload, "bystander": bystander}
        finally:
            running.stop()


def shown(name, one, peak):
    of_peak = 100 * one["of_cpu"] / peak["of_cpu"]
    return (f"  {name:10} {one['goodput']:7.0f}/s signed, {one['of_cpu']:6.0f} in a second of CPU time ({of_peak:3.0f} % "
            f"of the peak), {one['refused'] / one['seconds']:6.0f}/s refused, p99 of the signed "
            f"{one['accepted_p99_us'] / 1000:6.1f} ms, {100 * one['busy']:3.0f} % of the core")  # fmt: skip


def check_answers(made):
    """What must not be, however fast the machine is."""
    bystander, overload = made["bystander"], made["overload"]
    problems = [f"health or JWKS: {status}" for status in bystander.wrong()]
    if not bystander.answers:
        problems.append("health and JWKS were not asked")
    if overload["refused"] and not ("503" in overload["said"] and "Retry-After: 1" in overload["said"]):
        problems.append("a refusal was not 503 with Retry-After: " + overload["said"][:300])
    return problems


def main():
    options = argparse.ArgumentParser()
    options.add_argument("binary", type=pathlib.Path)
    options.add_argument("--seconds", type=float, default=10)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--quick", action="store_true")
    how = options.parse_args()
    if how.quick:
        how.seconds, how.rounds = 1.5, 1
    ratios, problems = [], []
    with tempfile.TemporaryDirectory(prefix="signet-overload-") as folder:
        bench = Bench(how.binary.resolve(), pathlib.Path(folder), how.seconds)
        for number in range(how.rounds):
            made = bench.round()
            print(f"round {number + 1}:")
            for name in ("peak", "saturated", "overload"):
                print(shown(name, made[name], made["peak"]))
            print(f"  health and JWKS under overload: {len(made['bystander'].answers)} answers, "
                  f"slowest {1000 * made['bystander'].slowest():.0f} ms", flush=True)  # fmt: skip
            problems += check_answers(made)
            ratios.append((made["overload"]["of_cpu"] / made["peak"]["of_cpu"],
                           made["overload"]["accepted_p99_us"] / made["saturated"]["accepted_p99_us"]))  # fmt: skip
    goodput, p99 = (statistics.median(column) for column in zip(*ratios))
    print(f"at three times saturation: goodput {100 * goodput:.0f} % of the peak (at least {100 * GOODPUT_MIN:.0f} %), "
          f"p99 {p99:.2f} x (at most {P99_MAX:.0f} x)")  # fmt: skip
    if not how.quick and (goodput < GOODPUT_MIN or p99 > P99_MAX):
        problems.append("MISSED")
    print("\n".join(problems) or "ok")
    sys.exit(bool(problems))


if __name__ == "__main__":
    main()
