"""Every setting takes effect at a reload, or the service says that it needs a restart.

The probes of options_test.py run once more. Each service that they start begins with a configuration that has nothing
but the listeners' addresses, the number of threads, the audit log's file and secret, and the folders that are written,
and gets the probe's own by SIGHUP: what a probe observes then came by the reload. For settings that only `signet check-config` decides about, the
reload of the bad configuration must say what check-config says. Prints a table; a setting that is in none of its rows
fails the test.
"""
import collections
import json
import pathlib
import shutil
import signal
import sys
import time

import yaml

import service

PATIENCE = 60  # seconds; sanitizers are slow
START = service.start
# What cannot change while the service runs: needs_restart names it.
AT_RESTART = {
    "server.threads": ("server: {listen: [\"127.0.0.1:0\"], threads: 1}", "server: {listen: [\"127.0.0.1:0\"], threads: 2}"),
    "server.listen": ('server: {listen: ["127.0.0.1:0"]}', 'server: {listen: ["127.0.0.1:0", "127.0.0.2:0"]}'),
    "admin.listen": ('admin: {listen: ["127.0.0.1:0"]}', 'admin: {listen: ["127.0.0.1:0", "127.0.0.2:0"]}'),
    "admin.probes": ('admin: {listen: ["127.0.0.1:0"]}', 'admin: {listen: ["127.0.0.1:0"], probes: ["127.0.0.2:0"]}'),
    "server.jwks_cache_dir": (
        'server: {listen: ["127.0.0.1:0"], jwks_cache_dir: a}', 'server: {listen: ["127.0.0.1:0"], jwks_cache_dir: b}'
    ),
    "audit.file": ("audit: {file: audit.log}", "audit: {file: another.log}"),
    "audit.secret": (
        'audit: {file: audit.log, secret: "file:seal"}', 'audit: {file: audit.log, secret: "file:another.seal"}'
    ),
}  # fmt: skip
SEALS = {"seal": "s" * 32, "another.seal": "a" * 32}
# Whether the service is ready after its start: one that was ready stays ready.
AT_START = {"server.startup_policy", "server.startup_wait", "issuers[].required"}


def address_of(listener):
    return {"address": listener["address"]} if isinstance(listener, dict) else listener


def addresses_of(listeners):
    return [address_of(one) for one in (listeners if isinstance(listeners, list) else [listeners])]


def bare(text, writes=False):
    """The configuration with nothing but addresses, threads, and what is written: the audit log, the folder of kept keys,
    and for the folders of rotation and revocations the one that they are in."""
    whole = yaml.safe_load(text)
    server = {"listen": addresses_of(whole["server"].get("listen", "127.0.0.1:0"))}
    server |= {name: whole["server"][name] for name in ("threads", "jwks_cache_dir") if name in whole["server"]}
    if "rotation" in whole or writes:
        server.setdefault("jwks_cache_dir", ".")
    admin = {name: addresses_of(value) for name, value in whole["admin"].items()}
    text = f"server: {json.dumps(server)}\nadmin: {json.dumps(admin)}\nreload: {{watch: false}}\n"
    if audit := {name: whole["audit"][name] for name in ("file", "secret") if name in whole.get("audit", {})}:
        text += f"audit: {json.dumps(audit)}\n"
    return text


def with_listeners(text):
    for section, lines in service.DEFAULT_LISTENERS.items():
        if not any(line.startswith(section) for line in text.splitlines()):
            text += lines
    return text


def events(running):
    lines = running.log_text().rpartition("\n")[0].splitlines()
    return [json.loads(line) for line in lines if line.startswith("{")]


def reload(running, text):
    """Returns the lines that the log got meanwhile, one of which says how it ended."""
    file = pathlib.Path(running.folder, "signet.yaml")
    fresh = file.with_suffix(".new")
    seen = len(events(running))
    fresh.write_text(text)
    fresh.chmod(0o600)
    fresh.rename(file)
    running.process.send_signal(signal.SIGHUP)
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        lines = events(running)[seen:]
        if any(one["event"] in ("reloaded", "reload_refused") for one in lines):
            return until_silent(running, lines, seen)
        time.sleep(0.01)
    raise AssertionError("it was not reloaded: " + running.log_text()[-2000:])


def until_silent(running, lines, seen):
    """Why it was refused follows the line that says so."""
    while True:
        time.sleep(0.1)
        more = events(running)[seen:]
        if len(more) == len(lines):
            return lines
        lines = more


def start_by_reload(binary, config_text=None, files=None, environment=None, arguments=()):
    if config_text is None:
        return START(binary, config_text, files, environment, arguments)
    text = with_listeners(config_text)
    running = START(binary, bare(text), files, environment, arguments)
    lines = reload(running, text)
    if not any(one["event"] == "reloaded" for one in lines):
        said = running.log_text()
        running._kill()
        shutil.rmtree(running.folder, ignore_errors=True)
        raise RuntimeError("the reload was refused:\n" + said)
    return running


service.start = start_by_reload  # before the probes are made
import documented  # noqa: E402
import policy_probes  # noqa: E402
import setting_probes  # noqa: E402
from probe_world import BINARY  # noqa: E402


def check_by_reload(text, files, variables):
    """As probe_world.check: whether the configuration was taken, and what was said."""
    with START(BINARY, bare(with_listeners(""), writes=True), files, variables) as running:
        lines = reload(running, with_listeners(text))
        said = "\n".join(f"{one.get('setting', '')} {one.get('text', '')}" for one in lines)
        return any(one["event"] == "reloaded" for one in lines), said


def needs_restart(setting):
    before, after = (with_listeners(text + "\n") for text in AT_RESTART[setting])
    with START(BINARY, before, SEALS) as running:
        lines = reload(running, after)
        named = [one["setting"] for one in lines if one["event"] == "reload_needs_restart"]
        end = time.monotonic() + PATIENCE  # these lines follow the first
        while not named and time.monotonic() < end:
            named = [one["setting"] for one in events(running) if one["event"] == "reload_needs_restart"]
        assert named == [setting], named
        facts = running.get("/readyz?verbose", port=running.admin_port).json["checks"]["configuration"]
        assert facts["needs_restart"] == [setting], facts


def log_settings():
    """Those that the flags of service.py override elsewhere."""
    for name, text, wanted in (
        ("log.level", "log: {level: error}\n", lambda tail: tail == ""),
        ("log.format", "log: {format: text}\n", lambda tail: " reloaded " in tail and not tail.startswith("{")),
    ):
        kept, service.READABLE_LOG = service.READABLE_LOG, ()
        try:
            with START(BINARY, with_listeners("")) as running:
                before = len(running.log_text())
                file = pathlib.Path(running.folder, "signet.yaml")
                file.write_text(with_listeners(text))
                end = time.monotonic() + PATIENCE
                while True:
                    facts = running.get("/readyz?verbose", port=running.admin_port).json["checks"]["configuration"]
                    if facts["generation"] == 2 or time.monotonic() > end:
                        break
                    time.sleep(0.02)
                assert facts["generation"] == 2, name
                time.sleep(0.2)  # its lines follow
                assert wanted(running.log_text()[before:]), (name, running.log_text()[before:])
        finally:
            service.READABLE_LOG = kept


def main():
    began = time.monotonic()
    setting_probes.check = check_by_reload
    table, problems = collections.defaultdict(set), []

    def tried(names, row, probe):
        try:
            probe()
            for name in names:
                table[name].add(row)
        except (AssertionError, RuntimeError, OSError) as failed:
            problems.append(f"{', '.join(sorted(names))}: {failed!r}"[:1500])

    for names, probe in setting_probes.all_probes():
        if names & AT_START or names & {"log.level", "log.format"}:
            continue
        tried(names, "reloaded", probe)
    for name in AT_RESTART:
        tried({name}, "named in needs_restart", lambda name=name: needs_restart(name))
    tried({"log.level", "log.format"}, "reloaded", log_settings)
    for name in AT_START:
        table[name].add("until the service was ready")
    known = documented.settings()
    for name in sorted(known | table.keys()):
        print(f"{name:45} {', '.join(sorted(table.get(name, ())))}")
    for name in sorted(known - table.keys()):
        problems.append(f"{name}: nothing says what a reload does to it")
    for problem in problems:
        print(problem)
    print(f"{len(table)} settings, {len(problems)} problems, {time.monotonic() - began:.1f} s")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
