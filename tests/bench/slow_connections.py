"""Memory and latency while thousands of connections are idle, slow, or never finish their TLS handshake.

    tests/bench/slow_connections.py [--connections N] BINARY

Prints a table: what N (10,000) connections of each kind take, and the p99 of others' requests with and without
them. Exit code 1 when plain ones take 100 MiB or more together, TLS ones more than 64 KiB each, the p99 is more than
1.25 times that without them (over 1 ms), or a request of somebody else is lost; 77 when the limit of open files is
too low.
"""
import argparse
import os
import pathlib
import resource
import socket
import statistics
import sys
import time

sys.dont_write_bytecode = True
sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import tls_world  # noqa: E402

SPARE = 3000  # descriptors that are not these connections
LISTENERS = 2  # the service keeps descriptors for as many connections on each
PROBES = 2000  # requests of others, for one p99
PLAIN_MIB, TLS_KIB, SLOWER = 100, 64, 1.25
NOISE_MS = 1.0  # a p99 below this is not compared: one turn of the machine's scheduler
CONFIG = """
server:
  threads: 2
  listen:
    - {address: "127.0.0.1:0", endpoints: [all], tls: {cert_file: tls.pem, key_file: tls.key}}
    - {address: "127.0.0.1:0", endpoints: [all]}
admin: {listen: ["127.0.0.1:0"]}
issuer: https://tokens.example.com
keys: [{name: sig, alg: ES256, generate: true}]
log: {level: error}
limits: {connections: %d, connections_per_address: %d, head_timeout: 30m, idle_timeout: 30m,
  handshake_timeout: 30m, requests_per_connection: 1000000}
"""
GET = f"GET {tls_world.JWKS} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()


def resident_kib(pid):
    text = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(text.split("VmRSS:")[1].split()[0])


class Crowd:
    """Connections of one kind."""

    def __init__(self, world, kind):
        self.world, self.kind, self.all = world, kind, []
        self.trusting = world.trusting()
        self.port = world.ports[1] if kind.startswith("plain") else world.port

    def grow(self, count):
        for _ in range(count):
            one = socket.create_connection(("127.0.0.1", self.port), 30)
            if self.kind.startswith("tls"):
                one = self.trusting.wrap_socket(one, server_hostname="localhost")
            if self.kind.endswith("idle"):
                one.sendall(GET)
                while not one.recv(65536).endswith(b"}"):
                    pass
            elif self.kind.endswith("slow"):
                one.sendall(GET[:40])
            else:
                one.sendall(b"\x16\x03\x01\x02\x00\x01")
            self.all.append(one)

    def end(self):
        for one in self.all:
            one.close()
        self.all = []
        tls_world.until(lambda: self.world.metric("signet_connections", listener="data") < 20, "they are gone", 60)


def p99_ms(world, count=PROBES):
    """Of requests on kept connections, plain and TLS in turns."""
    times = []
    with world.connect() as secured, socket.create_connection(("127.0.0.1", world.ports[1]), 30) as plain:
        for i in range(count):
            begin = time.perf_counter()
            if i % 2:
                assert secured.get()[0] == 200
            else:
                plain.sendall(GET)
                while not plain.recv(65536).endswith(b"}"):
                    pass
            times.append(1000 * (time.perf_counter() - begin))
    return statistics.quantiles(times, n=100)[98]


def main():
    reader = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    reader.add_argument("binary", type=pathlib.Path)
    reader.add_argument("--connections", type=int, default=10_000)
    given = reader.parse_args()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if hard != resource.RLIM_INFINITY and hard < LISTENERS * given.connections + SPARE:
        print(f"the hard limit of open files is {hard}: {given.connections} connections do not fit")
        return 77
    resource.setrlimit(resource.RLIMIT_NOFILE, (given.connections + SPARE, hard))
    wrong = []
    most = given.connections + 500
    print(f"| {given.connections} connections | MiB together | KiB each | others' p99 ms | without them |\n|---|---|---|---|---|")
    for kind in ("plain, idle", "plain, slow", "tls, idle", "tls, slow", "handshake, half open"):
        # A service of its own, because what others have freed would be used again.
        with tls_world.World(config=CONFIG % (most, most), binary=os.path.abspath(given.binary)) as world:
            pid = world.service.process.pid
            p99_ms(world, 500)
            crowd = Crowd(world, kind)
            crowd.grow(50)  # what only the first ones take
            before, alone = resident_kib(pid), max(p99_ms(world), NOISE_MS)
            crowd.grow(given.connections - 50)
            took, among = resident_kib(pid) - before, p99_ms(world)
            each = took / given.connections
            print(f"| {kind} | {took / 1024:.1f} | {each:.1f} | {among:.2f} | {alone:.2f} |", flush=True)
            if kind.startswith("plain") and took >= PLAIN_MIB * 1024:
                wrong.append(f"{kind}: {took / 1024:.0f} MiB")
            if not kind.startswith("plain") and each > TLS_KIB:
                wrong.append(f"{kind}: {each:.0f} KiB each")
            if among > SLOWER * alone:
                wrong.append(f"{kind}: others' p99 is {among:.2f} ms instead of {alone:.2f}")
            crowd.end()
    print("\n".join(wrong) or "as promised")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
