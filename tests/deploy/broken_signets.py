"""Running Signets, each broken in one way, and the alerts that have to say so.

    with contextlib.ExitStack() as until_end:
        for make in broken_signets.ALL:
            one = make(until_end)
            ... one.port, one.alerts ...   # healthy until one.begin(); then one.again() is called until the end
"""
import collections
import contextlib
import dataclasses
import hashlib
import json
import os
import pathlib
import resource
import socket
import tempfile
import typing

import broken_machine
import certificates
import es256
import service
from cryptography.hazmat.primitives.asymmetric import ec
from origin import Origin

SIGNET = os.environ["SIGNET"]
SECRET = "secret-of-a-caller-of-more-than-256-bits-0123456789"
AS_CALLER = {"Content-Type": "application/json", "Authorization": f"Bearer {SECRET}"}
LISTENERS = """server: {listen: [{address: "127.0.0.1:0", endpoints: [all]}], threads: 1}
admin: {listen: ["127.0.0.1:0"]}
"""
CALLERS = f"callers: [{{name: orders, secret_sha256: {hashlib.sha256(SECRET.encode()).hexdigest()}, roles: [admin]"
OURS = "issuer: https://tokens.example.com\n"
KEY = "keys: [{name: sig, alg: ES256, generate: true}]\n"
SIGNING = "sign_profiles: {default: {key: sig, callers: [orders], audiences: [api], ttl: 1m}}\n"
VERIFYING = "verify_profiles: {default: {issuers: [self], audiences: [api]}}\n"
SIGNER = LISTENERS + OURS + KEY + SIGNING + VERIFYING + CALLERS + "}]\n"
FOLLOWER = LISTENERS + """issuers:
  - {name: corp, issuer: "https://id.example.com", jwks_uri: "%s/jwks", cache_ttl: 1s, min_ttl: 1s%s}
verify_profiles: {default: {issuers: [corp], audiences: [api]}}
"""


def nothing():
    pass


@dataclasses.dataclass
class Broken:
    running: service.Service
    alerts: set[str]
    begin: typing.Callable = nothing
    again: typing.Callable = nothing

    @property
    def port(self):
        return self.running.admin_port


def start(until_end, text=SIGNER, **more):
    return until_end.enter_context(service.start(SIGNET, text, **more))


def folder(until_end):
    return pathlib.Path(until_end.enter_context(tempfile.TemporaryDirectory(dir=os.getcwd())))


def sign(running):
    return running.post("/sign", {"claims": {}}, AS_CALLER)


def healthy(until_end):
    running = start(until_end)
    return Broken(running, set(), again=lambda: sign(running))


def in_development_mode(until_end):
    running = start(until_end, None, arguments=service.DEVELOPMENT)
    return Broken(running, {"SignetDevelopmentMode"})


def with_a_misspelt_setting(until_end):
    running = start(until_end)

    def begin():
        with (running.folder / "signet.yaml").open("a") as file:
            file.write("limit: {}\n")

    return Broken(running, {"SignetReloadRefused"}, begin)


# Other issuers.


def follower(until_end, more=", stale_if_error: 40s"):
    origin = until_end.enter_context(Origin())
    origin.cache_control = None
    key = origin.new_key("k1")
    return origin, key, start(until_end, FOLLOWER % (origin.url, more))


def whose_issuer_is_down(until_end):
    origin, _, running = follower(until_end)
    alerts = {"SignetIssuerKeysStale", "SignetIssuerKeysEndSoon", "SignetIssuerKeysUnavailable"}
    return Broken(running, alerts, origin.close)


def whose_issuer_has_become_another(mode, *alerts):
    def make(until_end):
        origin, _, running = follower(until_end)
        return Broken(running, set(alerts), lambda: setattr(origin, "mode", mode))

    return make


def whose_issuer_publishes_a_private_key(until_end):
    origin, key, running = follower(until_end)

    def begin():
        secret = key.private_numbers().private_value.to_bytes(32, "big")
        origin.keys = [{**origin.keys[0], "d": es256.b64(secret)}]

    return Broken(running, {"SignetIssuerPrivateKeyPublished"}, begin)


def with_forged_tokens(alert, kid):
    def make(until_end):
        _, _, running = follower(until_end)
        stranger, number = ec.generate_private_key(ec.SECP256R1()), iter(range(10**9))

        def again():
            for _ in range(5):
                running.post("/verify", {"token": es256.token(stranger, kid % next(number) if "%" in kid else kid)})

        return Broken(running, {alert}, again=again)

    return make


# Keys of our own.


def with_rotation(until_end, name, **more):
    """name: of the series. A rule about all replicas of a series takes those with one name for replicas."""
    shared = folder(until_end)
    plan = f"{{alg: ES256, every: 30d, lead: 24h, directory: {shared}/keys}}"
    plan = f"state_dir: {shared}/state\nrotation:\n  {name}: {plan}\n"
    text = SIGNER.replace(KEY, plan).replace("key: sig", f"key: {name}")
    return shared, start(until_end, text, **more)


def whose_folders_others_may_read(until_end):
    shared, running = with_rotation(until_end, "open")

    def begin():
        (shared / "keys").chmod(0o755)
        (shared / "state").rename(shared / "elsewhere")

    return Broken(running, {"SignetRotationFailing", "SignetRevocationsFailing"}, begin)


def whose_clock_is_a_day_late(until_end):
    machine = broken_machine.Machine(folder(until_end))
    machine.shift_clock(-86400)
    _, running = with_rotation(until_end, "late", environment=machine.environment)
    return Broken(running, {"SignetRotationOverdue"})


def whose_clock_jumps(until_end):
    machine = broken_machine.Machine(folder(until_end))
    _, running = with_rotation(until_end, "jumped", environment=machine.environment)
    return Broken(running, {"SignetKeyClockHeld"}, lambda: machine.shift_clock(1200))


def whose_only_key_is_revoked(until_end):
    shared = folder(until_end)
    running = start(until_end, SIGNER + f"state_dir: {shared}/state\n")

    def begin():
        (key,) = running.get("/keys", port=running.admin_port).json["keys"]
        path = f"/keys/{key['kid']}/revoke"
        reply = running.request("POST", path, b"{}", AS_CALLER, running.admin_port)
        assert reply.status == 200, reply

    return Broken(running, {"SignetNoKeySigns"}, begin)


# TLS.


def whose_certificate_ends_tomorrow(until_end):
    pair = certificates.Authority().issue("localhost", addresses=["127.0.0.1"], end=certificates.DAY)
    listen = 'listen: [{address: "127.0.0.1:0", tls: {cert_file: tls.pem, key_file: tls.key}}], threads: 1'
    text = SIGNER.replace('listen: [{address: "127.0.0.1:0", endpoints: [all]}], threads: 1', listen)
    running = start(until_end, text, files={"tls.pem": pair.certificate_pem, "tls.key": pair.key_pem})

    def begin():
        (running.folder / "tls.pem").write_bytes(b"nothing\n")

    return Broken(running, {"SignetCertificateEnds", "SignetTlsFilesRefused"}, begin)


# Limits.


def without_room_for_connections(until_end):
    running = start(until_end, SIGNER + "limits: {connections: 16, connections_per_address: 16}\n")
    held = []

    def connect():
        return socket.create_connection(("127.0.0.1", running.data_port), 30)

    def begin():
        held.extend(until_end.enter_context(connect()) for _ in range(16))

    def again():
        for one in held:  # each stays open because it asks now and then
            with contextlib.suppress(OSError):
                one.sendall(b"GET /.well-known/jwks.json HTTP/1.1\r\nHost: localhost\r\n\r\n")
                one.recv(65536)
        connect().close()

    return Broken(running, {"SignetConnectionsRefused"}, begin, again)


def without_room_for_bodies(until_end):
    """Strangers ask for much and read nothing."""
    running = start(until_end, SIGNER + "limits: {bodies_bytes: 2MiB, request_timeout: 3s}\n")
    open_ones = collections.deque()
    until_end.callback(lambda: [one.close() for one in open_ones])

    def again():
        while len(open_ones) >= 60:
            open_ones.popleft().close()
        for i in range(10):
            open_ones.append(socket.socket())
            open_ones[-1].setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            open_ones[-1].bind((f"127.0.0.{i + 2}", 0))
            open_ones[-1].connect(("127.0.0.1", running.data_port))
            open_ones[-1].sendall(b"GET /openapi.yaml HTTP/1.1\r\nHost: localhost\r\n\r\n" * 200)

    return Broken(running, {"SignetBodiesRefused"}, again=again)


def with_too_much_work(until_end):
    """Strangers send batches faster than one thread verifies them."""
    running = start(until_end, SIGNER + "limits: {queued_jobs: 2}\n")
    body = json.dumps({"items": [{"token": sign(running).json["token"]}] * 100}).encode()
    fields = f"Host: localhost\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    request = f"POST /verify/batch HTTP/1.1\r\n{fields}\r\n".encode() + body

    def again():
        with contextlib.ExitStack() as until_answered:
            address = ("127.0.0.1", running.data_port)
            open_ones = [until_answered.enter_context(socket.create_connection(address, 30)) for _ in range(8)]
            for one in open_ones:
                one.sendall(request)
            for one in open_ones:
                one.recv(65536)

    return Broken(running, {"SignetWorkRefused"}, again=again)


def whose_caller_asks_too_often(until_end):
    running = start(until_end, SIGNER.replace("roles: [admin]", "rate: {requests: 1, per: 1s}"))

    def again():
        for _ in range(3):
            sign(running)

    return Broken(running, {"SignetCallersLimited"}, again=again)


def whose_audit_disk_is_full(until_end):
    path = folder(until_end) / "audit.log"
    running = start(until_end, SIGNER + f"audit: {{file: {path}, sign: best_effort}}\n")

    def begin():
        size = path.stat().st_size + 100
        resource.prlimit(running.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    alerts = {"SignetAuditFailing", "SignetAuditDropped"}
    return Broken(running, alerts, begin, again=lambda: sign(running))


def without_random_numbers(until_end):
    machine = broken_machine.Machine(folder(until_end))
    running = start(until_end, SIGNER.replace("ttl: 1m", "ttl: 1m, jti: true"), environment=machine.environment)
    return Broken(running, {"SignetErrors"}, machine.end_random_numbers, lambda: sign(running))


ALL = (
    healthy,
    in_development_mode,
    with_a_misspelt_setting,
    whose_issuer_is_down,
    whose_issuer_has_become_another("empty_set", "SignetIssuerEmptied"),
    whose_issuer_has_become_another("redirect", "SignetIssuerAnswersForeign"),
    whose_issuer_publishes_a_private_key,
    with_forged_tokens("SignetUnknownKids", "k%d"),
    with_forged_tokens("SignetBadSignatures", "k1"),
    whose_folders_others_may_read,
    whose_clock_is_a_day_late,
    whose_clock_jumps,
    whose_only_key_is_revoked,
    whose_certificate_ends_tomorrow,
    without_room_for_connections,
    without_room_for_bodies,
    with_too_much_work,
    whose_caller_asks_too_often,
    whose_audit_disk_is_full,
    without_random_numbers,
)
