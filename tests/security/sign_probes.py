"""The probes of /sign and of its signers."""
from probe_world import OTHER, SECRET, b64, oct_jwk
from rows import (
    CONFIGURED, INLINE, JWS_BY, JWS_IN, JWT_BY, JWT_IN, KINDS, MODES, claim, ends_earlier, header,
    is_another, refused, row, token_is,
)  # fmt: skip


def sign_bases(world):
    return {
        JWT_IN: {"claims": {"sub": "s"}, "secret": SECRET},
        JWT_BY: {"claims": {"sub": "s"}, "profile": "default"},
        JWS_IN: {"payload": "x", "secret": SECRET},
        JWS_BY: {"payload": "x", "profile": "pay"},
    }


def of_claims(member, value, seen):
    return [
        *[row(member, context, value, seen) for context in (JWT_IN, JWT_BY)],
        *refused(member, (JWS_IN, JWS_BY), value),
    ]


def of_payloads(member, value, seen):
    return [
        *[row(member, context, value, seen) for context in (JWS_IN, JWS_BY)],
        *refused(member, (JWT_IN, JWT_BY), value),
    ]


def own_key(member, value, other, contexts, by_name, secret=None, then=is_another):
    """Another key makes another token; together with a profile or a name it is 400."""
    inline, named = contexts
    return [
        *[row(member, one, other, then, instead=value, **({} if member == secret else {secret: None}))
          for one in inline],
        *refused(member, named, value, by_name),
    ]  # fmt: skip


def header_rows(inline, named, at="header"):
    """header and the members that are named there."""
    return [
        *[row(at, one, {"x": 1}, header("x", 1)) for one in inline],
        *[row(at, one, {"x-open": 1}, header("x-open", 1)) for one in named],
        *refused(at, named, {"x": 1}, "claims_forbidden"),
        *refused(f"{at}.alg", inline + named, "none", "400:header"),
        *[row(f"{at}.kid", one, "k", header("kid", "k")) for one in inline],
        *refused(f"{at}.kid", named, "k", "400:header"),
        *[row(f"{at}.cty", one, "c", header("cty", "c")) for one in inline],
        *refused(f"{at}.cty", named, "c", "claims_forbidden"),
        *[row(f"{at}.typ", one, "t", header("typ", "t")) for one in inline],
        *refused(f"{at}.typ", named, "t", "400:typ"),
    ]


def sign_rows(world):
    inline, named = (JWT_IN, JWS_IN), (JWT_BY, JWS_BY)
    signers = {"serialization": "general", "secret": None, "profile": None}
    return [
        *[row("claims", one, {"sub": "t"}, is_another, instead={"sub": "s"}) for one in (JWT_IN, JWT_BY)],
        *refused("claims", (JWS_IN, JWS_BY), {}, "400:payload"),
        *[row("payload", one, "y", is_another, instead="x") for one in (JWS_IN, JWS_BY)],
        *refused("payload", (JWT_IN, JWT_BY), "x"),
        *[row("payload_b64", one, b64("y"), is_another, instead=b64("x"), payload=None)
          for one in (JWS_IN, JWS_BY)],
        *refused("payload_b64", (JWT_IN, JWT_BY), b64("x")),
        *refused("profile", inline, "default"),
        row("profile", JWT_BY, "other", claim("aud")),
        row("profile", JWS_BY, "pay", "200", without="400:claims", instead="default"),
        *refused("key_name", MODES, "nobody"),
        *refused("kid", MODES, "nobody"),
        *[row("alg", one, "HS512", header("alg", "HS512")) for one in inline],
        *refused("alg", named, "HS512"),
        *header_rows(inline, named),
        *[row("typ", one, "t", header("typ", "t")) for one in inline],
        *refused("typ", named, "t"),
        *refused("typ", MODES, ""),
        *of_claims("expires_in", 30, ends_earlier),
        *of_claims("not_before_in", 1, claim("nbf")),
        *of_claims("jti", True, claim("jti")),
        *refused("jti", MODES, False),
        *refused("jti", MODES, ""),
        *of_claims("access_token", "t", claim("at_hash")),
        *of_claims("code", "c", claim("c_hash")),
        *of_claims("encrypt", {"key_name": "sealed"}, lambda reply: "jwe_header" in reply),
        *of_payloads("detached", True, lambda reply: ".." in reply["token"]),
        *of_payloads("b64", False, header("b64", False)),
        *of_payloads("serialization", "flattened", token_is(dict)),
        *[row("signers", one, [{"secret": OTHER}, {"profile": "pay"}], "200", without="400:claims", **signers)
          for one in (JWS_IN, JWS_BY)],
        *refused("signers", MODES, [{"secret": OTHER}]),
        *own_key("secret", SECRET, OTHER, (inline, named), "400:profile", "secret"),
        *own_key("secret_b64", b64(SECRET), b64(OTHER), (inline, named), "400:profile", "secret"),
        *own_key("key", oct_jwk(SECRET), oct_jwk(OTHER), (inline, named), "400:profile", "secret"),
        *own_key("keys", [oct_jwk(SECRET)], [oct_jwk(OTHER)], (inline, named), "400:profile", "secret"),
        *own_key("jwks", {"keys": [oct_jwk(SECRET)]}, {"keys": [oct_jwk(OTHER)]}, (inline, named),
                 "400:profile", "secret"),
    ]  # fmt: skip


def signer_bases(world):
    return {INLINE: {"secret": SECRET}, CONFIGURED: {"profile": "pay"}}


def signer_rows(world):
    inline, named = (INLINE,), (CONFIGURED,)
    return [
        *refused("key_name", inline, "pay", "400:secret"),
        row("key_name", CONFIGURED, "pay", "200", without="caller_forbidden", instead="sig", profile=None),
        *refused("kid", KINDS, "nobody"),
        row("alg", INLINE, "HS512", header("alg", "HS512")),
        *refused("alg", named, "HS512"),
        *header_rows(inline, named),
        row("typ", INLINE, "t", header("typ", "t")),
        *refused("typ", named, "t"),
        *refused("profile", inline, "pay"),
        row("profile", CONFIGURED, "pay", "200", without="400:claims", instead="default"),
        *own_key("secret", SECRET, OTHER, (inline, named), "400:profile", "secret"),
        *own_key("secret_b64", b64(SECRET), b64(OTHER), (inline, named), "400:profile", "secret"),
        *own_key("key", oct_jwk(SECRET), oct_jwk(OTHER), (inline, named), "400:profile", "secret"),
        *own_key("keys", [oct_jwk(SECRET)], [oct_jwk(OTHER)], (inline, named), "400:profile", "secret"),
        *own_key("jwks", {"keys": [oct_jwk(SECRET)]}, {"keys": [oct_jwk(OTHER)]}, (inline, named),
                 "400:profile", "secret"),
    ]  # fmt: skip
