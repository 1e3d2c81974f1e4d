"""Writes what the tests of TLS listeners need into a folder: tls_files.py FOLDER

Authorities, pairs for servers and clients, and lists of revoked certificates. NAME.pem is a certificate,
NAME.key its key. Everything is made new for each test run, so that nothing in the repository expires.
"""
import pathlib
import sys

import heavy_certificates
from certificates import DAY, Authority
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa

KEYS = {
    "rsa": lambda: rsa.generate_private_key(65537, 2048),
    "p384": lambda: ec.generate_private_key(ec.SECP384R1()),
    "p521": lambda: ec.generate_private_key(ec.SECP521R1()),
    "ed25519": ed25519.Ed25519PrivateKey.generate,
    "ed448": ed448.Ed448PrivateKey.generate,
    "k1": lambda: ec.generate_private_key(ec.SECP256K1()),
}
SPIFFE = "spiffe://example.org/orders"
MANY_NAMES = [f"h{i}.example.org" for i in range(64)]  # with a URI, one more than are read


def write(folder):
    """Returns the authority and what it has issued, by name, for tests that need more."""
    authority, other = Authority(), Authority("Another authority")
    middle = Authority("Between", parent=authority)
    short = Authority("Between, for a day", parent=authority, end=DAY)
    here = {"names": ["localhost"], "addresses": ["127.0.0.1"]}
    client = {"client": True, "uris": [SPIFFE], "names": ["Orders.example.org"]}
    pairs = {
        "server": authority.issue("localhost", **here),
        "next": authority.issue("localhost, later", **here),
        "expired": authority.issue("localhost", **here, start=-2 * DAY, end=-DAY),
        "future": authority.issue("localhost", **here, start=DAY),
        "client": authority.issue("orders", **client),
        "second": authority.issue("payments", client=True, names=["payments.example.org"]),
        "stranger": other.issue("orders", **client),
        "old": authority.issue("orders", **client, start=-2 * DAY, end=-DAY),
        "useless": authority.issue("orders", names=["orders.example.org"], any_use=True),
        "below": middle.issue("orders", **client),
        "under-short": short.issue("orders", **client),
        "odd-name": authority.issue("orders", **{**client, "uris": [SPIFFE, SPIFFE + " of others"]}),
        "most-names": authority.issue("orders", **{**client, "names": MANY_NAMES[1:]}),
        "many-names": authority.issue("orders", **{**client, "names": MANY_NAMES}),
        **{f"client-{kind}": authority.issue("orders", **client, key=made()) for kind, made in KEYS.items()},
    }
    texts = {
        "ca": authority.certificate_pem,
        "other-ca": other.certificate_pem,
        "middle": middle.certificate_pem,
        "both-cas": b"# two of them\n" + authority.certificate_pem + other.certificate_pem,
        "junk-ca": authority.certificate_pem + b"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
        "half": pairs["server"].certificate_pem[:300],
        "none": b"nothing\n",
        "chain": pairs["server"].certificate_pem + authority.certificate_pem,
        "below-chain": pairs["below"].certificate_pem + middle.certificate_pem,
        "under-short-chain": pairs["under-short"].certificate_pem + short.certificate_pem,
        "with-key": pairs["server"].certificate_pem + pairs["server"].key_pem,
        "heavy-curve": heavy_certificates.explicit_curve(),
        "heavy-rsa": heavy_certificates.large_rsa(),
        "heavy-exponent": heavy_certificates.large_rsa(2048, 2**32 + 1),
        "largest-rsa": heavy_certificates.large_rsa(8192, 2**32 - 1),
        "crl": authority.revocations(),
        "crl-client": authority.revocations([pairs["client"]]),
        "crl-both": authority.revocations() + middle.revocations([pairs["below"]]),
        "crl-middle": middle.revocations(),
        "crl-short": authority.revocations(end=DAY),
        "crl-ended": authority.revocations(end=-DAY),
        "crl-other": other.revocations(),
    }
    folder = pathlib.Path(folder)
    for name, text in texts.items():
        (folder / f"{name}.pem").write_bytes(text)
    for name, pair in pairs.items():
        (folder / f"{name}.pem").write_bytes(pair.certificate_pem)
        (folder / f"{name}.key").write_bytes(pair.key_pem)
        (folder / f"{name}.key").chmod(0o600)
    return authority, pairs


if __name__ == "__main__":
    write(sys.argv[1])
