"""SIGTERM at every moment: what was begun is answered, what was not begun is not lost, and the end comes soon.

Run by ctest (the binary in SIGNET), or as:
    SIGNET=build/dev/signet PYTHONPATH=tests/support python3 tests/integration/drain_test.py
"""
import json
import os
import signal
import socket
import ssl
import threading
import time

import service
import tls_world

SIGNET = os.environ["SIGNET"]
PATIENCE = 60  # seconds for anything; sanitizers on a busy machine are slow
CONFIG = """
server:
  threads: 2
  drain_delay: %s
  drain_limit: %s
  listen: [{address: "127.0.0.1:0", endpoints: [all]}, "unix:api.sock"]
admin: {listen: ["127.0.0.1:0"]}
issuer: https://tokens.example.com
keys: [{name: sig, alg: RS256, generate: true}]
callers: [{name: me, uid: %d}]
sign_profiles: {default: {key: sig, callers: [me], ttl: 15m, allowed_claims: [sub]}}
verify_profiles: {default: {issuers: [self], audiences: none}}
limits: {connections: 2000, connections_per_address: 2000, queue_timeout: 1m}
"""
SIGN = {"claims": {"sub": "x"}}
JWKS = b"GET /.well-known/jwks.json HTTP/1.1\r\nHost: localhost\r\n\r\n"


def start(delay="0s", limit="60s"):
    return service.start(SIGNET, CONFIG % (delay, limit, os.getuid()))


def connect(running):
    return socket.create_connection(("127.0.0.1", running.data_port), PATIENCE)


def call(running):
    one = socket.socket(socket.AF_UNIX)
    one.settimeout(PATIENCE)
    one.connect(str(running.folder / "api.sock"))
    return one


def post(path, body):
    text = json.dumps(body).encode()
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {len(text)}\r\n\r\n"
    return head.encode() + text


def read_to_the_end(wire):
    """What came before the peer's end; a reset is an error."""
    return b"".join(iter(lambda: wire.recv(65536), b""))


def stop(running):
    running.process.send_signal(signal.SIGTERM)


def ends_well(running):
    assert running.process.wait(PATIENCE) == 0, running.log_text()
    said = [json.loads(line) for line in running.log_text().rpartition("\n")[0].splitlines()]
    return next((one["connections_cut"] for one in said if one["event"] == "stopped"), None)


def what_waits_on_the_pool_is_answered():
    with start() as running:
        callers = [call(running) for _ in range(6)]
        for one in callers:
            one.sendall(post("/sign/batch", {"items": [SIGN] * 64}))
        time.sleep(0.1)
        stop(running)
        for one in callers:
            got = read_to_the_end(one)
            assert got.startswith(b"HTTP/1.1 200 ") and got.endswith(b"]}"), got[:300]
        assert ends_well(running) == 0


def half_a_head_and_half_a_body_are_waited_for_and_no_longer_than_the_limit():
    with start(limit="3s") as running:
        head, body, never = (connect(running) for _ in range(3))
        asked = post("/verify", {"token": "x"})
        for one, size in ((head, 30), (body, len(asked) - 5), (never, len(asked) - 5)):
            one.sendall(asked[:size])
        time.sleep(0.3)
        began = time.monotonic()
        stop(running)
        time.sleep(0.7)
        for one, size in ((head, 30), (body, len(asked) - 5)):
            one.sendall(asked[size:])
            got = read_to_the_end(one)
            assert got.startswith(b"HTTP/1.1 422 ") and b"\r\nConnection: close\r\n" in got, got
        assert ends_well(running) == 1
        assert time.monotonic() - began > 2


def of_pipelined_requests_a_number_is_answered_whole_and_the_last_reply_says_so():
    for number in range(4):
        with start() as running:
            one = call(running)

            def send():
                try:
                    one.sendall(400 * post("/sign", SIGN))  # at once: between two of them nobody is idle
                except OSError:
                    pass  # the service reads no more

            sender = threading.Thread(target=send)
            sender.start()
            time.sleep(0.02 * number)
            stop(running)
            got = read_to_the_end(one)
            sender.join()
            replies = got.split(b"HTTP/1.1 ")[1:]
            assert all(reply.startswith(b"200 ") and reply.endswith(b"}") for reply in replies), got[-500:]
            closing = [b"\r\nConnection: close\r\n" in reply for reply in replies]
            assert not any(closing[:-1]) and (len(replies) in (0, 400) or closing[-1]), closing
            assert ends_well(running) == 0


def a_reload_on_its_way_holds_up_nothing():
    for number in range(6):
        with start() as running:
            first, second = (signal.SIGHUP, signal.SIGTERM) if number % 2 else (signal.SIGTERM, signal.SIGHUP)
            running.process.send_signal(first)
            time.sleep(0.005 * number)
            running.process.send_signal(second)
            assert ends_well(running) == 0


def the_second_signal_ends_it_whatever_it_does():
    for delay in ("60s", "0s", "60s", "0s"):
        with start(delay) as running:
            busy = [call(running) for _ in range(4)]
            for one in busy:
                one.sendall(post("/sign/batch", {"items": [SIGN] * 64}))
            half = connect(running)
            half.sendall(post("/verify", {"token": "x"})[:-3])
            time.sleep(0.05)
            stop(running)
            time.sleep(0.05)
            stop(running)
            ends_well(running)


def a_thousand_kept_connections_lose_nothing():
    with start(delay="3s") as running:
        kept = [connect(running) for _ in range(1000)]
        for one in kept:
            one.sendall(JWKS)
            assert one.recv(65536).startswith(b"HTTP/1.1 200 ")
        stop(running)
        time.sleep(0.1)
        for one in kept[:300]:
            one.sendall(JWKS)
        for one in kept:  # each ends by itself, without a reset
            got = read_to_the_end(one)
            assert not got or (got.startswith(b"HTTP/1.1 200 ") and b"\r\nConnection: close\r\n" in got), got[:300]
            assert got or one not in kept[:300]
        assert ends_well(running) == 0


class Octets:
    """A client of TLS whose octets are ours to send."""

    def __init__(self, world):
        self.wire = socket.create_connection(("127.0.0.1", world.port), PATIENCE)
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = world.trusting().wrap_bio(self._in, self._out, server_hostname="localhost")
        self._until_done(self._tls.do_handshake)

    def _until_done(self, step):
        while True:
            try:
                done = step()
                self.wire.sendall(self._out.read())
                return done
            except ssl.SSLWantReadError:
                self.wire.sendall(self._out.read())
                self._in.write(self.wire.recv(65536))

    def sealed(self, octets):
        self._tls.write(octets)
        return self._out.read()

    def answer(self):
        return self._until_done(lambda: self._tls.read(65536))


def with_tls_a_request_begins_with_the_first_octets_of_its_record():
    at_once = tls_world.CONFIG.replace("threads: 2", "threads: 2\n  drain_delay: 0s")
    with tls_world.World(config=at_once) as world:
        one = Octets(world)
        one.wire.sendall(one.sealed(JWKS))
        assert one.answer().startswith(b"HTTP/1.1 200 ")
        record = one.sealed(post("/verify", {"token": "x" * 3000}))
        one.wire.sendall(record[:1448])  # what one segment carries
        time.sleep(0.3)
        stop(world.service)
        time.sleep(0.7)
        one.wire.sendall(record[1448:])
        got = one.answer()
        assert got.startswith(b"HTTP/1.1 422 ") and b"\r\nConnection: close\r\n" in got, got
        assert ends_well(world.service) == 0
    with tls_world.World(settings="limits: {head_timeout: 1s, idle_timeout: 1h}\n") as world:
        one = Octets(world)
        one.wire.sendall(one.sealed(JWKS))
        assert one.answer().startswith(b"HTTP/1.1 200 ")
        one.wire.sendall(one.sealed(b"G" * 5000)[:1448])
        assert one.answer().startswith(b"HTTP/1.1 408 ")


for test in (
    what_waits_on_the_pool_is_answered,
    half_a_head_and_half_a_body_are_waited_for_and_no_longer_than_the_limit,
    of_pipelined_requests_a_number_is_answered_whole_and_the_last_reply_says_so,
    a_reload_on_its_way_holds_up_nothing,
    the_second_signal_ends_it_whatever_it_does,
    a_thousand_kept_connections_lose_nothing,
    with_tls_a_request_begins_with_the_first_octets_of_its_record,
):
    test()
    print("ok", test.__name__, flush=True)
