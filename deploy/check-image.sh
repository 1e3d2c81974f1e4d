#!/usr/bin/env bash
# Tests the Dockerfile without a container engine, and that Signet builds on Debian 13: makes a Debian 13 in a
# folder, runs the Dockerfile's RUN steps there, then starts the image as its user on a read-only root and
# checks its health. Needs root and debootstrap, and says "skipped" by exit code 77 without them. The folder keeps
# Botan for the next run.
#
#   deploy/check-image.sh [FOLDER]     default /tmp/signet-trixie
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
project=$(cd "$here/.." && pwd)
trixie=${1:-/tmp/signet-trixie}
[ "$(id -u)" = 0 ] || { echo "skipped: only root can make a Debian 13 in a folder" && exit 77; }
command -v debootstrap >/dev/null || { echo "skipped: no debootstrap here (apt-get install debootstrap)" && exit 77; }

# A separate mount namespace: every mount ends with this script.
if [ "${2-}" != mounted ]; then exec unshare --mount --propagation private "$0" "$trixie" mounted; fi

say() { printf '== %s\n' "$*"; }

if [ ! -e "$trixie/ready" ]; then
    say "Debian 13 in $trixie"
    debootstrap --variant=minbase trixie "$trixie" >"$trixie.log" ||
        { tail -n 20 "$trixie.log" && exit 1; }
    touch "$trixie/ready"
fi
cp /etc/resolv.conf "$trixie/etc/"
cp -n /etc/apt/apt.conf.d/* "$trixie/etc/apt/apt.conf.d/" # this machine's proxy and mirror settings
mount --bind /proc "$trixie/proc"
mount --bind /dev "$trixie/dev"

# COPY . .
rm -rf "$trixie/src" "$trixie/image"
mkdir "$trixie/src"
(cd "$project" && git ls-files -z --cached --others --exclude-standard | tar -c --null -T - | tar -x -C "$trixie/src")

sed -n 's/^RUN //p' "$project/Dockerfile" | while IFS= read -r step; do
    say "RUN $step"
    chroot "$trixie" /usr/bin/env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin sh -c "cd /src && $step" </dev/null
done

say "The image, $(du -sh "$trixie/image" | cut -f 1)"
(cd "$trixie/image" && find . -type f ! -path '*/doc/*' -printf '%P %k KiB\n')
mount --bind "$trixie/image" "$trixie/image"
mount -o remount,ro,bind "$trixie/image"
in_image=(chroot --userspec=65532:65532 "$trixie/image" /usr/bin/signet)
"${in_image[@]}" version | tee "$trixie.version"
for library in OpenSSL libsodium libsecp256k1 Botan; do
    grep -q "^$library" "$trixie.version" || { say "The image lacks $library" && exit 1; }
done

# A separate network: its ports are free, and nobody else can reach them.
say "serve and healthcheck on a read-only root"
export -f say
unshare --net bash -euc '
    ip link set lo up
    "$@" serve & service=$!
    for _ in $(seq 50); do
        if "$@" healthcheck; then kill "$service" && wait "$service"; exit; fi
        kill -0 "$service"
        sleep 0.1
    done
    kill "$service"
    exit 1' serve "${in_image[@]}"
say "The Dockerfile's steps work"
