"""Who may ask what: every endpoint with every credential, by real requests over TCP, the Unix socket and TLS.

The rule: a request whose credentials are those of two callers is refused wherever it matters who asks. Otherwise an
endpoint that needs a caller serves a caller that its lists name (or that has the role), answers 403 to another caller
and 401 to a stranger; what needs no caller serves everybody, unless the caller's own list takes it away. Nothing that a
proxy or a client writes into other fields proves anything.

Run by ctest (the binary in SIGNET), or as:
    PYTHONPATH=tests/support python3 tests/security/callers_test.py build/dev/signet
"""
import contextlib
import datetime
import json
import os
import ssl
import subprocess
import sys
import time
import unittest

import service
import yaml
import pages
from callers_world import ADMINS, NAMES, PROVEN_BY, TRANSPORTS, World, bearer, exchange, secret_of

BINARY = os.path.abspath(sys.argv.pop(1) if len(sys.argv) > 1 else os.environ["SIGNET"])
LISTED = frozenset(PROVEN_BY) | {"narrow"}


class Endpoint:
    """A request; `served` and `forbidden` are the statuses of who may ask, and of a caller that may not. `only` are the
    callers that may ask; None means everybody, and `asks` says whether it matters at all who asks."""

    def __init__(self, name, method, path, body=None, only=None, asks=True, role="data", served=200, forbidden=403):
        self.name, self.method, self.path, self.body = name, method, path, body
        self.only, self.asks, self.role = only, asks, role
        self.served, self.forbidden = served, forbidden

    def expected(self, proves):
        """The status for credentials that prove these callers."""
        if not self.asks:
            return self.served
        if len(proves) > 1:
            return 401
        if "narrow" in proves and not self.path.startswith("/verify"):
            return 403  # its own list
        if self.only is None or proves & self.only:
            return self.served
        return self.forbidden if proves else 401


def endpoints(world):
    """Every endpoint. On /auth the Authorization field is a token to be verified, and no credential of a caller is one
    that its profile accepts."""
    as_caller = bearer(secret_of("secret"))
    client = world.connect("tcp")
    token = exchange(client, "POST", "/sign", {"claims": {"sub": "a"}}, as_caller)[1]["token"]
    sealed = exchange(client, "POST", "/encrypt", {"plaintext": "x", "key_name": "box"}, as_caller)[1]["token"]
    client.close()
    claims = {"claims": {"sub": "a"}}
    public = ["jwks.json", "jwks/box.json", "openid-configuration", "oauth-authorization-server"]
    watching = ["livez", "readyz", "healthz", "metrics", "version", "keys", "issuers"]
    return [
        Endpoint("sign", "POST", "/sign", claims, LISTED),
        # 422: the batch is served, and its item is refused as a single call would be.
        Endpoint("sign batch", "POST", "/sign/batch", {"items": [claims]}, LISTED, forbidden=422),
        Endpoint("verify", "POST", "/verify", {"token": token}),
        Endpoint("verify closed", "POST", "/verify", {"token": token, "profile": "closed"}, LISTED),
        Endpoint("verify batch", "POST", "/verify/batch", {"tokens": [token]}),
        Endpoint("encrypt", "POST", "/encrypt", {"plaintext": "x", "key_name": "box"}, LISTED),
        Endpoint("decrypt", "POST", "/decrypt", {"token": sealed, "key_name": "box"}, LISTED),
        Endpoint("inspect", "POST", "/inspect", {"token": token}),
        Endpoint("reload", "POST", "/reload", {}, ADMINS, role="admin"),
        # Who may ask learns that there is no such series and no such key.
        Endpoint("rotate", "POST", "/keys/rotate", {"series": "none"}, ADMINS, role="admin", served=400),
        Endpoint("revoke", "POST", "/keys/none/revoke", {}, ADMINS, role="admin", served=404),
        Endpoint("auth", "GET", "/auth", asks=False, served=401),
        # Without metadata, and with a profile that does not exist.
        Endpoint("auth forward", "GET", "/auth/forward", asks=False, served=400),
        Endpoint("auth nginx", "GET", "/auth/nginx", asks=False, served=403),
        *(Endpoint(f"auth {one} nobody", "GET", f"/auth/{one}/nobody", asks=False, served=403)
          for one in ("forward", "nginx", "envoy")),
        *(Endpoint(name, "GET", "/.well-known/" + name, asks=False) for name in public),
        Endpoint("openapi.yaml", "GET", "/openapi.yaml", asks=False),
        # Development mode's: for everybody there are none.
        *(Endpoint(f"dev {one}", "POST", f"/dev/acme/{one}", {}, asks=False, served=404) for one in ("sign", "rotate")),
        *(Endpoint(f"dev {one}", "GET", f"/dev/acme/.well-known/{one}", asks=False, served=404)
          for one in ("jwks.json", "openid-configuration", "oauth-authorization-server")),
        *(Endpoint(name, "GET", "/" + name, asks=False, role="admin") for name in watching),
    ]


class Callers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.world = World(BINARY)
        cls.addClassCleanup(cls.world.close)
        cls.endpoints = endpoints(cls.world)

    def outcomes(self, transport, credential):
        """The status of each endpoint, over connections that are kept; "-" where the handshake was refused."""
        kept, cells = {}, []
        for endpoint in self.endpoints:
            try:
                client = kept.get(endpoint.role)
                if client is None or client.sock is None:  # the service closed it after its reply
                    client = kept[endpoint.role] = self.world.connect(transport, credential.pair, endpoint.role)
                asked = (endpoint.method, endpoint.path, endpoint.body, credential.fields)
                cells.append(str(exchange(client, *asked)[0]))
            except (ssl.SSLError, OSError):  # with TLS 1.3 a client learns it only after its own handshake
                if client := kept.pop(endpoint.role, None):
                    client.close()
                cells.append("-")
        for client in kept.values():
            client.close()
        return cells

    def test_the_table_has_every_path_of_the_api(self):
        document = yaml.safe_load((pages.ROOT / "service/openapi.yaml").read_text())
        names = {"/box.": "/{series}.", "/none/": "/{kid}/", "/nobody": "/{profile}", "/dev/acme/": "/dev/{issuer}/"}
        asked = set()
        for endpoint in self.endpoints:
            path = endpoint.path
            for name, template in names.items():
                path = path.replace(name, template)
            asked.add(path)
        self.assertEqual(asked, set(document["paths"]))

    def test_every_endpoint_times_every_credential(self):
        rows, wrong = [], []
        for transport in TRANSPORTS:
            for one in self.world.shown_over(transport):
                cells = self.outcomes(transport, one)
                for endpoint, cell in zip(self.endpoints, cells):
                    right = str(endpoint.expected(one.proves)) if one.connects else "-"
                    if cell != right:
                        wrong.append(f"{transport}: {one.name}: {endpoint.name} is {cell}, not {right}")
                rows.append((f"{transport}: {one.name}", cells))
        print_table([endpoint.name for endpoint in self.endpoints], rows)
        self.assertEqual(wrong, [])
        self.assertGreater(len(rows), 100)

    def test_who_asks_never_decides_on_auth(self):
        """There the Authorization field is the token of somebody else."""
        client = self.world.connect("tcp")
        signed = exchange(client, "POST", "/sign", {"claims": {}}, bearer(secret_of("secret")))[1]["token"]
        for text, status in ((signed, 200), (secret_of("secret"), 401), (self.world.token(), 401)):
            for transport in ("tcp", "unix"):
                asked = self.world.connect(transport)
                self.assertEqual(exchange(asked, "GET", "/auth", None, bearer(text))[0], status)
                asked.close()
        client.close()

    def test_a_refused_credential_is_told_by_a_stable_code(self):
        for text, says in (
            (self.world.token(aud="api"), "The bearer token was refused: audience_mismatch."),
            (self.world.token(cnf={}), "The bearer token was refused: claim_invalid."),
            (self.world.token(sub="somebody"), "The bearer token is good, but belongs to no caller."),
        ):
            client = self.world.connect("tcp")
            status, body = exchange(client, "POST", "/sign", {"claims": {}}, bearer(text))
            self.assertEqual((status, body["code"], body["detail"]), (401, "caller_unauthenticated", says))
            self.assertNotIn(text.split(".")[1][:20], json.dumps(body))
            client.close()
        local = self.world.connect("unix")
        status, body = exchange(local, "POST", "/inspect", {"token": "x"}, bearer(secret_of("secret")))
        local.close()
        self.assertEqual((status, body["code"]), (401, "caller_unauthenticated"))
        self.assertEqual(body["detail"], "The credentials of the request belong to two callers.")
        log = self.world.service.log_text()
        self.assertIn('"event":"token_refused"', log)
        self.assertNotIn(secret_of("secret"), log)

    def test_a_rotated_key_of_the_issuer_is_fetched_for_the_first_token(self):
        """Nobody is refused because the issuer has a new key: the token waits for the one fetch that it causes."""
        fresh = self.world.cluster.new_key("k2")
        client = self.world.connect("tcp")
        shown = bearer(self.world.token(fresh, "k2"))
        self.assertEqual(exchange(client, "POST", "/sign", {"claims": {}}, shown)[0], 200)
        client.close()

    def test_the_command_line_shows_every_credential(self):
        write, folder = self.world.write, self.world.service.folder
        write("caller.secret", secret_of("secret").encode() + b"\n")
        write("caller.jwt", self.world.token().encode() + b"\n")
        write("other.jwt", self.world.token(aud="api").encode())
        tcp, local = f"http://127.0.0.1:{self.world.port('tcp')}", f"unix:{self.world.socket_path()}"
        for words, code in (
            (["--url", local], 0),
            (["--url", tcp, "--token-file", "caller.secret"], 0),
            (["--url", tcp, "--token-file", "caller.jwt"], 0),
            (["--url", tcp, "--token-file", "other.jwt"], 1),
            (["--url", tcp], 1),
        ):
            self.assertEqual(self.signed(folder, words), code, words)

    def test_the_command_line_shows_every_credential_over_tls(self):
        write, folder = self.world.write, self.world.service.folder
        write("caller.secret", secret_of("secret").encode() + b"\n")
        write("caller.jwt", self.world.token().encode() + b"\n")
        pair = self.world.clients.issue("somebody", **NAMES["spiffe"], client=True)
        write("ca.pem", self.world.authority.certificate_pem)
        write("client.pem", pair.certificate_pem)
        write("client.key", pair.key_pem)
        url = ["--url", f"https://localhost:{self.world.port('tls')}"]
        trusted = ["--ca-file", "ca.pem"]
        shown = ["--client-cert", "client.pem", "--client-key", "client.key"]
        for words, code in (
            ([*trusted, *shown], 0),
            ([*trusted, "--token-file", "caller.secret"], 0),
            ([*trusted, "--token-file", "caller.jwt"], 0),
            ([*trusted, *shown, "--token-file", "caller.jwt"], 1),  # two callers
            (trusted, 1),
            (shown, 3),  # the system does not trust this authority
        ):
            self.assertEqual(self.signed(folder, [*url, *words]), code, words)

    def signed(self, folder, words):
        ran = subprocess.run([BINARY, "sign", "--claims", "{}", *words], cwd=folder, capture_output=True, timeout=60,
                             env=service.clean_environment())  # fmt: skip
        self.assertEqual(ran.stdout.count(b"."), 2 if ran.returncode == 0 else 0, ran)
        return ran.returncode

    def kept(self, pair):
        """A connection for each endpoint, all of them good while the certificate is. One that was refused before its body
        was read does not stay."""
        clients = [(endpoint, self.world.connect("tls", pair, endpoint.role)) for endpoint in self.endpoints]
        for endpoint, client in clients:
            self.addCleanup(client.close)
            self.assertEqual(self.status(endpoint, client), endpoint.expected({"dns"}), endpoint.name)
        stayed = [(endpoint, client) for endpoint, client in clients if client.sock is not None]
        self.assertEqual([endpoint.name for endpoint, client in clients if client.sock is None],
                         ["reload", "rotate", "revoke", "dev sign", "dev rotate"])  # fmt: skip
        return stayed

    def status(self, endpoint, client):
        return exchange(client, endpoint.method, endpoint.path, endpoint.body, {})[0]

    def check_ended(self, clients, pair):
        """Each connection is told so once, and ends; another one is not accepted."""
        for endpoint, client in clients:
            status, body = exchange(client, endpoint.method, endpoint.path, endpoint.body, {})
            self.assertEqual((status, body["code"]), (401, "caller_unauthenticated"), endpoint.name)
            self.assertEqual(body["detail"], "The client certificate is not accepted any more.")
            self.assertIsNone(client.sock, endpoint.name)
            with self.assertRaises(OSError), contextlib.closing(self.world.connect("tls", pair, endpoint.role)) as other:
                self.status(endpoint, other)

    def test_a_certificate_that_ends_during_a_connection(self):
        ends_after = 15  # seconds; sanitizers are slow
        began = time.monotonic()
        pair = self.world.clients.issue(
            "somebody", **NAMES["dns"], client=True, end=datetime.timedelta(seconds=ends_after)
        )
        clients = self.kept(pair)
        time.sleep(max(0, ends_after + 1 - (time.monotonic() - began)))
        self.check_ended(clients, pair)

    def test_a_certificate_that_is_revoked_during_a_connection(self):
        pair = self.world.clients.issue("somebody", **NAMES["dns"], client=True)
        other = self.world.connect("tls", self.world.clients.issue("somebody", **NAMES["uri"], client=True))
        clients = self.kept(pair)
        self.world.write("revoked.pem", self.world.clients.revocations([*self.world.revoked, pair]))
        self.wait_until_refused(pair)
        self.check_ended(clients, pair)
        asked = ("POST", "/sign", {"claims": {}}, {})
        self.assertEqual(exchange(other, *asked)[0], 200)  # nobody else notices
        other.close()

    def wait_until_refused(self, pair):
        """Until no listener accepts the certificate any more."""
        end = time.monotonic() + 30
        for endpoint in (self.endpoints[0], self.endpoints[-1]):
            refused = False
            while not refused:
                self.assertLess(time.monotonic(), end, "the list of revoked certificates took no effect")
                time.sleep(0.05)
                client = None
                try:
                    client = self.world.connect("tls", pair, endpoint.role)
                    self.status(endpoint, client)
                except OSError:
                    refused = True
                finally:
                    if client:
                        client.close()


def print_table(columns, rows):
    width = max(len(name) for name, _ in rows)
    for number, name in enumerate(columns):
        print(f"{'':{width}} " + "  | " * number + f"  {name}")
    for name, cells in rows:
        print(f"{name:{width}} " + " ".join(f"{cell:>3}" for cell in cells))


if __name__ == "__main__":
    unittest.main(verbosity=2)
