"""Everything that accepts something: whom it trusts, and how it is asked."""
import json

from separation_world import A, B, CORP, OLD, PARTNER, US, WEB, b64


class Acceptor:
    """ask      token -> the claims that were believed, or None; {} of payloads.
    jwts     (issuer, audience) that it trusts; series: of payloads."""

    def __init__(self, name, ask, jwts=(), series=()):
        self.name, self.ask = name, ask
        self.jwts, self.series = set(jwts), set(series)


def pairs(issuers, audiences):
    return [(iss, aud) for iss in issuers for aud in audiences]


def everything(world):
    def verify(name, caller=None, **members):
        def ask(token):
            body = {"token": token, **members, **({"profile": name} if name else {})}
            return believed(world.call("/verify", body, caller))

        return ask

    def auth(token):
        reply = world.service.get("/auth", headers={"Authorization": "Bearer " + token})
        return {"iss": US, "aud": A, "sub": reply.headers["x-auth-subject"]} if reply.status == 200 else None

    def sealed_first(token):
        """Seals what it got, so that everything is tried inside a JWE, too."""
        sealed = world.call("/encrypt", {"plaintext": token, "cty": "JWT", "key_name": "sealed"}, "sealer")
        return None if sealed.status != 200 else nested(sealed.json["token"])

    def nested(token):
        return believed(world.call("/verify", {"token": token, "profile": "nested"}, "reader"))

    def either(token):
        return nested(token) or sealed_first(token)

    def decrypt(**verify_members):
        def ask(token):
            if token.count(".") != 4:
                token = world.call("/encrypt", {"plaintext": token, "key_name": "sealed"}, "sealer").json.get("token", "")
            body = {"token": token, "key_name": "sealed", "verify": verify_members}
            return believed(world.call("/decrypt", body, "reader"))

        return ask

    published = {"jwks": world.our_jwks, "algorithms": ["ES256"], "issuer": US, "audience": [A, B]}
    yield Acceptor("verify default", verify(None), pairs([US], [A]))
    yield Acceptor("verify other", verify("other"), pairs([US], [B]))
    yield Acceptor("auth", auth, pairs([US], [A]))
    yield Acceptor("verify partner", verify("partner"), pairs([PARTNER], [A]))
    yield Acceptor("verify corp", verify("corp"), pairs([CORP], [A, B]))
    yield Acceptor("verify web", verify("web"), pairs([WEB], [A]))
    yield Acceptor("verify old", verify("old"), pairs([OLD], [A]))
    yield Acceptor("verify everyone", verify("everyone"), pairs([US, PARTNER, CORP, WEB], [A, B]))
    yield Acceptor("verify nested", either, pairs([US, CORP], [A]))
    yield Acceptor("decrypt, verify", decrypt(), pairs([US], [A]))
    yield Acceptor("decrypt, verify receipts", decrypt(profile="receipts"), series=["pay"])
    yield Acceptor("reader of our JWKS", verify(None, typ=["JWT", "at+jwt"], **published), pairs([US], [A, B]))
    yield Acceptor(
        "reader with partner's secret",
        verify(None, secret_b64=b64(world.partner), algorithms=["HS256"], issuer=PARTNER, audience=[A, B]),
        pairs([PARTNER], [A, B]),
    )
    yield Acceptor("verify receipts", verify("receipts"), series=["pay"])
    yield Acceptor("verify stamps", verify("stamps"), series=["mac"])
    yield Acceptor("verify papers", verify("papers"), series=["pay", "mac"])


def believed(reply):
    """The claims of a good token, {"payload": ...} of a good payload, None of a refused one."""
    if reply.status != 200:
        return None
    said = json.loads(reply.body)
    assert said["valid"] is True, reply
    return said["claims"] if "claims" in said else {"payload": said["payload_b64"]}
