"""What every gateway must do with Signet behind it: requests, and what may become of each.

    failures = cases.run("nginx", port, application, cases.all_cases())      # prints a table

A case passes a request on (`passes`), or refuses it with one of some statuses (`refused`). Of a request that was
refused nothing may reach the application. Of one that passed, the application may see the identity that Signet found,
and no other, under any spelling of a header's name.
"""
import dataclasses
import json
import re

import signet_world
import wire

IDENTITY = {"x-auth-subject", "x-auth-issuer", "x-auth-scopes"}
METADATA = {"x-forwarded-uri", "x-forwarded-method", "x-original-url", "x-original-method"}
DANGEROUS = {"x-http-method-override", "x-rewrite-url", "x-original-url", "http2-settings", "upgrade"}
UNAMBIGUOUS = {400, 403}
NOT_AUTHORIZED = {400, 401, 403}
WEBSOCKET = [("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"),
             ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")]  # fmt: skip
H2C = [("Connection", "Upgrade, HTTP2-Settings"), ("Upgrade", "h2c"), ("HTTP2-Settings", "AAMAAABkAARAAAAAAAIAAAAA")]
PREFLIGHT = [("Origin", "https://shop.example.com"), ("Access-Control-Request-Method", "POST")]
LARGE = "x" * 8000
UNSENT = "524288"  # Go's servers, and so Caddy, wait for up to 256 KiB of a body before they refuse


@dataclasses.dataclass
class Case:
    name: str
    octets: bytes
    statuses: set
    identity: dict = dataclasses.field(default_factory=dict)  # of a request that passed; missing ones: empty or absent
    challenge: str | None = None  # a part of WWW-Authenticate
    body: bytes | None = None  # what the application got, or what a WebSocket sent back
    then: bytes = b""
    may_pass: bool = False  # also right: it passed, with one token, the good one


def bearer(name):
    return ("Authorization", f"Bearer {signet_world.TOKENS[name]}")


def identity_of(name):
    if name is None:
        return {}
    scopes = {"reader": "orders:read", "writer": "orders:read orders:write", "support": "orders:write"}[name]
    return {"x-auth-subject": "ada", "x-auth-issuer": "https://id.example.com", "x-auth-scopes": scopes}


def passes(name, method, target, token=None, headers=(), **more):
    """A request that must reach the application; `token`: whose identity it must see there; `subject`: if its
    token is not in the header."""
    fields = [*([bearer(token)] if token else []), *headers]
    sent = {key: more.pop(key) for key in ("version", "body") if key in more}
    identity = identity_of(more.pop("subject", token))
    if sent.get("body"):
        more["body"] = sent["body"]
    return Case(name, wire.request(method, target, fields, **sent), {200}, identity, **more)


def refused(name, method, target, statuses, headers=(), challenge=None, body=b""):
    """A request of which nothing may reach the application."""
    return Case(name, wire.request(method, target, headers, body=body), set(statuses), challenge=challenge)


def of_tokens():
    upper = [("authorization", f"bearer {signet_world.TOKENS['reader']}")]
    return [
        passes("allow", "GET", "/orders/7", "reader"),
        Case("scheme and name in lower case", wire.request("GET", "/orders/7", upper), {200}, identity_of("reader")),
        refused("no token", "GET", "/orders/7", {401}, challenge='Bearer realm="orders"'),
        refused("expired", "GET", "/orders/7", {401}, [bearer("expired")], 'error="invalid_token"'),
        refused("of another audience", "GET", "/orders/7", {401}, [bearer("foreign")], 'error="invalid_token"'),
        refused("signature of nobody", "GET", "/orders/7", {401}, [bearer("forged")], 'error="invalid_token"'),
        refused("empty bearer", "GET", "/orders/7", {400, 401}, [("Authorization", "Bearer ")]),
        refused("two tokens in one header", "GET", "/orders/7", {401},
                [("Authorization", f"Bearer {signet_world.TOKENS['reader']}, Bearer {signet_world.TOKENS['writer']}")]),
        Case("two Authorization headers", wire.request("GET", "/orders/7", [bearer("reader"), bearer("forged")]),
             {400, 401}, identity_of("reader"), may_pass=True),
        Case("two Authorization headers, bad one first",
             wire.request("GET", "/orders/7", [bearer("forged"), bearer("reader")]), {400, 401}),
        refused("no cookie is a token here", "GET", "/orders/7", {401},
                [("Cookie", f"Authorization={signet_world.TOKENS['reader']}")]),
        refused("no query is a token here", "GET", f"/orders/7?access_token={signet_world.TOKENS['reader']}", {401}),
    ]  # fmt: skip


def of_rules():
    scope = 'error="insufficient_scope"'
    return [
        refused("wrong scope", "POST", "/orders", {403}, [bearer("reader")], scope),
        passes("right scope", "POST", "/orders", "writer", [("Content-Length", "5")], body=b"hello"),
        refused("wrong claim", "POST", "/orders/7/refund", {403}, [bearer("writer")]),
        passes("right claim", "POST", "/orders/7/refund", "support", [("Content-Length", "2")], body=b"{}"),
        refused("no rule for this path", "GET", "/admin", {403}, [bearer("writer")]),
        refused("no rule for this prefix", "GET", "/orders-of-others", {403}, [bearer("writer")]),
        refused("no rule for this method", "REPORT", "/orders/7", {403, 405, 501}, [bearer("writer")]),
        refused("a method in lower case", "get", "/orders/7", {400, 403, 405, 501}, [bearer("reader")]),
        refused("a method in lower case, for a refund", "post", "/orders/7/refund", {400, 403, 405, 501},
                [bearer("writer"), ("Content-Length", "0")]),
        refused("a method in lower case, on an exempt path", "get", "/public/logo.png", {400, 403, 405, 501}),
        passes("exempt", "GET", "/healthz"),
        passes("exempt prefix", "GET", "/public/logo.png?v=1"),
        refused("not that prefix", "GET", "/publicity", {401}),
        refused("not exempt below", "GET", "/healthz/x", {401}),
        passes("preflight", "OPTIONS", "/orders", None, PREFLIGHT),
        refused("OPTIONS without Origin", "OPTIONS", "/orders", {401}, PREFLIGHT[1:]),
        refused("OPTIONS without a method to ask for", "OPTIONS", "/orders", {401}, PREFLIGHT[:1]),
        refused("GET like a preflight", "GET", "/orders", {401}, PREFLIGHT),
    ]


def of_spoofed_headers():
    names = ["X-Auth-Subject", "x-auth-subject", "X_Auth_Subject", "X-Auth_Subject", "X-Auth-Scopes", "X_AUTH_SCOPES",
             "X.Auth.Subject", "X-Auth.Issuer", "x_auth.scopes", "X.AUTH-SCOPES"]  # fmt: skip
    identity = [(name, "mallory orders:write") for name in names]
    metadata = [("X-Forwarded-Method", "GET"), ("X-Forwarded-Uri", "/healthz"), ("X-Original-Method", "GET"),
                ("X-Original-URL", "http://orders.example.com/healthz"), ("X-Forwarded-Host", "orders.example.com"),
                ("X-Forwarded-Proto", "http")]  # fmt: skip
    underscored = [(name.replace("-", "_"), value) for name, value in metadata]
    overriding = [("X-HTTP-Method-Override", "DELETE"), ("X-Original-URL", "/admin"), ("X-Rewrite-URL", "/admin")]
    overriding += [(name.replace("-", other), value) for name, value in overriding for other in "_."]
    taken_away = [("Connection", "X-Auth-Subject, X-Auth-Issuer, X-Auth-Scopes, close")]
    dropped = [("Connection", "X-Auth-Subject, X-Forwarded-Uri, X-Original-URL, Authorization, close")]
    return [
        passes("spoofed identity", "GET", "/orders/7", "reader", identity),
        passes("spoofed identity where no token is asked for", "GET", "/healthz", None, identity),
        refused("spoofed metadata", "GET", "/orders/7", NOT_AUTHORIZED, metadata),
        refused("spoofed metadata, twice", "GET", "/orders/7", NOT_AUTHORIZED, metadata + metadata),
        refused("spoofed metadata with underscores", "GET", "/orders/7", NOT_AUTHORIZED, underscored),
        refused("spoofed metadata for a rule", "POST", "/orders", {400, 403}, [bearer("reader"), *metadata]),
        refused("Connection names our headers", "POST", "/orders", NOT_AUTHORIZED, [bearer("reader"), *dropped]),
        passes("Connection names the identity", "GET", "/orders/7", "reader", taken_away),
        passes("another method and path for frameworks", "GET", "/orders/7", "reader", overriding),
        passes("the client's query stays here", "GET", "/orders/7?profile=catalogue&realm=x%2F2", "reader"),
        refused("the question itself", "GET", "/auth/forward/catalogue", {403}, [bearer("reader")]),
        refused("a gateway's own location", "GET", "/_signet", {401, 403, 404}),
    ]


def of_path_tricks():
    targets = [
        "/public/../orders/7", "/public/%2e%2e/orders/7", "/public/%2E./orders/7", "/public/./x", "/public/%2e/x",
        "/public/..%2forders/7", "/public/..%2Forders", "/public/%2f", "/public/..%5corders", "/public/..\\orders",
        "/public//x", "//public/x", "/public/..;/orders/7", "/public/;x=1", "/public/%252e%252e/orders", "/public/%25",
        "/public/%zz", "/public/%2", "/public/%00", "/public/%0a", "/public/%7f",
    ]  # fmt: skip
    return [refused(f"path {target}", "GET", target, UNAMBIGUOUS) for target in targets] + [
        passes("absolute target", "GET", "http://orders.example.com/orders/7?a=b", "reader"),
        passes("absolute target, exempt", "GET", "http://orders.example.com/healthz"),
        Case("a backslash in the host of a target", wire.request(
            "GET", "http://h\\orders\\7?@orders.example.com/healthz"), {200, 400, 401, 403}),
        refused("path of an absolute target", "GET", "http://orders.example.com/public/../orders", UNAMBIGUOUS),
        refused("a host that is a path", "GET", "/orders/7", NOT_AUTHORIZED, [("Host", "x/healthz?")]),
    ]


def of_bodies_and_forms():
    other = [("Connection", "Upgrade"), ("Upgrade", "h2c, websocket")]
    large = b"x" * 65536
    chunked = b"5\r\nhello\r\n0\r\n\r\n"
    return [
        passes("POST with a body", "POST", "/orders", "writer", [("Content-Length", "65536")], body=large),
        Case("POST in chunks", wire.request("POST", "/orders", [bearer("writer"), ("Transfer-Encoding", "chunked")],
                                            body=chunked), {200}, identity_of("writer"), body=b"hello"),
        refused("POST with a body, refused", "POST", "/orders", {403}, [bearer("reader"), ("Content-Length", "65536")],
                body=large),
        refused("a body announced and not sent", "POST", "/orders", {401}, [("Content-Length", UNSENT)]),
        passes("HEAD", "HEAD", "/orders/7", "reader"),
        refused("HEAD, refused", "HEAD", "/orders/7", {401}),
        passes("HTTP/1.0", "GET", "/orders/7", "reader", version="1.0"),
        Case("WebSocket", wire.request("GET", "/orders/live", [bearer("reader"), *WEBSOCKET]), {101},
             then=b"ping", body=b"PING"),
        refused("WebSocket without a token", "GET", "/orders/live", {401}, WEBSOCKET),
        passes("no change to h2c", "GET", "/orders/7", "reader", H2C),
        passes("no change to h2c where no token is asked for", "GET", "/healthz", None, H2C),
        passes("no change to h2c with a body", "POST", "/orders", "writer", [*H2C, ("Content-Length", "5")],
               body=b"hello"),
        Case("no change to what is not only a WebSocket", wire.request("GET", "/healthz", other), {200, 400}),
        refused("64 KiB of headers", "GET", "/orders/7", {400, 401, 413, 431, 500, 503},
                [(f"X-Large-{number}", LARGE) for number in range(8)]),
    ]  # fmt: skip


def of_cookies():
    """Where the token may be in a cookie, too: browsers send it for the pages of anybody."""
    mine, ours = ("Cookie", f"session={signet_world.TOKENS['writer']}"), ("Origin", f"http://{wire.HOST}")
    others = ("Origin", "https://evil.example.com")
    hidden = ("Connection", "Upgrade, Sec-WebSocket-Key, Origin, Cookie")
    return [
        passes("cookie", "GET", "/orders/7", None, [mine], subject="writer"),
        passes("cookie, POST of this origin", "POST", "/orders", None, [mine, ours], subject="writer"),
        refused("cookie, POST of another origin", "POST", "/orders", {403}, [mine, others]),
        refused("cookie, POST of no origin", "POST", "/orders", {403}, [mine]),
        Case("cookie, WebSocket of this origin", wire.request("GET", "/orders/live", [mine, ours, *WEBSOCKET]), {101},
             then=b"ping", body=b"PING"),
        refused("cookie, WebSocket of another origin", "GET", "/orders/live", {403}, [mine, others, *WEBSOCKET]),
        refused("cookie, WebSocket of no origin", "GET", "/orders/live", {403}, [mine, *WEBSOCKET]),
        refused("cookie, WebSocket of another origin without a key", "GET", "/orders/live", {400, 403},
                [mine, others, *WEBSOCKET[:2]]),
        refused("cookie, WebSocket whose Connection names all that", "GET", "/orders/live", {400, 401, 403},
                [mine, others, hidden, *WEBSOCKET[1:]]),
        refused("cookie, and a token that Connection names", "GET", "/orders/7", {401},
                [mine, bearer("forged"), ("Connection", "Authorization")]),
    ]  # fmt: skip


def all_cases():
    return [*of_tokens(), *of_rules(), *of_spoofed_headers(), *of_path_tricks(), *of_bodies_and_forms()]


def when_unanswered(statuses):
    """Signet is down, or says nothing: nothing passes, not even what needs no token."""
    return [
        refused("a good token", "GET", "/orders/7", statuses, [bearer("reader")]),
        refused("exempt", "GET", "/healthz", statuses),
        refused("POST with a body", "POST", "/orders", statuses, [bearer("writer"), ("Content-Length", "2")],
                body=b"{}"),
    ]  # fmt: skip


def _folded(name):
    """One name for all that some application takes for the same header: PHP has one for X.Auth-Subject, too."""
    return re.sub("[^a-z0-9]", "-", name.lower())


def _seen(case, said, leaves_empty):
    """What is wrong with what the application saw."""
    seen = {}
    for name, value in said["headers"]:
        seen.setdefault(_folded(name), []).append(value)
    wrong = [f"{name} is {seen[name]}" for name in METADATA & set(seen) if any("healthz" in one for one in seen[name])]
    for name in IDENTITY:
        values = [value for value in seen.get(name, []) if value or not leaves_empty]
        if values != [one for one in [case.identity.get(name)] if one]:
            wrong.append(f"{name} is {seen.get(name)}")
    wrong += [f"it got {name}" for name in sorted(DANGEROUS & set(seen))]
    if case.may_pass and seen.get("authorization") != [bearer("reader")[1]]:
        wrong.append("another token came with it")
    if case.body is not None and said["body"].encode("latin-1") != case.body:
        wrong.append(f"a body of {len(said['body'])} octets")
    target = re.sub("^http://[^/]*", "", case.octets.split(b" ", 2)[1].decode())
    if said["target"] != target:
        wrong.append(f"the path is {said['target']}")
    return wrong


def _wrong(case, answer, has_passed, leaves_empty):
    allowed = case.statuses | ({200} if case.may_pass else set())
    if answer.status not in allowed:
        return [f"not {sorted(allowed)}"]
    if answer.status == 101:
        return [] if answer.body == case.body else [f"sent {answer.body}"]
    if answer.status == 200:
        is_head = case.octets.startswith(b"HEAD ")
        return [] if is_head else _seen(case, json.loads(answer.body), leaves_empty)
    wrong = ["it reached the application"] if has_passed else []
    challenges = answer.all("WWW-Authenticate")
    if case.challenge and (len(challenges) != 1 or case.challenge not in challenges[0]):
        wrong.append(f"the challenges are {challenges!r}")
    return wrong


def run(title, port, application, cases, leaves_empty=False):
    """Asks the gateway at this port. Prints a line per case; returns how many are wrong.

    leaves_empty    the application may get a header without a value, where Signet has none.
    """
    failures = 0
    print(f"\n{title}\n  {'status':6}  {'wanted':20}  case")
    for case in cases:
        before = application.count
        try:
            answer = wire.ask(port, case.octets, then=case.then)
            status, wrong = answer.status, _wrong(case, answer, application.count != before, leaves_empty)
        except OSError as why:
            status, wrong = "-", [str(why)]
        failures += bool(wrong)
        wanted = " ".join(map(str, sorted(case.statuses)))
        print(f"  {status:6}  {wanted:20}  {case.name}{'  WRONG: ' + '; '.join(wrong) if wrong else ''}")
    print(f"{title}: {len(cases)} cases, {failures} wrong", flush=True)
    return failures
