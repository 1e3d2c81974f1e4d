"""Every rule of deploy/prometheus/alerts.yaml fires in a real Prometheus, which scrapes Signets that are broken for
real; and none fires for a healthy one.

Run by ctest in the release preset with the binary in SIGNET; skipped where Debian's package `prometheus` is not
installed. The copy of the rules that is tested differs in its times only (`shortened`).
"""
import concurrent.futures
import contextlib
import os
import pathlib
import re
import sys
import tempfile
import threading
import time

import yaml

import broken_signets
import prometheus

ROOT = pathlib.Path(__file__).resolve().parents[2]
RULES = ROOT / "deploy/prometheus/alerts.yaml"

PATIENCE = 150  # seconds until every alert fires
PAUSE = 0.2  # seconds between two things that a broken one does
CONFIG = """
global: {scrape_interval: 1s, evaluation_interval: 1s}
rule_files: [alerts.yaml]
scrape_configs:
  - {job_name: signet, static_configs: [{targets: [%s]}]}
"""


def shortened(text):
    """Minutes become seconds: `for` is 2 s, windows and offsets are 60 s, and a key is late after 10 s, not 600."""
    text = re.sub(r"\bfor: [1-9]\d*m$", "for: 2s", text, flags=re.M)
    text = re.sub(r"\[\d+m\]", "[60s]", text)
    text = re.sub(r"\boffset \d+m", "offset 60s", text)
    assert "time() - 600" in text
    return text.replace("time() - 600", "time() - 10")


def firing(server):
    """(alert, the port of the instance or the empty text where the rule has summed up all)"""
    alerts = [one["labels"] for one in server.get("alerts")["alerts"] if one["state"] == "firing"]
    return {(one["alertname"], one.get("instance", "").rpartition(":")[2]) for one in alerts}


def wait_until(holds, seconds):
    end = time.monotonic() + seconds
    while not holds() and time.monotonic() < end:
        time.sleep(0.5)


def keep_broken(one, is_over):
    """Breaks it, and goes on with what it does until the end. -> what went wrong with that"""
    one.begin()
    while not is_over.wait(PAUSE):
        one.again()


def watch(server, broken):
    """-> (alert, port) that ever fired."""
    seen, wanted = set(), {(name, str(one.port)) for one in broken for name in one.alerts}

    def all_have_fired():
        seen.update(firing(server))
        return all(fired in seen or (fired[0], "") in seen for fired in wanted)

    wait_until(all_have_fired, PATIENCE)
    return seen, wanted


def main():
    problems = []
    with contextlib.ExitStack() as until_end:
        folder = pathlib.Path(until_end.enter_context(tempfile.TemporaryDirectory(dir=os.getcwd())))
        broken = [make(until_end) for make in broken_signets.ALL]
        (folder / "alerts.yaml").write_text(shortened(RULES.read_text()))
        targets = ", ".join(f'"127.0.0.1:{one.port}"' for one in broken)
        server = until_end.enter_context(prometheus.running(folder, CONFIG % targets))
        wait_until(lambda: len(server.query("up == 1")) == len(broken), 60)
        time.sleep(3)  # so that there are samples of before
        is_over = threading.Event()
        pool = until_end.enter_context(concurrent.futures.ThreadPoolExecutor(len(broken)))
        until_end.callback(is_over.set)
        running = [pool.submit(keep_broken, one, is_over) for one in broken]
        began = time.monotonic()
        seen, wanted = watch(server, broken)
        took = time.monotonic() - began
        is_over.set()
        for one, done in zip(broken, running):
            if failure := done.exception(60):
                problems.append(f"{sorted(one.alerts)}: {failure!r}")
    rules = {one["alert"] for group in yaml.safe_load(RULES.read_text())["groups"] for one in group["rules"]}
    names = {name for name, _ in wanted}
    problems += [f"nothing makes {name} fire" for name in sorted(rules - names)]
    missed = [(name, port) for name, port in sorted(wanted) if not {(name, port), (name, "")} & seen]
    problems += [f"{name} did not fire at {port}" for name, port in missed]
    healthy = str(broken[0].port)
    problems += [f"{name} fires for a healthy service" for name, port in sorted(seen) if port == healthy]
    fired = f"{len(names)} alerts of {len(broken)} services fired in {took:.0f} s: {', '.join(sorted(names))}"
    print("\n".join(problems) or fired)
    return bool(problems)


if prometheus.PROGRAM is None:
    print("skipped: prometheus is not installed")
    sys.exit(77)
sys.exit(main())
