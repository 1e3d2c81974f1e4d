"""The parts of test servers: a listener on loopback, and reading the head of a request."""
import socket
import ssl
import threading
import time

HEAD_LIMIT = 64 * 1024
PATIENCE = 30  # seconds that one connection may take


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
            pass  # the client closed, or refused us: tests do that
        finally:
            with self._lock:
                self._open.discard(client)
            client.close()

    def close(self):
        self._closing.set()
        # shutdown, because close by itself does not wake a thread that waits in accept or recv
        with self._lock:
            waiting = [self._listener, *self._open]
        for one in waiting:
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        self._listener.close()


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
