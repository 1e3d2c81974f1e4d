"""Compares the service with service/openapi.yaml: examples, replies, routes and codes."""
import hashlib
import json
import os
import pathlib
import re
import sys

import service
import yaml
from json_schema import Schemas

ROOT = pathlib.Path(__file__).resolve().parents[2]
JSON = {"Content-Type": "application/json"}
METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}
problems = []


def check(holds, text):
    if not holds:
        problems.append(text)


def start(*more):
    return service.start(os.environ["SIGNET"], arguments=[*service.DEVELOPMENT, *more])


class Contract:
    def __init__(self, text):
        self.document = yaml.safe_load(text)
        self.schemas = Schemas(self.document)

    def operations(self):
        for path, item in self.document["paths"].items():
            for method in METHODS & item.keys():
                yield path, method, item[method]

    def is_admin(self, path):
        return "servers" in self.document["paths"][path]

    def response(self, operation, status):
        found = operation["responses"].get(str(status), operation["responses"]["default"])
        return self.schemas.resolve(found["$ref"]) if "$ref" in found else found

    def check_reply(self, name, operation, reply):
        """Checks that the operation documents this reply."""
        described = self.response(operation, reply.status)
        content = described.get("content", {})
        if not content:
            check(reply.body == "", f"{name}: {reply.status} has a body and documents none")
        else:
            kind = reply.headers.get("content-type", "").split(";")[0]
            check(kind in content, f"{name}: {reply.status} is {kind}, not {list(content)}")
            if kind in content:
                value = reply.json if "json" in kind else reply.body
                found = self.schemas.problems(content[kind]["schema"], value)
                check(not found, f"{name}: {reply.status} does not fit: {found}\n  {value}")
        for header, meaning in described.get("headers", {}).items():
            if "$ref" in meaning:
                meaning = self.schemas.resolve(meaning["$ref"])
            value = reply.headers.get(header.lower())
            if value is not None:
                found = self.schemas.problems(meaning["schema"], value, header)
                check(not found, f"{name}: {found}: {value}")


def with_token(value, token):
    return json.loads(json.dumps(value).replace("$TOKEN", token))


def fresh_token(signet):
    reply = signet.post("/sign", {"claims": {"sub": "alice"}})
    assert reply.status == 200, reply
    return reply.json["token"]


def run_examples(contract, signet):
    ran = 0
    token = fresh_token(signet)
    for path, method, operation in contract.operations():
        if "requestBody" not in operation:
            continue
        content = operation["requestBody"]["content"]["application/json"]
        for title, example in content["examples"].items():
            name = f"{method.upper()} {path} ({title})"
            value = with_token(example["value"], token)
            wanted = example["x-expect"]
            if wanted["status"] == 200:
                found = contract.schemas.problems(content["schema"], value)
                check(not found, f"{name}: the example does not fit its schema: {found}")
            port = signet.admin_port if contract.is_admin(path) else None
            reply = signet.request(method.upper(), path.replace("{issuer}", "acme"), json.dumps(value), JSON, port)
            check(reply.status == wanted["status"], f"{name}: {reply}")
            if "code" in wanted:
                check(reply.json["code"] == wanted["code"], f"{name}: not {wanted['code']}: {reply}")
            contract.check_reply(name, operation, reply)
            ran += 1
    return ran


def run_reads(contract, signet):
    """Every GET and its HEAD, and ways in which it is refused."""
    for path, method, operation in contract.operations():
        if method != "get" or path.startswith("/auth"):
            continue
        port = signet.admin_port if contract.is_admin(path) else signet.data_port
        name, at = f"GET {path}", path.replace("{issuer}", "acme")
        reply = signet.get(at, port=port)
        is_of_series = "{" in at  # and no series of development mode is apart
        has_metadata = at.startswith("/dev/")  # urn:signet:dev is not an http URL
        is_absent = is_of_series or not has_metadata and ("openid-configuration" in at or "oauth" in at)
        wanted = 404 if is_absent else 200
        check(reply.status == wanted, f"{name}: {reply.status}")
        contract.check_reply(name, operation, reply)
        head = signet.request("HEAD", at, port=port)
        check(head.status == reply.status and head.body == "", f"HEAD {path}: {head}")
        check(reply.headers.get("x-request-id"), f"{name}: no request id")
        other = signet.request("POST", at, "{}", JSON, port)
        check(other.status == (404 if is_of_series else 405), f"POST {path}: {other.status}")
        contract.check_reply(f"POST {path}", operation, other)
        if contract.is_admin(path):
            absent = signet.get(path)
            check(absent.status == 404, f"{name} on a data listener: {absent.status}")
        for parameter in operation.get("parameters", []):
            if parameter.get("$ref", "").endswith("/Verbose"):
                reply = signet.get(path + "?verbose", port=port)
                check(reply.status == 200, f"{name}?verbose: {reply.status}")
                contract.check_reply(name + "?verbose", operation, reply)
    reply = signet.get("/.well-known/jwks.json")
    again = signet.get("/.well-known/jwks.json", {"If-None-Match": reply.headers["etag"]})
    check(again.status == 304 and again.body == "", f"jwks with its ETag: {again}")


def run_discovery(contract):
    issuer = "https://tokens.example.com"
    with start("--set", f"issuer={issuer}") as signet:
        for path in ("/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"):
            reply = signet.get(path)
            check(reply.status == 200, f"GET {path} of an issuer: {reply.status}")
            operation = contract.document["paths"][path]["get"]
            contract.check_reply(f"GET {path}", operation, reply)
            check(reply.json["issuer"] == issuer, f"GET {path}: another issuer")


def run_series(contract):
    """The set of one series, and every document below the path of the issuer."""
    issuer, path = "https://tokens.example.com/a", "/.well-known/jwks/{series}.json"
    text = (
        f"issuer: {issuer}\nkeys:\n  - {{name: sig, generate: true}}\n"
        "  - {name: pq, alg: ML-DSA-44, generate: true, publish: apart}\n"
    )
    operation = contract.document["paths"][path]["get"]
    with service.start(os.environ["SIGNET"], text) as signet:
        for prefix in ("", "/a"):
            url = prefix + path.format(series="pq")
            reply = signet.get(url)
            check(reply.status == 200 and len(reply.json["keys"]) == 1, f"GET {url}: {reply}")
            contract.check_reply(f"GET {url}", operation, reply)
            again = signet.get(url, {"If-None-Match": reply.headers["etag"]})
            check(again.status == 304 and again.body == "", f"{url} with its ETag: {again}")
            check(signet.get(url.replace("pq", "sig")).status == 404, f"{prefix}: a series that is not apart")
        uri = signet.get("/a/.well-known/openid-configuration").json["jwks_uri"]
        reply = signet.get(uri.removeprefix("https://tokens.example.com"))
        check(reply.status == 200 and [key["kty"] for key in reply.json["keys"]] == ["EC"], f"{uri}: {reply}")


def run_development(contract, signet):
    """What a development issuer publishes, and that every form of the path has it."""
    template = "/dev/{issuer}/.well-known/"
    urls = {template + name: [template.format(issuer="acme") + name] for name in (
        "jwks.json", "openid-configuration", "oauth-authorization-server",
    )}  # fmt: skip
    urls[template + "oauth-authorization-server"].append("/.well-known/oauth-authorization-server/dev/acme")
    for path, forms in urls.items():
        for url in forms:
            reply = signet.get(url)
            check(reply.status == 200, f"GET {url}: {reply}")
            contract.check_reply(f"GET {url}", contract.document["paths"][path]["get"], reply)
            check(signet.get(url.replace("acme", "other")).status == 404, f"{url}: another issuer has it")


def run_auth(contract, signet):
    operations = contract.document["paths"]["/auth"]
    token = fresh_token(signet)
    cases = [
        ({"Authorization": f"Bearer {token}"}, 200),
        ({}, 401),
        ({"Authorization": "Bearer hello"}, 401),
    ]
    for method in sorted(METHODS & operations.keys()):
        for headers, wanted in cases:
            reply = signet.request(method.upper(), "/auth", None, headers)
            check(reply.status == wanted, f"{method} /auth {sorted(headers)}: {reply.status}")
            contract.check_reply(f"{method} /auth", operations[method], reply)
            challenge = reply.headers.get("www-authenticate")
            check((challenge is not None) == (wanted == 401), f"{method} /auth: {challenge}")


GATEWAYS = """
issuer: https://tokens.example.com
server: {listen: [{address: "127.0.0.1:0", endpoints: [all]}], trusted_proxies: ["127.0.0.1"]}
keys: [{name: sig, generate: true}]
sign_profiles: {default: {key: sig, ttl: 1m, callers: [test], allowed_claims: [sub, scope]}}
callers: [{name: test, secret_sha256: SHA}]
verify_profiles:
  default: {issuers: [self], audiences: none, decision_max_age: 10s, headers: {X-Auth-Subject: sub}}
  api:
    issuers: [self]
    audiences: none
    dialects: [forward, nginx, envoy]
    headers: {X-Auth-Subject: sub}
    rules: [{path: "/orders/**", scopes: [read]}]
"""
SECRET = "a-caller-secret-of-more-than-256-bits-0123456789"


def gateway_calls(path, target):
    """A call of each dialect that asks about GET of a path of https://app.example.com; (path, headers)."""
    call = path.replace("{profile}", "api")
    if "/envoy/" in path:
        return call + target, {"X-Forwarded-Proto": "https"}
    if "/nginx" in path:
        return call, {"X-Original-Method": "GET", "X-Original-URL": "https://app.example.com" + target}
    return call, {
        "X-Forwarded-Method": "GET", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "app.example.com",
        "X-Forwarded-Uri": target,
    }  # fmt: skip


def run_gateways(contract):
    """Every dialect by every method: what passes, what is refused, and a call that says too little."""
    text = GATEWAYS.replace("SHA", hashlib.sha256(SECRET.encode()).hexdigest())
    with service.start(os.environ["SIGNET"], text) as signet:
        claims = {"claims": {"sub": "alice", "scope": "read"}}
        token = signet.post("/sign", claims, {"Authorization": f"Bearer {SECRET}"}).json["token"]
        bearer = {"Authorization": f"Bearer {token}"}
        for path, method, operation in contract.operations():
            if not path.startswith("/auth/"):
                continue
            is_nginx, has_rules = "/nginx" in path, "{profile}" in path
            good, about = gateway_calls(path, "/orders/1?x=2")
            other, about_other = gateway_calls(path, "/admin")
            for target, headers, wanted in (
                (good, {**about, **bearer}, 200),
                (good, about, 401),
                (good, bearer, 403 if is_nginx else 400),
                (other, {**about_other, **bearer}, 403 if has_rules else 200),
            ):
                reply = signet.request(method.upper(), target, None, headers)
                check(reply.status == wanted, f"{method} {target} {sorted(headers)}: {reply.status}")
                contract.check_reply(f"{method} {path}", operation, reply)
                is_told = reply.status != 200 and is_nginx
                check(("x-auth-error" in reply.headers) == is_told, f"{method} {path}: {reply.headers}")


def check_routes(contract):
    """The same paths and methods as service/endpoints/routes.cpp, no more and no fewer."""
    source = (ROOT / "service/endpoints/routes.cpp").read_text()
    names = dict(re.findall(r'constexpr std::string_view (\w+) = "([A-Z, ]+)";', source))
    routed = {}
    for path, methods in re.findall(r'\.path = "([^"]+)",\s*\.methods = (\w+|\{\})', source):
        routed[path] = {"ANY"} if methods == "{}" else set(names[methods].split(", ")) - {"HEAD"}
    described = {}
    for path, method, _ in contract.operations():
        described.setdefault(path, set()).add(method.upper())
    for path, methods in described.items():
        if methods == {name.upper() for name in METHODS}:
            described[path] = {"ANY"}
    check(len(routed) > 10, "no routes were found")
    check(routed == described, f"routes differ:\n  {routed}\n  {described}")


def check_codes(contract):
    header = (ROOT / "core/base/error.hpp").read_text()
    codes = re.findall(r'case errc::\w+:\s*return \{"(\w+)"', header)
    check(len(codes) > 30, "no codes were found in error.hpp")
    check(contract.schemas.resolve("#/components/schemas/ErrorCode")["enum"] == codes,
          "the ErrorCode enumeration is not that of core/base/error.hpp")  # fmt: skip


def check_algorithms(contract):
    rows = re.findall(
        r'signature_algorithm\{\s*"([^"]+)"', (ROOT / "core/algorithms/signature_algorithm.hpp").read_text()
    )
    described = contract.schemas.resolve("#/components/schemas/SignatureAlgorithm")["enum"]
    check(rows == described, f"the algorithms are not those of core/algorithms/signature_algorithm.hpp: {rows}")
    source = (ROOT / "core/algorithms/encryption_algorithm.hpp").read_text()
    for row, schema in (("key_management_algorithm", "KeyManagementAlgorithm"),
                        ("content_encryption_algorithm", "ContentEncryptionAlgorithm")):
        rows = re.findall(row + r'\{\s*"([^"]+)"', source)
        described = contract.schemas.resolve(f"#/components/schemas/{schema}")["enum"]
        check(rows and rows == described, f"{schema} is not the table of core: {rows}")


def main():
    text = (ROOT / "service/openapi.yaml").read_text()
    contract = Contract(text)
    check_routes(contract)
    check_codes(contract)
    check_algorithms(contract)
    with start("--dev-issuer", "acme") as signet:
        check(signet.get("/openapi.yaml").body == text, "the service serves another openapi.yaml")
        ran = run_examples(contract, signet)
        run_reads(contract, signet)
        run_auth(contract, signet)
        run_development(contract, signet)
    run_gateways(contract)
    run_discovery(contract)
    run_series(contract)
    for text in problems:
        print(text)
    print(f"{ran} examples, {len(problems)} problems")
    return 1 if problems or ran < 20 else 0


if __name__ == "__main__":
    sys.exit(main())
