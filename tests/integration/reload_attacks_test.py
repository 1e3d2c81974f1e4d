"""Reloads that go wrong: too many of them, files that are none, files that come late, a system without watches."""
import contextlib
import hashlib
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time

import service

SIGNET = os.path.abspath(os.environ["SIGNET"])
PATIENCE = 30  # seconds for anything; sanitizers are slow
SECRET = "secret-of-the-caller-of-more-than-256-bits-0123456789"
ADMIN = "secret-of-who-administers-it-of-more-than-256-bits-0123"
JSON = {"Content-Type": "application/json"}
BASE = """
issuer: https://tokens.example.com
keys: [{name: sig, alg: ES256, generate: true}]
callers:
  - {name: orders, secret_sha256: %s}
  - {name: ops, secret_sha256: %s, roles: [admin]}
sign_profiles: {default: {key: sig, callers: [orders], audiences: [api], ttl: 1h, allowed_claims: [sub]}}
verify_profiles: {default: {issuers: [self], audiences: [api], headers: {X-Auth-Subject: sub}}}
server: {listen: [{address: "127.0.0.1:0", endpoints: [all]}]}
admin: {listen: ["127.0.0.1:0"]}
""" % tuple(hashlib.sha256(one.encode()).hexdigest() for one in (SECRET, ADMIN))
SET = '{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"e","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}'


def bearer(secret):
    return {"Authorization": f"Bearer {secret}", **JSON}


def events(running, name):
    lines = [json.loads(line) for line in running.log_text().rpartition("\n")[0].splitlines() if line[:1] == "{"]
    return [line for line in lines if line["event"] == name]


def facts(running):
    return running.get("/readyz?verbose", port=running.admin_port).json["checks"]["configuration"]


def generation(running):
    return facts(running)["generation"]


def wait_until(holds, what, seconds=PATIENCE):
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"waited in vain: {what}"
        time.sleep(0.02)


def file_of(running):
    return pathlib.Path(running.folder, "signet.yaml")


def put(path, content):
    fresh = path.with_name(path.name + ".new")
    fresh.write_text(content)
    fresh.chmod(0o600)
    fresh.rename(path)


def refusals(running):
    text = running.get("/metrics", port=running.admin_port).body
    return int(re.search(r'signet_config_reloads_total\{result="refused"\} (\d+)', text).group(1))


def token_of(running):
    reply = running.post("/sign", {"claims": {"sub": "alice"}}, bearer(SECRET))
    assert reply.status == 200, reply
    return reply.json["token"]


class Asking(threading.Thread):
    """Asks /auth all the time, and counts what is not 200."""

    def __init__(self, port, token):
        super().__init__(daemon=True)
        self.port, self.token, self.asked, self.wrong, self.is_over = port, token, 0, [], threading.Event()

    def run(self):
        wire = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        while not self.is_over.is_set():
            wire.request("GET", "/auth", headers={"Authorization": f"Bearer {self.token}"})
            reply = wire.getresponse()
            reply.read()
            self.asked += 1
            if reply.status != 200:
                self.wrong.append(reply.status)
            if reply.headers.get("Connection") == "close":
                wire.close()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.is_over.set()
        self.join(PATIENCE)


def only_an_administrator_reloads_and_many_at_once_are_few_attempts():
    with service.start(SIGNET, BASE) as running:
        def ask(client, secret):
            headers = bearer(secret) if secret else JSON
            return client.request("POST", "/reload", "{}", headers, running.admin_port)

        assert ask(running, "").status == 401 and ask(running, SECRET).status == 403
        assert generation(running) == 1
        said = []

        def flood():
            client = running.another_client()
            said.extend(ask(client, ADMIN).status for _ in range(25))
            client.hang_up()

        with Asking(running.data_port, token_of(running)) as asking:
            crowd = [threading.Thread(target=flood) for _ in range(16)]
            for one in crowd:
                one.start()
            for one in crowd:
                one.join()
        attempts = generation(running) - 1
        print(f"  {len(said)} requests, {attempts} attempts, {asking.asked} other requests meanwhile")
        assert set(said) == {200} and len(said) == 400 and attempts <= 200, (set(said), attempts)
        assert asking.asked and not asking.wrong, asking.wrong
        for _ in range(500):
            running.process.send_signal(signal.SIGHUP)
        assert running.get("/livez", port=running.admin_port).status == 200


def a_file_that_changes_all_the_time_ends_with_its_last_content():
    with service.start(SIGNET, BASE) as running:
        with Asking(running.data_port, token_of(running)) as asking:
            for number in range(200):
                put(file_of(running), BASE + f"limits: {{json_depth: {5 + number % 25}}}\n")
                time.sleep(0.01)
            put(file_of(running), BASE.replace("sign_profiles: {", "sign_profiles: {last: {key: sig, callers: [orders], ttl: 1h}, "))
            began = time.monotonic()
            last = {"claims": {}, "profile": "last"}
            wait_until(lambda: running.post("/sign", last, bearer(SECRET)).status == 200, "the last content")
            took = time.monotonic() - began
        attempts = generation(running) - 1
        print(f"  201 changes in 2 s: {attempts} attempts, the last one took effect within {took:.2f} s")
        assert attempts < 60 and not asking.wrong, (attempts, asking.wrong)


def what_is_no_file_changes_nothing():
    with service.start(SIGNET, BASE) as running:
        file, folder = file_of(running), pathlib.Path(running.folder)
        token = token_of(running)
        for what, make, says in (
            ("a folder", lambda: file.mkdir(), "is a folder"),
            ("a pipe", lambda: os.mkfifo(file, 0o600), "is not a regular file"),
            ("a device", lambda: file.symlink_to("/dev/zero"), "is not a regular file"),
            ("a loop of links", lambda: file.symlink_to("signet.yaml"), "cannot be read"),
            ("a link to nothing", lambda: file.symlink_to("nothing"), "cannot be read"),
            ("nothing", lambda: None, "cannot be read"),
            ("an empty file", lambda: file.touch(0o600), "is empty"),
            ("a file of 8 MiB", lambda: put(file, "#" * (8 << 20)), "is larger than"),
            ("a file that others may change", lambda: (put(file, BASE), file.chmod(0o666)), "may be changed by others"),
            ("a binary file", lambda: (file.write_bytes(bytes(range(256))), file.chmod(0o600)), "signet.yaml:"),
        ):  # fmt: skip
            before, kept = refusals(running), generation(running)
            file.unlink()
            make()
            wait_until(lambda: refusals(running) > before, what)
            wait_until(lambda: any(says in one["text"] for one in events(running, "reload_problem")), says)
            assert generation(running) == kept
            assert running.get("/auth", {"Authorization": f"Bearer {token}"}).status == 200
            shutil.rmtree(file) if file.is_dir() else file.unlink(missing_ok=True)
            put(file, BASE)
            wait_until(lambda: facts(running)["last_reload"] == "ok" and generation(running) > kept, "again good")
        assert folder.exists()


def what_was_refused_for_another_file_is_tried_again_when_that_comes():
    """A Secret often arrives after the ConfigMap that names it."""
    tls = ', tls: {cert_file: tls.pem, key_file: tls.key}'
    fetched = 'issuers: [{name: corp, issuer: urn:corp, jwks_uri: "http://127.0.0.1:1/jwks", %s}]\n'
    for what, text, late in (
        ("an issuer's set", BASE + "issuers: [{name: corp, issuer: urn:corp, jwks_file: corp.json}]\n",
         {"corp.json": SET}),
        ("a bearer token", BASE + fetched % "bearer_file: token", {"token": "abc"}),
        ("a header", BASE + fetched % 'headers: {X-Key: "file:key"}', {"key": "abc"}),
        ("TLS", BASE.replace("endpoints: [all]", "endpoints: [all]" + tls), None),
        ("a client certificate",
         BASE + fetched.replace("http:", "https:") % "client_cert: tls.pem, client_key: tls.key", None),
        ("a key", BASE.replace("keys: [", "keys: [{name: p, kid: p, alg: HS256, secret: \"file:p\", issuer: urn:p}, "),
         {"p": "x" * 32}),
    ):  # fmt: skip
        late = late or certificate()
        with service.start(SIGNET, BASE) as running:
            put(file_of(running), text)
            wait_until(lambda: refusals(running) >= 1, what)
            assert generation(running) == 1
            began = time.monotonic()
            for name, content in late.items():
                put(pathlib.Path(running.folder, name), content)
            wait_until(lambda: generation(running) == 2, what)
            print(f"  {what}: in force {time.monotonic() - began:.2f} s after its file came")


def what_others_follow_is_no_reload():
    """A token that is replaced every hour does not load the configuration every hour."""
    text = BASE.replace("server: {", "server: {startup_policy: serve_degraded, ") + ('issuers:\n  - {name: corp, issuer: urn:corp, jwks_uri: "http://127.0.0.1:1/jwks", bearer_file: token}\n'
                   "  - {name: peer, issuer: urn:peer, jwks_file: peer.json}\n")  # fmt: skip
    with service.start(SIGNET, text, files={"token": "abc", "peer.json": SET, "sig": "x"}) as running:
        for number in range(3):
            put(pathlib.Path(running.folder, "token"), f"abc{number}")
            put(pathlib.Path(running.folder, "peer.json"), SET + " " * number)
            time.sleep(0.6)
        assert generation(running) == 1 and refusals(running) == 0
        wait_until(lambda: len(events(running, "issuer_file_read")) >= 2, "the set was read by who follows it")


def a_secret_is_rotated():
    text = BASE.replace("keys: [", 'keys: [{name: p, kid: p, alg: HS256, secret: "file:p", issuer: "urn:p"}, ').replace(
        "issuers: [self]", "issuers: [self, p]")  # fmt: skip
    with service.start(SIGNET, text, files={"p": "x" * 32}) as running:
        old, new = hs256("x" * 32), hs256("y" * 32)
        assert [running.post("/verify", {"token": one}).status for one in (old, new)] == [200, 422]
        put(pathlib.Path(running.folder, "p"), "y" * 32)
        wait_until(lambda: running.post("/verify", {"token": new}).status == 200, "the new secret")
        assert running.post("/verify", {"token": old}).status == 422


def hs256(secret):
    import base64
    import hmac

    def b64(octets):
        return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()

    claims = {"iss": "urn:p", "aud": "api", "exp": int(time.time()) + 600}
    text = b64(b'{"alg":"HS256","kid":"p"}') + "." + b64(json.dumps(claims).encode())
    return text + "." + b64(hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest())


def certificate():
    """A certificate and its key, as tls.pem and tls.key."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
             "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
             "-keyout", f"{folder}/k", "-out", f"{folder}/c"], check=True, capture_output=True,
        )  # fmt: skip
        return {"tls.pem": pathlib.Path(folder, "c").read_text(), "tls.key": pathlib.Path(folder, "k").read_text()}


def many_folders_are_watched():
    count = int(os.environ.get("FOLDERS", "500"))
    items = ", ".join(
        f'{{name: k{n}, kid: k{n}, alg: HS256, secret: "file:d{n}/s", issuer: "urn:{n}"}}' for n in range(count)
    )
    text = BASE.replace("keys: [", f"keys: [{items}, ")
    with service.start(SIGNET, text, files={f"d{n}/s": f"{n:032}" for n in range(count)}) as running:
        with Asking(running.data_port, token_of(running)) as asking:
            began = time.monotonic()
            put(pathlib.Path(running.folder, f"d{count - 1}/s"), "z" * 32)
            wait_until(lambda: generation(running) == 2, "the change in the last folder")
            took = time.monotonic() - began
        print(f"  a change in one of {count} folders took effect after {took:.2f} s")
        assert not asking.wrong


def within_limits(limits, text, test):
    """Runs the service as a user who may have no more of these than that; skipped where that cannot be done."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="signet-", dir=os.getcwd()))
    (folder / "signet.yaml").write_text(text)
    (folder / "signet.yaml").chmod(0o600)
    sets = " && ".join(f"echo {value} > /proc/sys/user/{name}" for name, value in limits.items())
    wrapper = folder / "limited"
    wrapper.write_text(f'#!/bin/sh\nexec unshare -Ur sh -c \'{sets} && exec "$0" "$@"\' {SIGNET} "$@"\n')
    wrapper.chmod(0o700)
    try:
        can = subprocess.run([wrapper, "--version"], capture_output=True, check=False).returncode == 0
        if not can:
            return print("  skipped: no user namespaces here")
        with service.start(str(wrapper), text) as running:
            test(running)
    finally:
        shutil.rmtree(folder)


def without_watches_files_are_polled():
    text = BASE + "reload: {poll: 1s}\n"

    def reloads(running, event):
        wait_until(lambda: events(running, event), event)
        put(file_of(running), text + "limits: {json_depth: 5}\n")
        wait_until(lambda: generation(running) == 2, "the poll")

    within_limits({"max_inotify_instances": 0}, text, lambda running: reloads(running, "watch_unavailable"))
    within_limits({"max_inotify_watches": 0}, text, lambda running: reloads(running, "watch_incomplete"))


def a_file_that_is_mounted_alone_is_warned_of():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="signet-", dir=os.getcwd()))
    try:
        for name in ("source.yaml", "signet.yaml"):
            (folder / name).write_text(BASE)
            (folder / name).chmod(0o600)
        ran = subprocess.run(
            ["unshare", "-Urm", "sh", "-c", "mount --bind source.yaml signet.yaml && exec \"$0\" check-config --config signet.yaml",
             SIGNET], cwd=folder, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if "unshare" in ran.stderr or "mount" in ran.stderr.split(":")[0]:
            return print("  skipped: no mounts here")
        assert "is mounted as a single file (subPath in Kubernetes)" in ran.stdout + ran.stderr, ran
    finally:
        shutil.rmtree(folder)


def a_reload_while_it_stops_harms_nothing():
    text = BASE.replace("server: {", "server: {drain_delay: 2s, ")
    running = service.start(SIGNET, text)
    token = token_of(running)
    running.process.terminate()
    wait_until(lambda: running.get("/readyz", port=running.admin_port).status == 503, "the stop")
    for number in range(5):
        put(file_of(running), text + f"limits: {{json_depth: {5 + number}}}\n")
        running.process.send_signal(signal.SIGHUP)
        with contextlib.suppress(OSError):
            assert running.get("/auth", {"Authorization": f"Bearer {token}"}).status == 200
            assert running.get("/readyz", port=running.admin_port).status == 503
        time.sleep(0.1)
    assert running.stop() == 0


def nothing_grows():
    """Memory, descriptors and threads after many reloads, each with other names of everything."""
    with service.start(SIGNET, BASE) as running:
        pid = running.process.pid

        def held():
            status = pathlib.Path(f"/proc/{pid}/status").read_text()
            memory = int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) / 1024
            return memory, len(os.listdir(f"/proc/{pid}/fd")), len(os.listdir(f"/proc/{pid}/task"))

        def reload(number):
            before = generation(running)
            put(file_of(running), BASE.replace("verify_profiles: {", f"verify_profiles: {{p{number}: {{issuers: [self], audiences: none}}, ")
                .replace("callers:\n", f"callers:\n  - {{name: c{number}, uid: {4000000000 + number}}}\n")
                + f"issuers: [{{name: i{number}, issuer: urn:i, jwks_uri: \"http://127.0.0.1:1/\"}}]\n")  # fmt: skip
            running.process.send_signal(signal.SIGHUP)
            wait_until(lambda: generation(running) > before, "a reload")
            running.get("/metrics", port=running.admin_port)

        count = int(os.environ.get("RELOADS", "60"))
        for number in range(count // 2):
            reload(number)
        first = held()
        for number in range(count // 2, count):
            reload(number)
        time.sleep(1)
        last = held()
        print("  MiB, descriptors, threads: %.1f, %d, %d, then %.1f, %d, %d" % (*first, *last))
        assert last[1] <= first[1] + 2 and last[2] == first[2], (first, last)
        lines = running.get("/metrics", port=running.admin_port).body
        named = set(re.findall(r'[="](p\d+|c\d+|i\d+)"', lines))
        assert named <= {f"p{count - 1}", f"c{count - 1}", f"i{count - 1}"}, sorted(named)[:9]
        assert last[0] < first[0] * 1.5 + 5, (first, last)


for test in (
    only_an_administrator_reloads_and_many_at_once_are_few_attempts,
    a_file_that_changes_all_the_time_ends_with_its_last_content,
    what_is_no_file_changes_nothing,
    what_was_refused_for_another_file_is_tried_again_when_that_comes,
    what_others_follow_is_no_reload,
    a_secret_is_rotated,
    many_folders_are_watched,
    without_watches_files_are_polled,
    a_file_that_is_mounted_alone_is_warned_of,
    a_reload_while_it_stops_harms_nothing,
    nothing_grows,
):
    if os.environ.get("ONLY", test.__name__) == test.__name__:
        test()
        print("ok", test.__name__)
