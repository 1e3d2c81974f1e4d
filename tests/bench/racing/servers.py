"""Starts the servers of a race, each on the cores that it is given, and reads what they used.

A server is a process group. What is not there (nginx, a peer) is told by `absent`, in words.
"""
import contextlib
import hashlib
import http.client
import os
import pathlib
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time

import workload

sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / "support"))
import certificates  # noqa: E402

START_LIMIT = 15  # seconds
SECRET = "bench-secret-of-more-than-256-bits-0123456789abcdef"  # of the one who asks for signatures
SECRET_SHA256 = hashlib.sha256(SECRET.encode()).hexdigest()
PEER_SCRIPTS = {"haproxy": "haproxy", "go": "go", "fast-jwt": "node-fastjwt-cache"}
NO_EDDSA = {"haproxy"}
NGINX = """daemon off; worker_processes 1; pid {run}/nginx.pid; error_log stderr warn; {user}
events {{ worker_connections 1024; }}
http {{ access_log off; keepalive_requests 1000000000; client_body_temp_path {run}/t; proxy_temp_path {run}/t;
  fastcgi_temp_path {run}/t; uwsgi_temp_path {run}/t; scgi_temp_path {run}/t;
  server {{ listen 127.0.0.1:{port}; location / {{ add_header X-Auth-Subject none; return 200; }} }} }}
"""
SIGNET = """
server: {{listen: [{{address: "127.0.0.1:{port}", endpoints: [all]}}], threads: {threads}}}
admin: {{listen: []}}
log: {{level: warn, format: text}}
limits: {{requests_per_connection: 1000000000}}
"""


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def key_line(name, alg, keys, more=""):
    if alg == "HS256":
        return (f'  - {{name: {name}, kid: bench-HS256, alg: HS256, secret: "file:{keys}/HS256.secret", '
                f'issuer: "{workload.ISSUER}"{more}}}\n')  # fmt: skip
    return f'  - {{name: {name}, alg: {alg}, file: "{keys}/{alg}.key.pem"{more}}}\n'


def signet_config(case, keys, port, threads):
    """What a case needs and nothing else: verifying with one key, signing with one, or sealing with one."""
    text = SIGNET.format(port=port, threads=threads)
    if case.endpoint in ("auth", "verify"):
        if case.alg == "HS256":
            text += "keys:\n" + key_line("peer", "HS256", keys)
        else:
            text += (f'issuers:\n  - {{name: peer, issuer: "{workload.ISSUER}", '
                     f'jwks_file: "{keys}/{case.alg}.jwks.json", algorithms: [{case.alg}]}}\n')  # fmt: skip
        return text + (f'verify_profiles:\n  default: {{issuers: [peer], audiences: ["{workload.AUDIENCE}"], '
                       "headers: {X-Auth-Subject: sub}}\n")  # fmt: skip
    text += f'callers: [{{name: bench, secret_sha256: "{SECRET_SHA256}"}}]\n'
    if case.endpoint == "sign":
        text += "" if case.alg == "HS256" else f'issuer: "{workload.ISSUER}"\n'
        text += "keys:\n" + key_line("sig", case.alg, keys)
        return text + ('sign_profiles:\n  default: {key: sig, callers: [bench], ttl: 15m, jti: true, '
                       f'audiences: ["{workload.AUDIENCE}"], allowed_claims: ["*"]}}\n')  # fmt: skip
    return text + "keys:\n" + key_line("sealed", case.alg, keys, ", use: enc, callers: [bench]")


class Server:
    """A running server; `stop` ends its whole process group."""

    def __init__(self, name, command, port, cpus, run, environment=None):
        self.name, self.port = name, port
        self.log = run / f"{name}.log"
        with self.log.open("wb") as out:
            self.process = subprocess.Popen(
                ["taskset", "-c", ",".join(map(str, cpus)), *command], cwd=run, stdin=subprocess.DEVNULL,
                stdout=out, stderr=subprocess.STDOUT, start_new_session=True,
                env={**os.environ, **(environment or {})},
            )  # fmt: skip

    def pids(self):
        found = []
        for path in pathlib.Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                fields = path.read_text().rpartition(")")[2].split()
                if int(fields[2]) == self.process.pid:
                    found.append(int(path.parent.name))
        return found

    def cpu_seconds(self):
        """CPU time of all threads of all processes."""
        total = 0
        for pid in self.pids():
            for path in pathlib.Path(f"/proc/{pid}/task").glob("*/schedstat"):
                with contextlib.suppress(OSError):
                    total += int(path.read_text().split()[0])
        return total / 1e9

    def resident_mib(self):
        """Proportional: pages that several processes share are counted once."""
        total = 0
        for pid in self.pids():
            with contextlib.suppress(OSError):
                text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
                total += int(text.split("\nPss:")[1].split()[0])
        return total / 1024

    def wait_until_it_answers(self, request, is_tls=False):
        """request   the octets of one that is answered by 200."""
        trusting = ssl._create_unverified_context()
        end, last = time.monotonic() + START_LIMIT, "no answer"
        while time.monotonic() < end and self.process.poll() is None:
            try:
                with contextlib.ExitStack() as stack:
                    line = stack.enter_context(socket.create_connection(("127.0.0.1", self.port), timeout=5))
                    if is_tls:
                        line = stack.enter_context(trusting.wrap_socket(line))
                    line.sendall(request)
                    reply = http.client.HTTPResponse(line)
                    reply.begin()
                    if reply.status == 200:
                        return
                    last = f"{reply.status} {reply.read()[:300]}"
            except (OSError, http.client.HTTPException) as what:
                last = str(what)
            time.sleep(0.02)
        log = self.log.read_text(errors="replace")[-2000:]
        self.stop()
        raise SystemExit(f"{self.name} does not answer as it should: {last}\n{log}")

    def stop(self):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            pass
        with contextlib.suppress(ProcessLookupError):  # also what its first process left behind
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def start_signet(name, binary, case, keys, run, cpus, threads=1, is_tls=False):
    port = free_port()
    config = run / f"{name}.yaml"
    text = signet_config(case, keys, port, threads)
    if is_tls:
        pair = certificates.Authority().issue("localhost", names=["localhost"])
        workload.write(run / "tls.pem", pair.certificate_pem)
        workload.write(run / "tls.key", pair.key_pem)
        text = text.replace("endpoints: [all]", "endpoints: [all], tls: {cert_file: tls.pem, key_file: tls.key}")
    workload.write(config, text)
    return Server(name, [str(binary), "serve", "--config", str(config)], port, cpus, run)


def start_nginx(run, cpus):
    port = free_port()
    config = run / "nginx.conf"
    user = "user root;" if os.getuid() == 0 else ""
    config.write_text(NGINX.format(run=run, port=port, user=user))
    return Server("nginx", [nginx_path(), "-c", str(config)], port, cpus, run)


def nginx_path():
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/sbin")


def start_peer(name, folder, alg, keys, run, cpus):
    port = free_port()
    key = keys / ("HS256.secret" if alg == "HS256" else f"{alg}.pub.pem")
    told = {
        "HERE": str(folder), "RUN": str(run), "ALG": alg, "KEY": str(key), "JWKS": str(keys / f"{alg}.jwks.json"),
        "ISS": workload.ISSUER, "AUD": workload.AUDIENCE, "PORT": str(port),
        "PATH": os.environ["PATH"] + ":/usr/sbin:/sbin",
    }  # fmt: skip
    return Server(name, ["bash", str(folder / "peers" / f"{PEER_SCRIPTS[name]}.sh")], port, cpus, run, told)


def absent(name, folder):
    """Why a peer cannot run; "" = it can."""
    if not (folder / "peers" / f"{PEER_SCRIPTS[name]}.sh").exists():
        return f"no {folder}/peers"
    if name == "haproxy" and not shutil.which("haproxy", path=os.environ["PATH"] + ":/usr/sbin"):
        return "haproxy is not installed"
    if name == "go" and not os.access(folder / "peers/go/verify", os.X_OK):
        return "its setup.sh has not built peers/go/verify"
    if name == "fast-jwt" and not (folder / "peers/node/node_modules/fast-jwt").exists():
        return "its setup.sh has not installed peers/node"
    return ""


def can_run(name, alg):
    return alg != "EdDSA" or name not in NO_EDDSA
