"""A state_dir whose disk refuses to flush, or does not answer: no replica accepts for ever what another one revoked."""
import os
import pathlib
import signal
import subprocess
import threading
import time

import disk

KEYS = """
keys:
  - {{name: one, alg: ES256, file: {shared}/one.pem}}
  - {{name: two, alg: ES256, file: {shared}/two.pem}}
sign_profiles:
  one: {{key: one, callers: [admin], audiences: [api], ttl: 1h}}
  two: {{key: two, callers: [admin], audiences: [api], ttl: 1h}}
"""


def start(shared, broken=None):
    for name in ("one", "two"):
        if not pathlib.Path(shared, f"{name}.pem").exists():
            words = [disk.SIGNET, "keygen", "--alg", "ES256", "--out", f"{shared}/{name}.pem"]
            subprocess.run(words, check=True, capture_output=True, timeout=disk.PATIENCE)
    return disk.start(shared, KEYS, broken)


def a_flush_that_fails_revokes_all_the_same(shared, library):
    broken = disk.Disk(library)
    with start(shared, broken) as first, start(shared) as second:
        one, two = disk.sign(first, "one"), disk.sign(first, "two")
        broken.order(failing=1, journal_ms=600)  # the others read what is not flushed yet
        refused = disk.revoke(first, one)
        broken.order(journal_ms=0)
        assert (refused.status, refused.code) == (503, "storage_unavailable"), refused
        assert "is revoked" in refused.json["detail"], refused
        assert not disk.accepts(first, one)
        assert disk.revoke(first, two).status == 200
        for running in (first, second):
            for signed in (one, two):
                disk.until(lambda: not disk.accepts(running, signed), "a revoked key is accepted", disk.IN_FORCE)
        again = disk.revoke(first, one)
        assert again.status == 200 and again.json["was_revoked"], again
    with start(shared) as third:
        assert not disk.accepts(third, one) and not disk.accepts(third, two)


def what_was_written_while_a_replica_started_is_in_force(shared, library):
    broken = disk.Disk(library)
    broken.order(lock_ms=2000)
    started = []
    with start(shared) as before:
        signed = disk.sign(before, "one")
        starting = threading.Thread(target=lambda: started.append(start(shared, broken)))
        starting.start()
        disk.until(lambda: broken.told("locks") > 0, "it claims its journal")
        assert disk.revoke(before, signed).status == 200
    starting.join(disk.PATIENCE)
    with started[0] as after:
        assert not disk.accepts(after, signed)


def a_journal_whose_place_is_taken_in_the_middle_of_a_revocation(shared, _library):
    state = pathlib.Path(shared, "state")
    with start(shared) as first, start(shared) as second:
        signed = disk.sign(first, "one")
        disk.until(lambda: disk.revoke(first, disk.sign(first, "two")).json["reached"]["replicas"] == 2, "both run")
        os.kill(second.process.pid, signal.SIGSTOP)
        try:
            answers = []
            asking = threading.Thread(target=lambda: answers.append(disk.revoke(first, signed)))
            asking.start()
            disk.until(lambda: signed["kid"] in (state / "revocations-00").read_text(), "it is written")
            (state / "revocations-00").rename(pathlib.Path(shared, "moved"))
            (state / "revocations-00").mkdir(0o700)
            asking.join(disk.PATIENCE)
        finally:
            os.kill(second.process.pid, signal.SIGCONT)
        assert answers[0].status == 200, answers
        (state / "revocations-00").rmdir()
        disk.until(lambda: not disk.accepts(second, signed), "it is in a journal again")


def a_journal_that_is_removed_is_told_and_written_again(shared, _library):
    state = pathlib.Path(shared, "state")
    with start(shared) as first:
        with start(shared) as second:
            signed = disk.sign(second, "one")
            assert disk.revoke(second, signed).json["reached"] == {"replicas": 2, "confirmed": 2}
        (state / "revocations-01").unlink()
        disk.until(lambda: signed["kid"] in (state / "revocations-00").read_text(), "it is written again")
        disk.until(lambda: '"event":"keys_recovered"' in first.log_text(), "it is over")
        assert "a journal was removed or shortened" in first.log_text()
    with start(shared) as third:
        assert not disk.accepts(third, signed)


def a_folder_that_does_not_answer_is_told(shared, library):
    broken = disk.Disk(library)
    with start(shared, broken) as running:
        signed = disk.sign(running, "one")

        def tells(is_well):
            checks = running.get("/readyz?verbose", port=running.admin_port).json["checks"]
            metrics = running.get("/metrics", port=running.admin_port).body.splitlines()
            failing = f"signet_revocations_failing {0 if is_well else 1}"
            return checks["revocations"]["ok"] is is_well and failing in metrics

        disk.until(lambda: tells(True), "it is well")
        broken.order(is_silent=1)
        try:
            time.sleep(0.5)
            reply = disk.revoke(running, signed)
            assert reply.status == 200 and "reached" not in reply.json, reply
            assert not disk.accepts(running, signed)
            disk.until(lambda: tells(False), "the folder does not answer")
            assert '"event":"revocations_unread"' in running.log_text()
        finally:
            broken.order(is_silent=0)
        disk.until(lambda: tells(True), "it answers again")


if __name__ == "__main__":
    os.umask(0o077)
    disk.run(
        a_flush_that_fails_revokes_all_the_same,
        what_was_written_while_a_replica_started_is_in_force,
        a_journal_whose_place_is_taken_in_the_middle_of_a_revocation,
        a_journal_that_is_removed_is_told_and_written_again,
        a_folder_that_does_not_answer_is_told,
    )
