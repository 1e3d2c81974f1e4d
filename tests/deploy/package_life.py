"""The Debian package in a Debian of its own: installed, started as its unit says, upgraded, refused, removed, purged.

    tests/deploy/package_life.py BINARY [FOLDER]      default /tmp/signet-package; its Debian is kept for the next run

Plays systemd: starts what the unit names, as its user, with its folders and limits and a NOTIFY_SOCKET, and has a
systemctl that notes what the package asks for. Needs root, debootstrap and a mirror, and says "skipped" by exit code 77.
"""
import os
import pathlib
import re
import resource
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time

PROJECT = pathlib.Path(__file__).resolve().parents[2]
LIMIT = 60  # seconds, of everything but apt
APT_LIMIT = 600
SYSTEMCTL = """#!/bin/sh
case " $* " in
*" show "*) cat /run/signet.pid 2>/dev/null || echo 0 ;;
*" is-active "*) test -e /run/signet.pid ;;
*" restart "* | *" stop "*) echo "$*" >>/run/asked; kill "$(cat /run/signet.pid)"; rm -f /run/signet.pid ;;
esac
"""


def say(text):
    print("==", text, flush=True)


def check(holds, text):
    if not holds:
        raise AssertionError(text)


class Debian:
    """A Debian in a folder, of this machine's version and from its mirror."""

    def __init__(self, root):
        self.root = root

    def make(self):
        release = dict(re.findall(r"^(\w+)=\"?([^\"\n]*)", pathlib.Path("/etc/os-release").read_text(), re.MULTILINE))
        ready = self.root / "ready"
        if not ready.exists():
            say(f"Debian {release['VERSION_CODENAME']} in {self.root}")
            shutil.rmtree(self.root, ignore_errors=True)
            subprocess.run(["debootstrap", "--variant=minbase", release["VERSION_CODENAME"], self.root],
                           check=True, stdout=subprocess.DEVNULL, timeout=APT_LIMIT)
            ready.touch()
        for folder in ("proc", "dev"):
            subprocess.run(["mount", "--bind", f"/{folder}", self.root / folder], check=True, timeout=LIMIT)
        shutil.copy("/etc/resolv.conf", self.root / "etc")
        for name in pathlib.Path("/etc/apt/apt.conf.d").iterdir():  # this machine's proxy and mirror settings
            if not (self.root / "etc/apt/apt.conf.d" / name.name).exists():
                shutil.copy(name, self.root / "etc/apt/apt.conf.d")
        (self.root / "run/systemd/system").mkdir(parents=True, exist_ok=True)  # systemd runs, as far as it can see
        self.write("usr/bin/systemctl", SYSTEMCTL).chmod(0o755)
        for left in ("run/signet.pid", "run/asked"):
            (self.root / left).unlink(missing_ok=True)
        self.run("apt-get", "-qq", "update", limit=APT_LIMIT)
        self.run("dpkg", "--purge", "signet")
        for left in ("etc/signet", "var/lib/signet", "var/log/signet"):
            shutil.rmtree(self.root / left, ignore_errors=True)

    def write(self, name, text):
        (self.root / name).write_text(text)
        return self.root / name

    def run(self, *words, code=0, limit=LIMIT, user=None):
        """Runs a program there, and returns what it printed, of both kinds."""
        environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
        into = ["chroot", *([f"--userspec={user}"] if user else []), self.root]
        done = subprocess.run([*into, *words], env=environment, timeout=limit, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        check(code is None or done.returncode == code, f"{words} ended with {done.returncode}:\n{done.stdout}")
        return done.stdout

    def install(self, package, code=0):
        shutil.copy(package, self.root / "tmp")
        return self.run("apt-get", "-q", "-y", "install", f"/tmp/{package.name}", code=code, limit=APT_LIMIT)

    def mode(self, name):
        of = (self.root / name).stat()
        group = self.run("stat", "-c", "%G", f"/{name}").strip()
        return f"{stat.S_IMODE(of.st_mode):04o} {group}"

    def asked(self):
        """What the package asked systemd for since the last time."""
        file = self.root / "run/asked"
        text = file.read_text() if file.exists() else ""
        file.unlink(missing_ok=True)
        return re.findall(r"\b(restart|stop|start) signet\.service", text)


class Unit:
    """The installed unit, and its process."""

    def __init__(self, debian):
        self.debian, self.process = debian, None
        text = (debian.root / "usr/lib/systemd/system/signet.service").read_text()
        self.lines = dict(re.findall(r"^(\w+)=(.*)$", text, re.MULTILINE))

    def _make_folders(self):
        for kind, place in (("Runtime", "run"), ("State", "var/lib"), ("Logs", "var/log")):
            name = f"{place}/{self.lines[f'{kind}Directory']}"
            (self.debian.root / name).mkdir(exist_ok=True)
            self.debian.run("chown", f"{self.lines['User']}:{self.lines['Group']}", f"/{name}")
            (self.debian.root / name).chmod(int(self.lines[f"{kind}DirectoryMode"], 8))

    def check_before(self, code=0):
        """ExecStartPre."""
        return self.debian.run(*self.lines["ExecStartPre"].split(), code=code, user=self.lines["User"])

    def _limits(self):
        os.umask(int(self.lines["UMask"], 8))
        for name, which in (("LimitCORE", resource.RLIMIT_CORE), ("LimitNOFILE", resource.RLIMIT_NOFILE),
                            ("LimitMEMLOCK", resource.RLIMIT_MEMLOCK)):
            amount = int(self.lines[name].replace("M", "")) * (1024 * 1024 if "M" in self.lines[name] else 1)
            resource.setrlimit(which, (amount, amount))

    def start(self):
        """Returns when the service has said that it is ready. Milliseconds."""
        self._make_folders()
        self.check_before()
        path = self.debian.root / "run/notify"
        path.unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
            told.bind(str(path))
            path.chmod(0o777)
            told.settimeout(LIMIT)
            began = time.monotonic()
            command = ["chroot", f"--userspec={self.lines['User']}:{self.lines['Group']}", self.debian.root]
            with (self.debian.root / "tmp/log").open("a") as log:
                self.process = subprocess.Popen(
                    [*command, *self.lines["ExecStart"].split()], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                    env={"PATH": "/usr/sbin:/usr/bin", "NOTIFY_SOCKET": "/run/notify"}, preexec_fn=self._limits)
            self.debian.write("run/signet.pid", str(self.process.pid))
            check(self.lines["Type"] == "notify" and told.recv(64) == b"READY=1", "it did not say READY=1")
            return round((time.monotonic() - began) * 1000)

    def ended(self):
        return self.process.wait(timeout=LIMIT)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.ended()


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def package_of(binary, folder, version, replaced=None):
    """The package of this binary under another version; `replaced`: the name of a setting, and what it is called there."""
    if replaced:
        changed = folder / "binary"
        changed.write_bytes(pathlib.Path(binary).read_bytes().replace(*(one.encode() for one in replaced)))
        changed.chmod(0o755)
        binary = changed
    script = PROJECT / "deploy/debian/build.sh"
    made = subprocess.run([script, binary, folder, version], check=True, stdout=subprocess.PIPE, text=True, timeout=LIMIT)
    return pathlib.Path(made.stdout.strip())


def signed(debian):
    return debian.run("signet", "sign", "--url", "unix:/run/signet/signet.sock", "--profile", "default",
                      "--claims", '{"sub": "ada"}').strip()


def check_installation(debian, unit):
    check(debian.asked() == [], "the installation started something")
    check(debian.mode("etc/signet") == "0750 signet", debian.mode("etc/signet"))
    check(not (debian.root / "etc/signet/signet.yaml").exists(), "it has a configuration")
    check(debian.run("stat", "-c", "%U", "/usr/bin/signet").strip() == "root", "others own the binary")
    unit._make_folders()
    said = unit.check_before(code=3)
    check("/etc/signet/signet.yaml" in said, f"without a configuration: {said}")
    versions = debian.run("signet", "version")
    for library in ("OpenSSL", "libsodium", "libsecp256k1"):
        check(library in versions, f"{library} is not found: {versions}")


def configure(debian):
    example = debian.root / "usr/share/doc/signet/examples/signet.yaml"
    text = example.read_text()
    for port in ("8080", "9090"):
        text = text.replace(f"127.0.0.1:{port}", f"127.0.0.1:{free_port()}")
    debian.write("etc/signet/signet.yaml", text).chmod(0o640)
    debian.run("chown", "root:signet", "/etc/signet/signet.yaml")


def check_verifies(debian, token):
    said = debian.run("signet", "verify", token, "--url", "unix:/run/signet/signet.sock")
    check('"valid":true' in said, said)


def live(debian, binary, folder):
    say("install")
    debian.install(package_of(binary, folder, "0.1.0"))
    unit = Unit(debian)
    try:
        check_installation(debian, unit)
        configure(debian)
        say(f"started as its unit says: ready after {unit.start()} ms")
        token = signed(debian)

        say("upgrade")
        said = debian.install(package_of(binary, folder, "0.2.0"))
        check(debian.asked() == ["restart"], f"the upgrade did not restart the service: {said}")
        check(unit.ended() == 0, "the old process did not end well")
        unit.start()
        check_verifies(debian, token)

        say("an upgrade that refuses the configuration")
        refusing = package_of(binary, folder, "0.3.0", ("allowed_claims", "claims_allowed"))
        said = debian.install(refusing, code=100)
        check("refuses the configuration of the running service" in said and "allowed_claims" in said, said)
        check(debian.asked() == [] and unit.process.poll() is None, "the old process did not go on")
        check_verifies(debian, signed(debian))
        check("half-configured" in debian.run("dpkg", "--status", "signet"), "dpkg does not know of it")
        check(unit.check_before(code=3), "the new version is on disk")

        say("corrected")
        file = debian.root / "etc/signet/signet.yaml"
        file.write_text(file.read_text().replace("allowed_claims", "claims_allowed"))
        said = debian.run("dpkg", "--configure", "signet")
        check(debian.asked() == ["restart"] and unit.ended() == 0, f"the new version was not started: {said}")
        unit.start()
        check_verifies(debian, token)

        say("remove and purge")
        debian.run("apt-get", "-q", "-y", "remove", "signet", limit=APT_LIMIT)
        check(debian.asked() == ["stop"] and unit.ended() == 0, "it was not stopped")
        check(not (debian.root / "usr/bin/signet").exists(), "the binary remains")
        said = debian.run("apt-get", "-q", "-y", "purge", "signet", limit=APT_LIMIT)
        check("/var/lib/signet is not empty, or a link or a mount, and remains" in said, said)
        check(any((debian.root / "var/lib/signet/sig").iterdir()) and file.exists(), "keys or configuration are lost")
    finally:
        unit.stop()


def main():
    binary, folder = os.path.abspath(sys.argv[1]), pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else "/tmp/signet-package")
    if os.geteuid() != 0:
        print("skipped: only root can make a Debian in a folder")
        return 77
    if not shutil.which("debootstrap"):
        print("skipped: no debootstrap here (apt-get install debootstrap)")
        return 77
    if "SIGNET_MOUNTED" not in os.environ:  # a separate mount namespace: every mount ends with this script
        os.environ["SIGNET_MOUNTED"] = "1"
        os.execvp("unshare", ["unshare", "--mount", "--propagation", "private", sys.executable, "-B", *sys.argv])
    debian = Debian(folder / "debian")
    folder.mkdir(parents=True, exist_ok=True)
    debian.make()
    live(debian, binary, folder)
    say("ok")
    return 0


sys.exit(main())
