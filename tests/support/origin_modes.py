"""The ways in which origin.py answers, good and broken: MODES, by name."""
import hashlib
import json
import socket
import ssl
import sys
import time

from loopback import PATIENCE

HUGE = 200 * 1024 * 1024
BLOCK = b" " * 65536


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
        """One byte per second."""
        for one in octets:
            self.send(bytes([one]))
            if self.closing.wait(1):
                return


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


def endless(head, block):
    """An answer whose head is followed by the same bytes again and again."""

    def answer(origin, exchange):
        exchange.send(b"HTTP/1.1 200 OK\r\n" + head)
        many = block * (65536 // len(block) + 1)
        for _ in range(HUGE // len(many)):
            exchange.send(many)

    return answer


CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n"


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
    """Unreadable keys next to good ones."""
    bad = [
        {"kty": "EC", "crv": "P-256", "kid": "off-curve", "x": "AQ", "y": "AQ"},
        {"kty": "EC", "crv": "P-256", "kid": "no-coordinates"},
        {"kty": "XYZ", "kid": "unknown-family", "material": "AAAA"},
        "no object",
    ]
    keys = bad[:2] + json.loads(origin.key_set())["keys"] + bad[2:]
    exchange.reply("200 OK", json.dumps({"keys": keys}).encode())


def fixed(status, body, content_type="application/json"):
    return lambda origin, exchange: exchange.reply(status, body, content_type)


# Endless bytes outside the body, so that the limit of the body does not help.
ENDLESS = {
    "endless_head": endless(b"", b"X-Padding: yes\r\n"),
    "endless_chunk_extension": endless(CHUNKED + b"1;", b"a"),
    "endless_chunk_size": endless(CHUNKED, b"0"),
    "endless_trailer": endless(CHUNKED + b"0\r\nX-Padding: ", b"a"),
    "endless_trailers": endless(CHUNKED + b"0\r\n", b"X-Padding: yes\r\n"),
    "endless_chunks": endless(CHUNKED, b"1\r\n \r\n"),
    "endless_extensions": endless(CHUNKED, b"1;" + b"a" * 8000 + b"\r\n \r\n"),
}

def gated(origin, exchange):
    """Good, once the test opens `origin.gate`."""
    origin.gate.wait(60)
    good(origin, exchange)


MODES = {
    **ENDLESS,
    "good": good,
    "503": fixed("503 Service Unavailable", b"<html>sick</html>", "text/html"),
    "404": fixed("404 Not Found", b"", None),
    "gated": gated,
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
