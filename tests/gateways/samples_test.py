"""The samples of deploy/gateways, also of the gateways that no test runs: each asks for a profile that signet.yaml has,
in a dialect that it lists, copies every header of it, says how spoofed ones are kept out, removes what frameworks take
for another method or path, passes no change to h2c, and tells Signet of WebSockets."""
import os
import re
import subprocess
import sys
import tempfile

import signet_world
import yaml

QUESTION = re.compile(r"/auth(?:/(forward|nginx|envoy)/(\w+))?(?![\w/-])")
FABRIC = "nginx-gateway-fabric"  # its profile is in its own comment: signet.yaml has none for the plain dialect
REMOVED = {  # a part of each name, or a beginning that covers it
    "X-HTTP-Method-Override": "x-http|[(]http", "X-Original-URL": "x-original|[|]original",
    "X-Rewrite-URL": "x-rewrite|[|]rewrite", "HTTP2-Settings": "http2-settings",
}  # fmt: skip
HANDSHAKE = ("Sec-WebSocket-Key", "Upgrade")  # by these Signet knows a WebSocket
WHOLE = {"caddy"}  # sends the whole request's headers with the question
TRIED = {"nginx", "haproxy", "caddy"}
problems = []


def check(what, holds):
    if not holds:
        problems.append(what)


def without_comments(text):
    return "\n".join(line for line in text.splitlines() if not re.match(r"\s*(#|--)", line))


def check_sample(name, files, profiles):
    texts = {path.name: path.read_text() for path in files}
    everything = "\n".join(texts.values())
    code = without_comments(everything).lower()
    asked = {match.groups() for match in QUESTION.finditer(code)}
    check(f"{name}: asks nothing", asked)
    for dialect, profile in asked:
        known = name == FABRIC and dialect is None or dialect in profiles.get(profile, {}).get("dialects", [])
        check(f"{name}: {profile} is not for {dialect}", known)
        for header in profiles.get(profile or "orders", {}).get("headers", {}):
            there = header.lower() in code
            check(f"{name}: {header} is not copied", there)
    check(f"{name}: nothing about spoofed headers", "Header spoofing" in everything)
    check(f"{name}: nothing about underscores", re.search("X_Auth_Subject|underscore", everything))
    check(f"{name}: nothing about dots", "X.Auth.Subject" in everything or "x.auth.subject" in everything)
    check(f"{name}: nothing about h2c", "h2c" in everything)
    for header, pattern in REMOVED.items():
        check(f"{name}: {header} is not removed", re.search(pattern, code))
    for header in HANDSHAKE if name not in {FABRIC, *WHOLE} else ():
        check(f"{name}: Signet is not told {header}", header.lower() in code)
    says = "Tried with" if name in TRIED else "Not run by our tests: written for"
    for file in texts:
        check(f"{name}/{file}: does not say how it was tried", says in texts[file] or file.endswith(".lua"))
    for path in files:
        if path.suffix == ".yaml":
            check(f"{path}: empty", list(yaml.safe_load_all(path.read_text())))


def check_index(folders):
    index = (signet_world.SAMPLES / "README.md").read_text()
    for name in folders:
        check(f"README.md: nothing about {name}", f"`{name}/" in index)


def check_signet():
    """The configuration is right as it is shipped; its issuer is only fetched by a service."""
    with tempfile.TemporaryDirectory(dir=os.getcwd()) as folder:
        path = os.path.join(folder, "signet.yaml")
        with open(path, "w") as out:
            out.write((signet_world.SAMPLES / "signet.yaml").read_text())
        os.chmod(path, 0o600)
        done = subprocess.run([os.environ["SIGNET"], "check-config", "--config", path], capture_output=True, text=True,
                              timeout=60)  # fmt: skip
        check(f"signet.yaml: {done.stdout}{done.stderr}", done.returncode == 0 and "with 0 warnings" in done.stdout)


folders = sorted(path for path in signet_world.SAMPLES.iterdir() if path.is_dir())
shipped = yaml.safe_load((signet_world.SAMPLES / "signet.yaml").read_text())["verify_profiles"]
for folder in folders:
    check_sample(folder.name, sorted(folder.iterdir()), shipped)
check_index(folder.name for folder in folders)
check_signet()
print("\n".join(problems) or f"{len(folders)} gateways ok")
sys.exit(bool(problems))
