"""Series that rotate by themselves, and the commands: restarts, folders that fail, and what a configuration may not undo."""
import hashlib
import json
import os
import pathlib
import subprocess
import tempfile
import time

import service
from cryptography.hazmat.primitives import serialization

SIGNET = os.environ["SIGNET"]
PATIENCE = 30  # seconds for anything; sanitizers are slow
ADMIN, OTHER = (name * 8 + "-secret-of-more-than-256-bits-0123456789" for name in ("admin", "other"))
JSON = {"Content-Type": "application/json"}
CONFIG = """
server: {{listen: [{{address: "127.0.0.1:0", endpoints: [all]}}]}}
admin: {{listen: ["127.0.0.1:0"]}}
issuer: https://tokens.example.com
state_dir: {shared}/state
{keys}rotation:
  sig: {{alg: ES256, every: 30d, lead: 1d, directory: {shared}/keys{more}}}
callers:
  - {{name: admin, secret_sha256: {admin}, roles: [admin]}}
  - {{name: other, secret_sha256: {other}}}
sign_profiles:
  default: {{key: sig, callers: [admin], audiences: [api], ttl: 1h}}
{sign}verify_profiles:
  default: {{issuers: [self], audiences: [api]}}
"""


def text_in(shared, more="", keys="", sign=""):
    digest = [hashlib.sha256(one.encode()).hexdigest() for one in (ADMIN, OTHER)]
    return CONFIG.format(shared=shared, more=more, keys=keys, sign=sign, admin=digest[0], other=digest[1])


def start(shared, **more):
    return service.start(SIGNET, text_in(shared, **more))


def run(signet, shared, *words, secret=ADMIN):
    """A command against the service. -> exit code, what it printed as JSON"""
    file = pathlib.Path(shared, "secret")
    file.write_text(secret)
    file.chmod(0o600)
    ran = subprocess.run([SIGNET, *words, "--url", f"http://127.0.0.1:{signet.admin_port}", "--token-file", str(file)],
                         capture_output=True, text=True, timeout=60, env=service.clean_environment())  # fmt: skip
    return ran.returncode, json.loads(ran.stdout or ran.stderr)


def states(signet):
    return {one["kid"]: one["state"] for one in signet.get("/keys", port=signet.admin_port).json["keys"]}


def in_state(signet, state):
    return next(kid for kid, now in states(signet).items() if now == state)


def sign(signet, **more):
    reply = signet.post("/sign", {"claims": {}, **more}, {"Authorization": f"Bearer {ADMIN}"})
    assert reply.status == 200, reply
    return reply.json["token"]


def verify(signet, token):
    reply = signet.post("/verify", {"token": token})
    return "ok" if reply.status == 200 else reply.code


def until(holds, what):
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, what
        time.sleep(0.05)


def metric(signet, line):
    return f"\n{line}\n" in signet.get("/metrics", port=signet.admin_port).body


def generation(signet):
    text = signet.get("/metrics", port=signet.admin_port).body
    return int(text.split('\nsignet_rotation_generation{key="sig"} ')[1].split("\n")[0])


def commands_rotate_and_revoke(shared):
    with start(shared) as signet:
        first, second = in_state(signet, "active"), in_state(signet, "staged")
        token, begun = sign(signet), (generation(signet), signet.log_text().count('"keys_changed"'))
        code, said = run(signet, shared, "rotate", "sig")
        assert (code, said["code"]) == (1, "rotation_too_early"), said
        code, said = run(signet, shared, "rotate", "sig", "--emergency")
        assert code == 0 and (said["kid"], said["previous_kid"]) == (second, first), said
        assert verify(signet, token) == "ok"
        until(lambda: generation(signet) == begun[0] + 2, "the key after it is made")
        changes = signet.log_text().count('"keys_changed"') - begun[1]
        assert 1 <= changes <= 2, f"{changes} changes for 2 manifests"
        code, said = run(signet, shared, "rotate", "none")
        assert (code, said["member"]) == (2, "series"), said
        code, said = run(signet, shared, "revoke", first)
        assert code == 0 and said["reached"] == {"replicas": 1, "confirmed": 1}, said
        assert verify(signet, token) == "key_not_found"
        code, said = run(signet, shared, "revoke", "no/such kid")
        assert (code, said["code"]) == (2, "key_not_found"), said
        assert metric(signet, "signet_revoked_keys 1")


def only_administrators_may(shared):
    with start(shared) as signet:
        for words in (("rotate", "sig", "--emergency"), ("revoke", in_state(signet, "active"))):
            code, said = run(signet, shared, *words, secret=OTHER)
            assert (code, said["code"]) == (1, "caller_forbidden"), said
            code, said = run(signet, shared, *words, secret="x" * 50)
            assert (code, said["code"]) == (1, "caller_unauthenticated"), said
        path = f"/keys/{in_state(signet, 'active')}/revoke"
        headers = {"Authorization": f"Bearer {ADMIN}"}
        port = signet.admin_port
        assert signet.request("POST", path, "{}", {**headers, "Content-Type": "text/plain"}, port).status == 415
        assert signet.request("POST", path, "{}", {**headers, **JSON, "Origin": "https://x.example"}, port).status == 403
        assert signet.request("POST", path, "{}", {**headers, **JSON}).status == 404  # a data listener
        assert "revoked" not in states(signet).values()


def a_restart_has_the_same_keys_and_revocations(shared):
    with start(shared) as signet:
        token, active = sign(signet), in_state(signet, "active")
        assert run(signet, shared, "revoke", active)[0] == 0
        kept, good = states(signet), sign(signet)
    with start(shared) as signet:
        assert states(signet) == kept
        assert (verify(signet, token), verify(signet, good)) == ("key_not_found", "ok")


def a_configuration_undoes_no_revocation(shared):
    pem = pathlib.Path(shared, "own.pem")
    subprocess.run([SIGNET, "keygen", "--alg", "ES256", "--out", pem], check=True, capture_output=True, timeout=60)
    own = {"keys": f"keys: [{{name: own, kid: own-1, alg: ES256, file: {pem}}}]\n",
           "sign": "  own: {key: own, callers: [admin], audiences: [api], ttl: 1h}\n"}  # fmt: skip
    with start(shared, **own) as signet:
        token = sign(signet, profile="own")
        assert verify(signet, token) == "ok"
        assert run(signet, shared, "revoke", "own-1")[0] == 0
        assert verify(signet, token) == "key_not_found"
        reply = signet.post("/sign", {"claims": {}, "profile": "own"}, {"Authorization": f"Bearer {ADMIN}"})
        assert reply.code == "key_not_found", reply  # nobody follows it
        reload = signet.request("POST", "/reload", "{}", {**JSON, "Authorization": f"Bearer {ADMIN}"}, signet.admin_port)
        assert reload.status == 200 and verify(signet, token) == "key_not_found", reload
    with start(shared, **own) as signet:
        assert states(signet)["own-1"] == "revoked" and verify(signet, token) == "key_not_found"
    # Without the key, and so without its folder, which a sandbox would close.
    with service.start(SIGNET, text_in(shared).replace("[all]}]", "[all]}], sandbox: false", 1)) as signet:
        assert "own-1" not in states(signet) and verify(signet, token) == "key_not_found"
        code, said = run(signet, shared, "revoke", "own-1")
        assert code == 0 and said["was_revoked"], said
        file = pathlib.Path(signet.folder, "signet.yaml")
        file.write_text(text_in(shared, **own).replace("[all]}]", "[all]}], sandbox: false", 1))
        reload = signet.request("POST", "/reload", "{}", {**JSON, "Authorization": f"Bearer {ADMIN}"}, signet.admin_port)
        assert reload.status == 200, reload
        assert states(signet)["own-1"] == "revoked" and verify(signet, token) == "key_not_found"


def a_state_dir_that_was_replaced_is_not_written_unseen(shared):
    """A backup that is put back, or a volume that is mounted again."""
    state = pathlib.Path(shared, "state")

    def replace(name):
        state.rename(pathlib.Path(shared, name))
        state.mkdir(0o700)

    def journals():
        return "".join(one.read_text() for one in state.glob("revocations-*"))

    with service.start(SIGNET, text_in(shared).replace("[all]}]", "[all]}], sandbox: false", 1)) as signet:
        first = in_state(signet, "active")
        assert run(signet, shared, "revoke", first)[0] == 0
        replace("before")
        until(lambda: first in journals(), "what is in force is in the new folder")
        second = in_state(signet, "active")
        assert run(signet, shared, "revoke", second)[0] == 0
        assert second in journals()
        next(state.glob("revocations-*")).unlink()
        until(lambda: first in journals() and second in journals(), "the journal is there again")
    with start(shared) as signet:  # its sandbox admits only the folder that it started with
        third = in_state(signet, "active")
        replace("after")
        code, said = run(signet, shared, "revoke", third)
        assert (code, said["code"]) == (3, "storage_unavailable"), said
        assert in_state(signet, "active") == third
        until(lambda: not signet.get("/readyz?verbose", port=signet.admin_port).json["checks"]["revocations"]["ok"], "ok")
        assert signet.get("/readyz", port=signet.admin_port).json["status"] == "degraded"


def a_broken_file_stops_no_rotation(shared):
    """The configuration in force goes on while somebody edits the file."""
    with start(shared) as signet:
        file = pathlib.Path(signet.folder, "signet.yaml")
        file.write_text(file.read_text() + "keys: [\n")
        assert run(signet, shared, "rotate", "sig", "--emergency")[0] == 0
        assert run(signet, shared, "revoke", in_state(signet, "retiring"))[0] == 0
        assert verify(signet, sign(signet)) == "ok"


def a_folder_that_cannot_be_used_is_told_and_the_key_goes_on(shared):
    with start(shared) as signet:
        active = in_state(signet, "active")
        pathlib.Path(shared, "keys").chmod(0o755)
        until(lambda: metric(signet, 'signet_rotation_failing{key="sig"} 1'), "the metric")
        code, said = run(signet, shared, "rotate", "sig", "--emergency")
        assert (code, said["code"]) == (3, "storage_unavailable"), said
        assert in_state(signet, "active") == active and verify(signet, sign(signet)) == "ok"
        assert '"event":"rotation_failed"' in signet.log_text()
        pathlib.Path(shared, "keys").chmod(0o700)
        until(lambda: metric(signet, 'signet_rotation_failing{key="sig"} 0'), "the metric")
        assert run(signet, shared, "rotate", "sig", "--emergency")[0] == 0


def a_series_that_cannot_be_read_stops_no_other(shared):
    """A replica whose folder of one series fails still follows what another replica does with the rest."""
    headers = {"Authorization": f"Bearer {ADMIN}"}
    own = text_in(shared).replace("callers:", f"  own: {{alg: ES256, every: 30d, lead: 1d, directory: {shared}/own}}\ncallers:", 1)
    own = own.replace("verify_profiles:", "  two: {key: own, callers: [admin], audiences: [api], ttl: 1h}\nverify_profiles:", 1)
    with start(shared) as first, service.start(SIGNET, own) as second:
        strange = pathlib.Path(shared, "own", "manifest-00000000000000000099")
        strange.touch()
        until(lambda: "keys_not_in_force" in second.log_text(), "the line")
        for _ in range(3):  # also while the strange one is not tried again
            assert run(first, shared, "rotate", "sig", "--emergency")[0] == 0
            token = sign(first)
            end = time.monotonic() + 3
            while verify(second, token) != "ok":
                assert time.monotonic() < end, "the second replica does not follow"
                time.sleep(0.05)
        code, said = run(second, shared, "rotate", "sig", "--emergency")
        assert code == 0 and said["kid"] != said["previous_kid"], said
        assert second.post("/sign", {"claims": {}, "profile": "two"}, headers).status == 200
        code, said = run(second, shared, "rotate", "own", "--emergency")
        assert (code, said["code"]) == (3, "storage_unavailable"), said
        strange.unlink()
        until(lambda: metric(second, 'signet_rotation_failing{key="own"} 0'), "the metric")
        assert run(second, shared, "rotate", "own", "--emergency")[0] == 0


def an_older_copy_or_a_damaged_manifest_starts_nothing(shared):
    with start(shared) as signet:
        pass
    keys = pathlib.Path(shared, "keys")
    newest = max(keys.glob("manifest-0*"))
    good = newest.read_bytes()
    newest.write_bytes(good.replace(b'"activate_at_ms":1', b'"activate_at_ms":2', 1))
    try:
        start(shared)
        raise AssertionError("it started")
    except RuntimeError as refused:
        assert "is damaged" in str(refused), refused
    newest.write_bytes(good)
    with start(shared) as signet:
        copy = newest.read_bytes()
        assert run(signet, shared, "rotate", "sig", "--emergency")[0] == 0
        kept = states(signet)
        for one in keys.glob("manifest-0*"):
            if one.name > newest.name:
                one.unlink()
        assert newest.read_bytes() == copy
        until(lambda: "was in force already" in signet.log_text(), "the line")
        assert states(signet) == kept


def a_link_in_the_folder_starts_nothing(shared):
    with start(shared):
        pass
    for pattern in ("key-*.pem", "manifest.key", "manifest-0*2"):
        file = next(pathlib.Path(shared, "keys").glob(pattern))
        moved = file.rename(pathlib.Path(shared, "moved"))
        file.symlink_to(moved)
        try:
            start(shared)
            raise AssertionError(f"it started: {pattern}")
        except RuntimeError as refused:
            assert "is a symbolic link" in str(refused), refused
        moved.rename(file)


def key_files_are_encrypted(shared):
    file = pathlib.Path(shared, "password")
    file.write_text("correct horse battery staple\n")
    file.chmod(0o600)
    with start(shared, more=f', password: "file:{file}"') as signet:
        assert verify(signet, sign(signet)) == "ok"
        for pem in pathlib.Path(shared, "keys").glob("key-*.pem"):
            assert pem.stat().st_mode & 0o777 == 0o600
            key = serialization.load_pem_private_key(pem.read_bytes(), b"correct horse battery staple")
            assert key.curve.name == "secp256r1"
    file.write_text("another\n")
    try:
        start(shared, more=f', password: "file:{file}"')
        raise AssertionError("it started")
    except RuntimeError as refused:
        assert "password" in str(refused), refused


os.umask(0o077)
for test in (
    commands_rotate_and_revoke,
    only_administrators_may,
    a_restart_has_the_same_keys_and_revocations,
    a_configuration_undoes_no_revocation,
    a_state_dir_that_was_replaced_is_not_written_unseen,
    a_broken_file_stops_no_rotation,
    a_folder_that_cannot_be_used_is_told_and_the_key_goes_on,
    a_series_that_cannot_be_read_stops_no_other,
    an_older_copy_or_a_damaged_manifest_starts_nothing,
    a_link_in_the_folder_starts_nothing,
    key_files_are_encrypted,
):
    with tempfile.TemporaryDirectory(prefix="signet-rotation-") as folder:
        test(folder)
    print("ok", test.__name__)
