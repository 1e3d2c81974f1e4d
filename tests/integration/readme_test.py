"""Runs the examples of README.md and of every page in docs/, and compares what they print.

The ```sh run blocks of a page run in order, in one shell and in a folder per page. One development
service answers all pages. `needs=nginx` leaves a block out where that program is absent; ```KIND
file=NAME makes a file.

What a page shows after a block is compared with what it printed: of JSON every member that is shown
(the reply may have more), of HTTP and text every line. `…` is any text. A time or an age, by its
name, is any number.
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

import es256
import origin
import pages
import ports
import service
import tls_world

PATH = os.pathsep.join([os.path.dirname(os.path.abspath(os.environ["SIGNET"])), os.environ["PATH"], "/usr/sbin"])
MOMENTS = {"iat", "exp", "expires_at", "expires_in"}
problems = []


def check(holds, text):
    if not holds:
        problems.append(text)


def fits_text(shown, got):
    """Whether the texts are equal, where `…` in the shown one is any text."""
    pattern = ".*".join(map(re.escape, shown.split("…")))
    return isinstance(got, str) and re.fullmatch(pattern, got, re.DOTALL) is not None


def differences(shown, got, at="$"):
    """The places where the reply differs from what is shown."""
    if isinstance(shown, dict):
        if not isinstance(got, dict):
            return [f"{at} is not an object"]
        found = []
        for name, value in shown.items():
            if name not in got:
                found.append(f"{at}.{name} is missing")
            elif not (name in MOMENTS and isinstance(got[name], int)):
                found += differences(value, got[name], f"{at}.{name}")
        return found
    if isinstance(shown, list):
        if not isinstance(got, list) or len(got) < len(shown):
            return [f"{at} has fewer items"]
        return [one for i, value in enumerate(shown) for one in differences(value, got[i], f"{at}[{i}]")]
    same = fits_text(shown, got) if isinstance(shown, str) else shown == got and type(shown) is type(got)
    return [] if same else [f"{at} is {got!r}"]


def compare(kind, shown, printed, name):
    if kind == "json":
        try:
            got = json.loads(printed)
        except ValueError:
            problems.append(f"{name} did not print JSON:\n{printed}")
            return
        found = differences(json.loads(shown), got)
        check(not found, f"{name}: {found}\n  {printed}")
    elif kind == "http":
        lines = printed.replace("\r", "").split("\n")
        for line in shown.strip().split("\n"):
            check(any(fits_text(line, one) for one in lines), f"{name} lacks: {line}\n{printed}")
    elif kind == "text":
        for line in shown.strip().split("\n"):
            check(any(fits_text(line, one) for one in printed.split("\n")), f"{name} lacks: {line}\n{printed}")


def blocks_of(text):
    """The blocks that run, each with what is shown right after it, and the files that are shown."""
    runs, files, end = [], {}, None
    for match in pages.BLOCK.finditer(text):
        kind, info, body = match.groups()
        words = (info or "").split()
        if kind == "sh" and words[:1] == ["run"]:
            needs = [word.removeprefix("needs=") for word in words[1:]]
            runs.append({"code": body, "needs": needs, "shown": None})
            end = match.end()
        elif words and words[0].startswith("file="):
            files[words[0].removeprefix("file=")] = body
        elif runs and end is not None and not text[end : match.start()].strip():
            runs[-1]["shown"] = (kind, body)
            end = None
    return runs, files


def can_run(needs):
    """Whether the programs that a block needs are installed. nginx needs folders that belong to root."""
    return all(shutil.which(name, path=PATH) and (name != "nginx" or os.geteuid() == 0) for name in needs)


class Addresses:
    """Replaces the shown addresses: 8080 and 9090 are those of the development service; other ports belong
    to services that a page starts itself, and become free ports, which stay theirs: the service of another test would
    answer in their place."""

    def __init__(self, signet):
        self._known = {"8080": signet.addresses["data"][0], "9090": signet.addresses["admin"][0]}

    def __call__(self, text):
        return re.sub(r"127\.0\.0\.1:(8080|9090|81\d\d)\b", lambda match: self._of(match[1]), text)

    def _of(self, port):
        if port not in self._known:
            self._known[port] = f"127.0.0.1:{ports.hold()}"
        return self._known[port]


def run_blocks(runs):
    """All blocks in one bash; each one's output is between two marks."""
    mark = "----- block"
    script = "umask 022\nset -eo pipefail\ntrap 'kill $(jobs -p) 2> /dev/null || true' EXIT\n"
    for number, run in enumerate(runs):
        script += f"printf '\\n{mark} {number}\\n'\n{run['code']}"
    script += f"printf '\\n{mark} end\\n'\n"
    done = subprocess.run(
        ["bash", "-c", script], capture_output=True, text=True, timeout=200,
        env={**service.clean_environment(), "PATH": PATH},
    )  # fmt: skip
    parts = re.split(rf"\n{mark} (\w+)\n", done.stdout)
    printed = dict(zip(parts[1::2], parts[2::2]))
    if done.returncode != 0 or "end" not in printed:
        last = runs[int(max((n for n in printed if n != "end"), key=int, default="0"))]
        problems.append(f"exit {done.returncode} in\n{last['code']}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return printed


def run_page(name, text, signet):
    """Runs the blocks of a page in the current folder. Returns how many ran."""
    addresses = Addresses(signet)
    runs, files = blocks_of(text)
    for file, body in files.items():
        pathlib.Path(file).write_text(addresses(body))
        pathlib.Path(file).chmod(0o644)
    able = [{**run, "code": addresses(run["code"])} for run in runs if can_run(run["needs"])]
    if len(able) < len(runs):
        print(f"{name}: {len(runs) - len(able)} blocks left out, of programs that are absent")
    printed = run_blocks(able) if able else {}
    for number, run in enumerate(able):
        if run["shown"] and str(number) in printed:
            kind, shown = run["shown"]
            compare(kind, shown, printed[str(number)], f"{name}, block {number}")
    return len(able)


def metric_names(signet):
    """The names of the metrics in /metrics, without the suffixes of histograms."""
    text = signet.get("/metrics", port=signet.admin_port).body
    return set(re.findall(r"^# TYPE (signet_\w+)", text, re.MULTILINE))


def check_metrics(names):
    shown = set(re.findall(r"`(signet_\w+)`", pages.section("docs/metrics.md", "Metrics")))
    check(shown == names, f"metrics: {sorted(shown ^ names)}")


def metrics_of_a_fetched_issuer():
    """The metrics of a service that accepts a token with keys whose origin has failed since. It has an audit log."""
    with origin.Origin() as issuer:
        issuer.cache_control = None
        text = es256.token(issuer.new_key("k1"), "k1")
        with service.start(os.environ["SIGNET"], f"""
audit: {{file: audit.log}}
issuers: [{{name: a, issuer: "{es256.ISSUER}", jwks_uri: "{issuer.url}/jwks", cache_ttl: 1s, min_ttl: 1s}}]
verify_profiles: {{default: {{issuers: [a], audiences: [api]}}}}
""") as signet:
            for mode, sign in (("good", 'jwks_keys{issuer="a"} 1'), ("503", 'jwks_stale{issuer="a"} 1')):
                issuer.mode = mode
                end = time.monotonic() + 60
                while sign not in signet.get("/metrics", port=signet.admin_port).body:
                    assert time.monotonic() < end, f"waited in vain for {sign}"
                    time.sleep(0.05)
                check(signet.post("/verify", {"token": text}).status == 200, f"refused while {mode}")
            return metric_names(signet)


def metrics_of_a_tls_listener():
    """The metrics of a service that has shaken hands, and whose certificate was changed."""
    with tls_world.World() as world:
        check(world.status_of(world.trusting()) == 200, "TLS: no reply")
        world.swap(tls_pem="next.pem", tls_key="next.key")
        tls_world.until(lambda: world.metric("signet_tls_reloads_total", result="ok") >= 2, "swapped")
        return metric_names(world.service)


def metrics_of_a_rotated_series():
    """The metrics of a service whose keys rotate by themselves."""
    with service.start(os.environ["SIGNET"], """
issuer: https://tokens.example.com
state_dir: state
rotation: {sig: {alg: ES256, every: 30d, lead: 1d, directory: keys}}
""") as signet:
        return metric_names(signet)


def check_sidecar(file):
    """Serves with the shown configuration, at other addresses. Returns the names of its metrics."""
    arguments = [
        "--config", str(file),
        "--set", "server.listen.0=unix:signet.sock",
        "--set", "server.listen.1.address=127.0.0.1:0",
        "--set", "admin.listen.0=127.0.0.1:0",
        "--set", "admin.probes.0=127.0.0.1:0",
    ]  # fmt: skip
    with service.start(os.environ["SIGNET"], arguments=arguments) as signet:
        tcp = signet.get("/.well-known/openid-configuration")
        check(tcp.status == 200 and '"issuer":"https://tokens.example.com"' in tcp.body, f"sidecar: {tcp}")
        unix = subprocess.run(
            ["curl", "-s", "--unix-socket", str(file.with_name("signet.sock")), "http://signet/sign",
             "-H", "Content-Type: application/json", "-d", '{"claims": {"sub": "alice"}}'],
            capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        wanted = "token" if os.getuid() == 1001 else "caller_unauthenticated"
        check(f'"{wanted}"' in unix.stdout, f"sidecar: {unix}")
        return metric_names(signet)


def main():
    os.environ["NO_PROXY"] = "*"  # curl and 127.0.0.1
    start, ran = pathlib.Path.cwd(), 0
    with service.start(os.environ["SIGNET"], arguments=service.DEVELOPMENT) as signet:
        for page in pages.paths():
            folder = start / page.relative_to(pages.ROOT).with_suffix("")
            folder.mkdir(parents=True)
            os.chdir(folder)
            ran += run_page(page.name, page.read_text(), signet)
        os.chdir(start)
        metrics = metric_names(signet)
    try:
        names = metrics | check_sidecar(start / "docs/sidecar/signet.yaml")
        names |= metrics_of_a_fetched_issuer() | metrics_of_a_tls_listener() | metrics_of_a_rotated_series()
        check_metrics(names)
    except RuntimeError as why:
        problems.append(f"sidecar: {why}")
    for text in problems:
        print(text)
    print(f"{ran} blocks, {len(problems)} problems")
    return 1 if problems or ran < 30 else 0


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(dir=os.getcwd()) as folder:  # the blocks make files
        os.chdir(folder)
        sys.exit(main())
