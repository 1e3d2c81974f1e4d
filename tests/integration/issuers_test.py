"""Other issuers' keys: fetched, discovered, rotated, read from files, and never used for another issuer.

Run by ctest (the binary in SIGNET), or as:
    PYTHONPATH=tests/support python3 tests/integration/issuers_test.py build/dev/signet
"""
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import time
import unittest

from jwcrypto import jwe, jwk

import origin
import proxy
import service
from es256 import ISSUER, token
from issuer_case import BINARY, PATIENCE, QUICK, IssuerCase, configuration, fetched, wait_until

BLOCKED = ["169.254.169.254", "[fe80::1]", "0.0.0.0", "224.0.0.1", "[::ffff:169.254.169.254]", "[64:ff9b::a9fe:a9fe]",
           "[64:ff9b:1::a9fe:a9fe]", "[2002:a9fe:a9fe::]", "[2001:0:a9fe:a9fe::]", "[2001:db8::5efe:a9fe:a9fe]"]


class Issuers(IssuerCase):
    # Keys that are there.

    def test_keys_from_a_url_verify_and_are_shown(self):
        self.ready()
        self.assertEqual(self.accepted().json["issuer"], ISSUER)
        shown = self.issuers()["corp"]
        self.assertEqual(shown["source"], "jwks_uri")
        self.assertEqual(shown["keys"], [{"kid": "k1", "kty": "EC", "alg": "ES256", "use": "sig"}])
        self.assertEqual(self.metric("jwks_keys", issuer="corp"), 1)
        self.assertLess(abs(self.metric("jwks_last_success_timestamp_seconds", issuer="corp") - time.time()), 60)

    def test_keys_over_https_with_an_authority_of_its_own(self):
        folder = pathlib.Path(self.origin.folder)
        more = f'{QUICK}, ca_file: "{folder}/ca.pem"'
        self.ready(text=configuration(fetched(self.origin.https_url + "/jwks", more)))
        self.accepted()

    def test_keys_over_https_with_a_client_certificate(self):
        folder = pathlib.Path(self.origin.folder)
        more = (f'{QUICK}, ca_file: "{folder}/ca.pem", client_cert: "{folder}/client.pem", '
                f'client_key: "{folder}/client.key"')
        self.ready(text=configuration(fetched(self.origin.door_url("https_client") + "/jwks", more)))
        self.accepted()

    def test_a_server_that_is_not_trusted_gives_no_keys(self):
        folder = pathlib.Path(self.origin.folder)
        more = f'{QUICK}, ca_file: "{folder}/ca.pem"'
        doors = ["https_expired", "https_wrong_host", "https_unknown", "https_old", "https_common_name",
                 "https_only_uri", "https_address_as_name", "https_twelve_certificates", "https_heavy_chain"]
        text = "".join(
            fetched(self.origin.door_url(door) + "/jwks", more, name=door, iss=f"https://{door}.example")
            for door in doors)
        self.start(configuration(text, names=", ".join(doors)))
        for door in doors:
            wait_until(lambda door=door: self.outcome(door), door)
            self.assertEqual((self.outcome(door), self.state(door)), ("tls", "unavailable"))
        self.assertEqual(self.origin.fetches(), [])

    def test_keys_through_a_proxy_with_headers_of_our_own(self):
        with proxy.Proxy() as between:
            more = f'{QUICK}, proxy_url: "{between.url}", headers: {{X-Api-Key: "env:API_KEY"}}'
            self.ready(text=configuration(fetched(self.origin.url + "/jwks", more)),
                       environment={"API_KEY": "s3cret"})
            self.accepted()
            self.assertEqual(self.origin.fetches()[0].headers["x-api-key"], "s3cret")
            self.assertTrue(between.requests)
        self.assertNotIn("s3cret", self.running.log_text())
        self.assertNotIn("s3cret", self.running.get("/issuers", port=self.running.admin_port).body)

    def test_a_proxy_is_asked_for_checked_addresses_only(self):
        port = self.origin.port("http")
        with proxy.Proxy() as between:
            more = f'{QUICK}, proxy_url: "{between.url}"'
            text = fetched(f"http://localhost:{port}/jwks", f'{more}, deny_cidrs: ["127.0.0.0/8", "::1"]')
            self.start(configuration(text))
            wait_until(self.outcome)
            self.assertEqual(self.outcome(), "forbidden_address")
            self.assertEqual(between.requests, [])
            self.ready(text=configuration(fetched(f"http://localhost:{port}/jwks", more)))
            self.accepted()
            self.assertEqual({one.method for one in between.requests}, {"CONNECT"})
            self.assertLessEqual({one.path for one in between.requests}, {f"127.0.0.1:{port}", f"[::1]:{port}"})
            self.assertEqual(self.origin.fetches()[0].headers["host"], f"localhost:{port}")

    def test_a_name_that_only_the_proxy_knows_needs_leave(self):
        url = f"http://origin.test:{self.origin.port('http')}/jwks"
        with proxy.Proxy() as between:
            more = f'{QUICK}, proxy_url: "{between.url}", allow_insecure_http: true'
            self.start(configuration(fetched(url, more)))
            wait_until(self.outcome)
            self.assertIn(self.outcome(), ("resolve", "timeout"))  # in the name server's order
            self.assertEqual(between.requests, [])
            self.ready(text=configuration(fetched(url, more + ", proxy_resolves: true")))
            self.accepted()
            self.assertTrue(between.requests[0].path.startswith("origin.test:"))

    def test_discovery_in_both_forms_leads_to_the_keys(self):
        url = self.origin.url
        text = f'  - {{name: corp, issuer: "{url}", discovery: FORM, {QUICK}}}\n'
        for form, path in (("true", "openid-configuration"), ("oauth", "oauth-authorization-server")):
            with self.subTest(form):
                self.origin.requests.clear()
                self.ready(text=configuration(text.replace("FORM", form)))
                self.accepted(token(self.key, "k1", iss=url))
                self.assertEqual(len(self.origin.fetches(f"/.well-known/{path}")), 1)
                self.assertEqual(self.issuers()["corp"]["url"], url + "/jwks")

    def test_discovery_that_names_another_issuer_or_another_host_gives_no_keys(self):
        url = self.origin.url
        for wrong in ({"issuer": "https://evil.example"}, {"issuer": url + "/"}, {"issuer": None},
                      {"jwks_uri": "https://evil.example/jwks"}, {"jwks_uri": None},
                      {"jwks_uri": "file:///etc/passwd"}):
            with self.subTest(**wrong):
                self.origin.metadata = wrong
                self.origin.requests.clear()
                self.start(configuration(f'  - {{name: corp, issuer: "{url}", discovery: true, {QUICK}}}\n'))
                wait_until(self.outcome)
                self.assertEqual(self.outcome(), "metadata")
                self.assertEqual(self.origin.fetches(), [])
                self.refused("keys_unavailable", token(self.key, "k1", iss=url), status=503)

    # Origins that want to know who asks.

    def test_a_token_from_a_file_is_read_for_each_fetch(self):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder, "token")

            def publish(text):  # as the kubelet does: a new file in place of the old one
                fresh = pathlib.Path(folder, "new")
                fresh.write_text(text)
                fresh.chmod(0o600)
                fresh.rename(file)

            def sent():
                return self.origin.fetches()[-1].headers.get("authorization")

            publish("token-1")
            self.ready(text=configuration(fetched(self.origin.url + "/jwks", f'{QUICK}, bearer_file: "{file}"')))
            self.accepted()
            self.assertEqual(sent(), "Bearer token-1")
            publish("token-2\n")
            wait_until(lambda: sent() == "Bearer token-2")
            file.unlink()
            wait_until(lambda: self.outcome() == "credentials")
            self.accepted()  # with the keys that are here
            problem = self.issuers()["corp"]["problem"]
            self.assertIn("bearer_file cannot be used: it cannot be read", problem)
            self.assertNotIn(folder, problem)
            publish("token-3")
            wait_until(lambda: self.outcome() in ("same", "replaced"))
            self.assertEqual(sent(), "Bearer token-3")
            for secret in ("token-1", "token-2", "token-3"):
                self.assertNotIn(secret, self.running.log_text())

    def test_a_header_from_a_file_is_read_for_each_fetch(self):
        files = {"key": "first\n"}
        more = QUICK + ', headers: {X-Api-Key: "file:key"}'
        running = self.start(configuration(fetched(self.origin.url + "/jwks", more)), files=files)
        wait_until(lambda: self.state() == "fresh")
        self.assertEqual(self.origin.fetches()[0].headers["x-api-key"], "first")
        fresh = running.folder / "new"
        fresh.write_text("second\n")
        fresh.chmod(0o600)
        fresh.rename(running.folder / "key")
        wait_until(lambda: self.origin.fetches()[-1].headers["x-api-key"] == "second")

    def test_credentials_go_to_another_host_only_when_it_is_named(self):
        url, port = self.origin.url, self.origin.port("http")
        self.origin.metadata = {"jwks_uri": f"http://localhost:{port}/jwks"}
        text = (f'  - {{name: corp, issuer: "{url}", discovery: true, jwks_hosts: [localhost], {QUICK}, '
                'bearer_file: token%s}\n')
        for more, to_keys in (("", None), (", credentials_to: [localhost]", None),
                              (f', credentials_to: ["localhost:{port}"]', "Bearer abc")):
            with self.subTest(more):
                self.origin.requests.clear()
                self.ready(text=configuration(text % more), files={"token": "abc"})
                asked = self.origin.fetches("/.well-known/openid-configuration")[0]
                self.assertEqual(asked.headers["authorization"], "Bearer abc")
                self.assertEqual(self.origin.fetches()[0].headers.get("authorization"), to_keys)

    def test_a_client_certificate_is_read_for_each_fetch_and_shown_to_the_configured_origin_only(self):
        folder = pathlib.Path(self.origin.folder)
        stranger = self.origin.client_ca.issue("signet-2", client=True)
        files = {"client.pem": self.origin.client.certificate_pem, "client.key": self.origin.client.key_pem}
        more = f'{QUICK}, ca_file: "{folder}/ca.pem", client_cert: client.pem, client_key: client.key'
        door = self.origin.door_url("https_client")
        running = self.start(configuration(fetched(door + "/jwks", more)), files=files)
        wait_until(lambda: self.state() == "fresh")

        def replace(name, content):
            fresh = running.folder / "new"
            fresh.write_bytes(content)
            fresh.chmod(0o600)
            fresh.rename(running.folder / name)

        replace("client.pem", stranger.certificate_pem)  # half of it is replaced
        wait_until(lambda: self.outcome() == "credentials")
        self.accepted()
        replace("client.key", stranger.key_pem)
        wait_until(lambda: self.outcome() in ("same", "replaced"))

        port = self.origin.port("https_client")
        self.origin.metadata = {"jwks_uri": f"https://localhost:{port}/jwks"}
        text = f'  - {{name: corp, issuer: "{door}", discovery: true, jwks_hosts: [localhost], {more}%s}}\n'
        self.start(configuration(text % ""), files=files)
        wait_until(lambda: self.issuers()["corp"]["failures"])  # no certificate was shown there
        self.assertEqual((self.state(), self.origin.fetches("/jwks")[-1].headers["host"].split(":")[0]),
                         ("unavailable", "127.0.0.1"))
        self.ready(text=configuration(text % f', credentials_to: ["localhost:{port}"]'), files=files)
        self.accepted(token(self.key, "k1", iss=door))

    def test_a_reload_with_other_credentials_begins_afresh_and_one_with_the_same_keeps_the_keys(self):
        text = (f'  - {{name: corp, issuer: "{self.origin.url}", discovery: true, jwks_hosts: [localhost], {QUICK}, '
                'bearer_file: token%s}\n')
        listeners = "".join(service.DEFAULT_LISTENERS.values())
        for more, state in ((", required: true", "stale"), (", credentials_to: [localhost]", "unavailable"),
                            (", headers: {X-Tenant: a}", "unavailable")):
            with self.subTest(more):
                self.origin.mode = "good"
                running = self.ready(text=configuration(text % ""), files={"token": "abc"})
                self.origin.mode = "503"
                wait_until(lambda: self.state() == "stale", "a fetch that failed")
                fresh = running.folder / "new"
                fresh.write_text(configuration(text % more) + listeners)
                fresh.chmod(0o600)
                fresh.rename(running.folder / "signet.yaml")
                wait_until(lambda: self.events("reloaded"), "the reload")
                self.assertEqual(self.state(), state)

    # Keys of use enc.

    def test_messages_go_to_the_keys_that_an_issuer_publishes_for_encryption(self):
        theirs = jwk.JWK.generate(kty="OKP", crv="X25519", kid="e1", use="enc", alg="ECDH-ES+A128KW")
        self.origin.keys.append(theirs.export_public(as_dict=True))
        secret = "0123456789abcdef" * 4
        digest = hashlib.sha256(secret.encode()).hexdigest()
        text = configuration(fetched(self.origin.url + "/jwks", QUICK + ", callers: [app]"))
        self.ready(text=text + f"callers: [{{name: app, secret_sha256: {digest}}}]\n")
        self.accepted()  # the key for encryption is not a candidate, so that the other one is not ambiguous

        def encrypt(by=secret, **more):
            return self.running.post(
                "/encrypt", {"plaintext": "for your eyes", **more}, {"Authorization": f"Bearer {by}"})

        for choice in ({"kid": "e1"}, {"key_name": "corp"}, {"key_name": "corp", "kid": "e1"}):
            reply = encrypt(**choice)
            self.assertEqual((reply.status, reply.json.get("kid")), (200, "e1"), reply)
            opened = jwe.JWE()
            opened.deserialize(reply.json["token"], theirs)
            self.assertEqual(opened.payload, b"for your eyes")
        self.assertEqual((encrypt(kid="e2").status, encrypt(by="x" * 64, kid="e1").status), (404, 401))

        self.origin.keys.pop()
        wait_until(lambda: encrypt(kid="e1").status == 404, "the refresh that lacks the key")
        self.accepted()

    def test_an_issuer_without_keys_is_no_recipient_yet(self):
        self.origin.mode = "503"
        secret = "0123456789abcdef" * 4
        digest = hashlib.sha256(secret.encode()).hexdigest()
        text = configuration(fetched(self.origin.url + "/jwks", QUICK + ", callers: [app]"))
        self.start(text + f"callers: [{{name: app, secret_sha256: {digest}}}]\n")
        reply = self.running.post("/encrypt", {"plaintext": "x", "key_name": "corp"},
                                  {"Authorization": f"Bearer {secret}"})
        self.assertEqual((reply.status, reply.code), (503, "keys_unavailable"), reply)

    # Rotation: P3 and P4.

    def test_a_new_key_is_usable_with_its_first_token(self):
        self.ready(text=configuration(fetched(self.origin.url + "/jwks", "miss_wait: 2s")))
        fresh = self.origin.new_key("k2")
        self.accepted(token(fresh, "k2"))
        self.assertEqual(len(self.origin.fetches()), 2)
        self.assertEqual(self.metric("jwks_unknown_kid_total", issuer="corp", outcome="refetched"), 1)

    def test_a_new_key_is_usable_in_a_batch_and_on_auth(self):
        self.ready(text=configuration(fetched(self.origin.url + "/jwks", "miss_wait: 2s")))
        fresh = self.origin.new_key("k2")
        reply = self.running.post("/verify/batch", {"tokens": [token(self.key, "k1"), token(fresh, "k2")]})
        self.assertEqual(reply.status, 200, reply)
        last = self.origin.new_key("k3")
        reply = self.running.get("/auth", {"Authorization": "Bearer " + token(last, "k3")})
        self.assertEqual(reply.status, 200, reply)

    def test_an_emergency_rotation_without_a_common_key_counts_at_once(self):
        self.ready()
        self.origin.keys.clear()
        fresh = self.origin.new_key("k2")
        wait_until(lambda: self.verify(token(fresh, "k2")).status == 200)
        self.refused("key_not_found")

    def test_a_removed_key_is_refused_after_the_next_refresh(self):
        self.origin.new_key("k2")
        self.ready()
        self.accepted()
        self.origin.remove_key("k1")
        wait_until(lambda: self.verify().status == 422)
        self.refused("key_not_found")

    # Several issuers.

    def test_a_key_of_one_issuer_never_verifies_for_another(self):
        with origin.Origin() as other:
            foreign = other.new_key("k1")
            text = fetched(self.origin.url + "/jwks") + fetched(
                other.url + "/jwks", name="other", iss="https://other.example")
            self.ready(text=configuration(text, names="corp, other"))
            wait_until(lambda: self.state("other") == "fresh")
            self.accepted()
            self.accepted(token(foreign, "k1", iss="https://other.example"))
            self.refused("signature_invalid", token(foreign, "k1"))
            self.refused("signature_invalid", token(self.key, "k1", iss="https://other.example"))
            self.refused("issuer_mismatch", token(self.key, "k1", iss="https://third.example"))

    def test_a_sick_issuer_is_no_matter_for_another(self):
        text = fetched(self.origin.url + "/jwks") + fetched(
            self.origin.url + "/as/503/jwks", name="sick", iss="https://sick.example")
        self.start(configuration(text, server="startup_policy: serve_degraded", names="corp, sick"))
        wait_until(lambda: self.state() == "fresh")
        self.accepted()
        self.refused("keys_unavailable", token(self.key, "k1", iss="https://sick.example"), status=503)

    def test_a_url_or_a_key_in_a_token_is_never_used(self):
        with origin.Origin() as evil:
            attacker = evil.new_key("evil")
            self.ready()
            for header in ({"jku": evil.url + "/jwks"}, {"x5u": evil.url + "/x"}, {"jwk": evil.keys[0]},
                           {"x5c": ["MIIB"]}):
                self.refused("key_not_found", token(attacker, "evil", header=header))
                self.refused("signature_invalid", token(attacker, "k1", header=header))
            self.assertEqual(evil.requests, [])

    def test_link_local_and_metadata_addresses_are_blocked(self):
        text = "".join(
            fetched(f"https://{address}/jwks", name=f"a{i}", iss=f"https://{i}.example")
            for i, address in enumerate(BLOCKED))
        text += fetched(self.origin.url + "/jwks", QUICK + ', deny_cidrs: ["127.0.0.0/8"]')
        names = [f"a{i}" for i in range(len(BLOCKED))] + ["corp"]
        self.start(configuration(text, names=", ".join(names)))
        for name in names:
            wait_until(lambda name=name: self.outcome(name), name)
            self.assertEqual(self.outcome(name), "forbidden_address", name)

    # Files.

    def test_a_file_of_keys_is_watched_also_behind_a_swapped_link(self):
        with tempfile.TemporaryDirectory() as folder:
            mount = pathlib.Path(folder)

            def publish(version):
                made = mount / f"..{version}"
                made.mkdir()
                (made / "jwks.json").write_bytes(self.origin.key_set())
                (made / "jwks.json").chmod(0o644)
                (mount / "..data_tmp").symlink_to(made.name)
                os.replace(mount / "..data_tmp", mount / "..data")

            publish(1)
            (mount / "jwks.json").symlink_to("..data/jwks.json")
            self.start(configuration(
                f'  - {{name: corp, issuer: "{ISSUER}", jwks_file: "{mount}/jwks.json"}}\n'))
            self.accepted()
            fresh = self.origin.new_key("k2")
            publish(2)
            wait_until(lambda: self.verify(token(fresh, "k2")).status == 200)
            (mount / "..2" / "jwks.json").write_text('{"keys":[]}')
            wait_until(lambda: self.events("issuer_file_refused"))
            self.accepted()
            shutil.rmtree(mount / "..2")
            wait_until(lambda: len(self.events("issuer_file_refused")) > 1)
            self.accepted(token(fresh, "k2"))

    def test_a_watched_file_that_others_may_change_is_refused_once_and_read_when_it_is_mended(self):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder, "jwks.json")

            def publish(mode):
                fresh = pathlib.Path(folder, "new")
                fresh.write_bytes(self.origin.key_set())
                fresh.chmod(mode)
                fresh.rename(file)

            def refused(times):
                wait_until(lambda: len(self.events("issuer_file_refused")) >= times)
                said = self.events("issuer_file_refused")
                self.assertEqual(len(said), times, said)
                self.assertIn("may be changed by others", said[-1]["reason"])

            publish(0o644)
            self.start(configuration(f'  - {{name: corp, issuer: "{ISSUER}", jwks_file: "{file}"}}\n'))
            self.accepted()
            wait_until(lambda: self.events("issuer_file_read"))  # it is read once more at the start
            fresh = self.origin.new_key("k2")
            publish(0o666)
            refused(1)
            time.sleep(5)  # it was checked twice more
            refused(1)
            self.accepted()
            self.refused("key_not_found", token(fresh, "k2"))
            file.chmod(0o644)  # the same content, now closed to others
            wait_until(lambda: self.verify(token(fresh, "k2")).status == 200)
            file.chmod(0o664)  # nothing of its content changed
            refused(2)
            self.accepted(token(fresh, "k2"))

    # People.

    def test_the_command_shows_every_issuer(self):
        self.ready()
        url = f"http://127.0.0.1:{self.running.admin_port}"
        ran = subprocess.run([BINARY, "issuers", "--url", url], capture_output=True, timeout=PATIENCE,
                             env=service.clean_environment())
        self.assertEqual(ran.returncode, 0, ran.stderr)
        lines = ran.stdout.decode().splitlines()
        self.assertTrue(lines[0].startswith("NAME"))
        self.assertEqual(lines[1].split()[:3], ["corp", "fresh", "1"])
        ran = subprocess.run([BINARY, "issuers", "--url", url, "--json"], capture_output=True,
                             timeout=PATIENCE, env=service.clean_environment())
        self.assertEqual(json.loads(ran.stdout)["issuers"][0]["name"], "corp")

    def test_a_failure_is_logged_with_its_reason_and_nothing_of_the_answer(self):
        self.ready()
        self.origin.mode = "html"
        wait_until(lambda: self.events("jwks_fetch_failed"))
        said = self.events("jwks_fetch_failed")[0]
        self.assertEqual((said["issuer"], said["outcome"], said["usable"]), ("corp", "foreign", True))
        self.assertNotIn("Sign in", self.running.log_text())


if __name__ == "__main__":
    unittest.main(verbosity=2)
