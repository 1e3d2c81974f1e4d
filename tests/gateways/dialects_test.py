"""What each gateway is answered in its own dialect, to questions that are byte for byte its own."""
import unittest

import callouts
import dialects_world
import signet_world
import wire
from callouts import Client
from dialects_world import for_each

MAPPED = ("X-Auth-Subject", "X-Auth-Issuer", "X-Auth-Scopes")
TOKENS = signet_world.TOKENS
TOKEN_OF_LOST_KEYS = signet_world.token(iss=dialects_world.LOST_ISSUER)
PREFLIGHT = (("Origin", "https://shop.example.com"), ("Access-Control-Request-Method", "POST"))


def setUpModule():
    global signet
    signet = dialects_world.start()


def tearDownModule():
    signet.stop()


class Case(unittest.TestCase):
    def ask(self, octets):
        """Asks, and checks what holds for every answer: it has no body, and may be kept by nobody unless it says so."""
        answer = wire.ask(signet.data_port, octets)
        self.assertEqual(answer.body, b"", answer)
        self.assertEqual(len(answer.all("Cache-Control")), 1, answer)
        return answer

    def refused(self, octets, status, challenge=None):
        answer = self.ask(octets)
        self.assertEqual(answer.status, status, answer)
        self.assertEqual([answer.first(name) for name in MAPPED], [None] * 3, answer)
        self.assertEqual(answer.first("Cache-Control"), "no-store")
        if challenge is not None:
            self.assertIn(challenge, answer.first("WWW-Authenticate") or "", answer)
        return answer


class Permission(Case):
    @for_each(callouts.ALL)
    def test_says_200_with_every_mapped_header(self, ask):
        answer = self.ask(ask(Client(token=TOKENS["reader"])))
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual([answer.all(name) for name in MAPPED],
                         [["ada"], ["https://id.example.com"], ["orders:read"]])  # fmt: skip

    @for_each(callouts.ALL)
    def test_any_method_is_the_clients(self, ask):
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            self.assertEqual(self.ask(ask(Client(method, token=TOKENS["writer"]))).status, 200)
            self.refused(ask(Client(method, token=TOKENS["reader"])), 403)
        self.assertEqual(self.ask(ask(Client("HEAD", token=TOKENS["reader"]))).status, 200)

    @for_each(callouts.ALL)
    def test_exempt_paths_and_preflights_have_every_header_empty(self, ask):
        clients = (Client("GET", "/healthz"), Client("GET", "/public/a/b?x=1"), Client("GET", "/public"),
                   Client("GET", "/healthz", TOKENS["expired"]), Client("OPTIONS", "/orders", headers=PREFLIGHT))
        for client in clients:
            answer = self.ask(ask(client))
            self.assertEqual(answer.status, 200, (client, answer))
            self.assertEqual([answer.all(name) for name in MAPPED], [[""]] * 3)

    @for_each(callouts.ALL)
    def test_scopes_are_one_text_whatever_their_form(self, ask):
        forms = ({"scope": ["orders:read", "a"]}, {"scope": None, "scp": ["orders:read", "a"]},
                 {"scope": None, "scp": "orders:read a"})  # fmt: skip
        for form in forms:
            answer = self.ask(ask(Client(token=signet_world.token(**form))))
            self.assertEqual(answer.first("X-Auth-Scopes"), "orders:read a", (form, answer))

    def test_may_be_kept_where_the_profile_says_so_and_never_past_the_expiry(self):
        kept = self.ask(callouts.nginx(Client(token=TOKENS["reader"]), "catalogue"))
        self.assertEqual(kept.first("Cache-Control"), "private, max-age=10")
        short = signet_world.token(exp=signet_world.now() + 6)
        left = self.ask(callouts.nginx(Client(token=short), "catalogue")).first("Cache-Control")
        self.assertIn(left, {f"private, max-age={seconds}" for seconds in range(1, 7)})

    @for_each(callouts.ALL)
    def test_is_not_kept_elsewhere(self, ask):
        self.assertEqual(self.ask(ask(Client(token=TOKENS["reader"]))).first("Cache-Control"), "no-store")


class Refusal(Case):
    @for_each(callouts.ALL)
    def test_of_a_token_is_401_with_a_challenge(self, ask):
        self.refused(ask(Client()), 401, 'Bearer realm="orders"')
        self.refused(ask(Client(token=TOKENS["expired"])), 401, 'error_description="token_expired"')
        self.refused(ask(Client(token=TOKENS["foreign"])), 401, 'error_description="audience_mismatch"')
        self.refused(ask(Client(token=TOKENS["forged"])), 401, 'error="invalid_token"')

    @for_each(callouts.ALL)
    def test_of_a_request_is_403(self, ask):
        self.refused(ask(Client("POST", "/orders", TOKENS["reader"])), 403, 'error="insufficient_scope"')
        self.refused(ask(Client("POST", "/orders/7/refund", TOKENS["writer"])), 403)
        self.refused(ask(Client("GET", "/admin", TOKENS["writer"])), 403)
        self.refused(ask(Client("OPTIONS", "/orders", TOKENS["writer"])), 403)

    def test_is_never_5xx_for_envoy(self):
        tokens = [None, "", "x", *TOKENS.values()]
        for target in ("/admin", "/orders/..", "/orders//7", "/", ""):
            for token in tokens:
                self.assertLess(self.ask(callouts.envoy(Client("POST", target, token))).status, 500, (target, token))

    @for_each(callouts.NGINX)
    def test_names_its_reason_to_nginx(self, ask):
        reasons = {
            "token_expired": Client(token=TOKENS["expired"]),
            "caller_unauthenticated": Client(),
            "scope_insufficient": Client("POST", "/orders", TOKENS["reader"]),
            "access_denied": Client("GET", "/admin", TOKENS["reader"]),
            "path_forbidden": Client("GET", "/orders//7", TOKENS["reader"]),
        }
        for reason, client in reasons.items():
            self.assertEqual(self.ask(ask(client)).all("X-Auth-Error"), [reason])
        self.assertEqual(self.ask(ask(Client(token=TOKENS["reader"]))).all("X-Auth-Error"), [])

    @for_each({**callouts.ENVOY, **callouts.FORWARD})
    def test_when_it_cannot_decide_is_503(self, ask):
        self.refused(ask(Client(token=TOKEN_OF_LOST_KEYS), "lost"), 503)

    @for_each(callouts.NGINX)
    def test_when_it_cannot_decide_is_401_for_nginx(self, ask):
        answer = self.refused(ask(Client(token=TOKEN_OF_LOST_KEYS), "lost"), 401)
        self.assertEqual(answer.all("X-Auth-Error"), ["keys_unavailable"])


class EnvoyOnly(Case):
    def removed(self, client):
        names = self.ask(callouts.envoy(client)).first("x-envoy-auth-headers-to-remove") or ""
        return {name.strip().lower() for name in names.split(",") if name.strip()}

    def test_the_headers_to_remove_are_the_empty_ones(self):
        self.assertEqual(self.removed(Client(token=TOKENS["reader"])), set())
        self.assertEqual(self.removed(Client("GET", "/healthz")), {name.lower() for name in MAPPED})

    def test_the_clients_query_is_not_ours(self):
        target = "/orders/7?profile=tokens&access_token=x&" + "q" * 2000
        self.assertEqual(self.ask(callouts.envoy(Client("GET", target, TOKENS["reader"]))).status, 200)


class NginxGatewayFabricOnly(Case):
    def test_only_the_token_decides(self):
        ask = callouts.nginx_gateway_fabric
        answer = self.ask(ask(Client("DELETE", "/anything", TOKENS["reader"])))
        self.assertEqual((answer.status, answer.first("X-Auth-Subject")), (200, "ada"), answer)
        self.refused(ask(Client()), 401, 'Bearer realm="signet"')
        self.refused(ask(Client(token=TOKENS["expired"])), 401, "token_expired")


class Elsewhere(unittest.TestCase):
    def test_a_profile_that_decides_by_the_request_is_not_for_verify(self):
        reply = signet.post("/verify", {"token": TOKENS["reader"], "profile": "orders"})
        self.assertEqual((reply.status, reply.code), (400, "request_invalid"), reply)


if __name__ == "__main__":
    unittest.main()
