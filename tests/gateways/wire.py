"""Requests as exact bytes, and their answers.

    answer = wire.ask(port, wire.request("GET", "/orders/7", [("Authorization", "Bearer ...")]))
    assert answer.status == 200 and answer.first("X-Auth-Subject") == "ada"
"""
import http.client
import socket

PATIENCE = 60  # seconds for one answer; sanitizers on a busy machine are slow
HOST = "orders.example.com"


class Answer:
    """`headers`: pairs as received. `body`: octets, with what came after the head of a 101."""

    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def all(self, name):
        return [value for key, value in self.headers if key.lower() == name.lower()]

    def first(self, name):
        return next(iter(self.all(name)), None)

    def __repr__(self):
        return f"<{self.status} {self.headers} {self.body[:300]!r}>"


def request(method, target, headers=(), body=b"", version="1.1", host=HOST):
    """The octets of a request, with exactly these headers after its Host (None: without a Host)."""
    lines = [f"{method} {target} HTTP/{version}"]
    if host is not None:
        lines.append(f"Host: {host}")
    lines += [f"{name}: {value}" for name, value in headers]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + body


def _connect(where, patience):
    if isinstance(where, int):
        return socket.create_connection(("127.0.0.1", where), timeout=patience)
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(patience)
    connection.connect(str(where))
    return connection


def ask(where, octets, patience=PATIENCE, then=b""):
    """Sends the octets over a connection of their own. Raises OSError when there is no answer in time.

    where   a port of this machine, or the path of a Unix socket.
    then    what to send after an answer of 101; as many octets are read then.
    """
    with _connect(where, patience) as connection:
        connection.sendall(octets)
        got = http.client.HTTPResponse(connection, method=octets.split(b" ", 1)[0].decode())
        try:
            got.begin()
            if got.status == 101:
                connection.sendall(then)
                return Answer(got.status, got.getheaders(), got.fp.read(len(then)))
            return Answer(got.status, got.getheaders(), got.read())
        except (http.client.HTTPException, ValueError) as why:
            raise ConnectionError(f"no answer: {why!r}") from None
        finally:
            got.close()
