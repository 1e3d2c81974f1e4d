"""The sandbox of a running service: what every thread has given up, what a reload can still do, and what it says."""
import hashlib
import json
import os
import pathlib
import shutil
import signal
import socket
import tempfile
import time

import service
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

SIGNET = os.environ["SIGNET"]
PATIENCE = 30  # seconds for anything; sanitizers are slow
SECRET = "secret-of-the-caller-of-more-than-256-bits-0123456789"
DIGEST = hashlib.sha256(SECRET.encode()).hexdigest()
SERVER = 'server: {threads: 2, listen: [{address: "127.0.0.1:0", endpoints: [all]}]%s}\n'
CONFIG = """
issuer: https://tokens.example.com
keys: [{name: sig, alg: ES256, %s}]
callers: [{name: orders, secret_sha256: %s, roles: [admin]}]
sign_profiles: {default: {key: sig, callers: [orders], ttl: 1h, allowed_claims: [sub]}}
admin: {listen: ["127.0.0.1:0"]}
reload: {watch: false}
"""
FILTERED, REFUSES_NOTHING = "2", "0"  # Seccomp of proc(5)


def configuration(key="generate: true", server="", more=""):
    return SERVER % server + CONFIG % (key, DIGEST) + more


def private_pem():
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def events(running, name):
    lines = [json.loads(line) for line in running.log_text().rpartition("\n")[0].splitlines() if line.startswith("{")]
    return [line for line in lines if line["event"] == name]


def wait_until(holds):
    end = time.monotonic() + PATIENCE
    while not (found := holds()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)
    return found


def facts_of(running):
    """Those of proc(5) for each thread."""
    tasks = pathlib.Path(f"/proc/{running.process.pid}/task").iterdir()
    texts = [(task / "status").read_text() for task in tasks]
    return [dict(line.split(":\t", 1) for line in text.splitlines() if ":\t" in line) for text in texts]


def put(path, content):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    path.chmod(0o600)


def reload(running):
    """The reply to POST /reload."""
    headers = {"Authorization": f"Bearer {SECRET}", "Content-Type": "application/json"}
    return running.request("POST", "/reload", "{}", headers, port=running.admin_port)


def says_what_is_in_force(running):
    (line,) = events(running, "hardened")
    missing = {one["missing"] for one in events(running, "sandbox_incomplete")}
    assert line["sandbox"] and line["core_dumps_off"] and line["no_new_privileges"], line
    assert line["system_calls_limited"] == ("system_calls" not in missing), line
    assert (line["landlock"] > 0) == ("files" not in missing), line
    return line


def every_thread_is_filtered_from_the_start_on_and_later_ones_too():
    gone = 'issuers: [{name: gone, issuer: urn:gone, jwks_uri: "http://localhost:1/jwks"}]\n'  # is looked up
    with service.start(SIGNET, configuration(more=gone)) as running:
        line = says_what_is_in_force(running)
        if not line["system_calls_limited"]:
            print("  no filter of system calls:", events(running, "sandbox_incomplete"))
            return
        for _ in range(2):
            threads = facts_of(running)
            assert len(threads) > 3, threads
            assert {one["Seccomp"] for one in threads} == {FILTERED}, threads
            assert {one["NoNewPrivs"] for one in threads} == {"1"}, threads
            assert reload(running).status == 200
            assert running.post("/sign", {"claims": {"sub": "a"}}, {"Authorization": f"Bearer {SECRET}"}).status == 200
            assert running.get("/metrics", port=running.admin_port).status == 200


def locked_octets_are_those_that_the_system_counts():
    with service.start(SIGNET, configuration()) as running:
        (line,) = events(running, "hardened")
        counted = {int(one["VmLck"].split()[0]) * 1024 for one in facts_of(running)}
        assert counted == {line["locked_octets"]}, (counted, line)
        for told in events(running, "memory_not_locked"):  # a low limit, or a sanitizer, which locks nothing
            assert told["locked_octets"] == line["locked_octets"] < told["wanted_octets"], told
            return
        assert line["locked_octets"] >= 512 * 1024, line  # what secrets are in


def without_it_nothing_is_given_up_but_privileges_and_dumps():
    with service.start(SIGNET, configuration(server=", sandbox: false")) as running:
        (line,) = events(running, "hardened")
        assert not line["sandbox"] and not line["system_calls_limited"] and line["landlock"] == 0, line
        assert {one["Seccomp"] for one in facts_of(running)} == {REFUSES_NOTHING}
        assert {one["NoNewPrivs"] for one in facts_of(running)} == {"1"}
        assert not events(running, "sandbox_incomplete")


def the_sandbox_changes_only_with_a_restart():
    with service.start(SIGNET, configuration()) as running:
        put(running.folder / "signet.yaml", configuration(server=", sandbox: false"))
        reply = reload(running)
        assert reply.status == 200 and reply.json["needs_restart"] == ["server.sandbox"], reply


def new_files_next_to_the_configuration_are_read():
    with service.start(SIGNET, configuration()) as running:
        (running.folder / "later").mkdir()
        put(running.folder / "later" / "sig.pem", private_pem())
        put(running.folder / "signet.yaml", configuration("file: later/sig.pem"))
        reply = reload(running)
        assert reply.status == 200, reply


def files_elsewhere_wait_for_a_restart_and_the_reply_says_so():
    with tempfile.TemporaryDirectory() as elsewhere:
        put(pathlib.Path(elsewhere, "sig.pem"), private_pem())
        text = configuration(f'file: "{elsewhere}/sig.pem"')
        with service.start(SIGNET, configuration()) as running:
            put(running.folder / "signet.yaml", text)
            reply = reload(running)
            if says_what_is_in_force(running)["landlock"] == 0:
                assert reply.status == 200, reply
                print("  this kernel has no landlock")
                return
            assert reply.status == 422 and reply.code == "configuration_invalid", reply
            assert "restart" in running.log_text() and f"{elsewhere}/sig.pem" in running.log_text()
            assert running.get("/.well-known/jwks.json").status == 200  # the one before stays
        with service.start(SIGNET, text) as running:
            assert reload(running).status == 200
            put(pathlib.Path(elsewhere, "sig.pem"), private_pem())
            assert reload(running).json["changed_files"] == [f"{elsewhere}/sig.pem"]


def another_folder_of_kept_keys_waits_for_a_restart():
    gone = 'issuers: [{name: gone, issuer: urn:gone, jwks_uri: "http://127.0.0.1:1/jwks"}]\n'
    text = configuration(server=", jwks_cache_dir: kept", more=gone)
    with service.start(SIGNET, text) as running:
        assert (running.folder / "kept").is_dir() or says_what_is_in_force(running)["landlock"] == 0
        put(running.folder / "signet.yaml", text.replace("jwks_cache_dir: kept", "jwks_cache_dir: other"))
        expected = ["server.jwks_cache_dir"] if says_what_is_in_force(running)["landlock"] else []
        assert reload(running).json["needs_restart"] == expected


def a_unix_socket_is_made_used_and_removed():
    folder = tempfile.mkdtemp()  # short, for a socket
    try:
        path = pathlib.Path(folder, "s")
        text = configuration().replace("[{address: \"127.0.0.1:0\", endpoints: [all]}]",
                                       f'["127.0.0.1:0", "unix:{path}"]')  # fmt: skip
        with service.start(SIGNET, text) as running:
            with socket.socket(socket.AF_UNIX) as client:
                client.settimeout(PATIENCE)
                client.connect(str(path))
                client.sendall(b"GET /.well-known/jwks.json HTTP/1.1\r\nHost: localhost\r\n\r\n")
                assert client.recv(100).startswith(b"HTTP/1.1 200 ")
            running.process.send_signal(signal.SIGTERM)
            assert running.process.wait(PATIENCE) == 0
            assert not path.exists()
    finally:
        shutil.rmtree(folder)


for test in (
    every_thread_is_filtered_from_the_start_on_and_later_ones_too,
    locked_octets_are_those_that_the_system_counts,
    without_it_nothing_is_given_up_but_privileges_and_dumps,
    the_sandbox_changes_only_with_a_restart,
    new_files_next_to_the_configuration_are_read,
    files_elsewhere_wait_for_a_restart_and_the_reply_says_so,
    another_folder_of_kept_keys_waits_for_a_restart,
    a_unix_socket_is_made_used_and_removed,
):
    test()
    print("ok", test.__name__)
