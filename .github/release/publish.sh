#!/usr/bin/env bash
# Pushes the images of a folder as one tag, signs it, and adds checksums that are signed too. podman and cosign find
# the registry's password in ~/.docker/config.json.
#
#   .github/release/publish.sh IMAGE VERSION FOLDER
set -euo pipefail

image=$1 version=$2 out=$3
export REGISTRY_AUTH_FILE=$HOME/.docker/config.json

podman manifest create "$image:$version"
for archive in "$out"/*.oci.tar; do podman manifest add "$image:$version" "oci-archive:$archive"; done
podman manifest push --all --digestfile "$out/digest" "$image:$version" "docker://$image:$version"
digest=$(cat "$out/digest")

# By digest, so that a tag that is moved does not get this signature.
cosign sign --yes --recursive "$image@$digest"
for sbom in "$out"/*.spdx.json; do
    cosign attest --yes --type spdxjson --predicate "$sbom" "$image@$digest"
done

printf '%s@%s\n' "$image" "$digest" >"$out/image.txt"
rm "$out/digest"
cd "$out"
sums=$(sha256sum -- *)
printf '%s\n' "$sums" >SHA256SUMS
cosign sign-blob --yes --bundle SHA256SUMS.bundle SHA256SUMS
