"""PyJWS and jose.jws: payloads that are not claims."""
import json

import jwt

import world
from world import SECRET, Case, b64, hs256, jose, needs_jose, sign, verify

DETACHED = b"the content that travels elsewhere \xf0\x9f\x94\x91"


class Jws(Case):
    def test_sign_and_verify(self):
        for payload in ("text", "", '{"a":1}', "line\nline"):
            token = self.token(payload=payload)
            self.assertEqual(self.accepted(verify(token, mode="jws"))["payload"], payload)
            self.assertEqual(jwt.PyJWS().decode(token, SECRET, algorithms=["HS256"]),
                             payload.encode())
        theirs = jwt.PyJWS().encode(b"octets", SECRET, algorithm="HS256")
        self.assertEqual(self.accepted(verify(theirs, mode="jws"))["payload"], "octets")

    @needs_jose
    def test_python_jose_sign(self):
        secret = b64(SECRET)
        theirs = jose.jws.sign({"a": "b"}, secret, algorithm="HS256")
        reply = self.accepted(verify(theirs, {"secret": secret, "algorithms": ["HS256"]},
                                     mode="jws"))
        self.assertEqual(json.loads(reply["payload"]), {"a": "b"})
        ours = self.token(material={"secret": secret}, payload='{"a":"b"}')
        self.assertEqual(jose.jws.verify(ours, secret, "HS256"), b'{"a":"b"}')
        report = self.accepted(world.inspect(token=theirs))
        self.assertEqual(report["unverified_header"], jose.jws.get_unverified_header(theirs))

    def test_payload_is_no_claims(self):
        self.assertNotIn("typ", jwt.get_unverified_header(self.token(payload="text")))
        self.refused(verify(self.token(payload="text")), "token_malformed", part="payload")
        self.accepted(verify(hs256({"exp": 1}), mode="jws"))  # claims are not looked at

    def test_detached(self):
        made = self.token(payload_b64=b64(DETACHED), detached=True)
        self.assertIn("..", made)
        for content in ({"payload_b64": b64(DETACHED)}, {"payload": DETACHED.decode()}):
            self.accepted(verify(made, mode="jws", **content))
        self.refused(verify(made, mode="jws", payload="other"), "signature_invalid")
        self.refused(verify(made, mode="jws"), "signature_invalid")

    def test_b64_false(self):
        made = self.token(payload_b64=b64(DETACHED), detached=True, b64=False)
        self.assertEqual(jwt.get_unverified_header(made)["crit"], ["b64"])
        theirs = jwt.PyJWS().decode(made, SECRET, ["HS256"], detached_payload=DETACHED)
        self.assertEqual(theirs, DETACHED)
        self.accepted(verify(made, mode="jws", payload_b64=b64(DETACHED)))
        content = {"mode": "jws", "payload_b64": b64(DETACHED)}
        for header, code in (({"b64": False, "crit": ["b64"]}, None),
                             ({"b64": False}, "header_invalid")):  # RFC 7797 section 6: crit MUST
            token = jwt.PyJWS().encode(DETACHED, SECRET, "HS256", is_payload_detached=True,
                                       headers=header)
            reply = verify(token, **content)
            self.refused(reply, code) if code else self.accepted(reply)
        self.refused(sign(claims={}, b64=False), "request_invalid", 400)

    def test_json_serialization(self):
        for form in ("flattened", "general"):
            made = self.accepted(sign(payload="text", serialization=form))["token"]
            self.assertEqual(self.accepted(verify(made, mode="jws"))["payload"], "text")
            self.assertEqual(self.accepted(verify(json.dumps(made), mode="jws"))["payload"], "text")
            self.assertEqual(verify(made).status, 400)
            self.refused(verify(json.dumps(made)), "token_malformed")

    def test_jwe_where_a_jws_is_meant(self):
        self.refused(verify("a.b.c.d.e"), "token_malformed", part="segments")
