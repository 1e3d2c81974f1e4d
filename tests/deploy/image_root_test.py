"""The image's root folder: everything that the binary needs is in it, also the libraries that it opens by itself, and
a list of all that (SPDX).

Run by ctest in the release preset with the binary in SIGNET. Only root can make and enter the folder.
"""
import hashlib
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

BINARY = os.path.abspath(os.environ["SIGNET"])
SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "deploy" / "image-root.sh"


@unittest.skipUnless(os.geteuid() == 0, "only root can make the folder")
class ImageRoot(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory())) / "image"
        subprocess.run([SCRIPT, BINARY, cls.folder], check=True, timeout=300)

    def test_the_binary_finds_the_same_libraries_there_as_here(self):
        here, there = (
            subprocess.run([*inside, "version"], check=True, capture_output=True, text=True, timeout=60).stdout
            for inside in ([BINARY], ["chroot", "--userspec=65532:65532", self.folder, "/usr/bin/signet"])
        )
        self.assertEqual(here, there)
        self.assertIn("Botan", there)
        opened = [path.name for path in self.folder.rglob("lib*.so*")]
        for library, name in (("OpenSSL", "libcrypto.so"), ("OpenSSL", "libssl.so"), ("libsodium", "libsodium.so")):
            if library in here:
                self.assertTrue(any(one.startswith(name) for one in opened), opened)
        if b"libseccomp.so" in pathlib.Path(BINARY).read_bytes():  # the build had it
            self.assertTrue(any(one.startswith("libseccomp.so") for one in opened), opened)

    def test_every_file_of_code_is_in_the_list_with_its_hash_and_a_package_with_its_version(self):
        listed = json.loads((self.folder / "usr/share/doc/signet/sbom.spdx.json").read_text())
        files = {one["fileName"]: one for one in listed["files"]}
        present = {f"./{path.relative_to(self.folder)}" for path in self.folder.rglob("*.so*")}
        self.assertEqual(set(files) - present, {"./usr/bin/signet", "./etc/ssl/certs/ca-certificates.crt"})
        self.assertLessEqual(present, set(files))
        for name, one in files.items():
            hashed = hashlib.sha256((self.folder / name).read_bytes()).hexdigest()
            self.assertIn({"algorithm": "SHA256", "checksumValue": hashed}, one["checksums"])
        packages = {one["SPDXID"]: one for one in listed["packages"]}
        links = [(one["spdxElementId"], one["relationshipType"], one["relatedSpdxElement"])
                 for one in listed["relationships"]]  # fmt: skip
        sources = {one: other for one, how, other in links if how == "GENERATED_FROM"}
        self.assertEqual(set(sources), {one["SPDXID"] for one in files.values()})
        for package in sources.values():
            self.assertRegex(packages[package]["versionInfo"], r"^\d")
        ids = [one["SPDXID"] for one in listed["packages"] + listed["files"]]
        self.assertEqual(len(ids), len(set(ids)))
        self.assertLessEqual({one for link in links for one in (link[0], link[2])}, {*ids, "SPDXRef-DOCUMENT"})
        for one in listed["packages"]:
            self.assertRegex(one["externalRefs"][0]["referenceLocator"], r"^pkg:(deb/debian|generic)/[^ +]+@[^ +]+$")


if __name__ == "__main__":
    unittest.main()
