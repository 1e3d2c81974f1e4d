#!/usr/bin/env python3
"""Prints what the image is made of, as SPDX 2.3 in JSON: the binary, the code that is linked into it, and every file
of image-root.sh with the Debian package that it is from.

    deploy/sbom.py BINARY ROOT <LIBRARIES >sbom.spdx.json

LIBRARIES has a line "package<TAB>path" for each shared library in ROOT. Versions are those of dpkg on this machine,
which is the one that built the binary. SOURCE_DATE_EPOCH, where it is set, is the time of the document.
"""
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import time
import urllib.parse

CERTIFICATES = ("ca-certificates", "/etc/ssl/certs/ca-certificates.crt")
# What of them is used becomes code of the binary.
COMPILED_IN = ("libboost{}-dev", "libspdlog-dev", "libfmt-dev", "libyaml-cpp-dev", "prometheus-cpp-dev")


def output_of(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout


def debian_packages(*patterns):
    """Rows of dpkg: name, version, architecture, source and its version, maintainer, homepage."""
    fields = "Package} ${Version} ${Architecture} ${source:Package} ${source:Version} ${Maintainer} ${Homepage"
    wanted = "${db:Status-Status}\t${" + fields.replace(" ", "\t") + "}\n"
    done = subprocess.run(["dpkg-query", "-W", "-f", wanted, *patterns], capture_output=True, text=True, timeout=60)
    rows = (line.split("\t") for line in done.stdout.splitlines())
    return [row[1:] for row in rows if row[0] == "installed"]


def debian_codename():
    text = pathlib.Path("/etc/os-release").read_text()
    return re.search(r"^VERSION_CODENAME=(\w+)$", text, re.MULTILINE)[1]


def spdx_id(text):
    return "SPDXRef-" + re.sub(r"[^A-Za-z0-9.]", "-", text)


def package_of(row, codename):
    """A Debian package, with the address (purl) by which scanners find its security notices."""
    name, version, architecture, source, source_version, maintainer, homepage = row
    named, versioned, upstream = (
        urllib.parse.quote(text, safe=".~-") for text in (name, version, f"{source}@{source_version}")
    )
    locator = f"pkg:deb/debian/{named}@{versioned}?arch={architecture}&distro={codename}&upstream={upstream}"
    return {
        "SPDXID": spdx_id(f"Package-{name}"), "name": name, "versionInfo": version,
        "supplier": f"Organization: {maintainer.split(' <')[0]}", "homepage": homepage or "NOASSERTION",
        "downloadLocation": "NOASSERTION", "filesAnalyzed": False,
        "licenseConcluded": "NOASSERTION", "licenseDeclared": "NOASSERTION", "copyrightText": "NOASSERTION",
        "externalRefs": [
            {"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": locator}
        ],
    }  # fmt: skip


def own_packages(versions):
    """Signet, and Botan, which deploy/botan.sh builds from Debian's source."""
    licences = {"signet": "Apache-2.0", "Botan": "BSD-2-Clause"}
    return [
        {
            "SPDXID": spdx_id(f"Package-{name}"), "name": name, "versionInfo": versions[name],
            "downloadLocation": "NOASSERTION", "filesAnalyzed": False, "licenseConcluded": licence,
            "licenseDeclared": licence, "copyrightText": "NOASSERTION",
            "externalRefs": [{
                "referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
                "referenceLocator": f"pkg:generic/{name.lower()}@{versions[name]}",
            }],
        }
        for name, licence in licences.items()
    ]  # fmt: skip


def file_of(root, path):
    content = (root / path.lstrip("/")).read_bytes()
    return {
        "SPDXID": spdx_id(f"File{path}"), "fileName": f".{path}", "copyrightText": "NOASSERTION",
        "licenseConcluded": "NOASSERTION",
        "checksums": [{"algorithm": one, "checksumValue": hashlib.new(one, content).hexdigest()}
                      for one in ("SHA1", "SHA256")],
    }  # fmt: skip


def document(binary, root, libraries):
    codename = debian_codename()
    versions = dict(re.findall(r"^(\w+) (\S+)$", output_of(binary, "version"), re.MULTILINE))
    boost = re.match(r"\d+\.\d+", versions["Boost"])[0]
    dynamic = [*libraries, CERTIFICATES]
    rows = debian_packages(*sorted({package for package, _ in dynamic}))
    compiled_in = [package_of(row, codename) for row in debian_packages(*(one.format(boost) for one in COMPILED_IN))]
    own = own_packages(versions)
    files = [file_of(root, path) for path in ["/usr/bin/signet", *(path for _, path in dynamic)]]
    made = time.gmtime(int(os.environ.get("SOURCE_DATE_EPOCH", time.time())))
    signet, botan = (one["SPDXID"] for one in own)

    def related(one, how, other):
        return {"spdxElementId": one, "relationshipType": how, "relatedSpdxElement": other}

    links = [related("SPDXRef-DOCUMENT", "DESCRIBES", signet), related(files[0]["SPDXID"], "GENERATED_FROM", signet)]
    links += [related(signet, "STATIC_LINK", one) for one in (botan, *(row["SPDXID"] for row in compiled_in))]
    links += [related(spdx_id(f"File{path}"), "GENERATED_FROM", spdx_id(f"Package-{name}")) for name, path in dynamic]
    links += [related(signet, "DEPENDS_ON", spdx_id(f"Package-{row[0]}")) for row in rows]
    return {
        "spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT",
        "name": f"signet-{own[0]['versionInfo']}",
        "documentNamespace": f"urn:signet:sbom:{files[0]['checksums'][1]['checksumValue']}",
        "creationInfo": {
            "created": time.strftime("%Y-%m-%dT%H:%M:%SZ", made), "creators": ["Tool: signet-deploy-sbom.py"],
        },
        "packages": [*own, *compiled_in, *(package_of(row, codename) for row in rows)],
        "files": files, "relationships": links,
    }  # fmt: skip


if __name__ == "__main__":
    pairs = [tuple(line.rstrip("\n").split("\t")) for line in sys.stdin]
    print(json.dumps(document(sys.argv[1], pathlib.Path(sys.argv[2]), pairs), indent=1))
