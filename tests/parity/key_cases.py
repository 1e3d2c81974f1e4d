"""Keys: formats, sets, kid, and what an HMAC secret may be."""
import datetime
import json
import os

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import NameOID

import service
import world
from world import (HOUR, NOW, SECRET, Case, b64, hs256, jose, needs_jose, private_pem, public_pem,
                   sign, verify)

RSA, EC, ED = (world.PARTNER_KEY, ec.generate_private_key(ec.SECP384R1()),
               ed25519.Ed25519PrivateKey.generate())  # fmt: skip
ALG_OF = {RSA: "RS256", EC: "ES384", ED: "EdDSA"}
PRIVATE, PUBLIC = serialization.PrivateFormat, serialization.PublicFormat


def ssh_public(key):
    return key.public_key().public_bytes(
        serialization.Encoding.OpenSSH, PUBLIC.OpenSSH
    ).decode() + " someone@example"


def certificate(key):
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "parity")])
    start = datetime.datetime(2020, 1, 1)
    made = (x509.CertificateBuilder().subject_name(name).issuer_name(name)
            .public_key(key.public_key()).serial_number(7).not_valid_before(start)
            .not_valid_after(start + datetime.timedelta(days=1)).sign(RSA, hashes.SHA256()))
    return made.public_bytes(serialization.Encoding.PEM).decode()


def public_jwk(key):
    return json.loads(jwt.algorithms.get_default_algorithms()[ALG_OF[key]].to_jwk(key.public_key()))


class Formats(Case):
    def test_private_keys(self):
        forms = [(RSA, PRIVATE.PKCS8), (RSA, PRIVATE.TraditionalOpenSSL), (RSA, PRIVATE.OpenSSH),
                 (EC, PRIVATE.PKCS8), (EC, PRIVATE.TraditionalOpenSSL), (EC, PRIVATE.OpenSSH),
                 (ED, PRIVATE.PKCS8), (ED, PRIVATE.OpenSSH)]  # fmt: skip
        for key, form in forms:
            token = self.token(material={"key": private_pem(key, form)}, claims={"a": 1})
            got = jwt.decode(token, public_pem(key), algorithms=[ALG_OF[key]])
            self.assertEqual(got, {"a": 1})

    def test_public_keys(self):
        for key, alg in ALG_OF.items():
            token = jwt.encode({"a": 1}, private_pem(key), algorithm=alg)
            forms = [public_pem(key), ssh_public(key), certificate(key), public_jwk(key),
                     private_pem(key)]
            if key is RSA:
                forms.append(public_pem(key, PUBLIC.PKCS1))
            for form in forms:
                self.accepted(verify(token, {"key": form, "algorithms": [alg]}))

    def test_raw_secrets(self):
        text = "a secret that is thirty-two octets or more"
        token = jwt.encode({"a": 1}, text)
        self.accepted(verify(token, {"secret": text, "algorithms": ["HS256"]}))
        self.accepted(verify(token, {"secret_b64": b64(text.encode()), "algorithms": ["HS256"]}))

    def test_key_text_as_a_secret(self):
        texts = [public_pem(RSA), private_pem(EC), certificate(RSA), ssh_public(ED),
                 json.dumps(public_jwk(RSA)), "\n  " + public_pem(RSA)]
        for text in texts:
            token = hs256({}, secret=text.encode())
            reply = verify(token, {"secret": text, "algorithms": ["HS256"]})
            self.refused(reply, "key_invalid", 400)
            self.refused(sign({"secret": text}, claims={}), "key_invalid", 400)
        reply = verify(hs256({}, secret=public_pem(RSA).encode()),
                       {"key": public_pem(RSA), "algorithms": ["HS256", "RS256"]})
        self.assertEqual(reply.status, 422)

    def test_short_secrets(self):
        token = jwt.encode({"a": 1}, "secret")
        short = {"secret": "secret", "algorithms": ["HS256"]}
        self.refused(verify(token, short), "key_invalid", 400)
        self.refused(sign({"secret": ""}, claims={}), "key_invalid", 400)
        text = "inline_keys: {endpoints: [verify, sign], allow_weak_hmac: true}\n"
        with service.start(os.environ["SIGNET"], text) as weak:
            body = {"token": token, **short}
            self.accepted(weak.post("/verify", body))
            made = self.accepted(weak.post("/sign", {"secret": "secret", "claims": {"a": 1}}))
            self.assertEqual(made["token"], token)
            self.assertEqual(weak.post("/verify", {**body, "secret": ""}).status, 400)

    def test_describing_keys(self):
        for key, alg in ALG_OF.items():
            said = self.accepted(world.inspect(key=public_pem(key)))
            jwk = public_jwk(key)
            self.assertEqual((said["kty"], said.get("crv"), said["private"]),
                             (jwk["kty"], jwk.get("crv"), False))
            self.assertEqual(said["default_alg"], alg)
            thumbprint = self.accepted(world.inspect(key=jwk))["thumbprint"]
            self.assertEqual(said["thumbprint"], thumbprint)
            self.assertTrue(self.accepted(world.inspect(key=private_pem(key)))["private"])
        said = self.accepted(world.inspect(key=world.OCT_JWK))
        self.assertEqual((said["bits"], said.get("thumbprint")), (512, None))


class Jwk(Case):
    @needs_jose
    def test_construct_and_to_dict(self):
        for alg, pem in (("RS256", private_pem(RSA)), ("ES384", private_pem(EC))):
            key = jose.jwk.construct(pem, alg)
            public = {name: v.decode() if isinstance(v, bytes) else v
                      for name, v in key.public_key().to_dict().items()}
            token = self.token(material={"key": pem}, claims={"a": 1})
            self.assertEqual(self.accepted(verify(token, {"key": public}))["claims"], {"a": 1})

    def test_bad_jwks(self):
        rsa_jwk = public_jwk(RSA)
        for jwk in ({}, {"kty": "XYZ"}, {"kty": "RSA"}, {"kty": "oct"}, {**rsa_jwk, "e": "AQ"},
                    {**public_jwk(EC), "crv": "P-256"}, {**rsa_jwk, "n": rsa_jwk["n"] + "="},
                    {**rsa_jwk, "alg": "ES256"}, {**public_jwk(ED), "x": "AAAA"}):
            reply = verify(hs256({}), {"key": jwk, "algorithms": ["RS256"]})
            self.refused(reply, "key_invalid", 400)

    def test_rsa_with_only_n_e_d(self):
        numbers = RSA.private_numbers()
        d = numbers.d.to_bytes((numbers.d.bit_length() + 7) // 8, "big")  # RFC 7518 section 2: no leading zeros
        jwk = world.rsa_public_jwk(RSA, d=b64(d))
        token = self.token(material={"key": jwk}, claims={"a": 1})
        self.accepted(verify(token, {"key": public_pem(RSA), "algorithms": ["RS256"]}))

    def test_use_and_key_ops_bind(self):
        token = hs256({})
        for more in ({"use": "enc"}, {"key_ops": ["sign"]}, {"key_ops": ["encrypt"]}):
            self.assertEqual(verify(token, {"key": {**world.OCT_JWK, **more}}).status // 100, 4)
        for more in ({"use": "sig"}, {"key_ops": ["verify"]}):
            self.accepted(verify(token, {"key": {**world.OCT_JWK, **more}}))


class Sets(Case):
    def test_list_of_keys(self):
        other = {"kty": "oct", "k": b64(bytes(range(64, 128))), "alg": "HS256"}
        mine = {name: v for name, v in world.OCT_JWK.items() if name != "kid"}
        self.accepted(verify(hs256({}), {"keys": [other, mine]}))
        self.refused(verify(hs256({}), {"keys": [other, other]}), "signature_invalid")
        token = jwt.encode({}, private_pem(RSA), algorithm="RS256")
        pems = [public_pem(EC), public_pem(RSA)]
        self.accepted(verify(token, {"keys": pems, "algorithms": ["RS256", "ES384"]}))

    def test_kid_selects(self):
        keys = [{"kty": "oct", "k": b64(os.urandom(32)), "alg": "HS256", "kid": "a"},
                {**world.OCT_JWK, "kid": "b"}]
        for kid, code in (("b", None), ("a", "signature_invalid"), ("c", "key_not_found")):
            reply = verify(hs256({}, {"alg": "HS256", "kid": kid}), {"jwks": {"keys": keys}})
            if code:
                self.refused(reply, code)
            else:
                self.assertEqual(self.accepted(reply)["kid"], "b")
        self.accepted(verify(hs256({}), {"jwks": {"keys": keys}}))
        single = hs256({}, {"alg": "HS256", "kid": "c"})
        self.accepted(verify(single, {"key": keys[1]}))

    def test_bad_sets(self):
        rsa_jwk = {**public_jwk(RSA), "alg": "RS256"}
        for keys in ([], [{"kty": "XYZ"}], [rsa_jwk, world.OCT_JWK], [{"kty": "XYZ"}, world.OCT_JWK]):
            reply = verify(hs256({}), {"jwks": {"keys": keys}, "algorithms": ["HS256"]})
            self.refused(reply, "key_invalid", 400)
        for jwks in ({}, {"keys": {}}, []):
            self.assertEqual(verify(hs256({}), {"jwks": jwks}).status, 400)

    def test_odd_keys_in_a_set_are_skipped(self):
        token = jwt.encode({}, private_pem(RSA), "RS256", {"kid": "a"})
        keys = [{"kty": "XYZ", "kid": "x"}, {**public_jwk(EC), "kid": "a"}, {**public_jwk(RSA), "kid": "a"}]
        reply = self.accepted(verify(token, {"jwks": {"keys": keys}, "algorithms": ["RS256"]}))
        self.assertEqual([(one["kid"], one["reason"]) for one in reply["skipped"]], [("x", "unusable")])

    def test_issuer_with_a_set(self):
        claims = {"iss": world.PARTNER, "aud": world.AUDIENCE, "exp": NOW + HOUR}
        key = private_pem(RSA)

        def ask(header, **more):
            token = jwt.encode({**claims, **more}, key, "RS256", header)
            return world.signet.post("/verify", {"token": token, "profile": "both"})

        reply = self.accepted(ask({"kid": "partner-1"}))
        self.assertEqual((reply["issuer"], reply["kid"]), (world.PARTNER, "partner-1"))
        self.accepted(ask({}))
        self.refused(ask({"kid": "unknown"}), "key_not_found")
        self.refused(ask({}, iss=world.OURS), "key_not_found")
        self.refused(ask({}, iss="https://stranger.example"), "issuer_mismatch")
        self.accepted(ask({}, aud=["api://other"]))
        self.refused(ask({}, aud="api://third"), "audience_mismatch")

    def test_jwks_client(self):
        token = self.accepted(world.by_profile("/sign", claims={"sub": "s"}))["token"]
        client = jwt.PyJWKClient(f"{world.signet.base_url}/.well-known/jwks.json")
        key = client.get_signing_key_from_jwt(token)
        self.assertEqual(key.key_id, "new")
        got = jwt.decode(token, key.key, ["ES256"], audience=world.AUDIENCE, issuer=world.OURS)
        self.assertEqual(got["sub"], "s")
        self.assertEqual({one.key_id for one in client.get_signing_keys()}, {"old", "new"})

    def test_rotation(self):
        claims = {"iss": world.OURS, "aud": world.AUDIENCE, "sub": "s", "exp": NOW + HOUR}
        for key, kid in ((world.EC_OLD, "old"), (world.EC_NEW, "new")):
            token = jwt.encode(claims, private_pem(key), "ES256", {"kid": kid})
            self.assertEqual(self.accepted(world.signet.post("/verify", {"token": token}))["kid"],
                             kid)
        made = self.accepted(world.by_profile("/sign", claims={"sub": "s"}))
        self.assertEqual(made["kid"], "new")


class Algorithms(Case):
    def test_every_algorithm(self):
        materials = {"RS": RSA, "PS": RSA, "ES256": world.EC_OLD, "ES384": EC,
                     "ES512": ec.generate_private_key(ec.SECP521R1()),
                     "ES256K": ec.generate_private_key(ec.SECP256K1()), "EdDSA": ED}
        names = [n for n in jwt.algorithms.get_default_algorithms() if n not in ("none", "ES521")]
        self.assertEqual(len(names), 14)
        for alg in names:
            key = materials.get(alg) or materials.get(alg[:2])
            signing = {"key": private_pem(key)} if key else world.SECRET_MEMBER
            public = {"key": public_pem(key)} if key else world.SECRET_MEMBER
            token = self.token(material=signing, alg=alg, claims={"a": 1})
            self.accepted(verify(token, {**public, "algorithms": [alg]}))
            verifier = public_pem(key) if key else SECRET
            self.assertEqual(jwt.decode(token, verifier, algorithms=[alg]), {"a": 1})

    def test_listing(self):
        listed = self.accepted(world.signet.get("/.well-known/openid-configuration"))
        self.assertIn("ES256", listed["id_token_signing_alg_values_supported"])

    def test_version(self):
        reply = world.signet.get("/version", port=world.signet.admin_port)
        self.assertIn("version", self.accepted(reply))

    def test_small_rsa_keys(self):
        small = rsa.generate_private_key(65537, 1024)
        token = jwt.encode({}, private_pem(small), algorithm="RS256")
        reply = verify(token, {"key": public_pem(small), "algorithms": ["RS256"]})
        self.refused(reply, "key_invalid", 400)
