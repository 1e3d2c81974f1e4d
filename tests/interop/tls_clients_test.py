"""TLS listeners and the clients of others: curl, openssl s_client, Go's and Java's own TLS.

Each reads our JWKS with a client certificate, over TLS 1.2 and 1.3, and is refused without one. What is not
installed is left out, with a line (deploy/setup.sh --tests).
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys

from tls_world import JWKS, World

HERE = pathlib.Path(__file__).parent / "tls_clients"
LIMIT = 240  # seconds; a compiler is among them


def run(*command, said="", **options):
    return subprocess.run(
        [str(one) for one in command], input=said, capture_output=True, text=True, timeout=LIMIT, check=False, **options
    )


def curl(world):
    url = f"https://localhost:{world.port}{JWKS}"
    ours = ("curl", "-sS", "--cacert", world.made / "ca.pem", "--resolve", f"localhost:{world.port}:127.0.0.1")
    mine = ("--cert", world.made / "client.pem", "--key", world.made / "client.key")
    for version in ("1.2", "1.3"):
        limits = (f"--tlsv{version}", "--tls-max", version)
        got = run(*ours, *mine, *limits, url, url)  # twice on one connection
        assert got.returncode == 0 and got.stdout.count('"keys"') == 2, got
        assert run(*ours, *limits, url).returncode != 0
    assert run(*ours, *mine, "--http1.0", url).stdout.count('"keys"') == 1
    assert run(*ours, *mine, "--http2", url).stdout.count('"keys"') == 1  # it offers h2 and http/1.1


def openssl(world):
    to = ("openssl", "s_client", "-connect", f"127.0.0.1:{world.port}", "-servername", "localhost",
          "-CAfile", world.made / "ca.pem", "-verify_return_error")  # fmt: skip
    mine = ("-cert", world.made / "client.pem", "-key", world.made / "client.key")
    last = f"GET {JWKS} HTTP/1.1\nHost: localhost\nConnection: close\n\n"
    first = last.replace("Connection: close\n", "")
    crlf = ("-crlf", "-ign_eof")

    for version in ("-tls1_2", "-tls1_3"):
        got = run(*to, *mine, version, *crlf, said=first + last)
        assert got.returncode == 0 and got.stdout.count('"keys"') == 2, (version, got)
        assert "Verify return code: 0 (ok)" in got.stdout
        assert run(*to, version, *crlf, said=last).stdout.count('"keys"') == 0
    with World() as asking_nobody:
        to_it = [one.replace(f":{world.port}", f":{asking_nobody.port}") for one in to[:6]]
        to_it += ["-CAfile", asking_nobody.made / "ca.pem", "-tls1_2", *crlf]
        session = asking_nobody.made / "session"
        assert run(*to_it, "-sess_out", session, said=last).returncode == 0
        assert "Reused, TLSv1.2" in run(*to_it, "-sess_in", session, said=last).stdout
    for old in ("-tls1", "-tls1_1"):
        got = run(*to, *mine, old, "-cipher", "ALL:@SECLEVEL=0", *crlf, said=last)
        assert got.stdout.count('"keys"') == 0 and "Cipher is (NONE)" in got.stdout, got
    interactive(to + mine, last)


def interactive(command, last):
    """Without -ign_eof a line K asks for new keys, and a line R for a new handshake."""

    def talk(version, letter):
        # A line is a command when it arrives alone.
        quoted = " ".join(f"'{one}'" for one in (*command, version, "-crlf"))
        return run("sh", "-c", f"(sleep 0.5; echo {letter}; sleep 0.5; printf '{last}'; sleep 1) | {quoted}")

    got = talk("-tls1_3", "K")
    assert got.stdout.count('"keys"') == 1, got
    got = talk("-tls1_2", "R")
    assert got.stdout.count('"keys"') == 0 and re.search("no.renegotiation", got.stdout + got.stderr), got


def go(world):
    binary = world.made / "go-client"
    build = run("go", "build", "-o", binary, HERE / "client.go", 
                env={**os.environ, "GO111MODULE": "off"})  # fmt: skip
    assert build.returncode == 0, build
    got = run(binary, f"https://localhost:{world.port}{JWKS}", world.made)
    assert got.returncode == 0 and got.stdout.split() == ["1.2:200,200", "1.3:200,200", "none:refused"], got


def java(world):
    got = run("java", "-Xshare:auto", "-XX:TieredStopAtLevel=1", HERE / "Client.java",
              f"https://localhost:{world.port}{JWKS}", world.made)  # fmt: skip
    assert got.returncode == 0 and got.stdout.split() == ["TLSv1.2:200,200", "TLSv1.3:200,200", "none:refused"], got


def main():
    tried = 0
    with World("client_ca_file: ca.pem") as world:
        for test in (curl, openssl, go, java):
            if not shutil.which(test.__name__):
                print("left out: there is no", test.__name__)
                continue
            test(world)
            tried += 1
            print("ok", test.__name__, flush=True)
    return 0 if tried else 77


if __name__ == "__main__":
    sys.exit(main())
