"""An HTTP proxy for tests.

    with proxy.Proxy() as between:
        ... between.url ...; between.requests says what it was asked; between.refuses = True
"""
import socket
import threading

from loopback import PATIENCE, Request, Server, parse_head, read_head_octets


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
    """Names under .test mean this machine, as if the proxy's own resolver knew them."""
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
