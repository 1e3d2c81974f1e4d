"""TLS settings that change with the configuration while the service runs.

Run by ctest (the binary in SIGNET), or as:
    SIGNET=build/dev/signet PYTHONPATH=tests/support python3 tests/integration/tls_reload_test.py
"""
import pathlib
import signal
import socket

from tls_world import JWKS, PATIENCE, World, until

TLS = "tls: {cert_file: tls.pem, key_file: tls.key}"
LISTENERS = """
reload: {watch: false}
server:
  threads: 2
  listen:
    - {address: "127.0.0.1:0", endpoints: [all], tls: {cert_file: tls.pem, key_file: tls.key%s}}
    - {address: "127.0.0.1:0", endpoints: [all]}
admin: {listen: ["127.0.0.1:0"]}
issuer: https://tokens.example.com
keys: [{name: sig, alg: ES256, generate: true}]
"""
PLAIN = '{address: "127.0.0.1:0", endpoints: [all]}'
GET = f"GET {JWKS} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
HALF_OPEN = b"\x16\x03\x01\x02\x00\x01"


def facts(world):
    running = world.service
    return running.get("/readyz?verbose", port=running.admin_port).json["checks"]["configuration"]


def text_of(world):
    return (world.service.folder / "signet.yaml").read_text()


def ask_for_reload(world, text):
    path = pathlib.Path(world.service.folder, "signet.yaml")
    path.write_text(text)
    path.chmod(0o600)
    world.service.process.send_signal(signal.SIGHUP)


def reload(world, text):
    """Puts a configuration in force."""
    wanted = facts(world)["generation"] + 1
    ask_for_reload(world, text)
    until(lambda: facts(world)["generation"] == wanted, "in force")


def refused(world, text):
    """What is said of a configuration that must not come in force."""
    before, told = facts(world)["generation"], len(world.said("reload_refused"))
    ask_for_reload(world, text)
    until(lambda: len(world.said("reload_refused")) > told, "refused")
    assert facts(world)["generation"] == before
    return [one["text"] for one in world.said("reload_problem")]


def shown_by(world, port=None):
    with world.connect(port=port) as client:
        return client.socket.getpeercert()["subject"][0][0][1]


def speaks_plain(port):
    """Whether a new connection without TLS gets a reply."""
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as plain:
        plain.sendall(GET)
        try:
            return plain.recv(4096).startswith(b"HTTP/1.1 200")
        except ConnectionError:
            return False


def plain_connection(port):
    """A kept one, which has had a reply."""
    plain = socket.create_connection(("127.0.0.1", port), PATIENCE)
    plain.sendall(GET)
    got = b""
    while not got.endswith(b"}"):
        got += plain.recv(4096)
    assert got.startswith(b"HTTP/1.1 200"), got
    return plain


def last_reply(plain):
    """Asks once more, and reads until the connection ends."""
    plain.sendall(GET)
    with plain.makefile("rb") as file:
        return file.read()


def a_listener_goes_from_plain_to_tls_and_back():
    with World(config=LISTENERS) as world:
        first, text, (_, port) = world.port, text_of(world), world.ports
        with world.connect() as other, plain_connection(port) as plain:
            assert other.get()[0] == 200 and speaks_plain(port)
            reload(world, text.replace(PLAIN, PLAIN[:-1] + ", " + TLS + "}"))
            assert not speaks_plain(port)
            assert shown_by(world, port) == shown_by(world, first) == "localhost"
            # What was agreed on before the change still is for one reply, and the connection ends with it.
            rest = last_reply(plain)
            assert rest.startswith(b"HTTP/1.1 200") and b"connection: close" in rest.lower(), rest
            with world.connect(port=port) as secured:
                assert secured.get()[0] == 200
                reload(world, text)
                assert speaks_plain(port)
                status, fields, _ = secured.get()
                assert status == 200 and fields["connection"] == "close" and secured.ends_properly()
            assert other.get()[0] == 200 and shown_by(world, first) == "localhost"


def a_reload_with_a_key_of_another_certificate_keeps_everything():
    with World(config=LISTENERS) as world, world.connect() as kept:
        assert kept.get()[0] == 200
        text, port = text_of(world), world.ports[1]
        wrong = PLAIN[:-1] + ", tls: {cert_file: tls.pem, key_file: next.key}}"
        said = refused(world, text.replace(PLAIN, wrong) + "limits: {json_depth: 5}\n")
        assert any("server.listen[1].tls.key_file" in one for one in said), said
        assert facts(world)["problems"] == 1, facts(world)
        assert kept.get()[0] == 200 and shown_by(world) == "localhost" and speaks_plain(port)
        for of_tls, setting in (
            ("cert_file: half.pem, key_file: tls.key", "tls.cert_file"),
            ("cert_file: expired.pem, key_file: expired.key", "tls.cert_file"),
            ("cert_file: gone.pem, key_file: tls.key", "gone.pem"),
            ("cert_file: tls.pem, key_file: tls.key, client_ca_file: junk-ca.pem", "tls.client_ca_file"),
        ):
            told = len(world.said("reload_problem"))
            said = refused(world, text.replace("cert_file: tls.pem, key_file: tls.key", of_tls))[told:]
            assert any(setting in one for one in said), (setting, said)
            assert kept.get()[0] == 200 and shown_by(world) == "localhost", setting
        reload(world, text.replace("tls.pem", "next.pem").replace("tls.key", "next.key"))
        assert shown_by(world) == "localhost, later" and kept.get()[0] == 200


def clients_are_asked_from_a_reload_on():
    asks = TLS[:-1] + ", client_ca_file: clients.pem}"
    with (
        World(config=LISTENERS) as world, world.connect() as nobody, world.connect(world.trusting("client")) as known,
        plain_connection(world.ports[1]) as plain,
    ):  # fmt: skip
        assert nobody.get()[0] == known.get()[0] == 200
        text = text_of(world)
        reload(world, text.replace(TLS, asks).replace(PLAIN, PLAIN[:-1] + ", " + asks + "}"))
        assert world.status_of(world.trusting()) is None and world.status_of(world.trusting("client")) == 200
        for one in (nobody, known):  # neither was asked, so neither has shown a certificate
            status, fields, body = one.get()
            assert status == 401 and b"caller_unauthenticated" in body and fields["connection"] == "close", body
            assert one.ends_properly()
        rest = last_reply(plain)
        assert rest.startswith(b"HTTP/1.1 401") and b"caller_unauthenticated" in rest, rest
        with world.connect(world.trusting("client")) as known:
            assert known.get()[0] == 200
            reload(world, text)
            assert world.status_of(world.trusting()) == 200


def a_broken_configuration_does_not_stop_a_renewal():
    with World(config=LISTENERS) as world:
        refused(world, text_of(world) + "nonsense: 1\n")
        world.swap(tls_pem="next.pem", tls_key="next.key")
        until(lambda: shown_by(world) == "localhost, later", "the next certificate")
        assert world.said("tls_reloaded") and facts(world)["problems"]


def the_bound_on_handshakes_changes():
    with World(config=LISTENERS) as world:
        text = text_of(world)

        def crowd(count):
            held = [socket.create_connection(("127.0.0.1", world.port), PATIENCE) for _ in range(count)]
            for one in held:
                one.sendall(HALF_OPEN)
            return held

        def crowded():
            return world.metric("signet_tls_handshakes_total", outcome="crowded")

        held = crowd(40)
        assert world.status_of(world.trusting()) == 200 and crowded() == 0
        reload(world, text + "limits: {handshakes: 4}\n")
        held += crowd(40)
        until(lambda: crowded() >= 80 - 4, "crowded")  # also those from before
        assert world.status_of(world.trusting()) == 200
        for one in held:
            one.close()


for test in (
    a_listener_goes_from_plain_to_tls_and_back,
    a_reload_with_a_key_of_another_certificate_keeps_everything,
    clients_are_asked_from_a_reload_on,
    a_broken_configuration_does_not_stop_a_renewal,
    the_bound_on_handshakes_changes,
):
    test()
    print("ok", test.__name__, flush=True)
