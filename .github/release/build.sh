#!/usr/bin/env bash
# Builds the image for this machine's architecture, and puts it, its binary's folder and its SBOM into a folder.
#
#   .github/release/build.sh ARCH BASE VERSION REVISION FOLDER
set -euo pipefail

arch=$1 base=$2 version=$3 revision=$4 out=$5
project=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
name=signet-$version-linux-$arch

mkdir -p "$out"
podman build --tag "$name" --build-arg "BASE=$base" \
    --label "org.opencontainers.image.version=$version" \
    --label "org.opencontainers.image.revision=$revision" \
    --label "org.opencontainers.image.licenses=Apache-2.0" "$project"

# What ships says the version of the tag, or nothing ships.
podman run --rm "$name" version | grep -qx "signet $version" || {
    echo "the binary does not say version $version" >&2
    exit 1
}
container=$(podman create "$name")
podman cp "$container:/usr/share/doc/signet/sbom.spdx.json" "$out/$name.spdx.json"
podman export "$container" | gzip -n >"$out/$name.rootfs.tar.gz"
podman rm "$container" >/dev/null
podman save --quiet --format oci-archive --output "$out/$name.oci.tar" "$name"
