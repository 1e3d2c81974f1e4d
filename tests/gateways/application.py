"""The application behind the gateway: tells in JSON what reached it, and speaks a little WebSocket.

    with application.Application() as app:
        ... app.port, app.count ...

The answer is {"method", "target", "headers": [[name, value], ...], "body"}. It agrees to every change of the protocol,
as one that speaks h2c would: it answers 101, and sends back what it gets, in upper case.
"""
import base64
import hashlib
import json
import threading

import loopback

BODY_MAX = 1024 * 1024
WEBSOCKET_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455 section 1.3


class Application:
    def __init__(self):
        self.count = 0  # requests that reached it
        self._lock = threading.Lock()
        self._server = loopback.Server(self._serve)
        self.port = self._server.port

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._server.close()

    def _serve(self, client, closing):
        reader = client.makefile("rb")
        while not closing.is_set():
            method, target, headers = _read_head(reader)
            with self._lock:
                self.count += 1
            if _values(headers, "Upgrade"):
                _answer_upgrade(client, headers)
                client.sendall(reader.read(4).upper())
                return
            body = _read_body(reader, headers)
            said = {"method": method, "target": target, "headers": headers, "body": body.decode("latin-1")}
            _answer(client, method, json.dumps(said).encode())


def _values(headers, name):
    return [value for key, value in headers if key.lower() == name.lower()]


def _read_head(reader):
    lines = []
    while (line := reader.readline(64 * 1024)) not in (b"\r\n", b""):
        lines.append(line.decode("latin-1").rstrip("\r\n"))
    if not lines:
        raise ValueError("no request")
    method, target, _ = lines[0].split(" ", 2)
    fields = (line.partition(":") for line in lines[1:])
    return method, target, [[name, value.strip()] for name, _, value in fields]


def _read_body(reader, headers):
    if "chunked" in ",".join(_values(headers, "Transfer-Encoding")):
        body = b""
        while (size := int(reader.readline(64), 16)) and len(body) < BODY_MAX:
            body += reader.read(size)
            reader.readline(2)
        reader.readline(2)
        return body
    length = int((_values(headers, "Content-Length") or ["0"])[0])
    return reader.read(min(length, BODY_MAX))


def _answer_upgrade(client, headers):
    protocol = ", ".join(_values(headers, "Upgrade"))
    key = (_values(headers, "Sec-WebSocket-Key") or [""])[0]
    accept = base64.b64encode(hashlib.sha1((key + WEBSOCKET_GUID).encode()).digest()).decode()
    client.sendall(
        f"HTTP/1.1 101 Switching Protocols\r\nUpgrade: {protocol}\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Accept: {accept}\r\n\r\n".encode()
    )


def _answer(client, method, body):
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    client.sendall(head.encode() + (b"" if method == "HEAD" else body))
