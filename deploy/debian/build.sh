#!/usr/bin/env bash
# Makes a Debian package of a built binary, for the Debian that this machine is: the libraries that the binary needs
# are those of this machine. Prints the package's path.
#
#   deploy/debian/build.sh BINARY FOLDER [VERSION]     makes FOLDER/signet_VERSION_ARCHITECTURE.deb
#
# VERSION is the binary's own, unless it is given. The same binary makes the same package, octet by octet, where
# SOURCE_DATE_EPOCH is the same; without it, the time is the binary's. Needs dpkg-dev, binutils, gzip and python3.
set -euo pipefail

[ $# -ge 2 ] && [ $# -le 3 ] || {
    printf 'usage: %s BINARY FOLDER [VERSION]\n' "$0" >&2
    exit 2
}
binary=$(realpath "$1") folder=$2
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
project=$(cd "$here/../.." && pwd)
version=${3:-$("$binary" version | sed -n '1s/^signet //p')}
architecture=$(dpkg --print-architecture)
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(stat -c %Y "$binary")}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root
umask 022

# put MODE FILE PATH: a file of the package; `-` is standard input.
put() {
    if [ "$2" = - ]; then set -- "$1" /dev/stdin "$3"; fi
    install -D -m "$1" "$2" "$root/$3"
}

put_program() {
    put 0755 "$binary" usr/bin/signet
    strip --strip-unneeded --remove-section=.comment --remove-section=.note "$root/usr/bin/signet"
    put 0755 "$here/check-running" usr/libexec/signet/check-running
    put 0644 "$project/deploy/systemd/signet.service" usr/lib/systemd/system/signet.service
    "$binary" completion bash | put 0644 - usr/share/bash-completion/completions/signet
    "$binary" completion zsh | put 0644 - usr/share/zsh/vendor-completions/_signet
    mkdir -p "$root/etc/signet"
}

put_documents() {
    local doc=usr/share/doc/signet
    "$binary" manpage | gzip -9n | put 0644 - usr/share/man/man1/signet.1.gz
    put 0644 "$here/copyright" $doc/copyright
    put 0644 "$here/README.Debian" $doc/README.Debian
    "$here/documents.py" "$root/$doc"
    printf 'signet (%s) stable; urgency=medium\n\n  * What changed: docs/changelog.md next to this file.\n\n -- %s  %s\n' \
        "$version" "$(sed -n 's/^Maintainer: //p' "$here/control")" "$(date -R -u -d "@$SOURCE_DATE_EPOCH")" |
        gzip -9n | put 0644 - $doc/changelog.gz
    put 0644 "$here/lintian-overrides" usr/share/lintian/overrides/signet
}

# needed_version PACKAGE LIBRARY: " (>= V)", V being the oldest version with every symbol that the binary names; nothing
# where the package does not say.
needed_version() {
    local symbols newest
    symbols=$(dpkg-query --control-path "$1" symbols 2>/dev/null || true)
    [ -n "$symbols" ] || { sed -nE "s/^${2%%.so.*} ${2##*.so.} [^ ]+( \(>= [^)]*\)).*/\1/p" \
        "$(dpkg-query --control-path "$1" shlibs)" | head -n 1 && return; }
    newest=$(sed -nE 's/^ ([^@ ]+)@[^ ]+ ([^ ]+).*/\1 \2/p' "$symbols" | sort |
        join - <(strings -n 4 "$binary" | grep -E '^[A-Za-z_][A-Za-z0-9_]*$' | sort -u) |
        cut -d ' ' -f 2 | sort -V | tail -n 1)
    [ -z "$newest" ] || printf ' (>= %s)' "$newest"
}

# opened NAME...: the packages of those libraries that the binary opens by itself (it contains their names).
opened() {
    local name file package list=
    for name in "$@"; do
        name=$(grep -aoE "lib$name\.so\.[0-9]+" "$binary" | head -n 1) || continue
        file=$(PATH=$PATH:/usr/sbin:/sbin ldconfig -p | sed -nE "s/^\s*${name//./\\.} .* => (.*)/\1/p" | head -n 1)
        # Where /lib is a link to /usr/lib, dpkg may know a file by the other name.
        package=$({ dpkg-query -S "$(realpath "$file")" 2>/dev/null || dpkg-query -S "$file"; } | sed 's/:.*//' | head -n 1)
        list+="${list:+, }$package$(needed_version "$package" "$name")"
    done
    printf '%s\n' "$list"
}

put_control() {
    local linked size
    mkdir -p "$root/DEBIAN" "$work/debian"
    printf 'Source: signet\n\nPackage: signet\nArchitecture: any\n' >"$work/debian/control"
    linked=$(cd "$work" && dpkg-shlibdeps -O --warnings=0 "$root/usr/bin/signet" | sed -n 's/^shlibs:Depends=//p')
    size=$(du -sk --apparent-size "$root" | cut -f 1)
    # TLS of listeners and the filter of system calls must not be missing by surprise; the others only make it faster.
    sed -e "s/@VERSION@/$version/; s/@ARCHITECTURE@/$architecture/; s/@SIZE@/$size/" \
        -e "s/@DEPENDS@/$linked, $(opened ssl seccomp)/; s/@RECOMMENDS@/$(opened sodium secp256k1)/" \
        "$here/control" >"$root/DEBIAN/control"
    for script in postinst prerm postrm; do install -m 0755 "$here/$script" "$root/DEBIAN/$script"; done
    (cd "$root" && find usr etc -type f -print0 | sort -z | xargs -0 md5sum) >"$root/DEBIAN/md5sums"
}

put_program
put_documents
put_control
mkdir -p "$folder"
package=$folder/signet_${version}_$architecture.deb
dpkg-deb --root-owner-group --build "$root" "$package" >/dev/null
printf '%s\n' "$package"
