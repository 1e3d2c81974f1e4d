"""A disk that takes seconds to flush: what another replica has revoked is refused all the same, within a second;
and a stop waits for what operators have begun."""
import json
import os
import pathlib
import threading
import time

import disk

FLUSH = 1.5  # seconds that each flush takes, once the replica runs: longer than a revocation may
FLUSH_AT_STOP = 0.4  # several of them are longer than a stop takes that waits for nobody
ROTATION = """
rotation:
  sig: {{alg: ES256, every: 30d, lead: 1d, directory: {shared}/keys}}
sign_profiles:
  default: {{key: sig, callers: [admin], audiences: [api], ttl: 1h}}
"""


def a_flush_that_takes_long_delays_no_revocation_of_another_replica(shared, library):
    slow_disk = disk.Disk(library)
    with disk.start(shared, ROTATION) as quick, disk.start(shared, ROTATION, slow_disk) as slow:
        signed = disk.sign(quick)
        assert disk.accepts(slow, signed)
        slow_disk.order(flush_ms=int(1000 * FLUSH))
        # Its turn flushes several files, one after the other.
        ends = []
        turn = threading.Thread(target=lambda: ends.append(
            (disk.administer(slow, "/keys/rotate", '{"series": "sig", "emergency": true}'), time.monotonic())))  # fmt: skip
        began = time.monotonic()
        turn.start()
        time.sleep(FLUSH / 2)
        assert disk.revoke(quick, signed).status == 200
        replied = time.monotonic()
        disk.until(lambda: not disk.accepts(slow, signed), "the token of a revoked key is accepted", disk.IN_FORCE)
        refused = time.monotonic()
        turn.join(disk.PATIENCE)
        reply, ended = ends[0]
        print(f"refused {refused - replied:.2f} s after the reply, in a turn of {ended - began:.1f} s")
        assert reply.status == 200, reply
        assert ended > refused and ended - began > FLUSH, "its flushes were not slow"


def what_an_operator_has_begun_is_answered_and_recorded_before_a_stop(shared, library):
    pathlib.Path(shared, "log").mkdir()
    more = ROTATION + "audit: {{file: {shared}/log/audit.log}}\n"
    for path, body in (("/keys/{}/revoke", "{}"), ("/keys/rotate", '{"series": "sig", "emergency": true}')):
        slow_disk = disk.Disk(library)
        with disk.start(shared, more, slow_disk) as running:
            kid = disk.sign(running)["kid"]
            slow_disk.order(flush_ms=int(1000 * FLUSH_AT_STOP))
            replies = []
            asking = threading.Thread(target=lambda: replies.append(disk.administer(running, path.format(kid), body)))
            asking.start()
            time.sleep(FLUSH_AT_STOP / 2)
            running.hang_up()
            running.process.terminate()
            assert running.process.wait(disk.PATIENCE) == 0
            asking.join(disk.PATIENCE)
            assert replies and replies[0].status == 200, replies
            lines = pathlib.Path(shared, "log", "audit.log").read_text().splitlines()
            records = [one for one in map(json.loads, lines) if one["event"] == "admin"]
            assert any(one["request_id"] == replies[0].headers["x-request-id"] for one in records), records


if __name__ == "__main__":
    os.umask(0o077)
    disk.run(
        a_flush_that_takes_long_delays_no_revocation_of_another_replica,
        what_an_operator_has_begun_is_answered_and_recorded_before_a_stop,
    )
