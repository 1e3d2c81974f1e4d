"""jose.jwe: what python-jose encrypts and decrypts."""
import json

import world
from world import Case, b64, inspect, jose, needs_jose, private_pem, public_pem

KEY = bytes(range(32))
RSA = world.PARTNER_KEY


def encrypt(**members):
    return world.signet.post("/encrypt", members)


def decrypt(token, **members):
    token = token.decode() if isinstance(token, bytes) else token
    return world.signet.post("/decrypt", {"token": token, **members})


class Jwe(Case):
    @needs_jose
    def test_jwe_encrypt(self):
        for alg, enc, theirs, ours in (
            ("dir", "A256GCM", KEY, {"secret_b64": b64(KEY)}),
            ("dir", "A128CBC-HS256", KEY, {"secret_b64": b64(KEY)}),
            ("A256KW", "A128GCM", KEY, {"secret_b64": b64(KEY)}),
            ("RSA-OAEP", "A256GCM", private_pem(RSA), {"key": public_pem(RSA)}),
            ("RSA-OAEP-256", "A256CBC-HS512", private_pem(RSA), {"key": public_pem(RSA)}),
        ):
            reply = self.accepted(encrypt(plaintext="Hello, World!", alg=alg, enc=enc, **ours))
            self.assertEqual((reply["alg"], reply["enc"]), (alg, enc))
            self.assertEqual(jose.jwe.decrypt(reply["token"], theirs), b"Hello, World!")

    @needs_jose
    def test_jwe_decrypt(self):
        for alg, enc, theirs, ours in (
            ("dir", "A128CBC-HS256", KEY, {"secret_b64": b64(KEY)}),
            ("A256KW", "A192CBC-HS384", KEY, {"secret_b64": b64(KEY)}),
            ("RSA-OAEP-256", "A256CBC-HS512", public_pem(RSA), {"key": private_pem(RSA)}),
        ):
            token = jose.jwe.encrypt("Hello, World!", theirs, algorithm=alg, encryption=enc)
            reply = self.accepted(decrypt(token, **ours))
            self.assertEqual((reply["plaintext"], reply["alg"], reply["enc"]),
                             ("Hello, World!", alg, enc))
        # RFC 7518 section 5.3: "Use of an IV of size 96 bits is REQUIRED"; python-jose takes 128
        token = jose.jwe.encrypt("x", KEY, algorithm="dir", encryption="A256GCM")
        self.refused(decrypt(token, secret_b64=b64(KEY)), "token_malformed", part="iv")

    @needs_jose
    def test_jwe_header(self):
        token = self.accepted(encrypt(plaintext="x", cty="text/plain", key={
            "kty": "oct", "k": b64(KEY), "kid": "key-1"}))["token"]
        header = jose.jwe.get_unverified_header(token)
        self.assertEqual((header["kid"], header["cty"]), ("key-1", "text/plain"))
        seen = self.accepted(inspect(token=token))
        self.assertEqual((seen["structure"], seen["unverified_header"]), ("jwe_compact", header))

    @needs_jose
    def test_jwe_zip(self):
        ours = {"secret_b64": b64(KEY), "alg": "dir"}
        text = "a text that repeats a text"
        token = self.accepted(encrypt(plaintext=text, zip="DEF", **ours))["token"]
        self.assertEqual(self.accepted(decrypt(token, secret_b64=b64(KEY)))["plaintext"], text)
        # RFC 7516 section 4.1.3 means only DEFLATE; python-jose puts zlib's frame around it
        theirs = jose.jwe.encrypt(text, KEY, algorithm="dir", encryption="A128CBC-HS256", zip="DEF")
        self.refused(decrypt(theirs, secret_b64=b64(KEY)), "token_malformed", part="payload")

    def test_jwe_errors(self):
        token = self.accepted(encrypt(plaintext="x", secret_b64=b64(KEY)))["token"]
        head, rest = token.split(".", 1)
        self.refused(decrypt(token, secret_b64=b64(KEY[::-1])), "decryption_failed")
        self.refused(decrypt("a.b", secret_b64=b64(KEY)), "token_malformed", part="segments")
        self.refused(decrypt(b64(b"[]") + "." + rest, secret_b64=b64(KEY)), "token_malformed",
                     part="header")
        unknown = b64(json.dumps({"alg": "A256KW", "enc": "ROT13"}).encode())
        self.refused(decrypt(unknown + "." + rest, secret_b64=b64(KEY)), "algorithm_unsupported")
        self.refused(encrypt(plaintext="x", secret_b64=b64(KEY), alg="ROT13"),
                     "algorithm_unsupported", 400)
        self.refused(decrypt("a" * 256_001, secret_b64=b64(KEY)), "token_too_large")

    def test_jwe_off_by_default(self):
        self.refused(encrypt(plaintext="x", key=public_pem(RSA), alg="RSA1_5"),
                     "algorithm_not_allowed")
        self.refused(encrypt(plaintext="x", secret="a password", alg="PBES2-HS256+A128KW"),
                     "algorithm_not_allowed")
