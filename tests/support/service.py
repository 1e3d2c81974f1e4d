"""The built service as a child process of a test.

    with service.start(os.environ["SIGNET"], CONFIG, files={"key.pem": pem}) as signet:
        reply = signet.post("/verify", {"token": token, "secret": "..."})
        assert reply.status == 200, reply

The configuration is YAML. If it has no `server:` or `admin:` section, every endpoint is opened on a free
loopback port. Without a configuration the arguments of `signet serve` decide, for example DEVELOPMENT.
Everything has a time limit, and the service is stopped by its process id.
"""
import http.client
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import time

START_LIMIT = 60  # seconds; a sanitizer build on a busy machine is slow
STOP_LIMIT = 40
REPLY_LIMIT = 60

DEFAULT_LISTENERS = {
    "server:": 'server: {listen: [{address: "127.0.0.1:0", endpoints: [all]}]}\n',
    "admin:": 'admin: {listen: ["127.0.0.1:0"]}\n',
}
DEVELOPMENT = (
    "--dev",
    "--set", "server.listen.0.address=127.0.0.1:0",
    "--set", "admin.listen.0=127.0.0.1:0",
)  # fmt: skip
READABLE_LOG = ("--set", "log.format=json", "--set", "log.level=info")  # says where it listens


class Reply:
    """A reply: `status`, `headers` (names in lower case), `body` as text."""

    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def code(self):
        """The error code of a problem body; None for any other reply."""
        return None if self.status == 200 else self.json.get("code")

    def __repr__(self):
        return f"<{self.status} {self.body[:600]}>"


class Service:
    """A running service. `stop()` ends it; leaving a `with` block does so, too."""

    def __init__(self, process, folder, log):
        self.process, self.folder, self._log = process, folder, log
        self.addresses = {"data": [], "admin": [], "probes": []}  # as it logs them, in order
        self._connections = {}

    @property
    def data_port(self):
        return _first_port(self.addresses["data"])

    @property
    def admin_port(self):
        return _first_port(self.addresses["admin"])

    @property
    def base_url(self):
        return f"http://127.0.0.1:{self.data_port}"

    def request(self, method, path, body=None, headers=None, port=None):
        """Sends one request over a kept connection; reconnects once when the service closed it."""
        port = port or self.data_port
        for is_last in (False, True):
            fresh = port not in self._connections
            if fresh:
                self._connections[port] = http.client.HTTPConnection(
                    "127.0.0.1", port, timeout=REPLY_LIMIT
                )
            connection = self._connections[port]
            try:
                connection.request(method, path, body=body, headers=headers or {})
                got = connection.getresponse()
                text = got.read().decode()
                names = {name.lower(): value for name, value in got.getheaders()}
                return Reply(got.status, names, text)
            except (http.client.RemoteDisconnected, ConnectionError):
                connection.close()
                del self._connections[port]
                if fresh or is_last:
                    raise

    def another_client(self):
        """Another client of the same service, with its own connections; hang_up ends them."""
        client = Service(None, None, None)
        client.addresses = self.addresses
        return client

    def get(self, path, headers=None, port=None):
        return self.request("GET", path, headers=headers, port=port)

    def post(self, path, body, headers=None):
        """POSTs JSON: an object, or text that is JSON already and must stay as it is."""
        text = body if isinstance(body, str) else json.dumps(body, separators=(",", ":"))
        return self.request(
            "POST", path, text.encode(), {"Content-Type": "application/json", **(headers or {})}
        )

    def log_text(self):
        return self._log.read_text(errors="replace")

    def _wait_until_started(self):
        end = time.monotonic() + START_LIMIT
        while time.monotonic() < end and self.process.poll() is None:
            whole_lines = self.log_text().rpartition("\n")[0].splitlines()
            said = [json.loads(line) for line in whole_lines if line.startswith("{")]
            if any(one["event"] == "started" for one in said):
                for one in said:
                    if one["event"] == "listening":
                        self.addresses[one["role"]].append(one["address"])
                return
            time.sleep(0.02)
        code = self.process.poll()
        raise RuntimeError(f"the service did not start (exit {code}):\n{_tail(self._log)}")

    def _kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def hang_up(self):
        for connection in self._connections.values():
            connection.close()
        self._connections = {}

    def stop(self):
        """SIGTERM; the exit code. A service that does not end in time is killed (and that is an error)."""
        self.hang_up()
        self.process.terminate()
        try:
            self.process.wait(STOP_LIMIT)
        except subprocess.TimeoutExpired:
            self._kill()
            raise RuntimeError("the service did not stop:\n" + _tail(self._log)) from None
        finally:
            log = _tail(self._log)
            shutil.rmtree(self.folder, ignore_errors=True)
        if self.process.returncode != 0:
            raise RuntimeError(f"the service ended with {self.process.returncode}:\n{log}")
        return self.process.returncode

    def __enter__(self):
        return self

    def __exit__(self, failed, *_):
        if failed:
            print(_tail(self._log))
        self.stop()


def _tail(log, lines=60):
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:]) if log.exists() else ""


def _first_port(addresses):
    return int(next(a for a in addresses if not a.startswith("unix:")).rsplit(":", 1)[1])


def _write_files(folder, files):
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        path.chmod(0o600)  # private keys that others may read are refused


def clean_environment():
    """Our environment, without variables that are settings or that announce a cluster."""
    return {
        name: value for name, value in os.environ.items()
        if not name.startswith("SIGNET_") and name != "KUBERNETES_SERVICE_HOST"
    }  # fmt: skip


def start(binary, config_text=None, files=None, environment=None, arguments=()):
    """Starts the service and waits until it listens.

    files        name -> content, written next to the configuration with mode 0600.
    environment  further variables, for `env:` references.
    arguments    more of `signet serve`, which runs in its own folder.
    Raises       RuntimeError with the end of the log when it does not start.
    """
    folder = pathlib.Path(tempfile.mkdtemp(prefix="signet-", dir=os.getcwd()))
    _write_files(folder, files or {})
    if config_text is not None:
        for section, lines in DEFAULT_LISTENERS.items():
            if not any(line.startswith(section) for line in config_text.splitlines()):
                config_text += lines
        _write_files(folder, {"signet.yaml": config_text})
        arguments = ("--config", str(folder / "signet.yaml"), *arguments)
    log = folder / "log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [os.path.abspath(binary), "serve", *arguments, *READABLE_LOG],
            cwd=folder, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
            env={**clean_environment(), **(environment or {})},
        )  # fmt: skip
    running = Service(process, folder, log)
    try:
        running._wait_until_started()
    except BaseException:
        running._kill()
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return running
