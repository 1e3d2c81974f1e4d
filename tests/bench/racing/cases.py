"""What a race measures, and what each case may cost at most.

A limit is a sum of weights: {"raw": 1, "nginx": 1.4} = the time of the primitive and 1.4 times that of nginx. Its
names are competitors of the same case ("nginx", "haproxy", "go", "fast-jwt", "one thread"), "fastest peer" (the
quickest of the three), "raw" (the primitive by core_bench), or the name of another case, whose Signet is meant.
"""
import dataclasses
import fnmatch
import json
import random

import workload

PEERS = ["haproxy", "go", "fast-jwt"]
LATENCY_MAX = 3  # p99 over p50 at half of peak load
BASELINE_MAX = 1.03  # CPU time over that of the commit before
ONCE = {"HS256": {"haproxy": 0.6}, "RS256": {"haproxy": 0.6}, "ES256": {"haproxy": 0.45}, "EdDSA": {"go": 0.55}}
GUESSED_RATES = {"HS256": 90_000, "RS256": 45_000, "ES256": 35_000, "EdDSA": 20_000}  # tokens a second, at most


@dataclasses.dataclass(frozen=True)
class Case:
    name: str
    endpoint: str  # auth, verify, sign, encrypt, decrypt
    alg: str
    limits: tuple  # of dicts, as above
    repeats: bool = False  # one token again and again
    threads: int = 1
    is_tls: bool = False

    @property
    def uses_tokens(self):
        return self.endpoint in ("auth", "verify", "decrypt")

    @property
    def has_peers(self):
        return self.endpoint == "auth" and self.threads == 1 and not self.is_tls

    @property
    def is_paced(self):
        """Whether it is also measured at half of peak load."""
        return self.endpoint == "auth" and self.threads == 1

    @property
    def raw(self):
        """The primitive that it is compared with: operation and algorithm of core_bench."""
        return (self.endpoint, self.alg) if self.endpoint in ("sign", "encrypt", "decrypt") else None


def all_cases():
    for alg in workload.SIGNATURES:
        cached = {"nginx": 1.2}, {"fastest peer": 0.5}
        yield Case(f"auth-one-{alg}", "auth", alg, cached, repeats=True)
        yield Case(f"auth-once-{alg}", "auth", alg, (ONCE[alg],))
        yield Case(f"verify-once-{alg}", "verify", alg, ({f"auth-once-{alg}": 1.4},))
    for alg in workload.SIGNATURES:
        yield Case(f"sign-{alg}", "sign", alg, ({"raw": 1, "nginx": 1.4},))
    for alg in workload.SEALS:
        for endpoint in "encrypt", "decrypt":
            yield Case(f"{endpoint}-{alg}", endpoint, alg, ({"raw": 1.25, "nginx": 1},))
    yield Case("threads-HS256", "auth", "HS256", ({"one thread": 1.1},), threads=2)
    yield Case("tls-HS256", "auth", "HS256", ({"plain": 1.3},), is_tls=True)


def chosen(patterns):
    """The cases that one of the patterns names, in their own order; a pattern that names none ends the program."""
    found = list(all_cases())
    if not patterns:
        return found
    for one in patterns:
        if not any(fnmatch.fnmatch(case.name, one) for case in found):
            raise SystemExit(f"no case is called {one}; there are " + " ".join(case.name for case in found))
    return [case for case in found if any(fnmatch.fnmatch(case.name, one) for one in patterns)]


def tokens_wanted(cases, seconds, most):
    """How many tokens each algorithm needs so that none is used twice in a run; at most `most`."""
    wanted = {}
    for case in cases:
        if case.endpoint in ("encrypt", "decrypt"):
            wanted[case.alg] = 0
        elif case.uses_tokens:
            count = 1 if case.repeats else min(most, int(GUESSED_RATES[case.alg] * seconds))
            wanted[case.alg] = max(wanted.get(case.alg, 1), count)
    return wanted


def request_of(case, secret):
    """The octets of a request: `{value}` is where the token goes, `{length}` the size of the body."""
    if case.endpoint == "auth":
        return b"GET /auth HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {value}\r\n\r\n"
    if case.endpoint == "verify":
        body, who = {"token": "{value}"}, ""
    else:
        who = f"Authorization: Bearer {secret}\r\n"
        body = {
            "sign": {"claims": workload.personal_claims(random.Random(1), "user1")},
            "encrypt": {"plaintext": "x" * 1024, "key_name": "sealed"},
            "decrypt": {"token": "{value}", "key_name": "sealed"},
        }[case.endpoint]
    text = json.dumps(body, separators=(",", ":"))
    return (f"POST /{case.endpoint} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n{who}"
            f"Content-Length: {{length}}\r\n\r\n{text}").encode()  # fmt: skip


def filled(request, value):
    """A request that can be sent as it is."""
    whole = request.replace(b"{value}", value.encode())
    body = whole.split(b"\r\n\r\n", 1)[1]
    return whole.replace(b"{length}", str(len(body)).encode())
