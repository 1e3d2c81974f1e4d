"""Probes of the settings of `audit`, of `audit_claims` and of `log.spans`: what each of them changes."""
import json
import os
import pathlib
import resource
import subprocess
import tempfile
import time

import service
from policy_probes import observes
from probe_world import AS_CALLER, BINARY, FUTURE, PARTNER, SHA, b64, hs

BASE = f"""
issuer: https://tokens.example.com
keys:
  - {{name: sig, alg: ES256, generate: true}}
  - {{name: box, kid: box, use: enc, alg: A256GCMKW, secret_b64: "file:wrap", callers: [test]}}
  - {{name: partner, kid: p1, alg: HS256, secret: "file:partner", issuer: "urn:partner"}}
callers: [{{name: test, secret_sha256: {SHA}, roles: [admin]}}]
sign_profiles: {{default: {{key: sig, ttl: 1m, callers: [test], allowed_claims: [sub], audit_claims: [sub]}}, silent: {{key: sig, ttl: 1m, callers: [test], allowed_claims: [sub]}}}}
verify_profiles: {{default: {{issuers: [partner], audiences: none, audit_claims: [sub]}}, silent: {{issuers: [partner], audiences: none}}}}
"""
FILES = {"partner": PARTNER, "wrap": b64("A" * 32), "seal": "s" * 32}
TRACE = {"traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}


def token():
    return hs({"iss": "urn:partner", "exp": FUTURE, "sub": "a-subject"}, PARTNER)


class Audited:
    """A service with an audit log in a folder that outlives it."""

    def __init__(self, settings, more=""):
        self._folder = tempfile.TemporaryDirectory(dir=os.getcwd())
        self.file = pathlib.Path(self._folder.name, "audit.log")
        text = BASE + f"audit: {{file: {self.file}{settings}}}\n" + more
        self.running = service.start(BINARY, text, files=FILES)

    def post(self, path, body, port=None):
        fields = {"Content-Type": "application/json", **AS_CALLER, **TRACE}
        return self.running.request("POST", path, json.dumps(body).encode(), fields, port)

    def sign(self, **more):
        return self.post("/sign", {"claims": {"sub": "a-subject"}, **more})

    def lines(self, chain=""):
        return [json.loads(one) for one in pathlib.Path(f"{self.file}{chain}").read_text().splitlines()]

    def metric(self, name):
        text = self.running.get("/metrics", port=self.running.admin_port).body
        return sum(float(line.split()[-1]) for line in text.splitlines() if line.startswith(name))

    def fill_disk(self, room=0):
        """From now on no file of the service grows beyond the size of its audit log and a little."""
        size = self.file.stat().st_size + room
        resource.prlimit(self.running.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    def empty_disk(self):
        unlimited = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
        resource.prlimit(self.running.process.pid, resource.RLIMIT_FSIZE, unlimited)

    def verify(self, *arguments):
        return subprocess.run(
            [BINARY, "audit", "verify", *map(str, arguments)], capture_output=True, text=True, timeout=60
        ).returncode

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.running.stop()
        self._folder.cleanup()


# setting, request that it decides about
MODES = {
    "sign": ("/sign", {"claims": {"sub": "s"}}),
    "verify": ("/verify", {"token": token()}),
    "encrypt": ("/encrypt", {"key_name": "box", "plaintext": "x"}),
    "decrypt": ("/decrypt", None),
    "admin": ("/reload", {}),
}


@observes(*(f"audit.{name}" for name in MODES))
def modes():
    """On a full disk each of them is 503 where its setting is `required`, and served where it is not."""
    for mode, status in (("required", 503), ("best_effort", 200)):
        with Audited("".join(f", {name}: {mode}" for name in MODES)) as one:
            sealed = one.post("/encrypt", {"key_name": "box", "plaintext": "x"}).json["token"]
            one.fill_disk()
            for name, (path, body) in MODES.items():
                port = one.running.admin_port if name == "admin" else None
                body = {"key_name": "box", "token": sealed} if body is None else body
                reply = one.post(path, body, port)
                assert reply.status == status, (mode, path, reply)
                assert status == 200 or reply.code == "audit_unavailable", reply
            one.empty_disk()


@observes("audit.file")
def file():
    with Audited("") as one:
        assert one.sign().status == 200
        assert [line["event"] for line in one.lines() if "route" in line] == ["sign"]


@observes("audit.fsync")
def fsync():
    """How many syncs twenty requests lead to, one after the other."""
    counts = {}
    for how in ("always", "interval", "never"):
        with Audited(f", fsync: {how}") as one:
            one.sign()  # whatever came before is over then
            before = one.metric("signet_audit_syncs_total")
            for _ in range(20):
                one.sign()
            time.sleep(1.2)  # the text of /metrics is kept for a second
            counts[how] = one.metric("signet_audit_syncs_total") - before
    assert counts["never"] == 0 < counts["interval"], counts
    assert counts["always"] >= 20, counts


@observes("audit.file_bytes", "audit.files")
def rotation():
    kept = {}
    for settings in ("", ", file_bytes: 64KiB", ", file_bytes: 64KiB, files: 1"):
        with Audited(settings) as one:
            for _ in range(40):
                one.post("/sign/batch", {"items": [{"claims": {"sub": "s"}}] * 10})
            ended = sorted(one.file.parent.glob("audit.log.0*"))
            kept[settings] = len(ended)
            assert one.verify(*ended, one.file) == 0
    assert list(kept.values())[0] == 0 and list(kept.values())[1] > 1 and list(kept.values())[2] == 1, kept


@observes("audit.stranger_bytes")
def stranger_bytes():
    sizes = {}
    for size in ("128KiB", "1MiB"):
        with Audited(f", stranger_bytes: {size}") as one:
            body = json.dumps({"tokens": ["x"] * 200}).encode()
            for _ in range(8):
                one.running.request("POST", "/verify/batch", body, {"Content-Type": "application/json"})
                time.sleep(0.1)  # so that the queue has room for the next ones
            sizes[size] = sum(path.stat().st_size for path in one.file.parent.glob("audit.log.strangers*"))
    assert sizes["128KiB"] < 300 * 1024 < sizes["1MiB"], sizes


@observes("audit.queue_bytes")
def queue_bytes():
    """A batch whose records need more room than the whole queue has is refused."""
    statuses = {}
    for size in ("1MiB", "8MiB"):
        long = "s" * 7000
        with Audited(f", queue_bytes: {size}", "limits: {batch_body_bytes: 4MiB}\n") as one:
            body = {"items": [{"claims": {"sub": long}}] * 200}
            statuses[size] = one.post("/sign/batch", body).status
    assert statuses == {"1MiB": 503, "8MiB": 200}, statuses


@observes("audit.secret")
def secret():
    """Who lacks the secret cannot verify, and so cannot have written."""
    with Audited(', secret: "file:seal"') as one, Audited("") as plain:
        seal = pathlib.Path(one.running.folder, "seal")
        assert one.sign().status == plain.sign().status == 200
        found = [one.verify(one.file), one.verify("--secret-file", seal, one.file), plain.verify(plain.file)]
        assert found == [1, 0, 0], found


@observes("log.spans")
def spans():
    for more, count in (("", 0), ("log: {spans: true}\n", 1)):
        with Audited("", more) as one:
            assert one.sign().status == 200
            assert one.running.log_text().count('"event":"span"') == count, more


@observes("sign_profiles.NAME.audit_claims", "verify_profiles.NAME.audit_claims")
def audit_claims():
    with Audited(", verify: required") as one:
        for name in ("default", "silent"):
            assert one.sign(profile=name).status == 200
            assert one.post("/verify", {"token": token(), "profile": name}).status == 200
        found = [(line["event"], line["profile"], line.get("claims")) for line in one.lines() if "route" in line]
        listed = {"sub": "a-subject"}
        assert found == [("sign", "default", listed), ("verify", "default", listed),
                         ("sign", "silent", None), ("verify", "silent", None)], found  # fmt: skip


def running_probes(stack):
    del stack  # each has services of its own
    for probe in (modes, file, fsync, rotation, stranger_bytes, queue_bytes, secret, spans, audit_claims):
        yield probe.settings, probe
