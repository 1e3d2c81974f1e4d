"""Every member of every request and every setting has an effect, or is refused.

service/openapi.yaml has the members of requests, and config/schema.json (like docs/configuration.md) the
settings. For each of them, and for each way to use it, this test has a probe: two requests or
configurations that differ in nothing else. A member or setting without a probe fails the test, and so does
a probe for one that the documents do not name.

To add a member: one `row(member, context, value, outcome)` (rows.py) for each context in
verify_probes.py, sign_probes.py or encryption_probes.py; it is tried everywhere where such requests
appear (batches, `verify` of /decrypt, `encrypt` of /sign...).
To add a setting: one line, of `pairs` in setting_probes.py (two configurations for `signet
check-config`) or of `VERIFY` or `SIGN` in policy_probes.py (two profiles); or a method of a running
service whose decorator names the settings that it observes.
"""
import collections
import json
import sys
import time

import documented
import places
import rows
import service
import setting_probes
from probe_world import AS_CALLER, BINARY, SHA, World, hs, partner

problems = []


def check_requests():
    world = World()
    members, probed = documented.request_members(), collections.defaultdict(set)
    probed_in = {}
    with world.service:
        for place in places.all_places(world):
            for row in place.rows:
                path = place.at + row.member
                probed[path].add(row.context)
                probed_in[path] = place.contexts
                if problem := place.probe(row):
                    problems.append(problem)
            check_empty_lists(place, members)
        check_batches(world, probed)
    check_rotation(probed)
    check_development(probed)
    for path in sorted(members.keys() - probed.keys()):
        problems.append(f"{path}: unknown member, no probe says what it decides")
    for path in sorted(probed.keys() - members.keys()):
        problems.append(f"{path}: the documents name no such member")
    for path, contexts in probed_in.items():
        for context in set(contexts) - probed[path]:
            problems.append(f"{path}: has no probe for {context}")
    return len(probed)


def check_empty_lists(place, members):
    """An empty list never means a default: it is 400, which names the list if it is one of ours."""
    for path, is_list in members.items():
        name = path.removeprefix(place.at)
        if not is_list or not path.startswith(place.at) or set(name) & set(" .["):
            continue
        if name in ("tokens", "items"):
            continue
        for context in place.contexts:
            base = dict(place.bases[context])
            if name == "keys":
                base = {key: value for key, value in base.items() if key not in ("secret", "secret_b64")}
            row = rows.row(name, context, [], "400")
            outcome = places.said(place.post({**base, name: []}, row), name)
            if outcome not in ("400", "key_invalid" if name == "keys" else "400"):
                problems.append(f"{path} = [] ({context}): is {outcome}")


def check_batches(world, probed):
    """The members that make a batch."""
    good, bad = partner(), hs({})
    for path, name, one, other in (
        ("/verify/batch", "tokens", [good], [bad]),
        ("/verify/batch", "items", [{"token": good}], [{"token": bad}]),
        ("/sign/batch", "items", [{"claims": {}}], [{"payload": "x"}]),
    ):
        outcomes = [world.post(path, {name: value}) for value in (one, other, [])]
        first, second = (places.said(reply["results"][0], name) for reply in outcomes[:2])
        probed[f"{path} {name}"].add("whole")
        if first != "200" or second == "200" or places.said(outcomes[2], name) != "400":
            problems.append(f"{path} {name}: is {outcomes}")


def check_rotation(probed):
    """The members of /keys/rotate, on a service that rotates a series."""
    text = ("issuer: https://tokens.example.com\ncallers: [{name: test, secret_sha256: %s, roles: [admin]}]\n"
            "state_dir: state\nrotation: {sig: {alg: ES256, every: 30d, directory: rotated}}\n" % SHA)  # fmt: skip
    with service.start(BINARY, text) as running:
        def ask(**body):
            reply = running.request("POST", "/keys/rotate", json.dumps(body),
                                    {"Content-Type": "application/json", **AS_CALLER}, running.admin_port)  # fmt: skip
            return "200" if reply.status == 200 else reply.json["code"]

        found = [ask(series="sig"), ask(series="other"), ask(series="sig", emergency=True), ask()]
    wanted = ["rotation_too_early", "request_invalid", "200", "request_invalid"]
    for name in ("series", "emergency"):
        probed[f"/keys/rotate {name}"].add("whole")
    if found != wanted:
        problems.append(f"/keys/rotate: is {found}, not {wanted}")


def check_development(probed):
    """The members of /dev/NAME/sign, of a development issuer."""
    with service.start(BINARY, arguments=(*service.DEVELOPMENT, "--dev-issuer", "acme")) as running:
        def ask(**body):
            reply = running.post("/dev/acme/sign", body)
            return "200" if reply.status == 200 else reply.json["code"]

        for name, body, wanted in (
            ("claims", {"claims": []}, "request_invalid"),
            ("fault", {"claims": {"exp": 1}, "fault": "expired"}, "request_invalid"),
            ("kid", {"claims": {}, "kid": "nobody"}, "key_not_found"),
            ("typ", {"claims": {}, "typ": 1}, "request_invalid"),
            ("expires_in", {"claims": {}, "expires_in": 0}, "request_invalid"),
        ):
            probed[f"/dev/{{issuer}}/sign {name}"].add("whole")
            if (found := ask(**body)) != wanted:
                problems.append(f"/dev/{{issuer}}/sign {name}: is {found}")


def check_settings():
    known, probed = documented.settings(), set()
    for settings, probe in setting_probes.all_probes():
        probed |= settings
        try:
            probe()
        except AssertionError as failed:
            problems.append(f"{', '.join(sorted(settings))}: {failed}")
    for name in sorted(known - probed):
        problems.append(f"{name}: unknown setting, no probe says what it decides")
    for name in sorted(probed - known):
        problems.append(f"{name}: the documents name no such setting")
    return len(probed)


def main():
    began = time.monotonic()
    members = check_requests()
    settings = check_settings() if "requests" not in sys.argv else 0
    for problem in problems:
        print(problem)
    took = time.monotonic() - began
    print(f"{members} members, {settings} settings, {len(problems)} problems, {took:.1f} s")
    return 1 if problems or members < 300 else 0


if __name__ == "__main__":
    sys.exit(main())
