"""The questions that gateways ask, byte for byte: each a function of the client's request.

    octets = callouts.traefik(callouts.Client("GET", "/orders/7", token), "orders")

Envoy, Traefik, APISIX and ingress-nginx as their sources and documentation of 2026 say (API v3 of Envoy, Traefik v3.7,
APISIX 3.21), Kong as deploy/gateways/kong has it ask, NGINX Gateway Fabric as its sources of August 2026 do.
"""
import dataclasses

import wire

SIGNET = "127.0.0.1:8080"
RESTY = ("User-Agent", "lua-resty-http/0.17.2 (Lua) ngx_lua/10028")


@dataclasses.dataclass
class Client:
    """What a client asked of the gateway. `headers`: those that the gateway hands on."""

    method: str = "GET"
    target: str = "/orders/7"
    token: str | None = None
    headers: tuple = ()

    def told(self):
        return ([("Authorization", f"Bearer {self.token}")] if self.token else []) + list(self.headers)


def envoy(client, profile="orders", more=()):
    """ext_authz over HTTP: the client's method, and its path after path_prefix."""
    lower = [(name.lower(), value) for name, value in client.told()]
    fields = [*lower, ("x-forwarded-proto", "https"), ("content-length", "0"), ("x-envoy-internal", "true"),
              ("x-forwarded-for", "192.0.2.7"), ("x-envoy-expected-rq-timeout-ms", "3000"), *more]  # fmt: skip
    target = f"/auth/envoy/{profile}{client.target}"
    return wire.request(client.method, target, [("host", wire.HOST), *fields], host=None)


def forwarded(client):
    return [("X-Forwarded-Method", client.method), ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", wire.HOST),
            ("X-Forwarded-Uri", client.target)]  # fmt: skip


def traefik(client, profile="orders", more=()):
    """forwardAuth: a GET of its address."""
    fields = [("User-Agent", "Go-http-client/1.1"), *client.told(), ("X-Forwarded-For", "192.0.2.7"),
              ("X-Forwarded-Port", "443"), *forwarded(client), ("Accept-Encoding", "gzip"), *more]  # fmt: skip
    return wire.request("GET", f"/auth/forward/{profile}", fields, host=SIGNET)


def traefik_with_method(client, profile="orders", more=()):
    """forwardAuth with preserveRequestMethod: the client's method."""
    return client.method.encode() + traefik(client, profile, more).removeprefix(b"GET")


def apisix(client, profile="orders", more=()):
    """forward-auth of APISIX."""
    fields = [RESTY, *forwarded(client), ("X-Forwarded-For", "192.0.2.7"), *client.told(), *more]
    return wire.request("GET", f"/auth/forward/{profile}", fields, host=SIGNET)


def kong(client, profile="orders", more=()):
    """The pre-function of deploy/gateways/kong."""
    lower = [(name.lower(), value) for name, value in client.told()]
    return wire.request("GET", f"/auth/forward/{profile}", [RESTY, *forwarded(client), *lower, *more], host=SIGNET)


def nginx(client, profile="orders", more=()):
    """auth_request of deploy/gateways/nginx."""
    fields = [("X-Original-Method", client.method), ("X-Original-URL", f"https://{wire.HOST}{client.target}")]
    return wire.request("GET", f"/auth/nginx/{profile}", [*client.told(), *fields, *more], host="signet")


def ingress_nginx(client, profile="orders", more=()):
    """auth-url of ingress-nginx: over HTTP/1.0, with metadata that is not for Signet."""
    fields = [("X-Request-ID", "7"), ("X-Real-IP", "192.0.2.7"), ("X-Forwarded-For", "192.0.2.7"),
              ("X-Auth-Request-Redirect", client.target), ("X-Sent-From", "nginx-ingress-controller"),
              ("X-Original-Method", client.method), ("X-Original-URL", f"https://{wire.HOST}{client.target}"),
              ("Connection", "close"), *client.told(), *more]  # fmt: skip
    return wire.request("GET", f"/auth/nginx/{profile}", fields, version="1.0", host="signet.auth.svc.cluster.local")


def nginx_gateway_fabric(client, profile=None, more=()):
    """ExternalAuth of NGINX Gateway Fabric: its own metadata is not in any dialect, so that only the token decides."""
    fields = [("Path", client.target), ("Method", client.method), ("Connection", "close"), *client.told(), *more]
    return wire.request("GET", "/auth", fields, version="1.0")


ENVOY = {"Envoy": envoy}
FORWARD = {"Traefik": traefik, "Traefik with the method": traefik_with_method, "APISIX": apisix, "Kong": kong}
NGINX = {"nginx": nginx, "ingress-nginx": ingress_nginx}
ALL = {**ENVOY, **FORWARD, **NGINX}  # all that tell the client's request
