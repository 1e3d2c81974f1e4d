"""A disk that takes seconds to flush: what another replica has revoked is refused all the same, within a second;
and a stop waits for what operators have begun."""
import hashlib
import json
import os
import pathlib
import subprocess
import tempfile
import threading
import time

import service

SIGNET = os.environ["SIGNET"]
PATIENCE = 60  # seconds for anything; sanitizers are slow
IN_FORCE = 1.0  # seconds after the reply
FLUSH = 1.5  # seconds that each flush takes
SECRET = "a-secret-of-more-than-256-bits-0123456789-0123456789"
HEADERS = {"Content-Type": "application/json", "Authorization": f"Bearer {SECRET}"}
CONFIG = """
server: {{listen: [{{address: "127.0.0.1:0", endpoints: [all]}}]}}
admin: {{listen: ["127.0.0.1:0"]}}
issuer: https://tokens.example.com
state_dir: {shared}/state
rotation:
  sig: {{alg: ES256, every: 30d, lead: 1d, directory: {shared}/keys}}
callers:
  - {{name: admin, secret_sha256: {digest}, roles: [admin]}}
sign_profiles:
  default: {{key: sig, callers: [admin], audiences: [api], ttl: 1h}}
verify_profiles:
  default: {{issuers: [self], audiences: [api]}}
"""
# Takes the place of the C library's, from the start of the process.
SLOW_FLUSH = """
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
extern "C" int fsync(int file)
{
    timespec const time{%d, %d};
    nanosleep(&time, nullptr);
    return static_cast<int>(syscall(SYS_fsync, file));
}
"""


def slow_flush(folder):
    source, library = pathlib.Path(folder, "slow.cpp"), pathlib.Path(folder, "slow.so")
    source.write_text(SLOW_FLUSH % (int(FLUSH), int(FLUSH % 1 * 1e9)))
    subprocess.run(["c++", "-shared", "-fPIC", "-o", library, source], check=True, timeout=60)
    # A sanitizer wants to be the first library, which this test has no need of.
    options = os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"
    return {"LD_PRELOAD": str(library), "ASAN_OPTIONS": options.lstrip(":")}


def accepts(running, token):
    return running.post("/verify", {"token": token}).status == 200


def ask(running, path, body):
    reply = running.request("POST", path, body, HEADERS, running.admin_port)
    assert reply.status == 200, reply
    return reply.json


def a_flush_that_takes_long_delays_no_revocation_of_another_replica(shared, library):
    text = CONFIG.format(shared=shared, digest=hashlib.sha256(SECRET.encode()).hexdigest())
    with service.start(SIGNET, text) as quick, service.start(SIGNET, text, environment=slow_flush(library)) as slow:
        signed = quick.post("/sign", {"claims": {}}, HEADERS).json
        assert accepts(slow, signed["token"])
        # Its turn flushes several files, one after the other.
        ends = []
        turn = threading.Thread(target=lambda: ends.append(
            (ask(slow, "/keys/rotate", '{"series": "sig", "emergency": true}'), time.monotonic())))  # fmt: skip
        began = time.monotonic()
        turn.start()
        time.sleep(1.5 * FLUSH)
        ask(quick, f"/keys/{signed['kid']}/revoke", "{}")
        replied = time.monotonic()
        while accepts(slow, signed["token"]):
            assert time.monotonic() < replied + IN_FORCE, "the token of a revoked key is accepted"
            time.sleep(0.01)
        refused = time.monotonic()
        turn.join(PATIENCE)
        print(f"refused {refused - replied:.2f} s after the reply, in a turn of {ends[0][1] - began:.1f} s")
        assert ends[0][1] > refused, "its flushes were not slow"


def what_an_operator_has_begun_is_answered_and_recorded_before_a_stop(shared, library):
    digest = hashlib.sha256(SECRET.encode()).hexdigest()
    pathlib.Path(shared, "log").mkdir()
    text = CONFIG.format(shared=shared, digest=digest) + f"audit: {{file: {shared}/log/audit.log}}\n"
    for path, body in (("/keys/{}/revoke", "{}"), ("/keys/rotate", '{"series": "sig", "emergency": true}')):
        with service.start(SIGNET, text, environment=slow_flush(library)) as running:
            kid = running.post("/sign", {"claims": {}}, HEADERS).json["kid"]
            replies = []
            asking = threading.Thread(target=lambda: replies.append(
                running.another_client().request("POST", path.format(kid), body, HEADERS, running.admin_port)))  # fmt: skip
            asking.start()
            time.sleep(FLUSH / 3)
            running.hang_up()
            running.process.terminate()
            assert running.process.wait(PATIENCE) == 0
            asking.join(PATIENCE)
            assert replies and replies[0].status == 200, replies
            lines = pathlib.Path(shared, "log", "audit.log").read_text().splitlines()
            records = [one for one in map(json.loads, lines) if one["event"] == "admin"]
            assert any(one["request_id"] == replies[0].headers["x-request-id"] for one in records), records


if __name__ == "__main__":
    os.umask(0o077)
    with tempfile.TemporaryDirectory() as shared, tempfile.TemporaryDirectory() as library:
        a_flush_that_takes_long_delays_no_revocation_of_another_replica(shared, library)
    with tempfile.TemporaryDirectory() as shared, tempfile.TemporaryDirectory() as library:
        what_an_operator_has_begun_is_answered_and_recorded_before_a_stop(shared, library)
