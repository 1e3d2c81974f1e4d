"""What a stranger may make a TLS listener spend: chains that are slow to read, changes of keys, empty records.

Run by ctest (the binary in SIGNET), or as:
    SIGNET=build/dev/signet PYTHONPATH=tests/support python3 tests/security/tls_costs_test.py
"""
import os
import pathlib
import ssl

import heavy_certificates
from certificates import Authority
from tls_records import ALERT, APPLICATION, HANDSHAKE, RawPeer
from tls_world import JWKS, World, until

ASKS = "client_ca_file: clients.pem, client_auth: optional"
PARTS = ("extensions", "names", "alternatives")
NO_BOUND = "limits: {head_timeout: 60s, idle_timeout: 60s}\n"
GET = f"GET {JWKS} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
FLOOD_MAX = 16 * 1024 * 1024  # octets; the service takes 64 KiB, and the kernel some more
TICKS = os.sysconf("SC_CLK_TCK")


def processor_seconds(world):
    fields = pathlib.Path(f"/proc/{world.service.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def showing(world, chain):
    """A client that shows its good certificate, and these after it."""
    (world.made / "shown.pem").write_bytes(world.text("client.pem") + chain)
    context = world.trusting()
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    context.load_cert_chain(str(world.made / "shown.pem"), str(world.made / "client.key"))
    return context


def chains_that_cost_too_much_are_not_read():
    key = "kind or size that is not accepted"
    for chain, reason in (
        (heavy_certificates.explicit_curve() * 4, key),
        (heavy_certificates.large_rsa(), key),
        (Authority().certificate_pem * 10, "more certificates than are read"),
        *((heavy_certificates.many_parts(kind), "more names or extensions") for kind in PARTS),
    ):
        with World(ASKS) as world:
            assert world.status_of(showing(world, world.text("ca.pem"))) == 200
            is_refused_in_both_versions(world, chain, reason)
            # 16 KiB and more: the library refuses the message by its size.
            assert world.status_of(showing(world, heavy_certificates.large_rsa() * 9)) is None
            assert world.status_of(world.trusting("client")) == 200


def is_refused_in_both_versions(world, chain, reason):
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        context = showing(world, chain)
        context.minimum_version = context.maximum_version = version
        before = processor_seconds(world)
        assert world.status_of(context) is None, reason
        spent = processor_seconds(world) - before
        print(f"   {chain.count(b'BEGIN')} certificates, {reason}: {spent:.2f} s")
        assert spent < 0.4, spent  # four on the slow curve take more than a second
    until(lambda: world.said("tls_handshake_failed"), "told")
    said = world.said("tls_handshake_failed")[0]  # once while it goes on
    assert reason in said["reason"] and said["outcome"] == "client_refused", (reason, said)


def keys_of_clients_that_are_accepted():
    with World(ASKS) as world:
        for kind in ("rsa", "p384", "p521", "ed25519", "ed448"):
            assert world.status_of(world.trusting(f"client-{kind}")) == 200, kind


def flood(world, make, kept):
    """Sends records that carry nothing until the connection ends. Returns how many octets were taken."""
    with RawPeer(world) as peer:
        sent = 0
        while sent < FLOOD_MAX:
            octets = b"".join(make(peer) for _ in range(100))
            if not peer.send(octets):
                break
            sent += len(octets)
            assert kept.get()[0] == 200
        assert peer.is_ended(), "a flood of records without content goes on"
        assert kept.get()[0] == 200
        return sent


def floods_without_content_end():
    with World(settings=NO_BOUND) as world, world.connect() as kept:
        for name, make in (
            ("changes of keys, each to be answered", lambda peer: peer.key_update(True)),
            ("changes of keys", lambda peer: peer.key_update(False)),
            ("empty records", lambda peer: peer.record(b"", APPLICATION)),
            ("padding", lambda peer: peer.record(b"", APPLICATION, padding=10_000)),
            ("warnings", lambda peer: peer.record(b"\1\x5a", ALERT)),
            ("handshakes", lambda peer: peer.record(b"\1\0\0\0", HANDSHAKE)),
        ):
            before = processor_seconds(world)
            sent = flood(world, make, kept)
            print(f"   {name}: ended after at most {sent} octets, {processor_seconds(world) - before:.2f} s")
        assert world.status_of(world.trusting()) == 200


def some_without_content_are_fine():
    """Changes of keys and records of one octet, as a client may send them."""
    with World(settings=NO_BOUND) as world, RawPeer(world) as peer:
        for _ in range(20):
            octets = b""
            for i, octet in enumerate(GET):
                octets += peer.record(bytes([octet]))
                octets += peer.key_update(i % 2 == 0) if i % 7 == 0 else b""
            assert peer.send(octets) and peer.has_answered()
        until(lambda: world.metric("signet_http_requests_total", status="200") >= 20, "served")


for test in (
    chains_that_cost_too_much_are_not_read,
    keys_of_clients_that_are_accepted,
    floods_without_content_end,
    some_without_content_are_fine,
):
    test()
    print("ok", test.__name__, flush=True)
