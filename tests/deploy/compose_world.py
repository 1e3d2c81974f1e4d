"""The services of a compose file as plain processes, with the files that the compose file mounts.

    with compose_world.World("compose.yaml", folder) as world:
        ... world.port("gateway", 8000), world.root("issuer") ...

What a container would be told by its engine is translated here: names and ports (`_address`), paths (`root`), the user
of the container, and which program an image contains (PROGRAMS). Everything else of the files stays as it is.
"""
import contextlib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
COMPOSE = ROOT / "deploy" / "compose"
sys.path.insert(0, str(ROOT / "tests" / "gateways"))
import gateway  # noqa: E402
import ports  # noqa: E402
import prometheus  # noqa: E402

PATIENCE = 60  # seconds until a service answers
IMAGE_USER = 65532


def read(name):
    """The services of a compose file and of those that it includes."""
    document = yaml.safe_load((COMPOSE / name).read_text())
    services = {}
    for included in document.get("include", []):
        services.update(read(included))
    return {**services, **document["services"]}


def installed(*names):
    return all(shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin:/sbin") for name in names)


def _signet(service, root, port):
    config = root / "etc/signet/signet.yaml"
    return [os.path.abspath(os.environ["SIGNET"]), "serve", "--config", str(config)]


def _nginx(service, root, port):
    import nginx_config  # what the image's own nginx.conf does

    site = root / "etc/nginx/conf.d/default.conf"
    (root / "nginx.conf").write_text(nginx_config.AROUND.replace("sample.conf", str(site)))
    return [nginx_config.PROGRAM, "-e", "stderr", "-p", str(root), "-c", "nginx.conf", "-g", "daemon off;"]


def _caddy(service, root, port):
    file = root / "etc/caddy/Caddyfile"
    text, times = re.subn(r"^\{$", "{\n\tauto_https off\n\tdefault_bind 127.0.0.1", file.read_text(), flags=re.M)
    assert times == 1, text  # the sample's own global options
    file.write_text(text)
    return [gateway.installed("caddy"), "run", "--config", str(file), "--adapter", "caddyfile"]


def _python(service, root, port):
    return [sys.executable, *service["command"][1:-1], str(root) + service["command"][-1]]


def _prometheus(service, root, port):
    return prometheus.command(root / "etc/prometheus/prometheus.yml", root / "prometheus", port)


# What an image runs, and where in its network it says that it has started.
PROGRAMS = {
    "${SIGNET_IMAGE": (_signet, 9091, "/readyz"),
    "nginx": (_nginx, 8000, "/"),
    "caddy": (_caddy, 8000, "/"),
    "python": (_python, 9000, "/"),
    "prom/prometheus": (_prometheus, 9090, "/-/ready"),
}


class World:
    def __init__(self, name, folder):
        """folder: for all files; an absolute path that is short enough for Unix sockets."""
        self.services = {one: told for one, told in read(name).items() if not told.get("profiles")}
        if prometheus.PROGRAM is None:
            self.services.pop("prometheus")
        self.processes = {}
        self._folder = pathlib.Path(folder)
        self._ports = {}

    def __enter__(self):
        try:
            for name in self.services:
                self._lay_out(name)
            for name in ("issuer", "signet", "application", "gateway", "prometheus"):
                if name in self.services:
                    self.start(name)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for name in list(self.processes):
            self.stop(name)

    def root(self, service):
        """The folder that is / of the service's container."""
        return self._folder / service

    def port(self, service, port):
        """The port of this machine for a port in the service's network, which another service may share."""
        where = self.services[service].get("network_mode", f"service:{service}").removeprefix("service:")
        if (where, port) not in self._ports:
            self._ports[where, port] = ports.hold()
        return self._ports[where, port]

    def start(self, name):
        service, root = self.services[name], self.root(name)
        program, inside, path = PROGRAMS[service["image"].split(":")[0]]
        port = self.port(name, inside)
        with (root / "log").open("ab") as out:
            self.processes[name] = subprocess.Popen(
                program(service, root, port), cwd=root, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
                env={"PATH": os.environ["PATH"], "HOME": str(root)},
            )  # fmt: skip
        self._wait_for_an_answer(name, f"http://127.0.0.1:{port}{path}")

    def stop(self, name):
        gateway.end(self.processes.pop(name))

    def listening(self, name):
        """The TCP ports on which the program of a service listens."""
        process = pathlib.Path("/proc", str(self.processes[name].pid))
        own = set()
        for one in (process / "fd").iterdir():
            with contextlib.suppress(FileNotFoundError):  # closed meanwhile
                own.add(os.readlink(one))
        tables = [(process / "net" / kind).read_text().splitlines()[1:] for kind in ("tcp", "tcp6")]
        rows = [row.split() for table in tables for row in table]
        return {int(row[1].rpartition(":")[2], 16) for row in rows if row[3] == "0A" and f"socket:[{row[9]}]" in own}

    def log(self, name):
        return (self.root(name) / "log").read_text(errors="replace")[-4000:]

    def _wait_for_an_answer(self, name, url):
        """A gateway is there when it refuses, too."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                urllib.request.urlopen(url, timeout=5).close()
                return
            except urllib.error.HTTPError as refused:
                refused.close()
                if refused.code != 503:
                    return
            except OSError:
                pass
            assert self.processes[name].poll() is None and time.monotonic() < end, f"{name}: {self.log(name)}"
            time.sleep(0.05)

    def _lay_out(self, name):
        """Every file that is mounted, translated, and every folder."""
        service, root = self.services[name], self.root(name)
        root.mkdir(mode=0o700)
        mounts = [one.split(":") for one in service.get("volumes", [])]
        files = {target: COMPOSE / source for source, target, *_ in mounts if source.startswith(".")}
        folders = [target for source, target, *_ in mounts if not source.startswith(".")]
        folders += [one.split(":")[0] for one in service.get("tmpfs", [])]
        for target in folders:
            (root / target[1:]).mkdir(mode=0o700, parents=True)
        for target, source in files.items():
            text = self._translated(name, source.read_text())
            for one in (*folders, *files):
                text = text.replace(one, str(root) + one)
            path = root / target[1:]
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.touch(mode=0o600)
            path.write_text(text)

    def _translated(self, name, text):
        def address(found):
            host, port = found["host"], int(found["port"])
            other = host if host in self.services else name
            return f"127.0.0.1:{self.port(other, port)}"

        hosts = "|".join(self.services)
        text = re.sub(rf"(?<![\w.-])(?P<host>\[::\]|127\.0\.0\.1|{hosts}):(?P<port>\d{{4}})\b", address, text)
        text = re.sub(r'\("127\.0\.0\.1", (\d+)\)', lambda f: f'("127.0.0.1", {self.port(name, int(f[1]))})', text)
        text = re.sub(r"^:(\d+) \{", lambda f: f":{self.port(name, int(f[1]))} {{", text, flags=re.M)
        text = re.sub(r"listen (\d+);", lambda f: f"listen 127.0.0.1:{self.port(name, int(f[1]))};", text)
        text = re.sub(r"_interval: \d+s", "_interval: 1s", text)  # a test does not wait
        return text.replace(f"uid: {IMAGE_USER}", f"uid: {os.getuid()}")
