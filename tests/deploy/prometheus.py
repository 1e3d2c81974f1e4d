"""A real Prometheus for tests: of the system, or the one that deploy/setup.sh has unpacked.

    if prometheus.PROGRAM is None: ...               # and PROMTOOL: skipped
    server = until_end.enter_context(prometheus.running(folder, config_text))
    server.query("up")
"""
import contextlib
import json
import os
import pathlib
import shutil
import sys
import time
import urllib.parse
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "gateways"))
import gateway  # noqa: E402
import ports  # noqa: E402

CACHE = os.environ.get("SIGNET_CACHE") or os.environ.get("XDG_CACHE_HOME", f"{pathlib.Path.home()}/.cache") + "/signet"
SEARCHED = f"{os.environ['PATH']}:{CACHE}/prometheus/usr/bin"
PROGRAM, PROMTOOL = (shutil.which(name, path=SEARCHED) for name in ("prometheus", "promtool"))


def command(config, data, port):
    return [PROGRAM, f"--config.file={config}", f"--storage.tsdb.path={data}", f"--web.listen-address=127.0.0.1:{port}"]


class Server:
    def __init__(self, port):
        self.port = port

    def wait_until_ready(self):
        """It listens before it can answer a query, which is 503 until then."""
        for _ in range(300):
            with contextlib.suppress(OSError):  # an HTTPError is one
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/-/ready", timeout=30).close()
                return
            time.sleep(0.1)
        raise SystemExit("Prometheus does not get ready")

    def get(self, path):
        """The `data` of an answer; an HTTPError for what is not PromQL."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/api/v1/{path}", timeout=30) as got:
            return json.loads(got.read())["data"]

    def query(self, text):
        return self.get("query?" + urllib.parse.urlencode({"query": text}))["result"]


@contextlib.contextmanager
def running(folder, config):
    """config: text; its paths are relative to the folder, which gets the data."""
    (folder / "prometheus.yml").write_text(config)
    server = Server(ports.hold())
    with gateway.running(command("prometheus.yml", "data", server.port), folder, server.port):
        server.wait_until_ready()
        yield server
