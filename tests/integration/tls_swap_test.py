"""TLS files that change while the service runs: what is good is in force within a second, what is not
changes nothing, and no connection is lost.

Run by ctest (the binary in SIGNET), or as:
    SIGNET=build/dev/signet PYTHONPATH=tests/support python3 tests/integration/tls_swap_test.py
"""
import datetime
import os
import ssl
import tempfile
import time

from moved_clock import MovedClock

from tls_world import World, until

CLIENTS = "client_ca_file: clients.pem, crl_file: revoked.pem"
IN_FORCE = 10  # seconds; one is meant, and sanitizers on a busy machine are slow


def shown_by(world):
    """The name in the certificate that a new connection gets."""
    with world.connect(world.trusting("client")) as client:
        return client.socket.getpeercert()["subject"][0][0][1]


def a_new_certificate_is_in_force_within_a_second():
    with World(CLIENTS) as world, world.connect(world.trusting("client")) as kept:
        assert kept.get()[0] == 200 and shown_by(world) == "localhost"
        world.swap(tls_pem="next.pem", tls_key="next.key")
        took = until(lambda: shown_by(world) == "localhost, later", "the next certificate", IN_FORCE)
        print(f"   in force after {took:.2f} s")
        assert kept.get()[0] == 200, "a kept connection goes on"
        assert world.said("tls_reloaded")
        assert not world.said("tls_files_refused") or len(world.said("tls_files_refused")) <= 2  # between the two files


def what_cannot_be_used_changes_nothing():
    with World(CLIENTS) as world, world.connect(world.trusting("client")) as kept:
        for files, setting in (
            ({"tls_pem": "next.pem"}, "key_file"),
            ({"tls_pem": "half.pem"}, "cert_file"),
            ({"tls_pem": "none.pem"}, "cert_file"),
            ({"tls_pem": b""}, "cert_file"),
            ({"tls_pem": "expired.pem", "tls_key": "expired.key"}, "cert_file"),
            ({"clients": "junk-ca.pem"}, "client_ca_file"),
            ({"revoked": "crl-ended.pem"}, "crl_file"),
        ):
            def told():
                return [one for one in world.said("tls_files_refused") if one["setting"] == setting]

            before = len(told())
            world.swap(**files)
            until(lambda: len(told()) >= before + 2, f"{files} refused, by both listeners")
            assert shown_by(world) == "localhost" and kept.get()[0] == 200, files
            time.sleep(2)  # it is looked at more often, and told once
            assert len(told()) <= before + 4, (files, told())
            world.swap(tls_pem="server.pem", tls_key="server.key", clients="ca.pem", revoked="crl.pem")
            time.sleep(1.5)
        assert world.metric("signet_tls_reloads_total", result="refused") >= 14
        (world.service.folder / "tls.pem").unlink()
        until(lambda: any("tls.pem" in one["reason"] for one in world.said("tls_files_refused")), "a missing file")
        assert shown_by(world) == "localhost" and kept.get()[0] == 200
        world.swap(tls_pem="next.pem", tls_key="next.key")
        until(lambda: shown_by(world) == "localhost, later", "the next certificate")


def a_revoked_client_ends_during_its_connection():
    with World(CLIENTS) as world:
        with world.connect(world.trusting("client")) as revoked, world.connect(world.trusting("second")) as other:
            assert revoked.get()[0] == other.get()[0] == 200
            world.swap(revoked="crl-client.pem")
            until(lambda: world.status_of(world.trusting("client")) is None, "refused at the door", IN_FORCE)
            status, fields, body = revoked.get()
            assert status == 401 and fields["connection"] == "close", (status, body)
            assert b"caller_unauthenticated" in body and revoked.ends_properly()
            assert other.get()[0] == 200 and other.get()[0] == 200
            assert world.status_of(world.trusting("second")) == 200


def what_ends_above_a_certificate_ends_its_connections():
    """A list of revoked certificates after an hour, and an intermediate authority after a day."""
    with tempfile.TemporaryDirectory(dir=os.getcwd()) as folder:
        clock = MovedClock(folder)
        with World("client_ca_file: clients.pem, crl_file: revoked.pem", environment=clock.environment) as world:
            world.swap(revoked=world.authority.revocations(end=datetime.timedelta(hours=1)))
            until(lambda: world.metric("signet_tls_reloads_total", result="ok") >= 2, "swapped")
            ends_after(world, clock, "client", 3600)
        clock = MovedClock(folder)
        with World("client_ca_file: clients.pem", environment=clock.environment) as world:
            ends_after(world, clock, "under-short", 86400)
            assert world.status_of(world.trusting("client")) == 200


def ends_after(world, clock, client, seconds):
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        clock.move(0)
        trusting = world.trusting(client, version=version)
        with world.connect(trusting) as kept:
            for passed in (30, 61, seconds // 2, seconds - 61):
                clock.move(passed)
                assert kept.get()[0] == 200, passed
            clock.move(seconds + 61)
            status, fields, body = kept.get()
            assert status == 401 and fields["connection"] == "close", (version, status, body)
            assert b"caller_unauthenticated" in body and kept.ends_properly()
            assert world.status_of(trusting) is None
            with_ticket = kept.socket.session
        try:
            with world.connect(trusting, with_ticket) as again:
                assert again.get()[0] is None, "a session has outlived what its client is trusted for"
        except (ssl.SSLError, ConnectionError):
            pass


def a_client_ends_with_its_certificate():
    with World(CLIENTS) as world:
        end = datetime.timedelta(seconds=4)
        pair = world.authority.issue("orders", uris=["spiffe://example.org/orders"], client=True, end=end)
        (world.made / "short.pem").write_bytes(pair.certificate_pem)
        (world.made / "short.key").write_bytes(pair.key_pem)
        with world.connect(world.trusting("short")) as kept, world.connect(world.trusting("client")) as other:
            assert kept.get()[0] == 200
            time.sleep(end.total_seconds() + 1)
            status, fields, body = kept.get()
            assert status == 401 and b"caller_unauthenticated" in body and fields["connection"] == "close", body
            assert kept.ends_properly() and other.get()[0] == 200
            assert world.status_of(world.trusting("short")) is None


def another_authority_ends_the_clients_of_the_first():
    with World("client_ca_file: clients.pem") as world:
        with world.connect(world.trusting("client")) as kept:
            assert kept.get()[0] == 200
            world.swap(clients="both-cas.pem")
            until(lambda: world.status_of(world.trusting("stranger")) == 200, "the second authority", IN_FORCE)
            assert kept.get()[0] == 200
            world.swap(clients="other-ca.pem")
            until(lambda: world.status_of(world.trusting("client")) is None, "the first is gone", IN_FORCE)
            assert kept.get()[0] == 401 and kept.ends_properly()
            assert world.status_of(world.trusting("stranger")) == 200


for test in (
    a_new_certificate_is_in_force_within_a_second,
    what_cannot_be_used_changes_nothing,
    a_revoked_client_ends_during_its_connection,
    what_ends_above_a_certificate_ends_its_connections,
    a_client_ends_with_its_certificate,
    another_authority_ends_the_clients_of_the_first,
):
    test()
    print("ok", test.__name__, flush=True)
