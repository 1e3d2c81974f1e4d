#!/usr/bin/env bash
# Installs what a Debian 12 or 13 machine needs to build Signet; does nothing if all of it is installed.
#
#   deploy/setup.sh           what the build needs: Debian's packages and Botan (deploy/botan.sh)
#   deploy/setup.sh --tests   also what the tests need
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
with_tests=false
case "${1-}" in
'') ;;
--tests) with_tests=true ;;
*) printf 'usage: %s [--tests]\n' "$0" >&2 && exit 2 ;;
esac

say() { printf '%s\n' "$*" >&2; }

command -v dpkg-query >/dev/null || {
    say "deploy/setup.sh supports only Debian and systems based on it. It lists the packages that you need to install."
    exit 1
}
bookworm=$(grep -qx 'VERSION_CODENAME=bookworm' /etc/os-release && echo yes || true)

needed=(g++ cmake ninja-build pkg-config python3 ca-certificates tar xz-utils
    libspdlog-dev prometheus-cpp-dev libyaml-cpp-dev zlib1g-dev doctest-dev
    libssl-dev libsodium-dev libsecp256k1-dev # each can be left out: core/crypto/providers.cmake
    libseccomp-dev)                           # so can this: service/process/libseccomp.cmake
optional=()
# Debian 12's default Boost is 1.74, which is too old; its clang is 14, which cannot compile std::views.
if [ "$bookworm" ]; then needed+=(libboost1.81-dev); else needed+=(libboost-dev); fi
if $with_tests; then
    needed+=(curl openssl openssh-client binutils gcovr testssl.sh gdb
        python3-jwt python3-jwcrypto python3-cryptography python3-yaml)
    optional+=(libbenchmark-dev)
    optional+=(python3-jose) # not in Debian 13
    optional+=(jose)         # the command-line tool
    optional+=(lintian zsh mandoc) # judge the package, the completion and the manual page
    optional+=(haproxy wrk)  # restarts under load
    optional+=(podman runc debootstrap) # the image: tests/deploy
    optional+=(nginx-light caddy) # with HAProxy: the gateways that ask Signet in tests/gateways
    command -v go >/dev/null || optional+=(golang-go) # a TLS client of others; Java's is used where it is installed
    # They render the Helm chart; 7 MB, with what they need.
    optional+=(golang-github-masterminds-sprig-dev golang-k8s-sigs-yaml-dev)
    command -v node >/dev/null || needed+=(nodejs)
    command -v npm >/dev/null || needed+=(npm)
    if [ "$bookworm" ]; then optional+=(clang-16 libclang-rt-16-dev); else optional+=(clang libclang-rt-dev); fi
fi

# Prints those of the named packages that are not installed.
missing() {
    [ $# -eq 0 ] || dpkg-query -W -f '${db:Status-Status} ${binary:Package}\n' "$@" 2>/dev/null |
        sed -n 's/^installed \([^:]*\).*/\1/p' | sort | comm -13 - <(printf '%s\n' "$@" | sort)
}

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

# Installs the named packages. Prints a line now and then, and apt's own output only when it fails.
apt_install() {
    local log done=0 line
    log=$(mktemp)
    say "Installing Debian packages: $*"
    if ! as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=600 \
        -o Dpkg::Use-Pty=0 install --no-install-recommends "$@" 2>&1 | tee "$log" |
        while IFS= read -r line; do
            case $line in
            'Fetched '* | E:* | W:*) say "  $line" ;;
            'Setting up '*) ((++done % 20)) || say "  $done packages set up" ;;
            esac
        done; then
        tail -n 30 "$log" >&2
        rm -f "$log"
        return 1
    fi
    rm -f "$log"
}

install_packages() {
    local packages=() name
    mapfile -t packages < <(missing "${needed[@]}")
    [ ${#packages[@]} -eq 0 ] && [ -z "$(missing "${optional[@]}")" ] && return 0
    if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; then
        [ ${#packages[@]} -eq 0 ] && return 0
        say "Run as root, or install yourself: apt-get install ${packages[*]}"
        return 1
    fi
    if [ ${#packages[@]} -gt 0 ]; then
        as_root apt-get -q=2 update >&2 || say "apt-get update failed; trying with the existing package lists"
    fi
    for name in $(missing "${optional[@]}"); do
        if [ -n "$(apt-cache madison "$name" 2>/dev/null)" ]; then
            packages+=("$name")
        else
            say "skipped: apt has no package $name; the tests that need it are skipped"
        fi
    done
    [ ${#packages[@]} -eq 0 ] || apt_install "${packages[@]}"
}

# Prometheus, for the tests of alert rules and the dashboard: 19 MB, 94 MB unpacked. It is not installed, because its
# package starts a service at port 9090, where Signet's admin listener is.
unpack_prometheus() {
    local cache=${SIGNET_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/signet} work
    if command -v prometheus >/dev/null || [ -x "$cache/prometheus/usr/bin/prometheus" ]; then return 0; fi
    work=$(mktemp -d)
    say "Unpacking Debian's package prometheus into $cache"
    if ! (cd "$work" && apt-get -q=2 download prometheus >&2 && dpkg -x prometheus_*.deb prometheus &&
        mkdir -p "$cache" && mv prometheus "$cache/"); then
        say "skipped: prometheus cannot be downloaded; the tests that need it are skipped"
    fi
    rm -rf "$work"
}

install_packages
if $with_tests; then unpack_prometheus; fi
"$here/botan.sh" >/dev/null
