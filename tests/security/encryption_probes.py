"""The probes of /encrypt, of its recipients, of `encrypt` on /sign, and of /decrypt."""
import json

from probe_world import OTHER_WRAP, WRAP, b64, oct_jwk, protected, unb64
from rows import CONFIGURED, INLINE, KINDS, header, is_longer, refused, row, token_is


def encrypt_bases(world):
    return {
        INLINE: {"plaintext": "x", "secret_b64": WRAP, "alg": "A256KW"},
        CONFIGURED: {"plaintext": "x", "key_name": "sealed"},
    }


def says(text):
    """Whether a JWE's headers, protected or not, hold the text."""
    return lambda reply: text in str(_headers(reply["token"]))


def _headers(token):
    if isinstance(token, str):
        return protected(token)
    recipients = [one.get("header") for one in token.get("recipients", [])]
    return [json.loads(unb64(token["protected"])), token.get("header"), recipients]


def recipient_rows(world):
    """The members of one recipient: on /encrypt, in `encrypt` on /sign, and in `recipients`."""
    p256 = {"kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
            "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}  # fmt: skip
    one, two = oct_jwk("A" * 32, kid="one"), oct_jwk("A" * 32, kid="two")
    no_key = {"secret_b64": None, "alg": None}
    short = "key_invalid"
    return [
        row("key", INLINE, one, says("'one'"), instead=two, **no_key),
        row("keys", INLINE, [one], says("'one'"), instead=[two], **no_key),
        row("jwks", INLINE, {"keys": [one]}, says("'one'"), instead={"keys": [two]}, **no_key),
        row("secret", INLINE, "A" * 32, "200", without=short, instead="A" * 16, secret_b64=None),
        row("secret_b64", INLINE, WRAP, "200", without=short, instead=b64("A" * 16)),
        row("password", INLINE, "p", says("'p2s'"), without="400:key_name", **no_key),
        *[row(member, CONFIGURED, value, "400:key_name") for member, value in (
            ("key", one), ("keys", [one]), ("jwks", {"keys": [one]}), ("secret", "A" * 32),
            ("secret_b64", WRAP), ("password", "p"))],
        row("key_name", CONFIGURED, "sealed", says("'ECDH-ES+A256KW'"), instead="wrapped"),
        *refused("key_name", (INLINE,), "sealed"),
        row("kid", CONFIGURED, "nobody", "key_not_found"),
        row("kid", CONFIGURED, "wrapped", says("'wrapped'"), instead="sealed", key_name=None),
        *refused("kid", (INLINE,), "sealed"),
        row("alg", INLINE, "A256GCMKW", says("'A256GCMKW'"), instead="A256KW"),
        row("alg", CONFIGURED, "A256KW", "algorithm_not_allowed"),
        *[one for name in ("apu", "apv") for one in (
            row(f"{name}_b64", INLINE, "QQ", says(f"'{name}'"), key=p256, **no_key),
            row(f"{name}_b64", CONFIGURED, "QQ", says(f"'{name}'")),
            *refused(f"{name}_b64", KINDS, ""),
            *refused(f"{name}_b64", (INLINE,), "QQ"),
            *refused(f"{name}_b64", (CONFIGURED,), "QQ", key_name="wrapped"))],
    ]  # fmt: skip


def sealing_rows(world):
    """The other members of a compact message: on /encrypt, and in `encrypt` on /sign."""
    password = {"password": "p", "alg": None, "secret_b64": None}
    return [
        *[row("enc", one, "A128GCM", header("enc", "A128GCM")) for one in KINDS],
        *[row("zip", one, "DEF", header("zip", "DEF")) for one in KINDS],
        *refused("zip", (CONFIGURED,), "DEF", "algorithm_not_allowed", key_name="wrapped"),
        *[row("header", one, {"x": 1}, header("x", 1)) for one in KINDS],
        *[row("header.typ", one, "t", header("typ", "t")) for one in KINDS],
        *[row("typ", one, "t", header("typ", "t")) for one in KINDS],
        row("header.p2c", INLINE, 1234, header("p2c", 1234), **password),
        *refused("header.p2c", KINDS, 1234, "400:header"),
    ]


def encrypt_rows(world):
    general = {"serialization": "general", "key_name": None, "secret_b64": None, "alg": None}
    return [
        *recipient_rows(world),
        *sealing_rows(world),
        *[row("header.cty", one, "c", header("cty", "c")) for one in KINDS],
        *[row("cty", one, "c", header("cty", "c")) for one in KINDS],
        *[row("serialization", one, "flattened", token_is(dict)) for one in KINDS],
        *[row("aad_b64", one, "QQ", lambda reply: reply["token"].get("aad") == "QQ",
              serialization="flattened") for one in KINDS],
        *refused("aad_b64", KINDS, "QQ"),
        *refused("aad_b64", KINDS, "", serialization="flattened"),
        *[row("recipients", one, [{"key_name": "sealed"}], "200", without="400:key_name", **general)
          for one in KINDS],
        *refused("recipients", KINDS, [{"key_name": "sealed"}]),
        *[row("plaintext", one, "longer", is_longer, instead="x") for one in KINDS],
        *[row("plaintext_b64", one, b64("longer"), is_longer, instead="QQ", plaintext=None) for one in KINDS],
        *[row("claims", one, {"a": 1}, header("typ", "JWT"), without="400:plaintext", plaintext=None)
          for one in KINDS],
    ]  # fmt: skip


def nested_rows(world):
    return [
        *recipient_rows(world),
        *sealing_rows(world),
        *refused("header.cty", KINDS, "c", "400:cty"),
        *refused("cty", KINDS, "c"),
    ]


def own_header_rows(world):
    seen = says("{'x': 1")
    return [*recipient_rows(world), *[row("header", one, {"x": 1}, seen) for one in KINDS]]


def decrypt_bases(world):
    return {
        INLINE: {"token": world.to_secret, "secret_b64": WRAP},
        CONFIGURED: {"token": world.sealed, "key_name": "sealed"},
    }


def decrypt_rows(world):
    a, b = oct_jwk("A" * 32), oct_jwk("B" * 32)
    wrong = {
        "key": (a, b),
        "keys": ([a], [b]),
        "jwks": ({"keys": [a]}, {"keys": [b]}),
        "secret": ("A" * 32, "B" * 32),
        "secret_b64": (WRAP, OTHER_WRAP),
    }
    return [
        *refused("token", KINDS, "x", "token_malformed"),
        *[row(member, INLINE, bad, "decryption_failed", instead=good,
              **({} if member == "secret_b64" else {"secret_b64": None}))
          for member, (good, bad) in wrong.items()],
        *[row(member, CONFIGURED, good, "400:key_name") for member, (good, _) in wrong.items()],
        row("password", INLINE, "q", "decryption_failed", instead="p", token=world.to_password,
            secret_b64=None),
        row("password", CONFIGURED, "p", "400:key_name"),
        row("key_name", CONFIGURED, "sealed", "200", without="key_not_found", instead="nobody"),
        *refused("key_name", (INLINE,), "sealed"),
        row("kid", CONFIGURED, "nobody", "key_not_found"),
        *refused("kid", (INLINE,), "sealed"),
        *refused("algorithms", KINDS, ["A128KW"], "algorithm_not_allowed"),
        *refused("encryptions", KINDS, ["A128GCM"], "algorithm_not_allowed"),
        *refused("verify", KINDS, {}, "token_malformed"),
    ]  # fmt: skip
