"""Mutated requests to every endpoint, with inline keys, PBES2 and zip open to everybody.

Begins with the requests that spend work (../bench/costly_shapes.py) and with honest ones, and changes their JSON
and their octets. None may be answered with 5xx, none may take more CPU time than 1.5 times its budget, and
memory must not grow.

usage: PYTHONPATH=tests/support:tests/bench /usr/bin/python3 tests/security/request_fuzz.py BINARY [SECONDS=600] [SEED]
"""
import copy
import json
import os
import random
import sys
import time

import costly_shapes
import request_costs
import service

COUNTS = (1, 2, 7)  # of a shape: small, so that many are tried; mutation makes them larger
OVER_TRIES = 3  # a request is too expensive when it is so each time
GROWTH_MAX = 16  # MiB, from a quarter of the time on
ENDPOINTS = ["/sign", "/verify", "/encrypt", "/decrypt", "/inspect", "/verify/batch", "/sign/batch"]


def nodes(value, path=()):
    yield path, value
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, one in inner:
        yield from nodes(one, (*path, name))


def replaced(value, path, by):
    if not path:
        return by
    parent = value
    for name in path[:-1]:
        parent = parent[name]
    parent[path[-1]] = by
    return value


class Mutator:
    def __init__(self, dice, seeds):
        self.dice, self.seeds = dice, seeds
        self.values = [one for _, body in seeds for _, one in list(nodes(body))[:200]]

    def any_value(self):
        plain = [None, True, False, 0, -1, 1 << 53, 1e300, "", "a", "none", [], {}, "\u0000", "A" * 5000, "é"]
        return copy.deepcopy(self.dice.choice(self.values if self.dice.random() < 0.7 else plain))

    def change(self, body):
        path, value = self.dice.choice(list(nodes(body))[:500])
        kind = self.dice.randrange(5)
        if kind == 0:
            return replaced(body, path, self.any_value())
        if kind == 1 and isinstance(value, list) and value:
            return replaced(body, path, (value * self.dice.choice((2, 8, 64)))[:512])
        if kind == 2 and isinstance(value, dict) and value:
            value.pop(self.dice.choice(list(value)))
            return body
        if kind == 3 and isinstance(value, dict):
            other = self.any_value()
            value.update(copy.deepcopy(other) if isinstance(other, dict) else {self.dice.choice(("kid", "alg", "x")): other})
            return body
        if isinstance(value, str) and value:
            at = self.dice.randrange(len(value))
            return replaced(body, path, value[:at] + self.dice.choice(("", ".", "A", "=", "-", "\n")) + value[at + 1:])
        return replaced(body, path, self.any_value())

    def next(self):
        """An endpoint and the text of a body."""
        endpoint, body = self.dice.choice(self.seeds)
        body = copy.deepcopy(body)
        for _ in range(self.dice.choice((1, 1, 2, 3))):
            body = self.change(body)
        if self.dice.random() < 0.1:
            endpoint = self.dice.choice(ENDPOINTS)
        text = costly_shapes.text(body)
        if self.dice.random() < 0.1 and text:
            at = self.dice.randrange(len(text))
            text = text[:at] + chr(self.dice.randrange(1, 256)) + text[at + 1:]
        return endpoint, costly_shapes.Raw(text)


def seeds_of(keys, token):
    made = [("/verify", {"token": token}), ("/inspect", {"token": token}),
            ("/sign", {"claims": {"sub": "s"}}), ("/encrypt", {"plaintext": "x", "key_name": "sealed"})]  # fmt: skip
    for endpoint, _, most, make in costly_shapes.all_shapes(keys):
        if endpoint == "/auth":
            continue
        for count in COUNTS:
            one = make(min(count, most))
            made.append((endpoint, json.loads(one) if isinstance(one, costly_shapes.Raw) else one))
    return [(endpoint, body) for endpoint, body in made if len(costly_shapes.text(body)) < 60000]


def bound_ms(text, who):
    named = "PBES2" in text or "password" in text
    return request_costs.SLACK * (request_costs.PASSWORD_MS if named else request_costs.BUDGET_MS[who])


def run(running, mutator, seconds):
    askers = {who: request_costs.Asker(running.data_port, who) for who in request_costs.BUDGET_MS}
    pid = running.process.pid
    begin = time.monotonic()
    count, statuses, most, first_rss = 0, {}, 0.0, None
    while time.monotonic() < begin + seconds:
        who = mutator.dice.choice(list(askers))
        endpoint, text = mutator.next()
        figure = request_costs.Figure(running, askers[who], endpoint, text)
        count += 1
        statuses[figure.status] = statuses.get(figure.status, 0) + 1
        most = max(most, figure.ms)
        if figure.status >= 500 or running.process.poll() is not None:
            raise SystemExit(f"{figure.status} of {who} {endpoint}: {text[:2000]}")
        tries = 1
        while figure.ms > bound_ms(text, who):
            if tries == OVER_TRIES:
                raise SystemExit(f"{figure.ms:.0f} ms for {who} {endpoint}: {text[:2000]}")
            figure, tries = request_costs.Figure(running, askers[who], endpoint, text), tries + 1
        if first_rss is None and time.monotonic() > begin + seconds / 4:
            first_rss = request_costs.memory_mib(pid, "VmRSS")
    growth = request_costs.memory_mib(pid, "VmRSS") - (first_rss or 0)
    print(f"{count} requests, statuses {dict(sorted(statuses.items()))}; most CPU time {most:.0f} ms; "
          f"memory grew by {growth:.1f} MiB")
    if growth > GROWTH_MAX:
        raise SystemExit("memory grows")


def main():
    binary = os.path.abspath(sys.argv[1])
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 600
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else int(time.time())
    print(f"seed {seed}")
    keys = costly_shapes.Keys(binary)
    with service.start(binary, request_costs.CONFIG, files={"pay.pem": keys.pem(4096)}) as running:
        caller = {"Authorization": "Bearer " + request_costs.CALLER}
        token = running.post("/sign", {"claims": {"sub": "s"}}, caller).json["token"]
        run(running, Mutator(random.Random(seed), seeds_of(keys, token)), seconds)


if __name__ == "__main__":
    main()
