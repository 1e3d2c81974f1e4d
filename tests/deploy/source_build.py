"""README's three commands from source, cold: a clone, with nothing cached, builds, serves, and verifies a token.

    PYTHONPATH=tests/support tests/deploy/source_build.py REPOSITORY [--warm]

Prints the CPU minutes of the first start, and the seconds of a second one. Debian's packages are those of this
machine. --warm uses what this user has cached of Botan and of ccache. Skipped when the service's ports are in use.
"""
import os
import pathlib
import resource
import socket
import subprocess
import sys
import tempfile
import time

import first_minutes
import service

BUILD_LIMIT = 6600  # seconds


def skip_unless_free(*ports):
    for port in ports:
        try:
            socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            print(f"skipped: port {port} is in use")
            sys.exit(77)


def serve_and_ask(start, ask, folder, environment):
    """Starts the service, verifies a token with it, stops it. Returns the seconds until it answered."""
    began = time.monotonic()
    started = subprocess.Popen(["bash", "-c", f"exec {start}"], cwd=folder, env=environment)
    try:
        first_minutes.wait_for(started, "http://127.0.0.1:8080/.well-known/jwks.json", BUILD_LIMIT)
        seconds = time.monotonic() - began
        first_minutes.check_token(ask)
    finally:
        code = first_minutes.stop(started)
    assert code == 0, f"it ended with {code}"
    return seconds


def main(repository, is_warm):
    get, start, ask = first_minutes.commands("source")
    with tempfile.TemporaryDirectory(dir=os.getcwd()) as folder:
        environment = {**service.clean_environment(), "REPOSITORY": str(repository)}
        if not is_warm:
            environment |= {"SIGNET_CACHE": f"{folder}/cache", "CCACHE_DISABLE": "1"}
        subprocess.run(["bash", "-ec", get], cwd=folder, env=environment, check=True, timeout=600)
        first = serve_and_ask(start, ask, folder, environment)
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        second = serve_and_ask(start, ask, folder, environment)
    minutes = (used.ru_utime + used.ru_stime) / 60
    print(f"source: {minutes:.1f} CPU minutes, {first:.0f} s to the first token, {second:.1f} s to a second start's")


if __name__ == "__main__":
    skip_unless_free(8080, 9090)
    main(pathlib.Path(sys.argv[1]).resolve(), "--warm" in sys.argv[2:])
