"""Another configuration while a request waits for a key: it is admitted and served once more, by the new one."""
import hashlib
import json
import os
import pathlib
import signal
import threading
import time

import es256
import origin
import service

SIGNET = os.environ["SIGNET"]
WAIT = 1.7  # seconds: a little less than miss_wait
PATIENCE = 30  # seconds for anything; sanitizers are slow
SECRET = "secret-of-the-caller-of-more-than-256-bits-0123456789"
AS_ORDERS = {"Authorization": f"Bearer {SECRET}"}
DIGEST = hashlib.sha256(SECRET.encode()).hexdigest()
BASE = """issuers:
  - {name: corp, issuer: urn:corp, jwks_uri: "%s/jwks", miss_wait: 2s, total_timeout: 20s}
  - {name: spare, issuer: urn:spare, jwks: {keys: [{kty: OKP, crv: Ed25519, kid: e, x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}}
keys: [{name: sealed, kid: sealed, use: enc, alg: ECDH-ES, generate: true, callers: [orders]}]
verify_profiles:
  default: {issuers: [corp, spare], audiences: none, callers: [orders], headers: {X-Who: sub}}
callers:
  - {name: orders, secret_sha256: %s, in_flight: 1, rate: {requests: 1, per: 1h, burst: 20}}
server: {listen: [{address: "127.0.0.1:0", endpoints: [all]}]}
admin: {listen: ["127.0.0.1:0"]}
limits: {queue_timeout: 1m}
"""  # fmt: skip


def wait_until(holds, what):
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, f"waited in vain: {what}"
        time.sleep(0.02)


def state_of_corp(running):
    return running.get("/issuers", port=running.admin_port).json["issuers"][0]["state"]


def metric(running, line):
    found = [one for one in running.get("/metrics", port=running.admin_port).body.splitlines() if one.startswith(line)]
    return sum(float(one.split()[-1]) for one in found)


def reload(running, text):
    """The watch may load it as well, so that a later attempt changes nothing."""

    def changes():
        lines = [json.loads(line) for line in running.log_text().rpartition("\n")[0].splitlines()]
        assert not any(line["event"] == "reload_refused" for line in lines), lines[-3:]
        return sum(line["event"] == "reloaded" and line["changes"] > 0 for line in lines)

    before = changes()
    file = pathlib.Path(running.folder, "signet.yaml")
    fresh = file.with_suffix(".new")
    fresh.write_text(text)
    fresh.chmod(0o600)
    fresh.rename(file)
    running.process.send_signal(signal.SIGHUP)
    wait_until(lambda: changes() > before, "the reload")


def asks(client, path, token, sealed):
    if path == "/auth":
        return client.get("/auth", {"Authorization": f"Bearer {token}"})
    body = {
        "/verify": {"token": token},
        "/verify/batch": {"tokens": [token, token, token]},
        "/decrypt": {"token": sealed, "key_name": "sealed", "verify": {"profile": "default"}},
    }[path]
    return client.post(path, body, AS_ORDERS)


def outcome(path, reply):
    """"200", a code, or for a batch those of its items; /auth has no body."""
    if path == "/auth":
        return str(reply.status)
    if path == "/verify/batch" and "results" in reply.json:
        found = {str(one.get("code", "200")) if not one.get("valid") else "200" for one in reply.json["results"]}
        return " ".join(sorted(found))
    return "200" if reply.status == 200 else reply.code


def replaced(old, new):
    return lambda text: text.replace(old, new)


BILLS = "callers:\n  - {name: bills, uid: 4000000000}\n"
CHANGES = {
    # what the new configuration says: how it is made, and what becomes of the request on each endpoint
    "nothing that matters": (lambda text: text + "log: {level: debug}\n", "200", "200"),
    "the caller is not let in any more": (
        lambda text: text.replace("audiences: none, callers: [orders]", "audiences: none, callers: [bills]")
        .replace("callers:\n", BILLS), "caller_forbidden", "200"),
    "the caller's secret is another one": (replaced(DIGEST, "0" * 64), "caller_unauthenticated", "200"),
    "the caller may not use the endpoint any more": (
        replaced("in_flight: 1", "in_flight: 1, endpoints: [inspect]"), "caller_forbidden", "200"),
    "the profile is gone": (
        lambda text: text.replace("  default: {", "  other: {").replace(", headers: {X-Who: sub}", ""),
        "request_invalid", "503"),
    "the issuer is gone": (
        lambda text: "issuers:\n" + text.split("\n", 2)[2].replace("[corp, spare]", "[spare]"), "key_not_found", "401"),
    "the issuer's place is another one": (
        replaced("/jwks", "/as/hang/jwks"), "keys_unavailable", "503"),
    "other algorithms are allowed": (
        replaced("name: corp,", "name: corp, algorithms: [RS256],"), "algorithm_not_allowed", "401"),
    "the listener does not open the endpoint any more": (
        replaced("endpoints: [all]", "endpoints: [jwks]"), "not_found", "404"),
}  # fmt: skip


def waits_through(path, change, wanted, on_auth, make):
    """Holds the one fetch that the request causes, reloads meanwhile, and lets the keys come."""
    with origin.Origin() as issuer:
        issuer.new_key("k1")
        text = BASE % (issuer.url, DIGEST)
        with service.start(SIGNET, text) as running:
            wait_until(lambda: state_of_corp(running) == "fresh", "the first keys")
            late = issuer.new_key("k2")
            token = es256.token(late, "k2", iss="urn:corp", aud=None)
            sealed = None
            if path == "/decrypt":
                made = running.post("/encrypt", {"plaintext": token, "key_name": "sealed"}, AS_ORDERS)
                sealed = made.json["token"]
            issuer.mode = "gated"
            answers, client, asked = [], running.another_client(), len(issuer.requests)
            began = time.monotonic()
            waiting = threading.Thread(target=lambda: answers.append(asks(client, path, token, sealed)))
            waiting.start()
            wait_until(lambda: len(issuer.requests) > asked, "the fetch")
            reload(running, make(text))
            took = time.monotonic() - began
            issuer.gate.set()
            waiting.join(PATIENCE)
            if took > WAIT:  # the machine was too slow: it had its answer before the reload
                client.hang_up()
                return False
            found = outcome(path, answers[0])
            assert found == (on_auth if path == "/auth" else wanted), (path, change, found, answers)
            again = asks(client, path, token, sealed)  # on the same connection: its body was read
            if wanted == "200":
                assert outcome(path, again) == "200", again
                if path == "/auth":
                    assert again.headers["x-who"] == "ada"
                assert metric(running, "signet_caller_limited_total") == 0
            client.hang_up()
            return True


def what_was_asked_is_decided_once_more():
    for change, (make, wanted, on_auth) in CHANGES.items():
        for path in ("/verify", "/verify/batch", "/decrypt", "/auth"):
            holds = (waits_through(path, change, wanted, on_auth, make) for _ in range(10))
            assert any(holds), "ten times too slow"
        print("  ", change)


def a_request_takes_one_place_and_is_taken_out_of_its_bucket_once():
    assert any(takes_one_place() for _ in range(10)), "ten times too slow"


def takes_one_place():
    """in_flight: 1 and one request in an hour: begun again, it is neither one too many nor the second."""
    with origin.Origin() as issuer:
        issuer.new_key("k1")
        text = (BASE % (issuer.url, DIGEST)).replace("burst: 20", "burst: 1")
        with service.start(SIGNET, text) as running:
            wait_until(lambda: state_of_corp(running) == "fresh", "the first keys")
            token = es256.token(issuer.new_key("k2"), "k2", iss="urn:corp", aud=None)
            issuer.mode = "gated"
            answers, client, asked = [], running.another_client(), len(issuer.requests)
            began = time.monotonic()
            waiting = threading.Thread(target=lambda: answers.append(client.post("/verify", {"token": token}, AS_ORDERS)))
            waiting.start()
            wait_until(lambda: len(issuer.requests) > asked, "the fetch")
            reload(running, text + "log: {level: debug}\n")
            is_late = time.monotonic() - began > WAIT
            issuer.gate.set()
            waiting.join(PATIENCE)
            if is_late:
                return False
            assert answers[0].status == 200, answers
            reload(running, text.replace("burst: 1", "burst: 20"))
            for _ in range(2):  # its place was given back
                assert running.post("/verify", {"token": token}, AS_ORDERS).status == 200
            limited = [metric(running, f'signet_caller_limited_total{{caller="orders",reason="{why}"}}')
                       for why in ("rate", "in_flight")]  # fmt: skip
            assert limited == [0, 0], limited
            return True


for test in (
    a_request_takes_one_place_and_is_taken_out_of_its_bucket_once,
    what_was_asked_is_decided_once_more,
):
    test()
    print("ok", test.__name__)
