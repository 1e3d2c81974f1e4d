"""An issuer's web server for tests, well-behaved or broken.

    with origin.Origin() as issuer:
        key = issuer.new_key("k1")          # an EC key; its public half is in the published set
        ... issuer.url, issuer.https_url, issuer.ca_pem ...
        issuer.mode = "hang"                # from now on; see origin_modes.MODES
        assert len(issuer.requests) == 1    # each with time, method, path, headers, door, mode

It binds loopback and port 0. `/jwks` is the key set, `/.well-known/openid-configuration` and
`/.well-known/oauth-authorization-server` the metadata; a path that begins with `/as/MODE/` is
answered in that mode, whatever is set. Doors: http, https, https_expired, https_wrong_host,
https_unknown (an authority that ca_pem does not name), https_client (wants a client certificate of
client_ca), https_12 and https_old (TLS 1.2 and 1.1 at most); by what their certificates say,
https_common_name, https_only_uri, https_address_as_name, https_wildcard, https_part_wildcard; by
what they send with them, https_long_chain, https_twelve_certificates, https_heavy_chain; and
https_endless, which sends handshake records until the client has enough.

As a program it prints the port of each door and of a proxy as one line of JSON, leaves its
certificates in FOLDER, and serves until its standard input ends:  python3 origin.py FOLDER
"""
import base64
import json
import os
import pathlib
import ssl
import sys
import tempfile
import threading
import warnings

from cryptography.hazmat.primitives.asymmetric import ec

import certificates
from loopback import Request, Server, read_head
from origin_modes import MODES, Exchange
from proxy import Proxy


class Origin:
    """The issuer. `mode` may be changed at any time; `status_headers` go into every good answer."""

    def __init__(self, folder=None):
        self._temporary = None if folder else tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(folder or self._temporary.name)
        self.mode = "good"
        self.gate = threading.Event()  # of the mode "gated"
        self.requests = []
        self.cache_control = "max-age=300"
        self.extra_headers = {}
        self.last_modified = "Mon, 02 Mar 2026 08:00:00 GMT"
        self.metadata = {}  # members that replace those of the metadata documents
        self.keys = []
        self.set_members = {}  # further members of the set
        self._lock = threading.Lock()
        self._make_certificates()
        contexts = self._contexts()
        self._servers = {"http": Server(self._plain)}
        for door, context in contexts.items():
            self._servers[door] = Server(self._secured(door, context))
        self._servers["https_endless"] = Server(endless_handshake)

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
            return json.dumps({"keys": self.keys, **self.set_members}).encode()

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
            "https_common_name": known.issue("origin.test"),
            "https_only_uri": known.issue("origin.test", uris=["https://origin.test"]),
            "https_address_as_name": known.issue("127.0.0.1", names=["127.0.0.1"]),
            "https_wildcard": known.issue("x", names=["*.origin.test"]),
            "https_part_wildcard": known.issue("x", names=["ori*.origin.test", "*.whole.test"]),
            "https_long_chain": known.issue("origin.test", **here),
            "https_twelve_certificates": known.issue("origin.test", **here),
            "https_heavy_chain": known.issue("origin.test", **here),
        }
        self._more_certificates = {
            "https_long_chain": known.certificate_pem * 300,
            "https_twelve_certificates": known.certificate_pem * 11,
            "https_heavy_chain": known.issue_for_heavy_key(),
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
                self.write(f"{door}.pem", pair.certificate_pem + self._more_certificates.get(door, b"")),
                self.write(f"{door}.key", pair.key_pem),
            )
            contexts[door] = context
        contexts["https_client"].verify_mode = ssl.CERT_REQUIRED
        contexts["https_client"].load_verify_locations(str(self.folder / "client_ca.pem"))
        contexts["https_12"].maximum_version = ssl.TLSVersion.TLSv1_2
        contexts["https_old"].set_ciphers("ALL:@SECLEVEL=0")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # which nobody should use: that is what we test
            contexts["https_old"].minimum_version = ssl.TLSVersion.TLSv1
            contexts["https_old"].maximum_version = ssl.TLSVersion.TLSv1_1
        return contexts


def endless_handshake(client, closing):
    """TLS records of one handshake message that is as long as one can be."""
    client.recv(65536)
    begin = b"\x16\x03\x03\x40\x00"
    first = b"\x02\xff\xff\xff"
    client.sendall(begin + first + bytes(16384 - len(first)))
    for _ in range(1023):
        client.sendall(begin + bytes(16384))


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
