#include "config/load/load.hpp"

namespace config {

/// The text of signet.dev.yaml; a test compares them.
std::string_view dev_yaml()
{
    return R"yaml(# Development mode: `signet serve --dev`, or no configuration at all. Listens only on
# loopback unless --listen opens it, makes new keys at each start, and asks callers for no
# credentials. Never use it in production.
server:
  listen:
    - {address: "127.0.0.1:8080", endpoints: [all]}
admin: {listen: ["127.0.0.1:9090"]}
issuer: urn:signet:dev
keys:
  - {name: dev, alg: ES256, generate: true}
  - {name: sealed, use: enc, alg: ECDH-ES+A256KW, generate: true}
verify_profiles:
  default:
    issuers: [self]
    audiences: ["urn:signet:dev"]
    decrypt: sealed
    headers: {X-Auth-Subject: sub, X-Auth-Issuer: iss, X-Auth-Scopes: scope}
sign_profiles:
  default:
    key: dev
    audiences: ["urn:signet:dev"]
    ttl: 15m
    max_ttl: 24h
    jti: true
    allowed_claims: "*"
inline_keys: {endpoints: [sign, verify, encrypt, decrypt]}
log: {level: info, format: text}
)yaml";
}

}  // namespace config
