"""nginx with deploy/gateways/nginx/signet_kept.conf: whose permission is kept, for how long, and for nobody else."""
import os
import pathlib
import sys
import tempfile
import time

import application
import gateway
import loopback
import nginx_config
import ports
import signet_world
import wire

PATIENCE = 30  # seconds
DECISIONS = "/run/nginx-decisions"  # as the sample says
KEPT_FOR = 10  # seconds, as the sample says
failures = 0


def check(what, holds, seen=""):
    global failures
    failures += not holds
    print(f"  {'ok   ' if holds else 'WRONG'}  {what}  {'' if holds else seen}")


class Counting:
    """In front of Signet: passes each question on over a connection of its own, and counts them."""

    def __init__(self, signet):
        self.count, self.is_down, self.says, self._signet = 0, False, None, signet
        self._server = loopback.Server(self._serve)
        self.port, self.close = self._server.port, self._server.close

    def _serve(self, client, closing):
        while not closing.is_set():
            method, target, headers = loopback.read_head(client)
            self.count += 1
            if self.is_down:
                return
            if self.says:  # in place of Signet
                client.sendall(self.says.encode() + b"\r\nContent-Length: 0\r\n\r\n")
                continue
            got = wire.ask(self._signet, wire.request(method, target, headers.items(), host=None))
            lines = [f"HTTP/1.1 {got.status} -", *(f"{name}: {value}" for name, value in got.headers)]
            client.sendall(("\r\n".join(lines) + "\r\n\r\n").encode() + got.body)


def ask(port, token, target="/catalogue/7"):
    headers = [("Authorization", f"Bearer {token}")] if token else []
    return wire.ask(port, wire.request("GET", target, headers))


def keeps_a_permission(port, signet):
    reader, other = signet_world.TOKENS["reader"], signet_world.token(sub="bob")
    first = ask(port, reader)
    before = signet.count
    again = [ask(port, reader, f"/catalogue/{number}") for number in range(5)]
    check("a good token passes", first.status == 200, first)
    check("the second question is not asked", signet.count == before, signet.count - before)
    check("the kept permission has the headers", all(b'"ada"' in one.body for one in [first, *again]), again)
    check("another token is asked for", b'"bob"' in ask(port, other).body and signet.count == before + 1)
    check("without a token nothing is kept", ask(port, None).status == 401)
    check("a longer token is another one", ask(port, reader + "x").status == 401)
    check("two tokens", wire.ask(port, wire.request("GET", "/", [
        ("Authorization", f"Bearer {reader}"), ("Authorization", f"Bearer {signet_world.TOKENS['forged']}"),
    ])).status in (400, 401))  # fmt: skip


def keeps_no_refusal(port, signet):
    before = signet.count
    answers = [ask(port, signet_world.TOKENS["expired"]) for _ in range(3)]
    check("refusals are not kept", signet.count == before + 3, signet.count - before)
    check("an expired token is refused", all(one.status == 401 for one in answers), answers)


def keeps_nothing_past_the_expiry(port, signet):
    short = signet_world.token(exp=signet_world.now() + KEPT_FOR - 4)
    before = signet.count
    answers = [ask(port, short) for _ in range(3)]
    check("a token that expires sooner passes", all(one.status == 200 for one in answers), answers)
    check("its permission is not kept", signet.count == before + 3, signet.count - before)


def tells_why(port, signet):
    challenge = 'Bearer realm="x", error="insufficient_scope"'
    refusals = {
        f"HTTP/1.1 401 -\r\nWWW-Authenticate: {challenge}": 401,
        f"HTTP/1.1 403 -\r\nWWW-Authenticate: {challenge}": 403,
        f"HTTP/1.1 401 -\r\nX-Auth-Error: keys_unavailable\r\nWWW-Authenticate: {challenge}": 503,
    }
    for signet.says, status in refusals.items():
        answer = ask(port, signet_world.token(sub="carol"))
        challenges = answer.all("WWW-Authenticate")
        check(f"a refusal is told: {status}", (answer.status, challenges) == (status, [challenge]), answer)
    signet.says = None


def ends(port, signet):
    token = signet_world.token(sub="eve")
    ask(port, token)
    signet.is_down = True
    check("a kept permission holds while Signet is down", ask(port, token).status == 200)
    end = time.monotonic() + PATIENCE
    while (status := ask(port, token).status) == 200 and time.monotonic() < end:
        time.sleep(0.2)
    check(f"and ends after {KEPT_FOR} seconds", status == 500, status)


def main():
    with signet_world.start() as signet, application.Application() as app, tempfile.TemporaryDirectory(
        dir=os.getcwd()
    ) as folder:
        counting, port = Counting(signet.data_port), ports.hold()
        where = {DECISIONS: f"{folder}/decisions"}
        with nginx_config.start("signet_kept.conf", pathlib.Path(folder), port, counting.port, app.port, **where):
            print("\nnginx, with kept decisions")
            check("nginx can make the folder: all above it exists", pathlib.Path(DECISIONS).parent.is_dir())
            for part in (keeps_a_permission, keeps_no_refusal, keeps_nothing_past_the_expiry, tells_why, ends):
                part(port, counting)
            print(f"nginx, with kept decisions: {failures} wrong")
        counting.close()
    sys.exit(failures > 0)


main()
