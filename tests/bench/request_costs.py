"""The most expensive request of each endpoint, as a stranger and as a caller, and what it does to others.

For every unit of work that a request can spend (costly_shapes.py), the count is raised until the service
refuses more; the request that took most CPU time is the endpoint's worst. Then each worst request is sent
20 times a second, and the p99 of GET jwks, POST /verify and RS256 POST /sign next to it is compared with
the p99 of an idle service, measured in turns over the whole run. Inline keys, PBES2 and zip are open to everybody.

usage: PYTHONPATH=tests/support /usr/bin/python3 tests/bench/request_costs.py BINARY [SECONDS=100] [ENDPOINT|WHO...]

WHO is `stranger` or `caller`: only those requests are then sent next to the others.

With SECONDS=0 only the table of costs is printed. Exit code 1: a request took more than 1.5 times its
budget, or more than MEMORY_MAX of memory.
"""
import hashlib
import http.client
import json
import multiprocessing
import os
import pathlib
import statistics
import sys
import threading
import time

import costly_shapes
import service

CALLER = "a-caller-secret-of-more-than-256-bits-0123456789"
BUDGET_MS = {"stranger": 50, "caller": 250}
PASSWORD_MS = 2000
SLACK = 1.5
MEMORY_MAX = 64  # MiB for one request
RATE = 20  # of the worst request, a second
CONFIG = """
server: {threads: 2, listen: [{address: "127.0.0.1:0", endpoints: [all]}]}
issuer: urn:signet
keys:
  - {name: sig, alg: ES256, generate: true}
  - {name: rs, alg: RS256, generate: true, publish: false}
  - {name: pay, alg: RS256, file: pay.pem, publish: false}
  - {name: sealed, use: enc, alg: RSA-OAEP-256, generate: true, callers: [c]}
sign_profiles:
  default: {key: sig, callers: [c], ttl: 12h, allowed_claims: ["*"]}
  rs: {key: rs, callers: [c], kind: jws, typ: receipt}
  pay: {key: pay, callers: [c], kind: jws, typ: receipt}
verify_profiles: {default: {issuers: [self], audiences: [none], decrypt: sealed, callers: [c]}}
inline_keys: {endpoints: [sign, verify, encrypt, decrypt], allow_zip: true,
  allow_algorithms: [PBES2-HS256+A128KW, PBES2-HS512+A256KW, RSA1_5]}
callers: [{name: c, secret_sha256: %s}]
limits: {requests_per_connection: 1000000}
log: {level: warn}
""" % hashlib.sha256(CALLER.encode()).hexdigest()


def cpu_ns(pid):
    """The CPU time of all its threads."""
    tasks = pathlib.Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(one.read_text().split()[0]) for one in tasks)


def memory_mib(pid, field):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(status.split(field + ":")[1].split()[0]) / 1024


def bytes_of(endpoint, made):
    """Method, body and headers of a request."""
    if endpoint == "/auth":
        return "GET", None, {"Authorization": "Bearer " + made}
    body = made if isinstance(made, costly_shapes.Raw) else costly_shapes.text(made)
    return "POST", body, {"Content-Type": "application/json"}


class Asker:
    def __init__(self, port, who):
        self.port, self.who, self.line = port, who, None

    def ask(self, endpoint, made):
        method, body, headers = bytes_of(endpoint, made)
        if self.who == "caller" and endpoint != "/auth":
            headers["Authorization"] = "Bearer " + CALLER
        for _ in range(2):
            if self.line is None:
                self.line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
            try:
                self.line.request(method, endpoint, body, headers)
                reply = self.line.getresponse()
                reply.read()
                return reply.status
            except (http.client.HTTPException, ConnectionError):  # it closes after some refusals
                self.line = None
        return 0


class Figure:
    """What one request took: CPU time, and its peak of memory above that of the idle service."""

    idle_mib = 0.0

    def __init__(self, running, asker, endpoint, made):
        pid = running.process.pid
        pathlib.Path(f"/proc/{pid}/clear_refs").write_text("5")  # VmHWM begins again
        used = cpu_ns(pid)
        self.status = asker.ask(endpoint, made)
        self.ms = (cpu_ns(pid) - used) / 1e6
        self.mib = memory_mib(pid, "VmHWM") - Figure.idle_mib


def worst_count(running, asker, endpoint, most, make):
    """Raises the count by halves until it is the most; the figure of the one that took most CPU time."""
    counts, count = [], most
    while count >= 1 and len(counts) < 8:
        counts.append(count)
        count //= 2
    found = None
    for count in counts:
        made = make(count)
        figure = Figure(running, asker, endpoint, made)
        if figure.status in (0, 431) or figure.status == 413 and figure.ms < 1:
            continue  # too large to be read at all
        figure.ms = min(figure.ms, Figure(running, asker, endpoint, made).ms)  # without other threads' noise
        if found is None or figure.ms > found[0].ms:
            found = figure, count, made
    return found


def uses_password(name):
    return "password" in name or "iterations" in name


def search(running, keys, who, wanted):
    """endpoint -> (figure, name, count, made) of its worst; prints every shape that is over its bound."""
    asker, worst, is_good = Asker(running.data_port, who), {}, True
    for endpoint, name, most, make in costly_shapes.all_shapes(keys):
        if wanted and endpoint not in wanted:
            continue
        found = worst_count(running, asker, endpoint, most, make)
        if found is None:
            continue
        figure, count, made = found
        bound = PASSWORD_MS if uses_password(name) else BUDGET_MS[who]
        if figure.ms > SLACK * bound or figure.mib > MEMORY_MAX:
            is_good = False
            print(f"OVER: {who} {endpoint} {name} x {count}: {figure.status}, {figure.ms:.1f} ms, {figure.mib:.1f} MiB")
        kind = endpoint + (" (password)" if uses_password(name) else "")
        if kind not in worst or figure.ms > worst[kind][0].ms:
            worst[kind] = figure, name, count, made
    return worst, is_good


def come_first():
    """A probe shares its core with the service, and must not wait for it: its own wait for a core would count as
    the service's. Only root may ask for that."""
    try:
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), -20)
    except PermissionError:
        pass


class Probe(threading.Thread):
    """Sends one honest request again and again, and takes the times."""

    def __init__(self, port, method, path, body, headers, pace):
        super().__init__()
        self.request = method, path, body, headers
        self.port, self.pace, self.times, self.stops = port, pace, [], False

    def run(self):
        come_first()
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        while not self.stops:
            began = time.perf_counter()
            line.request(*self.request)
            reply = line.getresponse()
            reply.read()
            self.times.append((time.perf_counter() - began) * 1000)
            if reply.status != 200:
                raise SystemExit(f"an honest request got {reply.status}: {self.request[1]}")
            time.sleep(self.pace)


def honest(running, token):
    kind = {"Content-Type": "application/json"}
    caller = {**kind, "Authorization": "Bearer " + CALLER}
    return {
        "GET jwks": ("GET", "/.well-known/jwks.json", None, {}),
        "/verify": ("POST", "/verify", json.dumps({"token": token}), caller),
        "RS256 /sign": ("POST", "/sign", json.dumps({"payload": "x", "profile": "rs"}), caller),
    }


def flood(port, who, endpoint, made, stops):
    """Sends the request RATE times a second, whatever becomes of it. A process of its own: the probes' threads
    must not wait for this one's."""
    path = endpoint.split(" ")[0]
    if not isinstance(made, str):
        made = costly_shapes.Raw(costly_shapes.text(made))

    def one():
        try:
            Asker(port, who).ask(path, made)
        except OSError:
            pass

    due = time.monotonic()
    while not stops.is_set():
        threading.Thread(target=one, daemon=True).start()
        due += 1 / RATE
        time.sleep(max(0, due - time.monotonic()))


def times_next_to(running, token, seconds, load=None):
    stops = multiprocessing.Event()
    flooding = multiprocessing.Process(target=flood, args=(running.data_port, *(load or ()), stops), daemon=True)
    if load is not None:
        flooding.start()
    probes = {name: Probe(running.data_port, *one, 0.01) for name, one in honest(running, token).items()}
    for one in probes.values():
        one.start()
    time.sleep(seconds)
    for one in probes.values():
        one.stops = True
    for one in probes.values():
        one.join()
    stops.set()
    if load is not None:
        flooding.join()
    return {name: one.times for name, one in probes.items()}


def p99(times):
    return statistics.quantiles(times, n=100)[98]


def neighbours(running, token, seconds, who, worst, idle):
    """The times next to each worst request. Idle turns come between, so that the machine's noise falls on both:
    a quarter as long, because `idle` collects them over all requests."""
    found = []
    for kind, (_, name, count, made) in worst.items():
        loaded = {}
        for _ in range(4):
            for into, share, load in (idle, 1 / 16, None), (loaded, 1 / 4, (who, kind, made)):
                for probe, times in times_next_to(running, token, seconds * share, load).items():
                    into.setdefault(probe, []).extend(times)
                time.sleep(2.5)  # what waits is finished or refused
        found.append((who, kind, f"{name} x {count}", loaded))
    return found


def print_neighbours(found, idle):
    print("| who | endpoint | 20 a second of | p99 next to it / idle (samples) | | |\n|---|---|---|---|---|---|")
    for who, kind, shape, loaded in found:
        cells = [f"{probe} {p99(loaded[probe]):.2f} / {p99(idle[probe]):.2f} ms = "
                 f"{p99(loaded[probe]) / p99(idle[probe]):.1f} ({len(loaded[probe])})" for probe in idle]
        print(f"| {who} | {kind} | {shape} | {' | '.join(cells)} |")


def main():
    binary = os.path.abspath(sys.argv[1])
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 100
    named = set(sys.argv[3:])
    wanted = named - set(BUDGET_MS)
    loads = named & set(BUDGET_MS) or set(BUDGET_MS)
    keys = costly_shapes.Keys(binary)
    is_good = True
    with service.start(binary, CONFIG, files={"pay.pem": keys.pem(4096)}) as running:
        Figure.idle_mib = memory_mib(running.process.pid, "VmRSS")
        token = running.post("/sign", {"claims": {"sub": "s"}}, {"Authorization": "Bearer " + CALLER}).json["token"]
        print("| who | endpoint | most expensive | answer | CPU ms | MiB |\n|---|---|---|---|---|---|")
        all_worst = {}
        for who in "stranger", "caller":
            worst, fits = search(running, keys, who, wanted)
            is_good = is_good and fits
            all_worst[who] = worst
            for kind, (figure, name, count, _) in worst.items():
                print(f"| {who} | {kind} | {name} x {count} | {figure.status} | {figure.ms:.1f} | {figure.mib:.1f} |", flush=True)
        if seconds:
            found, idle = [], {}
            for who, worst in all_worst.items():
                if who in loads:
                    found += neighbours(running, token, seconds, who, worst, idle)
            print_neighbours(found, idle)
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
