"""Finds texts that Signet reads as a key, and that two other readers both refuse.

    key_import.py PROGRAM [count] [seed]

PROGRAM (key_import.cpp) mutates key texts and prints those that it accepts. jwcrypto and OpenSSL
(by python3-cryptography) are asked about each; the one that accepts must find the same public key.
Exit code 1 when both refuse one, when one reads another key, or when PROGRAM says so.

Where Signet reads more than both on purpose, see KNOWN and rewrapped().
"""
import base64
import json
import re
import subprocess
import sys
import warnings

try:
    from cryptography import x509
    from cryptography.hazmat.primitives import serialization as forms
    from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa, x448, x25519
    from jwcrypto import jwk
except ImportError as missing:
    print("skipped:", missing)
    sys.exit(77)

warnings.simplefilter("ignore")
CURVES = {"P-256": ec.SECP256R1, "P-384": ec.SECP384R1, "P-521": ec.SECP521R1, "secp256k1": ec.SECP256K1}
OKP = {"Ed25519": ed25519.Ed25519PublicKey, "Ed448": ed448.Ed448PublicKey,
       "X25519": x25519.X25519PublicKey, "X448": x448.X448PublicKey}
RAW = dict(encoding=forms.Encoding.Raw, format=forms.PublicFormat.Raw)

# Name -> (why, does it apply to this form, text and public half)
KNOWN = {
    "ML-DSA": ("neither library has it; Botan reads the same seeds and public keys",
               lambda kind, text, half: half["kty"] == "AKP"),
    "oct": ("any octets are a secret; jwcrypto is asked, OpenSSL has no such key",
            lambda kind, text, half: half["kty"] == "oct"),
}


def octets(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def number(text):
    return int.from_bytes(octets(text), "big")


def public_numbers(key):
    """The public half of an OpenSSL key, to compare."""
    if hasattr(key, "public_key"):
        key = key.public_key()
    if hasattr(key, "public_numbers"):
        found = key.public_numbers()
        return (found.n, found.e) if hasattr(found, "n") else (found.x, found.y)
    return key.public_bytes(**RAW)


def expected(half):
    if half["kty"] == "RSA":
        return number(half["n"]), number(half["e"])
    if half["kty"] == "EC":
        return number(half["x"]), number(half["y"])
    return octets(half["x"])


def openssl_jwk(text):
    key = json.loads(text)
    if key["kty"] == "RSA":
        public = rsa.RSAPublicNumbers(number(key["e"]), number(key["n"]))
        if "d" not in key:
            return public.public_key()
        names = [number(key[name]) for name in ("p", "q", "d", "dp", "dq", "qi") if name in key]
        if len(names) == 1:
            p, q = rsa.rsa_recover_prime_factors(public.n, public.e, names[0])
            names = [p, q, names[0], names[0] % (p - 1), names[0] % (q - 1), rsa.rsa_crt_iqmp(p, q)]
        return rsa.RSAPrivateNumbers(*names, public).private_key()
    if key["kty"] == "EC":
        public = ec.EllipticCurvePublicNumbers(number(key["x"]), number(key["y"]), CURVES[key["crv"]]())
        if "d" not in key:
            return public.public_key()
        return ec.EllipticCurvePrivateNumbers(number(key["d"]), public).private_key()
    kind = OKP[key["crv"]]
    if "d" not in key:
        return kind.from_public_bytes(octets(key["x"]))
    module = sys.modules[kind.__module__]
    return getattr(module, kind.__name__.replace("Public", "Private")).from_private_bytes(octets(key["d"]))


def jwcrypto_jwk(text):
    key = jwk.JWK.from_json(text)
    private = key.has_private
    pem = key.export_to_pem(private_key=private, password=None)
    return forms.load_pem_private_key(pem, None) if private else forms.load_pem_public_key(pem)


def openssl_pem(text):
    for load in (lambda: forms.load_pem_private_key(text, None), lambda: forms.load_pem_public_key(text),
                 lambda: x509.load_pem_x509_certificate(text).public_key(),
                 lambda: forms.load_ssh_private_key(text, None)):
        try:
            return load()
        except Exception as why:
            last = why
    raise last


def jwcrypto_pem(text):
    key = jwk.JWK.from_pem(text)
    return openssl_jwk(key.export())


READERS = {
    "jwk": (openssl_jwk, jwcrypto_jwk),
    "pem": (openssl_pem, jwcrypto_pem),
    "ssh": (forms.load_ssh_public_key,),
}


def rewrapped(pem):
    """The same blocks in lines of 64. RFC 7468 section 2: "parsers SHOULD ignore whitespace", which Botan does and
    OpenSSL does not where it is an empty line."""
    def lines(match):
        digits = b"".join(match[2].split())
        return match[1] + b"\n" + b"\n".join(digits[i:i + 64] for i in range(0, len(digits), 64)) + b"\n" + match[3]
    return re.sub(rb"(-----BEGIN [^-]*-----)([^-]*)(-----END [^-]*-----)", lines, pem)


def judge(kind, text, half):
    """None when one of the others reads the same key, else what is wrong."""
    if any(applies(kind, text, half) for _, applies in KNOWN.values()):
        return None
    problem = refusal(kind, text, half)
    return refusal(kind, rewrapped(text), half) if problem and kind == "pem" else problem


def refusal(kind, text, half):
    refusals = []
    for reader in READERS[kind]:
        try:
            found = public_numbers(reader(text))
        except BaseException as why:  # a Rust panic is not an Exception
            refusals.append(f"{reader.__name__}: {type(why).__name__}: {str(why)[:100]}")
            continue
        if found != expected(half):
            return f"{reader.__name__} reads another key"
        return None
    return "; ".join(refusals)


def main():
    program = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE)
    asked, wrong, seen = 0, 0, set()
    for line in program.stdout:
        kind, text, half = line.decode().rstrip("\n").split("\t")
        if (kind, text) in seen:
            continue
        seen.add((kind, text))
        asked += 1
        text = base64.b64decode(text)
        problem = judge(kind, text, json.loads(half))
        if problem:
            wrong += 1
            if wrong <= 50:
                print(f"{kind}: {problem}\n{text.decode(errors='replace')}\n", flush=True)
    status = program.wait()
    print(f"{asked} different texts asked about, {wrong} of them no key to both of the others")
    return 1 if wrong or status else 0


sys.exit(main())
