#!/usr/bin/env bash
# Provides Botan >= 3.13: an installed one if there is one, else a trimmed static build from Debian's source
# package, made once per machine. Prints the folder that CMake's find_package may look in (empty: the system's).
set -euo pipefail

wanted=3.13.0
cache=${SIGNET_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/signet}
prefix=$cache/botan

# What Signet uses, and nothing else: an absent module cannot be reached by an attacker.
modules=(
    rsa ecdsa ecdh ed25519 ed448 x25519 x448 ml_dsa keypair
    pcurves_secp256r1 pcurves_secp384r1 pcurves_secp521r1 pcurves_secp256k1
    enc_padding sig_padding eme_oaep eme_pkcs1 emsa_pkcs1 emsa_pssr
    sha1 sha2_32 sha2_64 hmac aes gcm cbc nist_keywrap sp800_56a
    pbes2 pbkdf2 scrypt pem x509 base64 hex system_rng auto_rng
    tls12 tls13 asio certstor_system certstor_flatfile locking_allocator
)
case $(uname -m) in
x86_64) modules+=(sha1_simd sha1_avx2 sha1_x86 sha2_32_simd sha2_32_avx2 sha2_32_x86 sha2_64_avx2 sha2_64_x86
    aes_ni aes_vaes aes_vperm ghash_cpu ghash_vperm) ;;
aarch64) modules+=(sha1_armv8 sha2_32_armv8 sha2_64_armv8 aes_armv8 aes_vperm ghash_cpu ghash_vperm) ;;
esac

say() { printf '%s\n' "$*" >&2; }

system_has_it() { pkg-config --atleast-version="$wanted" botan-3 2>/dev/null; }
cache_has_it() { PKG_CONFIG_PATH=$prefix/lib/pkgconfig pkg-config --atleast-version="$wanted" botan-3 2>/dev/null; }

# Fetches Debian's source tarball through a private apt configuration: the machine's mirror and Debian's
# keyring are used, the machine's own sources stay as they are. apt checks the tarball against the signed index.
fetch_source() {
    local into=$1 mirror suite apt
    mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
        grep -E '/debian/?$' | head -n 1 || true)
    mkdir -p "$into/state/lists/partial" "$into/cache/archives/partial"
    : >"$into/status"
    apt=(apt-get -q=2 -o "Dir::Etc::SourceList=$into/botan.list" -o Dir::Etc::SourceParts=-
        -o "Dir::State=$into/state" -o "Dir::State::status=$into/status" -o "Dir::Cache=$into/cache"
        -o Acquire::Languages=none -o APT::Sandbox::User=root)
    for suite in sid testing; do
        printf 'deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s %s main\n' \
            "${mirror:-http://deb.debian.org/debian}" "$suite" >"$into/botan.list"
        "${apt[@]}" update >&2 || continue
        (cd "$into" && "${apt[@]}" source --download-only --tar-only botan3 >&2) && return 0
    done
    say "Debian's source package botan3 could not be downloaded."
    return 1
}

build() {
    local work=$1 cores total source
    cores=$(nproc)
    source=$(find "$work" -maxdepth 1 -name 'botan3_*.orig.tar.*' | sort -V | tail -n 1)
    mkdir "$work/source"
    tar -xf "$source" -C "$work/source" --strip-components=1
    cd "$work/source"
    python3 configure.py --quiet --prefix="$prefix.new" --build-targets=static --disable-shared-library \
        --minimized-build --with-boost --without-documentation --build-tool=ninja \
        --enable-modules="$(IFS=,; echo "${modules[*]}")" \
        --cxxflags='-O2 -fPIC -fstack-protector-strong -fstack-clash-protection -D_GLIBCXX_ASSERTIONS' >&2
    total=$(ninja -t targets all 2>/dev/null | grep -c '\.o:' || true)
    say "Building Botan once for this machine ($total files, $cores cores; a few minutes)"
    NINJA_STATUS='  [%f/%t] ' ninja -j "$cores" 2>&1 | awk '/^ *\[/ { n++; if (n % 25 == 0) print $1; next } { print }' >&2
    ninja install >/dev/null
    rm -rf "$prefix"
    # The installed files name their own place: they are moved only after that name is right.
    grep -rlF "$prefix.new" "$prefix.new" --include='*.pc' --include='*.cmake' | xargs -r sed -i "s|$prefix.new|$prefix|g"
    mv "$prefix.new" "$prefix"
}

main() {
    if system_has_it; then return 0; fi
    if ! cache_has_it; then
        mkdir -p "$cache"
        exec 9>"$cache/botan.lock"
        flock 9
        if ! cache_has_it; then
            work=$(mktemp -d "$cache/botan-work.XXXXXX")
            trap 'rm -rf "$work"' EXIT
            say "Fetching Botan's source from Debian"
            fetch_source "$work"
            (build "$work")
        fi
    fi
    printf '%s\n' "$prefix"
}
main
