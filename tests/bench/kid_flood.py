"""A flood of unknown kids, and one of bad signatures, next to valid tokens: what they cost the origin and the valid
tokens.

50 threads send tokens of kids that nobody has, or tokens that no key verifies, for SECONDS; one more sends valid tokens
and takes their times. The same load made of bad signatures that have expired runs interleaved, because they cause
nothing: what the valid ones would have suffered from any load of that size. Prints the fetches in the worst 30 s (2 are
allowed for kids) and 60 s (1 for signatures), and the ratios of the p99s.

usage: PYTHONPATH=tests/support /usr/bin/python3 tests/bench/kid_flood.py BINARY [SECONDS] [ROUNDS]
"""
import http.client
import itertools
import json
import multiprocessing
import statistics
import sys
import threading
import time

import origin
import service
from es256 import ISSUER, token

THREADS = 50
PACE = 0.025  # seconds between two tokens of one thread: a load below what saturates the machine


def post(connection, text):
    connection.request("POST", "/verify", json.dumps({"token": text}), {"Content-Type": "application/json"})
    reply = connection.getresponse()
    reply.read()
    return reply.status


def flood(port, texts, seconds, refusals):
    """One process of THREADS threads, so that the load's interpreter is not the prober's."""
    def one(number):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        mine = itertools.cycle(texts[number::THREADS])
        end = time.monotonic() + seconds
        count = 0
        while time.monotonic() < end:
            if post(connection, next(mine)) != 422:
                raise SystemExit("a token of the flood was not refused")
            count += 1
            time.sleep(PACE)
        with refusals.get_lock():
            refusals.value += count

    threads = [threading.Thread(target=one, args=(number,)) for number in range(THREADS)]
    for one_thread in threads:
        one_thread.start()
    for one_thread in threads:
        one_thread.join()


def times_under(port, texts, good, seconds):
    """The times of valid tokens under that load, in ms, and the load's size."""
    refusals = multiprocessing.Value("q", 0)
    load = multiprocessing.Process(target=flood, args=(port, texts, seconds, refusals))
    load.start()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    took = []
    time.sleep(0.5)
    end = time.monotonic() + seconds - 1
    while time.monotonic() < end:
        started = time.perf_counter()
        if post(connection, good) != 200:
            raise SystemExit("a valid token was refused")
        took.append((time.perf_counter() - started) * 1000)
        time.sleep(0.002)
    load.join()
    if load.exitcode:
        raise SystemExit("the load failed")
    return took, refusals.value


def worst_window(moments, length):
    moments = sorted(moments)
    return max((sum(1 for later in moments[i:] if later - first <= length) for i, first in enumerate(moments)),
               default=0)


def p99(values):
    return statistics.quantiles(values, n=100)[98]


ALLOWED = [("unknown kids", 30, 2), ("bad signatures", 60, 1)]  # seconds, and fetches in any of them


def floods(key):
    later = int(time.time()) + 36000

    def bad(text):
        return text[:-6] + ("AAAAAA" if text[-6:] != "AAAAAA" else "BBBBBB")

    return {
        "expired": [bad(token(key, "k1", exp=1 + i)) for i in range(500)],
        "unknown kids": [token(key, f"stranger-{i}", exp=later) for i in range(5000)],
        "bad signatures": [bad(token(key, "k1", exp=later + i)) for i in range(500)],
    }


class Load:
    """One kind of flood: the times of valid tokens in each round, and the fetches while it ran."""

    def __init__(self, issuer, port, texts):
        self.issuer, self.port, self.texts = issuer, port, texts
        self.rounds, self.fetches, self.size = [], [], 0

    def run(self, good, seconds):
        before = len(self.issuer.fetches())
        took, size = times_under(self.port, self.texts, good, seconds)
        self.rounds.append(took)
        self.size += size
        self.fetches += [one.at for one in self.issuer.fetches()[before:]]


def main():
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 60
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 3
    with origin.Origin() as issuer:
        issuer.cache_control = "max-age=86400"
        key = issuer.new_key("k1")
        with service.start(sys.argv[1], f"""
issuers: [{{name: a, issuer: "{ISSUER}", jwks_uri: "{issuer.url}/jwks"}}]
verify_profiles: {{default: {{issuers: [a], audiences: [api]}}}}
log: {{level: warn}}
""") as running:
            good = token(key, "k1", exp=int(time.time()) + 36000)
            while running.post("/verify", {"token": good}).status != 200:
                time.sleep(0.05)
            loads = {name: Load(issuer, running.data_port, texts) for name, texts in floods(key).items()}
            for _ in range(rounds):
                for load in loads.values():
                    load.run(good, seconds / rounds / 2)
    idle = loads.pop("expired")
    worst = {name: worst_window(loads[name].fetches, window) for name, window, _ in ALLOWED}
    for name, window, _ in ALLOWED:
        load = loads[name]
        ratio = statistics.median(p99(one) / p99(other) for one, other in zip(load.rounds, idle.rounds))
        print(f"{load.size} {name}: {len(load.fetches)} fetches, at most {worst[name]} in any {window} s; p99 of valid "
              f"tokens {p99(sum(load.rounds, [])):.2f} ms, {p99(sum(idle.rounds, [])):.2f} ms next to {idle.size} that "
              f"cause nothing; ratio {ratio:.2f} (median of {rounds})")
    if idle.fetches:
        raise SystemExit("expired tokens caused a fetch")
    for name, window, most in ALLOWED:
        if not 0 < worst[name] <= most:
            raise SystemExit(f"{name}: {worst[name]} fetches in {window} s")


if __name__ == "__main__":
    main()
