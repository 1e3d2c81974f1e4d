"""Probes of profiles, keys, callers and inline keys: one running service with a profile for each."""
import http.client
import json
import os
import time

import service
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from origin import public_jwk
from places import said
from probe_world import (
    AS_CALLER, BINARY, FUTURE, NOW, PARTNER, PAST, SECOND, SHA, b64, claims_of, hs,
    protected, signed_over_unix,
)  # fmt: skip


def observes(*settings):
    """Marks a method as the probe of these settings."""

    def mark(method):
        method.settings = set(settings)
        return method

    return mark


def marked(probes):
    """The probes of an object's marked methods."""
    for name in dir(probes):
        method = getattr(probes, name)
        if hasattr(method, "settings"):
            yield method.settings, method


def key_files():
    """Files and variables that configurations refer to."""
    key = ec.generate_private_key(ec.SECP256R1())
    form = serialization.PrivateFormat.PKCS8

    def pem(protection):
        return key.private_bytes(serialization.Encoding.PEM, form, protection)

    number = b64(key.private_numbers().private_value.to_bytes(32, "big"))
    public = public_jwk(key.public_key(), "k")
    two = {"keys": [{**public, "kid": f"{i}-" + "k" * 200} for i in range(8)]}
    files = {
        "a.pem": pem(serialization.NoEncryption()),
        "a.enc.pem": pem(serialization.BestAvailableEncryption(b"right")),
        "two.json": json.dumps(two),
    }
    variables = {
        "RIGHT": "right", "WRONG": "wrong!", "SECRET": "s" * 32, "B64": b64("s" * 32),
        "JWK": json.dumps({**public, "d": number}),
    }  # fmt: skip
    return files, variables


def day(offset):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(NOW + offset * 86400))


# setting, value, claims of the token, outcome with it, outcome without it, other settings, request
VERIFY = [
    ("issuers", "[second]", {}, "signature_invalid", "200", {"issuers": "[partner]"}, {}),
    ("algorithms", "[HS512]", {}, "algorithm_not_allowed", "200", {}, {}),
    ("audiences", "[a]", {}, "claim_missing", "200", {"audiences": "none"}, {}),
    ("strict_audience", "true", {"aud": ["a"]}, "audience_mismatch", "200", {"audiences": "[a]"}, {}),
    ("typ", "[at+jwt]", {}, "type_mismatch", "200", {}, {}),
    ("subject_claim", "user", {"user": "t"}, "subject_mismatch", "200", {}, {"subject": "s"}),
    ("required", "[x]", {}, "claim_missing", "200", {}, {}),
    ("scopes", "[x]", {}, "claim_missing", "200", {}, {}),
    ("claims", "{sub: t}", {}, "claim_invalid", "200", {}, {}),
    ("leeway", "5m", {"exp": NOW - 60}, "200", "token_expired", {}, {}),
    ("max_lifetime", "1m", {"iat": NOW}, "claim_invalid", "200", {}, {}),
    ("max_age", "1m", {"iat": PAST}, "token_expired", "200", {}, {}),
    ("no_exp", "true", {"exp": None}, "200", "claim_missing", {}, {}),
    ("allow_overrides", "[exp]", {"exp": PAST}, "200", "400", {}, {"checks": {"exp": False}}),
    ("callers", "[other]", {}, "caller_forbidden", "200", {}, {}),
    ("require_encryption", "true", {}, "token_malformed", "200",
     {"decrypt": "sealed", "callers": "[test]"}, {}),
]  # fmt: skip

# setting, value, whether a reply shows it (or an error code), other settings, members of the request
SIGN = [
    ("key", "wide", lambda got: got["alg"] == "ES384", {"key": "sig"}, {}),
    ("callers", "[other]", "caller_forbidden", {"callers": "[test]"}, {}),
    ("typ", "at+jwt", lambda got: protected(got["token"])["typ"] == "at+jwt", {}, {}),
    ("audiences", "[z]", lambda got: claims_of(got["token"]).get("aud") == "z", {}, {}),
    ("ttl", "30s", lambda got: got["expires_at"] - claims_of(got["token"])["iat"] == 30, {"ttl": "1m"}, {}),
    ("max_ttl", "1h", "200", {}, {"expires_in": 600}),
    ("jti", "true", lambda got: "jti" in got, {}, {}),
    ("allowed_claims", "[sub, role]", "200", {"allowed_claims": "[sub]"}, {"claims": {"role": "x"}}),
    ("forced_claims", "{on: 1}", lambda got: claims_of(got["token"]).get("on") == 1, {}, {}),
    ("allowed_headers", "[x]", "200", {}, {"header": {"x": 1}}),
]


def profile(settings):
    return "{" + ", ".join(f"{name}: {value}" for name, value in settings.items()) + "}"


def profiles(table, base, others):
    """Two profiles per row, without the setting and with it."""
    for row in table:
        name, value, other = row[0], row[1], row[others]
        yield f"{name}_off", profile({**base, **other})
        yield f"{name}_on", profile({**base, **other, name: value})


VERIFY_BASE = {"issuers": "[partner]", "audiences": "none"}
SIGN_BASE = {"key": "sig", "callers": "[test]", "ttl": "1m", "allowed_claims": "[sub]"}


def configuration(inline):
    lines = [
        "server:",
        "  hosts: [h.example]",
        "  default_auth_profile: heads",
        "  threads: 3",
        '  listen: [{address: "127.0.0.1:0", endpoints: [all]}, "127.0.0.1:0", "unix:s.sock"]',
        'admin: {listen: ["127.0.0.1:0"], probes: ["127.0.0.1:0"]}',
        "issuer: https://tokens.example.com",
        "keys:",
        "  - {name: sig, kid: a-kid, alg: ES256, generate: true}",
        "  - {name: pay, generate: true}",
        "  - {name: wide, alg: ES384, generate: true}",
        "  - {name: hidden, kid: hidden, publish: false, generate: true}",
        "  - {name: apart, kid: apart, publish: apart, generate: true}",
        f"  - {{name: later, generate: true, publish_at: {day(10)}, activate_at: {day(11)}}}",
        f"  - {{name: soon, generate: true, publish_at: {day(-1)}, activate_at: {day(1)}}}",
        f"  - {{name: ends, generate: true, activate_at: {day(-9)}, retire_at: {day(30)}}}",
        '  - {name: partner, kid: p1, alg: HS256, secret: "file:partner", issuer: "urn:partner"}',
        '  - {name: second, kid: p2, alg: HS256, secret: "file:second", issuer: "urn:second"}',
        "  - {name: sealed, kid: sealed, use: enc, generate: true, callers: [test], allow_zip: true}",
        "  - {name: closed, kid: closed, use: enc, generate: true, callers: [other]}",
        "  - {name: flat, kid: flat, use: enc, generate: true, callers: [test]}",
        "callers:",
        f"  - {{name: test, secret_sha256: {SHA}}}",
        f"  - {{name: other, secret_sha256: {'0' * 64}}}",
        f"  - {{name: me, uid: {os.getuid()}}}",
        f"  - {{name: them, uid: {os.getuid() + 1}}}",
        f"inline_keys: {inline}",
        "verify_profiles:",
        f"  mode_on: {{mode: jws, series: [pay], typ: [receipt]}}",
        "  decrypt_on: {issuers: [partner], audiences: none, decrypt: sealed, callers: [test]}",
        "  heads: {issuers: [partner], audiences: none, headers: {X-Sub: sub, X-Name: "
        "{claim: /profile/name, encode: base64url}, X-Roles: {claim: roles, separator: ' '}, "
        "X-Plain: roles, X-Json: {claim: roles, as: json}}}",
    ]
    lines += [f"  {name}: {text}" for name, text in profiles(VERIFY, VERIFY_BASE, 5)]
    lines += ["sign_profiles:", "  kind_on: {kind: jws, key: pay, typ: receipt, callers: [test]}"]
    lines += [f"  {one}: {{key: sig, ttl: 1m, callers: [{one}]}}" for one in ("me", "them")]
    lines += [f"  {name}: {text}" for name, text in profiles(SIGN, SIGN_BASE, 3)]
    return "\n".join(lines) + "\n"


class Policies:
    """The probes that one service answers; `closed` is another one, which opens no inline keys."""

    def __init__(self, running, closed):
        self.running, self.closed = running, closed

    def post(self, path, body, to=None):
        return (to or self.running).post(path, body, AS_CALLER).json

    def made(self, **body):
        got = self.post(body.pop("path", "/sign"), body)
        assert "token" in got, got
        return got["token"]

    def verify(self, token, name, **more):
        return self.post("/verify", {"token": token, "profile": name, **more})

    def keys(self):
        port = self.running.admin_port
        return {one["name"]: one for one in self.running.get("/keys", port=port).json["keys"]}

    def published(self):
        keys = self.running.get("/.well-known/jwks.json").json["keys"]
        return {one["kid"]: one for one in keys}

    def verify_row(self, setting, value, claims, then, without, others, request):
        made = {"iss": "urn:partner", "exp": FUTURE, "sub": "s", **claims}
        made = {name: one for name, one in made.items() if one is not None}
        token, member = hs(made, PARTNER), next(iter(request), "")
        found = [said(self.verify(token, f"{setting}_{state}", **request), member) for state in ("off", "on")]
        assert found == [without, then], f"{value}: is {found}"

    def sign_row(self, setting, value, seen, others, request):
        body = {"claims": {"sub": "s"}, **request}
        off, on = (self.post("/sign", {**body, "profile": f"{setting}_{state}"}) for state in ("off", "on"))
        if callable(seen):
            assert "token" in off and not seen(off) and "token" in on and seen(on), f"{value}: is {on}"
        else:
            assert (off.get("code", "200"), on.get("code", "200")) in (
                ("200", seen), ("claims_forbidden", seen)), f"{value}: is {off}, {on}"  # fmt: skip
            assert off.get("code") != on.get("code"), f"{value} changes nothing"

    @observes("verify_profiles.NAME.mode", "verify_profiles.NAME.series", "sign_profiles.NAME.kind")
    def mode(self):
        payload = self.made(payload="x", profile="kind_on")
        assert said(self.verify(payload, "mode_on"), "") == "200"
        assert said(self.verify(payload, "typ_off"), "") == "token_malformed"
        assert self.post("/sign", {"payload": "x", "profile": "typ_off"})["member"] == "claims"

    @observes("verify_profiles.NAME.decrypt")
    def decrypt(self):
        inner = hs({"iss": "urn:partner", "exp": FUTURE}, PARTNER)
        nested = self.made(path="/encrypt", plaintext=inner, key_name="sealed", cty="JWT")
        found = [said(self.verify(nested, one), "") for one in ("typ_off", "decrypt_on")]
        assert found == ["token_malformed", "200"], found

    @observes("verify_profiles.NAME.headers", "verify_profiles.NAME.headers.claim",
              "verify_profiles.NAME.headers.encode", "verify_profiles.NAME.headers.separator",
              "verify_profiles.NAME.headers.as", "server.default_auth_profile")  # fmt: skip
    def auth(self):
        claims = {"iss": "urn:partner", "exp": FUTURE, "sub": "ada", "profile": {"name": "Ada"}, "roles": ["a", "b"]}
        bearer = {"Authorization": "Bearer " + hs(claims, PARTNER)}
        got = self.running.get("/auth", bearer)
        headers = [got.headers.get(f"x-{name}") for name in ("sub", "name", "plain", "roles")]
        assert (got.status, *headers) == (200, "ada", b64("Ada"), "a,b", "a b"), got.headers
        assert json.loads(got.headers["x-json"]) == ["a", "b"], got.headers
        assert self.closed.get("/auth", bearer).status == 503

    @observes("keys[].kid", "keys[].alg", "keys[].use", "keys[].publish", "keys[].publish_at",
              "keys[].activate_at", "keys[].retire_at")  # fmt: skip
    def ring(self):
        keys, published = self.keys(), self.published()
        assert keys["sig"]["kid"] == "a-kid" and "a-kid" in published
        assert published[keys["wide"]["kid"]]["alg"] == "ES384" != published["a-kid"]["alg"]
        assert published["sealed"]["use"] == "enc" != published["a-kid"]["use"]
        assert "hidden" not in published and "apart" not in published
        own_set = self.running.get("/.well-known/jwks/apart.json").json["keys"]
        assert [one["kid"] for one in own_set] == ["apart"], own_set
        assert self.running.get("/.well-known/jwks/hidden.json").status == 404
        assert keys["later"]["state"] == "staged" and keys["later"]["kid"] not in published
        assert keys["soon"]["state"] == "published" and keys["ends"]["state"] == "active"
        assert keys["ends"].get("retired_at", "").startswith(day(30)[:-1]), keys["ends"]

    @observes("keys[].callers", "keys[].allow_zip")
    def encryption(self):
        def encrypt(name, **more):
            return said(self.post("/encrypt", {"plaintext": "x", "key_name": name, **more}), "")

        assert [encrypt("flat"), encrypt("closed")] == ["200", "caller_forbidden"]
        found = [encrypt("sealed", zip="DEF"), encrypt("flat", zip="DEF")]
        assert found == ["200", "algorithm_not_allowed"], found

    @observes("callers[].uid", "callers[].secret_sha256")
    def callers(self):
        found = [signed_over_unix(self.running, one) for one in ("me", "them")]
        assert found == [200, 403], found
        body = {"claims": {}, "profile": "typ_off"}
        wrong = {"Authorization": "Bearer " + "x" * 40}
        assert self.post("/sign", body).get("token") and self.running.post("/sign", body, wrong).status == 401

    @observes("inline_keys.endpoints", "inline_keys.allow_weak_hmac", "inline_keys.allow_algorithms",
              "inline_keys.allow_zip")  # fmt: skip
    def inline(self):
        def outcomes(path, body):
            return [said(self.post(path, body, one), "") for one in (self.running, self.closed)]

        token = hs({}, "s" * 32)
        verify = {"token": token, "algorithms": ["HS256"], "secret": "s" * 32}
        sealing = {"plaintext": "x", "secret_b64": b64("s" * 32)}
        assert outcomes("/verify", verify) == ["200", "200"]
        assert outcomes("/sign", {"claims": {}, "secret": "s" * 32}) == ["200", "caller_unauthenticated"]
        weak = {**verify, "token": hs({}, "short"), "secret": "short"}
        assert outcomes("/verify", weak) == ["200", "key_invalid"]
        assert outcomes("/encrypt", {**sealing, "zip": "DEF"}) == ["200", "algorithm_not_allowed"]
        password = {"plaintext": "x", "password": "p"}
        assert outcomes("/encrypt", password) == ["200", "400:password"]

    @observes("server.listen", "server.listen[].address", "server.listen[].endpoints", "server.hosts",
              "server.threads", "admin.listen", "admin.probes")  # fmt: skip
    def listeners(self):
        all_of_them, usual = self.running.addresses["data"][:2]
        body = {"claims": {}, "profile": "typ_off"}
        found = [self.ask(one, "POST", "/sign", body) for one in (all_of_them, usual)]
        assert found == [200, 404], found
        found = [self.ask(usual, "GET", "/.well-known/jwks.json", headers={"Host": host})
                 for host in ("h.example", "other.example")]  # fmt: skip
        assert found == [200, 200], found  # published documents are served under every Host
        found = [self.ask(usual, "POST", "/verify", {}, {"Host": host}) for host in ("h.example", "x.example")]
        assert found == [400, 403], found
        threads = [len(os.listdir(f"/proc/{one.process.pid}/task")) for one in (self.running, self.closed)]
        assert threads[0] > threads[1], threads
        admin, probes = self.running.addresses["admin"][0], self.running.addresses["probes"][0]
        found = [self.ask(one, "GET", path) for one in (admin, probes) for path in ("/livez", "/keys")]
        assert found == [200, 200, 200, 404], found
        assert not self.closed.addresses["admin"] and self.closed.addresses["probes"]

    def ask(self, address, method, path, body=None, headers=None):
        client = http.client.HTTPConnection(address, timeout=30)
        headers = {**AS_CALLER, "Content-Type": "application/json", **(headers or {})}
        client.request(method, path, json.dumps(body) if body is not None else None, headers)
        status = client.getresponse().status
        client.close()
        return status


CLOSED = """server: {threads: 1, listen: [{address: "127.0.0.1:0", endpoints: [all]}]}
admin: {listen: [], probes: ["127.0.0.1:0"]}
inline_keys: {endpoints: [verify, encrypt]}
"""
OPEN = ("{endpoints: [sign, verify, encrypt, decrypt], allow_weak_hmac: true, allow_zip: true, "
        "allow_algorithms: [PBES2-HS256+A128KW]}")  # fmt: skip


def running_probes(stack):
    running = stack.enter_context(
        service.start(BINARY, configuration(OPEN), {"partner": PARTNER, "second": SECOND})
    )
    closed = stack.enter_context(service.start(BINARY, CLOSED))
    policies = Policies(running, closed)
    for row in VERIFY:
        yield {f"verify_profiles.NAME.{row[0]}"}, lambda row=row: policies.verify_row(*row)
    for row in SIGN:
        yield {f"sign_profiles.NAME.{row[0]}"}, lambda row=row: policies.sign_row(*row)
    yield from marked(policies)
