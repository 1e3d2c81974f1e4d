#!/usr/bin/env bash
# Makes the root folder of the container image: the binary, the shared libraries that it needs, the certificates
# of public authorities, a user, and the list of all that (SPDX).
#
#   deploy/image-root.sh BINARY FOLDER
set -euo pipefail

binary=$1 root=$2
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

mkdir -p "$root"/{etc/signet,etc/ssl/certs,run/signet,usr/bin,usr/share/doc/signet}
chmod 0755 "$root"
install -d -o 65532 -g 65532 -m 0700 "$root/var/lib/signet" # a volume mounted here gets this owner
install -m 0755 "$binary" "$root/usr/bin/signet"
strip --strip-unneeded "$root/usr/bin/signet"

# The libraries that the binary opens by itself (core/crypto, service/net/tls_libssl, service/process): it contains their names.
opened=$({ grep -aoE 'lib(crypto|ssl|sodium|secp256k1|seccomp)\.so\.[0-9]+' "$binary" || true; } | sort -u | while IFS= read -r name; do
    PATH=$PATH:/usr/sbin:/sbin ldconfig -p | sed -nE "s/^\s*${name//./\\.} .* => (.*)/\1/p" | head -n 1
done)

# package_of FILE: the package that has it. Where /lib is a link to /usr/lib, dpkg may know a file by the other name.
package_of() {
    { dpkg-query -S "$1" 2>/dev/null || dpkg-query -S "${1#/usr}"; } | sed -n "/^diversion/!s/:.*//p" | head -n 1
}

# In the same places as on this machine, so that the loader finds them; each with its package's licence.
{
    [ -z "$opened" ] || printf '%s\n' "$opened"
    printf '%s\n' "$binary" $opened | xargs -n 1 ldd | sed -nE 's/^[^\/]*(\/[^ ]+) \(0x.*/\1/p'
} | sort -u | while IFS= read -r library; do
    cp -L --parents "$library" "$root"
    package=$(package_of "$(realpath "$library")")
    cp -L --parents "/usr/share/doc/$package/copyright" "$root"
    printf '%s\t%s\n' "$package" "$library"
done >"$root.libraries"
cp -L /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
cp "$here/../LICENSE" "$root/usr/share/doc/signet/"

printf 'signet:x:65532:65532::/:/sbin/nologin\n' >"$root/etc/passwd"
printf 'signet:x:65532:\n' >"$root/etc/group"
chown 65532:65532 "$root/run/signet"

python3 "$here/sbom.py" "$binary" "$root" <"$root.libraries" >"$root/usr/share/doc/signet/sbom.spdx.json"
rm "$root.libraries"
