#!/usr/bin/env bash
# From a clone to a running service: setup, release build, then `signet serve --dev` or the given arguments.
#
#   deploy/run.sh                                   the development service on 127.0.0.1:8080
#   deploy/run.sh serve --config /etc/signet.yaml   any other command of signet
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=$root/build/release

"$root/deploy/setup.sh"
cmake -S "$root" --preset release --log-level=WARNING >/dev/null
NINJA_STATUS='[%f/%t] ' cmake --build "$build" --target signet >&2

if [ $# -eq 0 ]; then
    set -- serve --dev
    cat >&2 <<'CURL'

Signet starts in development mode. In another terminal:

  curl -sS http://127.0.0.1:8080/.well-known/jwks.json
  TOKEN=$(curl -fsS http://127.0.0.1:8080/sign -H 'Content-Type: application/json' -d '{"claims":{"sub":"alice"}}' | sed -n 's/.*"token": *"\([^"]*\)".*/\1/p')
  curl -sS http://127.0.0.1:8080/verify -H 'Content-Type: application/json' -d "{\"token\":\"$TOKEN\"}"

CURL
fi
exec "$build/signet" "$@"
