"""wrk, which asks one thing as fast as it is answered until it is told to stop, and then says what went wrong."""
import re
import shutil
import signal
import subprocess

PATIENCE = 60  # seconds
WITHOUT_END = "20h"
SCRIPT = """wrk.method = "{method}"
wrk.headers["Authorization"] = "Bearer {bearer}"
{more}"""
SIGN = """wrk.headers["Content-Type"] = "application/json"
wrk.body = '{"claims":{"sub":"alice"}}'
"""


def path():
    """Where wrk is; None = it is not installed."""
    return shutil.which("wrk")


class Load:
    """It runs from its making to `stop`. /sign is asked with a body, everything else is a GET."""

    def __init__(self, folder, port, what, bearer, connections=4):
        script = folder / (what.strip("/").replace("/", "-") + ".lua")
        is_sign = what == "/sign"
        script.write_text(SCRIPT.format(method="POST" if is_sign else "GET", bearer=bearer, more=SIGN if is_sign else ""))
        script.chmod(0o600)
        self.what = what
        self._process = subprocess.Popen(
            [path(), "-t1", f"-c{connections}", f"-d{WITHOUT_END}", "--timeout", "30s", "-s", str(script),
             f"http://127.0.0.1:{port}{what}"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip

    def stop(self):
        """{"requests", "refused": answers of another status, "broken": connections that failed}"""
        self._process.send_signal(signal.SIGINT)
        try:
            said = self._process.communicate(timeout=PATIENCE)[0]
        finally:
            if self._process.poll() is None:
                self._process.kill()
                self._process.wait()
        return counts_of(said)


def counts_of(said):
    """What wrk counted. It says nothing of what did not happen."""
    requests = re.search(r"(\d+) requests in ", said)
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    errors = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", said)
    assert requests, said
    return {
        "requests": int(requests[1]), "refused": int(refused[1]) if refused else 0,
        "broken": sum(map(int, errors.groups())) if errors else 0,
    }  # fmt: skip
