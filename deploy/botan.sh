#!/usr/bin/env bash
# Provides Botan >= 3.13: an installed one if there is one, else a trimmed static build from Debian's source
# package, made once per machine. Prints the folder for CMake's find_package (nothing = the installed one).
set -euo pipefail

wanted=3.13.0
cache=${SIGNET_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/signet}
prefix=$cache/botan

# Only what Signet uses: an attacker cannot reach a module that is not there.
modules=(
    rsa ecdsa ecdh ed25519 ed448 x25519 x448 ml_dsa keypair
    pcurves_secp256r1 pcurves_secp384r1 pcurves_secp521r1 pcurves_secp256k1
    enc_padding sig_padding eme_oaep eme_pkcs1 emsa_pkcs1 emsa_pssr
    sha1 sha2_32 sha2_64 hmac aes gcm cbc nist_keywrap sp800_56a
    pbes2 pbkdf2 scrypt pem x509 base64 hex system_rng auto_rng
    tls12 tls13 asio certstor_system certstor_flatfile locking_allocator
)
# The same hardening as in CMakeLists.txt, for the code that handles the secrets. A section for each function, so that
# the linker leaves out what Signet does not call.
flags='-O2 -fPIC -ffunction-sections -fdata-sections'
flags+=' -fstack-protector-strong -fstack-clash-protection -ftrivial-auto-var-init=zero'
flags+=' -fno-delete-null-pointer-checks -fno-strict-overflow'
flags+=' -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -D_GLIBCXX_ASSERTIONS'
case $(uname -m) in
x86_64)
    modules+=(sha1_simd sha1_avx2 sha1_x86 sha2_32_simd sha2_32_avx2 sha2_32_x86 sha2_64_avx2 sha2_64_x86
        aes_ni aes_vaes aes_vperm ghash_cpu ghash_vperm)
    flags+=' -fcf-protection=full'
    ;;
aarch64)
    modules+=(sha1_armv8 sha2_32_armv8 sha2_64_armv8 aes_armv8 aes_vperm ghash_cpu ghash_vperm)
    flags+=' -mbranch-protection=standard'
    ;;
esac
# Compiled for size: a connection's beginning needs them, a token does not.
small=(src/lib/asn1 src/lib/tls src/lib/x509)
# Saved next to the library: with other modules or flags Botan is built again.
recipe="$(printf '%s\n' "${modules[@]}" "$flags" "${small[@]}")"

say() { printf '%s\n' "$*" >&2; }

system_has_it() { pkg-config --atleast-version="$wanted" botan-3 2>/dev/null; }
cache_has_it() {
    [ "$(cat "$prefix/recipe" 2>/dev/null)" = "$recipe" ] &&
        PKG_CONFIG_PATH=$prefix/lib/pkgconfig pkg-config --atleast-version="$wanted" botan-3 2>/dev/null
}

# The machine's own mirrors: from apt's lists, or from its sources if no list was fetched yet.
mirrors() {
    {
        apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 2>/dev/null || true
        cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | tr ' ' '\n' || true
    } | grep -E '^[a-z+]+://.*/debian/?$' | sed 's|/$||' | awk '!seen[$0]++'
}

# Fetches Debian's source tarball through a private apt configuration: the machine's mirror and Debian's
# keyring are used, and the machine's own sources do not change. apt checks the tarball against the signed index.
fetch_source() {
    local into=$1 keyring mirror suite apt
    keyring=$(ls /usr/share/keyrings/debian-archive-keyring.{pgp,gpg} 2>/dev/null | head -n 1 || true)
    [ "$keyring" ] || {
        say "Debian's keyring is missing: install debian-archive-keyring, or Botan $wanted or newer."
        return 1
    }
    mkdir -p "$into/state/lists/partial" "$into/cache/archives/partial"
    : >"$into/status"
    apt=(apt-get -q=2 -o "Dir::Etc::SourceList=$into/botan.list" -o Dir::Etc::SourceParts=-
        -o "Dir::State=$into/state" -o "Dir::State::status=$into/status" -o "Dir::Cache=$into/cache"
        -o Acquire::Languages=none -o APT::Sandbox::User=)
    for mirror in $(mirrors); do
        for suite in sid testing; do
            printf 'deb-src [signed-by=%s] %s %s main\n' "$keyring" "$mirror" "$suite" >"$into/botan.list"
            "${apt[@]}" update >&2 || continue
            (cd "$into" && "${apt[@]}" source --download-only --tar-only botan3 >&2) && return 0
        done
    done
    say "Debian's source package botan3 could not be downloaded."
    return 1
}

# Prints every fifth of ninja's "[n/m] ..." lines.
progress() {
    local line
    while IFS= read -r line; do
        [[ $line =~ ^\[([0-9]+)/([0-9]+)\] ]] || continue
        ((BASH_REMATCH[1] % 5)) || say "  ${BASH_REMATCH[1]} of ${BASH_REMATCH[2]}"
    done
}

# Rewrites the library's part of build.ninja, in the current folder, to compile twelve sources at a time: most of a
# source's time goes into headers that all share. That its sources may share one compilation is Botan's own promise
# (--amalgamation, which makes one of all, and so uses one core and links every object).
#
#   batch FOLDER...: whose sources are compiled for size
batch() {
    python3 - "$@" <<'PYTHON'
import re
import sys

ninja = open("build.ninja").read()
sources = dict(re.findall(r"^build (\S+): compile_lib (\S+)$", ninja, re.M))
objects = re.search(r"^build \S+: link_static (.+)$", ninja, re.M)[1]
small = tuple(f"{folder}/" for folder in sys.argv[1:])
batches, rules = [], []
for is_small in (False, True):
    chosen = [sources[name] for name in objects.split() if sources[name].startswith(small) == is_small]
    for first in range(0, len(chosen), 12):
        name = f"batch_{len(batches)}"
        with open(f"build/{name}.cpp", "w") as file:
            file.writelines(f'#include "../{source}"\n' for source in chosen[first : first + 12])
        batches.append(f"build/obj/lib/{name}.o")
        rules.append(f"build {batches[-1]}: compile_lib build/{name}.cpp\n")
        if is_small:
            rules.append("  CXXFLAGS = $CXXFLAGS -Os\n")
with open("build.ninja", "w") as file:
    file.write(ninja.replace(objects, " ".join(batches)) + "\n" + "".join(rules))
PYTHON
}

build() {
    local work=$1 source
    source=$(find "$work" -maxdepth 1 -name 'botan3_*.orig.tar.*' | sort -V | tail -n 1)
    mkdir "$work/source"
    tar -xf "$source" -C "$work/source" --strip-components=1
    cd "$work/source"
    python3 configure.py --quiet --prefix="$prefix" --build-targets=static --disable-shared-library \
        --minimized-build --with-boost --without-documentation --build-tool=ninja \
        --enable-modules="$(IFS=, && echo "${modules[*]}")" --cxxflags="$flags" >&2
    batch "${small[@]}"
    say "Building Botan once for this machine ($(nproc) cores; a few minutes)"
    NINJA_STATUS='[%f/%t] ' ninja -j "$(nproc)" 2>&1 | tee build.log | progress || {
        tail -n 40 build.log >&2
        return 1
    }
    DESTDIR=$work/installed ninja install >/dev/null
    printf '%s\n' "$recipe" >"$work/installed$prefix/recipe"
    rm -rf "$prefix"
    mv "$work/installed$prefix" "$prefix"
    say "Botan is in $prefix"
}

main() {
    if system_has_it; then return 0; fi
    if ! cache_has_it; then
        mkdir -p "$cache"
        exec 9>"$cache/botan.lock"
        flock -n 9 || { say "Waiting for another setup that is building Botan" && flock 9; }
        if ! cache_has_it; then
            rm -rf "$cache"/botan-work.* # left by a setup that was killed
            work=$(mktemp -d "$cache/botan-work.XXXXXX")
            trap 'rm -rf "$work"' EXIT
            say "Fetching Botan's source from Debian"
            fetch_source "$work"
            (build "$work")
        fi
        exec 9>&-
    fi
    printf '%s\n' "$prefix"
}
main; exit # on one line, so that bash reads no further if the file changes while it runs
