"""Runs README.md: its ```sh run blocks in order, in one shell, and compares what they print.

What a block shows behind it is compared too: of JSON every member that is shown (the reply may have
more), of HTTP every line. `…` stands for any text. A moment or an age, by its name, is any number.
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

import es256
import origin
import service

ROOT = pathlib.Path(__file__).resolve().parents[2]
MOMENTS = {"iat", "exp", "expires_at", "expires_in"}
BLOCK = re.compile(r"^```(\S+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
problems = []


def check(holds, text):
    if not holds:
        problems.append(text)


def fits_text(shown, got):
    """Whether `…` in the shown text can stand for what the other text has there."""
    pattern = ".*".join(map(re.escape, shown.split("…")))
    return isinstance(got, str) and re.fullmatch(pattern, got, re.DOTALL) is not None


def differences(shown, got, at="$"):
    """Where the reply does not have what is shown."""
    if isinstance(shown, dict):
        if not isinstance(got, dict):
            return [f"{at} is no object"]
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
            problems.append(f"{name} printed no JSON:\n{printed}")
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
    """The blocks that run, each with what is shown right behind it."""
    found, runs, end = [], [], None
    for match in BLOCK.finditer(text):
        kind, info, body = match.groups()
        if kind == "sh" and info == "run":
            runs.append({"code": body, "shown": None})
            end = match.end()
        elif info and info.startswith("file="):
            made = pathlib.Path(info.removeprefix("file="))
            made.write_text(body)
            made.chmod(0o644)
        elif runs and end is not None and not text[end : match.start()].strip():
            runs[-1]["shown"] = (kind, body)
            end = None
        found.append(match)
    return runs


def run_blocks(runs, signet):
    """All blocks in one bash; each one's output stands between two marks."""
    mark = "----- block"
    script = "umask 022\nset -eo pipefail\ntrap 'kill $(jobs -p) 2> /dev/null || true' EXIT\n"
    for number, run in enumerate(runs):
        code = run["code"].replace("127.0.0.1:8080", signet.addresses["data"][0])
        code = code.replace("127.0.0.1:9090", signet.addresses["admin"][0])
        script += f"printf '\\n{mark} {number}\\n'\n{code}"
    script += f"printf '\\n{mark} end\\n'\n"
    path = os.path.dirname(os.environ["SIGNET"]) + os.pathsep + os.environ["PATH"]
    done = subprocess.run(
        ["bash", "-c", script], capture_output=True, text=True, timeout=200,
        env={**os.environ, "PATH": path},
    )  # fmt: skip
    parts = re.split(rf"\n{mark} (\w+)\n", done.stdout)
    printed = dict(zip(parts[1::2], parts[2::2]))
    if done.returncode != 0 or "end" not in printed:
        last = runs[int(max((n for n in printed if n != "end"), key=int, default="0"))]
        problems.append(f"exit {done.returncode} in\n{last['code']}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return printed


def metric_names(signet):
    """The families that /metrics has, without what histograms append."""
    text = signet.get("/metrics", port=signet.admin_port).body
    return set(re.findall(r"^# TYPE (signet_\w+)", text, re.MULTILINE))


def check_metrics(text, names):
    table = text.split("\n## Metrics and health\n")[1].split("\n## ")[0]
    shown = set(re.findall(r"`(signet_\w+)`", table))
    check(shown == names, f"metrics: {sorted(shown ^ names)}")


def check_variables(text):
    """What the tables say that the environment may set is what config/members.hpp says."""
    rows = (ROOT / "config/members.hpp").read_text()
    words = {"by_variable": "(env)", "lower_by_variable": "(env: lower"}
    for section in ("server", "log"):
        table = re.search(rf"std::array {section}\{{(.*?)\n\}};", rows, re.DOTALL)[1]
        for name, _, may in re.findall(r'member\{"(\w+)"(, (\w+))?\}', table):
            row = re.search(rf"^\| `{section}\.{name}` .*$", text, re.MULTILINE)
            if may == "later":
                continue
            check(row is not None, f"{section}.{name} is in no table")
            said = [mark for mark in words.values() if row and mark in row[0]]
            check(said == ([words[may]] if may in words else []), f"{section}.{name} says {said} of the environment")
    opened = dict(re.findall(r'member\{"(\w+)", (\w+)\}', re.search(r"std::array limits\{(.*?)\n\};", rows, re.DOTALL)[1]))
    for name, may in opened.items():
        check((may == "by_variable") == name.endswith("_timeout"), f"limits.{name} is not as the README says")


def metrics_of_a_fetched_issuer():
    """Of a service that accepts a token with keys whose origin has failed since."""
    with origin.Origin() as issuer:
        issuer.cache_control = None
        text = es256.token(issuer.new_key("k1"), "k1")
        with service.start(os.environ["SIGNET"], f"""
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


def check_sidecar(file):
    """The shown configuration serves, apart from where it listens. Returns its metrics' names."""
    arguments = [
        "--config", os.path.abspath(file),
        "--set", "server.listen.0=unix:signet.sock",
        "--set", "server.listen.1.address=127.0.0.1:0",
        "--set", "admin.listen.0=127.0.0.1:0",
        "--set", "admin.probes.0=127.0.0.1:0",
    ]  # fmt: skip
    with service.start(os.environ["SIGNET"], arguments=arguments) as signet:
        tcp = signet.get("/.well-known/openid-configuration")
        check(tcp.status == 200 and '"issuer":"https://tokens.example.com"' in tcp.body, f"sidecar: {tcp}")
        unix = subprocess.run(
            ["curl", "-s", "--unix-socket", "signet.sock", "http://signet/sign",
             "-H", "Content-Type: application/json", "-d", '{"claims": {"sub": "alice"}}'],
            capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        wanted = "token" if os.getuid() == 1001 else "caller_unauthenticated"
        check(f'"{wanted}"' in unix.stdout, f"sidecar: {unix}")
        return metric_names(signet)


def check_tables(text):
    codes = re.findall(r'case errc::\w+:\s*return "(\w+)"', (ROOT / "core/error.cpp").read_text())
    errors = text.split("\n## Errors\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \| \d{3}", errors, re.MULTILINE)
    check(len(codes) > 30, "no codes were found in error.cpp")
    check(codes == rows, f"errors: {sorted(set(codes) ^ set(rows)) or 'another order'}")

    names = re.findall(r'signature_algorithm\{\s*"([^"]+)"', (ROOT / "core/algorithm.hpp").read_text())
    algorithms = text.split("\n## Algorithms\n")[1].split("\n## ")[0]
    source = (ROOT / "core/encryption_algorithm.hpp").read_text()
    names += re.findall(r'(?:key_management|content_encryption)_algorithm\{\s*"([^"]+)"', source)
    for name in names:
        check(re.search(rf"[ ,|]{re.escape(name)}[ ,|]", algorithms), f"algorithms: {name} is missing")

    settings = text.split("\n## Configuration\n")[1].split("\n## Errors\n")[0]
    quoted = {word for span in re.findall(r"`([^`]+)`", settings) for word in re.findall(r"\w+", span)}
    for section, body in re.findall(
        r"std::array (\w+)\{(.*?)\n\};", (ROOT / "config/members.hpp").read_text(), re.DOTALL
    ):
        for name in re.findall(r'member\{"(\w+)"(?:, \w*by_variable)?\}', body):
            if section != "root":
                check(name in quoted, f"settings: {section}.{name} is missing")
            else:
                check(f"**{name}" in settings, f"settings: section {name} is missing")


def main():
    os.environ["NO_PROXY"] = "*"  # curl and 127.0.0.1
    text = (ROOT / "README.md").read_text()
    check_tables(text)
    check_variables(text)
    runs = blocks_of(text)
    with service.start(os.environ["SIGNET"], arguments=service.DEVELOPMENT) as signet:
        printed = run_blocks(runs, signet)
        metrics = metric_names(signet)
    for number, run in enumerate(runs):
        if run["shown"] and str(number) in printed:
            kind, shown = run["shown"]
            compare(kind, shown, printed[str(number)], f"block {number}")
    try:
        check_metrics(text, metrics | check_sidecar("signet.yaml") | metrics_of_a_fetched_issuer())
    except RuntimeError as why:
        problems.append(f"sidecar: {why}")
    for text in problems:
        print(text)
    print(f"{len(runs)} blocks, {len(problems)} problems")
    return 1 if problems or len(runs) < 10 else 0


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(dir=os.getcwd()) as folder:  # the blocks make files
        os.chdir(folder)
        sys.exit(main())
