"""A flood of unknown kids next to valid tokens: what it costs the origin and the valid tokens.

50 threads send tokens of kids that nobody has, for SECONDS; one more sends valid tokens and takes
their times. The same load made of tokens with a bad signature runs interleaved: what the valid ones
would have suffered from any load of that size. Prints the fetches in the worst 30 s (2 are allowed)
and the ratio of the p99s.

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
            first = len(issuer.fetches())
            strangers = [token(key, f"stranger-{i}", exp=int(time.time()) + 36000) for i in range(5000)]
            forged = [token(key, "k1", exp=int(time.time()) + 36000 + i) for i in range(500)]
            forged = [one[:-6] + ("AAAAAA" if one[-6:] != "AAAAAA" else "BBBBBB") for one in forged]
            unknown, bad, ratios = [], [], []
            sizes = [0, 0]
            for _ in range(rounds):
                took, size = times_under(running.data_port, strangers, good, seconds / rounds)
                other, other_size = times_under(running.data_port, forged, good, seconds / rounds)
                unknown += took
                bad += other
                sizes[0] += size
                sizes[1] += other_size
                ratios.append(p99(took) / p99(other))
            fetches = issuer.fetches()[first:]
            window = worst_window([one.at for one in fetches], 30)
    print(f"{sizes[0]} tokens of unknown kids: {len(fetches)} fetches, at most {window} in any 30 s")
    print(f"p99 of valid tokens: {p99(unknown):.2f} ms beside them, {p99(bad):.2f} ms beside {sizes[1]} bad "
          f"signatures; ratio {statistics.median(ratios):.2f} (median of {rounds})")
    if window > 2:
        raise SystemExit("more than two fetches in 30 s")


if __name__ == "__main__":
    main()
