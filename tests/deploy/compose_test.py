"""deploy/compose: what its files configure, started as plain processes: who gets in, who does not, and what is scraped.

Run by ctest in the release preset with the binary in SIGNET. A gateway that is not installed is left out, and a line
says so. Names, ports and paths of the containers are translated by compose_world; the commands of the README run, too.
"""
import base64
import json
import os
import pathlib
import re
import socket
import subprocess
import tempfile
import time
import unittest
import urllib.error
import urllib.request

import yaml

import compose_world
import prometheus

BINARY = os.path.abspath(os.environ["SIGNET"])
READER = {"sub": "alice", "scope": "orders:read"}
PATIENCE = 60  # seconds


def run(*command, **more):
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, **more)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()


class Gateway:
    """The tests of each compose file."""

    @classmethod
    def setUpClass(cls):
        if not compose_world.installed(cls.program):
            raise unittest.SkipTest(f"{cls.program} is not installed")
        folder = cls.enterClassContext(tempfile.TemporaryDirectory(prefix="compose-"))
        cls.world = cls.enterClassContext(compose_world.World(cls.file, folder))
        cls.requests = 0

    @classmethod
    def tearDownClass(cls):
        print(f"{cls.file}: {cls.requests} requests, {len(cls.world.processes)} processes")

    def sign(self, **claims):
        path = self.world.root("issuer") / "run/signet/issuer.sock"
        return run(BINARY, "sign", "--url", f"unix:{path}", "--claims", json.dumps({**READER, **claims}))

    def sign_with_the_key(self, **claims):
        """With the file of the issuer's own key, what its profile would never sign."""
        head = self.sign().split(".")[0]
        kid = json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))["kid"]
        key = self.world.root("issuer") / f"var/lib/signet/sig/key-{kid}.pem"
        issuer = f"http://127.0.0.1:{self.world.port('issuer', 8080)}"
        whole = {**READER, "iss": issuer, "aud": "api://orders", "exp": int(time.time()) + 300, **claims}
        return run(BINARY, "sign", "--key", str(key), "--claims", json.dumps(whole))

    def ask(self, path="/orders/7", token=None, method="GET", **headers):
        """The status, and what the application got."""
        type(self).requests += 1
        if token:
            headers["Authorization"] = f"Bearer {token}"
        url = f"http://127.0.0.1:{self.world.port('gateway', 8000)}{path}"
        try:
            with urllib.request.urlopen(urllib.request.Request(url, None, headers, method=method), timeout=30) as got:
                return got.status, json.loads(got.read())
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, refused.headers

    def test_a_token_of_the_issuer_gets_in_and_the_application_learns_who_it_is(self):
        status, said = self.ask(token=self.sign(), **{"X-Auth-Subject": "mallory"})
        self.assertEqual((status, said["path"], said["x-auth-subject"]), (200, "/orders/7", "alice"))
        self.assertEqual(said["x-auth-scopes"], "orders:read")

    def test_what_is_public_needs_no_token(self):
        status, said = self.ask("/public/logo.svg", **{"X-Auth-Subject": "mallory"})
        self.assertEqual((status, said.get("x-auth-subject") or ""), (200, ""))

    def test_the_application_closes_after_a_body_that_it_does_not_read(self):
        """A gateway keeps its connections for the requests of others: the rest of a body would be one of them."""
        request = b"POST /public/x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n39\r\n0\r\n\r\n"
        with socket.create_connection(("127.0.0.1", self.world.port("application", 9000)), 30) as one:
            one.sendall(request)
            said = b"".join(iter(lambda: one.recv(4096), b""))
        self.assertEqual(re.findall(rb"HTTP/1.1 (\d+)", said), [b"411"])

    def test_no_token_is_401(self):
        status, headers = self.ask()
        self.assertEqual(status, 401)
        self.assertIn('realm="orders"', headers["WWW-Authenticate"])

    def test_a_token_that_may_only_read_writes_nothing(self):
        self.assertEqual(self.ask(token=self.sign(), method="DELETE")[0], 403)
        self.assertEqual(self.ask(token=self.sign(scope="orders:write"), method="DELETE")[0], 200)

    def test_an_expired_token_and_one_for_others_are_401(self):
        self.assertEqual(self.ask(token=self.sign_with_the_key())[0], 200)
        self.assertEqual(self.ask(token=self.sign_with_the_key(exp=int(time.time()) - 3600))[0], 401)
        self.assertEqual(self.ask(token=self.sign_with_the_key(aud="api://invoices"))[0], 401)

    def test_a_token_of_another_key_is_401(self):
        key = self.world.root("issuer") / "other.pem"
        run(BINARY, "keygen", "--alg", "ES256", "--out", str(key), "--force")
        claims = {**READER, "iss": f"http://127.0.0.1:{self.world.port('issuer', 8080)}", "aud": "api://orders"}
        forged = run(BINARY, "sign", "--key", str(key), "--claims", json.dumps(claims), "--expires-in", "5m")
        self.assertEqual(self.ask(token=forged)[0], 401)

    def test_nobody_signs_over_the_network(self):
        for port in (8080, 9091):
            url = f"http://127.0.0.1:{self.world.port('issuer', port)}/sign"
            ask = urllib.request.Request(url, b'{"claims": {}}', {"Content-Type": "application/json"})
            with self.assertRaises(urllib.error.HTTPError) as refused:
                urllib.request.urlopen(ask, timeout=30)
            refused.exception.close()
            self.assertIn(refused.exception.code, (403, 404))

    def test_the_issuer_keeps_its_key_through_a_restart_and_requests_go_on_meanwhile(self):
        token = self.sign()
        self.world.stop("issuer")
        self.assertEqual(self.ask(token=token)[0], 200)
        self.world.start("issuer")
        self.assertEqual(self.ask(token=token)[0], 200)
        self.assertEqual(self.ask(token=self.sign())[0], 200)

    def test_prometheus_scrapes_both_and_has_the_alert_rules(self):
        if "prometheus" not in self.world.services:
            self.skipTest("prometheus is not installed")
        end = time.monotonic() + PATIENCE
        server = prometheus.Server(self.world.port("prometheus", 9090))

        def up():
            return {one["metric"]["role"]: one["value"][1] for one in server.query("up")}

        while up() != {"issuer": "1", "callout": "1"}:
            self.assertLess(time.monotonic(), end, up())
            time.sleep(0.5)
        rules = server.get("rules")["groups"]
        wanted = yaml.safe_load((compose_world.ROOT / "deploy/prometheus/alerts.yaml").read_text())["groups"]
        self.assertEqual([one["name"] for one in rules], [one["name"] for one in wanted])
        self.assertFalse([rule for group in rules for rule in group["rules"] if rule.get("lastError")])

    def test_the_commands_of_the_readme_say_what_it_says(self):
        readme = (compose_world.COMPOSE / "README.md").read_text()
        (commands, printed), *others = re.findall(r"```sh\n(TOKEN=.*?)```\n```text\n(.*?)```", readme, re.S)
        self.assertFalse(others)
        tools = self.world.root("gateway") / "tools"
        tools.mkdir()
        issuer = self.world.root("issuer")
        (tools / "docker").write_text(  # docker compose … exec -T issuer COMMAND: the command, in the issuer's folder
            '#!/bin/sh\nwhile [ "$1" != issuer ]; do shift; done; shift 2\n'
            f'for word; do shift; set -- "$@" "$(printf %s "$word" | sed "s#unix:/#unix:{issuer}/#")"; done\n'
            f'exec {BINARY} "$@"\n'
        )
        (tools / "docker").chmod(0o700)
        commands = commands.replace("127.0.0.1:8000", f"127.0.0.1:{self.world.port('gateway', 8000)}")
        path = f"{tools}:{os.environ['PATH']}"
        said = run("sh", "-euc", commands, env={**os.environ, "PATH": path}, cwd=pathlib.Path(compose_world.ROOT))
        said = said.replace(f"127.0.0.1:{self.world.port('issuer', 8080)}", "issuer:8080")
        self.assertEqual(said.split("\n"), printed.strip().split("\n"))


class Nginx(Gateway, unittest.TestCase):
    program, file = "nginx", "compose.yaml"


class Caddy(Gateway, unittest.TestCase):
    program, file = "caddy", "compose.caddy.yaml"

    def test_nothing_of_caddy_listens_that_could_change_it_for_who_shares_its_network(self):
        self.assertEqual(self.world.listening("gateway"), {self.world.port("gateway", 8000)})


class Files(unittest.TestCase):
    def test_every_image_has_a_version_and_every_mounted_file_is_there(self):
        for name in ("compose.yaml", "compose.caddy.yaml"):
            for service in compose_world.read(name).values():
                if not service["image"].startswith("${SIGNET_IMAGE:-signet"):
                    self.assertRegex(service["image"], r"^[a-z/]+:v?\d[\w.-]*$")
                for mount in service.get("volumes", []):
                    source = mount.split(":")[0]
                    self.assertTrue(not source.startswith(".") or (compose_world.COMPOSE / source).is_file(), mount)

    def test_only_loopback_of_the_machine_is_published(self):
        published = [p for one in compose_world.read("compose.yaml").values() for p in one.get("ports", [])]
        self.assertEqual(len(published), 3)
        for one in published:
            self.assertTrue(one.startswith("127.0.0.1:"), one)

    def test_who_is_waited_for_has_the_health_check_of_the_dockerfile(self):
        line = re.search(r"^HEALTHCHECK (.*) CMD (.*)$", (compose_world.ROOT / "Dockerfile").read_text(), re.MULTILINE)
        times = {name.replace("-", "_"): value for name, value in re.findall(r"--([\w-]+)=(\w+)", line[1])}
        wanted = {"test": ["CMD", *json.loads(line[2])], **times}
        for name in ("compose.yaml", "compose.caddy.yaml"):
            services = compose_world.read(name)
            self.assertEqual({"issuer": {"condition": "service_healthy"}}, services["gateway"]["depends_on"])
            for one in ("issuer", "signet"):
                self.assertEqual(wanted, services[one]["healthcheck"], one)

    def test_signet_accepts_both_configurations_and_warns_of_what_the_readme_says(self):
        for name, warning in (("issuer.yaml", "has no key yet"), ("callout.yaml", "allow_insecure_http")):
            with tempfile.TemporaryDirectory() as folder:
                text = (compose_world.COMPOSE / name).read_text().replace("/var/lib/signet", folder)
                path = pathlib.Path(folder, "signet.yaml")
                path.write_text(text)
                path.chmod(0o600)
                done = subprocess.run([BINARY, "check-config", "--config", str(path)], capture_output=True, text=True,
                                      timeout=PATIENCE)  # fmt: skip
                said = done.stdout + done.stderr
                self.assertIn("is good, with 1 warning", said)
                self.assertIn(warning, said)


if __name__ == "__main__":
    unittest.main()
