"""jwt-pro and dtpyfw.encrypt: what each of their functions does, with profiles."""
import json
import os
import uuid

import jwt
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

import world
from world import HOUR, NOW, OURS, Case, by_profile, from_b64, hs256, jose, needs_jose, parts, verify

USER = {"user_id": "12345", "name": "John Doe"}  # jwt-pro's own example
OLD_SECRET = world.JWT_PRO_SECRET


def generate(claims=None, **members):
    return by_profile("/sign", profile="session", claims=USER if claims is None else claims, **members)


def verify_by(profile, token, **members):
    return by_profile("/verify", profile=profile, token=token, **members)


def made_by_jwt_pro(claims, secret=OLD_SECRET, lifetime=HOUR):
    """generate_token(header, claims, secret, lifetime, encrypt=True), step by step."""
    text = json.dumps({**claims, "jti": str(uuid.uuid4()), "exp": NOW + lifetime}).encode()
    text += bytes([16 - len(text) % 16]) * (16 - len(text) % 16)
    size = next((size for size in (16, 24) if len(secret) <= size), 32)
    iv = os.urandom(16)
    cipher = Cipher(algorithms.AES(secret[:size].ljust(size, b"\0")), modes.CBC(iv)).encryptor()
    return hs256(iv + cipher.update(text) + cipher.finalize(), secret=secret)


class JwtPro(Case):
    def test_generate_token(self):
        made = self.accepted(generate(header={"app": "shop"}))
        header, claims = (json.loads(part) for part in parts(made["token"])[:2])
        self.assertEqual(header["app"], "shop")
        self.assertEqual(claims["exp"] - claims["iat"], HOUR)
        self.assertEqual((claims["jti"], claims["exp"]), (made["jti"], made["expires_at"]))
        reply = self.accepted(verify_by("session", made["token"]))
        self.assertEqual(reply["claims"], claims)
        self.assertEqual({name: claims[name] for name in USER}, USER)

    def test_expires_in(self):
        made = self.accepted(generate(expires_in=7200))
        claims = json.loads(parts(made["token"])[1])
        self.assertEqual(claims["exp"] - claims["iat"], 7200)
        for seconds in (0, -1, 25 * HOUR):
            self.refused(generate(expires_in=seconds), "claims_forbidden", claim="exp")

    def test_generate_token_encrypted(self):
        made = self.accepted(generate(encrypt={"key_name": "sealed"}))
        token = made["token"]
        header, body = (token.split(".")[i] for i in (0, 3))
        self.assertEqual(token.count("."), 4)
        self.assertEqual(json.loads(from_b64(header))["cty"], "JWT")
        self.assertNotIn(b"John", from_b64(body))
        claims = self.accepted(verify_by("session", token))["claims"]
        self.assertEqual({name: claims[name] for name in USER}, USER)
        self.assertEqual((claims["jti"], claims["exp"]), (made["jti"], made["expires_at"]))
        at = token.rindex(".") - 1
        changed = token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :]
        answer = self.refused(verify_by("session", changed), "decryption_failed")
        self.assertNotIn("John", json.dumps(answer))
        self.refused(world.signet.post("/verify", {"profile": "session", "token": token}),
                     "caller_unauthenticated", 401)  # fmt: skip

    def test_encrypt_is_demanded(self):
        self.refused(verify_by("sealed_session", generate().json["token"]), "token_malformed")
        sealed = self.accepted(generate(encrypt={"key_name": "sealed"}))["token"]
        self.accepted(verify_by("sealed_session", sealed))

    def test_jwt_pro_errors(self):
        old = {**USER, "iss": OURS, "aud": "session", "jti": "j", "exp": NOW - 1}
        expired = jwt.encode(old, world.private_pem(world.EC_NEW), "ES256", {"kid": "new"})
        good = generate().json["token"]
        signature = good.split(".")[2]
        for token, code in (
            (expired, "token_expired"),
            ("header.payload", "token_malformed"),
            ("header.payload." + signature, "token_malformed"),
            (hs256(USER, {"typ": "JWT"}), "header_invalid"),
            (hs256(USER, {"alg": "XS256"}), "algorithm_unsupported"),
            (hs256(USER, {"alg": "none"}), "algorithm_not_allowed"),
            (hs256(USER), "key_not_found"),  # not a secret of this issuer
            (good.replace("." + signature, "." + "A" * len(signature)), "signature_invalid"),
        ):
            self.refused(verify_by("session", token), code)


class JwtProMigration(Case):
    def test_reads_jwt_pro(self):
        reply = self.accepted(verify_by("jwt_pro", made_by_jwt_pro(USER)))
        claims = reply["claims"]
        self.assertEqual({name: claims[name] for name in USER}, USER)
        self.assertEqual((reply["kid"], reply["issuer"]), ("jwt-pro", "urn:parity:jwt-pro"))
        self.accepted(verify_by("jwt_pro", made_by_jwt_pro(USER), claims={"user_id": "12345"}))
        # encrypt=False
        self.accepted(verify_by("jwt_pro", hs256({**USER, "exp": NOW + HOUR}, secret=OLD_SECRET)))

    def test_refuses_jwt_pro(self):
        self.refused(verify_by("jwt_pro", made_by_jwt_pro(USER, lifetime=0)), "token_expired")
        other = b"another secret that has 32 octets"
        self.refused(verify_by("jwt_pro", made_by_jwt_pro(USER, other)), "signature_invalid")
        junk = hs256(os.urandom(15) + b"\0" * 33, secret=OLD_SECRET)
        self.refused(verify_by("jwt_pro", junk), "decryption_failed")

    def test_jwt_pro_is_off(self):
        token = made_by_jwt_pro(USER)
        self.refused(verify_by("no_jwt_pro", made_by_jwt_pro(USER, world.OTHER_SECRET)),
                     "token_malformed", part="payload")  # fmt: skip
        self.refused(verify_by("session", token), "token_malformed")
        inline = {"secret": OLD_SECRET.decode(), "algorithms": ["HS256"]}
        self.refused(verify(token, inline), "token_malformed", part="payload")

    def test_jwt_pro_is_warned_of(self):
        said = [json.loads(line) for line in world.signet.log_text().splitlines() if "compat" in line]
        self.assertEqual([(one["level"], one["setting"]) for one in said], [("warn", "keys[2].compat")])
        self.assertIn("use it only to move away from jwt-pro", said[0]["text"])


class Dtpyfw(Case):
    def encrypt(self, subject="user_12345", **members):
        claims = {"subject": subject, "role": "user", "permissions": ["read", "write"]}
        return by_profile("/sign", profile="account", claims=claims, **members)

    def without(self, name, **changed):
        """A token that no profile would make, with the profile's key."""
        claims = {"iss": OURS, "aud": "account", "subject": "s", "exp": NOW + HOUR, **changed}
        del claims[name]
        return jwt.encode(claims, world.private_pem(world.EC_NEW), "ES256", {"kid": "new"})

    def test_jwt_encrypt(self):
        made = self.accepted(self.encrypt(expires_in=1800))
        claims = json.loads(parts(made["token"])[1])
        self.assertEqual((claims["subject"], claims["role"]), ("user_12345", "user"))
        self.assertNotIn("sub", claims)
        self.assertEqual(claims["exp"] - claims["iat"], 1800)

    def test_jwt_decrypt(self):
        token = self.encrypt().json["token"]
        claims = self.accepted(verify_by("account", token, subject="user_12345"))["claims"]
        self.assertEqual(claims["permissions"], ["read", "write"])

    def test_wrong_token_subject(self):
        token = self.encrypt().json["token"]
        self.refused(verify_by("account", token, subject="user_456"), "subject_mismatch",
                     claim="subject")  # fmt: skip
        self.refused(verify_by("account", self.without("subject"), subject="s"), "claim_missing",
                     claim="subject")  # fmt: skip
        for odd in (7, ["user_12345"], {"id": 1}):
            token = self.without("role", role=0, subject=odd)
            self.refused(verify_by("account", token), "claim_invalid", claim="subject")

    def test_check_exp(self):
        expired = self.without("role", role=0, exp=NOW - HOUR + 0.5)  # dtpyfw's are fractions
        endless = self.without("exp")
        self.refused(verify_by("account", expired, subject="s"), "token_expired")
        self.refused(verify_by("account", endless, subject="s"), "claim_missing", claim="exp")
        for token in (expired, endless):
            off = {"checks": {"exp": False}}
            self.accepted(verify_by("account", token, subject="s", **off))
            self.refused(verify_by("account", token, subject="t", **off), "subject_mismatch")
        reply = verify_by("default", expired, checks={"exp": False})
        self.refused(reply, "request_invalid", 400, member="checks")

    @needs_jose
    def test_tokens_of_dtpyfw_itself(self):
        claims = {"subject": "user_12345", "exp": NOW + HOUR + 0.25, "role": "user"}
        token = jose.jwt.encode(claims, world.SECRET, "HS256")
        wanted = {"claims": {"subject": "user_12345"}, "required": ["exp"]}
        self.assertEqual(self.accepted(verify(token, **wanted))["claims"], claims)
        wanted["claims"] = {"subject": "user_456"}
        self.refused(verify(token, **wanted), "claim_invalid", claim="subject")
