"""Every member of a request and every setting that the documents name."""
import json

import pages
import yaml
from json_schema import Schemas

ROOT = pages.ROOT
# Documents that others define: their content is not a member of ours.
FOREIGN = {"Key", "Jwk", "JwkSet", "JsonJws", "JsonJwe"}
# Sections of the schema, as docs/configuration.md calls them.
SECTIONS = {
    "server": "server", "listener": "server.listen[]", "tls": "server.listen[].tls", "admin": "admin",
    "admin_listener": "admin.listen[]", "probes_listener": "admin.probes[]", "key": "keys[]",
    "rotation": "rotation.NAME", "issuer": "issuers[]", "verify_profile": "verify_profiles.NAME",
    "scope_rule": "verify_profiles.NAME.scopes", "claim_rule": "verify_profiles.NAME.claims",
    "access_rule": "verify_profiles.NAME.rules[]", "token_source": "verify_profiles.NAME.token_sources[]",
    "header": "verify_profiles.NAME.headers", "sign_profile": "sign_profiles.NAME",
    "caller": "callers[]", "caller_certificate": "callers[].mtls_san", "caller_jwt": "callers[].jwt",
    "caller_rate": "callers[].rate", "inline_keys": "inline_keys", "limits": "limits", "crypto": "crypto",
    "reload": "reload", "audit": "audit", "log": "log",
}  # fmt: skip


def request_members():
    """{"/verify issuer", "/sign signers[].alg", ...} with whether each is a list."""
    document = yaml.safe_load((ROOT / "service/openapi.yaml").read_text())
    schemas, found = Schemas(document), {}
    for path, item in document["paths"].items():
        body = item.get("post", {}).get("requestBody")
        if body:
            schema = body["content"]["application/json"]["schema"]
            _walk(schemas, schema, path + " ", found)
    return found


def _walk(schemas, schema, at, found):
    if "$ref" in schema:
        if schema["$ref"].rsplit("/", 1)[1] not in FOREIGN:
            _walk(schemas, schemas.resolve(schema["$ref"]), at, found)
    for part in schema.get("allOf", []):
        _walk(schemas, part, at, found)
    for name, member in schema.get("properties", {}).items():
        found[at + name] = found.get(at + name, False) or _is_list(schemas, member)
        _walk(schemas, member, f"{at}{name}.", found)
        for items in _lists(schemas, member):
            _walk(schemas, items.get("items", {}), f"{at}{name}[].", found)


def _lists(schemas, schema):
    if "$ref" in schema:
        return _lists(schemas, schemas.resolve(schema["$ref"]))
    if schema.get("type") == "array":
        return [schema]
    return [one for part in schema.get("oneOf", []) for one in _lists(schemas, part)]


def _is_list(schemas, schema):
    return bool(_lists(schemas, schema))


def settings():
    """{"server.threads", "keys[].kid", "limits.body_bytes", ...} of the schema, and so of docs/configuration.md."""
    document = json.loads((ROOT / "config/schema.json").read_text())
    found = {name for name, member in document["properties"].items() if member.get("type") == "string"}
    for name, definition in document["$defs"].items():
        if "properties" in definition:
            found |= {
                f"{SECTIONS[name]}.{member}" for member, schema in definition["properties"].items()
                if not schema.get("deprecated")
            }  # fmt: skip
    return found
