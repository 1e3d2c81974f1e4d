"""The audit log when something goes wrong: a full disk, kill -9, a torn end, a moved file, a second writer.

Run by ctest (the binary in SIGNET), or as:
    SIGNET=build/dev/signet PYTHONPATH=tests/support python3 tests/integration/audit_test.py
"""
import hashlib
import json
import os
import pathlib
import resource
import signal
import subprocess
import tempfile
import threading
import time
import unittest

import service

SIGNET = os.environ["SIGNET"]
SECRET = "a secret of one caller, of more than 32 octets"
AS_CALLER = {"Content-Type": "application/json", "Authorization": "Bearer " + SECRET}
BODY = b'{"claims":{"sub":"alice"}}'
PATIENCE = 60
CONFIG = """
issuer: https://tokens.example.com
keys:
  - {name: sig, kid: sig-1, alg: ES256, file: sig.pem}
callers: [{name: orders, secret_sha256: %s, roles: [admin]}]
sign_profiles: {default: {key: sig, ttl: 1m, callers: [orders], allowed_claims: [sub]}}
verify_profiles: {default: {issuers: [self], audiences: none}}
audit: {file: %s%s}
"""


def sha(text):
    return hashlib.sha256(text.encode()).hexdigest()


class Case(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "sig.pem")
            subprocess.run([SIGNET, "keygen", "--alg", "ES256", "--out", path], check=True, capture_output=True)
            cls.key = path.read_text()

    def setUp(self):
        folder = tempfile.TemporaryDirectory(dir=os.getcwd())
        self.addCleanup(folder.cleanup)
        self.file = pathlib.Path(folder.name, "audit.log")

    def start(self, settings="", more=""):
        text = CONFIG % (sha(SECRET), self.file, settings) + more
        return service.start(SIGNET, text, files={"sig.pem": self.key})

    def sign(self, running):
        return running.request("POST", "/sign", BODY, AS_CALLER)

    def records(self, file=None):
        return [json.loads(line) for line in (file or self.file).read_text().splitlines()]

    def files(self):
        """Of callers' chain, in its order."""
        return [*sorted(self.file.parent.glob("audit.log.0*")), self.file]

    def verify(self, *files):
        return subprocess.run(
            [SIGNET, "audit", "verify", *map(str, files or self.files())], capture_output=True, text=True, timeout=60
        )

    def assert_good(self, *files):
        done = self.verify(*files)
        self.assertEqual(done.returncode, 0, done)

    def metric(self, running, name):
        text = running.get("/metrics", port=running.admin_port).body
        return float(next(line for line in text.splitlines() if line.startswith(name)).split()[-1])


    def generation(self, running):
        ready = running.get("/readyz?verbose", port=running.admin_port).json
        return ready["checks"]["configuration"]["generation"]


class FullDisk(Case):
    def limit(self, running, size):
        resource.prlimit(running.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    def test_required(self):
        """No token leaves, strangers are served, nothing is loaded; with room again it goes on, and says what is lost."""
        with self.start() as running:
            signed = 0
            while self.file.stat().st_size < 100_000:  # longer than the service's own log gets
                token = self.sign(running).json["token"]
                signed += 1
            self.limit(running, self.file.stat().st_size + 20)
            for _ in range(20):
                reply = self.sign(running)
                self.assertEqual((reply.status, reply.code), (503, "audit_unavailable"), reply)
                self.assertNotIn("token", reply.json)
            self.assertEqual(running.post("/verify", {"token": token}).status, 200)
            reload = running.request("POST", "/reload", b"{}", AS_CALLER, running.admin_port)
            self.assertEqual(reload.code, "audit_unavailable", reload)
            before = self.file.read_text()
            self.assertTrue(before.endswith("\n"), "half a record is in the file")
            generation = self.generation(running)
            running.process.send_signal(signal.SIGHUP)
            end = time.monotonic() + PATIENCE
            while "reload_refused" not in running.log_text() and time.monotonic() < end:
                time.sleep(0.05)
            self.assertIn("nothing is changed without a record", running.log_text())
            self.assertEqual(self.generation(running), generation)
            self.limit(running, resource.RLIM_INFINITY)
            while (reply := self.sign(running)).status == 503 and time.monotonic() < end:
                time.sleep(0.05)
            self.assertEqual(reply.status, 200, reply)
            self.assertIn("audit_recovered", running.log_text())
            while self.generation(running) == generation and time.monotonic() < end:
                time.sleep(0.05)
            self.assertEqual(self.generation(running), generation + 1, "the reload that was refused is not made")
        found = [(one["event"], one["code"]) for one in self.records()]
        self.assertEqual(found.count(("sign", "ok")), signed + 1)
        self.assertEqual(found.count(("lost", "ok")), 1)
        self.assert_good()

    def test_a_revocation_does_not_wait(self):
        """A compromised key is revoked although nothing can be recorded, and a record says that one is lost."""
        with self.start(more="state_dir: state\n") as running:
            while self.file.stat().st_size < 100_000:
                self.sign(running)
            self.limit(running, self.file.stat().st_size + 20)
            self.assertEqual(self.sign(running).code, "audit_unavailable")
            reply = running.request("POST", "/keys/sig-1/revoke", b"", AS_CALLER, running.admin_port)
            self.assertEqual((reply.status, reply.json["state"]), (200, "revoked"), reply)
            rotate = running.request("POST", "/keys/rotate", b'{"series":"sig"}', AS_CALLER, running.admin_port)
            self.assertEqual(rotate.code, "audit_unavailable", rotate)
            self.assertIn('"event":"key_revoked"', running.log_text())
            self.limit(running, resource.RLIM_INFINITY)
            end = time.monotonic() + PATIENCE
            while "audit_recovered" not in running.log_text() and time.monotonic() < end:
                time.sleep(0.05)
            again = running.request("POST", "/keys/sig-1/revoke", b"", AS_CALLER, running.admin_port)
            self.assertTrue(again.json["was_revoked"], again)
        found = [one for one in self.records() if one["event"] in ("lost", "admin")]
        self.assertEqual([one["event"] for one in found], ["lost", "admin"], found)
        self.assertGreaterEqual(found[0]["records"], 1)
        self.assertEqual((found[1]["kid"], found[1]["code"]), ("sig-1", "ok"))
        self.assert_good()

    def test_what_is_done_is_said(self):
        """The log fails while an operator's request is under way: the reply says what was done."""
        with self.start(more="reload: {watch: false}\n") as running:
            while self.file.stat().st_size < 100_000:
                self.sign(running)
            self.limit(running, self.file.stat().st_size + 20)
            reply = running.request("POST", "/reload", b"{}", AS_CALLER, running.admin_port)
            self.assertEqual((reply.status, reply.json["generation"]), (200, 2), reply)
            reply = running.request("POST", "/reload", b"{}", AS_CALLER, running.admin_port)
            self.assertEqual(reply.code, "audit_unavailable", reply)
            self.assertEqual(self.generation(running), 2)
            self.limit(running, resource.RLIM_INFINITY)
            end = time.monotonic() + PATIENCE
            while "audit_recovered" not in running.log_text() and time.monotonic() < end:
                time.sleep(0.05)
        lost = [one["records"] for one in self.records() if one["event"] == "lost"]
        self.assertEqual(lost, [2])  # of what was done, and of what was refused
        self.assert_good()

    def test_a_file_is_full_while_it_is_rotated(self):
        with self.start(", file_bytes: 64KiB") as running:
            while self.file.stat().st_size < 60 * 1024:
                self.assertEqual(self.sign(running).status, 200)
            self.limit(running, self.file.stat().st_size + 4200)
            codes = {self.sign(running).status for _ in range(40)}
            self.limit(running, resource.RLIM_INFINITY)
            self.assertLessEqual(codes, {200, 503})
            end = time.monotonic() + PATIENCE
            while self.sign(running).status == 503 and time.monotonic() < end:
                time.sleep(0.05)
        self.assert_good()

    def test_a_read_only_folder(self):
        """The next file cannot be made: signing stops, and nothing of the file before is lost."""
        if os.geteuid() == 0:
            self.skipTest("root may write everywhere")
        with self.start(", file_bytes: 64KiB") as running:
            self.file.parent.chmod(0o500)
            try:
                seen = [self.sign(running).status for _ in range(300)]
            finally:
                self.file.parent.chmod(0o700)
            self.assertIn(503, seen)
            end = time.monotonic() + PATIENCE
            while (last := self.sign(running)).status == 503 and time.monotonic() < end:
                time.sleep(0.05)
            self.assertEqual(last.status, 200)
        self.assert_good()


class Crash(Case):
    def test_kill(self):
        """No acknowledged signature is without its record, however often the process is killed."""
        rounds, digests, guard = 6, [], threading.Lock()

        def load(running, ends):
            while not ends.is_set():
                try:
                    reply = running.request("POST", "/sign", BODY, AS_CALLER)
                    if reply.status == 200:
                        with guard:
                            digests.append(sha(reply.json["token"]))
                except OSError:
                    return

        for _ in range(rounds):
            running, ends = self.start(), threading.Event()
            clients = [threading.Thread(target=load, args=(running.another_client(), ends)) for _ in range(8)]
            for one in clients:
                one.start()
            time.sleep(0.5)
            running.process.kill()
            running.process.wait()
            ends.set()
            for one in clients:
                one.join()
            self.assert_good()
        self.assertGreater(len(digests), rounds)
        recorded = {one.get("token_sha256") for file in self.files() for one in self.records(file)}
        self.assertEqual([one for one in digests if one not in recorded], [])
        self.assertEqual([one["event"] for one in self.records()].count("start"), rounds)

    def test_a_torn_end(self):
        with self.start() as running:
            self.sign(running)
        with self.file.open("ab") as end:
            end.write(b'{"seq":99,"prev":"AAAA')
        with self.start() as running:
            self.assertEqual(self.sign(running).status, 200)
            self.assertIn("audit_set_aside", running.log_text())
        aside = list(self.file.parent.glob("*.aside"))
        self.assertEqual(len(aside), 1)
        done = self.verify(aside[0], self.file)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
        self.assertIn(": torn: ", done.stderr)
        self.assert_good(self.file)

    def test_records_that_are_removed_between_two_starts(self):
        with self.start() as running:
            for _ in range(5):
                self.sign(running)
        lines = self.file.read_text().splitlines(keepends=True)
        self.file.write_text("".join(lines[:-3]))
        self.assertIn(": cut: ", self.verify().stderr)
        with self.start() as running:
            self.sign(running)
        aside = list(self.file.parent.glob("*.aside"))
        self.assertIn(": missing: ", self.verify(aside[0], self.file).stderr)


class Files(Case):
    def test_a_second_writer(self):
        with self.start() as running:
            with self.assertRaises(RuntimeError) as refused:
                self.start()
            self.assertIn("another process writes it", str(refused.exception))
            self.assertIn("exit 3", str(refused.exception))
            self.assertEqual(self.sign(running).status, 200)
        self.assert_good()

    def test_what_is_no_file_for_records(self):
        for make, reason in (
            (lambda: self.file.symlink_to("/dev/null"), "symbolic link"),
            (lambda: os.mkfifo(self.file, 0o600), "regular file"),
            (self.file.mkdir, "directory"),
            (lambda: (self.file.touch(), self.file.chmod(0o666)), "others may write"),
        ):
            make()
            with self.assertRaises(RuntimeError) as refused:
                self.start()
            self.assertIn(reason, str(refused.exception))
            self.file.rmdir() if self.file.is_dir() else self.file.unlink()

    def test_a_file_that_is_moved(self):
        """As logrotate does it: the next file continues the chain, and no record is lost."""
        moved = self.file.with_name("audit.log.0-moved")
        with self.start() as running:
            for _ in range(3):
                self.sign(running)
            self.file.rename(moved)
            end = time.monotonic() + PATIENCE
            while not self.file.exists() and time.monotonic() < end:
                self.assertEqual(self.sign(running).status, 200)
                time.sleep(0.05)
            self.assertEqual(self.sign(running).status, 200)
        self.assert_good(moved, self.file)

    def test_reload(self):
        """What is required changes at once; the file only with a restart, and nobody ends the log unseen."""
        with self.start(more="reload: {watch: false}\n") as running:
            path = pathlib.Path(running.folder, "signet.yaml")
            text = path.read_text()
            path.write_text(text.replace(f"audit: {{file: {self.file}", f"audit: {{file: {self.file}, sign: best_effort"))
            done = running.request("POST", "/reload", b"{}", AS_CALLER, running.admin_port)
            self.assertEqual(done.status, 200, done)
            path.write_text("\n".join(line for line in text.splitlines() if not line.startswith("audit:")))
            done = running.request("POST", "/reload", b"{}", AS_CALLER, running.admin_port)
            self.assertEqual(done.json["needs_restart"], ["audit.file"], done)
            count = len(self.records())
            self.assertEqual(self.sign(running).status, 200)
            self.assertEqual([one["event"] for one in self.records()[count:]], ["sign"])
        self.assert_good()

    def test_the_life_of_the_service(self):
        """Its start, its keys, a reload by a signal, and its end."""
        with self.start() as running:
            running.process.send_signal(signal.SIGHUP)
            end = time.monotonic() + PATIENCE
            while not any(one["event"] == "reload" for one in self.records()) and time.monotonic() < end:
                time.sleep(0.05)
        found = self.records()
        self.assertEqual([one["event"] for one in found], ["begin", "start", "key", "reload", "stop"])
        key, reload = found[2], found[3]
        self.assertEqual((key["kid"], key["from"], key["to"]), ("sig-1", "none", "active"))
        self.assertEqual((reload["by"], reload["code"], reload["generation"]), ("signal", "ok", 2))
        self.assert_good()

    def test_group_commit(self):
        """Sixteen callers at once share writes: there are fewer of these than requests."""
        with self.start(", fsync: always") as running:
            def load():
                client = running.another_client()
                for _ in range(50):
                    self.assertEqual(self.sign(client).status, 200)
                client.hang_up()

            threads = [threading.Thread(target=load) for _ in range(16)]
            for one in threads:
                one.start()
            for one in threads:
                one.join()
            commits = self.metric(running, "signet_audit_commits_total")
            records = self.metric(running, 'signet_audit_records_total{queue="callers"}')
        self.assertGreaterEqual(records, 800)
        self.assertLess(commits, records)
        self.assert_good()


if __name__ == "__main__":
    unittest.main()
