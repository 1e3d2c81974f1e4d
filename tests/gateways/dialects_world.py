"""One Signet for all gateways: deploy/gateways/signet.yaml, and profiles for what it does not show."""
import functools

import signet_world

# Appended to the sample, whose last section is verify_profiles.
PROFILES = """
  shop:
    dialects: [forward]
    issuers: [corp]
    audiences: ["api://orders"]
    headers: {X-Auth-Subject: sub}
    token_sources: [header, {cookie: session}, {query: access_token}]
  lost:
    dialects: [forward, nginx, envoy]
    issuers: [lost]
    audiences: ["api://orders"]
  tokens:
    dialects: [plain]
    issuers: [corp]
    audiences: ["api://orders"]
    headers: {X-Auth-Subject: sub, X-Auth-Issuer: iss, X-Auth-Scopes: scopes}
"""
LOST_ISSUER = "https://lost.example.com"


def config(trusted="127.0.0.1", listeners=""):
    """trusted: server.trusted_proxies. listeners: further ones, after a comma."""
    return signet_world.replaced(signet_world.config(), {
        "default_auth_profile: orders\n  default_auth_dialect: nginx": "default_auth_profile: tokens",
        "issuers:\n": f'issuers:\n  - {{name: lost, issuer: "{LOST_ISSUER}", jwks_uri: "https://127.0.0.1:1/jwks"}}\n',
        "endpoints: [auth]}": "endpoints: [auth, verify]}" + listeners,
        "trusted_proxies: [127.0.0.1]": f"trusted_proxies: [{trusted}]",
    }) + PROFILES  # fmt: skip


def start(**more):
    return signet_world.start(config(**more))


def for_each(cases):
    """A test of a class that runs once for each case, of which it gets the value: name -> value."""

    def decorated(test):
        @functools.wraps(test)
        def run(self):
            for name, value in cases.items():
                with self.subTest(name):
                    test(self, value)

        return run

    return decorated
