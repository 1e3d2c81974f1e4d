"""Development mode in a container, and as the issuer of other people's tests.

Two processes: one is the issuer, and listens on every address; the other follows it by discovery over loopback,
as a program under test would, and verifies what the first was asked for.
"""
import json
import os
import subprocess
import tempfile
import time
import unittest

import service

BINARY = os.path.abspath(os.environ["SIGNET"])
ADMIN = ("--set", "admin.listen.0=127.0.0.1:0")
OPEN = ("--dev", "--listen", "0.0.0.0:0", *ADMIN)
MODE = "development; anybody who reaches this port can sign"
FOLLOWER = """
issuers: [{{name: acme, issuer: "{issuer}", discovery: true, algorithms: [ES256], required: true, min_ttl: 1s}}]
verify_profiles: {{default: {{issuers: [acme], audiences: ["api://orders"]}}}}
"""


def refused(*arguments, environment=None):
    """The exit code and what a start prints that must fail."""
    with tempfile.TemporaryDirectory(dir=os.getcwd()) as folder:
        done = subprocess.run(
            [BINARY, "serve", *arguments], capture_output=True, text=True, timeout=60, cwd=folder,
            env={**service.clean_environment(), **(environment or {})},
        )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def log_lines(signet, event, **fields):
    """The lines of this event with these fields."""
    lines = [json.loads(one) for one in signet.log_text().rpartition("\n")[0].splitlines() if one.startswith("{")]
    return [one for one in lines if one["event"] == event and fields.items() <= one.items()]


class MockIssuer(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        arguments = (*OPEN, "--dev-issuer", "acme", "--dev-issuer", "other", "--set", "audit.file=audit.log")
        cls.issuer = service.start(BINARY, arguments=arguments)
        cls.addClassCleanup(cls.issuer.stop)
        cls.url = cls.issuer.get("/dev/acme/.well-known/openid-configuration").json["issuer"]
        cls.follower = service.start(BINARY, FOLLOWER.format(issuer=cls.url))
        cls.addClassCleanup(cls.follower.stop)

    def token(self, issuer="acme", **body):
        claims = {"sub": "alice", "aud": "api://orders", **body.pop("claims", {})}
        reply = self.issuer.post(f"/dev/{issuer}/sign", {"claims": claims, **body})
        self.assertEqual(reply.status, 200, reply)
        return reply.json

    def verified(self, token):
        return self.follower.post("/verify", {"token": token})

    def test_a_good_token_has_the_claims_that_were_asked_for(self):
        made = self.token(claims={"scope": "orders:read", "roles": ["a", "b"]}, expires_in=60)
        reply = self.verified(made["token"])
        self.assertEqual(reply.status, 200, reply)
        claims = reply.json["claims"]
        self.assertEqual((claims["iss"], claims["roles"]), (self.url, ["a", "b"]))
        self.assertEqual(claims["exp"] - claims["iat"], 60)
        self.assertEqual(reply.json["kid"], made["kid"])
        self.assertEqual((made["expires_at"], made["jti"]), (claims["exp"], claims["jti"]))

    def test_the_reply_has_the_callers_own_exp_and_jti_where_they_are_what_they_should_be(self):
        own = self.token(claims={"exp": 4102444800, "jti": "mine"})
        self.assertEqual((own["expires_at"], own["jti"]), (4102444800, "mine"))
        odd = self.token(claims={"exp": "soon", "jti": 7})
        self.assertEqual(sorted(odd), ["alg", "kid", "token"])

    def test_each_fault_is_refused_for_its_reason(self):
        for fault, code in (
            ("expired", "token_expired"),
            ("not_yet_valid", "token_not_yet_valid"),
            ("wrong_key", "signature_invalid"),
        ):
            reply = self.verified(self.token(fault=fault)["token"])
            self.assertEqual((reply.status, reply.code), (422, code), fault)
        self.assertEqual(self.verified(self.token()["token"]).status, 200)

    def test_a_rotation_is_followed_and_the_old_key_verifies_still(self):
        before = self.token()
        rotated = self.issuer.post("/dev/acme/rotate", {})
        self.assertEqual(rotated.json["previous_kid"], before["kid"])
        after = self.token()
        self.assertEqual(after["kid"], rotated.json["kid"])
        self.assertEqual(self.verified(after["token"]).status, 200)  # its kid is new: fetched
        self.assertEqual(self.verified(before["token"]).status, 200)
        again = self.token(kid=before["kid"])
        self.assertEqual((again["kid"], self.verified(again["token"]).status), (before["kid"], 200))

    def test_one_issuer_cannot_speak_for_another(self):
        reply = self.verified(self.token("other")["token"])
        self.assertIn(reply.code, ("issuer_mismatch", "key_not_found"))
        reply = self.verified(self.token("other", claims={"iss": self.url})["token"])
        self.assertIn(reply.code, ("signature_invalid", "key_not_found"))

    def test_keys_outlive_a_reload(self):
        before = self.issuer.get("/dev/acme/.well-known/jwks.json").json
        reply = self.issuer.request(
            "POST", "/reload", "{}", {"Content-Type": "application/json"}, self.issuer.admin_port
        )
        self.assertEqual(reply.status, 200, reply)
        self.assertEqual(self.issuer.get("/dev/acme/.well-known/jwks.json").json, before)

    def test_urls_do_not_follow_the_host_header(self):
        self.assertEqual(self.url, f"http://localhost:{self.issuer.data_port}/dev/acme")
        for host in ("evil.example", "localhost:1", "127.0.0.1"):
            found = self.issuer.get("/dev/acme/.well-known/openid-configuration", {"Host": host}).json
            self.assertEqual(found["issuer"], self.url)
            self.assertEqual(found["jwks_uri"], self.url + "/.well-known/jwks.json")

    def test_a_name_that_leads_here_by_dns_rebinding_is_refused(self):
        body = {"claims": {"sub": "alice"}}
        for path in ("/sign", "/dev/acme/sign", "/dev/acme/rotate"):
            for headers in ({"Host": "evil.example"}, {"Origin": "http://evil.example"}):
                reply = self.issuer.post(path, body, headers)
                self.assertEqual((reply.status, reply.code), (403, "origin_forbidden"), (path, headers))
        self.assertEqual(self.issuer.post("/sign", body, {"Host": "localhost:18080"}).status, 200)

    def test_a_refused_host_is_named_with_the_option_that_admits_it(self):
        reply = self.issuer.post("/sign", {"claims": {}}, {"Host": "signet:8080", "X-Request-Id": "h1"})
        said = "The Host signet:8080 is not a known name of this service: add --host signet."
        self.assertEqual(reply.json["detail"], said)
        self.assertEqual(self.awaited("caller_refused", request_id="h1")["detail"], said)
        reply = self.issuer.post("/sign", {"claims": {}}, {"Origin": "http://evil.example"})
        self.assertEqual(reply.json["detail"], "The Origin is that of another site.")

    def logged(self, event, **fields):
        return log_lines(self.issuer, event, **fields)

    def awaited(self, event, **fields):
        end = time.monotonic() + 30
        while not (found := self.logged(event, **fields)) and time.monotonic() < end:
            time.sleep(0.02)
        return found[0]

    def test_each_issuer_is_told_with_a_warning_where_only_this_machine_finds_it(self):
        lines = self.logged("dev_issuer")
        self.assertEqual([(one["name"], one["issuer"]) for one in lines],
                         [("acme", self.url), ("other", self.url.replace("acme", "other"))])  # fmt: skip
        for one in lines:
            self.assertEqual(one["level"], "warn")
            self.assertIn("--host", one["note"])

    def test_it_says_that_anybody_can_sign(self):
        self.assertEqual(self.issuer.get("/nowhere").headers["x-signet-mode"], MODE)
        ready = self.issuer.get("/readyz", port=self.issuer.admin_port).json
        self.assertEqual((ready["mode"], ready["warning"]), ("development", "Anybody who reaches the port can sign."))
        said = [json.loads(one) for one in self.issuer.log_text().splitlines() if one.startswith("{")]
        notes = [one["note"] for one in said if one["event"] == "development_mode"]
        self.assertEqual(len(notes), 1)
        self.assertEqual(self.logged("development_mode", reason="--dev")[0]["note"], notes[0])
        self.assertIn("anybody who reaches the port can sign", notes[0])
        self.assertTrue(self.issuer.addresses["admin"][0].startswith("127.0.0.1:"))

    def test_records_and_metrics_name_the_route(self):
        made = self.token()
        rotated = self.issuer.post("/dev/other/rotate", {}).json
        lines = (self.issuer.folder / "audit.log").read_text().splitlines()
        records = [json.loads(one) for one in lines]
        signed = next(one for one in records if one.get("kid") == made["kid"] and one["event"] == "sign")
        self.assertEqual((signed["issuer"], signed["alg"]), ("acme", "ES256"))
        self.assertEqual(signed["anybody"], True)
        turned = next(one for one in records if one.get("kid") == rotated["kid"])
        self.assertEqual((turned["event"], turned["issuer"]), ("admin", "other"))
        self.assertNotIn(made["token"], "".join(lines))
        metrics = self.issuer.get("/metrics", port=self.issuer.admin_port).body
        self.assertIn('signet_http_requests_total{route="/dev/{issuer}/sign"', metrics)

    def test_healthcheck_reaches_the_admin_listener(self):
        done = subprocess.run(
            [BINARY, "healthcheck", "--url", f"http://127.0.0.1:{self.issuer.admin_port}/readyz"],
            capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        self.assertEqual((done.returncode, done.stdout), (0, "ready\n"), done.stderr)


class Names(unittest.TestCase):
    def test_the_first_host_is_in_the_urls_and_every_host_is_ours(self):
        arguments = (*OPEN, "--host", "signet", "--host", "localhost:18080", "--dev-issuer", "acme")
        with service.start(BINARY, arguments=arguments) as signet:
            found = signet.get("/dev/acme/.well-known/openid-configuration").json
            self.assertEqual(found["issuer"], f"http://signet:{signet.data_port}/dev/acme")
            told = log_lines(signet, "dev_issuer")
            self.assertEqual([(one["level"], one["issuer"]) for one in told], [("info", found["issuer"])])
            for host, status in (("signet", 200), (f"signet:{signet.data_port}", 200), ("localhost:18080", 200),
                                 ("signet.evil.example", 403), ("evilsignet", 403)):  # fmt: skip
                reply = signet.post("/dev/acme/sign", {"claims": {}}, {"Host": host})
                self.assertEqual(reply.status, status, host)

    def test_without_dev_issuer_there_is_no_such_path(self):
        paths = ("/dev/acme/.well-known/jwks.json", "/dev/acme/sign", "/dev/acme/rotate")
        for arguments, config in ((service.DEVELOPMENT, None), ((), "keys: [{name: sig, generate: true}]\n")):
            with service.start(BINARY, config, arguments=arguments) as signet:
                for path in paths:
                    reply = signet.post(path, {"claims": {}})
                    self.assertEqual((reply.status, reply.code), (404, "not_found"), path)

    def test_the_host_check_holds_on_other_addresses_too(self):
        with service.start(BINARY, arguments=("--dev", "--listen", "[::]:0", *ADMIN)) as signet:
            body = {"claims": {}}
            self.assertEqual(signet.post("/sign", body, {"Host": "evil.example"}).code, "origin_forbidden")
            self.assertEqual(signet.post("/sign", body).status, 200)


class Rs256(unittest.TestCase):
    """An issuer that signs as most identity providers do."""

    @classmethod
    def setUpClass(cls):
        cls.issuer = service.start(BINARY, arguments=(*OPEN, "--dev-issuer", "acme:RS256", "--dev-issuer", "other"))
        cls.addClassCleanup(cls.issuer.stop)
        cls.found = cls.issuer.get("/dev/acme/.well-known/openid-configuration").json
        follower = FOLLOWER.replace("ES256", "RS256").format(issuer=cls.found["issuer"])
        cls.follower = service.start(BINARY, follower)
        cls.addClassCleanup(cls.follower.stop)

    def made(self, **body):
        reply = self.issuer.post("/dev/acme/sign", {"claims": {"aud": "api://orders"}, **body})
        self.assertEqual(reply.status, 200, reply)
        return reply.json

    def verified(self, made):
        return self.follower.post("/verify", {"token": made["token"]})

    def test_metadata_keys_and_log_say_rs256(self):
        self.assertEqual(self.found["id_token_signing_alg_values_supported"], ["RS256"])
        (key,) = self.issuer.get("/dev/acme/.well-known/jwks.json").json["keys"][-1:]
        self.assertEqual((key["kty"], key["alg"]), ("RSA", "RS256"))
        self.assertEqual([one["alg"] for one in log_lines(self.issuer, "dev_issuer")], ["RS256", "ES256"])
        other = self.issuer.get("/dev/other/.well-known/openid-configuration").json
        self.assertEqual(other["id_token_signing_alg_values_supported"], ["ES256"])

    def test_tokens_faults_and_a_rotation_are_judged_as_those_of_es256(self):
        before = self.made()
        self.assertEqual(before["alg"], "RS256")
        self.assertEqual(self.verified(before).status, 200)
        self.assertEqual(self.verified(self.made(fault="wrong_key")).code, "signature_invalid")
        self.assertEqual(self.verified(self.made(fault="expired")).code, "token_expired")
        rotated = self.issuer.post("/dev/acme/rotate", {})
        self.assertEqual((rotated.status, rotated.json["previous_kid"]), (200, before["kid"]))
        after = self.made()
        self.assertEqual(after["kid"], rotated.json["kid"])
        self.assertEqual((self.verified(after).status, self.verified(before).status), (200, 200))


class NoConfiguration(unittest.TestCase):
    """Neither a file nor --dev, on a machine that has no /etc/signet/signet.yaml."""

    def check(self, *more):
        done = subprocess.run([BINARY, "check-config", *more], capture_output=True, text=True, timeout=60,
                              env=service.clean_environment())  # fmt: skip
        return done.returncode, done.stdout, done.stderr

    @unittest.skipIf(os.path.lexists("/etc/signet/signet.yaml"), "this machine has a configuration")
    def test_check_config_has_nothing_to_check(self):
        code, out, said = self.check()
        self.assertEqual((code, out), (3, ""))
        self.assertIn("there is no /etc/signet/signet.yaml", said)
        self.assertIn("--dev", said)

    def test_check_config_of_development_mode_says_so(self):
        code, out, _ = self.check("--dev")
        self.assertEqual((code, out), (0, "development mode: the configuration is good, with 1 warning\n"))


class Refusals(unittest.TestCase):
    def test_without_dev_they_are_wrong_usage(self):
        for option, value in (("--listen", "127.0.0.1:0"), ("--host", "signet"), ("--dev-issuer", "acme")):
            for more in ((), ("--config", "signet.yaml")):
                code, text = refused(option, value, *more)
                self.assertEqual(code, 2, text)
                self.assertIn(f"{option} is only for --dev", text)

    def test_in_kubernetes_nothing_is_opened(self):
        cluster = {"KUBERNETES_SERVICE_HOST": "10.0.0.1"}
        code, text = refused("--dev", "--listen", "0.0.0.0:0", environment=cluster)
        self.assertEqual(code, 3, text)
        self.assertIn("refused in Kubernetes", text)

    def test_a_port_in_use_is_named(self):
        with service.start(BINARY, arguments=("--dev", "--listen", "127.0.0.1:0", *ADMIN)) as signet:
            address = f"127.0.0.1:{signet.data_port}"
            code, text = refused("--dev", "--listen", address, *ADMIN)
            self.assertEqual(code, 3, text)
            self.assertIn("startup_failed", text)
            self.assertIn(address, text)

    def test_a_name_that_is_none_is_named(self):
        for arguments, sentence in (
            (("--listen", "localhost:8080"), "--listen must be an address"),
            (("--host", "http://signet"), "--host must be a name"),
            (("--dev-issuer", "a/b"), "--dev-issuer must be"),
            (("--dev-issuer", "a:HS256"), "--dev-issuer signs with ES256 or"),
            (("--dev-issuer", "a", "--dev-issuer", "a"), "--dev-issuer gives the same name twice"),
        ):
            code, text = refused("--dev", *arguments)
            self.assertEqual(code, 3, text)
            self.assertIn(sentence, text)


if __name__ == "__main__":
    unittest.main()
