"""Questions that are wrong, forged or too large: none passes what the policy refuses, and none goes unanswered."""
import unittest

import callouts
import dialects_world
import signet_world
import wire
from callouts import Client
from dialects_world import for_each

TOKENS = signet_world.TOKENS
ILL_FORMED = {"Envoy": 400, "nginx": 403, "ingress-nginx": 403}  # else 400
METADATA = {
    "forward": ("X-Forwarded-Method", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Uri"),
    "nginx": ("X-Original-Method", "X-Original-URL"),
    "envoy": ("x-forwarded-proto",),
}
BUILDERS = {"forward": callouts.FORWARD, "nginx": callouts.NGINX, "envoy": callouts.ENVOY}
TRICKS = [
    "/public//x", "//public/x", "/public/../orders/7", "/public/./x", "/public/..", "/public/%2e%2e/orders/7",
    "/public/%2E%2e/orders", "/public/.%2e/orders", "/public/%2e/x", "/public/..%2forders", "/public/%2F",
    "/public/%2f", "/public/%5c..%5corders", "/public/%5C", "/public/\\..\\orders", "/public/..;/orders",
    "/public;x=1/y", "/public/;", "/public/%3b", "/public/%252e%252e/orders", "/public/%25", "/public/%2", "/public/%",
    "/public/%zz", "/public/%u002e", "/public/%00", "/public/%0d%0a", "/public/%7f", "/public/%c0%ae",
    "/public/#/../orders", "public/x",
]  # fmt: skip


def setUpModule():
    global signet
    signet = dialects_world.start()


def tearDownModule():
    signet.stop()


def without(octets, name):
    head, end, body = octets.partition(b"\r\n\r\n")
    lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(name.lower().encode() + b":")]
    return b"\r\n".join(lines) + end + body


def line_of(octets, name):
    return next(line for line in octets.split(b"\r\n") if line.lower().startswith(name.lower().encode() + b":"))


def with_line(octets, line):
    return octets.replace(b"\r\n\r\n", b"\r\n" + line + b"\r\n\r\n", 1)


def each_metadata():
    """Every gateway with each header that it must send once: its question for a public path, the header, and the status
    of a question that is ill-formed."""
    return {
        f"{gateway}, {name}": (build(Client("GET", "/healthz")), name, ILL_FORMED.get(gateway, 400))
        for dialect, names in METADATA.items()
        for gateway, build in BUILDERS[dialect].items()
        for name in names
    }


class Case(unittest.TestCase):
    def status(self, octets, where=None):
        answer = wire.ask(where or signet.data_port, octets)
        self.assertEqual(answer.body, b"", answer)
        return answer.status


class Metadata(Case):
    @for_each(each_metadata())
    def test_missing_refuses(self, of):
        octets, name, status = of
        self.assertEqual(self.status(without(octets, name)), status)

    @for_each(each_metadata())
    def test_empty_refuses(self, of):
        octets, name, status = of
        self.assertEqual(self.status(with_line(without(octets, name), name.encode() + b":")), status)

    @for_each(each_metadata())
    def test_repeated_refuses_also_with_the_same_value(self, of):
        octets, name, status = of
        self.assertEqual(self.status(with_line(octets, line_of(octets, name))), status)

    @for_each(each_metadata())
    def test_with_underscores_refuses_next_to_it_and_in_its_place(self, of):
        octets, name, status = of
        other = line_of(octets, name).replace(b"-", b"_", 1)
        self.assertEqual(self.status(with_line(octets, other)), status)
        self.assertEqual(self.status(with_line(without(octets, name), other)), status)

    @for_each(callouts.ALL)
    def test_of_another_dialect_is_ignored(self, ask):
        original = [("X-Original-URL", "https://orders.example.com/healthz"), ("X-Original-Method", "GET")]
        forwarded = [("X-Forwarded-Uri", "/healthz"), ("X-Forwarded-Method", "GET")]
        in_forward, in_nginx = ask in callouts.FORWARD.values(), ask in callouts.NGINX.values()
        spoofed = ([] if in_nginx else original) + ([] if in_forward else forwarded)
        self.assertEqual(self.status(ask(Client("POST", "/orders"), more=spoofed)), 401)

    def test_a_url_must_be_one(self):
        for url in ("/healthz", "orders.example.com/healthz", "ftp://orders.example.com/healthz", "https:///healthz",
                    "https://orders.example.com", "https://a@orders.example.com/healthz", "https://x?/healthz",
                    "https://orders.example.com/healthz, https://x/",
                    "https://orders.example.com/healthz#x"):  # fmt: skip
            octets = without(callouts.nginx(Client()), "X-Original-URL")
            with self.subTest(url=url):
                self.assertEqual(self.status(with_line(octets, f"X-Original-URL: {url}".encode())), 403)

    def test_counts_only_from_trusted_gateways_and_the_unix_socket(self):
        with dialects_world.start(trusted="192.0.2.1", listeners=', "unix:signet.sock"') as other:
            for ask in callouts.ALL.values():
                octets = ask(Client(token=TOKENS["reader"]))
                self.assertEqual(self.status(octets, other.data_port), 403)
                self.assertEqual(self.status(ask(Client("GET", "/healthz")), other.data_port), 403)
                self.assertEqual(self.status(octets, other.folder / "signet.sock"), 200)
            plain = callouts.nginx_gateway_fabric(Client(token=TOKENS["reader"]))
            self.assertEqual(self.status(plain, other.data_port), 200)


class Profile(Case):
    @for_each(callouts.ALL)
    def test_that_does_not_name_the_dialect_or_does_not_exist_refuses(self, ask):
        for profile in ("tokens", "nobody", "ORDERS", "orders%20", "%6frders"):
            self.assertEqual(self.status(ask(Client("GET", "/healthz"), profile)), 403, profile)

    def test_is_not_chosen_by_the_query(self):
        for ask in (callouts.traefik, callouts.nginx):
            octets = ask(Client()).replace(b"/orders HTTP", b"/orders?profile=tokens&realm=x HTTP", 1)
            self.assertEqual(self.status(octets), 401)

    def test_is_mandatory_for_envoy(self):
        for target in ("/auth/envoy", "/auth/envoy/", "/auth/envoy//healthz", "/auth/envoyx/orders/healthz"):
            octets = callouts.envoy(Client()).replace(b"/auth/envoy/orders/orders/7", target.encode(), 1)
            answer = wire.ask(signet.data_port, octets)
            self.assertIn(answer.status, (400, 403, 404), (target, answer))


class Paths(Case):
    @for_each(callouts.ALL)
    def test_that_can_be_read_in_two_ways_refuse_before_exemptions_and_rules(self, ask):
        for target in TRICKS:
            if ask is callouts.envoy and ("#" in target or not target.startswith("/")):
                continue  # those are no path of a request
            octets = ask(Client("GET", target, TOKENS["writer"]))
            self.assertIn(wire.ask(signet.data_port, octets).status, (400, 403), target)

    @for_each(callouts.ALL)
    def test_encoded_once_are_the_same_path(self, ask):
        self.assertEqual(self.status(ask(Client("GET", "/%6frders/%37", TOKENS["reader"]))), 200)
        self.assertEqual(self.status(ask(Client("GET", "/%61dmin", TOKENS["reader"]))), 403)

    @for_each(callouts.ALL)
    def test_of_8_kib_and_more_refuse(self, ask):
        answer = wire.ask(signet.data_port, ask(Client("GET", "/public/" + "x" * 8192)))
        self.assertIn(answer.status, (403, 414, 431), answer)


class Tokens(Case):
    def test_two_or_none_refuse(self):
        good, other = f"Bearer {TOKENS['reader']}", f"Bearer {TOKENS['writer']}"
        for values in ([good, other], [good, good], [f"{good}, {other}"], ["Bearer "], ["Bearer"], [""], ["Basic eDp5"],
                       [f"{good} x"], [good, "Basic eDp5"]):  # fmt: skip
            headers = tuple(("Authorization", value) for value in values)
            for ask in callouts.ALL.values():
                self.assertEqual(self.status(ask(Client(headers=headers))), 401, values)


class Forms(Case):
    @for_each(callouts.ALL)
    def test_announced_bodies_are_not_waited_for(self, ask):
        octets = without(ask(Client(token=TOKENS["reader"])), "content-length")
        for line in (b"Content-Length: 11", b"Content-Length: 65536"):
            answer = wire.ask(signet.data_port, with_line(octets, line), patience=30)
            self.assertEqual((answer.status, answer.first("Connection")), (200, "close"), line)

    @for_each(callouts.ALL)
    def test_web_socket_handshakes_are_questions_like_others(self, ask):
        upgrade = [("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"),
                   ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")]  # fmt: skip
        if ask is not callouts.ingress_nginx:  # HTTP/1.0 has no upgrades
            self.assertEqual(self.status(ask(Client(token=TOKENS["reader"]), more=upgrade)), 200)
            self.assertEqual(self.status(ask(Client(), more=upgrade)), 401)

    @for_each(callouts.ALL)
    def test_http_1_0_is_answered(self, ask):
        octets = ask(Client(token=TOKENS["reader"])).replace(b" HTTP/1.1\r\n", b" HTTP/1.0\r\n", 1)
        self.assertEqual(self.status(octets), 200)

    @for_each(callouts.ALL)
    def test_heads_of_64_kib_are_refused(self, ask):
        large = [(f"X-Large-{number}", "x" * 8000) for number in range(8)]
        answer = wire.ask(signet.data_port, ask(Client(token=TOKENS["reader"]), more=large))
        self.assertEqual(answer.status, 431, answer)


if __name__ == "__main__":
    unittest.main()
