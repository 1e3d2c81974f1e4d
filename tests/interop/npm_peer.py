"""npm jose as a peer: installed into the folder where the test runs, used over a pipe."""
import json
import pathlib
import select
import shutil
import subprocess

from peers import Key, Refused

HERE = pathlib.Path(__file__).resolve().parent
FILES = ("package.json", "package-lock.json", "jose_peer.mjs")
INSTALL_LIMIT = 180  # seconds
ANSWER_LIMIT = 60


def install():
    """None, or why npm jose is missing. An installed one is kept."""
    if not shutil.which("npm") or not shutil.which("node"):
        return "node or npm is not installed"
    for name in FILES:
        shutil.copyfile(HERE / name, name)
    wanted = json.loads((HERE / FILES[0]).read_text())["dependencies"]["jose"]
    there = pathlib.Path("node_modules/jose/package.json")
    if there.exists() and json.loads(there.read_text())["version"] == wanted:
        return None
    try:
        done = subprocess.run(
            ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
            capture_output=True, text=True, timeout=INSTALL_LIMIT,
        )
    except subprocess.TimeoutExpired:
        return "npm ci took too long"
    if done.returncode != 0:
        return "npm ci failed: " + " ".join(done.stderr.split())[-200:]
    return None


class NpmJose:
    name = "npm jose"

    def __init__(self):
        there = json.loads(pathlib.Path("node_modules/jose/package.json").read_text())
        node = subprocess.run(["node", "--version"], capture_output=True, text=True, timeout=30)
        self.version = f"{there['version']} on Node {node.stdout.strip()}"
        self.process = subprocess.Popen(
            ["node", "jose_peer.mjs"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            bufsize=1,
        )

    def ask(self, **request):
        self.process.stdin.write(json.dumps(request) + "\n")
        ready, _, _ = select.select([self.process.stdout], [], [], ANSWER_LIMIT)
        line = self.process.stdout.readline() if ready else ""
        if not line:
            raise RuntimeError("npm jose does not answer")
        answer = json.loads(line)
        if "error" in answer:
            raise Refused(answer["error"])
        return answer["ok"]

    @staticmethod
    def _name(alg, curve):
        """jose makes EdDSA keys only for Ed25519; for another curve it must report an error."""
        return "Ed448" if curve == "Ed448" else alg

    def why_not(self, alg, curve):
        try:
            self.ask(do="new_key", alg=self._name(alg, curve))
        except Refused:
            return NOT_HERE
        return None

    def new_key(self, alg, curve, kid):
        made = self.ask(do="new_key", alg=self._name(alg, curve))
        jwks = [{**made[name], "kid": kid} for name in ("private_jwk", "public_jwk")]
        return Key(kid, *jwks, made.get("private_pem"), made.get("public_pem"))

    def sign(self, key, alg, header, claims):
        return self.ask(do="sign", alg=alg, key=key.private_jwk, header=header, claims=claims)

    def verify(self, public, alg, token, iss, aud):
        return self.ask(do="verify", alg=alg, key=public, token=token, issuer=iss, audience=aud)

    def stop(self):
        self.process.stdin.close()
        self.process.wait(ANSWER_LIMIT)


NOT_HERE = "the library does not have it on this Node"
