"""How a probe of a request is written: a row says what a member changes.

    row("subject", JWT_IN, "x", "subject_mismatch")

reads: the request of JWT_IN is good as it is, and subject_mismatch with subject "x". Outcomes are
"200", an error code, "400" (request_invalid that names this member), "400:other" (that names
another one), or a function that is true of the reply with the member and false of the one without.
`without` is the outcome of the request before; `instead` a value that it has there; other names are
members that both requests have, None takes one away.
"""
from dataclasses import dataclass, field

from probe_world import FUTURE, claims_of, protected

JWT_IN, JWT_BY, JWS_IN, JWS_BY = "jwt, inline", "jwt, profile", "jws, inline", "jws, profile"
INLINE, CONFIGURED = "inline", "configured"
MODES = (JWT_IN, JWT_BY, JWS_IN, JWS_BY)
KINDS = (INLINE, CONFIGURED)
ABSENT = object()


@dataclass
class Row:
    member: str
    context: str
    value: object
    then: object
    without: object = "200"
    instead: object = ABSENT
    common: dict = field(default_factory=dict)


def row(member, context, value, then, without="200", instead=ABSENT, **common):
    return Row(member, context, value, then, without, instead, common)


def refused(member, contexts, value, then="400", **common):
    return [row(member, context, value, then, **common) for context in contexts]


# Functions that check what a member did.


def header(name, value):
    return lambda reply: protected(reply["token"]).get(name) == value


def claim(name):
    return lambda reply: name in claims_of(reply["token"])


def token_is(kind):
    return lambda reply: isinstance(reply.get("token"), kind)


def is_another(reply, before):  # two arguments: the reply without the member, too
    return reply["token"] != before["token"]


def is_longer(reply, before):
    return len(reply["token"]) > len(before["token"])


def ends_earlier(reply, before):
    return reply["expires_at"] < before.get("expires_at", FUTURE)
