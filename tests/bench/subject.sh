#!/usr/bin/env bash
# Serves GET /auth as one peer of a benchmark: one key, one issuer, one audience, one thread.
set -euo pipefail
: "${BINARY:?}" "${ALG:?}" "${KEY:?}" "${JWKS:?}" "${ISS:?}" "${AUD:?}" "${PORT:?}"
umask 022  # a configuration that its group may write is refused
config=${RUN:-/tmp}/signet-subject.yaml
if [ "$ALG" = HS256 ]; then  # a secret that others can read is refused
    install -m 0600 "$KEY" "${RUN:-/tmp}/signet-subject.secret"
    KEY=${RUN:-/tmp}/signet-subject.secret
fi
{
    printf 'server: {listen: ["127.0.0.1:%s"], threads: %s}\n' "$PORT" "${THREADS:-1}"
    printf 'admin: {listen: ["127.0.0.1:0"]}\nlog: {level: warn, format: text}\n'
    if [ "$ALG" = HS256 ]; then
        printf 'keys:\n  - {name: peer, kid: bench-HS256, alg: HS256, secret: "file:%s", issuer: "%s"}\n' "$KEY" "$ISS"
    else
        printf 'issuers:\n  - {name: peer, issuer: "%s", jwks_file: "%s", algorithms: [%s]}\n' "$ISS" "$JWKS" "$ALG"
    fi
    printf 'verify_profiles:\n  default: {issuers: [peer], audiences: ["%s"], headers: {X-Auth-Subject: sub}}\n' "$AUD"
} >"$config"
exec "$BINARY" serve --config "$config"
