"""Another configuration while the service runs: by its files, by SIGHUP and by POST /reload."""
import hashlib
import http.client
import json
import os
import pathlib
import shutil
import signal
import threading
import time

import es256
import origin
import service
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

SIGNET = os.environ["SIGNET"]
PATIENCE = 30  # seconds for anything; sanitizers are slow
SECRET = "secret-of-the-caller-of-more-than-256-bits-0123456789"
AS_ORDERS = {"Authorization": f"Bearer {SECRET}"}
DIGEST = hashlib.sha256(SECRET.encode()).hexdigest()
BASE = """
issuer: https://tokens.example.com
keys: [{name: sig, alg: ES256, generate: true}]
callers: [{name: orders, secret_sha256: %s, roles: [admin]}]
sign_profiles: {default: {key: sig, callers: [orders], audiences: [api], ttl: 1h, allowed_claims: [sub]}}
verify_profiles: {default: {issuers: [self], audiences: [api], headers: {X-Auth-Subject: sub}}}
server: {listen: [{address: "127.0.0.1:0", endpoints: [all]}]}
admin: {listen: ["127.0.0.1:0"]}
""" % DIGEST
JWKS = "/.well-known/jwks.json"


def private_pem():
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def events(running, name=None):
    lines = [json.loads(line) for line in running.log_text().rpartition("\n")[0].splitlines()]
    return [line for line in lines if name in (None, line["event"])]


def facts(running):
    return running.get("/readyz?verbose", port=running.admin_port).json["checks"]["configuration"]


def wait_until(holds, seconds=PATIENCE):
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def config_of(running):
    return pathlib.Path(running.folder, "signet.yaml")


def put(path, content):
    """As an editor or a deployment does it: a whole file takes the place of the old one."""
    fresh = path.with_name(path.name + ".new")
    fresh.write_bytes(content if isinstance(content, bytes) else content.encode())
    fresh.chmod(0o600)
    fresh.rename(path)


def reload(running, text):
    """SIGHUP; waits until it is in force. The watch may load it as well, so that a later attempt changes nothing."""

    def changes():
        return sum(line["changes"] > 0 for line in events(running, "reloaded"))

    before = changes()
    put(config_of(running), text)
    running.process.send_signal(signal.SIGHUP)
    wait_until(lambda: changes() > before)


def refusals(running):
    return sum(
        int(line.split()[-1])
        for line in running.get("/metrics", port=running.admin_port).body.splitlines()
        if line.startswith('signet_config_reloads_total{result="refused"}')
    )


def sign(running, headers=AS_ORDERS, **more):
    return running.post("/sign", {"claims": {"sub": "alice"}, **more}, headers)


def a_changed_file_takes_effect_within_a_second():
    """Named by its path: the configuration, and a key that it names."""
    text = BASE.replace("generate: true", "file: sig.pem")
    with service.start(SIGNET, text, files={"sig.pem": private_pem()}) as running:
        kid = running.get(JWKS).json["keys"][0]["kid"]
        began = time.monotonic()
        put(pathlib.Path(running.folder, "sig.pem"), private_pem())
        wait_until(lambda: running.get(JWKS).json["keys"][0]["kid"] != kid)
        took = time.monotonic() - began
        print(f"  a key file took effect after {took:.2f} s")
        began = time.monotonic()
        put(config_of(running), config_of(running).read_text() + "limits: {json_depth: 5}\n")
        wait_until(lambda: facts(running)["generation"] == 3)
        took = time.monotonic() - began
        print(f"  the configuration took effect after {took:.2f} s")
        changed = [line.get("part") or line["file"].rsplit("/")[-1] for line in events(running, "configuration_changed")]
        assert changed == ["sig.pem", "limits.json_depth added", "signet.yaml"], changed


def mounted(folder, version, text):
    place = folder / f"..{version}"
    place.mkdir()
    for name, content in text.items():
        (place / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        (place / name).chmod(0o600)
    link = folder / "..data_tmp"
    link.symlink_to(place.name)
    link.rename(folder / "..data")


def a_mounted_folder_is_swapped_by_its_data_link():
    """As the kubelet does it: signet.yaml -> ..data/signet.yaml, ..data -> ..2026_1, then ..data -> ..2026_2."""
    outer = pathlib.Path.cwd() / f"mounted-{os.getpid()}"
    outer.mkdir()
    try:
        text = BASE.replace("generate: true", "file: sig.pem")
        mounted(outer, "2026_1", {"signet.yaml": text, "sig.pem": private_pem()})
        for name in ("signet.yaml", "sig.pem"):
            (outer / name).symlink_to(f"..data/{name}")
        with service.start(SIGNET, arguments=("--config", str(outer / "signet.yaml"))) as running:
            kid = running.get(JWKS).json["keys"][0]["kid"]
            began = time.monotonic()
            mounted(outer, "2026_2", {"signet.yaml": text + "limits: {json_depth: 6}\n", "sig.pem": private_pem()})
            shutil.rmtree(outer / "..2026_1")
            wait_until(lambda: running.get(JWKS).json["keys"][0]["kid"] != kid)
            print(f"  the link's new folder took effect after {time.monotonic() - began:.2f} s")
            assert facts(running)["generation"] == 2, facts(running)  # both files at once
            mounted(outer, "2026_3", {"signet.yaml": text, "sig.pem": private_pem()})
            wait_until(lambda: facts(running)["generation"] == 3)
    finally:
        shutil.rmtree(outer)


def a_file_system_without_reports_is_polled():
    """A folder above is moved away and another one takes its name: nothing that is watched has changed."""
    outer = pathlib.Path.cwd() / f"polled-{os.getpid()}"
    inner = outer / "a" / "b"
    inner.mkdir(parents=True)
    try:
        text = BASE + "reload: {poll: 1s}\n"
        put(inner / "signet.yaml", text)
        with service.start(SIGNET, arguments=("--config", str(inner / "signet.yaml"))) as running:
            (outer / "a").rename(outer / "old")
            inner.mkdir(parents=True)
            put(inner / "signet.yaml", text + "limits: {json_depth: 6}\n")
            wait_until(lambda: facts(running)["generation"] == 2)
            put(inner / "signet.yaml", text)  # and the new folder is watched from then on
            wait_until(lambda: facts(running)["generation"] == 3)
    finally:
        shutil.rmtree(outer)


def a_half_written_file_changes_nothing():
    with service.start(SIGNET, BASE) as running:
        whole = config_of(running).read_text() + "inline_keys: {endpoints: [verify]}\n"
        token = sign(running).json["token"]
        with config_of(running).open("w") as file:
            file.write(whole[: whole.index("sign_profiles")] + "sign_profiles: {default: {key")
            file.flush()
            time.sleep(0.5)
            assert facts(running)["generation"] == 1  # nobody has closed it
        wait_until(lambda: facts(running).get("last_reload") == "refused")
        assert facts(running)["generation"] == 1
        assert sign(running).status == 200
        assert running.get("/auth", {"Authorization": f"Bearer {token}"}).headers["x-auth-subject"] == "alice"
        (why,) = events(running, "reload_refused")
        assert why["problems"] >= 1 and "signet.yaml:" in events(running, "reload_problem")[0]["text"]
        assert running.get("/readyz", port=running.admin_port).status == 200
        put(config_of(running), whole)
        wait_until(lambda: facts(running)["generation"] == 2)
        assert facts(running)["last_reload"] == "ok"


def every_problem_is_told_where_people_look():
    with service.start(SIGNET, BASE) as running:
        put(config_of(running), config_of(running).read_text().replace("key: sig", "key: gone") + "limitz: {}\n")
        wait_until(lambda: refusals(running) == 1)
        texts = [line["text"] for line in events(running, "reload_problem")]
        assert any("no series `gone`" in text for text in texts), texts
        assert any("did you mean `limits`" in text for text in texts), texts
        metrics = running.get("/metrics", port=running.admin_port).body
        assert "\nsignet_config_last_reload_successful 0\n" in metrics
        said = running.request("POST", "/reload", "{}", {"Content-Type": "application/json", **AS_ORDERS},
                               running.admin_port)  # fmt: skip
        assert said.status == 422 and said.code == "configuration_invalid", said
        assert len(said.json["problems"]) == len(texts), said
        time.sleep(1)
        assert refusals(running) == 2  # it is not tried again before it changes


def generated_keys_and_kept_connections_stay():
    with service.start(SIGNET, BASE) as running:
        token, keys = sign(running).json["token"], running.get(JWKS).json
        wire = http.client.HTTPConnection("127.0.0.1", running.data_port, timeout=PATIENCE)
        for number in range(3):
            wire.request("GET", "/auth", headers={"Authorization": f"Bearer {token}"})
            reply = wire.getresponse()
            assert reply.status == 200 and reply.read() == b"" and wire.sock is not None
            reload(running, config_of(running).read_text() + f"# {number}\n")
        assert running.get(JWKS).json == keys
        wire.close()


def callers_and_profiles_come_and_go():
    with service.start(SIGNET, BASE) as running:
        text = config_of(running).read_text()
        assert sign(running).status == 200
        reload(running, text.replace("callers: [orders]", "callers: [bills]")
               .replace("callers: [{", "callers: [{name: bills, uid: 4000000000}, {"))  # fmt: skip
        assert sign(running).code == "caller_forbidden"
        reload(running, text.replace("sign_profiles: {default", "sign_profiles: {other"))
        assert sign(running).code == "request_invalid"
        assert sign(running, profile="other").status == 200
        reload(running, text.replace("callers: [{name: orders", "callers: [{name: nobody")
               .replace("callers: [orders]", "callers: [nobody]").replace(DIGEST, "00" * 32))  # fmt: skip
        assert sign(running).code == "caller_unauthenticated"
        reload(running, text.replace(f"callers: [{{name: orders, secret_sha256: {DIGEST}, roles: [admin]}}]\n", "")
               .replace("callers: [orders], ", ""))  # fmt: skip
        assert len(events(running, "callers_locked_out")) == 1
        reload(running, text)
        assert sign(running).status == 200


def what_only_a_restart_changes_says_so():
    with service.start(SIGNET, BASE) as running:
        text = config_of(running).read_text()
        assert running.get(JWKS).status == 200
        reload(running, text.replace("endpoints: [all]", "endpoints: [sign]").replace(
            'admin: {listen: ["127.0.0.1:0"]}', 'admin: {listen: ["127.0.0.1:0", "127.0.0.1:0"]}'))  # fmt: skip
        assert facts(running)["needs_restart"] == ["admin.listen"], facts(running)
        assert [line["setting"] for line in events(running, "reload_needs_restart")] == ["admin.listen"]
        assert running.get(JWKS).status == 404 and sign(running).status == 200
        reload(running, text)
        assert "needs_restart" not in facts(running)
        assert running.get(JWKS).status == 200


def a_series_that_signs_payloads_never_signs_claims():
    payloads = BASE.replace("keys: [", "keys: [{name: pay, alg: EdDSA, generate: true}, ").replace(
        "sign_profiles: {", "sign_profiles: {pay: {kind: jws, key: pay, typ: receipt, callers: [orders]}, "
    )
    with service.start(SIGNET, payloads) as running:
        forged = {"iss": "https://tokens.example.com", "aud": "api", "sub": "root", "exp": int(time.time()) + 600}
        token = running.post("/sign", {"profile": "pay", "payload": json.dumps(forged)}, AS_ORDERS)
        assert token.status == 200, token
        before = config_of(running).read_text()
        put(config_of(running), before.replace("pay: {kind: jws, key: pay, typ: receipt, callers: [orders]}, ", ""))
        wait_until(lambda: refusals(running) == 1)
        assert "was one that signs payloads" in events(running, "reload_problem")[0]["text"]
        assert running.post("/verify", {"token": token.json["token"]}).status == 422
        put(config_of(running), before.replace("name: pay", "name: paid").replace("key: pay", "key: paid"))
        wait_until(lambda: facts(running)["generation"] == 2)  # the generated key of another series is another key


ISSUERS = """issuers:
  - {name: corp, issuer: urn:corp, jwks_uri: "%s/jwks", miss_wait: 2s, total_timeout: 3s}
verify_profiles:
  default: {issuers: [corp], audiences: none, callers: [orders]}
callers: [{name: orders, secret_sha256: %s}]
server: {listen: [{address: "127.0.0.1:0", endpoints: [all]}]}
admin: {listen: ["127.0.0.1:0"]}
"""


def jwks_facts(running):
    (found,) = running.get("/issuers", port=running.admin_port).json["issuers"]
    return found


def an_issuer_that_stays_keeps_its_keys_and_is_not_fetched_again():
    with origin.Origin() as issuer:
        key = issuer.new_key("k1")
        with service.start(SIGNET, ISSUERS % (issuer.url, DIGEST)) as running:
            wait_until(lambda: jwks_facts(running)["state"] == "fresh")
            token = es256.token(key, "k1", iss="urn:corp", aud=None)
            asked = len(issuer.requests)
            issuer.mode = "503"
            text = config_of(running).read_text()
            for number in range(5):
                reload(running, text + f"limits: {{json_depth: {number + 5}}}\n")
                assert running.post("/verify", {"token": token}, AS_ORDERS).status == 200
            assert len(issuer.requests) == asked, issuer.requests
            reload(running, text.replace("miss_wait: 2s", "miss_wait: 1s"))  # its keys stay
            assert running.post("/verify", {"token": token}, AS_ORDERS).status == 200
            reload(running, text.replace("name: corp,", "name: corp, algorithms: [ES256, RS256],"))  # they do not
            assert running.post("/verify", {"token": token}, AS_ORDERS).code == "keys_unavailable"
            assert running.get("/readyz", port=running.admin_port).status == 200  # it was ready before
            issuer.mode = "good"
            wait_until(lambda: jwks_facts(running)["state"] == "fresh")


def a_request_that_waits_for_a_key_is_authorised_anew():
    with origin.Origin() as issuer:
        key = issuer.new_key("k1")
        for change, wanted in (
            (lambda text: text.replace("callers: [orders]}", "callers: [bills]}").replace(
                "callers: [{", "callers: [{name: bills, uid: 4000000000}, {"), "caller_forbidden"),
            (lambda text: text.replace("  default: {", "  other: {"), "request_invalid"),
            (lambda text: text.replace("audiences: none", "audiences: [api]"), "key_not_found"),
            (lambda text: text + "limits: {json_depth: 6}\n", "key_not_found"),
        ):  # fmt: skip
            issuer.mode = "good"
            with service.start(SIGNET, ISSUERS % (issuer.url, DIGEST)) as running:
                wait_until(lambda: jwks_facts(running)["state"] == "fresh")
                issuer.mode = "hang"
                token = es256.token(key, "unknown", iss="urn:corp", aud=None)
                answers = []
                client = running.another_client()
                waiting = threading.Thread(
                    target=lambda: answers.append(client.post("/verify", {"token": token}, AS_ORDERS))
                )
                asked = len(issuer.requests)
                waiting.start()
                wait_until(lambda: len(issuer.requests) > asked)
                reload(running, change(config_of(running).read_text()))
                waiting.join(PATIENCE)
                assert answers[0].code == wanted, (wanted, answers)
                client.hang_up()


def sets_on_disk_are_used_only_under_the_same_trust():
    with origin.Origin() as issuer:
        issuer.new_key("k1")
        text = (ISSUERS % (issuer.url, DIGEST)).replace("server: {", "server: {jwks_cache_dir: kept, ")
        with service.start(SIGNET, text) as running:
            wait_until(lambda: jwks_facts(running)["state"] == "fresh")
            kept = pathlib.Path(running.folder, "kept", "corp.json")
            wait_until(kept.exists)
            issuer.mode = "hang"
            text = config_of(running).read_text()
            reload(running, text.replace("name: corp,", "name: corp, algorithms: [ES256, RS256],"))
            assert jwks_facts(running)["state"] == "unavailable", jwks_facts(running)
            assert len(events(running, "jwks_not_restored")) == 1
            reload(running, text)  # as it was stored
            assert jwks_facts(running)["state"] in ("fresh", "stale"), jwks_facts(running)


def a_configuration_of_which_no_file_is_left_stays_in_force():
    with service.start(SIGNET, BASE) as running:
        config_of(running).unlink()
        wait_until(lambda: refusals(running) == 1)
        running.process.send_signal(signal.SIGHUP)
        wait_until(lambda: refusals(running) == 2)
        assert sign(running).status == 200
        assert all("cannot be read" in line["text"] for line in events(running, "reload_problem"))


for test in (
    a_changed_file_takes_effect_within_a_second,
    a_mounted_folder_is_swapped_by_its_data_link,
    a_file_system_without_reports_is_polled,
    a_half_written_file_changes_nothing,
    every_problem_is_told_where_people_look,
    generated_keys_and_kept_connections_stay,
    callers_and_profiles_come_and_go,
    what_only_a_restart_changes_says_so,
    a_series_that_signs_payloads_never_signs_claims,
    an_issuer_that_stays_keeps_its_keys_and_is_not_fetched_again,
    a_request_that_waits_for_a_key_is_authorised_anew,
    sets_on_disk_are_used_only_under_the_same_trust,
    a_configuration_of_which_no_file_is_left_stays_in_force,
):
    test()
    print("ok", test.__name__)
