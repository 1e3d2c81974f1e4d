"""An issuer's web server for tests, well-behaved or sick, and a proxy before it.

    with origin.Origin() as issuer:
        key = issuer.new_key("k1")          # an EC key; its public half is in the published set
        ... issuer.url, issuer.https_url, issuer.ca_pem ...
        issuer.mode = "hang"                # from now on; see MODES
        assert len(issuer.requests) == 1    # each with time, method, path, headers, door, mode

It binds loopback and port 0. `/jwks` is the key set, `/.well-known/openid-configuration` and
`/.well-known/oauth-authorization-server` the metadata; a path that begins with `/as/MODE/` is
answered in that mode, whatever is set. Doors: http, https, https_expired, https_wrong_host,
https_unknown (an authority that ca_pem does not name), https_client (wants a client certificate of
client_ca), https_12 and https_old (TLS 1.2 and 1.1 at most).

As a program it prints one line of JSON with every address and file, and serves until its standard
input ends:  python3 origin.py FOLDER
"""
import base64
import hashlib
import json
import os
import pathlib
import socket
import ssl
import sys
import tempfile
import threading
import time
import warnings

from cryptography.hazmat.primitives.asymmetric import ec

import certificates

HEAD_LIMIT = 64 * 1024
PATIENCE = 30  # seconds that one connection may take
HUGE = 200 * 1024 * 1024
BLOCK = b" " * 65536


class Request:
    """What a client asked: `at` is time.monotonic()."""

    def __init__(self, method, path, headers, door, mode):
        self.at = time.monotonic()
        self.method, self.path, self.headers, self.door, self.mode = (
            method, path, headers, door, mode,
        )  # fmt: skip

    def __repr__(self):
        return f"<{self.method} {self.path} at {self.door} as {self.mode}>"


class Server:
    """Accepts connections on loopback, each in a thread of its own, until `close()`."""

    def __init__(self, serve):
        self._serve = serve
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self._listener.getsockname()[1]
        self._closing = threading.Event()
        self._open = set()
        self._lock = threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while not self._closing.is_set():
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._run, args=(client,), daemon=True).start()

    def _run(self, client):
        client.settimeout(PATIENCE)
        with self._lock:
            self._open.add(client)
        try:
            self._serve(client, self._closing)
        except (OSError, ssl.SSLError, ValueError):
            pass  # the client went away, or refused us: what tests are for
        finally:
            with self._lock:
                self._open.discard(client)
            client.close()

    def close(self):
        self._closing.set()
        # shutdown, because close alone does not wake a thread that waits in accept or recv
        with self._lock:
            waiting = [self._listener, *self._open]
        for one in waiting:
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        self._listener.close()


class Origin:
    """The issuer. `mode` may be changed at any time; `status_headers` go into every good answer."""

    def __init__(self, folder=None):
        self._temporary = None if folder else tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(folder or self._temporary.name)
        self.mode = "good"
        self.requests = []
        self.cache_control = "max-age=300"
        self.extra_headers = {}
        self.last_modified = "Mon, 02 Mar 2026 08:00:00 GMT"
        self.metadata = {}  # members that replace those of the metadata documents
        self.keys = []
        self._lock = threading.Lock()
        self._make_certificates()
        contexts = self._contexts()
        self._servers = {"http": Server(self._plain)}
        for door, context in contexts.items():
            self._servers[door] = Server(self._secured(door, context))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        for one in self._servers.values():
            one.close()
        if self._temporary:
            self._temporary.cleanup()

    # Where it is.

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port('http')}"

    @property
    def https_url(self):
        return self.door_url("https")

    def door_url(self, door):
        return f"https://127.0.0.1:{self.port(door)}"

    def port(self, door):
        return self._servers[door].port

    # What it publishes.

    def new_key(self, kid):
        """Adds an ES256 key to the set; returns its private half."""
        key = ec.generate_private_key(ec.SECP256R1())
        with self._lock:
            self.keys.append(public_jwk(key.public_key(), kid))
        return key

    def remove_key(self, kid):
        with self._lock:
            self.keys = [one for one in self.keys if one.get("kid") != kid]

    def key_set(self):
        with self._lock:
            return json.dumps({"keys": self.keys}).encode()

    def document(self, issuer):
        made = {"issuer": issuer, "jwks_uri": f"{issuer}/jwks", **self.metadata}
        return json.dumps({name: value for name, value in made.items() if value is not None}).encode()

    def fetches(self, path="/jwks"):
        """The requests for one path so far."""
        with self._lock:
            return [one for one in self.requests if one.path == path]

    # How it serves.

    def _plain(self, client, closing):
        self._answer(client, "http", self.url, closing)

    def _secured(self, door, context):
        def serve(client, closing):
            with context.wrap_socket(client, server_side=True) as secured:
                if self._answer(secured, door, self.door_url(door), closing) == "cut_at_the_end":
                    return
                try:
                    secured.unwrap()  # TLS's farewell
                except (OSError, ssl.SSLError):
                    pass

        return serve

    def _answer(self, client, door, issuer, closing):
        method, path, headers = read_head(client)
        mode = self.mode
        if path.startswith("/as/"):
            _, _, mode, *rest = path.split("/")
            path = "/" + "/".join(rest)
        with self._lock:
            self.requests.append(Request(method, path, headers, door, mode))
        MODES[mode](self, Exchange(client, path, headers, issuer, closing))
        return mode

    # Its certificates.

    def _make_certificates(self):
        known, unknown = certificates.Authority(), certificates.Authority("Somebody else")
        here = {"names": ["localhost", "origin.test"], "addresses": ["127.0.0.1", "::1"]}
        day = certificates.DAY
        self.ca_pem = known.certificate_pem
        self.client_ca = certificates.Authority("Signet test clients")
        self._pairs = {
            "https": known.issue("origin.test", **here),
            "https_expired": known.issue("origin.test", **here, start=-9 * day, end=-day),
            "https_wrong_host": known.issue("other.test", names=["other.test"]),
            "https_unknown": unknown.issue("origin.test", **here),
            "https_client": known.issue("origin.test", **here),
            "https_12": known.issue("origin.test", **here),
            "https_old": known.issue("origin.test", **here),
        }
        self.client = self.client_ca.issue("signet", client=True)
        self.write("ca.pem", self.ca_pem)
        self.write("client.pem", self.client.certificate_pem)
        self.write("client.key", self.client.key_pem)
        self.write("client_ca.pem", self.client_ca.certificate_pem)

    def write(self, name, octets):
        """A file in the origin's folder; returns its path."""
        path = self.folder / name
        path.touch(mode=0o600)
        path.write_bytes(octets)
        return str(path)

    def _contexts(self):
        contexts = {}
        for door, pair in self._pairs.items():
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(
                self.write(f"{door}.pem", pair.certificate_pem),
                self.write(f"{door}.key", pair.key_pem),
            )
            contexts[door] = context
        contexts["https_client"].verify_mode = ssl.CERT_REQUIRED
        contexts["https_client"].load_verify_locations(str(self.folder / "client_ca.pem"))
        contexts["https_12"].maximum_version = ssl.TLSVersion.TLSv1_2
        contexts["https_old"].set_ciphers("ALL:@SECLEVEL=0")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that nobody should: that is what we test
            contexts["https_old"].minimum_version = ssl.TLSVersion.TLSv1
            contexts["https_old"].maximum_version = ssl.TLSVersion.TLSv1_1
        return contexts


class Exchange:
    """One request that is being answered."""

    def __init__(self, client, path, headers, issuer, closing):
        self.client, self.path, self.headers = client, path, headers
        self.issuer, self.closing = issuer, closing

    def send(self, octets):
        self.client.sendall(octets)

    def reply(self, status, body, content_type="application/json", headers=None):
        lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close"]
        if content_type:
            lines.append(f"Content-Type: {content_type}")
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        self.send("\r\n".join(lines).encode() + b"\r\n\r\n" + body)

    def hold(self):
        """Says nothing until the client gives up or the origin closes."""
        self.client.settimeout(0.2)
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and not self.closing.is_set():
            try:
                if not self.client.recv(1):
                    return
            except (TimeoutError, ssl.SSLWantReadError):
                continue

    def trickle(self, octets):
        """One octet a second."""
        for one in octets:
            self.send(bytes([one]))
            if self.closing.wait(1):
                return


# The modes.


def good(origin, exchange):
    if exchange.path == "/jwks":
        body = origin.key_set()
    elif exchange.path.startswith("/.well-known/"):
        body = origin.document(exchange.issuer)
    else:
        return exchange.reply("404 Not Found", b"", None)
    tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
    headers = {"ETag": tag, "Last-Modified": origin.last_modified, **origin.extra_headers}
    if origin.cache_control:
        headers["Cache-Control"] = origin.cache_control
    if exchange.headers.get("if-none-match") == tag:
        return exchange.reply("304 Not Modified", b"", None, headers)
    return exchange.reply("200 OK", body, headers=headers)


def huge(origin, exchange):
    exchange.send(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
    for _ in range(HUGE // len(BLOCK)):
        exchange.send(BLOCK)


def huge_announced(origin, exchange):
    exchange.send(f"HTTP/1.1 200 OK\r\nContent-Length: {HUGE}\r\n\r\n".encode())
    for _ in range(HUGE // len(BLOCK)):
        exchange.send(BLOCK)


def drip(origin, exchange):
    body = origin.key_set()
    exchange.send(f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n".encode())
    exchange.trickle(body)


def reset(origin, exchange):
    exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
    linger_not = (1).to_bytes(4, sys.byteorder) + (0).to_bytes(4, sys.byteorder)
    exchange.client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger_not)
    socket.socket.close(exchange.client)


def to_the_end(origin, exchange):
    exchange.send(b"HTTP/1.0 200 OK\r\n\r\n{}")


def redirect(origin, exchange):
    exchange.reply("302 Found", b"", None, {"Location": f"{exchange.issuer}/as/good/jwks"})


def mixed(origin, exchange):
    """Keys that nobody can read beside those that are good."""
    bad = [
        {"kty": "EC", "crv": "P-256", "kid": "off-curve", "x": "AQ", "y": "AQ"},
        {"kty": "EC", "crv": "P-256", "kid": "no-coordinates"},
        {"kty": "XYZ", "kid": "unknown-family", "material": "AAAA"},
        "no object",
    ]
    with origin._lock:
        keys = bad[:2] + origin.keys + bad[2:]
    exchange.reply("200 OK", json.dumps({"keys": keys}).encode())


def fixed(status, body, content_type="application/json"):
    return lambda origin, exchange: exchange.reply(status, body, content_type)


MODES = {
    "good": good,
    "503": fixed("503 Service Unavailable", b"<html>sick</html>", "text/html"),
    "404": fixed("404 Not Found", b"", None),
    "hang": lambda origin, exchange: exchange.hold(),
    "drip": drip,
    "slow_head": lambda origin, exchange: exchange.trickle(b"HTTP/1.1 200 OK\r\nServer: x\r\n\r\n"),
    "reset": reset,
    "close": lambda origin, exchange: None,
    "truncated": lambda origin, exchange: exchange.send(
        b'HTTP/1.1 200 OK\r\nContent-Length: 4096\r\n\r\n{"keys":'
    ),
    "to_the_end": to_the_end,
    "cut_at_the_end": to_the_end,  # inside TLS: without its farewell
    "huge": huge,
    "huge_announced": huge_announced,
    "huge_head": lambda origin, exchange: exchange.send(
        b"HTTP/1.1 200 OK\r\n" + b"X-Padding: " + b"x" * (1 << 20) + b"\r\n\r\n"
    ),
    "no_http": lambda origin, exchange: exchange.send(b"SSH-2.0-OpenSSH_9.2\r\n"),
    "html": fixed("200 OK", b"<!doctype html><title>Sign in</title>", "text/html"),
    "empty_set": fixed("200 OK", b'{"keys":[]}'),
    "empty_object": fixed("200 OK", b"{}"),
    "mixed": mixed,
    "redirect": redirect,
    "wrong_type": lambda origin, exchange: exchange.reply(
        "200 OK", origin.key_set(), "application/octet-stream"
    ),
}


class Proxy:
    """An HTTP proxy: tunnels CONNECT, forwards absolute-form requests. `refuses` answers 403."""

    def __init__(self):
        self.refuses = False
        self.requests = []
        self._server = Server(self._serve)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._server.close()

    @property
    def port(self):
        return self._server.port

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def _serve(self, client, closing):
        head = read_head_octets(client)
        method, target, headers = parse_head(head)
        self.requests.append(Request(method, target, headers, "proxy", "proxy"))
        if self.refuses:
            return client.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
        if method == "CONNECT":
            host, _, port = target.rpartition(":")
            with socket.create_connection((_local(host), int(port)), timeout=PATIENCE) as onward:
                client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                return _join(client, onward)
        where, _, path = target.removeprefix("http://").partition("/")
        host, _, port = where.partition(":")
        with socket.create_connection((_local(host), int(port or 80)), timeout=PATIENCE) as onward:
            onward.sendall(head.replace(target.encode(), f"/{path}".encode(), 1))
            return _join(client, onward)


def _local(host):
    """Names under .test are this machine, as a proxy's own resolver may say."""
    return "127.0.0.1" if host.endswith(".test") else host.strip("[]")


def _join(client, onward):
    """Copies both ways until one side ends."""

    def copy(source, sink):
        try:
            while octets := source.recv(65536):
                sink.sendall(octets)
        except OSError:
            pass
        for one in (source, sink):
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    back = threading.Thread(target=copy, args=(onward, client), daemon=True)
    back.start()
    copy(client, onward)
    back.join(PATIENCE)


def read_head_octets(client):
    head = b""
    while b"\r\n\r\n" not in head:
        more = client.recv(4096)
        if not more or len(head) > HEAD_LIMIT:
            raise ValueError("no request")
        head += more
    return head


def parse_head(head):
    first, *lines = head.split(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ", 2)
    fields = (line.partition(":") for line in lines)
    return method, target, {name.lower(): value.strip() for name, _, value in fields}


def read_head(client):
    return parse_head(read_head_octets(client))


def public_jwk(key, kid):
    numbers = key.public_numbers()

    def text(number):
        return base64.urlsafe_b64encode(number.to_bytes(32, "big")).rstrip(b"=").decode()

    return {
        "kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": kid,
        "x": text(numbers.x), "y": text(numbers.y),
    }  # fmt: skip


def main(folder):
    os.makedirs(folder, exist_ok=True)
    with Origin(folder) as issuer, Proxy() as proxy:
        issuer.new_key("k1")
        doors = {door: server.port for door, server in issuer._servers.items()}
        print(json.dumps({**doors, "proxy": proxy.port}), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main(sys.argv[1])
