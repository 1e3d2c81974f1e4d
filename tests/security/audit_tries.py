"""`signet audit verify` against logs that somebody has changed: seeded tries with the built binary.

A service writes a log; each try changes an octet, drops, repeats or moves a record, or cuts the log, and the command
must find it. The unit tests of core/audit/verifier do the same in memory. Prints the seed and the counts.
usage: audit_tries.py BINARY [TRIES [SEED]]
"""
import collections
import os
import pathlib
import random
import subprocess
import sys
import tempfile

import service

CONFIG = """
issuer: https://tokens.example.com
keys: [{name: sig, alg: ES256, generate: true}]
verify_profiles: {default: {issuers: [self], audiences: none}}
audit: {file: %s}
"""


def written(binary, folder):
    """The lines of a log, and the text of its position."""
    file = pathlib.Path(folder, "audit.log")
    with service.start(binary, CONFIG % file) as running:
        for _ in range(10):
            running.post("/verify", {"token": "x"})
            running.get("/keys", port=running.admin_port)
    chain = file.with_name("audit.log.strangers")
    return chain.read_bytes().splitlines(keepends=True), chain.with_name(chain.name + ".position").read_bytes()


def changed(lines, chance):
    """What was done, and the log after it."""
    how = chance.choice(("changed", "dropped", "repeated", "reordered", "cut at the end", "cut out"))
    text, at = bytearray(b"".join(lines)), chance.randrange(len(lines))
    others = list(lines)
    if how == "changed":
        text[chance.randrange(len(text))] ^= 1 << chance.randrange(8)
    elif how == "cut at the end":
        del text[chance.randrange(len(text)):]
    elif how == "cut out":
        begin = chance.randrange(len(text))
        del text[begin : begin + 1 + chance.randrange(len(text) - begin)]
    else:
        if how == "dropped":
            del others[at]
        elif how == "repeated":
            others.insert(at, chance.choice(others))
        else:
            other = (at + 1 + chance.randrange(len(others) - 1)) % len(others)
            others[at], others[other] = others[other], others[at]
        text = b"".join(others)
    return how, bytes(text)


def main():
    binary = os.path.abspath(sys.argv[1])
    tries = int(sys.argv[2]) if len(sys.argv) > 2 else 1000
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else random.SystemRandom().randrange(1 << 32)
    print(f"seed {seed}, {tries} tries", flush=True)
    chance, done, missed = random.Random(seed), collections.Counter(), []
    with tempfile.TemporaryDirectory(dir=os.getcwd()) as folder:
        lines, position = written(binary, folder)
        whole, file = b"".join(lines), pathlib.Path(folder, "tried.log")
        file.with_name("tried.log.position").write_bytes(position)

        def verify(text):
            file.write_bytes(text)
            return subprocess.run([binary, "audit", "verify", str(file)], capture_output=True, timeout=60).returncode

        assert verify(whole) == 0, "the log is not good as it was written"
        for number in range(tries):
            how, text = changed(lines, chance)
            if text == whole:
                continue
            done[how] += 1
            if verify(text) != 1:
                missed.append(f"try {number}: {how} was not found")
    print("\n".join(missed) or ", ".join(f"{how} {count}" for how, count in sorted(done.items())) + ": all found")
    return bool(missed)


if __name__ == "__main__":
    sys.exit(main())
