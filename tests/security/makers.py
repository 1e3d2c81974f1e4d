"""Everybody who can make tokens, each with its rights and with every token that it can get.

A right is (issuer, audience) of JWTs, or the name of a series of payloads. `claims` are those that a
maker may choose in addition to iss and aud; None = any. Each maker tries every issuer and audience, also
those that it has no right to: that is the attack.
"""
import itertools
import json

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

import es256
import origin
from separation_world import A, B, CORP, ISSUERS, OLD, PARTNER, US, WEB, b64, claims_for, hs256

ANY_AUDIENCE = [A, B]
TARGETS = list(itertools.product(ISSUERS, ANY_AUDIENCE))


class Maker:
    def __init__(self, name, tokens, jwts=(), series=(), claims=None):
        self.name, self.tokens = name, [one for one in tokens if one]
        self.jwts, self.series, self.claims = set(jwts), set(series), claims
        self.signs_as = {issuer for issuer, _ in jwts} | self.series


def everybody(world):
    yield caller_of_claims(world, "caller of profile default", "alpha", "default", A, {"sub"})
    yield caller_of_claims(world, "caller of profile other", "beta", "other", B, {"sub", "scope"})
    yield Maker("caller of profile partner (HMAC)", claims_attempts(world, "partner_app", "partner"),
                jwts=[(PARTNER, A)], claims={"sub"})  # fmt: skip
    yield Maker("caller of payloads (receipts)", payload_attempts(world, "printer", "receipts", "pay"),
                series=["pay"])  # fmt: skip
    yield Maker("caller of payloads (HMAC stamps)", payload_attempts(world, "stamper", "stamps", "mac"),
                series=["mac"])  # fmt: skip
    yield holder_of_secret("partner, who has the secret", world.partner, "partner-1", PARTNER)
    yield holder_of_secret("old application, jwt-pro's secret", world.old, "old-1", OLD)
    yield holder_of_key("corp, which lists our keys", world, world.corp, "corp-1", CORP)
    yield holder_of_key("web, which lists our keys", world, world.web, "web-1", WEB)
    yield Maker("stranger with our public keys", stranger_attempts(world))
    yield Maker("who brings its own key to /sign", inline_attempts(world))
    yield Maker("who may only encrypt to us", sealing_attempts(world))


# Callers of /sign.

def token_of(world, caller, request):
    """What /sign gives; a general serialization as its compact forms. Nothing when it refuses."""
    reply = world.call("/sign", request, caller)
    if reply.status != 200:
        return []
    token = reply.json["token"]
    if isinstance(token, str):
        return [token]
    signatures = token.get("signatures", [token])
    payload = token.get("payload", "")
    return [f'{one["protected"]}.{payload}.{one["signature"]}' for one in signatures] + [json.dumps(token)]


def gather(world, caller, requests):
    return [token for request in requests for token in token_of(world, caller, request)]


def caller_of_claims(world, name, caller, profile, audience, claims):
    return Maker(name, claims_attempts(world, caller, profile), jwts=[(US, audience)], claims=claims)


def claims_attempts(world, caller, profile):
    plain = {"claims": {"sub": "root"}}
    aimed = [{"claims": claims_for(iss, aud)} for iss, aud in TARGETS]
    bent = [
        {**plain, "typ": "at+jwt"}, {**plain, "typ": "receipt"}, {**plain, "header": {"typ": None}},
        {**plain, "header": {"typ": "receipt"}}, {**plain, "header": {"cty": "JWT"}},
        {**plain, "header": {"kid": world.kid("pay")}}, {**plain, "key_name": "pay"}, {**plain, "key_name": "mac"},
        {**plain, "alg": "HS256"}, {**plain, "kid": world.kid("pay")}, {**plain, "expires_in": 10**9},
        {"claims": {"sub": "root", "scope": "admin"}}, {"claims": {"sub": "root", "aud": ANY_AUDIENCE}},
        {"payload": json.dumps(claims_for(US, A))},
        {**plain, "encrypt": {"key_name": "sealed"}},
    ]  # fmt: skip
    others = [{**plain, "profile": other} for other in ("default", "other", "partner", "receipts", "stamps")]
    own = [{**one, "profile": profile} for one in [plain, *aimed, *bent]]
    written = [  # escaped names, and names that appear twice
        '{"profile":"%s","claims":{"sub":"root","\\u0069ss":"%s"}}' % (profile, CORP),
        '{"profile":"%s","claims":{"sub":"root","sub":"admin"}}' % profile,
    ]
    return gather(world, caller, [*own, *others, *written])


def payload_attempts(world, caller, profile, series):
    """Payloads that look like claims, like tokens and like parts of them, in every form."""
    signed = [json.dumps(claims_for(iss, aud)) for iss, aud in TARGETS]
    signed += [json.dumps(claims_for(None, A)), json.dumps(claims_for(US, None))]
    inner = es256.token(world.outsider, "x", iss=US, aud=A)
    requests = [{"payload": text} for text in [*signed, inner, inner.split(".")[1], "a.b.c.d.e"]]
    forged = signed[0]
    forms = [
        {"serialization": "flattened"}, {"serialization": "general"}, {"detached": True},
        {"b64": False, "detached": True}, {"b64": False}, {"b64": False, "serialization": "flattened"},
        {"typ": "JWT"}, {"typ": "at+jwt"}, {"header": {"typ": "JWT"}}, {"header": {"typ": None}},
        {"header": {"cty": "JWT"}}, {"header": {"x-trace": "1", "cty": "JWT"}}, {"header": {"Typ": "JWT"}},
        {"header": {"b64": True}}, {"header": {"kid": world.kid("sig")}}, {"header": {"alg": "ES256"}},
        {"key_name": "sig"}, {"kid": world.kid("sig")}, {"key_name": "partner"}, {"alg": "ES256"}, {"alg": "HS256"},
        {"encrypt": {"key_name": "sealed"}},
    ]  # fmt: skip
    requests += [{"payload": forged, **form} for form in forms]
    requests += [{"payload": b64(forged.encode()), "b64": False}]
    requests = [{**one, "profile": profile} for one in requests]
    requests += [{"payload": forged, "profile": other} for other in ("default", "other", "partner")]
    requests += [{"claims": json.loads(forged), "profile": profile}]
    several = {"payload": forged, "serialization": "general"}
    own_key = {"key": private_jwk(world.outsider)}
    for signers in (
        [{"key_name": series}], [{"key_name": series, "typ": "JWT"}], [{"key_name": series, "header": {"typ": "JWT"}}],
        [{"key_name": series, "header": {"typ": None}}], [{"profile": profile}], [{"profile": profile, "typ": "JWT"}],
        [{"key_name": "sig"}], [{"profile": "default"}], [{"key_name": series}, {"key_name": "sig"}],
        [{**own_key, "header": {"typ": "JWT"}}, {"key_name": series}], [{"key_name": series}, {**own_key, "typ": "JWT"}],
    ):  # fmt: skip
        requests.append({**several, "signers": signers})
    return [*gather(world, caller, requests), *reattached(world, caller, profile, forged)]


def reattached(world, caller, profile, payload):
    """A detached signature with its payload put back where it was cut out."""
    for token in token_of(world, caller, {"profile": profile, "payload": payload, "detached": True}):
        head, _, signature = token.split(".")
        yield f"{head}.{b64(payload.encode())}.{signature}"


# Outsiders.

def holder_of_secret(name, secret, kid, iss):
    tokens = [
        hs256(secret, header, json.dumps(claims_for(target, aud)).encode())
        for target, aud in TARGETS
        for header in ({"alg": "HS256"}, {"alg": "HS256", "kid": kid}, {"alg": "HS256", "typ": "at+jwt", "kid": "mac-1"})
    ]
    tokens += [hs256(secret, {"alg": "HS256", "typ": typ}, b"a payload") for typ in ("receipt", "stamp", "JWT")]
    return Maker(name, tokens, jwts=[(iss, aud) for aud in ANY_AUDIENCE])


def holder_of_key(name, world, key, kid, iss):
    tokens = [
        es256.token(key, used, iss=target, aud=aud, sub="root", scope="admin", header={"typ": typ})
        for target, aud in TARGETS
        for used in (kid, world.kid("sig"), world.kid("pay"))
        for typ in ("JWT", "at+jwt", "receipt")
    ]
    return Maker(name, tokens, jwts=[(iss, aud) for aud in ANY_AUDIENCE])


def stranger_attempts(world):
    """alg none, public keys taken for secrets, keys that come with the token."""
    for iss, aud in TARGETS:
        claims = json.dumps(claims_for(iss, aud)).encode()
        for alg in ("none", "None", ""):
            yield f'{b64(json.dumps({"alg": alg}).encode())}.{b64(claims)}.'
        for key in (world.sig, world.corp):
            public = key.public_key()
            jwk = json.dumps(origin.public_jwk(public, "k")).encode()
            for octets in (
                public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
                public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
                public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint), jwk,
            ):  # fmt: skip
                yield hs256(octets, {"alg": "HS256", "kid": world.kid("sig")}, claims)
        own = origin.public_jwk(world.outsider.public_key(), world.kid("sig"))
        url = world.web_origin.url + "/jwks"
        for header in ({}, {"jwk": own}, {"jku": url}, {"x5u": url}):
            yield es256.token(world.outsider, world.kid("sig"), iss=iss, aud=aud, header=header)


def private_jwk(key, **more):
    number = key.private_numbers().private_value.to_bytes(32, "big")
    made = origin.public_jwk(key.public_key(), "x")
    return {**{name: made[name] for name in ("kty", "crv", "x", "y")}, "d": b64(number), **more}


def inline_attempts(world):
    """Keys in the request: whatever their kid, they are not ours."""
    keys = [{"key": private_jwk(world.outsider, kid=kid)} for kid in (world.kid("sig"), world.kid("pay"), "corp-1")]
    keys += [{"secret": "another-secret-that-is-long-enough-for-HS256"}, {"key": private_jwk(world.outsider)}]
    requests = [{**key, "claims": claims_for(iss, aud)} for key in keys for iss, aud in TARGETS]
    requests += [{**key, "payload": json.dumps(claims_for(US, A)), "typ": typ} for key in keys for typ in ("JWT", "receipt")]
    requests += [{**keys[0], "claims": claims_for(US, A), "profile": "default"},
                 {**keys[0], "claims": claims_for(US, A), "key_name": "sig"},
                 {**keys[0], "claims": claims_for(US, A), "encrypt": {"key": sealed_jwk(world)}}]  # fmt: skip
    return gather(world, None, requests)


def sealed_jwk(world):
    return next(key for key in world.our_jwks["keys"] if key["use"] == "enc")


def sealing_attempts(world):
    """Whoever encrypts chooses the content: claims, a token of its own, one that nobody signed."""
    inside = [json.dumps(claims_for(US, A))]
    inside += [es256.token(world.outsider, kid, iss=US, aud=A) for kid in ("x", world.kid("sig"))]
    inside += [f'{b64(json.dumps({"alg": "none"}).encode())}.{b64(inside[0].encode())}.']
    for text in inside:
        for content in ({"plaintext": text, "cty": "JWT"}, {"plaintext": text, "cty": "JWT", "typ": "JWT"}):
            yield world.call("/encrypt", {**content, "key_name": "sealed"}, "sealer").json["token"]
            yield world.call("/encrypt", {**content, "key": sealed_jwk(world)}).json["token"]
    yield world.call("/encrypt", {"claims": claims_for(US, A), "key_name": "sealed", "cty": "JWT"}, "sealer").json["token"]
