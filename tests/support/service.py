"""The built service as a child process of a test.

    with service.start(os.environ["SIGNET"], CONFIG, files={"key.pem": pem}) as signet:
        reply = signet.post("/verify", {"token": token, "secret": "..."})
        assert reply.status == 200, reply

The configuration is YAML. `$data` and `$admin` in it stand for free loopback ports; without a
`server:` or `admin:` section of its own, every endpoint is opened on `$data`. Everything is bounded
in time, and the service is stopped by its process id.
"""
import http.client
import json
import os
import pathlib
import shutil
import socket
import string
import subprocess
import tempfile
import time

START_LIMIT = 60  # seconds; a sanitizer build on a busy machine is slow
STOP_LIMIT = 40
REPLY_LIMIT = 60
EXIT_LISTENER_TAKEN = 3  # also what a wrong configuration exits with
ATTEMPTS = 3

DEFAULT_LISTENERS = {
    "server:": 'server: {listen: [{address: "127.0.0.1:$data", endpoints: [all]}]}\n',
    "admin:": 'admin: {listen: ["127.0.0.1:$admin"]}\n',
}


class Reply:
    """What came back: `status`, `headers` (names in lower case), `body` as text."""

    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def code(self):
        """The error code of a problem body; None of a reply that is none."""
        return None if self.status == 200 else self.json.get("code")

    def __repr__(self):
        return f"<{self.status} {self.body[:600]}>"


class Service:
    """A running service. `stop()` ends it; leaving a `with` block does so, too."""

    def __init__(self, process, folder, log, data_port, admin_port):
        self.process, self.folder, self._log = process, folder, log
        self.data_port, self.admin_port = data_port, admin_port
        self.base_url = f"http://127.0.0.1:{data_port}"
        self.admin_url = f"http://127.0.0.1:{admin_port}"
        self._connections = {}

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

    def stop(self):
        """SIGTERM; the exit code. A service that does not end in time is killed (and that is an error)."""
        for connection in self._connections.values():
            connection.close()
        self._connections = {}
        self.process.terminate()
        try:
            self.process.wait(STOP_LIMIT)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
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


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _is_live(port):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/livez")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _write_files(folder, files):
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        path.chmod(0o600)  # private keys that others may read are refused


def _start_once(binary, config_text, files, environment):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="signet-", dir=os.getcwd()))
    data, admin = free_port(), free_port()
    for section, lines in DEFAULT_LISTENERS.items():
        if not any(line.startswith(section) for line in config_text.splitlines()):
            config_text += lines
    text = string.Template(config_text).safe_substitute(data=data, admin=admin)
    _write_files(folder, {"signet.yaml": text, **files})
    log = folder / "log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [binary, "serve", "--config", str(folder / "signet.yaml")],
            cwd=folder, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
            env={**os.environ, **environment},
        )
    end = time.monotonic() + START_LIMIT
    while time.monotonic() < end and process.poll() is None:
        if _is_live(admin):
            return Service(process, folder, log, data, admin), None
        time.sleep(0.02)
    if process.poll() is None:
        process.kill()
        process.wait()
    said = f"the service did not start (exit {process.returncode}):\n{_tail(log)}"
    shutil.rmtree(folder, ignore_errors=True)
    return None, (process.returncode, said)


def start(binary, config_text, files=None, environment=None):
    """Starts the service and waits until /livez answers.

    files        name -> content, written beside the configuration with mode 0600.
    environment  further variables, for `env:` references.
    Raises       RuntimeError with the end of the log when it does not start.
    """
    for _ in range(ATTEMPTS):  # between finding a port and binding it, another may take it
        running, problem = _start_once(binary, config_text, files or {}, environment or {})
        if running:
            return running
        if problem[0] != EXIT_LISTENER_TAKEN:
            break
    raise RuntimeError(problem[1])
