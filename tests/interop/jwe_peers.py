"""The other libraries of the JWE tests. Each makes its own keys and writes them itself.

A peer has
    name, version, jws                       the last signs and verifies: a peer of peers.py
    why_not(alg, curve, enc)                 None, or why it does not have the pair
    new_key(alg, curve, enc, kid)            a Key; `enc` matters to `dir`
    encrypt(key, message, plaintext)         a token: text, or a dict of a JSON serialization
    encrypt_to_all(recipients, enc, plain)   general serialization; recipients: (key, alg) each
    decrypt(key, token, alg, enc)            bytes; raises Refused
    lacks                                    what else it cannot do, with " >" when it is the one
                                             that encrypts: form or enc -> why
where `key` is a JWK, public in encrypt and private in decrypt, or a shared secret.
"""
import dataclasses
import functools
import json
import os

import jwcrypto.common
import jwcrypto.jwe
import jwcrypto.jwk

from peers import (
    Key, NOT_THERE, Refused, as_text, b64, new_private_key, octets_of, private_pem,
)
import peers

try:
    import jose.jwe
except ImportError:  # Debian 13 has no python3-jose
    jose = None

# What every side accepts: npm jose by default opens at most 10,000, jwcrypto always writes 8,192.
P2C = 4096
SECRET_BITS = {"A128GCM": 128, "A192GCM": 192, "A256GCM": 256, "A128CBC-HS256": 256,
               "A192CBC-HS384": 384, "A256CBC-HS512": 512}
ENCRYPTIONS = list(SECRET_BITS)


@dataclasses.dataclass
class Message:
    """What the encrypting side must add to the message, besides the plaintext and the key."""

    alg: str
    enc: str
    header: dict = dataclasses.field(default_factory=dict)  # further protected members
    apu: bytes = None
    apv: bytes = None
    aad: bytes = None
    form: str = "compact"


def is_secret(alg):
    return not alg.startswith(("RSA", "ECDH"))


def secret_octets(alg, enc):
    """The size of a secret; passwords have no fixed size."""
    if alg == "dir":
        return SECRET_BITS[enc] // 8
    return 24 if alg.startswith("PBES2") else int(alg[1:4]) // 8


def new_password_key(kid):
    """PBES2: text that somebody could type, as every library's oct JWK has it."""
    jwk = {"kty": "oct", "kid": kid, "k": b64(b64(os.urandom(18)).encode())}
    return Key(kid, jwk, jwk)


class JwCrypto:
    name, version, jws = "jwcrypto", peers.JwCrypto.version, peers.JwCrypto()
    lacks = {}

    def why_not(self, alg, curve, enc):
        known = jwcrypto.jwe.JWA.algorithms_registry
        return None if alg in known and enc in known else NOT_THERE

    def new_key(self, alg, curve, enc, kid):
        if alg.startswith("PBES2"):
            return new_password_key(kid)
        if is_secret(alg):
            made = jwcrypto.jwk.JWK.generate(kty="oct", size=secret_octets(alg, enc) * 8, kid=kid)
            jwk = made.export(as_dict=True)
            return Key(kid, jwk, jwk)
        if alg.startswith("RSA"):
            made = jwcrypto.jwk.JWK.generate(kty="RSA", size=2048, kid=kid)
        else:
            kty = "OKP" if curve.startswith("X") else "EC"
            made = jwcrypto.jwk.JWK.generate(kty=kty, crv=curve, kid=kid)
        return Key(kid, made.export_private(as_dict=True), made.export_public(as_dict=True))

    def encrypt(self, key, message, plaintext):
        header = {**message.header, "alg": message.alg, "enc": message.enc}
        for name in ("apu", "apv"):
            if getattr(message, name) is not None:
                header[name] = b64(getattr(message, name))
        sealed = jwcrypto.jwe.JWE(plaintext, header, aad=message.aad,
                                  algs=[message.alg, message.enc])
        sealed.add_recipient(jwcrypto.jwk.JWK(**key))
        if message.form == "compact":
            return sealed.serialize(compact=True)
        return json.loads(sealed.serialize())

    def encrypt_to_all(self, recipients, enc, plaintext):
        sealed = jwcrypto.jwe.JWE(plaintext, {"enc": enc})
        for key, alg in recipients:
            sealed.add_recipient(jwcrypto.jwk.JWK(**key), {"alg": alg, "kid": key["kid"]})
        return json.loads(sealed.serialize())

    def decrypt(self, key, token, alg, enc):
        opened = jwcrypto.jwe.JWE(algs=[alg, enc])
        try:
            opened.deserialize(token if isinstance(token, str) else json.dumps(token))
            opened.decrypt(jwcrypto.jwk.JWK(**key))
        except (jwcrypto.common.JWException, ValueError) as error:
            raise Refused(repr(error)) from error
        return opened.payload


class PythonJose:
    name = "python-jose"
    lacks = {
        **{f"{enc} >": "it takes 128 bits of IV for AES-GCM; RFC 7518 section 5.3 requires 96"
           for enc in ENCRYPTIONS if enc.endswith("GCM")},
        "zip": "it writes and wants zlib's header; RFC 7516 section 4.1.3 has only DEFLATE",
        "parties": "it has no ECDH-ES", "flattened": "it has the compact form only",
        "general": "it has the compact form only",
        "header >": "it writes no members of the caller's own",
    }

    def __init__(self):
        self.version, self.jws = jose.__version__, peers.PythonJose()

    def why_not(self, alg, curve, enc):
        supported = jose.constants.ALGORITHMS.SUPPORTED
        return None if alg in supported and enc in supported else NOT_THERE

    def new_key(self, alg, curve, enc, kid):
        if is_secret(alg):
            secret = os.urandom(secret_octets(alg, enc))
            made = jose.jwk.construct(secret, enc if alg == "dir" else alg)
            jwk = {**as_text(made.to_dict()), "kid": kid}
            return Key(kid, jwk, jwk)
        made = jose.jwk.construct(private_pem(new_private_key("RS256", None)), alg)
        both = (made, made.public_key())
        return Key(kid, *({**as_text(one.to_dict()), "kid": kid} for one in both))

    def encrypt(self, key, message, plaintext):
        more = {name: message.header.get(name) for name in ("zip", "cty", "kid")}
        made = jose.jwe.encrypt(plaintext, self._own(key), message.enc, message.alg, **more)
        return made.decode()

    @staticmethod
    def _own(key):
        """Its AES keys are only bytes."""
        return octets_of(key["k"]) if key["kty"] == "oct" else key

    def decrypt(self, key, token, alg, enc):
        try:
            plaintext = jose.jwe.decrypt(token, self._own(key))
        except (jose.exceptions.JOSEError, ValueError) as error:
            raise Refused(repr(error)) from error
        if plaintext is None:  # its other exception for this
            raise Refused("decrypt returned None")
        return plaintext


class NpmJose:
    name, lacks = "npm jose", {}

    def __init__(self, process):
        self.jws, self.version = process, process.version

    def why_not(self, alg, curve, enc):
        """The tool itself reports it when it is asked for a key; it makes no passwords."""
        return NOT_THERE if self._first_key(alg, curve, enc) is None else None

    @functools.cache
    def _first_key(self, alg, curve, enc):
        if alg.startswith("PBES2"):
            alg = "dir"
        elif alg != "dir" and enc != ENCRYPTIONS[0]:
            return self._first_key(alg, curve, ENCRYPTIONS[0])
        try:
            return self.jws.ask(do="new_encryption_key", alg=alg, enc=enc, crv=curve)
        except Refused:
            return None

    def new_key(self, alg, curve, enc, kid):
        if alg.startswith("PBES2"):
            return new_password_key(kid)
        made = self._first_key(alg, curve, enc)
        return Key(kid, *({**made[name], "kid": kid} for name in ("private_jwk", "public_jwk")))

    def encrypt(self, key, message, plaintext):
        more = {name: b64(octets) for name in ("apu", "apv", "aad")
                if (octets := getattr(message, name)) is not None}
        if message.alg.startswith("PBES2"):
            more["p2c"] = P2C
        return self.jws.ask(
            do="encrypt", key=key, alg=message.alg, enc=message.enc, header=message.header,
            plaintext=b64(plaintext), form=message.form, **more,
        )

    def encrypt_to_all(self, recipients, enc, plaintext):
        to = [{"key": key, "alg": alg} for key, alg in recipients]
        return self.jws.ask(do="encrypt_to_all", recipients=to, enc=enc, plaintext=b64(plaintext))

    def decrypt(self, key, token, alg, enc):
        return octets_of(self.jws.ask(do="decrypt", key=key, token=token, alg=alg, enc=enc))
