"""`signet serve` as a child process, on ports that were free."""
import json
import os
import select
import subprocess
import time

START_LIMIT = 60  # seconds; sanitizer builds on a busy machine are slow
STOP_LIMIT = 40


class RunningService:
    """Starts the service and waits until it listens.

    with RunningService("--dev", "--set", "server.listen.0.address=127.0.0.1:0", listeners=2) as s:
        s.addresses["data"]   # ["127.0.0.1:45123"]
    """

    def __init__(self, *arguments, listeners, environment=None):
        command = [os.environ["SIGNET"], "serve", *arguments, "--set", "log.format=json"]
        self.lines = []
        self.addresses = {"data": [], "admin": [], "probes": []}
        self.process = subprocess.Popen(
            command, stderr=subprocess.PIPE, env={**os.environ, **(environment or {})}
        )
        try:
            self._wait_for(listeners)
        except BaseException:
            self.process.kill()
            self.process.wait()
            raise

    def _wait_for(self, listeners):
        end = time.monotonic() + START_LIMIT
        pending = b""
        source = self.process.stderr.fileno()
        while sum(map(len, self.addresses.values())) < listeners:
            ready, _, _ = select.select([source], [], [], max(0, end - time.monotonic()))
            got = os.read(source, 65536) if ready else b""
            if not got:
                raise RuntimeError("the service does not listen:\n" + "\n".join(self.lines))
            *whole, pending = (pending + got).split(b"\n")
            for line in whole:
                self._take(line.decode())

    def _take(self, line):
        self.lines.append(line)
        if not line.startswith("{"):
            return
        said = json.loads(line)
        if said["event"] == "listening":
            self.addresses[said["role"]].append(said["address"])

    def stop(self):
        """SIGTERM; returns the exit code and everything that was logged."""
        self.process.terminate()
        try:
            _, rest = self.process.communicate(timeout=STOP_LIMIT)
        except subprocess.TimeoutExpired:
            self.process.kill()
            _, rest = self.process.communicate()
        self.lines += rest.decode().splitlines()
        return self.process.returncode, self.lines

    def __enter__(self):
        return self

    def __exit__(self, failed, *_):
        code, lines = self.stop()
        if failed:
            print("\n".join(lines[-50:]))
        elif code != 0:
            raise RuntimeError(f"the service ended with {code}:\n" + "\n".join(lines[-50:]))


DEVELOPMENT = (
    "--dev",
    "--set", "server.listen.0.address=127.0.0.1:0",
    "--set", "admin.listen.0=127.0.0.1:0",
)  # fmt: skip
