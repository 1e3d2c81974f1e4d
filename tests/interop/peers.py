"""The other libraries. Each makes its own keys and writes them itself.

A peer has
    name, version
    why_not(alg, curve)                    None, or why it does not have the algorithm
    new_key(alg, curve, kid)               a Key
    sign(key, alg, header, claims)         a token
    verify(public, alg, token, iss, aud)   its claims; raises Refused. `public`: a JWK (dict) or PEM
"""
import base64
import dataclasses
import os

import jwcrypto.common
import jwcrypto.jwk
import jwcrypto.jws
import jwcrypto.jwt
import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from importlib import metadata

try:
    import jose.jwt
    from jose.constants import ALGORITHMS
except ImportError:  # Debian 13 has no python3-jose
    jose = None

NOT_THERE = "the library does not have it"
SECRET_SIZE = {"HS256": 32, "HS384": 48, "HS512": 64}


class Refused(Exception):
    """The other side says that a token is not good."""


@dataclasses.dataclass
class Key:
    kid: str
    private_jwk: dict
    public_jwk: dict
    private_pem: str = None
    public_pem: str = None
    native: object = None


def secret_for_a_file(octets):
    """Random octets that do not end in a newline: one at the end of a file is not part of the secret."""
    return os.urandom(octets - 1) + bytes([os.urandom(1)[0] | 0x80])


def b64(octets):
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def octets_of(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def damaged(token):
    """The token with another first octet of its signature or tag."""
    if isinstance(token, dict):
        return {**token, "tag": damaged(token["tag"])}
    rest, dot, last = token.rpartition(".")
    octets = bytearray(octets_of(last))
    octets[0] ^= 1
    return f"{rest}{dot}{b64(bytes(octets))}"


def new_private_key(alg, curve):
    """A key made by Python's `cryptography`, because PyJWT and python-jose make no keys."""
    if alg[:2] in ("RS", "PS"):
        return rsa.generate_private_key(65537, 2048)
    if curve == "Ed25519":
        return ed25519.Ed25519PrivateKey.generate()
    if curve == "Ed448":
        return ed448.Ed448PrivateKey.generate()
    curves = {"P-256": ec.SECP256R1, "P-384": ec.SECP384R1, "P-521": ec.SECP521R1,
              "secp256k1": ec.SECP256K1}
    return ec.generate_private_key(curves[curve]())


def private_pem(key, encoding=serialization.PrivateFormat.PKCS8):
    return key.private_bytes(
        serialization.Encoding.PEM, encoding, serialization.NoEncryption()
    ).decode()


def public_pem(key):
    return key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    ).decode()


def as_text(jwk):
    """python-jose returns some members as bytes."""
    return {name: v.decode() if isinstance(v, bytes) else v for name, v in jwk.items()}


class PyJwt:
    name, version = "PyJWT", jwt.__version__

    def __init__(self):
        self.algorithms = jwt.algorithms.get_default_algorithms()

    def why_not(self, alg, curve):
        return None if alg in self.algorithms else NOT_THERE

    def new_key(self, alg, curve, kid):
        algorithm = self.algorithms[alg]
        if alg in SECRET_SIZE:
            secret = os.urandom(SECRET_SIZE[alg])
            jwk = {**_json(algorithm.to_jwk(secret)), "kid": kid}
            return Key(kid, jwk, jwk, native=secret)
        for _ in range(64):
            key = new_private_key(alg, curve)
            private = {**_json(algorithm.to_jwk(key)), "kid": kid}
            if self._is_full_length(private):
                break
        public = {**_json(algorithm.to_jwk(key.public_key())), "kid": kid}
        return Key(kid, private, public, private_pem(key), public_pem(key), key)

    @staticmethod
    def _is_full_length(jwk):
        """Before 2.10 it wrote EC members without leading zero octets, which RFC 7518 6.2.1.2 forbids
        and its own reader refuses: such a key cannot be exchanged."""
        octets = {"P-256": 32, "P-384": 48, "P-521": 66, "secp256k1": 32}.get(jwk.get("crv"))
        return not octets or all(len(jwk[m]) == -(-octets * 8 // 6) for m in ("x", "y", "d"))

    def sign(self, key, alg, header, claims):
        return jwt.encode(claims, key.native, algorithm=alg, headers=header)

    def verify(self, public, alg, token, iss, aud):
        key = public if isinstance(public, str) else jwt.PyJWK(public, algorithm=alg).key
        try:
            return jwt.decode(token, key, algorithms=[alg], issuer=iss, audience=aud)
        except jwt.InvalidTokenError as error:
            raise Refused(repr(error)) from error


class PythonJose:
    name = "python-jose"

    def __init__(self):
        self.version = jose.__version__

    def why_not(self, alg, curve):
        return None if alg in ALGORITHMS.SUPPORTED else NOT_THERE

    def new_key(self, alg, curve, kid):
        if alg in SECRET_SIZE:
            secret = b64(os.urandom(SECRET_SIZE[alg]))  # it takes secrets as text
            jwk = {**as_text(jose.jwk.construct(secret, alg).to_dict()), "kid": kid}
            return Key(kid, jwk, jwk, native=secret)
        key = jose.jwk.construct(private_pem(new_private_key(alg, curve)), alg)
        private = {**as_text(key.to_dict()), "kid": kid}
        public = {**as_text(key.public_key().to_dict()), "kid": kid}
        pems = [k.to_pem().decode() for k in (key, key.public_key())]
        return Key(kid, private, public, *pems, native=pems[0])

    def sign(self, key, alg, header, claims):
        return jose.jwt.encode(claims, key.native, algorithm=alg, headers=header)

    def verify(self, public, alg, token, iss, aud):
        try:
            return jose.jwt.decode(token, public, algorithms=[alg], issuer=iss, audience=aud)
        except jose.exceptions.JOSEError as error:
            raise Refused(repr(error)) from error


class JwCrypto:
    name, version = "jwcrypto", metadata.version("jwcrypto")
    kinds = {"RS": "RSA", "PS": "RSA", "ES": "EC", "Ed": "OKP", "HS": "oct"}

    def why_not(self, alg, curve):
        return None if alg in jwcrypto.jws.default_allowed_algs else NOT_THERE

    def new_key(self, alg, curve, kid):
        kty = self.kinds[alg[:2]]
        sizes = {"RSA": {"size": 2048}, "oct": {"size": SECRET_SIZE.get(alg, 0) * 8}}
        made = jwcrypto.jwk.JWK.generate(kty=kty, kid=kid, **sizes.get(kty, {"crv": curve}))
        if kty == "oct":
            jwk = made.export(as_dict=True)
            return Key(kid, jwk, jwk, native=made)
        pems = [made.export_to_pem(True, None).decode(), made.export_to_pem().decode()]
        return Key(kid, made.export_private(as_dict=True), made.export_public(as_dict=True),
                   *pems, native=made)

    def sign(self, key, alg, header, claims):
        token = jwcrypto.jwt.JWT(header={**header, "alg": alg}, claims=claims)
        token.make_signed_token(key.native)
        return token.serialize()

    def verify(self, public, alg, token, iss, aud):
        key = (jwcrypto.jwk.JWK.from_pem(public.encode()) if isinstance(public, str)
               else jwcrypto.jwk.JWK(**public))
        try:
            expected = {"iss": iss, "aud": aud, "exp": None}
            checked = jwcrypto.jwt.JWT(jwt=token, key=key, algs=[alg], check_claims=expected)
        except (jwcrypto.common.JWException, ValueError) as error:
            raise Refused(repr(error)) from error
        return _json(checked.claims)


def installed():
    """The peers that are installed Python packages, and a line about each that is not."""
    missing = [] if jose else ["python-jose (python3-jose is not installed)"]
    return [PyJwt(), *([PythonJose()] if jose else []), JwCrypto()], missing


def _json(text):
    return text if isinstance(text, dict) else jwcrypto.common.json_decode(text)
