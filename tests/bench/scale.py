"""What a request costs as the configuration grows: keys in a set, issuers, profiles, connections.

Each line has the CPU time of the server for one POST /verify, which is the difference of its schedstat over some
thousand requests; the first column is the smallest size. With a look-up that goes through everything, the time grows
with the size; otherwise it stays. The token is of the last key, issuer or profile of its list, except where the line
says otherwise. Beyond the largest number of verifiers that a thread keeps (core/crypto/operation_cache.hpp), tokens of
all keys in turn cost as much more as making a verifier does.

usage: PYTHONPATH=tests/support /usr/bin/python3 tests/bench/scale.py BINARY [LARGEST] [REQUESTS]
"""
import itertools
import json
import os
import pathlib
import resource
import socket
import statistics
import sys
import time

import service
from cryptography.hazmat.primitives.asymmetric import ec
from es256 import b64, token

BINARY = os.path.abspath(sys.argv[1])
LARGEST = int(sys.argv[2]) if len(sys.argv) > 2 else 10_000
REQUESTS = int(sys.argv[3]) if len(sys.argv) > 3 else 2_000
ROUNDS = 5
PIPELINED = 32
HEAD = (
    'server: {threads: 1, listen: [{address: "127.0.0.1:0", endpoints: [all]}]}\n'
    'admin: {listen: ["127.0.0.1:0"]}\nlog: {level: warn}\nissuer: urn:self\n'
    "limits: {jwks_keys: 65536, jwks_bytes: 16MiB, connections: 12000, connections_per_address: 12000}\n"
)


def sizes(largest):
    size = 10
    while size < largest:
        yield size
        size *= 10
    yield largest


def new_key():
    return ec.generate_private_key(ec.SECP256R1())


def jwk(key, kid):
    numbers = key.public_key().public_numbers()
    return {"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": kid,
            "x": b64(numbers.x.to_bytes(32, "big")), "y": b64(numbers.y.to_bytes(32, "big"))}  # fmt: skip


def cpu_ns(pid):
    tasks = pathlib.Path(f"/proc/{pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks)


def resident_kib(pid):
    for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Rss:"):
            return int(line.split()[1])


def request_of(body):
    text = json.dumps(body)
    return (f"POST /verify HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(text)}\r\n\r\n{text}").encode()  # fmt: skip


class Client:
    """One connection that sends many requests at once, so that the server's work is nearly all there is."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)

    def send(self, requests, status):
        for begin in range(0, len(requests), PIPELINED):
            some = requests[begin : begin + PIPELINED]
            self.socket.sendall(b"".join(some))
            answered, text = 0, b""
            while answered < len(some):
                octets = self.socket.recv(1 << 16)
                if not octets:
                    raise SystemExit("the server closed the connection")
                text = text[-11:] + octets  # a status line may come in two parts
                answered += text.count(b"HTTP/1.1 %d" % status)


def microseconds(signet, bodies, status=200):
    """The median of ROUNDS, of the server's CPU time for one of these requests."""
    requests = [request_of(body) for body in itertools.islice(itertools.cycle(bodies), REQUESTS)]
    client = Client(signet.data_port)
    client.send(requests, status)  # warm-up
    taken = []
    for _ in range(ROUNDS):
        before = cpu_ns(signet.process.pid)
        client = Client(signet.data_port)
        client.send(requests, status)
        taken.append((cpu_ns(signet.process.pid) - before) / 1000 / len(requests))
    return statistics.median(taken)


def started(config, files=None):
    begin = time.monotonic()
    signet = service.start(BINARY, HEAD + config, files=files or {})
    return signet, time.monotonic() - begin


def with_keys(size, keys):
    of_issuer = keys[:size]
    document = json.dumps({"keys": [jwk(key, f"k{i}") for i, key in enumerate(of_issuer)]})
    config = (
        "issuers: [{name: a, issuer: urn:a, jwks_file: a.json}]\n"
        "verify_profiles: {default: {issuers: [a], audiences: [api]}}\n"
    )
    signet, took = started(config, {"a.json": document})
    with signet:
        last = {"token": token(of_issuer[-1], f"k{size - 1}", "urn:a")}
        turn = [{"token": token(key, f"k{i}", "urn:a")} for i, key in enumerate(of_issuer[:REQUESTS])]
        unknown = {"token": token(of_issuer[0], "nobody", "urn:a")}
        return {
            "keys in a set: one kid": microseconds(signet, [last]),
            "keys in a set: all in turn": microseconds(signet, turn),
            "keys in a set: an unknown kid": microseconds(signet, [unknown], 422),
            "keys in a set: start-up, ms": took * 1000,
            "keys in a set: resident, MiB": resident_kib(signet.process.pid) / 1024,
        }


def with_issuers(size, keys):
    files = {f"{i}.json": json.dumps({"keys": [jwk(keys[i], "k")]}) for i in range(size)}
    issuers = "".join(f"  - {{name: i{i}, issuer: urn:i{i}, jwks_file: {i}.json}}\n" for i in range(size))
    names = ", ".join(f"i{i}" for i in range(size))
    config = f"issuers:\n{issuers}verify_profiles: {{default: {{issuers: [{names}], audiences: [api]}}}}\n"
    signet, took = started(config, files)
    with signet:
        last = {"token": token(keys[size - 1], "k", f"urn:i{size - 1}")}
        return {
            "issuers of a profile": microseconds(signet, [last]),
            "issuers of a profile: named in the request": microseconds(
                signet, [{**last, "issuer": f"urn:i{size - 1}"}]),
            "issuers of a profile: start-up, ms": took * 1000,
            "issuers of a profile: resident, MiB": resident_kib(signet.process.pid) / 1024,
        }  # fmt: skip


def with_profiles(size, keys):
    profiles = "".join(f"  p{i}: {{issuers: [a], audiences: [api]}}\n" for i in range(size))
    config = f"issuers: [{{name: a, issuer: urn:a, jwks_file: a.json}}]\nverify_profiles:\n{profiles}"
    signet, took = started(config, {"a.json": json.dumps({"keys": [jwk(keys[0], "k")]})})
    with signet:
        last = {"token": token(keys[0], "k", "urn:a"), "profile": f"p{size - 1}"}
        return {
            "profiles": microseconds(signet, [last]),
            "profiles: start-up, ms": took * 1000,
            "profiles: resident, MiB": resident_kib(signet.process.pid) / 1024,
        }


def with_connections(size, keys):
    config = (
        "issuers: [{name: a, issuer: urn:a, jwks_file: a.json}]\n"
        "verify_profiles: {default: {issuers: [a], audiences: [api]}}\n"
    )
    signet, _ = started(config, {"a.json": json.dumps({"keys": [jwk(keys[0], "k")]})})
    with signet:
        good = {"token": token(keys[0], "k", "urn:a")}
        before = resident_kib(signet.process.pid)
        spent = cpu_ns(signet.process.pid)
        idle = []
        for _ in range(size):
            idle.append(Client(signet.data_port))
            idle[-1].send([request_of(good)], 200)
        opened = (cpu_ns(signet.process.pid) - spent) / 1000 / size
        each = (resident_kib(signet.process.pid) - before) / size
        took = microseconds(signet, [good])
        for one in idle:
            one.socket.close()
        return {
            "connections: a request on another one": took,
            "connections: accept and first request": opened,
            "connections: resident, KiB each": each,
        }


def main():
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    keys = [new_key() for _ in range(LARGEST)]
    rows = {}
    for measure, largest in (
        (with_keys, LARGEST), (with_issuers, LARGEST // 10), (with_profiles, LARGEST // 10), (with_connections, LARGEST)
    ):  # fmt: skip
        for size in sizes(largest):
            for name, value in measure(size, keys).items():
                rows.setdefault(name, []).append((size, value))
    print("| CPU us a request, unless the line says otherwise | " + " | ".join(str(n) for n in sizes(LARGEST)) + " |")
    print("|---|" + "--:|" * len(list(sizes(LARGEST))))
    for name, values in rows.items():
        cells = [f"{value:.1f}" for _, value in values] + [""] * (len(list(sizes(LARGEST))) - len(values))
        print(f"| {name} | " + " | ".join(cells) + " |")


main()
