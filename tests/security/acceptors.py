"""Everything that accepts tokens: whom it trusts, and how it is asked."""
import json

from separation_world import A, B, CORP, OLD, PARTNER, US, WEB, b64


class Acceptor:
    """ask      token -> its answers, for every way in which it can be asked.
    jwts     (issuer, audience) that it trusts; series: of payloads.
    holds    the issuers and series whose keys it has."""

    def __init__(self, name, ask, jwts=(), series=(), holds=()):
        self.name, self.ask = name, ask
        self.jwts, self.series = set(jwts), set(series)
        self.holds = set(holds) | {issuer for issuer, _ in jwts} | self.series


class Verdict:
    """claims   what was believed; {"payload": ...} of a payload; None = refused, with this code."""

    def __init__(self, claims, code=None):
        self.claims, self.code = claims, code


def verdict(reply):
    said = json.loads(reply.body)
    if reply.status != 200:
        return Verdict(None, said["code"])
    assert said["valid"] is True, reply
    return Verdict(said["claims"] if "claims" in said else {"payload": said["payload_b64"]})


def pairs(issuers, audiences):
    return [(issuer, audience) for issuer in issuers for audience in audiences]


def everything(world):
    def verify(profile=None, **members):
        named = {"profile": profile} if profile else {}
        return lambda token: [verdict(world.call("/verify", {"token": token, **named, **members}))]

    def auth(token):
        reply = world.service.get("/auth", headers={"Authorization": "Bearer " + token})
        if reply.status == 200:
            return [Verdict({"iss": US, "aud": A, "sub": reply.headers["x-auth-subject"]})]
        challenge = reply.headers["www-authenticate"]
        return [Verdict(None, challenge.partition('error_description="')[2].partition('"')[0])]

    def sealed(token):
        body = {"plaintext": token, "cty": "JWT", "key_name": "sealed"}
        return world.call("/encrypt", body, "sealer").json["token"]

    def nested(token):
        """The token itself, and the token inside a JWE, which anybody can make."""
        asked = [{"token": one, "profile": "nested"} for one in (token, sealed(token))]
        return [verdict(world.call("/verify", body, "reader")) for body in asked]

    def decrypt(**expected):
        def ask(token):
            closed = token if token.count(".") == 4 else sealed(token)
            body = {"token": closed, "key_name": "sealed", "verify": expected}
            return [verdict(world.call("/decrypt", body, "reader"))]

        return ask

    published = {"jwks": world.our_jwks, "algorithms": ["ES256"], "issuer": US, "audience": [A, B]}
    secret = {"secret_b64": b64(world.partner), "algorithms": ["HS256"], "issuer": PARTNER}
    everyone = [US, PARTNER, CORP, WEB]
    yield Acceptor("verify default", verify(), pairs([US], [A]))
    yield Acceptor("verify other", verify("other"), pairs([US], [B]))
    yield Acceptor("auth", auth, pairs([US], [A]))
    yield Acceptor("verify partner", verify("partner"), pairs([PARTNER], [A]))
    yield Acceptor("verify corp", verify("corp"), pairs([CORP], [A, B]))
    yield Acceptor("verify web", verify("web"), pairs([WEB], [A]))
    yield Acceptor("verify old", verify("old"), pairs([OLD], [A]))
    yield Acceptor("verify everyone", verify("everyone"), pairs(everyone, [A, B]))
    yield Acceptor("verify nested", nested, pairs([US, CORP], [A]))
    yield Acceptor("decrypt, verify", decrypt(), pairs([US], [A]))
    yield Acceptor("decrypt, verify receipts", decrypt(profile="receipts"), series=["pay"])
    # Our JWKS has the series of receipts, too: its readers distinguish them by typ.
    read = verify(typ=["JWT", "at+jwt"], **published)
    yield Acceptor("reader of our JWKS", read, pairs([US], [A, B]), holds=["pay"])
    read = verify(audience=[A, B], **secret)
    yield Acceptor("reader with partner's secret", read, pairs([PARTNER], [A, B]))
    yield Acceptor("verify receipts", verify("receipts"), series=["pay"])
    yield Acceptor("verify stamps", verify("stamps"), series=["mac"])
    yield Acceptor("verify papers", verify("papers"), series=["pay", "mac"])
