"""Probes of what profiles say about gateways: services that trust this machine as one, and one that does not."""
import service
from policy_probes import marked, observes
from probe_world import BINARY, FUTURE, PARTNER, hs

LISTEN = 'listen: [{address: "127.0.0.1:0", endpoints: [all]}]'
KEY = 'keys: [{name: partner, kid: p1, alg: HS256, secret: "file:partner", issuer: "urn:partner"}]\n'
TRUSTED = "trusted_proxies: 127.0.0.1"

# the profiles; each has also its issuer and audiences
PROFILES = {
    "default": "",
    "usual": "",
    "envoy": "dialects: envoy",
    "equals": "claims: {c: {equals: a}}",
    "one_of": "claims: {c: {one_of: [a, b]}}",
    "contains": "claims: {c: {contains: a}}",
    "all": "scopes: {all: [r, w]}",
    "any": "scopes: {any: [r, w]}",
    "rules": "rules: [{path: /open}, {methods: [GET], path: /get}, {path: /read, scopes: r}, "
             "{path: /own, claims: {c: a}}]",
    "exempt": "exempt: /free",
    "preflight": "allow_cors_preflight: true",
    "cookie": "token_sources: {cookie: session}",
    "query": "token_sources: {query: token}",
    "realm": "realm: orders",
    "age": "decision_max_age: 10s",
}  # fmt: skip


def configuration(server):
    lines = [f"  {name}: {{issuers: [partner], audiences: none{more and ', ' + more}}}" for name, more in PROFILES.items()]
    return f"server: {{{LISTEN}{server}}}\n{KEY}verify_profiles:\n" + "\n".join(lines) + "\n"


def token(**claims):
    return hs({"iss": "urn:partner", "exp": FUTURE, "sub": "s", **claims}, PARTNER)


def metadata(method="GET", uri="/"):
    return {"X-Forwarded-Method": method, "X-Forwarded-Uri": uri, "X-Forwarded-Proto": "https",
            "X-Forwarded-Host": "api.example"}  # fmt: skip


class Gateways:
    """`trusting` takes our word about the original request, `asked_plainly` does not; `asked_forward` trusts
    us, and /auth itself is of the dialect forward."""

    def __init__(self, stack):
        def start(server):
            return stack.enter_context(service.start(BINARY, configuration(server), {"partner": PARTNER}))

        self.trusting = start(f", {TRUSTED}")
        self.asked_plainly = start("")
        self.asked_forward = start(f", {TRUSTED}, default_auth_dialect: forward")

    def ask(self, profile, bearer=None, method="GET", uri="/", to=None, **more):
        """The reply to a question in the dialect forward; `bearer` is a token, and "" means none."""
        bearer = token() if bearer is None else bearer
        headers = {**metadata(method, uri), **more}
        if bearer:
            headers["Authorization"] = "Bearer " + bearer
        return (to or self.trusting).get(f"/auth/forward/{profile}", headers)

    def statuses(self, profile, *questions):
        return [self.ask(profile, **one).status for one in questions]

    @observes("server.trusted_proxies")
    def trusted(self):
        found = [self.ask("usual", to=one).status for one in (self.trusting, self.asked_plainly)]
        assert found == [200, 403], found

    @observes("server.default_auth_dialect")
    def default_dialect(self):
        bearer = {"Authorization": "Bearer " + token()}
        found = [one.get("/auth", {**bearer, **more}).status for one in (self.trusting, self.asked_forward)
                 for more in ({}, metadata())]  # fmt: skip
        assert found == [200, 200, 400, 200], found

    @observes("verify_profiles.NAME.dialects")
    def dialects(self):
        bearer = {"Authorization": "Bearer " + token()}
        envoy = [self.trusting.get(f"/auth/envoy/{name}/x", {**bearer, "X-Forwarded-Proto": "https"}).status
                 for name in ("usual", "envoy")]  # fmt: skip
        forward = [self.ask(name).status for name in ("usual", "envoy")]
        assert (envoy, forward) == ([403, 200], [200, 403]), (envoy, forward)

    @observes("verify_profiles.NAME.claims.equals", "verify_profiles.NAME.claims.one_of",
              "verify_profiles.NAME.claims.contains")  # fmt: skip
    def claims(self):
        values = ("a", "b", ["a", "b"], "c")
        found = {name: self.statuses(name, *({"bearer": token(c=value)} for value in values))
                 for name in ("usual", "equals", "one_of", "contains")}  # fmt: skip
        assert found == {"usual": [200, 200, 200, 200], "equals": [200, 401, 401, 401],
                         "one_of": [200, 200, 401, 401], "contains": [401, 401, 200, 401]}, found  # fmt: skip

    @observes("verify_profiles.NAME.scopes.all", "verify_profiles.NAME.scopes.any")
    def scopes(self):
        values = ("r w", "w", "x")
        found = {name: self.statuses(name, *({"bearer": token(scope=value)} for value in values))
                 for name in ("usual", "all", "any")}  # fmt: skip
        assert found == {"usual": [200, 200, 200], "all": [200, 403, 403], "any": [200, 200, 403]}, found

    @observes("verify_profiles.NAME.rules", "verify_profiles.NAME.rules[].path", "verify_profiles.NAME.rules[].methods",
              "verify_profiles.NAME.rules[].scopes", "verify_profiles.NAME.rules[].claims")  # fmt: skip
    def rules(self):
        questions = [{"uri": "/open"}, {"uri": "/other"}, {"uri": "/get"}, {"uri": "/get", "method": "POST"},
                     {"uri": "/read"}, {"uri": "/read", "bearer": token(scope="r")}, {"uri": "/own"},
                     {"uri": "/own", "bearer": token(c="a")}]  # fmt: skip
        found = [self.statuses(name, *questions) for name in ("usual", "rules")]
        assert found == [[200] * 8, [200, 403, 200, 403, 403, 200, 403, 200]], found

    @observes("verify_profiles.NAME.exempt")
    def exempt(self):
        questions = [{"bearer": "", "uri": "/free"}, {"bearer": "", "uri": "/free/x"}]
        found = [self.statuses(name, *questions) for name in ("usual", "exempt")]
        assert found == [[401, 401], [200, 401]], found

    @observes("verify_profiles.NAME.allow_cors_preflight")
    def preflight(self):
        asked = {"Origin": "https://app.example", "Access-Control-Request-Method": "POST"}
        found = [self.ask(name, "", "OPTIONS", **asked).status for name in ("usual", "preflight")]
        assert found == [401, 200], found

    @observes("verify_profiles.NAME.token_sources", "verify_profiles.NAME.token_sources[].cookie",
              "verify_profiles.NAME.token_sources[].query")  # fmt: skip
    def sources(self):
        found = {}
        for name in ("usual", "cookie", "query"):
            in_cookie = self.ask(name, "", Cookie="session=" + token())
            in_query = self.ask(name, "", uri="/?token=" + token())
            found[name] = [self.ask(name).status, in_cookie.status, in_query.status]
        assert found == {"usual": [200, 401, 401], "cookie": [401, 200, 401], "query": [401, 401, 200]}, found

    @observes("verify_profiles.NAME.realm")
    def realm(self):
        found = [self.ask(name, "").headers["www-authenticate"] for name in ("usual", "realm")]
        assert found == ['Bearer realm="signet"', 'Bearer realm="orders"'], found

    @observes("verify_profiles.NAME.decision_max_age")
    def age(self):
        found = [self.ask(name).headers["cache-control"] for name in ("usual", "age")]
        assert found == ["no-store", "private, max-age=10"], found


def running_probes(stack):
    yield from marked(Gateways(stack))
