"""Probes of `issuers`: how the keys of others are fetched, kept and used."""
import datetime
import json
import os
import pathlib
import socket
import time

import service
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from es256 import token
from key_server import KeyServer
from origin import Origin, public_jwk
from places import said
from policy_probes import marked, observes
from probe_world import AS_CALLER, BINARY, SHA
from proxy import Proxy

PATIENCE = 40  # seconds for keys to arrive; a sanitizer build on a busy machine is slow
CORP = "urn:corp"


def full_socket():
    """A listener that completes no further connection: its queue is full."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(0)
    waiting = []
    for _ in range(3):
        client = socket.socket()
        client.setblocking(False)
        client.connect_ex(listener.getsockname())
        waiting.append(client)
    return listener, waiting


class Issuers:
    """One service that follows many issuers, each with one setting to probe."""

    def __init__(self, stack):
        self.key = ec.generate_private_key(ec.SECP256R1())
        public = public_jwk(self.key.public_key(), "k1")
        other = public_jwk(ec.generate_private_key(ec.SECP256R1()).public_key(), "k2")
        sealing = {**public_jwk(ec.generate_private_key(ec.SECP256R1()).public_key(), "e1"), "use": "enc"}
        del sealing["alg"]
        self.set = {"keys": [public, {**other, "alg": "ES256"}, sealing]}
        self.server = stack.enter_context(KeyServer(self.set["keys"]))
        self.origin, self.proxy = stack.enter_context(Origin()), stack.enter_context(Proxy())
        self.origin.new_key("k1")
        self.full, self.waiting = full_socket()
        stack.callback(self.full.close)
        for client in self.waiting:
            stack.callback(client.close)
        self.running = stack.enter_context(self.start())

    def start(self):
        jwks = json.dumps(self.set)
        ours = {
            "static": f"jwks: {jwks}, callers: [test]",
            "narrow": f"jwks: {jwks}, algorithms: [RS256, ES256K, ES384, EdDSA]",
            "file": "jwks_file: set.json",
            "pem": "pem_file: key.pem",
            **{name: f"jwks_uri: \"{self.server.url}/{path}/jwks\"{more}" for name, path, more in (
                ("usual", "none", ""), ("cached", "none", ", cache_ttl: 2m"), ("long", "long", ""),
                ("most", "long", ", max_ttl: 10m"), ("short", "short", ""), ("least", "short", ", min_ttl: 90s"),
                ("stale", "none", ", stale_if_error: 1h"), ("denied", "none", ", deny_cidrs: [127.0.0.0/8]"),
                ("sent", "none", ", headers: {X-Probe: yes-it-is}"),
                ("borne", "none", ", bearer_file: token"),
                ("through", "none", f", proxy_url: \"{self.proxy.url}\""),
                ("quick", "hang", ", total_timeout: 200ms, connect_timeout: 100ms"),
                ("patient", "hang", ", total_timeout: 30s"),
                ("miss", "once", ", miss_wait: 2s, total_timeout: 30s"),
                ("hit", "once/2", ", miss_wait: 0s, total_timeout: 30s"),
            )},
            **{name: f"jwks_uri: \"http://0.0.0.0:{self.server.port}/none/jwks\", allow_insecure_http: true{more}"
               for name, more in (("zero", ""), ("lifted", ", allow_cidrs: [0.0.0.0/8]"))},
            **{name: f"jwks_uri: \"http://127.0.0.1:{self.full.getsockname()[1]}/\", {more}" for name, more in (
                ("brisk", "connect_timeout: 100ms, total_timeout: 30s"),
                ("calm", "connect_timeout: 30s, total_timeout: 30s"))},
            **{name: f"jwks_uri: \"http://origin.test:{self.server.port}/none/jwks\", allow_insecure_http: true, "
               f"proxy_url: \"{self.proxy.url}\"{more}" for name, more in (
                ("unnamed", ""), ("named", ", proxy_resolves: true"))},
            "secure": f"jwks_uri: \"{self.origin.https_url}/jwks\", ca_file: ca.pem",
            "rootless": f"jwks_uri: \"{self.origin.https_url}/jwks\"",
            "known": f"jwks_uri: \"{self.origin.door_url('https_client')}/jwks\", ca_file: ca.pem, "
                     "client_cert: client.pem, client_key: client.key",
            "unknown": f"jwks_uri: \"{self.origin.door_url('https_client')}/jwks\", ca_file: ca.pem",
        }  # fmt: skip
        lines = [f"  - {{name: {name}, issuer: {CORP}, {text}}}" for name, text in ours.items()]
        lines += [f"  - {{name: renamed, issuer: urn:other, jwks_uri: \"{self.server.url}/none/jwks\"}}"]
        lines += [f"  - {{name: {name}, issuer: \"{self.server.url}\", discovery: true{more}}}"
                  for name, more in (
                      ("found", ", jwks_hosts: [localhost]"), ("strayed", ""),
                      ("told", ", jwks_hosts: [localhost], headers: {X-Told: \"file:told\"}, "
                               f"credentials_to: [\"localhost:{self.server.port}\"]"),
                      ("untold", ", jwks_hosts: [localhost], headers: {X-Untold: \"file:told\"}"))]  # fmt: skip
        lines += [f"  - {{name: {name}, {text}}}" for name, text in (
            ("tenants", "issuer: \"https://login.example/{tid}/v2.0\", tenants: [t1], jwks_file: set.json"),
            ("spelt", f"issuer: urn:first, spellings: [{CORP}], jwks_file: set.json"),
            ("domain", "trust_domain: example.org, jwks_file: bundle.json"))]  # fmt: skip
        profiles = [*ours, "renamed", "tenants", "spelt", "domain"]
        text = "\n".join([
            'server: {startup_wait: 0s, jwks_cache_dir: kept, listen: [{address: "127.0.0.1:0", endpoints: [all]}]}',
            f"callers: [{{name: test, secret_sha256: {SHA}}}]", "issuers:", *lines, "verify_profiles:",
            *[f"  {name}: {{issuers: [{name}], audiences: [api]}}" for name in profiles], ""])  # fmt: skip
        pem = self.key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        bundle = json.dumps({"keys": [{**self.set["keys"][0], "use": "jwt-svid"}]})
        files = {"set.json": jwks, "bundle.json": bundle, "key.pem": pem, "token": "t0ken", "told": "who-we-are", "ca.pem": self.origin.ca_pem,
                 "client.pem": self.origin.client.certificate_pem,
                 "client.key": self.origin.client.key_pem}  # fmt: skip
        return service.start(BINARY, text, files)

    def states(self):
        got = self.running.get("/issuers", port=self.running.admin_port).json["issuers"]
        return {one["name"]: one for one in got}

    def wait_for(self, *names, holds=lambda one: one["state"] == "fresh"):
        end = time.monotonic() + PATIENCE
        while True:
            states = self.states()
            late = [name for name in names if not holds(states[name])]
            if not late:
                return states
            assert time.monotonic() < end, {name: states[name] for name in late}
            time.sleep(0.05)

    def verify(self, name, kid="k1"):
        made = token(self.key, kid, iss=CORP)
        return said(self.running.post("/verify", {"token": made, "profile": name}).json, "")

    @observes("issuers[].issuer", "issuers[].algorithms", "issuers[].jwks", "issuers[].jwks_file",
              "issuers[].pem_file", "issuers[].callers")  # fmt: skip
    def given_keys(self):
        self.wait_for("renamed")
        found = [self.verify(name) for name in ("static", "file", "renamed", "narrow")]
        assert found == ["200", "200", "issuer_mismatch", "algorithm_not_allowed"], found
        pem = token(self.key, "", iss=CORP, header={"kid": self.states()["pem"]["keys"][0]["kid"]})
        assert said(self.running.post("/verify", {"token": pem, "profile": "pem"}).json, "") == "200"
        found = [said(self.running.post("/encrypt", {"plaintext": "x", "key_name": name}, AS_CALLER).json, "")
                 for name in ("static", "narrow")]  # fmt: skip
        assert found == ["200", "caller_forbidden"], found

    @observes("issuers[].tenants", "issuers[].spellings", "issuers[].trust_domain")
    def identities(self):
        def verify(name, **claims):
            made = token(self.key, "k1", **claims)
            return said(self.running.post("/verify", {"token": made, "profile": name}).json, "")

        of_tenant = [verify("tenants", iss=f"https://login.example/{tid}/v2.0", tid=tid) for tid in ("t1", "t2")]
        assert of_tenant == ["200", "issuer_mismatch"], of_tenant
        found = [verify("spelt", iss=iss) for iss in ("urn:first", CORP, "urn:third")]
        assert found == ["200", "200", "issuer_mismatch"], found
        found = [verify("domain", iss=None, sub=f"spiffe://{name}/w") for name in ("example.org", "example.com")]
        assert found == ["200", "issuer_mismatch"], found

    @observes("issuers[].cache_ttl", "issuers[].min_ttl", "issuers[].max_ttl", "issuers[].stale_if_error")
    def lifetimes(self):
        names = ("usual", "cached", "long", "most", "short", "least", "stale")
        states = self.wait_for(*names)

        def between(name, first, last):
            moments = [datetime.datetime.fromisoformat(states[name][one].replace("Z", "+00:00"))
                       for one in (first, last)]  # fmt: skip
            return round((moments[1] - moments[0]).total_seconds() / 10) * 10

        found = [between(name, "last_success", "fresh_until") for name in names]
        assert found == [300, 120, 86400, 600, 60, 90, 300], found
        found = [between(name, "fresh_until", "usable_until") for name in ("usual", "stale")]
        assert found == [86400, 3600], found

    @observes("issuers[].bearer_file", "issuers[].credentials_to")
    def credentials(self):
        self.wait_for("borne", "told", "untold")
        bearers = {headers.get("authorization") for _, headers in self.server.asked}
        assert bearers == {None, "Bearer t0ken"}, bearers
        found = {name: {path for path, headers in self.server.asked if headers.get(name)}
                 for name in ("x-told", "x-untold")}  # fmt: skip
        metadata = "/.well-known/openid-configuration"
        assert found == {"x-told": {metadata, "/none/jwks"}, "x-untold": {metadata}}, found

    @observes("issuers[].jwks_uri", "issuers[].discovery", "issuers[].jwks_hosts", "issuers[].headers",
              "server.jwks_cache_dir")  # fmt: skip
    def fetches(self):
        self.wait_for("usual", "found", "sent")
        self.wait_for("strayed", holds=lambda one: one["failures"] > 0 and one["state"] == "unavailable")
        paths = {path for path, _ in self.server.asked}
        assert {"/none/jwks", "/.well-known/openid-configuration"} <= paths, paths
        assert any(headers.get("x-probe") == "yes-it-is" for _, headers in self.server.asked)
        assert any(headers.get("x-probe") is None for _, headers in self.server.asked)
        assert os.listdir(pathlib.Path(self.running.folder, "kept")), "no keys are kept"

    @observes("issuers[].ca_file", "issuers[].client_cert", "issuers[].client_key", "issuers[].proxy_url",
              "issuers[].proxy_resolves", "issuers[].deny_cidrs", "issuers[].allow_cidrs")  # fmt: skip
    def ways(self):
        self.wait_for("secure", "known", "through", "lifted", "named")
        names = ("rootless", "unknown", "denied", "zero", "unnamed")
        self.wait_for(*names, holds=lambda one: one["failures"] > 0 and one["state"] == "unavailable")
        assert self.proxy.requests, "the proxy was not asked"

    @observes("issuers[].connect_timeout", "issuers[].total_timeout")
    def timeouts(self):
        states = self.wait_for("quick", "brisk", holds=lambda one: one["failures"] > 0)
        found = states["patient"]["failures"], states["calm"]["failures"]
        assert found == (0, 0), states["patient"]

    @observes("issuers[].miss_wait")
    def misses(self):
        self.wait_for("miss", "hit")
        took = {}
        for name in ("hit", "miss"):
            began = time.monotonic()
            assert self.verify(name, kid="never-seen") == "key_not_found"
            took[name] = time.monotonic() - began
        assert took["miss"] > 1.5 > took["hit"], took


def running_probes(stack):
    yield from marked(Issuers(stack))
