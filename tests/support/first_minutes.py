"""The first screen of README.md: three commands from nothing to a verified token, in a container or from source.

    get, start, ask = first_minutes.commands("container")
"""
import json
import os
import re
import subprocess
import time
import urllib.error
import urllib.request

import pages

DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
TITLE = "A token in three commands"


def commands(where):
    """The three of "container" or "source", as they are written: get it, start it, ask it."""
    blocks = pages.BLOCK.findall(pages.section("README.md", TITLE))
    (two,) = [body for kind, info, body in blocks if (kind, info) == ("sh", f"first={where}")]
    (ask,) = [body for kind, info, body in blocks if (kind, info) == ("sh", "run")]
    found = [re.sub(r" +#.*", "", line) for line in two.splitlines()] + [ask]
    if len(found) != 3:
        raise AssertionError(f"these are not three commands: {found}")
    return found


def wait_for(started, url, limit):
    """Waits until the address answers 200; raises when what was started ends first, or after `limit` seconds."""
    end = time.monotonic() + limit
    while time.monotonic() < end:
        if started.poll() is not None:
            raise AssertionError(f"it ended with {started.returncode}")
        try:
            with DIRECT.open(url, timeout=5) as reply:
                if reply.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.02)
    raise AssertionError(f"{url} did not answer within {limit} s")


def check_token(ask):
    """Runs the third command, and requires that the token is good and alice's."""
    environment = {**os.environ, "NO_PROXY": "*"}
    done = subprocess.run(["bash", "-ec", ask], capture_output=True, text=True, timeout=60, env=environment)
    reply = json.loads(done.stdout)
    if done.returncode or reply.get("valid") is not True or reply["claims"]["sub"] != "alice":
        raise AssertionError(f"{ask}\nprinted {done.stdout}{done.stderr}")


def stop(started):
    """SIGTERM, as Ctrl-C would. Returns the exit code; what does not end within a minute is killed."""
    started.terminate()
    try:
        return started.wait(60)
    except subprocess.TimeoutExpired:
        started.kill()
        started.wait()
        raise
