"""Probes of callers: each with a secret of its own, at one running service."""
import hashlib
import json
import os
import socket
import time

import service
from cryptography.hazmat.primitives.asymmetric import ec
from es256 import token
from origin import public_jwk
from places import said
from policy_probes import marked, observes
from probe_world import BINARY, NOW, check, signed_over_unix

NAMES = ("usual", "opener", "signer", "narrow", "slow", "quick", "single")


def secret_of(name):
    return f"the-bearer-secret-of-{name}-which-is-long-enough"


def line_of(name, more=""):
    digests = [hashlib.sha256(secret_of(one).encode()).hexdigest() for one in (name, name + "-next")]
    return f"  - {{name: {name}, secret_sha256: [{', '.join(digests)}]{more}}}\n"


def configuration(cluster_key):
    everybody = ", ".join((*NAMES, "workload"))
    jwk = json.dumps(public_jwk(cluster_key.public_key(), "k1"))
    return f"""
server: {{listen: [{{address: "127.0.0.1:0", endpoints: [all]}}, "unix:s.sock"]}}
issuer: https://tokens.example.com
keys:
  - {{name: sig, alg: ES256, generate: true}}
  - {{name: first, kid: first, use: enc, generate: true, callers: [{everybody}]}}
  - {{name: second, kid: second, use: enc, generate: true, callers: [{everybody}]}}
issuers:
  - {{name: cluster, issuer: "urn:cluster", jwks: {{keys: [{jwk}]}}}}
sign_profiles:
  default: {{key: sig, ttl: 1m, callers: [{everybody}]}}
  other: {{key: sig, ttl: 1m, callers: [{everybody}]}}
  us: {{key: sig, ttl: 1m, callers: [us]}}
  them: {{key: sig, ttl: 1m, callers: [them]}}
verify_profiles:
  default: {{issuers: [self], audiences: none}}
  cluster: {{for: callers, issuers: [cluster], audiences: [signet], max_lifetime: 1h}}
callers:
{line_of("usual")}{line_of("narrow", ", endpoints: [sign, verify]")}{
line_of("signer", ", sign_profiles: [default]")}{line_of("opener", ", decrypt_series: [first]")}{
line_of("slow", ", rate: {requests: 1, per: 1h, burst: 2}")}{
line_of("quick", ", rate: {requests: 1000, per: 1s, burst: 3}")}{line_of("single", ", in_flight: 1")}
  - {{name: us, gid: {os.getgid()}}}
  - {{name: them, gid: {os.getgid() + 1}}}
  - {{name: workload, jwt: {{profile: cluster, iss: "urn:cluster", sub: orders}}}}
"""


class Callers:
    def __init__(self, running, key):
        self.running, self.key = running, key

    def ask(self, bearer, path="/sign", **body):
        reply = self.running.post(path, body, {"Authorization": "Bearer " + bearer} if bearer else {})
        return said(reply.json, "")

    def sign(self, name, **more):
        return self.ask(secret_of(name), claims={}, **more)

    @observes("callers[].gid")
    def gid(self):
        found = [signed_over_unix(self.running, one) for one in ("us", "them")]
        assert found == [200, 403], found

    @observes("callers[].endpoints")
    def endpoints(self):
        found = [self.ask(secret_of(one), "/inspect", token="a.b.c") for one in ("usual", "narrow")]
        assert found[1] == "caller_forbidden" != found[0], found
        assert self.sign("narrow") == "200"

    @observes("callers[].sign_profiles")
    def sign_profiles(self):
        found = [self.sign(one, profile="other") for one in ("usual", "signer")]
        assert found == ["200", "caller_forbidden"] and self.sign("signer") == "200", found

    @observes("callers[].decrypt_series")
    def decrypt_series(self):
        headers = {"Authorization": "Bearer " + secret_of("usual")}
        found = []
        for series in ("first", "second"):
            sealed = self.running.post("/encrypt", {"plaintext": "x", "key_name": series}, headers).json["token"]
            for one in ("usual", "opener"):
                found.append(self.ask(secret_of(one), "/decrypt", token=sealed, key_name=series))
        assert found == ["200", "200", "200", "caller_forbidden"], found

    @observes("callers[].rate", "callers[].rate.requests", "callers[].rate.per", "callers[].rate.burst")
    def rate(self):
        found = {one: [self.sign(one) for _ in range(6)].count("rate_limited") for one in ("usual", "slow")}
        assert found == {"usual": 0, "slow": 4}, found  # two of the bucket, and one an hour
        body = {"items": [{"claims": {}}] * 40}
        results = [self.running.post("/sign/batch", body, {"Authorization": "Bearer " + secret_of(one)}).json["results"]
                   for one in ("usual", "quick")]  # fmt: skip
        limited = [sum(one["status"] == 429 for one in each) for each in results]
        assert limited[0] == 0 < limited[1] < 38, limited  # a thousand a second, of three at once

    @observes("callers[].in_flight")
    def in_flight(self):
        found = []
        for name in ("usual", "single"):
            head = (f"POST /sign HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {secret_of(name)}\r\n"
                    "Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{")  # fmt: skip
            with socket.create_connection(("127.0.0.1", self.running.data_port), timeout=30) as slow:
                slow.sendall(head.encode())
                time.sleep(0.5)  # until it has read the head
                found.append(self.sign(name))
        assert found == ["200", "rate_limited"], found

    @observes("callers[].secret_sha256", "callers[].jwt", "callers[].jwt.profile", "callers[].jwt.iss",
              "callers[].jwt.sub", "verify_profiles.NAME.for")  # fmt: skip
    def proofs(self):
        found = [self.sign(one) for one in ("usual", "usual-next", "usual-third")]
        assert found == ["200", "200", "caller_unauthenticated"], found
        good = {"iss": "urn:cluster", "aud": "signet", "sub": "orders", "iat": NOW}
        found = []
        for changed in ({}, {"aud": "api"}, {"sub": "bills"}, {"iss": "urn:other"}):
            text = token(self.key, "k1", **{**good, **changed})
            found.append(self.ask(text, claims={}))
            if not changed:
                found.append(said(self.running.post("/verify", {"token": text, "profile": "cluster"}).json, "profile"))
        assert found == ["200", "400"] + ["caller_unauthenticated"] * 3, found


CERTIFICATES = """callers:
  - {name: a, mtls_san: {%s}}
  - {name: b, mtls_san: {%s}}
"""


def two_certificates(kind, one, other):
    """Names that are equal prove nobody: so they are compared, and by their kind."""
    is_good, text = check(CERTIFICATES % (f'{kind}: "{one}"', f'{kind}: "{other}"'))
    assert is_good, text
    is_good, text = check(CERTIFICATES % (f'{kind}: "{one}"', f'{kind}: "{one}"'))
    assert not is_good and f"mtls_san.{kind}: is the same" in text, text


@observes("callers[].mtls_san", "callers[].mtls_san.uri", "callers[].mtls_san.spiffe", "callers[].mtls_san.dns")
def certificates():
    two_certificates("uri", "urn:a", "urn:b")
    two_certificates("spiffe", "spiffe://d/a", "spiffe://d/b")
    two_certificates("dns", "a.example", "b.example")


@observes("callers[].roles")
def roles():
    line = "callers: [{name: a, secret_sha256: " + "0" * 64 + "%s}]\n"
    found = ["may do no more than a stranger" in check(line % more)[1] for more in ("", ", roles: [admin]")]
    assert found == [True, False], found


def running_probes(stack):
    key = ec.generate_private_key(ec.SECP256R1())
    running = stack.enter_context(service.start(BINARY, configuration(key)))
    yield from marked(Callers(running, key))
    for probe in (certificates, roles):
        yield probe.settings, probe
