"""A running service with TLS listeners, and clients for it.

    with tls_world.World("client_ca_file: ca.pem") as world:
        client = world.connect(world.trusting("client"))
        assert client.get("/livez") ...

Its files are those of tls_files.py, next to its configuration; `swap` replaces one as an orchestrator does.
"""
import http.client
import json
import os
import pathlib
import re
import shutil
import socket
import ssl
import tempfile
import time

import service
import tls_files

PATIENCE = 30  # seconds for anything; sanitizers are slow
CONFIG = """
server:
  threads: 2
  listen:
    - {address: "127.0.0.1:0", endpoints: [all], tls: {cert_file: tls.pem, key_file: tls.key%s}}
    - {address: "127.0.0.1:0", endpoints: [all], tls: {cert_file: tls.pem, key_file: tls.key%s}}
    - {address: "127.0.0.1:0", endpoints: [all]}
admin: {listen: ["127.0.0.1:0"]}
issuer: https://tokens.example.com
keys: [{name: sig, alg: ES256, generate: true}]
verify_profiles: {default: {issuers: [self], audiences: [api]}}
inline_keys: {endpoints: [sign, verify, encrypt, decrypt]}
"""
JWKS = "/.well-known/jwks.json"


class Client:
    """One TLS connection; its socket tells versions, sessions and certificates."""

    def __init__(self, port, context, session=None, name="localhost"):
        plain = socket.create_connection(("127.0.0.1", port), PATIENCE)
        self.socket = context.wrap_socket(
            plain, server_hostname=name, session=session, suppress_ragged_eofs=False
        )
        self.file = self.socket.makefile("rb")

    def send(self, octets):
        self.socket.sendall(octets)

    def receive(self):
        """(status, headers, body); RemoteDisconnected when the connection ended instead."""
        status = self.file.readline().split()
        if len(status) < 2:
            raise http.client.RemoteDisconnected("no reply")
        fields = {}
        while (line := self.file.readline()) not in (b"\r\n", b""):
            name, _, value = line.decode().partition(":")
            fields[name.lower()] = value.strip()
        return int(status[1]), fields, self.file.read(int(fields.get("content-length", 0)))

    def ask(self, method, path, body=None, fields=""):
        octets = b"" if body is None else (body if isinstance(body, bytes) else json.dumps(body).encode())
        head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\n{fields}"
        if body is not None:
            head += f"Content-Type: application/json\r\nContent-Length: {len(octets)}\r\n"
        self.send(head.encode() + b"\r\n" + octets)
        return self.receive()

    def get(self, path=JWKS):
        return self.ask("GET", path)

    def ends_properly(self):
        """Whether the service says that TLS ends, and then closes."""
        try:
            while self.file.read(65536):
                pass
            return True
        except (ssl.SSLError, ConnectionError):
            return False

    def close(self):
        self.file.close()
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class World:
    def __init__(self, more="", settings="", config=CONFIG, binary=None, environment=None):
        self.made = pathlib.Path(tempfile.mkdtemp(prefix="tls-", dir=os.getcwd()))
        self.authority, self.pairs = tls_files.write(self.made)
        files = {one.name: one.read_bytes() for one in self.made.iterdir()}
        files |= {"tls.pem": files["server.pem"], "tls.key": files["server.key"]}
        files |= {"clients.pem": files["ca.pem"], "revoked.pem": files["crl.pem"]}
        tls = ", " + more if more else ""
        text = config.replace("%s", tls) + settings
        self.service = service.start(binary or os.environ["SIGNET"], text, files, environment=environment)
        self.ports = [int(one.rsplit(":", 1)[1]) for one in self.service.addresses["data"]]
        self.port = self.ports[0]

    def __enter__(self):
        return self

    def __exit__(self, failed, *_):
        shutil.rmtree(self.made, ignore_errors=True)
        self.service.__exit__(failed, *_)

    def text(self, name):
        return (self.made / name).read_bytes()

    def trusting(self, client=None, authority="ca.pem", version=None, suites=None, protocols=("http/1.1",)):
        """A client's side: whom it trusts, and the certificate that it shows."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(str(self.made / authority))
        if client:
            chain = f"{client}-chain.pem" if client in ("below", "under-short") else f"{client}.pem"
            context.load_cert_chain(str(self.made / chain), str(self.made / f"{client}.key"))
        if version:
            context.minimum_version = context.maximum_version = version
        if suites:
            context.set_ciphers(suites)
        if protocols:
            context.set_alpn_protocols(list(protocols))
        return context

    def connect(self, context=None, session=None, port=None):
        return Client(port or self.port, context or self.trusting(), session)

    def status_of(self, context):
        """The status of a GET on a new connection; None when there is no connection for it."""
        try:
            with self.connect(context) as client:
                return client.get()[0]
        except (ssl.SSLError, ConnectionError, http.client.HTTPException):
            return None

    def swap(self, **files):
        """Replaces files by others that were made: swap(tls_pem="next.pem", tls_key="next.key")."""
        for name, made in files.items():
            name = "tls." + name[4:] if name.startswith("tls_") else f"{name}.pem"
            content = self.text(made) if isinstance(made, str) else made
            temporary = self.service.folder / (name + ".new")
            temporary.write_bytes(content)
            temporary.chmod(0o600)
            temporary.replace(self.service.folder / name)

    def metric(self, name, **labels):
        text = self.service.get("/metrics", port=self.service.admin_port).body
        total = 0.0
        for line in text.splitlines():
            if re.match(re.escape(name) + r"[{ ]", line) and all(f'{k}="{v}"' in line for k, v in labels.items()):
                total += float(line.rsplit(" ", 1)[1])
        return total

    def said(self, event):
        """The log's lines of one event."""
        lines = self.service.log_text().splitlines()
        return [one for one in map(json.loads, (line for line in lines if line.startswith("{"))) if one["event"] == event]


def until(holds, what, limit=PATIENCE):
    """Waits until it holds; how long that took."""
    begin = time.monotonic()
    while not holds():
        assert time.monotonic() - begin < limit, f"not within {limit} s: {what}"
        time.sleep(0.05)
    return time.monotonic() - begin
