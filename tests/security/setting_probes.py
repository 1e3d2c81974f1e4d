"""The probes of settings: pairs of configurations for `signet check-config`, and running services.

    ("keys[].file", keys("{name: a, file: a.pem}"), keys("{name: a, file: none.pem}"), "cannot be read")

means: the first configuration is good and its output does not have the text; the output of the second
has it (as a problem or as a warning). Probes of running services are in policy_probes.py, server_probes.py,
gateway_probes.py, issuer_probes.py and audit_probes.py; @observes names the settings whose difference one shows.
"""
import contextlib

import audit_probes
import caller_probes
import gateway_probes
import issuer_probes
import policy_probes
import server_probes
import tls_probes
from probe_world import KEYS, check

GOOD = "issuer: https://tokens.example.com\ncallers: [{name: test, uid: 1}]\n"
SETS = 'jwks: {keys: [{kty: OKP, crv: Ed25519, kid: e, x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}'
PROFILES = "verify_profiles: {default: {issuers: [%s], audiences: none}}\n"

def keys(item):
    return f"{GOOD}keys:\n  - {item}\n"


def secret(item):
    return keys("{name: a, kid: k, alg: HS256, issuer: urn:a, " + item + "}")


def plan(more="", every="30d", alg="alg: ES256", directory="directory: d"):
    return GOOD + "state_dir: s\nrotation: {sig: {%s, every: %s, %s%s}}\n" % (alg, every, directory, more)


def issuer(item):
    return f"{GOOD}issuers:\n  - {item}\n"


def pairs():
    """(settings, good, bad, text in the output for the bad one)"""
    dates = "publish_at: 2099-01-01T00:00:00Z, activate_at: 2099-01-01T00:00:01Z"
    lead = "must be at least 300 s before"
    return [
        ("issuer", KEYS + PROFILES % "self", (KEYS + PROFILES % "self").split("\n", 1)[1],
         "`self` needs our own `issuer`"),
        ("keys[].name", keys("{name: a, generate: true}") + "sign_profiles: {p: {key: a, ttl: 1m}}\n",
         keys("{name: b, generate: true}") + "sign_profiles: {p: {key: a, ttl: 1m}}\n", "no series `a`"),
        ("keys[].file", keys("{name: a, file: a.pem}"), keys("{name: a, file: none.pem}"), "cannot be read"),
        ("keys[].password", keys('{name: a, file: a.enc.pem, password: "env:RIGHT"}'),
         keys('{name: a, file: a.enc.pem, password: "env:WRONG"}'), "keys[0].file"),
        ("keys[].jwk", keys('{name: a, jwk: "env:JWK"}'), keys('{name: a, jwk: "env:WRONG"}'), "keys[0].jwk"),
        ("keys[].secret", secret('secret: "env:SECRET"'), secret('secret: "env:NONE"'), "no variable NONE"),
        ("keys[].secret_b64", secret('secret_b64: "env:B64"'), secret('secret_b64: "env:WRONG"'),
         "base64url"),
        ("keys[].generate", keys("{name: a, generate: true}"), keys("{name: a}"), "needs exactly one of"),
        ("keys[].allow_weak_hmac", secret('allow_weak_hmac: true, secret: "env:WRONG"'),
         secret('secret: "env:WRONG"'), "needs a key of at least"),
        ("keys[].issuer", secret('secret: "env:SECRET"') + PROFILES % "a",
         secret('secret: "env:SECRET"').replace("issuer: urn:a, ", "") + PROFILES % "a",
         "has no `issuer` of its own"),
        ("keys[].emergency", keys("{name: a, generate: true, emergency: true, " + dates + "}"),
         keys("{name: a, generate: true, " + dates + "}"), lead),
        ("keys[].compat", secret('secret: "env:SECRET"'), secret('compat: jwt_pro, secret: "env:SECRET"'),
         "reads payloads that were encrypted without JWE"),
        ("issuers[].name", issuer("{name: corp, issuer: urn:c, " + SETS + "}") + PROFILES % "corp",
         issuer("{name: other, issuer: urn:c, " + SETS + "}") + PROFILES % "corp", "`corp` is neither"),
        ("issuers[].allow_insecure_http",
         issuer('{name: a, issuer: urn:c, jwks_uri: "http://a.example/", allow_insecure_http: true}'),
         issuer('{name: a, issuer: urn:c, jwks_uri: "http://a.example/"}'), "plain http needs"),
        ("callers[].name", GOOD + "keys: [{name: a, use: enc, generate: true, callers: [test]}]\n",
         GOOD + "keys: [{name: a, use: enc, generate: true, callers: [nobody]}]\n", "no caller `nobody`"),
        ("sign_profiles.NAME.iss",
         secret('secret: "env:SECRET"') + "sign_profiles: {p: {key: a, ttl: 1m, iss: urn:a}}\n",
         secret('secret: "env:SECRET"') + "sign_profiles: {p: {key: a, ttl: 1m, iss: urn:b}}\n",
         "must be the issuer of its series"),
        ("server.sandbox", GOOD + "server: {sandbox: true}\n", GOOD + "server: {sandbox: false}\n",
         "can start programs"),
        ("state_dir", plan(), plan().replace("state_dir: s\n", ""), "its keys cannot be revoked"),
        ("rotation.NAME.alg", plan(), plan(alg="alg: HS256"), "is for secrets"),
        ("rotation.NAME.use", plan(alg="alg: ECDH-ES+A256KW, use: enc"), plan(alg="alg: ECDH-ES+A256KW"),
         "add `use: enc`"),
        ("rotation.NAME.every", plan(), plan(", lead: 24h", every="36h"), "must be at least twice `lead`"),
        ("rotation.NAME.lead", plan(), plan(", lead: 299s"), "must be at least 5m"),
        ("rotation.NAME.directory", plan(), plan(directory="directory: a.pem"), "is not a folder"),
        ("rotation.NAME.retire_after",
         plan(", lead: 10m, retire_after: 1h", every="1h", alg="alg: ECDH-ES+A256KW, use: enc"),
         plan(", lead: 10m", every="1h", alg="alg: ECDH-ES+A256KW, use: enc"),
         "keys would be published at once"),
        ("rotation.NAME.password", plan(', password: "file:a.pem"'), plan(', password: "file:none"'),
         "cannot be read"),
        ("rotation.NAME.callers", plan(", callers: [test]", alg="alg: ECDH-ES+A256KW, use: enc"),
         plan(", callers: [nobody]", alg="alg: ECDH-ES+A256KW, use: enc"), "no caller `nobody`"),
        ("rotation.NAME.allow_zip", plan(alg="alg: ECDH-ES+A256KW, use: enc"),
         plan(", allow_zip: true", alg="alg: ECDH-ES+A256KW, use: enc"), "of a compressed message"),
        ("rotation.NAME.emergency", plan(", lead: 10s, emergency: true", every="1m"),
         plan(", lead: 10s", every="1m"), "must be at least 5m"),
        ("reload.poll", GOOD + "reload: {poll: 1s}\n", GOOD + "reload: {watch: false, poll: 1s}\n",
         "needs `watch: true`"),
        ("limits.jwks_keys", issuer('{name: a, issuer: urn:c, jwks_file: two.json}'),
         issuer('{name: a, issuer: urn:c, jwks_file: two.json}') + "limits: {jwks_keys: 1}\n",
         "more keys than limits.jwks_keys"),
        ("audit.timeout", GOOD + "audit: {file: audit.log, timeout: 1s}\n",
         GOOD + "audit: {file: audit.log, timeout: 1h}\n", "audit.timeout"),
        ("limits.jwks_bytes", issuer('{name: a, issuer: urn:c, jwks_file: two.json}'),
         issuer('{name: a, issuer: urn:c, jwks_file: two.json}') + "limits: {jwks_bytes: 1KiB}\n",
         "issuers[0].jwks_file"),
    ]  # fmt: skip


def all_probes():
    """(settings, probe) of every kind; a probe fails by AssertionError."""
    files, variables = policy_probes.key_files()

    def probe(good, bad, says):
        def run():
            is_good, text = check(good, files, variables)
            assert is_good and says not in text, f"the good one has this output: {text}"
            assert says in check(bad, files, variables)[1], f"the output for the bad one lacks: {says}"

        return run

    for setting, good, bad, says in pairs():
        yield {setting}, probe(good, bad, says)
    with contextlib.ExitStack() as stack:
        for module in (policy_probes, gateway_probes, server_probes, issuer_probes, caller_probes, tls_probes,
                       audit_probes):  # fmt: skip
            yield from module.running_probes(stack)
