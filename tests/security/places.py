"""The places where a row is tried: the endpoints, and the requests that have such members."""
import copy
import inspect

import encryption_probes
import sign_probes
import verify_probes
from probe_world import SECRET, WRAP
from rows import ABSENT, JWT_IN, KINDS, MODES


def put(request, path, value):
    """Sets a member, or removes it (None); "checks.exp" is a member of an object."""
    *outer, name = path.split(".")
    for step in outer:
        request = request.setdefault(step, {})
    if value is None:
        request.pop(name, None)
    else:
        request[name] = value


def said(reply, member):
    """A reply as an outcome, in the form that rows use."""
    if reply.get("code") == "request_invalid":
        named = reply.get("member", "")
        return "400" if named == member else f"400:{named}"
    return reply.get("code", "200")


class Place:
    """One way to ask: what is posted for a request, and which part of the reply is its answer."""

    def __init__(self, at, post, bases, rows, contexts):
        self.at, self.post, self.bases, self.rows, self.contexts = at, post, bases, rows, contexts

    def probe(self, row):
        """A sentence about what is wrong, or None."""
        base = copy.deepcopy(self.bases[row.context])
        for name, value in row.common.items():
            put(base, name, value)
        before, after = copy.deepcopy(base), copy.deepcopy(base)
        if row.instead is not ABSENT:
            put(before, row.member, row.instead)
        put(after, row.member, row.value)
        first, second = self.post(before, row), self.post(after, row)
        if first is None or second is None:
            return None
        where = f"{self.at}{row.member} = {row.value!r} ({row.context})"
        if not callable(row.then):
            found = said(first, row.member), said(second, row.member)
            wanted = row.without, row.then
            return None if found == wanted else f"{where}: is {found}, wanted {wanted}"
        if row.without != said(first, row.member):
            return f"{where}: is {said(first, row.member)} without it"
        if said(second, row.member) != "200":
            return f"{where}: is {second}"
        is_of_two = len(inspect.signature(row.then).parameters) == 2
        if is_of_two:
            return None if row.then(second, first) else f"{where}: changes nothing"
        if row.without == "200" and row.then(first):
            return f"{where}: is so without it, too"
        return None if row.then(second) else f"{where}: changes nothing: {second}"


def batch(world, path):
    """As an item, and as the shared part: the answer is a problem of the whole, or the first result."""

    def first(reply):
        return reply["results"][0] if "results" in reply else reply

    def item(request, row):
        return first(world.post(path, {"items": [request]}))

    def shared(request, row):
        name = row.member.split(".")[0]
        own = {key: value for key, value in request.items() if key != name}
        both = {name: request[name]} if name in request else {}
        return first(world.post(path, {"items": [own], **both}))

    return item, shared


def verify_in_decrypt(world):
    sealed = {}

    def post(request, row):
        token = request.pop("token")
        if token not in sealed:
            sealed[token] = world.made("/encrypt", plaintext=token, secret_b64=WRAP)
        return world.post("/decrypt", {"token": sealed[token], "secret_b64": WRAP, "verify": request})

    return post


def expect_in_inspect(world):
    def post(request, row):
        inline = ("token", "secret", "algorithms")
        expect = {name: value for name, value in request.items() if name not in inline}
        reply = world.post("/inspect", {"token": request["token"], "expect": expect})
        verdict = reply.get("claims_verdict")
        return reply if verdict in (None, "no_objection") else {"code": verdict}

    return post


def in_part(world, path, outer, name, is_list):
    """A request that contains the probed one as its member `name`."""

    def post(request, row):
        return world.post(path, {**outer, name: [request] if is_list else request})

    return post


def without_content(bases):
    return {context: {name: value for name, value in base.items() if name != "plaintext"}
            for context, base in bases.items()}  # fmt: skip


def all_places(world):
    verify, sign = verify_probes.verify_rows(world), sign_probes.sign_rows(world)
    verify_bases, sign_bases = verify_probes.verify_bases(world), sign_probes.sign_bases(world)
    in_encrypt = without_content(encryption_probes.encrypt_bases(world))
    verify_item, verify_shared = batch(world, "/verify/batch")
    sign_item, sign_shared = batch(world, "/sign/batch")
    general = {"payload": "x", "serialization": "general"}
    signers = (sign_probes.signer_bases(world), sign_probes.signer_rows(world), KINDS)
    nested = (in_encrypt, encryption_probes.nested_rows(world), KINDS)
    recipients = (in_encrypt, encryption_probes.own_header_rows(world), KINDS)

    def direct(path):
        return lambda request, row: world.post(path, request)

    def signed(**more):
        return {"claims": {"sub": "s"}, "secret": SECRET, **more}

    places = [
        Place("/verify ", direct("/verify"), verify_bases, verify, MODES),
        Place("/verify/batch items[].", verify_item, verify_bases, verify, MODES),
        Place("/verify/batch ", verify_shared, verify_bases, verify, MODES),
        Place("/decrypt verify.", verify_in_decrypt(world), verify_bases,
              [one for one in verify if one.member != "token"], MODES),
        Place("/inspect expect.", expect_in_inspect(world), verify_bases,
              [one for one in verify_probes.EXPECTATIONS if one.context == JWT_IN], (JWT_IN,)),
        Place("/sign ", direct("/sign"), sign_bases, sign, MODES),
        Place("/sign/batch items[].", sign_item, sign_bases, sign, MODES),
        Place("/sign/batch ", sign_shared, sign_bases, sign, MODES),
        Place("/encrypt ", direct("/encrypt"), encryption_probes.encrypt_bases(world), encryption_probes.encrypt_rows(world),
              KINDS),
        Place("/encrypt recipients[].", in_part(world, "/encrypt", {"plaintext": "x", "serialization": "general"},
              "recipients", True), *recipients),
        Place("/decrypt ", direct("/decrypt"), encryption_probes.decrypt_bases(world), encryption_probes.decrypt_rows(world),
              KINDS),
        Place("/inspect ", direct("/inspect"), verify_probes.inspect_bases(world), verify_probes.inspect_rows(world),
              ("token", "key")),
    ]  # fmt: skip
    for path, wrap in (
        ("/sign ", lambda body: world.post("/sign", body)),
        ("/sign/batch items[].", lambda body: sign_item(body, None)),
        ("/sign/batch ", lambda body: _first_with_shared(world, body)),
    ):
        places += [
            Place(f"{path}signers[].", _wrapped(wrap, general, "signers", True), *signers),
            Place(f"{path}encrypt.", _wrapped(wrap, signed(), "encrypt", False), *nested),
        ]
    return places


def _wrapped(wrap, outer, name, is_list):
    return lambda request, row: wrap({**outer, name: [request] if is_list else request})


def _first_with_shared(world, body):
    """The content in an item, everything else shared."""
    own = {name: body[name] for name in ("claims", "payload") if name in body}
    rest = {name: value for name, value in body.items() if name not in own}
    reply = world.post("/sign/batch", {"items": [own], **rest})
    return reply["results"][0] if "results" in reply else reply
