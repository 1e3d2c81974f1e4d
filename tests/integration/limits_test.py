"""Limits against strangers: connections per listener and per peer, descriptors, bodies in flight.

Run by ctest (the binary in SIGNET), or as:
    SIGNET=build/dev/signet PYTHONPATH=tests/support python3 tests/integration/limits_test.py
"""
import hashlib
import http.client
import json
import os
import pathlib
import re
import resource
import shutil
import socket
import subprocess
import time

import service

SIGNET = os.environ["SIGNET"]
PATIENCE = 30  # seconds for anything; sanitizers are slow
SECRET = "a secret of one caller, of more than 32 octets"
MiB = 1024 * 1024
LIVE = b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n"
JWKS = b"GET /.well-known/jwks.json HTTP/1.1\r\nHost: localhost\r\n\r\n"
CONFIG = """
server:
  threads: 1
  listen: [{address: "127.0.0.1:0", endpoints: [all]}, "unix:api.sock"]
admin: {listen: ["127.0.0.1:0"], probes: ["127.0.0.1:0"]}
issuer: https://tokens.example.com
keys: [{name: sig, alg: ES256, generate: true}]
sign_profiles: {default: {key: sig, callers: [me, remote], ttl: 15m, allowed_claims: [sub]}}
callers: [{name: me, uid: %d}, {name: remote, secret_sha256: %s}]
""" % (os.getuid(), hashlib.sha256(SECRET.encode()).hexdigest())


def start(limits="", more="", binary=SIGNET):
    return service.start(binary, CONFIG + f"limits: {{{limits}}}\n" + more)


def port_of(running, role):
    return int(running.addresses[role][0].rsplit(":", 1)[1])


def connect(port, source="127.0.0.1"):
    return socket.create_connection(("127.0.0.1", port), PATIENCE, (source, 0))


def connect_unix(running):
    one = socket.socket(socket.AF_UNIX)
    one.settimeout(PATIENCE)
    one.connect(str(running.folder / "api.sock"))
    return one


def read_reply(connection):
    """(status, headers, body); status 0 when the connection ended instead."""
    reply = http.client.HTTPResponse(connection)
    try:
        reply.begin()
        return reply.status, {k.lower(): v for k, v in reply.getheaders()}, reply.read()
    except (http.client.HTTPException, OSError):
        return 0, {}, b""


def exchange(connection, octets):
    try:
        connection.sendall(octets)
    except OSError:
        pass  # what was sent before the end can still be read
    return read_reply(connection)


def ask(port, octets, source="127.0.0.1"):
    with connect(port, source) as one:
        return exchange(one, octets)


def post(path, body, fields="", length=None):
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    size = len(body) if length is None else length
    return (head + f"Content-Length: {size}\r\n{fields}\r\n").encode() + body


def sign_locally(running):
    with connect_unix(running) as one:
        return exchange(one, post("/sign", b'{"claims": {"sub": "x"}}'))[0]


def metric(running, name, **labels):
    text = running.get("/metrics", port=running.admin_port).body
    wanted = ",".join(f'{k}="{v}"' for k, v in labels.items())
    found = re.search(rf"^{name}\{{{wanted}\}} (\S+)$", text, re.MULTILINE)
    return float(found.group(1)) if found else 0


def events(running, name):
    lines = running.log_text().rpartition("\n")[0].splitlines()
    return [one for one in map(json.loads, lines) if one["event"] == name]


def wait_until(holds, what=""):
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, f"waited in vain: {what}"
        time.sleep(0.02)


def resident(running, field="VmRSS"):
    for line in open(f"/proc/{running.process.pid}/status"):
        if line.startswith(field):
            return int(line.split()[1]) * 1024
    return 0


def cpu_seconds(running):
    fields = open(f"/proc/{running.process.pid}/stat").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def descriptors(running):
    return len(os.listdir(f"/proc/{running.process.pid}/fd"))


def is_sanitized(running):
    maps = open(f"/proc/{running.process.pid}/maps").read()
    return "libasan" in maps or "libtsan" in maps


def checks_types_with_descriptors(running):
    """UBSan opens a pipe when it first sees a type, and reports the type as wrong when it cannot."""
    if "libubsan" not in open(f"/proc/{running.process.pid}/maps").read():
        return False
    print("skipped: UBSan needs descriptors itself")
    return True


def a_full_listener_leaves_the_others_theirs():
    with start("connections: 16, connections_per_address: 16") as running:
        held = [connect(running.data_port) for _ in range(16)]
        assert all(exchange(one, JWKS)[0] == 200 for one in held)
        status, headers, body = ask(running.data_port, JWKS)
        assert (status, headers["retry-after"], headers["connection"]) == (503, "1", "close"), headers
        assert json.loads(body)["code"] == "overloaded"
        assert sign_locally(running) == 200
        assert ask(running.admin_port, LIVE)[0] == 200
        assert metric(running, "signet_connections", listener="data") == 16  # those that are served
        assert metric(running, "signet_connections_refused_total", listener="data", reason="limit") == 1
        for _ in range(300):
            ask(running.data_port, JWKS)
        assert len(events(running, "connections_refused")) == 1
        assert descriptors(running) < 16 + 64 + 60
        for one in held:
            one.close()
        wait_until(lambda: ask(running.data_port, JWKS)[0] == 200, "a freed place")


def one_address_has_a_part_and_unix_sockets_are_exempt():
    with start("connections: 32") as running:  # 16 for one address
        held = [connect(running.data_port) for _ in range(16)]
        assert all(exchange(one, JWKS)[0] == 200 for one in held)
        assert ask(running.data_port, JWKS)[0] == 503
        assert ask(running.data_port, JWKS, "127.0.0.2")[0] == 200
        assert metric(running, "signet_connections_refused_total", listener="data", reason="address") >= 1
        local = [connect_unix(running) for _ in range(32)]
        assert all(exchange(one, JWKS)[0] == 200 for one in local)
        with connect_unix(running) as one:
            assert exchange(one, JWKS)[0] == 503
        for one in held + local:
            one.close()


def health_is_told_although_its_listeners_are_full():
    with start("admin_connections: 32") as running:
        held = []
        for port in (running.admin_port, port_of(running, "probes")):
            for i in range(400):
                one = connect(port, f"127.0.0.{i % 5 + 1}")
                one.sendall(LIVE if i % 2 else b"GET /")
                held.append(one)
            for _ in range(5):
                assert ask(port, LIVE)[0] == 200
        assert descriptors(running) < 2 * 32 + 2 * 64 + 60
        for one in held:
            one.close()


def only_a_peers_own_connections_give_way_to_it_and_only_for_a_place():
    with start("admin_connections: 8") as running:  # 4 of one address
        port = port_of(running, "probes")
        others = [connect(port, "127.0.0.3") for _ in range(4)]
        own = [connect(port, "127.0.0.2") for _ in range(4)]
        assert all(exchange(one, LIVE)[0] == 200 for one in others + own)
        assert ask(port, LIVE, "127.0.0.2")[0] == 200  # it replaced one from its own address
        assert all(exchange(one, LIVE)[0] == 200 for one in others)
        for one in own + others:
            one.close()
    with start("admin_connections: 8") as running:
        port = port_of(running, "probes")
        begun = post("/nothing", b" ", length=9)
        held = []
        for source in ("127.0.0.2", "127.0.0.3"):
            held += [connect(port, source) for _ in range(4)]
        for _ in range(3):  # whether one is refused or closed, the next one is served
            held += [connect(port, "127.0.0.2"), connect(port, "127.0.0.3"), connect(port, "127.0.0.4")]
            held[-1].sendall(begun)
            assert ask(port, LIVE, "127.0.0.5")[0] == 200
        for one in held:
            one.close()


def descriptors_are_kept_for_health_and_unix_sockets():
    with start() as running:
        limit = 200
        resource.prlimit(running.process.pid, resource.RLIMIT_NOFILE, (limit, limit))
        held = [connect(running.data_port) for _ in range(limit + 50)]
        wait_until(lambda: descriptors(running) > limit - 70, "connections")
        time.sleep(0.5)
        assert descriptors(running) <= limit - 64 + 1, descriptors(running)
        for _ in range(3):
            assert ask(running.admin_port, LIVE)[0] == 200
            assert ask(port_of(running, "probes"), LIVE)[0] == 200
            assert sign_locally(running) == 200
        assert metric(running, "signet_connections_refused_total", listener="data",
                      reason="descriptors") >= 50
        assert len(events(running, "connections_refused")) == 1
        for one in held:
            one.close()
        wait_until(lambda: ask(running.data_port, JWKS)[0] == 200, "descriptors that were freed")


def health_and_unix_sockets_get_in_when_none_is_left():
    with start() as running:
        if checks_types_with_descriptors(running):
            return
        held = [connect(running.data_port) for _ in range(100)]
        assert all(exchange(one, JWKS)[0] == 200 for one in held)
        used = sorted(int(name) for name in os.listdir(f"/proc/{running.process.pid}/fd"))
        limit = used[50]  # below what is in use: every accept fails
        resource.prlimit(running.process.pid, resource.RLIMIT_NOFILE, (limit, limit))
        waiting = [connect(running.data_port) for _ in range(20)]  # accepted by the kernel only
        before = cpu_seconds(running)
        for _ in range(5):
            assert ask(running.admin_port, LIVE)[0] == 200
            assert ask(port_of(running, "probes"), LIVE)[0] == 200
            assert sign_locally(running) == 200
            time.sleep(0.3)  # the spare ones come back
        assert exchange(held[0], JWKS)[0] == 200  # open connections are served
        if not is_sanitized(running):
            assert cpu_seconds(running) - before < 1, "a busy loop"
        assert len(events(running, "accept_failed")) <= 2
        for one in held + waiting:
            one.close()


def unix_sockets_leave_health_descriptors():
    with start() as running:
        if checks_types_with_descriptors(running):
            return
        used = sorted(int(name) for name in os.listdir(f"/proc/{running.process.pid}/fd"))
        limit = used[-1] + 20
        resource.prlimit(running.process.pid, resource.RLIMIT_NOFILE, (limit, limit))
        held = [connect_unix(running) for _ in range(100)]
        wait_until(lambda: events(running, "accept_failed"), "the last descriptor")
        time.sleep(0.5)  # so that each further one is tried for
        begun = time.monotonic()
        for _ in range(20):
            assert ask(running.admin_port, LIVE)[0] == 200
            assert ask(port_of(running, "probes"), LIVE)[0] == 200
        if not is_sanitized(running):
            assert time.monotonic() - begun < 5, "health waited for what Unix sockets gave back"
        said = [(one["listener"], one["reason"]) for one in events(running, "connections_refused")]
        assert said in ([], [("unix", "descriptors")]), said
        for one in held:
            one.close()
        wait_until(lambda: sign_locally(running) == 200, "descriptors that were freed")


def start_under(hard, limits):
    """A service whose hard limit of open files is `hard`."""
    wrapper = pathlib.Path("limited.sh").absolute()
    wrapper.write_text(f'#!/bin/sh\nulimit -Sn {min(hard, 256)}; ulimit -Hn {hard}\n'
                       f'exec "{os.path.abspath(SIGNET)}" "$@"\n')
    wrapper.chmod(0o700)
    return start(limits, binary=str(wrapper))


def the_limit_of_open_files_is_raised_to_the_hard_one():
    with start_under(4096, "connections: 300") as running:
        soft, hard = resource.prlimit(running.process.pid, resource.RLIMIT_NOFILE)
        assert (soft, hard) == (4096, 4096), (soft, hard)
        assert not events(running, "connections_lowered")


def a_hard_limit_that_is_too_low_lowers_the_connections_or_refuses_the_start():
    with start_under(1500, "connections: 4096") as running:
        (said,) = events(running, "connections_lowered")
        assert said["limit"] == 1500 and said["needed"] > 2 * 4096, said
        assert 100 < said["connections_per_listener"] < 750, said
        assert ask(running.data_port, JWKS)[0] == 200
    try:
        start_under(280, "connections: 4096").stop()
    except RuntimeError as refused:
        assert "exit 3" in str(refused) and "limit of open files" in str(refused), refused
        assert re.search(r"the listeners need \d{4,}", str(refused)), refused
    else:
        raise AssertionError("it started")


def strangers_are_refused_before_their_body_is_read():
    with start() as running:
        before = resident(running)
        for path in ("/sign", "/sign/batch", "/encrypt", "/decrypt"):
            for _ in range(20):
                body = b"x" * (MiB if path != "/sign" else 60000)
                status, headers, body = ask(running.data_port, post(path, body))
                assert (status, headers["connection"]) == (401, "close"), (path, status, headers)
                assert json.loads(body)["code"] == "caller_unauthenticated"
        assert metric(running, "signet_bodies_bytes", share="strangers") == 0
        known = f"Authorization: Bearer {SECRET}\r\n"
        assert ask(running.data_port, post("/sign", b'{"claims": {"sub": "x"}}', known))[0] == 200
        assert sign_locally(running) == 200
        if not is_sanitized(running):
            assert resident(running) - before < 8 * MiB


def slow_bodies_of_strangers_have_a_bound_and_starve_nobody():
    inline = "inline_keys: {endpoints: [decrypt]}\n"
    with start("bodies_bytes: 8MiB, request_timeout: 4s", inline) as running:
        before = resident(running)
        part = post("/decrypt", b"x" * 900_000, length=MiB)
        held, refused = [], 0
        for i in range(60):
            one = connect(running.data_port, f"127.0.0.{i % 20 + 1}")
            one.setblocking(False)
            held.append((one, part))
        end = time.monotonic() + 2.5
        while time.monotonic() < end:
            for at, (one, rest) in enumerate(held):
                try:
                    held[at] = (one, rest[one.send(rest):] if rest else rest)
                except BlockingIOError:
                    pass
                except OSError:
                    held[at] = (one, b"")
            time.sleep(0.001)
        strangers = metric(running, "signet_bodies_bytes", share="strangers")
        assert 1 * MiB < strangers <= 4 * MiB, strangers
        assert metric(running, "signet_bodies_refused_total", share="strangers") > 10
        if not is_sanitized(running):
            assert resident(running) - before < 24 * MiB, resident(running) - before
        # Callers have the other half, and small requests do not count.
        known = f"Authorization: Bearer {SECRET}\r\n"
        large = b'{"token": "' + b"x" * 900_000 + b'", "key_name": "sig"}'
        status, _, body = ask(running.data_port, post("/decrypt", large, known))
        assert status not in (0, 408, 503), (status, body)
        assert ask(running.data_port, post("/verify", b"{}"), "127.0.0.30")[0] == 400
        # All of it is free again when the request's time is over.
        wait_until(lambda: metric(running, "signet_bodies_bytes", share="strangers") == 0, "the end")
        for one, _ in held:
            one.close()


def replies_that_nobody_reads_are_in_the_same_budget():
    with start("bodies_bytes: 2MiB, request_timeout: 3s") as running:
        before = resident(running)
        held = []
        for i in range(200):
            one = socket.socket()
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            one.bind((f"127.0.0.{i % 20 + 1}", 0))
            one.connect(("127.0.0.1", running.data_port))
            one.sendall(b"GET /openapi.yaml HTTP/1.1\r\nHost: localhost\r\n\r\n" * 200)
            held.append(one)
        wait_until(lambda: metric(running, "signet_bodies_refused_total", share="strangers") > 100)
        strangers = metric(running, "signet_bodies_bytes", share="strangers")
        assert 0.5 * MiB < strangers <= 1 * MiB, strangers
        if not is_sanitized(running):
            assert resident(running) - before < 8 * MiB, resident(running) - before
        assert ask(running.data_port, JWKS, "127.0.0.30")[0] == 200
        wait_until(lambda: metric(running, "signet_bodies_bytes", share="strangers") == 0, "the end")
        for one in held:
            one.close()


def kernel_sockets(port):
    """Local TCP connections of a port that can hold octets: those that wait to be sent, of each."""
    lines = [one.split() for one in open("/proc/net/tcp").read().splitlines()[1:]]
    mine = [one for one in lines if int(one[1].rsplit(":", 1)[1], 16) == port and one[3] not in ("0A", "06")]
    # Neither listening nor in TIME_WAIT. While others come and go the kernel may list one twice.
    return list({one[2]: int(one[4].split(":")[0], 16) for one in mine}.values())


def silent_readers(count, port, octets):
    held = []
    for _ in range(count):
        one = socket.socket()
        one.settimeout(PATIENCE)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        one.bind(("127.0.0.2", 0))
        one.connect(("127.0.0.1", port))
        one.sendall(octets)
        held.append(one)
    return held


def what_the_kernel_holds_of_replies_that_nobody_reads_is_bounded():
    last = JWKS.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    count = 30
    with start("request_timeout: 3s") as running:
        port = running.data_port
        open_now = lambda: metric(running, "signet_connections", listener="data")
        length = len(ask_whole(port, last))
        fitting = 30_000 // length
        for octets, most in (
            (JWKS * fitting + last, 40_000),  # all is in the kernel when the connection ends
            (JWKS * fitting, 40_000),  # the same, and it would be idle for long
            (JWKS * 1000 + last, 70_000),  # the rest is counted in bodies_bytes
        ):
            held = silent_readers(count, port, octets)
            time.sleep(0.5)
            waiting = kernel_sockets(port)
            assert len(waiting) == count and open_now() == count, (waiting, open_now())
            assert 10_000 < min(waiting) and max(waiting) < most, (min(waiting), max(waiting))
            wait_until(lambda: not kernel_sockets(port) and open_now() == 0, f"their end: {kernel_sockets(port)}")
            for one in held:
                one.close()


def ask_whole(port, octets):
    with connect(port) as one:
        one.sendall(octets)
        return b"".join(iter(lambda: one.recv(65536), b""))


def a_slow_reader_gets_all_of_a_connection_that_ends():
    last = JWKS.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    with start() as running:
        def connect_local():
            return connect_unix(running)

        def connect_narrow():
            (one,) = silent_readers(1, running.data_port, b"")
            return one

        for connect_one in (connect_local, connect_narrow):
            with connect_one() as one:
                one.sendall(JWKS * 60 + last)
                one.shutdown(socket.SHUT_WR)
                got = b""
                while piece := one.recv(1000):
                    got += piece
                    time.sleep(0.01)
                assert got.count(b"HTTP/1.1 200") == 61 and b"Connection: close" in got, got[-300:]
        local = connect_unix(running)
        local.sendall(JWKS * 60 + last)
        wait_until(lambda: metric(running, "signet_connections", listener="unix") == 1, "the place is taken")
        time.sleep(0.5)
        assert metric(running, "signet_connections", listener="unix") == 1
        local.close()
        wait_until(lambda: metric(running, "signet_connections", listener="unix") == 0, "the place is free")


def large_replies_are_fast_over_loopback():
    with start() as running, connect(running.data_port) as one:
        took = []
        for _ in range(20):
            begin = time.monotonic()
            assert exchange(one, b"GET /openapi.yaml HTTP/1.1\r\nHost: localhost\r\n\r\n")[0] == 200
            took.append(time.monotonic() - begin)
        assert sorted(took)[5] < 0.03, took  # a peer that waits before it acknowledges takes 40 ms


def octets_that_come_with_a_deadline_do_not_extend_it():
    begun = {
        "head": (b"GET /livez HTTP/1.1\r\nHost: localhost\r\nX: ", b"a"),
        "body": (post("/verify", b" ", length=60_000), b" "),
    }
    with start("head_timeout: 1s, request_timeout: 1s") as running:
        for phase, (first, more) in begun.items():
            held = [connect(running.data_port) for _ in range(40)]
            for one in held:
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                one.sendall(first)
            time.sleep(0.8)
            open_ones, end = list(held), time.monotonic() + 0.9  # the deadline, and the sweep after it
            while open_ones and time.monotonic() < end:
                for one in held:
                    try:
                        one.send(more)
                    except OSError:
                        if one in open_ones:
                            open_ones.remove(one)
            time.sleep(1.5)  # without a reply; then the last reply or the end has arrived
            for one in held:
                one.setblocking(False)
                try:
                    assert one.recv(20)[:12] in (b"", b"HTTP/1.1 408"), phase
                except ConnectionError:
                    pass
                except BlockingIOError:
                    raise AssertionError(f"{phase}: a connection outlived its deadline") from None
                one.close()
        wait_until(lambda: metric(running, "signet_connections", listener="data") == 0, "the end")


def what_connections_keep_is_small_or_counted():
    padding = "".join(f"X-{i}: {'a' * 300}\r\n" for i in range(45))
    body = b'{"token": "' + b"a" * 40_000 + b'"}'
    count = 400
    with start("connections: 1024, connections_per_address: 1024, bodies_bytes: 2MiB") as running:
        before = resident(running)
        held = []
        for _ in range(count):  # a large request, and one byte of the next one
            one = connect(running.data_port)
            held.append(one)
            assert exchange(one, post("/verify", body, padding))[0] == 400
            one.sendall(b"G")
        if not is_sanitized(running):
            assert resident(running) - before < count * 16 * 1024, (resident(running) - before) // count
        assert metric(running, "signet_bodies_bytes", share="strangers") == 0
        head = f"GET /livez HTTP/1.1\r\nHost: localhost\r\n{padding}".encode()
        more = [connect(running.data_port) for _ in range(count)]
        for one in more:  # a large head that does not end
            one.sendall(head)
        wait_until(lambda: metric(running, "signet_bodies_refused_total", share="strangers") > 0, "a refusal")
        assert metric(running, "signet_bodies_bytes", share="strangers") <= MiB
        (said,) = events(running, "bodies_refused")
        assert (said["share"], said["limit"]) == ("strangers", MiB), said
        for one in held + more:
            one.close()


def announced_bodies_take_no_memory_until_they_arrive():
    with start() as running:
        before = resident(running, "VmData")
        held = [connect(running.data_port) for _ in range(500)]
        for one in held:
            one.sendall(post("/verify/batch", b"x", length=MiB))
        time.sleep(0.5)
        assert metric(running, "signet_bodies_bytes", share="strangers") < 500 * 4096
        if not is_sanitized(running):
            assert resident(running, "VmData") - before < 500 * 40_000
        for one in held:
            one.close()


def raw_octets_of_a_chunked_body_are_bounded():
    head = (b"POST /verify HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n")
    forms = {
        "an extension without end": (b"1;x=", b"a" * 997),
        "many extensions": (b"", b"1;x=" + b"a" * 500 + b"\r\n \r\n"),
        "trailers without end": (b"0\r\n", b"Trailer: value\r\n"),
        "one trailer without end": (b"0\r\nTrailer: ", b"a" * 997),
        "tiny chunks": (b"", b"1\r\n \r\n" * 100),
        "zeros before a size": (b"", b"0" * 997),
    }
    with start() as running:
        for name, (begin, piece) in forms.items():
            with connect(running.data_port) as one:
                one.sendall(head + begin)
                one.setblocking(False)
                sent, reply = 0, b""
                while not reply and sent < 8 * MiB:
                    try:
                        sent += one.send(piece)
                    except BlockingIOError:
                        time.sleep(0.001)
                    except OSError:
                        break
                    try:
                        reply = one.recv(65536)
                    except BlockingIOError:
                        if sent > 200_000:
                            time.sleep(0.005)
                status = reply.split(b" ")[1] if reply else b""
                assert status in (b"400", b"413"), (name, sent, reply[:200])
                assert b"Connection: close" in reply, name
                assert sent < MiB, (name, sent)
        assert ask(running.data_port, JWKS)[0] == 200


def clients_that_offer_another_protocol_are_answered():
    java = shutil.which("java")
    with service.start(SIGNET, arguments=service.DEVELOPMENT) as running:
        for fields in ("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n",
                       "Upgrade: TLS/1.2\r\nConnection: Upgrade\r\n",
                       "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"):
            body = b'{"claims": {"sub": "a"}}'
            status, headers, _ = ask(running.data_port, post("/sign", body, fields))
            assert status == 200 and "upgrade" not in headers, (fields, status)
        if not java:
            print("skipped: java.net.http is not installed")
            return
        ask_file = pathlib.Path("Ask.java")
        ask_file.write_text("""
import java.net.URI;
import java.net.http.*;
public class Ask {
    public static void main(String[] to) throws Exception {
        var client = HttpClient.newHttpClient();
        var body = HttpRequest.BodyPublishers.ofString("{\\"claims\\":{\\"sub\\":\\"a\\"}}");
        var sign = HttpRequest.newBuilder(URI.create(to[0] + "/sign"))
            .header("Content-Type", "application/json").POST(body).build();
        var keys = HttpRequest.newBuilder(URI.create(to[0] + "/.well-known/jwks.json")).build();
        System.out.println(client.send(sign, HttpResponse.BodyHandlers.ofString()).statusCode() + " "
            + client.send(keys, HttpResponse.BodyHandlers.ofString()).statusCode());
    }
}
""")
        got = subprocess.run([java, "-Xshare:auto", "-XX:TieredStopAtLevel=1", str(ask_file), running.base_url],
                             capture_output=True, text=True, timeout=120)
        assert got.stdout.strip() == "200 200", got


for test in (
    a_full_listener_leaves_the_others_theirs,
    one_address_has_a_part_and_unix_sockets_are_exempt,
    health_is_told_although_its_listeners_are_full,
    only_a_peers_own_connections_give_way_to_it_and_only_for_a_place,
    descriptors_are_kept_for_health_and_unix_sockets,
    health_and_unix_sockets_get_in_when_none_is_left,
    unix_sockets_leave_health_descriptors,
    the_limit_of_open_files_is_raised_to_the_hard_one,
    a_hard_limit_that_is_too_low_lowers_the_connections_or_refuses_the_start,
    strangers_are_refused_before_their_body_is_read,
    slow_bodies_of_strangers_have_a_bound_and_starve_nobody,
    replies_that_nobody_reads_are_in_the_same_budget,
    what_the_kernel_holds_of_replies_that_nobody_reads_is_bounded,
    a_slow_reader_gets_all_of_a_connection_that_ends,
    large_replies_are_fast_over_loopback,
    octets_that_come_with_a_deadline_do_not_extend_it,
    what_connections_keep_is_small_or_counted,
    announced_bodies_take_no_memory_until_they_arrive,
    raw_octets_of_a_chunked_body_are_bounded,
    clients_that_offer_another_protocol_are_answered,
):
    test()
    print("ok", test.__name__, flush=True)
