"""encode(): algorithms, headers, claims."""
import datetime
import json

import jwt

import world
from world import (HOUR, NOW, SECRET, Case, from_b64, hs256, jose, needs_jose, parts, sign,
                   verify)


class Encode(Case):
    def test_encode_and_decode(self):
        claims = {"sub": "1234567890", "name": "John Doe", "exp": NOW + HOUR}
        token = self.token(claims=claims)
        self.assertEqual(self.accepted(verify(token))["claims"], claims)
        self.assertEqual(jwt.decode(token, SECRET, algorithms=["HS256"]), claims)
        theirs = jwt.encode(claims, SECRET, algorithm="HS256")
        self.assertEqual(self.accepted(verify(theirs))["claims"], claims)
        self.assertEqual(token, theirs)  # the same bytes, with order and spaces

    def test_default_algorithm(self):
        made = self.accepted(sign(claims={}))
        self.assertEqual((made["alg"], jwt.get_unverified_header(made["token"])["typ"]),
                         ("HS256", "JWT"))
        for key, alg in ((world.PARTNER_KEY, "RS256"), (world.EC_OLD, "ES256")):
            made = self.accepted(sign({"key": world.private_pem(key)}, claims={}))
            self.assertEqual(made["alg"], alg)

    def test_claims_must_be_an_object(self):
        for claims in ([1], "text", 7, None):
            self.refused(sign(claims=claims), "request_invalid", 400, member="claims")

    def test_datetime_claims_are_numbers(self):
        when = datetime.datetime(2030, 1, 1, tzinfo=datetime.timezone.utc)
        theirs = jwt.encode({"exp": when}, SECRET)
        ours = self.token(claims={"exp": int(when.timestamp())})
        self.assertEqual(parts(theirs)[1], parts(ours)[1])
        made = self.accepted(sign(claims={}, expires_in=60, not_before_in=-5))
        claims = json.loads(parts(made["token"])[1])
        self.assertEqual(claims["exp"], made["expires_at"])
        self.assertEqual(claims["exp"] - claims["nbf"], 65)
        self.assertLess(abs(claims["exp"] - 60 - NOW), 600)

    def test_ill_typed_claims_are_signed_and_refused_later(self):
        token = self.token(claims={"iss": 7})
        self.refused(verify(token), "claim_invalid", claim="iss")

    def test_jti(self):
        first, second = (self.accepted(sign(claims={}, jti=True)) for _ in range(2))
        self.assertNotEqual(first["jti"], second["jti"])
        self.assertEqual(self.accepted(verify(first["token"]))["claims"]["jti"], first["jti"])
        self.assertEqual(self.accepted(sign(claims={}, jti="mine"))["jti"], "mine")


class Headers(Case):
    def test_custom_headers(self):
        headers = {"kid": "230498151c214b788dd97f22b85410a5", "custom": [1, {"a": None}]}
        token = self.token(claims={}, header=headers)
        self.assertEqual(jwt.get_unverified_header(token),
                         {"alg": "HS256", "typ": "JWT", **headers})
        self.assertEqual(self.accepted(verify(token))["header"]["custom"], [1, {"a": None}])
        self.refused(sign(claims={}, header={"alg": "HS512"}), "request_invalid", 400)
        for name in ("jku", "jwk", "x5u", "x5c", "crit", "b64"):
            self.refused(sign(claims={}, header={name: "x"}), "request_invalid", 400)

    def test_header_order(self):
        for wanted in (["typ", "alg", "kid", "a"], ["z", "kid", "alg", "typ"], ["b", "a"]):
            known = {"typ": "JWT", "alg": "HS256", "kid": "k"}
            header = {name: known.get(name, name) for name in wanted}
            written = list(json.loads(parts(self.token(claims={}, header=header))[0]))
            self.assertEqual(written[: len(wanted)], wanted)
        self.assertEqual(parts(self.token(claims={}))[0], '{"alg":"HS256","typ":"JWT"}')

    def test_typ(self):
        self.assertNotIn("typ", jwt.get_unverified_header(
            self.token(claims={}, header={"typ": None})))
        token = self.token(claims={}, typ="at+jwt")
        self.assertEqual(jwt.get_unverified_header(token)["typ"], "at+jwt")
        self.accepted(verify(token, typ="application/AT+JWT"))
        self.refused(verify(token, typ="JWT"), "type_mismatch")

    @needs_jose
    def test_unverified_header(self):
        token = hs256({"a": 1}, {"alg": "HS256", "kid": "k", "typ": "JWT"})
        report = self.accepted(world.inspect(token=token))
        self.assertEqual(report["unverified_header"], jwt.get_unverified_header(token))
        self.assertEqual(report["unverified_header"], jose.jwt.get_unverified_headers(token))

    @needs_jose
    def test_unverified_claims(self):
        token = hs256({"a": 1, "exp": 1})
        report = self.accepted(world.inspect(token=token))
        self.assertEqual(report["unverified_claims"], jose.jwt.get_unverified_claims(token))
        self.refused(world.inspect(token="x.y"), "token_malformed")

    def test_decode_complete(self):
        token = self.token(claims={"a": 1}, header={"kid": "k"})
        reply = self.accepted(verify(token))
        theirs = jwt.api_jwt.decode_complete(token, SECRET, algorithms=["HS256"])
        self.assertEqual((reply["header"], reply["claims"]), (theirs["header"], theirs["payload"]))
        self.assertEqual(parts(token)[2], theirs["signature"])


class AtHash(Case):
    @needs_jose
    def test_at_hash_is_made(self):
        for alg, key in (("HS256", None), ("HS384", None), ("HS512", None),
                         ("RS256", world.private_pem(world.PARTNER_KEY))):
            theirs = jose.jwt.encode({}, key or world.b64(SECRET), alg, access_token="t0ken")
            material = {"key": key} if key else {"secret": world.b64(SECRET)}
            ours = self.token(material=material, alg=alg, claims={}, access_token="t0ken")
            self.assertEqual(json.loads(parts(ours)[1]), json.loads(parts(theirs)[1]))

    def test_at_hash_is_checked(self):
        token = self.token(claims={}, access_token="t0ken")
        self.accepted(verify(token, access_token="t0ken"))
        self.refused(verify(token, access_token="other"), "token_hash_mismatch", claim="at_hash")
        self.refused(verify(hs256({}), access_token="t0ken"), "claim_missing", claim="at_hash")
        self.accepted(verify(token, access_token="other", checks={"at_hash": False}))

    def test_at_hash_without_an_access_token(self):
        reply = self.accepted(verify(self.token(claims={}, access_token="t0ken")))
        self.assertEqual(reply["unchecked"], ["at_hash"])

    def test_c_hash(self):
        token = self.token(claims={}, code="c0de")
        self.accepted(verify(token, code="c0de"))
        self.refused(verify(token, code="other"), "token_hash_mismatch", claim="c_hash")


class Text(Case):
    """The given text is signed, byte for byte, and comes back."""

    def survives(self, claims):
        material = json.dumps(world.SECRET_MEMBER)[1:-1]
        made = world.signet.post("/sign", f'{{{material},"claims":{claims}}}')
        token = self.accepted(made)["token"]
        self.assertEqual(from_b64(token.split(".")[1]).decode(), claims)
        reply = verify(token)
        self.accepted(reply)
        self.assertIn(f'"claims":{claims}', reply.body)

    def test_numbers(self):
        self.survives('{"a":1.0e9,"b":123456789012345678901234567890,"c":-0,"d":1e-7,"e":-0.0,'
                      '"f":0.10,"g":1E+2,"h":9007199254740993,"i":18446744073709551616,'
                      '"j":2.2250738585072014e-308,"exp":4.1024448e9}')

    def test_unicode(self):
        self.survives('{"raw":"é ß 中文 🔑 \u2028","escaped":"\\u00e9 \\ud83d\\udd11 \\/ \\b\\f\\n",'
                      '"nul":"\\u0000","na\\u006de":1,"🔑":"non-BMP name","sub":"Zo\\u00eb"}')
        token = self.token(claims={"sub": "Zoë 🔑"})
        self.accepted(verify(token, subject="Zoë 🔑"))
        self.accepted(verify(hs256('{"sub":"Zo\\u00eb \\ud83d\\udd11"}'), subject="Zoë 🔑"))

    def test_order_and_spaces(self):
        self.survives('{ "z" : 1,\t"a" : [ 1 , 2 ],\n"m":{ } }')

    def test_header_text(self):
        header = '{"n":1.0e9,"k":"\\u00e9é🔑","b":123456789012345678901234567890}'
        material = json.dumps(world.SECRET_MEMBER)[1:-1]
        made = world.signet.post("/sign", f'{{{material},"claims":{{}},"header":{header}}}')
        token = self.accepted(made)["token"]
        self.assertTrue(parts(token)[0].startswith(header[:-1]))
        self.assertIn(f'"header":{parts(token)[0]}', verify(token).body)

    def test_payload_octets(self):
        octets = bytes(range(256))
        token = self.token(payload_b64=world.b64(octets))
        reply = self.accepted(verify(token, mode="jws"))
        self.assertEqual(from_b64(reply["payload_b64"]), octets)
        self.assertNotIn("payload", reply)
