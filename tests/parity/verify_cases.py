"""decode(): options, expectations, and the code of each failure."""
import jwt

import world
from world import AUDIENCE, HOUR, NOW, Case, hs256, verify

GOOD = {"iss": "i", "sub": "s", "exp": NOW + HOUR}


class Options(Case):
    """PyJWT's and python-jose's `options`."""

    def without(self, check, claims, code, **found):
        """Refused while the check is on, accepted when it is off."""
        self.refused(verify(hs256(claims)), code, **found)
        self.accepted(verify(hs256(claims), checks={check: False}))

    def test_verify_exp(self):
        self.without("exp", {"exp": NOW - HOUR}, "token_expired", claim="exp")

    def test_verify_nbf(self):
        self.without("nbf", {"nbf": NOW + HOUR}, "token_not_yet_valid", claim="nbf")

    def test_verify_iat(self):
        self.without("iat", {"iat": NOW + HOUR}, "token_not_yet_valid", claim="iat")

    def test_verify_aud(self):
        self.without("aud", {"aud": "someone else"}, "audience_mismatch", claim="aud")

    def test_verify_iss(self):
        token = hs256({"iss": "other"})
        self.refused(verify(token, issuer="i"), "issuer_mismatch", claim="iss")
        self.accepted(verify(token, issuer="i", checks={"iss": False}))

    def test_verify_sub(self):
        token = hs256({"sub": 7})
        self.refused(verify(token), "claim_invalid", claim="sub", reason="invalid")
        self.accepted(verify(token, checks={"sub": False}))

    def test_verify_jti(self):
        token = hs256({"jti": 7})
        self.refused(verify(token), "claim_invalid", claim="jti", reason="invalid")
        self.accepted(verify(token, checks={"jti": False}))

    def test_verify_signature_is_inspect(self):
        token = hs256(GOOD, secret=b"another secret of thirty-two octets")
        self.refused(verify(token), "signature_invalid")
        reply = verify(token, checks={"signature": False})
        self.refused(reply, "request_invalid", 400)
        report = self.accepted(world.inspect(token=token))
        self.assertEqual((report["verified"], report["unverified_claims"]), (False, GOOD))

    def test_require(self):
        for name in ("exp", "iat", "nbf", "aud", "iss", "sub", "jti", "custom"):
            reply = verify(hs256({}), required=[name])
            self.refused(reply, "claim_missing", claim=name, reason="missing")
        self.accepted(verify(hs256(GOOD), required=["exp", "iss", "sub"]))
        self.refused(verify(hs256({"sub": None}), required=["sub"]), "claim_invalid")

    def test_instance_options_are_profiles(self):
        made = self.accepted(world.by_profile("/sign", claims={"sub": "s"}))["token"]
        reply = self.accepted(world.signet.post("/verify", {"token": made}))
        self.assertEqual((reply["profile"], reply["key_source"]), ("default", "configured"))
        loose = {"token": made, "checks": {"exp": False}}
        self.refused(world.signet.post("/verify", loose), "request_invalid", 400)
        signed = jwt.encode({"iss": world.PARTNER}, world.private_pem(world.PARTNER_KEY), "RS256")
        reply = {"token": signed, "profile": "lenient", "checks": {"aud": False}}
        self.accepted(world.signet.post("/verify", reply))


class Expectations(Case):
    def test_audience(self):
        for aud in (AUDIENCE, [AUDIENCE], ["other", AUDIENCE]):
            for expected in (AUDIENCE, [AUDIENCE], ["unrelated", AUDIENCE]):
                self.accepted(verify(hs256({"aud": aud}), audience=expected))
        self.refused(verify(hs256({"aud": "other"}), audience=AUDIENCE), "audience_mismatch")
        self.refused(verify(hs256({"aud": ["a", "b"]}), audience=["c"]), "audience_mismatch")
        self.refused(verify(hs256({}), audience=AUDIENCE), "claim_missing", claim="aud")
        self.refused(verify(hs256({"aud": 7}), audience=AUDIENCE), "claim_invalid", claim="aud")
        self.refused(verify(hs256({"aud": ["a", 7]}), audience="a"), "claim_invalid", claim="aud")
        self.refused(verify(hs256({"aud": "x"}), audience=[]), "request_invalid", 400)

    def test_strict_aud(self):
        strict = {"audience": AUDIENCE, "strict_audience": True}
        self.accepted(verify(hs256({"aud": AUDIENCE}), **strict))
        for wrong in ([AUDIENCE], "other"):
            self.assertEqual(verify(hs256({"aud": wrong}), **strict).status, 422)

    def test_issuer(self):
        token = hs256(GOOD)
        self.accepted(verify(token, issuer="i"))
        self.accepted(verify(token, issuer=["h", "i"]))
        self.refused(verify(token, issuer=["h", "j"]), "issuer_mismatch")
        self.refused(verify(token, issuer="https://i"), "issuer_mismatch")
        self.refused(verify(hs256({}), issuer="i"), "claim_missing", claim="iss")
        self.refused(verify(hs256({"iss": 7}), issuer="i"), "claim_invalid", claim="iss")

    def test_subject(self):
        self.accepted(verify(hs256(GOOD), subject="s"))
        self.refused(verify(hs256(GOOD), subject="t"), "subject_mismatch", claim="sub")
        self.refused(verify(hs256({}), subject="s"), "claim_missing", claim="sub")

    def test_leeway(self):
        for claims in ({"exp": NOW - 60}, {"nbf": NOW + 120}, {"iat": NOW + 120}):
            self.assertEqual(verify(hs256(claims), leeway=5).status, 422)
            self.accepted(verify(hs256(claims), leeway=300))
        self.refused(verify(hs256({}), leeway=301), "request_invalid", 400, member="leeway")

    def test_optional_expectations(self):
        self.accepted(verify(hs256({}), audience=AUDIENCE, optional=["aud"]))
        self.accepted(verify(hs256({}), issuer="i", optional=["iss"]))
        self.refused(verify(hs256({"iss": "j"}), issuer="i", optional=["iss"]), "issuer_mismatch")

    def test_custom_claims(self):
        token = hs256({"role": "admin", "tenant": {"id": 7, "tags": ["a"]}})
        self.accepted(verify(token, claims={"role": "admin", "tenant": {"tags": ["a"], "id": 7.0}}))
        self.refused(verify(token, claims={"role": "user"}), "claim_invalid", claim="role")
        self.refused(verify(token, claims={"team": "x"}), "claim_missing", claim="team")


class Times(Case):
    def test_any_json_number(self):
        for written in (f"{NOW + HOUR}", f"{NOW + HOUR}.5", f"{(NOW + HOUR) / 1e9:.9f}e9", "1e11"):
            self.accepted(verify(hs256(f'{{"exp":{written}}}')))
        for written in ("0", "-1", "1.5e3", "-0"):
            self.refused(verify(hs256(f'{{"exp":{written}}}')), "token_expired")
        self.accepted(verify(hs256('{"nbf":1.5,"iat":1e3}')))

    def test_not_a_number(self):
        for written in ('"%d"' % (NOW + HOUR), '"soon"', "true", "null", "[]", "{}"):
            for name in ("exp", "nbf", "iat"):
                reply = verify(hs256(f'{{"{name}":{written}}}'))
                self.refused(reply, "claim_invalid", claim=name, reason="invalid")
        for written in ("NaN", "Infinity", "1e400"):
            self.refused(verify(hs256(f'{{"exp":{written}}}')), "token_malformed")

    def test_future_iat(self):
        token = hs256({"iat": NOW + HOUR})
        self.refused(verify(token), "token_not_yet_valid", claim="iat")
        with self.assertRaises(jwt.ImmatureSignatureError):
            jwt.decode(token, world.SECRET, algorithms=["HS256"])

    def test_exp_is_exclusive(self):
        self.refused(verify(hs256({"exp": NOW})), "token_expired")


class Algorithms(Case):
    def test_algorithms_are_mandatory(self):
        token = hs256(GOOD)
        reply = verify(token, world.SECRET_MEMBER)
        self.refused(reply, "request_invalid", 400, member="algorithms")
        self.accepted(verify(token, {"key": world.OCT_JWK}))
        self.refused(verify(token, world.SECRET_MEMBER, algorithms=[]), "request_invalid", 400)

    def test_algorithms_list(self):
        token = hs256(GOOD)
        reply = verify(token, world.SECRET_MEMBER, algorithms=["HS384", "HS512"])
        self.refused(reply, "algorithm_not_allowed")
        self.accepted(verify(token, world.SECRET_MEMBER, algorithms=["HS512", "HS256"]))

    def test_key_binds_its_algorithm(self):
        key = {**world.OCT_JWK, "alg": "HS512"}
        self.refused(verify(hs256(GOOD), {"key": key}), "key_not_found")
        self.refused(verify(hs256(GOOD), {"key": key, "algorithms": ["HS256"]}), "key_not_found")
        named = hs256(GOOD, {"alg": "HS256", "kid": key["kid"]})
        self.refused(verify(named, {"jwks": {"keys": [key]}}), "algorithm_not_allowed")

    def test_none_is_never_on(self):
        for alg in ("none", "None", "NONE"):
            head, payload, _ = hs256(GOOD, {"alg": alg}).split(".")
            self.refused(verify(f"{head}.{payload}."), "algorithm_not_allowed")
        reply = verify(hs256(GOOD), world.SECRET_MEMBER, algorithms=["none"])
        self.refused(reply, "request_invalid", 400, member="algorithms")
        self.assertNotEqual(world.sign(claims=GOOD, alg="none").status, 200)
        found = self.accepted(world.inspect(token=f"{world.b64(b'{}')}.{payload}."))["findings"]
        self.assertIn("alg_missing", [one["code"] for one in found])

    def test_unknown_algorithm(self):
        self.refused(verify(hs256(GOOD, {"alg": "HS257"})), "algorithm_unsupported")
        self.refused(verify(hs256(GOOD, {"alg": "ES521"})), "algorithm_unsupported")
        self.refused(world.sign(claims=GOOD, alg="HS257"), "algorithm_unsupported", 400)


class ErrorCodes(Case):
    """Each exception class is a code."""

    def test_malformed(self):
        head, payload, mac = hs256(GOOD).split(".")
        for token, part in (
            ("", "segments"), ("a", "segments"), (f"{head}.{payload}", "segments"),
            (f"{head}.{payload}.{mac}.x", "segments"), (f"{head}.{payload}.!!", "signature"),
            (f"!!.{payload}.{mac}", "header"), (f"{head}.!!.{mac}", "payload"),
            (hs256("[]"), "payload"), (hs256("{"), "payload"), (hs256(GOOD, "[]"), "header"),
            (hs256(b"\xff\xfe"), "payload"), (f"{head}=.{payload}.{mac}", "header"),
        ):  # fmt: skip
            self.refused(verify(token), "token_malformed", part=part)

    def test_header_rules(self):
        for header in ({"typ": "JWT"}, {"alg": 7}, {"alg": "HS256", "kid": 7},
                       {"alg": "HS256", "typ": 7}, {"alg": "HS256", "crit": ["exp"], "exp": 1}):
            self.refused(verify(hs256(GOOD, header)), "header_invalid", part="header")

    def test_duplicate_members(self):
        reply = verify(hs256('{"sub":"a","sub":"b"}'))
        self.refused(reply, "token_malformed", part="payload", reason="invalid")
        self.refused(verify(hs256(GOOD, '{"alg":"HS256","alg":"HS256"}')), "header_invalid")

    def test_every_class_has_a_code(self):
        sub7 = hs256({"sub": 7})
        for reply, code in (
            (verify("x"), "token_malformed"),  # DecodeError, JWTError
            (verify(hs256({}, secret=bytes(32))), "signature_invalid"),  # InvalidSignatureError
            (verify(hs256({"exp": 1})), "token_expired"),  # ExpiredSignatureError
            (verify(hs256({"nbf": 1e11})), "token_not_yet_valid"),  # ImmatureSignatureError
            (verify(hs256({"aud": "x"}), audience="y"), "audience_mismatch"),
            (verify(hs256({"iss": "x"}), issuer="y"), "issuer_mismatch"),
            (verify(hs256({"sub": "x"}), subject="y"), "subject_mismatch"),
            (verify(sub7), "claim_invalid"),  # InvalidSubjectError of a type, JWTClaimsError
            (verify(hs256({"iat": "x"})), "claim_invalid"),  # InvalidIssuedAtError
            (verify(hs256({"jti": 7})), "claim_invalid"),  # InvalidJTIError
            (verify(hs256({}), required=["exp"]), "claim_missing"),  # MissingRequiredClaimError
            (verify(hs256({}, {"alg": "HS384"})), "algorithm_not_allowed"),  # InvalidAlgorithmError
        ):
            body = self.refused(reply, code)
            self.assertEqual(body["type"], f"urn:signet:error:{code}")
            self.assertIs(body["valid"], False)
        self.refused(verify(sub7, {"key": {"kty": "oct"}, "algorithms": ["HS256"]}),
                     "key_invalid", 400)  # InvalidKeyError, PyJWKError, JWKError  # fmt: skip
