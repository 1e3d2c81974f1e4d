"""Tokens from cookies and from the client's query, where the profile lists them."""
import unittest

import callouts
import dialects_world
import signet_world
import wire
from callouts import Client

READER = signet_world.TOKENS["reader"]
ORIGIN = ("Origin", f"https://{wire.HOST}")
UPGRADE = (("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"),
           ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="))  # fmt: skip


def setUpModule():
    global signet
    signet = dialects_world.start()


def tearDownModule():
    signet.stop()


def cookie(text):
    return ("Cookie", text)


class Case(unittest.TestCase):
    def status(self, method="GET", target="/", *headers):
        octets = callouts.traefik(Client(method, target, headers=tuple(headers)), "shop")
        return wire.ask(signet.data_port, octets).status


class Cookies(Case):
    def test_may_hold_the_token_of_a_safe_request(self):
        for method in ("GET", "HEAD", "OPTIONS"):
            self.assertEqual(self.status(method, "/", cookie(f"a=b; session={READER}; c=d")), 200)

    def test_need_the_origin_of_the_request_for_any_other(self):
        mine = cookie(f"session={READER}")
        for method in ("POST", "DELETE", "ANY"):
            self.assertEqual(self.status(method, "/", mine), 403)
            self.assertEqual(self.status(method, "/", mine, ("Origin", "https://evil.example.com")), 403)
            self.assertEqual(self.status(method, "/", mine, ("Origin", f"http://{wire.HOST}")), 403)
            self.assertEqual(self.status(method, "/", mine, ("Origin", f"https://{wire.HOST}.evil.example")), 403)
            self.assertEqual(self.status(method, "/", mine, ("Origin", "null")), 403)
            self.assertEqual(self.status(method, "/", mine, ORIGIN, ORIGIN), 403)
            self.assertEqual(self.status(method, "/", mine, ORIGIN), 200)

    def test_need_it_for_web_sockets_too(self):
        mine = cookie(f"session={READER}")
        self.assertEqual(self.status("GET", "/", mine, *UPGRADE), 403)
        self.assertEqual(self.status("GET", "/", mine, ORIGIN, *UPGRADE), 200)

    def test_of_another_name_are_no_token(self):
        for text in (f"xsession={READER}", f"a=session={READER}", f"session2={READER}"):
            self.assertEqual(self.status("GET", "/", cookie(text)), 401, text)

    def test_are_no_token_where_the_profile_does_not_list_them(self):
        octets = callouts.traefik(Client(headers=(cookie(f"session={READER}"),)), "orders")
        self.assertEqual(wire.ask(signet.data_port, octets).status, 401)


class Parameters(Case):
    def test_may_hold_the_token(self):
        self.assertEqual(self.status("GET", f"/?a=b&access_token={READER}&c=d"), 200)

    def test_of_the_question_itself_are_not_the_clients(self):
        octets = callouts.traefik(Client("GET", "/"), "shop")
        octets = octets.replace(b"/shop HTTP", f"/shop?access_token={READER} HTTP".encode(), 1)
        self.assertEqual(wire.ask(signet.data_port, octets).status, 401)


class Several(Case):
    def test_tokens_refuse_wherever_they_are(self):
        header, mine = ("Authorization", f"Bearer {READER}"), cookie(f"session={READER}")
        query = f"/?access_token={READER}"
        self.assertEqual(self.status("GET", "/", header, mine), 401)
        self.assertEqual(self.status("GET", query, header), 401)
        self.assertEqual(self.status("GET", query, mine), 401)
        self.assertEqual(self.status("GET", "/", cookie(f"session={READER}; session=x")), 401)
        self.assertEqual(self.status("GET", "/", mine, cookie("session=x")), 401)
        self.assertEqual(self.status("GET", f"{query}&access_token=x"), 401)
        self.assertEqual(self.status("GET", "/", header), 200)


if __name__ == "__main__":
    unittest.main()
