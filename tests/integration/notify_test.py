"""READY=1 for a service manager (systemd with Type=notify): out of the sandbox, once the service listens."""
import os
import pathlib
import socket
import tempfile
import unittest

import service

SIGNET = os.environ["SIGNET"]


class Notify(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = str(pathlib.Path(folder.name) / "notify")

    def test_it_says_when_it_listens(self):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.settimeout(service.START_LIMIT)
            manager.bind(self.path)
            variables = {"NOTIFY_SOCKET": self.path}
            with service.start(SIGNET, arguments=service.DEVELOPMENT, environment=variables) as signet:
                self.assertEqual(b"READY=1", manager.recv(64))
                self.assertEqual(200, signet.get("/.well-known/jwks.json").status)

    def test_it_waits_for_a_manager_with_a_full_queue(self):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.settimeout(service.START_LIMIT)
            manager.bind(self.path)
            self._fill()
            variables = {"NOTIFY_SOCKET": self.path}
            with service.start(SIGNET, arguments=service.DEVELOPMENT, environment=variables) as signet:
                while (heard := manager.recv(64)) == b"other":
                    pass
                self.assertEqual(b"READY=1", heard)
                self.assertEqual(200, signet.get("/.well-known/jwks.json").status)
                self.assertNotIn("service_manager_not_told", signet.log_text())

    def _fill(self):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as others:
            others.setblocking(False)
            with self.assertRaises(BlockingIOError):
                while True:
                    others.sendto(b"other", self.path)

    def test_a_manager_that_does_not_answer_changes_nothing(self):
        for name in (self.path, "relative", "@abstract", "/" + "a" * 200):
            with service.start(SIGNET, arguments=service.DEVELOPMENT, environment={"NOTIFY_SOCKET": name}) as signet:
                self.assertEqual(200, signet.get("/.well-known/jwks.json").status)
                self.assertIn("service_manager_not_told", signet.log_text())


if __name__ == "__main__":
    unittest.main()
