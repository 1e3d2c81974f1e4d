"""The built service as a process: signals, exit codes, and what other processes can see of it."""
import http.client
import json
import os
import pathlib
import signal
import socket
import time

import service

SIGNET = os.environ["SIGNET"]
PATIENCE = 30  # seconds for anything; sanitizers are slow
SECTIONS = """
issuer: https://tokens.example.com
keys: [{name: sig, alg: ES256, generate: true}]
"""
SERVER = 'server: {listen: [{address: "127.0.0.1:%d", endpoints: [all]}], threads: 1, drain_delay: %s}\n'
JWKS = "/.well-known/jwks.json"


def start(port=0, admin_port=0, drain_delay="0s"):
    admin = 'admin: {listen: ["127.0.0.1:%d"]}\n' % admin_port
    return service.start(SIGNET, SERVER % (port, drain_delay) + admin + SECTIONS)


def events(running):
    return [json.loads(line) for line in running.log_text().rpartition("\n")[0].splitlines()]


def wait_until(holds):
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def status(port, path):
    """On a new connection, because open ones end when the service stops."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    connection.request("GET", path)
    found = connection.getresponse().status
    connection.close()
    return found


def connect(to):
    return socket.create_connection(("127.0.0.1", to.data_port), PATIENCE)


def sigterm_right_after_the_start_is_graceful():
    for _ in range(5):
        start().stop()


def sigterm_finishes_the_request_under_way():
    with start() as running, connect(running) as one, connect(running) as idle:
        one.sendall(b"POST /verify HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                    b"Content-Length: 2\r\nExpect: 100-continue\r\n\r\n")
        assert one.recv(100).startswith(b"HTTP/1.1 100 ")
        running.process.send_signal(signal.SIGTERM)
        assert idle.recv(1) == b""  # closed: the one worker knows of the stop
        assert any(line["event"] == "draining" for line in events(running))
        one.sendall(b"{}")
        answer = one.makefile("rb").read()
        assert answer.startswith(b"HTTP/1.1 400 ") and b"Connection: close" in answer, answer
        assert running.process.wait(PATIENCE) == 0


def drain_delay_is_not_ready_and_still_serves_until_the_second_signal():
    with start(drain_delay="60s") as running:
        assert status(running.admin_port, "/readyz") == 200
        running.process.send_signal(signal.SIGINT)
        wait_until(lambda: status(running.admin_port, "/readyz") == 503)
        assert status(running.data_port, JWKS) == 200
        running.process.send_signal(signal.SIGTERM)
        assert running.process.wait(PATIENCE) == 0


def other_signals_end_nothing_and_say_so():
    with start() as running:
        for number, event in ((signal.SIGHUP, "reloaded"), (signal.SIGUSR1, "signal_ignored"),
                              (signal.SIGUSR2, "signal_ignored"), (signal.SIGHUP, "reloaded")):
            before = len(events(running))
            running.process.send_signal(number)
            wait_until(lambda: len(events(running)) > before)
            (line,) = events(running)[before:]
            assert line["event"] == event and line.get("number", number) == number, line
        for number in (signal.SIGPIPE, signal.SIGALRM, signal.SIGXFSZ):
            running.process.send_signal(number)
        assert status(running.data_port, JWKS) == 200
        assert status(running.admin_port, "/readyz") == 200


def sigquit_is_graceful_and_leaves_no_core():
    with start() as running:
        running.process.send_signal(signal.SIGQUIT)
        assert running.process.wait(PATIENCE) == 0
        assert any(line["event"] == "stopped" for line in events(running))
        assert not list(running.folder.glob("core*"))


def second_instance_is_exit_3():
    with start() as first:
        for ports in ((first.data_port, 0), (0, first.admin_port)):
            try:
                start(*ports).stop()
            except RuntimeError as refused:
                assert "exit 3" in str(refused) and "in use" in str(refused), refused
            else:
                raise AssertionError("two instances share a port")
        assert status(first.data_port, JWKS) == 200


def process_is_closed_to_others():
    with start() as running:
        proc = pathlib.Path(f"/proc/{running.process.pid}")
        assert "NoNewPrivs:\t1" in (proc / "status").read_text()
        core = next(x for x in (proc / "limits").read_text().splitlines() if x.startswith("Max core"))
        assert core.split()[4:6] == ["0", "0"], core


def log_is_json_with_stable_keys():
    with start() as running:
        assert events(running)
        for line in events(running):
            assert list(line)[:3] == ["ts", "level", "event"], line


for test in (
    sigterm_right_after_the_start_is_graceful,
    sigterm_finishes_the_request_under_way,
    drain_delay_is_not_ready_and_still_serves_until_the_second_signal,
    other_signals_end_nothing_and_say_so,
    sigquit_is_graceful_and_leaves_no_core,
    second_instance_is_exit_3,
    process_is_closed_to_others,
    log_is_json_with_stable_keys,
):
    test()
    print("ok", test.__name__)
