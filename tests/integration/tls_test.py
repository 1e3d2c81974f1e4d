"""TLS on listeners: versions and suites, client certificates, resumption, replies and their ends.

Run by ctest (the binary in SIGNET), or as:
    SIGNET=build/dev/signet PYTHONPATH=tests/support python3 tests/integration/tls_test.py
"""
import json
import os
import resource
import socket
import ssl
import subprocess
import tempfile
import time
import warnings

import service
import tls_files
from tls_world import JWKS, PATIENCE, World, until

CLIENTS = "client_ca_file: clients.pem, crl_file: revoked.pem"
warnings.simplefilter("ignore", DeprecationWarning)  # of old versions, which are asked for on purpose


def versions_and_suites():
    with World() as world:
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            with world.connect(world.trusting(version=version)) as client:
                assert client.get()[0] == 200
                assert client.socket.selected_alpn_protocol() == "http/1.1"
        old = world.trusting(version=ssl.TLSVersion.TLSv1_1, suites="ALL:@SECLEVEL=0")
        assert world.status_of(old) is None
        for suites in ("AES128-GCM-SHA256", "ECDHE-ECDSA-AES128-SHA256", "ECDHE-ECDSA-AES256-SHA"):
            weak = world.trusting(version=ssl.TLSVersion.TLSv1_2, suites=suites + ":@SECLEVEL=0")
            assert world.status_of(weak) is None, suites
        assert world.status_of(world.trusting(protocols=("h2",))) is None
        assert world.status_of(world.trusting(protocols=("h2", "http/1.1"))) == 200
        assert world.status_of(world.trusting(protocols=())) == 200
        assert world.status_of(world.trusting(authority="other-ca.pem")) is None
        until(lambda: world.metric("signet_tls_handshakes_total", listener="data", outcome="failed") >= 5, "counted")
        assert world.metric("signet_tls_certificate_expiry_timestamp_seconds", listener="data") > time.time()


def plain_http_is_not_answered():
    with World() as world:
        with socket.create_connection(("127.0.0.1", world.port), PATIENCE) as plain:
            plain.sendall(b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
            got = b""
            try:
                while piece := plain.recv(4096):
                    got += piece
            except ConnectionError:
                pass
        assert not got.startswith(b"HTTP"), got
        until(lambda: world.said("tls_handshake_failed"), "a line in the log")
        said = world.said("tls_handshake_failed")
        assert said[0]["reason"] == "The client does not speak TLS.", said


def requests_of_every_shape():
    """Pipelined, in small pieces, in large ones, chunked, with a wait before the body."""
    with World() as world, world.connect() as client:
        get = f"GET {JWKS} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
        client.send(get * 30)
        assert [client.receive()[0] for _ in range(30)] == [200] * 30
        for octet in get:
            client.send(bytes([octet]))
        assert client.receive()[0] == 200
        secret = "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LTEyMzQ"
        large = {"plaintext": "x" * 600_000, "secret_b64": secret, "alg": "dir", "enc": "A128CBC-HS256"}
        status, _, body = client.ask("POST", "/encrypt", {**large, "plaintext": "x" * 60_000})
        assert status == 200, body
        token = json.loads(body)["token"]
        status, _, body = client.ask("POST", "/decrypt", {"token": token, "secret_b64": secret})
        assert status == 200 and json.loads(body)["plaintext"] == "x" * 60_000, body[:200]
        status, _, body = client.ask("POST", "/encrypt", large)
        assert status in (413, 422), (status, body[:200])  # over the limits, and read all the same
    with World() as world, world.connect() as client:
        head = "POST /verify HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        client.send((head + "Transfer-Encoding: chunked\r\n\r\n").encode())
        for piece in (b'{"tok', b'en": "a.b', b'.c"}'):
            client.send(b"%x\r\n%s\r\n" % (len(piece), piece))
        client.send(b"0\r\n\r\n")
        assert client.receive()[0] == 422
        client.send((head + "Expect: 100-continue\r\nContent-Length: 18\r\n\r\n").encode())
        assert client.receive()[0] == 100
        client.send(b'{"token": "a.b.c"}')
        assert client.receive()[0] == 422


def ends_are_told():
    """The last reply, a refusal, an idle connection: TLS ends before TCP does."""
    with World(settings="limits: {idle_timeout: 300ms, head_timeout: 500ms}\n") as world:
        with world.connect() as client:
            status, fields, _ = client.ask("GET", JWKS, fields="Connection: close\r\n")
            assert status == 200 and fields["connection"] == "close"
            assert client.ends_properly()
        with world.connect() as client:
            client.send(b"nonsense\r\n\r\n")
            assert client.receive()[0] == 400 and client.ends_properly()
        with world.connect() as client:
            assert client.get()[0] == 200 and client.ends_properly()  # after idle_timeout
        with world.connect() as client:
            client.send(b"GET / HTT")
            assert client.receive()[0] == 408 and client.ends_properly()
        with world.connect() as client:  # the client ends TLS first
            assert client.get()[0] == 200
            client.socket.unwrap().close()


def clients_and_their_certificates():
    with World(CLIENTS) as world:
        assert world.status_of(world.trusting("client")) == 200
        for refused in (None, "stranger", "old", "useless", "server", "below"):
            assert world.status_of(world.trusting(refused)) is None, refused
        until(lambda: world.metric("signet_tls_handshakes_total", outcome="client_refused") >= 6, "counted")
        said = world.said("tls_handshake_failed")
        assert any(one["outcome"] == "client_refused" for one in said), said
        assert "orders" not in json.dumps(said), said  # a stranger's names are not repeated
    with World("client_ca_file: ca.pem, client_auth: optional") as world:
        assert world.status_of(world.trusting()) == 200
        assert world.status_of(world.trusting("client")) == 200
        assert world.status_of(world.trusting("below")) == 200
        assert world.status_of(world.trusting("stranger")) is None


def sessions_are_resumed_where_they_were_made():
    with World() as world:
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            trusting = world.trusting(version=version)

            def session_with(port, session=None):
                with world.connect(trusting, session, port) as client:
                    assert client.get()[0] == 200
                    return client.socket.session_reused, client.socket.session

            first, ticket = session_with(world.ports[0])
            again, ticket = session_with(world.ports[0], ticket)
            elsewhere, _ = session_with(world.ports[1], ticket)
            assert (first, again, elsewhere) == (False, True, False), (version, first, again, elsewhere)
            before = world.metric("signet_tls_reloads_total", result="ok")
            world.swap(tls_pem=world.text("server.pem") + b"\n" * int(before + 1))  # the same, but another text
            until(lambda: world.metric("signet_tls_reloads_total", result="ok") >= before + 2, "both swapped")
            later, _ = session_with(world.ports[0], ticket)
            assert not later, "a session has outlived its generation"
        until(lambda: world.metric("signet_tls_handshakes_total", outcome="resumed") == 2, "counted")
    with World(CLIENTS) as world:  # what is above a certificate can only be judged where it is shown
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            trusting = world.trusting("client", version=version)
            with world.connect(trusting) as first:
                assert first.get()[0] == 200 and not first.socket.session.has_ticket
                session = first.socket.session
            with world.connect(trusting, session) as again:
                assert again.get()[0] == 200 and not again.socket.session_reused


def handshakes_have_a_deadline():
    limits = "limits: {handshake_timeout: 700ms, connections: 300}\n"
    with World(settings=limits) as world:
        begin = time.monotonic()
        with socket.create_connection(("127.0.0.1", world.port), PATIENCE) as silent:
            silent.sendall(b"\x16\x03\x01\x02\x00\x01")
            assert silent.recv(10) == b""
        assert 0.5 < time.monotonic() - begin < PATIENCE / 2
        until(lambda: world.metric("signet_tls_handshakes_total", outcome="timeout") == 1, "counted")
        socket.create_connection(("127.0.0.1", world.port), PATIENCE).close()
        until(lambda: world.metric("signet_tls_handshakes_total", outcome="abandoned") == 1, "counted")


def ten_thousand_half_open_handshakes_push_out_each_other():
    count, bound = 10_000, 200
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, count + 1000)), hard))
    count = min(count, resource.getrlimit(resource.RLIMIT_NOFILE)[0] - 1000)
    limits = f"limits: {{handshake_timeout: 5m, handshakes: {bound}, connections: 4000, idle_timeout: 5m}}\n"
    with World(settings=limits) as world, world.connect() as kept:
        assert kept.get()[0] == 200
        half_open, waits = [], []
        for i in range(count):
            one = socket.create_connection(("127.0.0.1", world.port), PATIENCE)
            one.sendall(b"\x16\x03\x01\x02\x00\x01")
            half_open.append(one)
            if i % 500 == 499:
                begin = time.monotonic()
                assert world.status_of(world.trusting()) == 200
                assert kept.get()[0] == 200
                waits.append(time.monotonic() - begin)
        until(lambda: world.metric("signet_tls_handshakes_total", outcome="crowded") >= count - bound, "ended")
        until(lambda: world.metric("signet_connections", listener="data") <= bound + 8, "their places are free")
        print(f"   {count} half open; others waited {1000 * max(waits):.0f} ms at most for a handshake and two replies")
        for one in half_open:
            one.close()


def one_address_pushes_out_its_own_handshakes():
    limits = "limits: {handshake_timeout: 5m, handshakes: 40}\n"
    with World(settings=limits) as world:
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        far = world.trusting().wrap_bio(incoming, outgoing, server_hostname="localhost")
        half_open = []
        with socket.create_connection(("127.0.0.1", world.port), PATIENCE) as slow:
            for i in range(300):
                half_open.append(socket.create_connection(("127.0.0.1", world.port), PATIENCE, ("127.0.0.2", 0)))
            until(lambda: world.metric("signet_tls_handshakes_total", outcome="crowded") >= 250, "the flood")
            while True:
                try:
                    far.do_handshake()
                    break
                except ssl.SSLWantReadError:
                    slow.sendall(outgoing.read())
                    octets = slow.recv(65536)
                    assert octets, "the handshake of another address was ended"
                    incoming.write(octets)
        for one in half_open:
            one.close()


def every_kind_of_listener():
    listeners = """
server: {listen: [{address: "127.0.0.1:0", tls: {cert_file: tls.pem, key_file: tls.key}}]}
admin:
  listen: [{address: "127.0.0.1:0", tls: {cert_file: next.pem, key_file: next.key}}, "127.0.0.1:0"]
  probes: [{address: "127.0.0.1:0", tls: {cert_file: tls.pem, key_file: tls.key}}]
issuer: https://tokens.example.com
"""
    with World(config=listeners) as world:
        admin, plain = (int(one.rsplit(":", 1)[1]) for one in world.service.addresses["admin"])
        probes = int(world.service.addresses["probes"][0].rsplit(":", 1)[1])
        subjects = []
        for port, path in ((world.port, JWKS), (admin, "/keys"), (probes, "/livez")):
            with world.connect(port=port) as client:
                assert client.get(path)[0] == 200, path
                subjects.append(client.socket.getpeercert()["subject"][0][0][1])
        assert subjects == ["localhost", "localhost, later", "localhost"], subjects
        text = world.service.get("/metrics", port=plain).body
        for kind in ("data", "admin", "probes"):
            assert f'signet_tls_certificate_expiry_timestamp_seconds{{listener="{kind}"}}' in text, kind


def a_start_that_cannot_be_good_says_why():
    """check-config and serve: exit code 3, and a line that names the setting."""
    with tempfile.TemporaryDirectory(dir=os.getcwd()) as folder:
        tls_files.write(folder)
        for of_tls, wanted in (
            ("cert_file: server.pem, key_file: next.key", "tls.key_file: is not the key of the first certificate"),
            ("cert_file: expired.pem, key_file: expired.key", "tls.cert_file: The certificate has expired."),
            ("cert_file: future.pem, key_file: future.key", "tls.cert_file: The certificate is not valid yet."),
            ("cert_file: half.pem, key_file: server.key", "tls.cert_file: The file is not whole PEM"),
            ("cert_file: gone.pem, key_file: server.key", "gone.pem cannot be read"),
            ("cert_file: server.pem, key_file: server.key, client_ca_file: junk-ca.pem",
             "tls.client_ca_file: A certificate of the file cannot be read."),
            ("cert_file: server.pem, key_file: server.key, client_ca_file: ca.pem, crl_file: crl-ended.pem",
             "tls.crl_file: A list of the file has ended"),
            ("cert_file: server.pem, key_file: server.key, crl_file: crl.pem", "tls.crl_file: needs client_ca_file"),
            ("cert_file: server.pem", "needs a `cert_file` and a `key_file`"),
        ):  # fmt: skip
            path = os.path.join(folder, "signet.yaml")
            with open(path, "w", encoding="utf-8") as file:
                file.write('server: {listen: [{address: "127.0.0.1:0", tls: {%s}}]}\nissuer: urn:a\n' % of_tls)
            os.chmod(path, 0o600)
            for command in ("check-config", "serve"):
                ran = subprocess.run(
                    [os.environ["SIGNET"], command, "--config", path], capture_output=True, text=True,
                    timeout=60, env=service.clean_environment(),
                )  # fmt: skip
                said = ran.stdout + ran.stderr
                core_of_it = wanted.split("tls.", 1)[-1] if command == "serve" else wanted
                assert ran.returncode == 3 and core_of_it in said, (of_tls, command, ran.returncode, said)
                assert "PRIVATE" not in said


for test in (
    versions_and_suites,
    plain_http_is_not_answered,
    requests_of_every_shape,
    ends_are_told,
    clients_and_their_certificates,
    sessions_are_resumed_where_they_were_made,
    handshakes_have_a_deadline,
    ten_thousand_half_open_handshakes_push_out_each_other,
    one_address_pushes_out_its_own_handshakes,
    every_kind_of_listener,
    a_start_that_cannot_be_good_says_why,
):
    test()
    print("ok", test.__name__, flush=True)
