#!/usr/bin/env python3
"""kill -9 at any moment of rotations and revocations: nothing that was acknowledged may be lost.

usage: kills.py BINARY [KILLS]

Starts the service on the same folders again and again. Each time it is asked to rotate and to revoke as fast as it
answers, and killed at a random moment. After the next start every revocation that was acknowledged must be in force,
every key that an answer named must be there, and tokens of keys that were not revoked must be good. Prints what was
acknowledged and what was lost; exit code 1 when anything was. SIGNET_KILLS_SEED repeats the moments.
"""
import hashlib
import http.client
import os
import random
import sys
import tempfile
import threading
import time

import service

JSON = {"Content-Type": "application/json"}
CONFIG = """
server: {{listen: [{{address: "127.0.0.1:0", endpoints: [all]}}], threads: 2}}
admin: {{listen: ["127.0.0.1:0"]}}
issuer: https://tokens.example.com
state_dir: {shared}/state
rotation:
  sig: {{alg: ES256, every: 30d, lead: 1d, directory: {shared}/keys}}
callers:
  - {{name: orders, uid: {uid}, secret_sha256: {digest}, roles: [admin]}}
sign_profiles:
  default: {{key: sig, callers: [orders], audiences: [api], ttl: 1h, allowed_claims: [sub]}}
verify_profiles:
  default: {{issuers: [self], audiences: [api]}}
"""
KILLS_OF_FOLDERS = 20  # then others: a series keeps no more than 128 keys, and theirs retire after an hour
SECRET = "secret-of-the-caller-of-more-than-256-bits-0123456789"
CALLER = {**JSON, "Authorization": f"Bearer {SECRET}"}


class Operator(threading.Thread):
    """Signs, rotates and revokes, and remembers what was acknowledged."""

    def __init__(self, running, chance, known):
        super().__init__(daemon=True)
        self.client, self.ports = running.another_client(), (running.data_port, running.admin_port)
        self.chance, self.known = chance, known
        self.wrong, self.begun = [], threading.Event()

    def run(self):
        try:
            while True:
                self.ask()
        except (OSError, http.client.HTTPException):
            pass  # it was killed

    def ask(self):
        reply = self.client.request("POST", "/sign", '{"claims":{"sub":"a"}}', CALLER, self.ports[0])
        if reply.status != 200:
            return self.wrong.append(f"/sign: {reply}")
        self.known["tokens"][reply.json["kid"]] = reply.json["token"]
        self.begun.set()
        if self.chance.random() < 0.7:
            return self.rotate()
        kid = reply.json["kid"]
        self.known["asked"].add(kid)
        reply = self.client.request("POST", f"/keys/{kid}/revoke", "{}", CALLER, self.ports[1])
        if reply.status != 200:
            return self.wrong.append(f"revoke: {reply}")
        self.known["revoked"].add(kid)

    def rotate(self):
        reply = self.client.request(
            "POST", "/keys/rotate", '{"series":"sig","emergency":true}', CALLER, self.ports[1]
        )
        if reply.status == 200:
            self.known["rotated"].append((reply.json["generation"], reply.json["kid"]))
        elif reply.code != "key_not_found":  # the next key is made within a second
            self.wrong.append(f"rotate: {reply}")


def lost(running, known):
    """What is missing after a start."""
    wrong = []
    keys = running.get("/keys", port=running.admin_port).json["keys"]
    states = {one["kid"]: one["state"] for one in keys}
    if list(states.values()).count("active") != 1:
        wrong.append(f"not one active key: {states}")
    for kid in known["revoked"]:
        if states.get(kid, "revoked") != "revoked":
            wrong.append(f"the revocation of {kid} is lost: it is {states[kid]}")
    for _, kid in known["rotated"][-3:]:
        if kid not in states:
            wrong.append(f"the key {kid} is lost")
        elif states[kid] in ("staged", "published"):
            wrong.append(f"the rotation to {kid} is lost: it is {states[kid]}")
    for kid, token in list(known["tokens"].items())[-8:]:
        reply = running.post("/verify", {"token": token}, JSON)
        if kid in known["revoked"] and reply.status == 200:
            wrong.append(f"a token of {kid} is accepted, which was revoked")
        if kid not in known["asked"] and reply.status != 200:
            wrong.append(f"a token of {kid} is refused: {reply}")
    generation = running.get("/readyz?verbose", port=running.admin_port).json["checks"]["rotation"][0]["generation"]
    if known["rotated"] and generation < max(one for one, _ in known["rotated"]):
        wrong.append(f"the generation fell to {generation}")
    return wrong


def run_world(binary, kills, chance, known):
    """Kills a service on folders of its own. Returns what went wrong."""
    with tempfile.TemporaryDirectory(prefix="signet-kills-") as shared:
        text = CONFIG.format(shared=shared, uid=os.getuid(), digest=hashlib.sha256(SECRET.encode()).hexdigest())
        for number in range(kills):
            running = service.start(binary, text)
            try:
                wrong = lost(running, known)
                operator = Operator(running, chance, known)
                operator.start()
                operator.begun.wait(service.START_LIMIT)
                time.sleep(chance.random() * 0.4)
            finally:
                running._kill()
                running.hang_up()
                service.shutil.rmtree(running.folder, ignore_errors=True)
            operator.join(service.REPLY_LIMIT)
            wrong += operator.wrong
            if wrong:
                print(f"after {number + 1} kills of these folders: {wrong[:3]}")
                return wrong
        with service.start(binary, text) as running:
            return lost(running, known)


def main():
    kills = int(sys.argv[2]) if len(sys.argv) > 2 else 10
    seed = int(os.environ.get("SIGNET_KILLS_SEED", random.SystemRandom().randrange(1 << 32)))
    chance = random.Random(seed)
    print(f"seed {seed}, {kills} kills", flush=True)
    revoked = rotated = done = 0
    wrong = []
    while done < kills and not wrong:
        known = {"revoked": set(), "asked": set(), "rotated": [], "tokens": {}}
        now = min(KILLS_OF_FOLDERS, kills - done)
        wrong = run_world(sys.argv[1], now, chance, known)
        revoked, rotated, done = revoked + len(known["revoked"]), rotated + len(known["rotated"]), done + now
        if done % 100 == 0:
            print(f"  {done} kills", flush=True)
    print(f"{revoked} revocations and {rotated} rotations acknowledged, {len(wrong)} lost")
    assert revoked + rotated > 0, "nothing was acknowledged"
    sys.exit(bool(wrong))


if __name__ == "__main__":
    os.umask(0o077)
    main()
