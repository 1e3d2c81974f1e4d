"""The command line from outside: every command, every exit code, offline and against a service.

Run by ctest (the binary in SIGNET), or as:
    PYTHONPATH=tests/support python3 tests/integration/cli_test.py build/dev/signet
"""
import base64
import hashlib
import json
import os
import pathlib
import socket
import stat
import subprocess
import sys
import tempfile
import threading
import time
import unittest

import origin
import ports
import service
from service import clean_environment

BINARY = os.path.abspath(sys.argv.pop(1) if len(sys.argv) > 1 else os.environ["SIGNET"])
ALGORITHMS = {  # alg -> further keygen options
    "HS256": [], "HS384": [], "HS512": ["--bits", "1024"],
    "RS256": [], "RS384": [], "RS512": ["--bits", "3072"], "PS256": [], "PS384": [], "PS512": [],
    "ES256": [], "ES384": [], "ES512": [], "ES256K": [],
    "EdDSA": [], "Ed25519": [], "Ed448": [],
    "ML-DSA-44": [], "ML-DSA-65": [], "ML-DSA-87": [],
}
CLAIMS = '{"sub":"ada","aud":"orders"}'


class Cli(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.at = pathlib.Path(self.folder.name)

    def signet(self, *words, expect=0, typed=b"", env=()):
        """Runs signet and checks its exit code. -> stdout, stderr"""
        ran = subprocess.run([BINARY, *map(str, words)], input=typed, capture_output=True,
                             cwd=self.at, timeout=60, env=clean_environment() | dict(env))
        self.assertEqual(ran.returncode, expect, (words, ran.stdout, ran.stderr))
        return ran.stdout.decode(), ran.stderr.decode()

    def refusal(self, *words, expect=1, **more):
        """The code of the problem that a command printed on stderr."""
        out, err = self.signet(*words, expect=expect, **more)
        self.assertEqual(out, "")
        return json.loads(err)["code"]

    def key(self, alg="ES256", *options, name="key"):
        self.signet("keygen", "--alg", alg, "--out", name, *options)
        return name

    def write(self, name, content):
        (self.at / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        (self.at / name).chmod(0o644)  # what a group may write is refused, whatever the umask
        return name

    def mode(self, name):
        return stat.S_IMODE((self.at / name).stat().st_mode)


class Words(Cli):
    def test_help_everywhere(self):
        for name in ["serve", "check-config", "healthcheck", "keygen", "jwk convert", "jwk public",
                     "jwk thumbprint", "sign", "verify", "encrypt", "decrypt", "inspect", "version"]:
            out, _ = self.signet(*name.split(), "--help")
            self.assertIn(f"Usage: signet {name}", out)
            self.assertIn("Example:\n  signet " + name, out)
        self.assertIn("check-config", self.signet("--help")[0])

    def test_usage_is_2(self):
        for words in [[], ["encrypt"], ["jwk"], ["jwk", "x"], ["sign"], ["verify"], ["inspect"],
                      ["keygen"], ["serve", "extra"], ["jwk", "public"],
                      ["verify", "t", "--key", "none.pem"], ["healthcheck", "--url", "https://a"],
                      ["serve", "--set", "nothing"], ["verify", "t", "--key", "k", "--now", "now"]]:
            _, err = self.signet(*words, expect=2)
            self.assertTrue(err)
        self.assertIn("did you mean `--audience`?", self.signet("verify", "t", "--audiense", "x", expect=2)[1])

    def test_version(self):
        lines = self.signet("version")[0].splitlines()
        self.assertEqual([line.split()[0] for line in lines][:3], ["signet", "Botan", "Boost"])
        self.assertLessEqual({line.split()[0] for line in lines[4:]}, {"OpenSSL", "libsodium", "libsecp256k1"})
        self.assertEqual(self.signet("--version")[0].splitlines(), lines)

    def test_output_that_cannot_be_written_is_an_error(self):
        with open("/dev/full", "wb") as full:
            ran = subprocess.run([BINARY, "version"], stdout=full, stderr=subprocess.PIPE, timeout=60)
        self.assertEqual(ran.returncode, 2)


class Keygen(Cli):
    def test_a_private_file_is_0600_and_never_overwritten(self):
        before = os.umask(0)
        self.addCleanup(os.umask, before)
        self.key("ES256", "--public-out", "pub")
        self.assertEqual((self.mode("key"), self.mode("pub")), (0o600, 0o644))
        first = (self.at / "key").read_bytes()
        self.signet("keygen", "--alg", "ES256", "--out", "key", expect=2)
        self.signet("keygen", "--alg", "ES256", "--out", "new", "--public-out", "pub", expect=2)
        self.assertEqual((self.at / "key").read_bytes(), first)
        os.chmod(self.at / "key", 0o644)
        self.key("ES256", "--force")
        self.assertNotEqual((self.at / "key").read_bytes(), first)
        self.assertEqual(self.mode("key"), 0o600)

    def test_formats(self):
        self.assertIn("BEGIN PRIVATE KEY", self.signet("keygen", "--alg", "Ed25519")[0])
        jwk = json.loads(self.signet("keygen", "--alg", "Ed25519", "--kid", "one")[0])
        self.assertEqual((jwk["kid"], jwk["alg"], jwk["use"], jwk["crv"]), ("one", "Ed25519", "sig", "Ed25519"))
        secret = json.loads(self.signet("keygen", "--alg", "HS384")[0])
        self.assertEqual((secret["kty"], len(secret["k"])), ("oct", 64))
        self.assertNotIn("kid", secret)
        rsa = json.loads(self.signet("keygen", "--alg", "PS256", "--bits", "3072", "--format", "jwk")[0])
        self.assertEqual(len(rsa["n"]), 512)

    def test_keys_for_encryption(self):
        jwk = json.loads(self.signet("keygen", "--use", "enc", "--format", "jwk")[0])
        self.assertEqual((jwk["use"], jwk["alg"], jwk["crv"]), ("enc", "ECDH-ES+A256KW", "P-256"))
        for alg, options, kind in [
            ("ECDH-ES", ["--curve", "X448"], "X448"), ("ECDH-ES+A128KW", ["--curve", "P-521"], "P-521"),
            ("RSA-OAEP-256", [], "RSA"), ("RSA1_5", [], "RSA"), ("A192KW", [], 24), ("A256GCMKW", [], 32),
            ("A128CBC-HS256", [], 32), ("A256CBC-HS512", [], 64), ("dir", ["--bits", "128"], 16),
        ]:
            jwk = json.loads(self.signet("keygen", "--alg", alg, "--format", "jwk", *options)[0])
            made = jwk.get("crv") or (jwk["kty"] if "k" not in jwk else len(jwk["k"]) * 3 // 4)
            self.assertEqual((jwk["use"], jwk["alg"], made), ("enc", alg, kind))
        self.key("ECDH-ES+A256KW", "--curve", "X25519", "--public-out", "pub")
        self.assertIn("BEGIN PUBLIC KEY", (self.at / "pub").read_text())
        for options in [["--use", "enc", "--alg", "ES256"], ["--use", "sig", "--alg", "A128KW"], ["--use", "x"],
                        ["--alg", "A128KW", "--bits", "256"], ["--alg", "ECDH-ES", "--curve", "Ed25519"],
                        ["--alg", "RSA-OAEP", "--bits", "1024"], ["--alg", "RSA-OAEP", "--curve", "P-256"]]:
            self.signet("keygen", *options, expect=2)

    def test_what_cannot_be_made_is_usage(self):
        for options in [["--alg", "none"], ["--alg", "RS256", "--bits", "1024"], ["--alg", "RS256", "--bits", "9000"],
                        ["--alg", "ES256", "--bits", "256"], ["--alg", "HS256", "--bits", "128"],
                        ["--alg", "HS256", "--bits", "many"], ["--alg", "HS256", "--format", "pem"],
                        ["--alg", "ES256", "--format", "pem", "--kid", "k"], ["--alg", "ES256", "--format", "der"],
                        ["--alg", "HS256", "--public-out", "p"], ["--alg", "ES256", "--out", "a", "--public-out", "a"]]:
            self.signet("keygen", *options, expect=2)
            self.assertEqual(list(self.at.iterdir()), [], options)


class Jwk(Cli):
    def test_thumbprints_are_equal_in_every_form(self):
        for alg in ["RS256", "ES256", "ES256K", "Ed25519", "Ed448", "ML-DSA-65"]:
            self.key(alg, "--public-out", f"{alg}.pub", name=alg)
            print_of = self.signet("jwk", "thumbprint", alg)[0]
            private = self.write(f"{alg}.jwk", self.signet("jwk", "convert", alg, "--private")[0])
            self.assertEqual(json.loads((self.at / private).read_text())["kid"], print_of.strip())
            back = self.write(f"{alg}.pem", self.signet("jwk", "convert", private, "--to", "pem", "--private")[0])
            self.assertEqual((self.at / back).read_bytes(), (self.at / alg).read_bytes())
            public = self.write(f"{alg}.json", self.signet("jwk", "public", back)[0])
            for name in [private, back, public, f"{alg}.pub"]:
                self.assertEqual(self.signet("jwk", "thumbprint", name)[0], print_of)
            self.assertEqual(self.signet("jwk", "thumbprint", "-", typed=(self.at / alg).read_bytes())[0], print_of)

    def test_private_members_only_when_asked_for(self):
        self.key("RS256")
        for words in [["jwk", "convert", "key"], ["jwk", "public", "key"], ["jwk", "convert", "key", "--to", "jwks"]]:
            out = json.loads(self.signet(*words)[0])
            out = out.get("keys", [out])[0]
            self.assertFalse({"d", "p", "q", "dp", "dq", "qi"} & set(out), words)
        self.assertIn("BEGIN PUBLIC KEY", self.signet("jwk", "convert", "key", "--to", "pem")[0])
        self.assertIn("d", json.loads(self.signet("jwk", "convert", "key", "--private")[0]))
        public = self.write("pub", self.signet("jwk", "public", "key")[0])
        self.signet("jwk", "convert", public, "--private", expect=2)

    def test_a_secret_is_neither_shown_nor_fingerprinted(self):
        name = self.key("HS256")
        for words in [["jwk", "convert", name], ["jwk", "public", name], ["jwk", "thumbprint", name],
                      ["jwk", "convert", name, "--private", "--to", "pem"]]:
            self.assertEqual(self.signet(*words, expect=2)[0], "")
        self.assertIn("k", json.loads(self.signet("jwk", "convert", name, "--private")[0]))

    def test_sets(self):
        pair = [json.loads(self.signet("keygen", "--alg", "ES256", "--kid", kid)[0]) for kid in "ab"]
        name = self.write("set", json.dumps({"keys": pair}))
        keys = json.loads(self.signet("jwk", "convert", name, "--to", "jwks")[0])["keys"]
        self.assertEqual([(k["kid"], "d" in k) for k in keys], [("a", False), ("b", False)])
        self.signet("jwk", "convert", name, expect=2)
        self.signet("jwk", "thumbprint", name, expect=2)

    def test_forms_of_others(self):
        def openssl(*words):
            subprocess.run(["openssl", *words], cwd=self.at, check=True, capture_output=True, timeout=60)
        openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", "pem")
        openssl("pkey", "-in", "pem", "-outform", "DER", "-out", "der")
        openssl("ec", "-in", "pem", "-out", "sec1")
        openssl("pkcs8", "-topk8", "-in", "pem", "-v2", "aes256", "-passout", "pass:open", "-out", "locked")
        self.write("password", "open\n")
        print_of = self.signet("jwk", "thumbprint", "pem")[0]
        for words in [["der"], ["sec1"], ["locked", "--password-file", "password"]]:
            self.assertEqual(self.signet("jwk", "thumbprint", *words)[0], print_of)
        self.signet("jwk", "thumbprint", "locked", expect=2)
        self.write("wrong", "shut")
        self.signet("jwk", "thumbprint", "locked", "--password-file", "wrong", expect=2)
        token = self.signet("sign", "--key", "locked", "--password-file", "password", "--claims", CLAIMS)[0].strip()
        self.signet("verify", token, "--key", "sec1", "--alg", "ES256", "--audience", "orders")


class Offline(Cli):
    def test_every_algorithm_there_and_back(self):
        for alg, options in ALGORITHMS.items():
            with self.subTest(alg=alg):
                key = self.key(alg, "--format", "jwk", *options, name=alg)
                token = self.signet("sign", "--key", key, "--claims", CLAIMS, "--expires-in", "15m")[0].strip()
                if not alg.startswith("HS"):
                    key = self.write(f"{alg}.pub", self.signet("jwk", "public", key)[0])
                reply = json.loads(self.signet("verify", token, "--key", key, "--audience", "orders")[0])
                self.assertEqual((reply["alg"], reply["claims"]["sub"], reply["key_source"]), (alg, "ada", "inline"))
                head, rest = token.split(".", 1)
                other = self.key(alg, "--format", "jwk", *options, name=f"{alg}.other")
                self.assertEqual(self.refusal("verify", token, "--key", other, "--audience", "orders"),
                                 "signature_invalid")

    def test_with_pyjwt(self):
        try:
            import jwt
        except ImportError:
            self.skipTest("python3-jwt is not installed")
        secret = b"0123456789abcdef0123456789abcdef"
        self.write("secret", secret + b"\n")
        self.key("ES256", "--public-out", "pub")
        ours = self.signet("sign", "--key", "key", "--claims", CLAIMS, "--expires-in", "1m", "--jti=one")[0].strip()
        claims = jwt.decode(ours, (self.at / "pub").read_bytes(), algorithms=["ES256"], audience="orders")
        self.assertEqual(claims["jti"], "one")
        theirs = jwt.encode({"sub": "ada"}, (self.at / "key").read_bytes(), algorithm="ES256")
        self.signet("verify", theirs, "--key", "pub", "--alg", "ES256")
        ours = self.signet("sign", "--secret-file", "secret", "--claims", CLAIMS, "--alg", "HS256")[0].strip()
        jwt.decode(ours, secret, algorithms=["HS256"], audience="orders")
        theirs = jwt.encode({"sub": "ada"}, secret, algorithm="HS256")
        self.signet("verify", "-", "--secret-file", "secret", "--alg", "HS256", typed=theirs.encode() + b"\n")

    def test_refused_is_1_and_says_why_on_stderr(self):
        self.key("ES256", "--public-out", "pub")
        sign = lambda claims, *more: self.signet("sign", "--key", "key", "--claims", claims, *more)[0].strip()
        token = sign('{"iss":"us","sub":"ada","aud":["a","b"],"exp":2000,"iat":1000,"role":"admin","n":1,"scope":"r w"}')
        now = ["--key", "pub", "--alg", "ES256", "--audience", "a"]
        at = lambda second: now + ["--now", f"1970-01-01T00:{second // 60:02}:{second % 60:02}Z"]
        self.signet("verify", token, *at(1999))
        self.assertEqual(self.refusal("verify", token, *at(2000)), "token_expired")
        self.signet("verify", token, *at(2000), "--leeway", "1s")
        self.signet("verify", token, *now, "--skip", "exp")
        for options, code in [
            (["--issuer", "them"], "issuer_mismatch"), (["--subject", "bob"], "subject_mismatch"),
            (["--typ", "at+jwt"], "type_mismatch"), (["--require", "jti"], "claim_missing"),
            (["--claim", 'role="user"'], "claim_invalid"), (["--max-age", "10m"], "token_expired"),
            (["--scope", "x"], "scope_insufficient"), (["--nonce", "n"], "claim_missing"),
        ]:
            with self.subTest(options=options):
                self.assertEqual(self.refusal("verify", token, *at(1999), *options), code)
        self.signet("verify", token, *at(1500), "--issuer", "us", "--subject", "ada", "--typ", "JWT", "--require", "iat",
                    "--claim", 'role="admin"', "--claim", "n=1", "--scope", "r", "--scope", "w", "--max-age", "10m")
        self.assertEqual(self.refusal("verify", token, "--key", "pub", "--alg", "ES256", "--now", "1970-01-01T00:20:00Z"),
                         "audience_mismatch")
        self.assertEqual(self.refusal("verify", token, "--key", "pub", "--alg", "RS256"), "algorithm_not_allowed")
        self.assertEqual(self.refusal("verify", "a.b", "--key", "pub", "--alg", "ES256"), "token_malformed")
        self.assertEqual(self.refusal("verify", token, "--key", "pub", expect=2), "request_invalid")  # no --alg

    def test_jwks_file_and_kid(self):
        keys = [self.key("ES256", "--kid", kid, name=kid) for kid in "ab"]
        public = [json.loads(self.signet("jwk", "public", key)[0]) for key in keys]
        both, one = self.write("both", json.dumps({"keys": public})), self.write("one", json.dumps({"keys": public[:1]}))
        token = self.signet("sign", "--key", "b", "--claims", "{}")[0].strip()
        reply = json.loads(self.signet("verify", token, "--jwks", both)[0])
        self.assertEqual(reply["kid"], "b")
        self.assertEqual(self.refusal("verify", token, "--jwks", one), "key_not_found")

    def test_key_ops_of_a_jwk_bind(self):
        jwk = json.loads(self.signet("keygen", "--alg", "ES256", "--format", "jwk")[0])
        name = self.write("k", json.dumps({k: v for k, v in jwk.items() if k != "use"} | {"key_ops": ["verify"]}))
        self.assertEqual(self.refusal("sign", "--key", name, "--claims", "{}", expect=2), "key_invalid")

    def test_a_key_as_a_secret_and_a_weak_secret(self):
        self.key("ES256", "--public-out", "pub")
        token = self.signet("sign", "--key", "key", "--claims", "{}")[0].strip()
        self.assertEqual(self.refusal("verify", token, "--secret-file", "pub", "--alg", "HS256", expect=2), "key_invalid")
        self.write("weak", "secret")
        weak = ["--secret-file", "weak", "--alg", "HS256"]
        self.assertEqual(self.refusal("sign", *weak, "--claims", "{}", expect=2), "key_invalid")
        token = self.signet("sign", *weak, "--claims", "{}", "--allow-weak-hmac")[0].strip()
        self.signet("verify", token, *weak, "--allow-weak-hmac")
        self.signet("verify", token, *weak, expect=2)

    def test_payloads(self):
        key = self.key("Ed25519", "--format", "jwk")
        content = self.write("content", b"\x00\xff any octets \n")
        verify = ["--key", key, "--mode", "jws"]
        token = self.signet("sign", "--key", key, "--payload-file", content)[0].strip()
        reply = json.loads(self.signet("verify", token, *verify)[0])
        self.assertEqual(base64.urlsafe_b64decode(reply["payload_b64"] + "=="), b"\x00\xff any octets \n")
        for more in [["--detached"], ["--detached", "--no-b64"],
                     ["--serialization", "flattened", "--detached"]]:
            token = self.write("token", self.signet("sign", "--key", key, "--payload-file", content, *more)[0])
            self.signet("verify", "@token", *verify, "--payload-file", content)
            self.write("other", b"other")
            self.assertEqual(self.refusal("verify", "@token", *verify, "--payload-file", "other"), "signature_invalid")
        for form in ["flattened", "general"]:
            token = self.signet("sign", "--key", key, "--payload-file", content, "--serialization", form)[0]
            self.assertEqual("signatures" in json.loads(token), form == "general")
            self.assertEqual(json.loads(self.signet("verify", "-", *verify, typed=token.encode())[0])["signature_index"], 0)

    def test_what_sign_adds(self):
        key = self.key()
        self.write("claims", '{"n": 1.0e9}')
        sign = lambda *more: self.signet("sign", "--key", key, *more)[0].strip()
        token = sign("--claims", "@claims", "--expires-in", "15m", "--not-before-in", "30s", "--jti", "--typ", "at+jwt",
                     "--header", '{"cty":"x","kid":"mine"}')
        head, claims = (base64.urlsafe_b64decode(part + "==").decode() for part in token.split(".")[:2])
        self.assertEqual(json.loads(head), {"cty": "x", "kid": "mine", "alg": "ES256", "typ": "at+jwt"})
        self.assertIn("1.0e9", claims)
        claims = json.loads(claims)
        self.assertEqual(claims["exp"] - claims["nbf"], 870)
        self.assertGreaterEqual(len(claims["jti"]), 22)
        self.assertEqual(sign("--claims", "{}", "--jti=a").split(".")[1], base64.urlsafe_b64encode(b'{"jti":"a"}').decode().rstrip("="))
        typed = self.signet("sign", "--key", key, "--claims", "-", typed=b'{"a":1}')[0]
        self.assertEqual(typed.split(".")[1], base64.urlsafe_b64encode(b'{"a":1}').decode().rstrip("="))
        for words in [["--claims", "[]"], ["--claims", '{"a":1,"a":2}'], ["--claims", "{}", "--payload-file", "claims"],
                      ["--claims", "{}", "--expires-in", "15"], ["--claims", "{}", "--alg", "RS256"],
                      ["--claims", "{}", "--alg", "none"], ["--claims", "{}", "--detached"],
                      ["--claims", "{}", "--header", '{"jku":"x"}'], ["--claims", "{}", "--profile", "p"],
                      ["--claims", "{}", "--serialization", "pretty"]]:
            with self.subTest(words=words):
                ran = subprocess.run([BINARY, "sign", "--key", key, *words], cwd=self.at, capture_output=True, timeout=60)
                self.assertIn(ran.returncode, (1, 2))
                self.assertEqual(ran.stdout, b"")
                self.assertTrue(ran.stderr)

    def test_encryption_there_and_back(self):
        letter = self.write("letter", b"\x00\xff any octets \n")
        for alg, options in [("RSA-OAEP-256", []), ("ECDH-ES+A256KW", ["--curve", "X25519"]), ("ECDH-ES", []),
                             ("A128KW", []), ("A256GCM", []), ("A128GCMKW", []), ("RSA1_5", [])]:
            with self.subTest(alg=alg):
                key = self.key(alg, "--format", "jwk", *options, name=alg)
                public = key
                if alg[0] != "A":
                    public = self.write(f"{alg}.pub", self.signet("jwk", "public", key)[0])
                off = ["--alg", alg] if alg == "RSA1_5" else []
                sealed = self.write("sealed", self.signet("encrypt", "--key", public, "--plaintext-file", letter, *off)[0])
                raw = subprocess.run([BINARY, "decrypt", "@sealed", "--key", key, "--plaintext", *off], cwd=self.at,
                                     capture_output=True, timeout=60)
                self.assertEqual(raw.stdout, b"\x00\xff any octets \n", raw.stderr)
                self.assertEqual(json.loads(self.signet("decrypt", "@sealed", "--key", key, *off)[0])["authenticated"], False)
                other = self.key(alg, "--format", "jwk", *options, name=f"{alg}.other")
                code = self.refusal("decrypt", "@sealed", "--key", other, *off)
                self.assertEqual(code, "decryption_failed")
                if off:  # what is off by default works when it is named
                    self.assertEqual(self.refusal("decrypt", "@sealed", "--key", key), "algorithm_not_allowed")

    def test_passwords_zip_and_nested_tokens(self):
        self.write("password", "correct horse\n")
        pbes2 = ["--secret-file", "password", "--alg", "PBES2-HS256+A128KW"]
        token = self.signet("encrypt", *pbes2, "--claims", CLAIMS, "--header", '{"p2c":1000}')[0].strip()
        self.assertEqual(json.loads(self.signet("decrypt", token, *pbes2)[0])["header"]["p2c"], 1000)
        self.key("A256KW")
        zipped = self.signet("encrypt", "--key", "key", "--claims", CLAIMS, "--zip")[0].strip()
        self.assertEqual(self.refusal("decrypt", zipped, "--key", "key"), "algorithm_not_allowed")
        self.signet("decrypt", zipped, "--key", "key", "--allow-zip")
        self.key("ES256", "--format", "jwk", name="sig")
        secret = json.loads((self.at / "key").read_text())
        nested = self.signet("sign", "--key", "sig", "--claims", CLAIMS, "--encrypt", json.dumps({"key": secret}))[0].strip()
        verify = json.dumps({"key": json.loads(self.signet("jwk", "public", "sig")[0]), "audience": "orders"})
        reply = json.loads(self.signet("decrypt", nested, "--key", "key", "--verify", verify)[0])
        self.assertEqual((reply["authenticated"], reply["claims"]["sub"]), (True, "ada"))
        self.assertEqual(self.refusal("decrypt", nested, "--key", "key", "--verify", verify.replace("orders", "else")),
                         "audience_mismatch")
        for words in [["encrypt", "--key", "key"], ["encrypt", "--key", "key", "--claims", "{}", "--plaintext-file", "sig"],
                      ["encrypt", "--claims", "{}"], ["decrypt", nested], ["decrypt", nested, "--key", "key", "--kid", "x"],
                      ["encrypt", "--key", "key", "--claims", "{}", "--alg", "ROT13"],
                      ["decrypt", nested, "--key", "key", "--verify", "{}", "--plaintext"]]:
            self.assertTrue(self.signet(*words, expect=2)[1])

    def test_with_jwcrypto(self):
        try:
            from jwcrypto import jwe, jwk
        except ImportError:
            self.skipTest("python3-jwcrypto is not installed")
        self.key("ECDH-ES+A256KW", "--format", "jwk")
        key = jwk.JWK.from_json((self.at / "key").read_text())
        ours = jwe.JWE()
        ours.deserialize(self.signet("encrypt", "--key", "key", "--claims", CLAIMS)[0].strip(), key)
        self.assertEqual(ours.payload.decode(), CLAIMS)
        zipped = jwe.JWE(b"a" * 300000, json.dumps({"alg": "ECDH-ES+A256KW", "enc": "A256GCM", "zip": "DEF"}), recipient=key)
        self.assertEqual(self.refusal("decrypt", zipped.serialize(compact=True), "--key", "key", "--allow-zip"),
                         "token_too_large")
        theirs = jwe.JWE(b"hello", json.dumps({"alg": "ECDH-ES+A256KW", "enc": "A128CBC-HS256"}), recipient=key)
        self.assertEqual(self.signet("decrypt", theirs.serialize(compact=True), "--key", "key", "--plaintext")[0], "hello")

    def test_inspect(self):
        token = self.signet("sign", "--key", self.key(), "--claims", CLAIMS)[0].strip()
        reply = json.loads(self.signet("inspect", token, "--expect", '{"audience":"else"}')[0])
        self.assertEqual((reply["verified"], reply["unverified_claims"]["sub"]), (False, "ada"))
        self.assertEqual(reply["claims_verdict"], "audience_mismatch")
        self.assertIn("exp_missing", [f["code"] for f in reply["findings"]])
        self.assertEqual(json.loads(self.signet("inspect", "-", typed=token.encode())[0])["verified"], False)
        key = json.loads(self.signet("inspect", "--key", "key")[0])
        self.assertEqual((key["kty"], key["private"]), ("EC", True))
        self.assertEqual(self.refusal("inspect", "no token"), "token_malformed")
        self.signet("inspect", token, "--key", "key", expect=2)
        self.signet("verify", token, "--key", "key", "--jwks", "key", expect=2)
        self.signet("verify", "-", "--key", "-", "--alg", "ES256", expect=2, typed=token.encode())


class Configuration(Cli):
    def good(self, more=""):
        self.key("ES256", name="sig.pem")
        self.port, self.admin = ports.hold(), ports.hold()
        self.caller, self.other = "c" * 43, "o" * 43
        digests = [hashlib.sha256(one.encode()).hexdigest() for one in (self.caller, self.other)]
        return self.write("signet.yaml", f"""
server: {{listen: ["127.0.0.1:{self.port}", "unix:{self.at}/s.sock"], threads: 1}}
admin: {{listen: ["127.0.0.1:{self.admin}"]}}
issuer: https://tokens.example.com
keys:
  - {{name: sig, alg: ES256, file: sig.pem}}
  - {{name: sealed, use: enc, generate: true, callers: [me]}}
verify_profiles: {{default: {{issuers: [self], audiences: [orders]}}}}
sign_profiles: {{default: {{key: sig, callers: [me, typed], audiences: [orders], ttl: 5m, allowed_claims: [sub]}}}}
callers:
  - {{name: me, uid: {os.getuid()}, secret_sha256: "{digests[0]}"}}
  - {{name: typed, secret_sha256: "{digests[1]}"}}
{more}""")

    def test_check_config(self):
        name = self.good()
        self.assertIn("good", self.signet("check-config", "--config", name)[0])
        self.signet("check-config", env={"SIGNET_CONFIG": name})
        self.signet("check-config", "--config", name, "--set", "log.level=debug")
        self.signet("check-config", "--config", "missing.yaml", expect=3)
        bad = self.write("bad.yaml", "server: {lissen: []}\nlog: {level: loud}\n")
        out, err = self.signet("check-config", "--config", bad, expect=3)
        self.assertEqual(out, "")
        self.assertIn("did you mean `listen`?", err)
        self.assertIn("bad.yaml:2:", err)
        self.assertEqual(self.signet("serve", "--config", bad, expect=3)[1], err.replace("check-config", "serve"))

    def test_warnings_keep_check_config_good(self):
        name = self.good("inline_keys: {endpoints: [verify], allow_weak_hmac: true}")
        self.assertIn("warning: ", self.signet("check-config", "--config", name)[1])

    def test_serve_and_everything_that_asks_it(self):
        name = self.good()
        with service.start(BINARY, arguments=["--config", str(self.at / name)]):
            token = self.everything_that_asks(name)
        self.signet("healthcheck", "--config", name, expect=1)
        self.signet("verify", token, "--url", f"http://127.0.0.1:{self.port}", expect=3)
        self.signet("verify", token, "--url", f"unix:{self.at}/s.sock", expect=3)

    def test_who_asks_needs_only_the_address_of_the_file(self):
        name = self.good()
        (self.at / "state").mkdir(mode=0o755)  # not only for its user
        if os.getuid() == 0:
            os.chown(self.at / "state", 65534, 65534)
        broken = self.write("broken.yaml", f"""
state_dir: state
server: {{lissen: 7}}
admin: {{listen: ["127.0.0.1:{self.admin}"]}}
keys: [{{name: sig, alg: ES256, file: none.pem}}, {{name: sig, file: "env:NONE"}}]
callers: nobody
""")
        self.signet("check-config", "--config", broken, expect=3)
        self.write("caller", self.caller + "\n")
        with service.start(BINARY, arguments=["--config", str(self.at / name)]):
            for how in [{}, {"env": {"SIGNET_CONFIG": broken, "SIGNET_NO__SETTING": "1"}}]:
                named = [] if how else ["--config", broken]
                self.assertEqual(self.signet("healthcheck", *named, **how), ("ready\n", ""))
                self.signet("issuers", *named, **how)
                for words in [["revoke", "kid"], ["rotate", "sig"]]:  # the answer: not a caller with the role admin
                    code = self.refusal(*words, *named, "--token-file", "caller", **how)
                    self.assertEqual(code, "caller_forbidden")
            (self.at / broken).chmod(0o666)
            for words in [["healthcheck"], ["issuers"], ["revoke", "kid", "--token-file", "caller"]]:
                err = self.signet(*words, "--config", broken, expect=3)[1]
                self.assertIn("broken.yaml may be changed by others", err)
                self.assertIn("or use --url", err)
            self.signet("healthcheck", "--config", broken, "--url", f"http://127.0.0.1:{self.admin}")

    def test_without_an_address_that_can_be_asked_it_is_usage_and_without_a_file_the_default(self):
        for admin, why in [("[]", "no fixed admin port"), ('["127.0.0.1:0"]', "no fixed admin port"),
                           ('[{address: "127.0.0.1:1", tls: {cert_file: none.pem}}]', "speaks TLS")]:
            name = self.write("signet.yaml", f"admin: {{listen: {admin}}}\n")
            self.assertIn(why, self.signet("healthcheck", "--config", name, expect=2)[1])
        name = self.write("signet.yaml", "admin: {listen: nowhere}\n")
        self.assertIn("names what is not an address", self.signet("healthcheck", "--config", name, expect=3)[1])
        name = self.write("signet.yaml", "admin: {\n")
        for name in ("signet.yaml", "none.yaml"):  # whether anybody answers there is the machine's
            ran = subprocess.run([BINARY, "healthcheck", "--config", name], capture_output=True, text=True,
                                 cwd=self.at, timeout=60, env=clean_environment())
            self.assertIn(f"warning: {name} cannot be read: ", ran.stderr)
            self.assertIn("; http://127.0.0.1:9090 is asked\n", ran.stderr)

    def everything_that_asks(self, name):
        """Against the running service. -> a token of its"""
        self.signet("healthcheck", "--url", f"http://127.0.0.1:{self.admin}")
        self.signet("healthcheck", "--config", name)
        self.signet("healthcheck", env={"SIGNET_CONFIG": name})
        self.signet("healthcheck", "--url", f"http://127.0.0.1:{self.admin}/nothing", expect=1)

        tcp, unix = f"http://127.0.0.1:{self.port}", f"unix:{self.at}/s.sock"
        token = self.signet("sign", "--url", unix, "--claims", '{"sub":"ada"}')[0].strip()
        for url in [tcp, unix, f"http://localhost:{self.port}/"]:
            reply = json.loads(self.signet("verify", token, "--url", url, "--profile", "default", "--subject", "ada")[0])
            self.assertEqual((reply["valid"], reply["profile"]), (True, "default"))
            self.assertEqual(self.refusal("verify", token, "--url", url, "--subject", "bob"), "subject_mismatch")
            self.assertEqual(json.loads(self.signet("inspect", token, "--url", url)[0])["verified"], False)
        self.assertEqual(self.refusal("sign", "--url", unix, "--claims", '{"admin":true}'), "claims_forbidden")
        self.assertEqual(self.refusal("sign", "--url", tcp, "--claims", "{}", expect=2), "not_found")  # not open on TCP
        self.assertEqual(self.refusal("verify", token, "--url", tcp, "--profile", "none", expect=2), "request_invalid")
        sealed = self.signet("encrypt", "--url", unix, "--key-name", "sealed", "--claims", '{"sub":"ada"}')[0].strip()
        kid = json.loads(self.signet("decrypt", sealed, "--url", unix, "--key-name", "sealed")[0])["kid"]
        self.assertEqual(self.signet("decrypt", sealed, "--url", unix, "--kid", kid, "--plaintext")[0], '{"sub":"ada"}')
        self.assertEqual(self.refusal("encrypt", "--url", tcp, "--key-name", "sealed", "--claims", "{}", expect=2), "not_found")
        self.assertEqual(self.refusal("encrypt", "--url", unix, "--key-name", "none", "--claims", "{}", expect=2),
                         "key_not_found")
        self.write("caller", self.caller + "\n")
        shown = ["sign", "--url", unix, "--token-file"]
        self.signet(*shown, "caller", "--claims", '{"sub":"ada"}')
        self.write("other", self.other + "\n")  # another caller than the user at the other end
        self.assertEqual(self.refusal(*shown, "other", "--claims", "{}"), "caller_unauthenticated")
        self.write("broken", "two\nlines")
        self.signet("sign", "--url", unix, "--token-file", "broken", "--claims", "{}", expect=2)
        self.signet("verify", token, "--url", unix, "--now", "2026-01-01T00:00:00Z", expect=2)

        self.signet("verify", token, "--url", unix, "--key", "sig.pem", expect=2)  # keys stay here

        self.signet("serve", "--config", name, expect=3)  # its listeners are taken
        return token

    def test_https_asks_only_whom_it_may_trust_and_shows_its_certificate(self):
        with origin.Origin() as far:  # answers 404 to everything that we ask
            ca, cert, key = (str(far.folder / one) for one in ("ca.pem", "client.pem", "client.key"))
            asked = ["verify", "a.b.c", "--url", far.https_url]
            self.assertIn("answered 404", self.signet(*asked, "--ca-file", ca, expect=2)[1])
            self.assertIn("not from a trusted authority", self.signet(*asked, expect=3)[1])
            client = ["verify", "a.b.c", "--url", far.door_url("https_client"), "--ca-file", ca]
            shown = ["--client-cert", cert, "--client-key", key]
            self.assertIn("answered 404", self.signet(*client, *shown, expect=2)[1])
            self.signet(*client, expect=3)
            wrong = ["verify", "a.b.c", "--url", far.door_url("https_wrong_host"), "--ca-file", ca]
            self.assertIn("for another host", self.signet(*wrong, expect=3)[1])
            self.assertIn("needs its private key", self.signet(*client, "--client-cert", cert, expect=2)[1])
            self.assertIn("does not hold PEM certificates", self.signet(*asked, "--ca-file", key, expect=2)[1])
            self.assertIn("needs an https", self.signet("verify", "a.b.c", "--url", far.url, "--ca-file", ca, expect=2)[1])
            self.assertIn("requires --url", self.signet("verify", "a.b.c", "--ca-file", ca, expect=2)[1])
            secrets = ["PRIVATE KEY", "MII"]
            self.assertFalse([one for one in secrets if one in self.signet(*asked, "--ca-file", key, expect=2)[1]])

    def test_a_silent_service_ends_in_time(self):
        listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(listener.close)
        started = time.monotonic()
        self.signet("healthcheck", "--url", f"http://127.0.0.1:{listener.getsockname()[1]}", expect=1)
        self.assertLess(time.monotonic() - started, 8)

    def test_a_hostile_service_neither_fills_memory_nor_holds_anybody(self):
        chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        for first, again in [(b"HTTP/1.1 200 OK\r\n", b"X-Padding: yes\r\n"), (chunked + b"1;", b"a"),
                             (chunked + b"0\r\nX: ", b"a"), (chunked, b"1\r\n \r\n"),
                             (b"HTTP/1.1 200 OK\r\n\r\n", b" "), (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
                             (b"", b"a")]:
            for words in (["healthcheck"], ["issuers"], ["sign", "--claims", "{}"]):
                with self.subTest(first + again, words=words):
                    port = self.endless(first, again)
                    started = time.monotonic()
                    ran = subprocess.Popen([BINARY, *words, "--url", f"http://127.0.0.1:{port}"], cwd=self.at,
                                           stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=clean_environment())
                    self.addCleanup(ran.stdout.close)
                    self.addCleanup(ran.stderr.close)
                    _, status, used = os.wait4(ran.pid, 0)
                    ran.returncode = os.waitstatus_to_exitcode(status)
                    self.assertIn(ran.returncode, (1, 3))
                    self.assertLess(time.monotonic() - started, 8)
                    self.assertLess(used.ru_maxrss, self.at_rest() + 64 * 1024)  # KiB

    def at_rest(self):
        """The memory of a command that contacts no service, in KiB."""
        ran = subprocess.Popen([BINARY, "version"], stdout=subprocess.DEVNULL, env=clean_environment())
        _, status, used = os.wait4(ran.pid, 0)
        ran.returncode = os.waitstatus_to_exitcode(status)
        return used.ru_maxrss

    def endless(self, first, again):
        """A server whose answer to every request never ends. -> its port"""
        listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(listener.close)

        def serve():
            try:
                client, _ = listener.accept()
                with client:
                    client.recv(65536)
                    client.sendall(first)
                    while True:
                        client.sendall(again * (65536 // len(again)))
            except OSError:
                pass  # the client has had enough

        threading.Thread(target=serve, daemon=True).start()
        return listener.getsockname()[1]

    def test_a_service_that_is_not_there_is_said_so(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
        _, err = self.signet("verify", "a.b.c", "--url", f"http://127.0.0.1:{port}", expect=3)
        self.assertIn("the service cannot be reached", err)
        self.assertNotIn("in time", err)

    def test_what_is_no_signet_is_not_printed(self):
        listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(listener.close)

        def answer():
            peer, _ = listener.accept()
            with peer:
                peer.recv(65536)
                peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n\x1b[31m")
        thread = threading.Thread(target=answer)
        thread.start()
        out, err = self.signet("verify", "a.b.c", "--url", f"http://127.0.0.1:{listener.getsockname()[1]}", expect=3)
        thread.join(60)
        self.assertEqual(out, "")
        self.assertNotIn("\x1b", err)


if __name__ == "__main__":
    unittest.main()
