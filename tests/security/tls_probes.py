"""Probes of the settings of TLS listeners: what each of them decides at the door."""
import socket
import time

from policy_probes import marked, observes
from probe_world import check
from tls_world import World, until

CLIENTS = "client_ca_file: ca.pem"
PLAIN = 'server: {listen: [{address: "0.0.0.0:1", endpoints: [sign]%s}]}\nissuer: urn:a\n'
ADMIN = 'admin: {%s: [{address: "0.0.0.0:1"%s}]}\nissuer: urn:a\n'


class Doors:
    def statuses(self, more, clients, settings=""):
        """The status that a client with each certificate gets; None: there is no connection for it."""
        with World(more, settings) as world:
            return [world.status_of(world.trusting(one)) for one in clients]

    @observes("server.listen[].tls", "server.listen[].tls.cert_file", "server.listen[].tls.key_file")
    def certificates(self):
        with World() as world:
            assert world.status_of(world.trusting()) == 200
            assert world.status_of(world.trusting(authority="other-ca.pem")) is None
            assert world.service.request("GET", "/.well-known/jwks.json", port=world.ports[2]).status == 200
            files = {"a.pem": world.text("server.pem"), "a.key": world.text("server.key"),
                     "b.pem": world.text("next.pem"), "b.key": world.text("next.key")}  # fmt: skip
            for pem, key, is_good in (("a", "a", True), ("a", "b", False), ("b", "b", True), ("b", "a", False)):
                text = ('server: {listen: [{address: "127.0.0.1:1", tls: {cert_file: %s.pem, key_file: %s.key}}]}\n'
                        "issuer: urn:a\n" % (pem, key))  # fmt: skip
                good, said = check(text, files)
                assert good == is_good, said

    @observes("server.listen[].tls.client_ca_file")
    def authorities(self):
        assert self.statuses("", (None,)) == [200]
        assert self.statuses(CLIENTS, (None, "client", "stranger")) == [None, 200, None]
        both = self.statuses("client_ca_file: both-cas.pem", ("client", "stranger"))
        assert both == [200, 200], both

    @observes("server.listen[].tls.client_auth")
    def client_auth(self):
        found = self.statuses(CLIENTS + ", client_auth: required", (None, "client"))
        assert found == [None, 200], found
        found = self.statuses(CLIENTS + ", client_auth: optional", (None, "client", "stranger"))
        assert found == [200, 200, None], found

    @observes("server.listen[].tls.crl_file")
    def revoked(self):
        assert self.statuses(CLIENTS, ("client", "second")) == [200, 200]
        found = self.statuses(CLIENTS + ", crl_file: crl-client.pem", ("client", "second"))
        assert found == [None, 200], found

    @observes("admin.listen[].address", "admin.listen[].tls", "admin.probes[].address", "admin.probes[].tls")
    def admin_listeners(self):
        secured = ", tls: {cert_file: tls.pem, key_file: tls.key}"
        text = """
server: {listen: ["127.0.0.1:0"]}
admin: {listen: [{address: "127.0.0.1:0"%s}], probes: [{address: "127.0.0.1:0"%s}]}
issuer: urn:a
"""
        for tls in (("", secured), (secured, "")):
            with World(config=text % tls) as world:
                for role, path, is_secured in (("admin", "/keys", tls[0]), ("probes", "/livez", tls[1])):
                    port = int(world.service.addresses[role][0].rsplit(":", 1)[1])
                    if is_secured:
                        with world.connect(port=port) as client:
                            assert client.get(path)[0] == 200
                    else:
                        assert world.service.get(path, port=port).status == 200

    @observes("server.listen[].allow_plaintext", "admin.listen[].allow_plaintext")
    def plaintext(self):
        for text, remedy in (
            (PLAIN, ", allow_plaintext: true"), (ADMIN.replace("%s", "listen", 1), ", allow_plaintext: true"),
        ):  # fmt: skip
            good, said = check(text % "")
            assert not good and "needs `tls`" in said, said
            good, said = check(text % remedy)
            assert good, said
        assert check(ADMIN % ("probes", ""))[0]

    @observes("limits.handshake_timeout", "limits.handshakes")
    def handshakes(self):
        half = b"\x16\x03\x01\x02\x00\x01"
        found = []
        for settings in ("limits: {handshake_timeout: 300ms}\n", "limits: {handshake_timeout: 60s}\n"):
            with World(settings=settings) as world, socket.create_connection(("127.0.0.1", world.port)) as one:
                one.sendall(half)
                one.settimeout(3)
                try:
                    found.append(one.recv(1) == b"")
                except TimeoutError:
                    found.append(False)
        assert found == [True, False], found
        for most, crowded in ((2, True), (1000, False)):
            with World(settings=f"limits: {{handshakes: {most}}}\n") as world:
                held = [socket.create_connection(("127.0.0.1", world.port)) for _ in range(40)]
                for one in held:
                    one.sendall(half)
                if crowded:
                    until(lambda: world.metric("signet_tls_handshakes_total", outcome="crowded") >= 36, "crowded")
                else:
                    time.sleep(0.5)
                    assert world.metric("signet_tls_handshakes_total", outcome="crowded") == 0
                for one in held:
                    one.close()


def running_probes(stack):
    del stack  # each of them has its own service
    yield from marked(Doors())
