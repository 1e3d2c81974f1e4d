"""Probes of limits, of the start and the end of the service, and of its log."""
import ctypes.util
import http.client
import os
import pathlib
import signal
import socket
import subprocess
import tempfile
import threading
import time

import service
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from es256 import ISSUER, token
from places import said
from policy_probes import marked, observes
from probe_world import AS_CALLER, BINARY, FUTURE, PARTNER, SHA, b64, hs

GONE = "issuers: [{name: gone, issuer: urn:gone, jwks_uri: \"http://127.0.0.1:1/jwks\"%s}]\n"
SERVER = 'server: {listen: [{address: "127.0.0.1:0", endpoints: [all]}], %s}\n'
PBES2 = "inline_keys: {endpoints: [sign, verify, encrypt, decrypt], allow_algorithms: [PBES2-HS256+A128KW]}\n"
SMALL = PBES2 + """
limits: {head_bytes: 1KiB, head_fields: 8, head_timeout: 500ms, request_timeout: 1s, idle_timeout: 500ms,
  requests_per_connection: 2, connections: 4, body_bytes: 4KiB, batch_body_bytes: 8KiB,
  encryption_body_bytes: 1KiB, batch_items: 2, token_bytes: 300, jwe_bytes: 300,
  json_depth: 4, pbes2_iterations: 1000}
"""


CALLERS = "callers: [{name: test, secret_sha256: %s}]\n" % SHA
ONE_THREAD = SERVER % "threads: 1" + "inline_keys: {endpoints: [sign]}\n" + CALLERS

REMEMBERING = SERVER % "threads: 1" + """
keys: [{name: partner, kid: p1, alg: HS256, secret: "file:partner", issuer: "urn:partner"}]
verify_profiles:
  default: {issuers: [partner], audiences: none}
  plain: {issuers: [partner], audiences: none, cache: false}
"""


def start(text):
    return service.start(BINARY, text)


def closes_within(seconds, port, octets):
    """What arrives until the service closes the connection; None when it does not in that time."""
    with socket.create_connection(("127.0.0.1", port), timeout=seconds) as client:
        if octets:
            client.sendall(octets)
        got = b""
        try:
            while piece := client.recv(65536):
                got += piece
        except ConnectionResetError:
            pass
        except TimeoutError:
            return None
        return got


def private_rsa(bits=2048):
    numbers = rsa.generate_private_key(65537, bits).private_numbers()

    def text(number):
        return b64(number.to_bytes((number.bit_length() + 7) // 8, "big"))

    public = numbers.public_numbers
    return {"kty": "RSA", "n": text(public.n), "e": text(public.e), "d": text(numbers.d), "p": text(numbers.p),
            "q": text(numbers.q), "dp": text(numbers.dmp1), "dq": text(numbers.dmq1),
            "qi": text(numbers.iqmp)}  # fmt: skip


def flood(one, headers):
    """Twelve clients that ask at the same time for work that takes longer than the asking."""
    body = {"items": [{"claims": {"x": 1}}] * 48, "key": private_rsa(), "alg": "RS256"}

    def ask():
        client = one.another_client()
        for _ in range(4):
            client.post("/sign/batch", body, headers)
        client.hang_up()

    clients = [threading.Thread(target=ask) for _ in range(12)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()


def refused_of_twelve(port):
    """How many of twelve connections get 503 or are closed."""
    held = [socket.create_connection(("127.0.0.1", port), timeout=5) for _ in range(12)]
    count = 0
    for client in held:
        client.settimeout(0.05)
        try:
            count += client.recv(1000)[9:12] in (b"", b"503")
        except TimeoutError:
            pass
        except ConnectionResetError:
            count += 1
        client.close()
    return count


class Limits:
    """Each limit, at a service where it is small; `usual` is one with the defaults."""

    def __init__(self, small, usual):
        self.small, self.usual = small, usual

    def outcomes(self, path, body):
        """At the usual one and at the small one."""
        found = []
        for one in (self.usual, self.small):
            one.hang_up()
            found.append(said(one.post(path, body, AS_CALLER).json, ""))
        return found

    def differs(self, path, body, code, usual="200"):
        found = self.outcomes(path, body)
        assert found == [usual, code], found

    @observes("limits.head_bytes", "limits.head_fields")
    def head(self):
        for headers in ({"X-A": "x" * 2000}, {f"X-{i}": "x" for i in range(12)}):
            found = []
            for one in (self.usual, self.small):
                one.hang_up()
                found.append(one.request("GET", "/.well-known/jwks.json", headers=headers).status)
            assert found == [200, 431], found

    @observes("limits.head_timeout")
    def head_timeout(self):
        head = b"GET / HTTP/1.1\r\nHost:"
        assert closes_within(4, self.small.data_port, head) is not None
        assert closes_within(1, self.usual.data_port, head) is None

    @observes("limits.request_timeout")
    def request_timeout(self):
        text = (b"POST /verify HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                b"Content-Length: 100\r\n\r\n{")  # fmt: skip
        assert b" 408 " in (closes_within(8, self.small.data_port, text) or b"")
        assert closes_within(2, self.usual.data_port, text) is None

    @observes("limits.idle_timeout")
    def idle_timeout(self):
        text = b"GET /.well-known/jwks.json HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
        assert closes_within(8, self.small.data_port, text) is not None
        assert closes_within(1, self.usual.data_port, text) is None

    @observes("limits.requests_per_connection")
    def requests_per_connection(self):
        text = b"GET /.well-known/jwks.json HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * 3
        got = closes_within(8, self.small.data_port, text)
        assert got is not None and got.count(b"HTTP/1.1 ") == 2, got

    @observes("limits.connections")
    def connections(self):
        for one in (self.small, self.usual):
            one.hang_up()
        found = [refused_of_twelve(one.data_port) for one in (self.usual, self.small)]
        assert found[0] == 0 < found[1], found
        time.sleep(0.2)

    @observes("limits.connections_per_address", "limits.admin_connections")
    def shares(self):
        with start("limits: {connections_per_address: 4, admin_connections: 8}\n") as narrow:
            for port in ("data_port", "admin_port"):
                found = [refused_of_twelve(getattr(one, port)) for one in (self.usual, narrow)]
                assert found[0] == 0 < found[1], (port, found)

    @observes("limits.bodies_bytes")
    def bodies_in_flight(self):
        with start("limits: {bodies_bytes: 64KiB}\n") as narrow:
            body = {"token": "x" * 60_000}
            found = [said(one.post("/inspect", body).json, "") for one in (self.usual, narrow)]
            assert found == ["token_malformed", "overloaded"], found

    @observes("limits.body_bytes", "limits.batch_body_bytes", "limits.encryption_body_bytes")
    def bodies(self):
        long = "x" * 9000
        self.differs("/inspect", {"token": long}, "body_too_large", "token_malformed")
        self.differs("/verify/batch", {"tokens": [long], "profile": "x"}, "body_too_large", "400:profile")
        self.differs("/encrypt", {"plaintext": long, "secret_b64": b64("s" * 32)}, "body_too_large")

    @observes("limits.batch_items")
    def batches(self):
        many = {"items": [{"claims": {}}] * 3, "secret": "s" * 32}
        self.differs("/sign/batch", many, "400:items")

    @observes("limits.stranger_work", "limits.caller_work", "limits.password_work")
    def work(self):
        batch = "/sign/batch", {"items": [{"claims": {}}] * 24, "key": private_rsa()}
        sealing = "/encrypt", {"plaintext": "x", "password": "correct horse", "header": {"p2c": 400_000}}
        for limit, (path, body), headers in (
            ("stranger_work: 10ms", batch, {}),
            ("caller_work: 10ms", batch, AS_CALLER),
            ("password_work: 10ms", sealing, {}),
        ):
            found = []
            for limits in ("", limit):
                with start(PBES2 + CALLERS + ("limits: {%s}\n" % limits if limits else "")) as one:
                    found.append(one.post(path, body, headers).body.count("work_exceeded"))
            assert found[0] == 0 < found[1], (limit, found)

    @observes("limits.queued_jobs", "limits.queue_timeout", "limits.caller_jobs")
    def waiting_work(self):
        # One thread for all: which refusals the clients get says which limit holds.
        for limit, queue, reason in (
            ("queued_jobs: 2, queue_timeout: 1m", "strangers", "peer"),
            ("queue_timeout: 10ms", "strangers", "age"),
            ("caller_jobs: 1", "callers", "caller"),
        ):
            counts = []
            for limits in ("queue_timeout: 1m, caller_jobs: 1000", limit):
                with start(ONE_THREAD + ("limits: {%s}\n" % limits if limits else "")) as one:
                    flood(one, AS_CALLER if queue == "callers" else {})
                    text = one.get("/metrics", port=one.admin_port).body
                    sign = f'signet_jobs_refused_total{{queue="{queue}",reason="{reason}"}} '
                    counts.append(float(text.split(sign)[1].split()[0]))
            assert counts[0] == 0 < counts[1], (limit, counts)

    @observes("limits.token_cache_bytes", "verify_profiles.NAME.cache")
    def remembered(self):
        token = hs({"iss": "urn:partner", "exp": FUTURE}, PARTNER)
        found = []
        for limits, name in (("", "default"), ("", "plain"), ("limits: {token_cache_bytes: 0}\n", "default")):
            with service.start(BINARY, REMEMBERING + limits, {"partner": PARTNER}) as one:
                for _ in range(4):
                    assert one.post("/verify", {"token": token, "profile": name}).status == 200
                text = one.get("/metrics", port=one.admin_port).body
                found.append(float(text.split("\nsignet_token_cache_hits_total ")[1].split()[0]))
        assert found == [2, 0, 0], found

    @observes("limits.pbes2_iterations")
    def iterations(self):
        sealing = {"plaintext": "x", "password": "correct horse", "header": {"p2c": 1001}}
        self.differs("/encrypt", sealing, "400:header")

    @observes("limits.token_bytes", "limits.jwe_bytes", "limits.json_depth")
    def tokens(self):
        verify = {"token": hs({"x": "y" * 300}, "s" * 32), "secret": "s" * 32, "algorithms": ["HS256"]}
        self.differs("/verify", verify, "token_too_large")
        sealing = {"plaintext": "x" * 300, "secret_b64": b64("s" * 32)}
        self.differs("/encrypt", sealing, "token_too_large")
        self.differs("/sign", {"claims": {"a": {"b": {"c": {"d": {}}}}}, "secret": "s" * 32}, "400")


class Starts:
    """How the service starts while an issuer has no keys, and how it ends."""

    def __init__(self, waiting, hurried, degraded, required):
        self.waiting, self.hurried = waiting, hurried
        self.degraded, self.required = degraded, required

    def readiness(self, one):
        return one.get("/readyz", port=one.admin_port).status

    @observes("server.startup_policy", "server.startup_wait", "issuers[].required")
    def readyz(self):
        found = [self.readiness(one) for one in (self.waiting, self.hurried, self.degraded, self.required)]
        assert found == [503, 200, 200, 503], found


@observes("server.drain_delay")
def drain_delay():
    """With a delay it still answers, and announces its stop; without one nobody answers any more."""
    running = start(SERVER % "drain_delay: 2s")
    try:
        running.process.terminate()
        codes = []
        while codes[-1:] != ["shutting_down"]:
            codes.append(running.get("/readyz", port=running.admin_port).code)
    except OSError:
        raise AssertionError(f"it was gone at once, after {codes}") from None
    finally:
        running.stop()


@observes("server.drain_limit")
def drain_limit():
    """The service does not wait for a request that never ends."""
    running = start(SERVER % "drain_limit: 0s" + "limits: {request_timeout: 1h}\n")
    began = time.monotonic()
    try:
        with socket.create_connection(("127.0.0.1", running.data_port)) as client:
            client.sendall(b"POST /verify HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                           b"Content-Length: 9\r\n\r\n{")  # fmt: skip
            time.sleep(0.2)
            began = time.monotonic()
            running.stop()
    finally:
        running._kill()
    assert time.monotonic() - began < 15, "the default of 20 s was waited for"


@observes("log.level", "log.format")
def log():
    texts = {name: log_of(settings) for name, settings in (
        ("usual", ""), ("text", "log: {format: text}\n"), ("quiet", "log: {level: error}\n"))}  # fmt: skip
    assert texts["usual"].startswith("{") and "started" in texts["usual"], texts
    assert "started" in texts["text"] and not texts["text"].startswith("{"), texts
    assert texts["quiet"] == "", texts


@observes("crypto.providers")
def providers():
    """The libraries that /version names."""
    named = []
    for settings in ("", "crypto: {providers: botan}\n"):
        with start(settings) as one:
            reply = one.get("/version", port=one.admin_port).json
            named.append({each["name"]: each["algorithms"] for each in reply["providers"]})
    assert list(named[1]) == ["botan"] and "ES256" in named[1]["botan"], named
    missing = sorted(set(named[1]["botan"]) - {name for each in named[0].values() for name in each})
    assert not missing and set(named[0]) >= {"botan"}, named
    assert len(named[0]) == 1 or "ES256" not in named[0]["botan"], named


@observes("reload.watch")
def reload_watch():
    """Whether a changed file takes effect by itself; at SIGHUP it always does."""
    for settings, is_watched in (("reload: {watch: true}\n", True), ("reload: {watch: false}\n", False)):
        with start(settings) as one:
            file = pathlib.Path(one.folder, "signet.yaml")
            text = file.read_text() + "limits: {json_depth: 5}\n"
            next_one = generation(one) + 1
            replace(file, text)
            assert has_generation(one, next_one, 10 if is_watched else 1.5) == is_watched, settings
            if not is_watched:
                one.process.send_signal(signal.SIGHUP)
                assert has_generation(one, next_one, 10), "SIGHUP"


@observes("rotation.NAME.publish")
def rotation_publish():
    """Whether the keys that the service makes are in the main set, in one of their series, or in none."""
    places = []
    for publish in ("true", "false", "apart"):
        plan = "{alg: ES256, every: 30d, directory: rotated, publish: %s}" % publish
        with start(f"issuer: {ISSUER}\nrotation: {{sig: {plan}}}\n") as one:
            main = one.get("/.well-known/jwks.json").json["keys"]
            apart = one.get("/.well-known/jwks/sig.json")
            places.append((len(main), apart.status))
    assert places == [(1, 404), (0, 404), (0, 200)], places


def replace(file, text):
    fresh = file.with_suffix(".new")
    fresh.write_text(text)
    fresh.chmod(0o600)
    fresh.rename(file)


def generation(one):
    said = one.get("/readyz?verbose", port=one.admin_port).json
    return said["checks"]["configuration"]["generation"]


def has_generation(one, wanted, seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if generation(one) >= wanted:
            return True
        time.sleep(0.05)
    return False


def log_of(settings):
    """What a service writes until it is ready."""
    with tempfile.TemporaryDirectory(dir=os.getcwd()) as folder:
        config = pathlib.Path(folder, "signet.yaml")
        config.write_text('server: {listen: "unix:d.sock"}\nadmin: {listen: "unix:a.sock"}\n' + settings)
        config.chmod(0o600)
        with open(f"{folder}/log", "wb") as out:
            running = subprocess.Popen([BINARY, "serve", "--config", str(config)], stderr=out, stdout=out,
                                       env=service.clean_environment())  # fmt: skip
        try:
            end = time.monotonic() + service.START_LIMIT
            while time.monotonic() < end and not answers(f"{folder}/a.sock"):
                time.sleep(0.05)
            text = pathlib.Path(folder, "log").read_text()
        finally:
            running.terminate()
            running.wait(service.STOP_LIMIT)
    lines = [line for line in text.splitlines() if "warn" not in line.lower()]
    return "\n".join(lines)


def answers(path):
    client = http.client.HTTPConnection("localhost", timeout=5)
    client.sock = socket.socket(socket.AF_UNIX)
    try:
        client.sock.connect(path)
        client.request("GET", "/livez")
        return client.getresponse().status == 200
    except OSError:
        return False
    finally:
        client.close()


@observes("limits.key_tables")
def key_tables():
    """As many tokens of one key as a table costs, of a service that may have tables and one that may not."""
    key = ec.generate_private_key(ec.SECP256R1())
    numbers = key.public_key().public_numbers()
    point = {name: b64(value.to_bytes(32, "big")) for name, value in (("x", numbers.x), ("y", numbers.y))}
    config = ONE_THREAD + "issuers: [{name: a, issuer: \"%s\", jwks: {keys: [{kty: EC, crv: P-256, x: %s, y: %s}]}}]\n" % (
        ISSUER, point["x"], point["y"]) + "verify_profiles: {default: {issuers: [a], audiences: [api]}}\n"
    made = []
    for limits in ("key_tables: 0", "key_tables: 1"):
        with start(config + "limits: {%s}\n" % limits) as one:
            for _ in range(1000):
                one.post("/verify", {"token": token(key, None)})
            time.sleep(2)  # it is made in the background, and the text of /metrics is kept for a second
            text = one.get("/metrics", port=one.admin_port).body
            made.append(float(text.split("\nsignet_key_tables_made_total ")[1].split()[0]))
    assert made[0] == 0 and (made[1] == 1 or not ctypes.util.find_library("crypto")), made


def running_probes(stack):
    usual = stack.enter_context(start(SMALL.split("limits:")[0]))
    small = stack.enter_context(start(SMALL))
    yield from marked(Limits(small, usual))
    starts = Starts(*(stack.enter_context(start(SERVER % server + GONE % issuer)) for server, issuer in (
        ("startup_wait: 10m", ""), ("startup_wait: 0s", ""), ("startup_policy: serve_degraded", ""),
        ("startup_policy: serve_degraded", ", required: true"))))  # fmt: skip
    yield from marked(starts)
    for probe in (drain_delay, drain_limit, log, providers, key_tables, reload_watch, rotation_publish):
        yield probe.settings, probe
