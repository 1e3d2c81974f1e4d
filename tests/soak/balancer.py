"""HAProxy in front of several instances, each of which it asks for /readyz.

    with balancer.start(folder, {"a": (data port, admin port), ...}) as front:
        ... http://127.0.0.1:{front.port}/ ...
        front.wait_until("a", "UP")

It repeats nothing: a request that an instance loses is lost for its client too, and is seen.
"""
import contextlib
import csv
import shutil
import socket
import subprocess
import time

PATIENCE = 60  # seconds for anything; sanitizers on a busy machine are slow
ASKED_EVERY = 0.1  # seconds; one answer is enough to go down or up
CONFIG = """
global
    stats socket {folder}/haproxy.sock mode 600 level operator
    maxconn 2000
defaults
    mode http
    timeout connect 5s
    timeout client 60s
    timeout server 60s
    timeout check 5s
    retries 0
frontend front
    bind 127.0.0.1:{port}
    default_backend signet
backend signet
    balance roundrobin
    option httpchk GET /readyz
    http-check expect status 200
    default-server check inter 100ms fall 1 rise 1
{servers}
"""


def path():
    """Where HAProxy is; None = it is not installed."""
    return shutil.which("haproxy") or shutil.which("haproxy", path="/usr/sbin:/sbin")


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Balancer:
    def __init__(self, process, folder, port):
        self._process, self._socket, self.port = process, folder / "haproxy.sock", port

    def _ask(self, command):
        with socket.socket(socket.AF_UNIX) as one:
            one.settimeout(PATIENCE)
            one.connect(str(self._socket))
            one.sendall(command.encode() + b"\n")
            return b"".join(iter(lambda: one.recv(65536), b"")).decode()

    def rows(self):
        """What HAProxy says of each instance: name -> column -> text."""
        lines = self._ask("show stat").lstrip("# ").splitlines()
        return {row["svname"]: row for row in csv.DictReader(lines) if row["pxname"] == "signet"}

    def wait_until(self, name, status):
        """status   "UP" or "DOWN"."""
        end = time.monotonic() + PATIENCE
        while not (found := self.rows()[name]["status"]).startswith(status):
            assert time.monotonic() < end, f"{name} is {found}, not {status}"
            time.sleep(0.02)

    def stop(self):
        self._process.terminate()
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


@contextlib.contextmanager
def start(folder, instances):
    """instances   name -> (the port of its data listener, that of its admin listener)"""
    port = free_port()
    servers = "\n".join(f"    server {name} 127.0.0.1:{data} port {admin}" for name, (data, admin) in instances.items())
    config = folder / "haproxy.cfg"
    config.write_text(CONFIG.format(folder=folder, port=port, servers=servers))
    with (folder / "haproxy.log").open("wb") as log:
        process = subprocess.Popen([path(), "-db", "-f", str(config)], stdin=subprocess.DEVNULL, stdout=log,
                                   stderr=subprocess.STDOUT)  # fmt: skip
    front = Balancer(process, folder, port)
    try:
        end = time.monotonic() + PATIENCE
        while not (folder / "haproxy.sock").exists():
            assert process.poll() is None, (folder / "haproxy.log").read_text()
            assert time.monotonic() < end, "HAProxy does not start"
            time.sleep(0.02)
        for name in instances:
            front.wait_until(name, "UP")
        yield front
    finally:
        front.stop()
