"""The probes of /verify, whose expectations `expect` of /inspect takes too, and of /inspect."""
from probe_world import FUTURE, NOW, OTHER, PAST, SECRET, b64, hs, oct_jwk, partner
from rows import JWS_BY, JWS_IN, JWT_BY, JWT_IN, MODES, refused, row


def verify_bases(world):
    inline = {"secret": SECRET, "algorithms": ["HS256"]}
    return {
        JWT_IN: {"token": hs({"sub": "s"}), **inline},
        JWT_BY: {"token": partner(), "profile": "default"},
        JWS_IN: {"mode": "jws", "token": hs("x", typ=None), **inline},
        JWS_BY: {"token": world.receipt, "profile": "pay"},
    }


def in_jwt(member, value, inline, by_profile=None, **common):
    """A member about claims: it decides in mode jwt, and is refused in mode jws."""
    return [
        row(member, JWT_IN, value, inline, **common),
        row(member, JWT_BY, value, by_profile or inline, **common),
        *refused(member, (JWS_IN, JWS_BY), value),
    ]


def skipped(check, claims, code, **common):
    """checks.X: false prevents a refusal; together with a profile it is refused."""
    member = f"checks.{check}"
    return [
        row(member, JWT_IN, False, "200", without=code, token=hs(claims), **common),
        row(member, JWT_BY, False, "400:checks"),
        *refused(member, (JWS_IN, JWS_BY), False, "400:checks"),
    ]


EXPECTATIONS = [
    *in_jwt("issuer", "urn:second", "claim_missing", "signature_invalid"),
    *in_jwt("audience", "b", "claim_missing", "audience_mismatch"),
    *in_jwt("subject", "x", "subject_mismatch"),
    *in_jwt("nonce", "x", "claim_missing"),
    *in_jwt("required", ["absent"], "claim_missing"),
    *in_jwt("claims", {"sub": "x"}, "claim_invalid"),
    *in_jwt("scopes", ["x"], "claim_missing"),
    *in_jwt("max_age", 60, "claim_missing"),
    *in_jwt("access_token", "x", "claim_missing"),
    *in_jwt("code", "x", "claim_missing"),
    row("optional", JWT_IN, ["nonce"], "200", without="claim_missing", nonce="x"),
    row("optional", JWT_BY, ["nonce"], "200", without="claim_missing", nonce="x"),
    *refused("optional", (JWS_IN, JWS_BY), ["exp"]),
    *refused("optional", (JWT_IN, JWT_BY), ["what nothing expects"]),
    row("leeway", JWT_IN, 300, "200", without="token_expired", token=hs({"exp": NOW - 60})),
    row("leeway", JWT_BY, 0, "token_expired", token=partner(exp=NOW - 60)),
    *refused("leeway", (JWS_IN, JWS_BY), 0),
    row("strict_audience", JWT_IN, True, "audience_mismatch", audience="a", token=hs({"aud": ["a"]})),
    row("strict_audience", JWT_BY, True, "audience_mismatch", audience="a"),
    *refused("strict_audience", (JWT_IN, JWT_BY, JWS_IN, JWS_BY), True),
    row("typ", JWT_IN, "at+jwt", "type_mismatch"),
    row("typ", JWT_BY, "none", "type_mismatch"),
    row("typ", JWS_IN, ["receipt"], "type_mismatch"),
    row("typ", JWS_BY, "note", "type_mismatch"),
    *[one for word in ("NONE", "None", "application/none") for one in refused("typ", MODES, word)],
    *skipped("exp", {"exp": PAST}, "token_expired"),
    *skipped("nbf", {"nbf": FUTURE}, "token_not_yet_valid"),
    *skipped("iat", {"iat": FUTURE}, "token_not_yet_valid"),
    *skipped("iss", {"iss": 7}, "claim_invalid"),
    *skipped("aud", {"aud": "x"}, "audience_mismatch"),
    *skipped("sub", {"sub": 7}, "claim_invalid"),
    *skipped("jti", {"jti": 7}, "claim_invalid"),
    *skipped("at_hash", {"at_hash": "x"}, "token_hash_mismatch", access_token="t"),
    row("checks.at_hash", JWT_BY, False, "200", without="token_hash_mismatch", access_token="t",
        token=partner(at_hash="x")),
    *refused("checks", MODES, {}),
    *refused("claims", MODES, {}),
]  # fmt: skip


def material(member, right, wrong):
    """Key material: another key refuses; together with a profile it is 400."""
    return [
        *[row(member, context, wrong, "signature_invalid", instead=right,
              **({} if member == "secret" else {"secret": None})) for context in (JWT_IN, JWS_IN)],
        *refused(member, (JWT_BY, JWS_BY), right, "400:profile"),
    ]  # fmt: skip


def verify_rows(world):
    return [
        *EXPECTATIONS,
        *refused("token", (JWT_IN, JWT_BY, JWS_IN, JWS_BY), "x", "token_malformed"),
        row("mode", JWT_IN, "jws", "200", without="token_malformed", token=hs("x")),
        row("mode", JWS_IN, "jws", "200", without="token_malformed", instead="jwt"),
        *refused("mode", (JWT_BY,), "jws"),
        *refused("mode", (JWS_BY,), "jwt"),
        *refused("profile", (JWT_IN, JWS_IN), "default"),
        row("profile", JWT_BY, "strict", "audience_mismatch"),
        row("profile", JWS_BY, "pay", "200", without="token_malformed", instead="default"),
        *refused("algorithms", (JWT_IN, JWS_IN), ["HS512"], "algorithm_not_allowed", instead=["HS256"]),
        *refused("algorithms", (JWT_BY, JWS_BY), ["RS256"], "algorithm_not_allowed"),
        row("payload", JWS_IN, "x", "200", without="signature_invalid",
            token=hs("x", detached=True, typ=None)),
        row("payload", JWS_BY, "x", "200", without="signature_invalid", token=world.detached_receipt),
        row("payload_b64", JWS_IN, b64("x"), "200", without="signature_invalid",
            token=hs("x", detached=True, typ=None)),
        row("payload_b64", JWS_BY, b64("x"), "200", without="signature_invalid",
            token=world.detached_receipt),
        *refused("payload", (JWT_IN, JWT_BY), "x"),
        *refused("payload_b64", (JWT_IN, JWT_BY), "x"),
        *material("secret", SECRET, OTHER),
        *material("secret_b64", b64(SECRET), b64(OTHER)),
        *material("key", oct_jwk(SECRET), oct_jwk(OTHER)),
        *material("keys", [oct_jwk(SECRET)], [oct_jwk(OTHER)]),
        *material("jwks", {"keys": [oct_jwk(SECRET)]}, {"keys": [oct_jwk(OTHER)]}),
    ]  # fmt: skip


def inspect_bases(world):
    return {"token": {"token": hs({"sub": "s"})}, "key": {"key": oct_jwk(SECRET)}}


def inspect_rows(world):
    return [
        row("token", "token", "x", "token_malformed"),
        row("token", "key", hs({}), "400:key"),  # the second of the two
        row("key", "key", "x", "key_invalid"),
        row("key", "token", oct_jwk(SECRET), "400"),
        row("expect", "token", {}, lambda reply: reply.get("claims_verdict") == "no_objection"),
        row("expect", "token", {}, lambda reply: reply.get("claims_verdict") == "token_malformed",
            token=hs("x")),
        row("expect", "key", {}, "400"),
    ]  # fmt: skip
