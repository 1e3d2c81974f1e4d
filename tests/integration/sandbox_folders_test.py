"""What a service in the sandbox keeps on the disk: keys that rotate, revocations, the audit log, fetched keys. They are in
folders that it has when it starts, and a reload may add none elsewhere."""
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import time

import service

SIGNET = os.environ["SIGNET"]
PATIENCE = 30  # seconds for anything; sanitizers are slow
SECRET = "secret-of-the-caller-of-more-than-256-bits-0123456789"
CALLER = {"Authorization": f"Bearer {SECRET}", "Content-Type": "application/json"}
DIGEST = hashlib.sha256(SECRET.encode()).hexdigest()
CONFIG = """
server: {threads: 2, listen: [{address: "127.0.0.1:0", endpoints: [all]}]}
admin: {listen: ["127.0.0.1:0"]}
issuer: https://tokens.example.com
reload: {watch: false}
callers: [{name: orders, secret_sha256: %s, roles: [admin]}]
sign_profiles: {default: {key: sig, callers: [orders], audiences: [api], ttl: 1h}}
verify_profiles: {default: {issuers: [self], audiences: [api]}}
""" % DIGEST


def series(**folders):
    """The map `rotation` with a series for each name."""
    rows = [f'  {name}: {{alg: ES256, every: 30d, lead: 1d, directory: "{at}"}}\n' for name, at in folders.items()]
    return "rotation:\n" + "".join(rows)


def wait_until(holds, what):
    end = time.monotonic() + PATIENCE
    while not (found := holds()):
        assert time.monotonic() < end, f"waited in vain: {what}"
        time.sleep(0.02)
    return found


def events(running, name):
    lines = [json.loads(line) for line in running.log_text().rpartition("\n")[0].splitlines() if line.startswith("{")]
    return [line for line in lines if line["event"] == name]


def has_landlock(running):
    return events(running, "hardened")[0]["landlock"] > 0


def admin(running, path, body=None):
    return running.request("POST", path, json.dumps(body or {}), CALLER, running.admin_port)


def reload(running, text):
    (running.folder / "signet.yaml").write_text(text)
    return admin(running, "/reload")


def kids(running):
    """By the names of series, those that sign."""
    keys = running.get("/keys", port=running.admin_port).json["keys"]
    return {one["name"]: one["kid"] for one in keys if one["state"] == "active"}


def signs(running):
    return running.post("/sign", {"claims": {}}, CALLER).status == 200


def everything_that_is_kept_is_written_in_folders_of_its_own(elsewhere):
    """None of them exists, but the one for the log; none is near the configuration."""
    (elsewhere / "log").mkdir()
    text = CONFIG + series(sig=elsewhere / "keys") + f"""
state_dir: {elsewhere}/state
audit: {{file: {elsewhere}/log/audit.log, fsync: always, file_bytes: 1MiB}}
"""
    with service.start(SIGNET, text) as running:
        first = kids(running)["sig"]
        assert signs(running)
        rotated = admin(running, "/keys/rotate", {"series": "sig", "emergency": True})
        assert rotated.status == 200 and rotated.json["kid"] != first, rotated
        assert admin(running, f"/keys/{rotated.json['kid']}/revoke").status == 200
        assert signs(running) and kids(running)["sig"] not in (first, rotated.json["kid"])
        for _ in range(300):  # more than one file of records
            assert signs(running)
        wait_until(lambda: len(list((elsewhere / "log").glob("audit.log.*"))) > 1, "the next file of the log")
        assert list((elsewhere / "state").iterdir()) and list((elsewhere / "keys").glob("key-*.pem"))
        assert not events(running, "rotation_failed") and not events(running, "audit_failing"), running.log_text()
    with service.start(SIGNET, text) as running:  # and found again
        assert signs(running)


def a_reload_adds_no_folder_elsewhere_and_says_so(elsewhere):
    """Also not next to one that is there."""
    text = CONFIG + series(sig=elsewhere / "keys" / "sig") + f"state_dir: {elsewhere}/state\n"
    (elsewhere / "keys").mkdir()
    with service.start(SIGNET, text) as running:
        if not has_landlock(running):
            return print("  this kernel has no landlock")
        before = kids(running)
        for name in ("other", "keys/next", "state2", "keys/sig2"):  # the last begins like one that is there
            (elsewhere / name).mkdir(0o700)
            for changed in (CONFIG + series(sig=elsewhere / "keys/sig", new=elsewhere / name) +
                            f"state_dir: {elsewhere}/state\n",
                            CONFIG + series(sig=elsewhere / "keys/sig") + f"state_dir: {elsewhere / name}\n"):  # fmt: skip
                reply = reload(running, changed)
                assert reply.status == 422 and reply.code == "configuration_invalid", reply
                told = [one["text"] for one in events(running, "reload_problem")]
                assert any(str(elsewhere / name) in one and "restart" in one for one in told), (name, told)
                assert not list((elsewhere / name).iterdir())
        assert kids(running) == before and signs(running)
        assert reload(running, text).status == 200
    with service.start(SIGNET, changed) as running:
        assert signs(running)


def a_reload_adds_folders_below_those_that_are_written(elsewhere):
    text = CONFIG + series(sig=elsewhere / "signet" / "sig") + f"state_dir: {elsewhere}/signet\n"
    (elsewhere / "signet").mkdir(0o700)
    with service.start(SIGNET, text) as running:
        more = CONFIG + series(sig=elsewhere / "signet/sig", new=elsewhere / "signet/new")
        reply = reload(running, more + f"state_dir: {elsewhere}/signet\n")
        assert reply.status == 200, (reply, running.log_text())
        assert set(kids(running)) == {"sig", "new"}
        assert admin(running, "/keys/rotate", {"series": "new", "emergency": True}).status == 200
        # A link is where it leads to.
        (elsewhere / "signet" / "out").symlink_to(tempfile.gettempdir())
        more = CONFIG + series(sig=elsewhere / "signet/sig", new=elsewhere / "signet/out/new")
        assert reload(running, more + f"state_dir: {elsewhere}/signet\n").status == (422 if has_landlock(running) else 200)


def the_file_of_the_audit_log_waits_for_a_restart(elsewhere):
    for name in ("one", "other"):
        (elsewhere / name).mkdir()
    text = CONFIG + series(sig=elsewhere / "keys") + "audit: {file: %s/%s/audit.log}\n"
    with service.start(SIGNET, text % (elsewhere, "one")) as running:
        reply = reload(running, text % (elsewhere, "other"))
        assert reply.status == 200 and reply.json["needs_restart"] == ["audit.file"], reply
        assert signs(running) and (elsewhere / "one" / "audit.log").stat().st_size > 0
        assert not list((elsewhere / "other").iterdir())


def a_folder_that_another_one_replaces_is_told_and_the_key_goes_on(elsewhere):
    """What may be written is the folder, and not whatever gets its name."""
    text = CONFIG + series(sig=elsewhere / "keys") + f"state_dir: {elsewhere}/state\n"
    with service.start(SIGNET, text) as running:
        if not has_landlock(running):
            return print("  this kernel has no landlock")
        (elsewhere / "keys").rename(elsewhere / "before")
        shutil.copytree(elsewhere / "before", elsewhere / "keys")
        wait_until(lambda: events(running, "rotation_failed"), "the failure")
        assert signs(running)
        shutil.rmtree(elsewhere / "keys")
        (elsewhere / "before").rename(elsewhere / "keys")
        wait_until(lambda: events(running, "keys_recovered"), "the recovery")


def libraries_are_opened_after_the_start_too(_):
    """Their code is mapped, they start threads and lock memory."""
    text = CONFIG + "keys: [{name: sig, alg: ES256, generate: true}]\n"

    def used(running):
        return {one["name"] for one in running.get("/version", port=running.admin_port).json["providers"]}

    with service.start(SIGNET, text) as running:
        wanted = used(running)
        missing = len(events(running, "crypto_provider_missing"))
    with service.start(SIGNET, text + "crypto: {providers: [botan]}\n") as running:
        assert used(running) == {"botan"}
        assert reload(running, text).status == 200
        wait_until(lambda: used(running) == wanted, f"{wanted}")
        assert len(events(running, "crypto_provider_missing")) == missing
        assert signs(running)


def little_locked_memory_is_a_line_and_no_failure(elsewhere):
    """As in a container: 64 KiB, or nothing at all. Root needs no leave to lock more, so it gives that up."""
    as_others = "setpriv --bounding-set=-ipc_lock --inh-caps=-ipc_lock " if os.geteuid() == 0 else ""
    for octets in (0, 65536):
        starter = elsewhere / f"signet-{octets}"
        starter.write_text(f'#!/bin/sh\nexec {as_others}prlimit --memlock={octets} {os.path.abspath(SIGNET)} "$@"\n')
        starter.chmod(0o700)
        if subprocess.run([starter, "version"], capture_output=True, timeout=PATIENCE).returncode:
            return print("  no prlimit or setpriv")
        with service.start(starter, CONFIG + series(sig=elsewhere / f"keys-{octets}")) as running:
            (line,) = events(running, "hardened")
            assert line["locked_octets"] <= octets and line["system_calls_limited"], line
            (told,) = events(running, "memory_not_locked")
            assert told["locked_octets"] == line["locked_octets"] < told["wanted_octets"], told
            assert signs(running) and running.get("/readyz", port=running.admin_port).status == 200
            print(f"  limit {octets}: {line['locked_octets']} locked")


for test in (
    everything_that_is_kept_is_written_in_folders_of_its_own,
    a_reload_adds_no_folder_elsewhere_and_says_so,
    a_reload_adds_folders_below_those_that_are_written,
    the_file_of_the_audit_log_waits_for_a_restart,
    a_folder_that_another_one_replaces_is_told_and_the_key_goes_on,
    libraries_are_opened_after_the_start_too,
    little_locked_memory_is_a_line_and_no_failure,
):
    with tempfile.TemporaryDirectory(prefix="signet-folders-") as folder:
        test(pathlib.Path(folder))
    print("ok", test.__name__)
