"""A gateway as a child process, configured by a shipped sample.

    program = gateway.installed("nginx")       # ends the test as skipped when it is not
    with gateway.running([program, ...], folder, port): ...
"""
import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time

PATIENCE = 60  # seconds for anything; sanitizers on a busy machine are slow


def installed(name):
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")
    if found is None:
        print(f"skipped: {name} is not installed")
        sys.exit(77)
    return found


def _wait_until_it_listens(process, port, log):
    end = time.monotonic() + PATIENCE
    while True:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        assert process.poll() is None and time.monotonic() < end, log.read_text(errors="replace")
        time.sleep(0.02)


def end(process):
    process.terminate()
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextlib.contextmanager
def running(command, folder, port):
    """Runs the command in the folder, which gets its log, until the block ends."""
    log = folder / "gateway.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
            env={"PATH": os.environ["PATH"], "HOME": str(folder)},
        )  # fmt: skip
    try:
        _wait_until_it_listens(process, port, log)
        yield
    except BaseException:
        print(log.read_text(errors="replace")[-4000:])
        raise
    finally:
        end(process)
