"""The situations of a gateway: Signet answers, also where the token may be in a cookie, is down, or is silent.

    scenario.run("nginx", start, down={500}, silent={500})

`start(folder, port, signet, application, cookies)` is a context: the gateway with the shipped sample, listening at
`port`, with `cookies` changed as it says for a profile with a cookie in its token_sources.
"""
import contextlib
import os
import pathlib
import sys
import tempfile
import time

import application
import cases
import gateway
import loopback
import ports
import signet_world

SILENCE_MAX = 20  # seconds until a gateway gives up; its sample says 3


def _say_nothing(client, closing):
    while client.recv(65536):
        pass


@contextlib.contextmanager
def _silent_port():
    server = loopback.Server(_say_nothing)
    try:
        yield server.port
    finally:
        server.close()


def _ask(title, start, signet, wanted, cookies=False, leaves_empty=False):
    with contextlib.ExitStack() as until_end:
        folder = pathlib.Path(until_end.enter_context(tempfile.TemporaryDirectory(dir=os.getcwd())))
        app = until_end.enter_context(application.Application())
        port = ports.hold()
        until_end.enter_context(start(folder, port, signet, app.port, cookies))
        return cases.run(title, port, app, wanted, leaves_empty)


def run(name, start, down, silent, leaves_empty=False):
    """Ends the test. down, silent: the statuses of the gateway's refusal then. leaves_empty: see cases.run."""
    with signet_world.start() as signet:
        failures = _ask(name, start, signet.data_port, cases.all_cases(), leaves_empty=leaves_empty)
    with signet_world.start(signet_world.config_with_cookies()) as signet:
        wanted = cases.of_cookies()
        failures += _ask(f"{name}, cookies", start, signet.data_port, wanted, True, leaves_empty)
    failures += _ask(f"{name}, Signet down", start, ports.hold(), cases.when_unanswered(down))
    began = time.monotonic()
    with _silent_port() as port:
        wanted = cases.when_unanswered(silent)
        failures += _ask(f"{name}, Signet silent", start, port, wanted)
    if time.monotonic() - began > SILENCE_MAX * len(wanted):
        print("  WRONG: it waited too long")
        failures += 1
    sys.exit(failures > 0)
