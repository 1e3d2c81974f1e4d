"""Every endpoint and every kind of outcome has its record in the audit log, and no record has a secret.

A row of TABLE is one request: its endpoint, what it is about, how it ends, who is recorded, and what else is in
its record. Endpoints without records are in SILENT; together they are all routes of the service. The requests
carry an id each, by which their records are found. Prints the table.
"""
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

import service
from probe_world import AS_CALLER, BINARY, CALLER, FUTURE, NOW, PARTNER, SHA, hs

ROUTES = pathlib.Path(__file__).resolve().parents[2] / "service/endpoints/routes.cpp"
TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
VALUE = "a-claim-value-that-nobody-lists"
OPERATOR = "an-operator-secret-of-more-than-256-bits-012345"
HASTY = "a-hasty-caller-secret-of-more-than-256-bits-0123"
STRANGER = "a-secret-of-nobody-of-more-than-256-bits-0123456"
SECRETS = (CALLER, OPERATOR, HASTY, STRANGER, PARTNER, VALUE)
ANY = object()  # a value that only the service knows
SILENT = {
    "/livez", "/readyz", "/healthz", "/metrics", "/openapi.yaml", "/.well-known/jwks.json",
    "/.well-known/jwks/{series}.json", "/.well-known/openid-configuration",
    "/.well-known/oauth-authorization-server", "/dev/{issuer}/.well-known/jwks.json",
    "/dev/{issuer}/.well-known/openid-configuration", "/dev/{issuer}/.well-known/oauth-authorization-server",
}  # fmt: skip

# Only in development mode: tests/integration/development_test.py has their records.
DEVELOPMENT = {"/dev/{issuer}/sign", "/dev/{issuer}/rotate"}


def sha(text):
    return hashlib.sha256(text.encode()).hexdigest()


def bearer(secret):
    return {"Authorization": "Bearer " + secret}


FORWARDED = {
    "X-Forwarded-Method": "GET", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "a.example", "X-Forwarded-Uri": "/orders",
}  # fmt: skip


def original(url):
    return {"X-Original-Method": "GET", "X-Original-URL": url}


CONFIG = f"""
server: {{listen: [{{address: "127.0.0.1:0", endpoints: [all]}}], trusted_proxies: ["127.0.0.1"]}}
issuer: https://tokens.example.com
keys:
  - {{name: sig, kid: sig-1, alg: ES256, generate: true}}
  - {{name: box, kid: box-1, use: enc, alg: ECDH-ES+A256KW, generate: true, callers: [test]}}
  - {{name: partner, kid: p1, alg: HS256, secret: "file:partner", issuer: "urn:partner"}}
callers:
  - {{name: test, secret_sha256: {SHA}}}
  - {{name: other, secret_sha256: {sha(OPERATOR)}, roles: [admin]}}
  - {{name: hasty, secret_sha256: {sha(HASTY)}, rate: {{requests: 1, per: 1h}}}}
state_dir: state
rotation:
  turns: {{alg: ES256, every: 30d, directory: turns}}
sign_profiles:
  default: {{key: sig, ttl: 1m, callers: [test, hasty], allowed_claims: [sub, name, jti], audit_claims: [sub]}}
verify_profiles:
  default: {{issuers: [partner], audiences: none, audit_claims: [role]}}
  ours: {{issuers: [self], audiences: none, callers: [test]}}
  gate:
    issuers: [partner]
    audiences: none
    dialects: [forward, nginx, envoy]
    exempt: [/public]
    rules: [{{path: /orders}}]
limits: {{body_bytes: 4KiB}}
audit: {{file: AUDIT_FILE, fsync: always}}
"""


def token(**claims):
    return hs({"iss": "urn:partner", "exp": FUTURE, "sub": "s", "jti": "a-jti", "name": VALUE, **claims}, PARTNER)


class World:
    def __init__(self, folder):
        self.file = os.path.join(folder, "audit.log")
        self.running = service.start(
            BINARY, CONFIG.replace("AUDIT_FILE", self.file), files={"partner": PARTNER}
        )
        self.admin = self.running.admin_port
        self.ids = 0

    def send(self, path, body=None, fields=None, method="POST", port=None):
        """The reply, and the id of the request."""
        self.ids += 1
        name = f"row-{self.ids}"
        given = {"X-Request-Id": name, "traceparent": TRACE, "Content-Type": "application/json", **(fields or {})}
        if method == "GET":
            del given["Content-Type"]
        text = body if body is None or isinstance(body, str) else json.dumps(body)
        reply = self.running.request(method, path, None if text is None else text.encode(), given, port)
        return reply, name

    def records(self, name, least=1):
        """The records of a request, from both files. A reply may be faster than those that nobody waits for."""
        end = time.monotonic() + 30
        while True:
            found = []
            for chain in ("", ".strangers"):
                for line in pathlib.Path(self.file + chain).read_text().rpartition("\n")[0].splitlines():
                    record = json.loads(line)
                    if record.get("request_id") == name:
                        found.append({**record, "chain": chain})
            if len(found) >= least or time.monotonic() > end:
                return sorted(found, key=lambda one: one.get("item", 0))
            time.sleep(0.02)

    def turning(self):
        """The kid of a key that waits for its turn."""
        keys = self.running.get("/keys", port=self.admin).json["keys"]
        return next(one["kid"] for one in keys if one["name"] == "turns" and one["state"] != "active")

    def sealed(self, **request):
        body = {"key_name": "box", "plaintext": "the plaintext", **request}
        return self.send("/encrypt", body, AS_CALLER)[0].json["token"]

    def ours(self):
        return self.send("/sign", {"claims": {"sub": "s", "name": VALUE}}, AS_CALLER)[0].json["token"]


def rows(world):
    """(endpoint, about, request, code, whose chain, members of the record)"""
    good, admin = token(), {"port": world.admin}
    made, ours, sealed = {"profile": "default", "series": "sig", "kid": "sig-1", "alg": "ES256"}, world.ours(), world.sealed()
    nested = world.sealed(plaintext=ours, cty="JWT")
    mine, nobody, wrong = "", ".strangers", {"Origin": "https://evil.example"}
    rotate, turns, boss = "/keys/rotate", world.turning(), {"fields": bearer(OPERATOR), **admin}
    revoke = "/keys/{kid}/revoke"
    forward, nginx, envoy = (f"/auth/{one}/{{profile}}" for one in ("forward", "nginx", "envoy"))
    forged = good.rsplit(".", 1)[0] + "." + "A" * 43

    def of(text):
        return {"token_sha256": sha(text)}

    sign, verify = {"claims": {"sub": "s", "name": VALUE}}, {"token": good}
    return [
        ("/sign", "a caller", dict(body={**sign, "jti": "a-jti"}, fields=AS_CALLER), "ok", mine,
         {**made, "caller": "test", "jti": "a-jti", "claims": {"sub": "s"}}),
        ("/sign", "a claim that is not open", dict(body={"claims": {"x": 1}}, fields=AS_CALLER), "claims_forbidden", mine,
         {"profile": "default", "caller": "test"}),
        ("/sign", "an unknown member", dict(body={**sign, "x": 1}, fields=AS_CALLER), "request_invalid", mine, {}),
        ("/sign", "no JSON", dict(body="{", fields=AS_CALLER), "request_invalid", mine, {}),
        ("/sign", "another caller", dict(body=sign, fields=bearer(OPERATOR)), "caller_forbidden", mine,
         {"caller": "other", "profile": "default"}),
        ("/sign", "a caller that asks once", dict(body=sign, fields=bearer(HASTY)), "ok", mine, {"caller": "hasty"}),
        ("/sign", "a caller that asks too often", dict(body=sign, fields=bearer(HASTY)), "rate_limited", mine,
         {"caller": "hasty"}),
        ("/sign", "nobody", dict(body=sign), "caller_unauthenticated", nobody, {"peer": "127.0.0.1"}),
        ("/sign", "a wrong secret", dict(body=sign, fields=bearer(STRANGER)), "caller_unauthenticated", nobody, {}),
        ("/sign", "another method", dict(method="GET"), "method_not_allowed", nobody, {}),
        ("/sign", "another origin", dict(body=sign, fields=wrong), "origin_forbidden", nobody, {}),
        ("/sign", "another type", dict(body=sign, fields={**AS_CALLER, "Content-Type": "text/plain"}),
         "media_type_unsupported", mine, {}),
        ("/sign", "a large body", dict(body=" " * 5000, fields=AS_CALLER), "body_too_large", mine, {}),
        ("/sign/batch", "two items", dict(body={"items": [sign, {"claims": {"x": 1}}]}, fields=AS_CALLER),
         ["ok", "claims_forbidden"], mine, {"profile": "default", "caller": "test"}),
        ("/sign/batch", "no items", dict(body={"items": []}, fields=AS_CALLER), "request_invalid", mine, {}),
        ("/sign/batch", "nobody", dict(body={"items": [sign]}), "caller_unauthenticated", nobody, {}),
        ("/verify", "a good token", dict(body=verify), "ok", nobody,
         {"profile": "default", "issuer": "partner", "kid": "p1", "alg": "HS256", "jti": "a-jti", **of(good)}),
        ("/verify", "a listed claim", dict(body={"token": token(role="r")}), "ok", nobody, {"claims": {"role": "r"}}),
        ("/verify", "by a caller", dict(body={"token": ours, "profile": "ours"}, fields=AS_CALLER), "ok", mine,
         {"profile": "ours", "issuer": "self", "kid": "sig-1", "caller": "test"}),
        ("/verify", "not for strangers", dict(body={"token": ours, "profile": "ours"}), "caller_unauthenticated", nobody,
         {"profile": "ours"}),
        ("/verify", "an expired token", dict(body={"token": token(exp=NOW - 900)}), "token_expired", nobody,
         {"profile": "default", **of(token(exp=NOW - 900))}),
        ("/verify", "a bad signature", dict(body={"token": forged}), "signature_invalid", nobody, of(forged)),
        ("/verify", "no token", dict(body={"token": "x"}), "token_malformed", nobody, of("x")),
        ("/verify", "another profile", dict(body={**verify, "profile": "none"}), "request_invalid", nobody, {}),
        ("/verify/batch", "two items", dict(body={"tokens": [good, "x"]}), ["ok", "token_malformed"], nobody,
         {"profile": "default"}),
        ("/verify/batch", "no items", dict(body={}), "request_invalid", nobody, {}),
        ("/auth", "a good token", dict(method="GET", fields=bearer(good)), "ok", nobody,
         {"profile": "default", "jti": "a-jti", **of(good)}),
        ("/auth", "an expired token", dict(method="GET", fields=bearer(token(exp=NOW - 900))), "token_expired", nobody,
         {"profile": "default"}),
        ("/auth", "no token", dict(method="GET"), "caller_unauthenticated", nobody, {}),
        ("/auth/forward", "a good token", dict(method="GET", fields={**bearer(good), **FORWARDED}), "ok", nobody,
         {"profile": "default", **of(good)}),
        ("/auth/forward", "no metadata", dict(method="GET", fields=bearer(good)), "request_invalid", nobody,
         {"profile": "default"}),
        (forward, "a rule that admits it", dict(path="/auth/forward/gate", method="GET",
         fields={**bearer(good), **FORWARDED}), "ok", nobody, {"profile": "gate", **of(good)}),
        (forward, "no such profile", dict(path="/auth/forward/none", method="GET", fields=FORWARDED),
         "caller_forbidden", nobody, {}),
        ("/auth/nginx", "no token", dict(method="GET", fields=original("https://a/x")), "caller_unauthenticated", nobody,
         {"profile": "default"}),
        (nginx, "an exempt path", dict(path="/auth/nginx/gate", method="GET", fields=original("https://a/public")), "ok",
         nobody, {"profile": "gate"}),
        (nginx, "a path of two readings", dict(path="/auth/nginx/gate", method="GET", fields=original("https://a//x")),
         "path_forbidden", nobody, {"profile": "gate"}),
        (envoy, "no rule", dict(path="/auth/envoy/gate/admin", method="GET",
         fields={**bearer(good), "X-Forwarded-Proto": "https"}), "access_denied", nobody, {"profile": "gate", **of(good)}),
        ("/encrypt", "a caller", dict(body={"key_name": "box", "plaintext": VALUE}, fields=AS_CALLER), "ok", mine,
         {"series": "box", "kid": "box-1", "alg": "ECDH-ES+A256KW", "caller": "test"}),
        ("/encrypt", "no such key", dict(body={"key_name": "none", "plaintext": "x"}, fields=AS_CALLER), "key_not_found",
         mine, {}),
        ("/encrypt", "nobody", dict(body={"key_name": "box", "plaintext": "x"}), "caller_unauthenticated", nobody, {}),
        ("/decrypt", "a caller", dict(body={"key_name": "box", "token": sealed}, fields=AS_CALLER), "ok", mine,
         {"series": "box", "kid": "box-1", "caller": "test", **of(sealed)}),
        ("/decrypt", "a token inside", dict(body={"key_name": "box", "token": nested, "verify": {"profile": "ours"}},
         fields=AS_CALLER), "ok", mine, {"series": "box", "profile": "ours", "kid": "sig-1", "more_kids": ["box-1"]}),
        ("/decrypt", "a bad token inside", dict(body={"key_name": "box", "token": sealed, "verify": {"profile": "ours"}},
         fields=AS_CALLER), "token_malformed", mine, {"series": "box", "profile": "ours", **of(sealed)}),
        ("/decrypt", "a changed token", dict(body={"key_name": "box", "token": sealed[:-4] + "AAAA"}, fields=AS_CALLER),
         "decryption_failed", mine, {"series": "box"}),
        ("/decrypt", "nobody", dict(body={"key_name": "box", "token": sealed}), "caller_unauthenticated", nobody, {}),
        ("/decrypt", "another caller", dict(body={"key_name": "box", "token": sealed}, fields=bearer(OPERATOR)),
         "caller_forbidden", mine, {"series": "box", "caller": "other"}),
        ("/inspect", "a token", dict(body=verify), "ok", nobody, {}),
        ("/inspect", "nothing", dict(body={}), "request_invalid", nobody, {}),
        ("/reload", "a caller that may", dict(body="{}", fields=bearer(OPERATOR), **admin), "ok", mine, {"caller": "other"}),
        ("/reload", "a caller that may not", dict(body="{}", fields=AS_CALLER, **admin), "caller_forbidden", mine,
         {"caller": "test"}),
        ("/reload", "nobody", dict(body="{}", **admin), "caller_unauthenticated", nobody, {}),
        ("/reload", "an unknown member", dict(body='{"x": 1}', fields=bearer(OPERATOR), **admin), "request_invalid", mine, {}),
        (rotate, "a caller that may", dict(body={"series": "turns", "emergency": True}, **boss), "ok", mine,
         {"caller": "other", "series": "turns", "kid": ANY}),
        (rotate, "too early", dict(body={"series": "turns"}, **boss), "rotation_too_early", mine, {"series": "turns"}),
        (rotate, "another series", dict(body={"series": "none"}, **boss), "request_invalid", mine, {"series": "none"}),
        (rotate, "an unknown member", dict(body={"series": "turns", "x": 1}, **boss), "request_invalid", mine, {}),
        (rotate, "a caller that may not", dict(body={"series": "turns"}, fields=AS_CALLER, **admin), "caller_forbidden",
         mine, {"caller": "test"}),
        (rotate, "nobody", dict(body={"series": "turns"}, **admin), "caller_unauthenticated", nobody, {}),
        (revoke, "a caller that may", dict(path=f"/keys/{turns}/revoke", body="", **boss), "ok", mine,
         {"caller": "other", "kid": turns}),
        (revoke, "once more", dict(path=f"/keys/{turns}/revoke", body="{}", **boss), "ok", mine, {"kid": turns}),
        (revoke, "no key of ours", dict(path="/keys/none/revoke", body="", **boss), "key_not_found", mine,
         {"kid": "none"}),
        (revoke, "a kid with a line end", dict(path="/keys/a%0A%22%FFb/revoke", body="", **boss), "key_not_found", mine,
         {"kid": "a\n\"\ufffdb"}),
        (revoke, "a wrong encoding", dict(path="/keys/a%zz/revoke", body="", **boss), "request_invalid", mine, {}),
        (revoke, "a caller that may not", dict(path=f"/keys/{turns}/revoke", body="", fields=AS_CALLER, **admin),
         "caller_forbidden", mine, {"caller": "test"}),
        (revoke, "nobody", dict(path=f"/keys/{turns}/revoke", body="", **admin), "caller_unauthenticated", nobody, {}),
        (revoke, "another method", dict(path=f"/keys/{turns}/revoke", method="GET", **admin), "method_not_allowed",
         nobody, {}),
        *[(path, "anybody", dict(method="GET", **admin), "ok", nobody, {}) for path in ("/version", "/keys", "/issuers")],
        *[(path, "another method", dict(method="DELETE", **admin), "method_not_allowed", nobody, {})
          for path in ("/version", "/keys", "/issuers")],
    ]  # fmt: skip


EVENTS = {
    "/sign": "sign", "/sign/batch": "sign", "/verify": "verify", "/verify/batch": "verify", "/auth": "verify",
    "/encrypt": "encrypt", "/decrypt": "decrypt", "/inspect": "inspect", "/reload": "reload",
    "/auth/forward": "verify", "/auth/forward/{profile}": "verify", "/auth/nginx": "verify",
    "/auth/nginx/{profile}": "verify", "/auth/envoy/{profile}": "verify",
    "/version": "admin", "/keys": "admin", "/issuers": "admin", "/keys/rotate": "admin", "/keys/{kid}/revoke": "admin",
}  # fmt: skip


def problems_of(world, row):
    endpoint, _, request, code, chain, members = row
    reply, name = world.send(**{"path": endpoint, **request})
    if reply.headers.get("traceparent") != TRACE:
        yield "the traceparent did not come back"
    codes = code if isinstance(code, list) else [code]
    records = world.records(name)
    if [one["code"] for one in records] != codes:
        yield f"its records are {records}, and the reply {reply}"
        return
    for number, one in enumerate(records):
        wanted = {**members, "event": EVENTS[endpoint], "route": endpoint, "chain": chain, "traceparent": TRACE}
        if isinstance(code, list):
            wanted["item"] = number
        else:
            wanted["status"] = reply.status
        for member, value in wanted.items():
            if one.get(member) != value and not (value is ANY and one.get(member)):
                yield f"{member} is {one.get(member)!r}, not {value!r}: {one}"
    if reply.status == 200 and "token" in reply.body and endpoint in ("/sign", "/encrypt"):
        if records[0].get("token_sha256") != sha(reply.json["token"]):
            yield "token_sha256 is not that of the token"


def secrets_in(world):
    """Secrets, and anything that is shaped like a token or a key."""
    for chain in ("", ".strangers"):
        text = pathlib.Path(world.file + chain).read_text()
        for secret in SECRETS:
            if secret in text:
                yield f"audit.log{chain} has {secret[:12]}..."
        for shape in (r"eyJ[\w-]{8,}\.[\w-]+", r"PRIVATE KEY", r'"(d|k|p|q)":'):
            if found := re.search(shape, text):
                yield f"audit.log{chain} has {found[0]!r}"


def verified(world):
    for chain in ("", ".strangers"):
        done = subprocess.run(
            [BINARY, "audit", "verify", world.file + chain], capture_output=True, text=True, timeout=60
        )
        if done.returncode != 0 or "are as they were written" not in done.stdout:
            yield f"audit verify: {done}"


def silent_requests(world):
    """Nothing is recorded of them: their ids are in no record, once a later request's is."""
    names = []
    for path in sorted(SILENT):
        on_admin = path.startswith(("/livez", "/readyz", "/healthz", "/metrics"))
        names.append((path, world.send(path.replace("{series}", "sig"), None, None, "GET",
                                       world.admin if on_admin else None)[1]))  # fmt: skip
    names.append(("/nothing", world.send("/nothing", None, None, "GET")[1]))
    last = world.send("/inspect", {})[1]
    assert world.records(last)
    texts = "".join(pathlib.Path(world.file + chain).read_text() for chain in ("", ".strangers"))
    for path, name in names:
        if f'"{name}"' in texts:
            yield f"{path} has a record"


def main():
    problems = []
    with tempfile.TemporaryDirectory(dir=os.getcwd()) as folder:
        world = World(folder)
        try:
            table = rows(world)
            for row in table:
                found = list(problems_of(world, row))
                problems += [f"{row[0]} ({row[1]}): {one}" for one in found]
                code = ", ".join(row[3]) if isinstance(row[3], list) else row[3]
                print(f"{row[0]:15} {row[1]:28} {code:28} audit.log{row[4]:11} {'WRONG' if found else 'ok'}")
            problems += silent_requests(world)
        finally:
            world.running.stop()
        problems += [*secrets_in(world), *verified(world)]
    routes = set(re.findall(r'\.path = "([^"]+)"', ROUTES.read_text()))
    known = {row[0] for row in table} | SILENT | DEVELOPMENT
    problems += [f"no row is about {path}" for path in sorted(routes - known)]
    problems += [f"there is no route {path}" for path in sorted(known - routes)]
    print("\n".join(problems) or f"{len(table)} outcomes of {len(EVENTS)} endpoints have their record")
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main())
