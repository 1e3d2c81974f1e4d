"""Builds the Dockerfile as README says, runs it read-only as its user, and prints its size and how fast it starts.

    PYTHONPATH=tests/support tests/deploy/image_build.py REPOSITORY [KEPT]

Needs root, podman, runc and debootstrap, which makes the Debian 13 that the Dockerfile asks for. What the next run
need not do again is in the folder KEPT (/tmp/signet-image): that Debian, and what the build caches in /root/.cache,
which are Botan and, by ccache, Signet's objects.
"""
import os
import pathlib
import re
import resource
import shutil
import subprocess
import sys
import time

import containers
import first_minutes

BASE = "debian:trixie-slim"
BUILD_LIMIT = 5400  # seconds
READ_ONLY = (
    "--timeout", "240", "--read-only", "--read-only-tmpfs=false", "--cap-drop", "all", "--user", "65532:65532",
)  # fmt: skip


def run(*command, limit=BUILD_LIMIT, **more):
    return subprocess.run(command, check=True, timeout=limit, **more)


def base_folder(kept):
    """A Debian 13 with this machine's apt settings. A folder that is not whole is made again."""
    folder = kept / "trixie"
    if not (kept / "ready").exists():
        shutil.rmtree(folder, ignore_errors=True)
        run("debootstrap", "--variant=minbase", "--include=ccache", "trixie", str(folder), stdout=subprocess.DEVNULL)
        run("sh", "-c", f"cp -n /etc/apt/apt.conf.d/* {folder}/etc/apt/apt.conf.d/")
        (kept / "ready").touch()
    return folder


def build(engine, get, repository):
    """README's first command, with what it prints. Returns the seconds and the CPU minutes that it took."""
    began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    run("bash", "-ec", get, cwd=engine.folder, env={**engine.environment, "REPOSITORY": str(repository)})
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / 60
    return time.monotonic() - began, cpu


def started_in(engine):
    """Starts the image's default command, and asks the image's own probe. Returns the milliseconds from the container's
    start until Signet says that it has started, by its log."""
    engine.podman("run", "--detach", "--name", "built", *READ_ONLY, "signet")
    end = time.monotonic() + 60
    while engine.podman("exec", "built", "/usr/bin/signet", "healthcheck", check=False).returncode:
        assert time.monotonic() < end, engine.podman("logs", "built").stderr
    began = engine.podman("inspect", "--format", "{{.State.StartedAt.UnixMilli}}", "built").stdout
    log = engine.podman("logs", "--timestamps", "built").stderr
    (line,) = [one for one in log.splitlines() if re.search(r" started version=", one)]
    said = run("date", "+%s%3N", "-d", line.split()[0], capture_output=True, text=True).stdout
    engine.podman("stop", "--time", "30", "built")
    assert engine.podman("inspect", "--format", "{{.State.ExitCode}}", "built").stdout.strip() == "0"
    return int(said) - int(began)


def check_libraries(engine):
    """The image has every library that the binary can open by itself."""
    version = engine.podman("run", "--rm", *READ_ONLY, "signet", "version").stdout
    for library in ("OpenSSL", "libsodium", "libsecp256k1", "Botan"):
        assert re.search(rf"^{library}", version, re.MULTILINE), version


def check_readme(engine, start, ask):
    started = subprocess.Popen(["bash", "-c", f"exec {start}"], env=engine.environment)
    try:
        first_minutes.wait_for(started, "http://127.0.0.1:8080/.well-known/jwks.json", 60)
        first_minutes.check_token(ask)
    finally:
        code = first_minutes.stop(started)
    assert code == 0, f"it ended with {code}"


def main(repository, kept):
    get, start, ask = first_minutes.commands("container")
    (kept / "cache").mkdir(parents=True, exist_ok=True)
    base = base_folder(kept)
    with containers.Engine(volumes=[f"{kept / 'cache'}:/root/.cache"]) as engine:
        engine.import_folder(base, BASE)
        seconds, cpu = build(engine, get, repository)
        engine.use_volumes()
        containers.own_network()
        check_libraries(engine)
        check_readme(engine, start, ask)
        start_ms, size = started_in(engine), engine.mebibytes("signet")
    print(f"image: {size:.1f} MiB, started in {start_ms} ms, built in {seconds:.0f} s, {cpu:.1f} CPU minutes")
    assert size <= containers.IMAGE_MIB_MAX, f"the image is larger than {containers.IMAGE_MIB_MAX} MiB"


if __name__ == "__main__":
    containers.skip_unless("podman", "runc", "ip", "debootstrap", "git")
    main(pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else "/tmp/signet-image"))
