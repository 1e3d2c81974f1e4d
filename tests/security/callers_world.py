"""A service with a caller for each kind of proof, and everything that those callers, and others, can show.

A credential says what it proves by right: the names of callers. The test derives from that how each request must
end. Credentials are shown over TCP, a Unix socket and TLS.
"""
import dataclasses
import hashlib
import http.client
import json
import os
import socket
import ssl
import time

from cryptography.hazmat.primitives.asymmetric import ec

import certificates
import es256
import origin
import service
from separation_world import pem, thumbprint

CLUSTER = "https://cluster.example"
SUBJECT = "system:serviceaccount:shop:%s"
TRANSPORTS = ("tcp", "unix", "tls")  # in the order of the listeners
PROVEN_BY = ("secret", "token", "local", "uri", "spiffe", "dns")
ADMINS = frozenset(("token", "local", "spiffe"))
TLS = (
    "tls: {cert_file: server.pem, key_file: server.key, client_ca_file: clients.pem, "
    "client_auth: optional, crl_file: revoked.pem}"
)
NAMES = {
    "uri": {"uris": ["https://orders.example.com/Id"]},
    "spiffe": {"uris": ["spiffe://example.org/orders"]},
    "dns": {"names": ["orders.example.com"]},
}


def secret_of(name):
    return f"the-bearer-secret-of-{name}-which-is-long-enough"


def bearer(text):
    return {"Authorization": f"Bearer {text}"}


@dataclasses.dataclass
class Credential:
    """What a request shows: fields, and over TLS a certificate. `proves` are the callers that it is by right."""

    name: str
    proves: frozenset
    fields: dict = dataclasses.field(default_factory=dict)
    pair: certificates.Pair = None
    connects: bool = True  # over TLS: whether the handshake must let it in


class World:
    def __init__(self, binary):
        self.ours, self.outsider = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
        self.cluster = origin.Origin()
        self.key = self.cluster.new_key("k1")
        # The cluster publishes our key as if it were its own.
        self.cluster.keys.append(origin.public_jwk(self.ours.public_key(), thumbprint(self.ours)))
        self.authority, self.clients = certificates.Authority(), certificates.Authority("Signet test clients")
        self.strangers = certificates.Authority("Somebody else")
        server = self.authority.issue("localhost", names=["localhost"], addresses=["127.0.0.1"])
        self.revoked = [self.clients.issue("somebody", client=True, **NAMES["dns"])]
        self.service = service.start(binary, self._configuration(), {
            "sig.pem": pem(self.ours), "box.pem": pem(ec.generate_private_key(ec.SECP256R1())),
            "server.pem": server.certificate_pem, "server.key": server.key_pem,
            "clients.pem": self.clients.certificate_pem, "revoked.pem": self.clients.revocations(self.revoked),
        })  # fmt: skip
        end = time.monotonic() + 60
        while self._issuer()["state"] != "fresh":
            assert time.monotonic() < end, self._issuer()
            time.sleep(0.05)
        self.addresses = {
            role: dict(zip(TRANSPORTS, self.service.addresses[role])) for role in ("data", "admin")
        }

    def close(self):
        self.service.stop()
        self.cluster.close()

    def _issuer(self):
        return self.service.get("/issuers", port=self.service.admin_port).json["issuers"][0]

    def _configuration(self):
        listed = ", ".join(PROVEN_BY + ("narrow",))
        digests = {
            name: [hashlib.sha256(secret_of(one).encode()).hexdigest() for one in (name, name + "-next")]
            for name in ("secret", "unlisted", "narrow")
        }
        callers = [
            f"{{name: secret, secret_sha256: [{', '.join(digests['secret'])}]}}",
            f"{{name: unlisted, secret_sha256: [{', '.join(digests['unlisted'])}]}}",
            f"{{name: narrow, secret_sha256: [{', '.join(digests['narrow'])}], endpoints: [verify]}}",
            f'{{name: token, jwt: {{profile: cluster, iss: "{CLUSTER}", sub: "{SUBJECT % "orders"}"}}}}',
            f"{{name: local, uid: {os.getuid()}, gid: {os.getgid()}}}",
            '{name: uri, mtls_san: {uri: "%s"}}' % NAMES["uri"]["uris"][0],
            '{name: spiffe, mtls_san: {spiffe: "%s"}}' % NAMES["spiffe"]["uris"][0],
            '{name: dns, mtls_san: {dns: "%s"}}' % NAMES["dns"]["names"][0],
        ]
        callers = [one[:-1] + ", roles: [admin]}" if one[7:].split(",")[0] in ADMINS else one for one in callers]
        return f"""
server:
  listen:
    - {{address: "127.0.0.1:0", endpoints: [all]}}
    - {{address: "unix:data.sock", endpoints: [all]}}
    - {{address: "127.0.0.1:0", endpoints: [all], {TLS}}}
  trusted_proxies: ["127.0.0.1"]
admin:
  listen: ["127.0.0.1:0", "unix:admin.sock", {{address: "127.0.0.1:0", {TLS}}}]
issuer: https://tokens.example.com
state_dir: state
keys:
  - {{name: sig, alg: ES256, file: sig.pem}}
  - {{name: box, use: enc, alg: ECDH-ES+A256KW, file: box.pem, publish: apart, callers: [{listed}]}}
issuers:
  - {{name: cluster, issuer: "{CLUSTER}", jwks_uri: "{self.cluster.url}/jwks", required: true}}
sign_profiles:
  default: {{key: sig, ttl: 1h, callers: [{listed}], allowed_claims: [sub]}}
verify_profiles:
  default: {{issuers: [self], audiences: none}}
  closed: {{issuers: [self], audiences: none, callers: [{listed}]}}
  cluster: {{for: callers, issuers: [cluster], audiences: [signet], max_lifetime: 1h}}
callers:
""" + "".join(f"  - {one}\n" for one in callers)

    # What can be shown.

    def token(self, key=None, kid="k1", **claims):
        claims = {"aud": "signet", "iss": CLUSTER, "sub": SUBJECT % "orders", "iat": int(time.time()), **claims}
        return es256.token(key or self.key, kid, **claims)

    def fields(self):
        """Credentials in the fields of a request."""
        now = int(time.time())
        nobody = frozenset()
        by_key_of_ours = self.token(self.ours, thumbprint(self.ours))
        shown = [
            ("nothing", nobody, {}),
            ("secret", {"secret"}, bearer(secret_of("secret"))),
            ("next secret", {"secret"}, bearer(secret_of("secret-next"))),
            ("unlisted", {"unlisted"}, bearer(secret_of("unlisted"))),
            ("narrow", {"narrow"}, bearer(secret_of("narrow"))),
            ("wrong secret", nobody, bearer(secret_of("nobody"))),
            ("secret as Basic", nobody, {"Authorization": "Basic " + secret_of("secret")}),
            ("secret in a cookie", nobody, {"Cookie": "token=" + secret_of("secret")}),
            ("token", {"token"}, bearer(self.token())),
            ("for others", nobody, bearer(self.token(aud="api"))),
            ("other subject", nobody, bearer(self.token(sub=SUBJECT % "bills"))),
            ("other issuer", nobody, bearer(self.token(iss="https://other.example"))),
            ("expired", nobody, bearer(self.token(exp=now - 600, iat=now - 900))),
            ("without exp", nobody, bearer(self.token(exp=None))),
            ("for too long", nobody, bearer(self.token(exp=now + 7200))),
            ("without iat", nobody, bearer(self.token(iat=None))),
            ("bound (cnf)", nobody, bearer(self.token(cnf={"jkt": "x"}))),
            ("forged", nobody, bearer(self.token(self.outsider))),
            ("alg none", nobody, bearer(self.token(header={"alg": "none"}))),
            ("by our key", nobody, bearer(by_key_of_ours)),
            ("forwarded name", nobody, {"X-Forwarded-Client-Cert": "URI=" + NAMES["spiffe"]["uris"][0]}),
            ("forwarded DN", nobody, {"X-SSL-Client-S-DN": "CN=orders.example.com", "X-SSL-Client-Verify": "SUCCESS"}),
        ]
        return [Credential(name, frozenset(proves), fields) for name, proves, fields in shown]

    def certificates(self):
        """Credentials of a TLS handshake; a pair of an unknown authority, or for servers, is refused there."""
        day = certificates.DAY

        def issued(by=self.clients, **more):
            return by.issue("somebody", **{"client": True, **more})

        both = {"uris": NAMES["spiffe"]["uris"], "names": NAMES["dns"]["names"]}
        more_uris = {"uris": NAMES["spiffe"]["uris"] + ["urn:x"]}
        shown = [(name, {name}, issued(**NAMES[name]), True) for name in NAMES]
        shown += [
            ("other name", set(), issued(names=["bills.example.com"]), True),
            ("wildcard", set(), issued(names=["*.example.com"]), True),
            ("common name", set(), self.clients.issue("orders.example.com", client=True), True),
            ("SPIFFE and URI", set(), issued(**more_uris), True),
            ("two names", {"spiffe", "dns"}, issued(**both), True),
            ("ended", set(), issued(**NAMES["dns"], start=-9 * day, end=-day), False),
            ("not yet", set(), issued(**NAMES["dns"], start=day, end=9 * day), False),
            ("for servers", set(), issued(**NAMES["dns"], client=False), False),
            ("for no use", set(), issued(**NAMES["dns"], any_use=True), False),
            ("revoked", set(), self.revoked[0], False),
            ("other authority", set(), issued(self.strangers, **NAMES["dns"]), False),
        ]
        return [Credential(name, frozenset(proves), {}, pair, connects) for name, proves, pair, connects in shown]

    def shown_over(self, transport):
        """Every credential that can be shown there, by itself and together with others."""
        fields = self.fields()
        if transport == "tcp":
            return fields
        if transport == "unix":
            return [Credential(f"uid, {one.name}", one.proves | {"local"}, one.fields) for one in fields]
        made = list(fields)
        for one in self.certificates():
            made.append(one)
            if one.connects:
                made += [Credential(f"{one.name}, {other.name}", one.proves | other.proves, other.fields, one.pair)
                         for other in fields if other.name in ("secret", "token", "wrong secret")]  # fmt: skip
        return made

    # How it is asked.

    def port(self, transport, role="data"):
        return int(self.addresses[role][transport].rsplit(":", 1)[1])

    def socket_path(self, role="data"):
        return self.addresses[role]["unix"].removeprefix("unix:")

    def connect(self, transport, pair=None, role="data"):
        """A connection; ssl.SSLError or OSError when the handshake refuses it."""
        client = http.client.HTTPConnection("localhost", timeout=60)
        if transport == "unix":
            client.sock = socket.socket(socket.AF_UNIX)
            client.sock.settimeout(60)
            client.sock.connect(self.socket_path(role))
            return client
        client.sock = socket.create_connection(("127.0.0.1", self.port(transport, role)), timeout=60)
        if transport == "tls":
            client.sock = self.context(pair).wrap_socket(client.sock, server_hostname="localhost")
        return client

    def context(self, pair):
        context = ssl.create_default_context(cadata=self.authority.certificate_pem.decode())
        if pair:
            context.load_cert_chain(self.write("client.pem", pair.certificate_pem + pair.key_pem))
        return context

    def write(self, name, octets):
        """Writes a file into the service's folder, whole: nobody reads half of it."""
        path = os.path.join(self.service.folder, name)
        with open(path + ".new", "wb") as out:
            out.write(octets)
        os.chmod(path + ".new", 0o600)
        os.replace(path + ".new", path)
        return path


def exchange(client, method, path, body, fields):
    """The status and the body, as JSON where it is. Asks over the connection that is there."""
    text = None if body is None else json.dumps(body)
    client.request(method, path, text, {**({"Content-Type": "application/json"} if text else {}), **fields})
    got = client.getresponse()
    read = got.read().decode()
    return got.status, json.loads(read) if "json" in got.getheader("Content-Type", "") else read
