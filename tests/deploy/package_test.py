"""deploy/debian: the package of the release binary: what is in it, what it needs, and what lintian says of it.

Run by ctest in the release preset with the binary in SIGNET. What it does when it is installed: package_life.py.
"""
import gzip
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import pages

BINARY = os.path.abspath(os.environ["SIGNET"])
DEBIAN = pathlib.Path(__file__).resolve().parents[2] / "deploy" / "debian"
KIB_MAX = 8 * 1024
LIMIT = 120  # seconds

for tool in ("dpkg-deb", "dpkg-shlibdeps", "strip"):
    if not shutil.which(tool):
        print(f"skipped: no {tool} here")
        sys.exit(77)


def said(*words):
    return subprocess.run(words, check=True, capture_output=True, text=True, timeout=LIMIT).stdout


class Package(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        cls.package = said(DEBIAN / "build.sh", BINARY, cls.folder / "one").strip()
        cls.root = cls.folder / "root"
        said("dpkg-deb", "--extract", cls.package, cls.root)

    def test_it_has_the_program_and_what_belongs_to_it(self):
        listed = said("dpkg-deb", "--contents", self.package)
        files = {name: mode for mode, name in re.findall(r"^-(\S+) .* \./(\S+)$", listed, re.MULTILINE)}
        for mode, name in (
            ("rwxr-xr-x", "usr/bin/signet"),
            ("rwxr-xr-x", "usr/libexec/signet/check-running"),
            ("rw-r--r--", "usr/lib/systemd/system/signet.service"),
            ("rw-r--r--", "usr/share/man/man1/signet.1.gz"),
            ("rw-r--r--", "usr/share/bash-completion/completions/signet"),
            ("rw-r--r--", "usr/share/zsh/vendor-completions/_signet"),
            ("rw-r--r--", "usr/share/doc/signet/examples/signet.yaml"),
            ("rw-r--r--", "usr/share/doc/signet/examples/every-setting.yaml"),
            ("rw-r--r--", "usr/share/doc/signet/examples/alerts.yaml"),
            ("rw-r--r--", "usr/share/doc/signet/examples/grafana-dashboard.json"),
            ("rw-r--r--", "usr/share/doc/signet/docs/operations.md"),
        ):
            self.assertEqual(mode, files.get(name), name)
        self.assertNotIn("etc/signet/signet.yaml", files)  # nothing listens by surprise
        self.assertIn(" ./etc/signet/\n", listed)
        self.assertEqual([], [line for line in listed.splitlines() if " root/root " not in line])
        self.assertTrue(gzip.decompress((self.root / "usr/share/man/man1/signet.1.gz").read_bytes()).startswith(b".TH"))

    def test_every_link_of_its_documents_leads_somewhere_in_it(self):
        documents = self.root / "usr/share/doc/signet"
        count = 0
        for page in sorted(documents.rglob("*.md")):
            for link in pages.links(page.read_text()):
                if re.match(r"[a-z]+:", link):
                    continue
                count += 1
                name, _, anchor = link.partition("#")
                target = (page.parent / name).resolve() if name else page
                self.assertTrue(target.exists() and target.is_relative_to(self.root), f"{page.name}: {link}")
                if anchor:
                    self.assertIn(anchor, pages.anchors(target.read_text()), f"{page.name}: {link}")
        print(f"documents: {count} links")
        self.assertGreater(count, 200)
        operations = (documents / "docs/operations.md").read_text()
        self.assertIn("](../../../../lib/systemd/system/signet.service)", operations)
        self.assertIn("| CONTRIBUTING.md;", (documents / "README.md").read_text())

    def test_its_script_says_how_it_is_called(self):
        for words in ([], [BINARY], [BINARY, self.folder, "1", "2"]):
            done = subprocess.run([DEBIAN / "build.sh", *words], capture_output=True, text=True, timeout=LIMIT)
            self.assertEqual((2, ""), (done.returncode, done.stdout))
            self.assertRegex(done.stderr, r"^usage: \S+ BINARY FOLDER \[VERSION\]\n$")

    def test_it_needs_what_the_binary_links_and_opens(self):
        def libraries(field):
            return said("dpkg-deb", "--field", self.package, field)

        self.assertRegex(libraries("Depends"), r"\badduser, .*libc6 \(>= .*libprometheus-cpp")
        named = pathlib.Path(BINARY).read_bytes()
        for field, library, package in (
            ("Depends", b"libssl.so.", "libssl3"), ("Depends", b"libseccomp.so.", "libseccomp2"),
            ("Recommends", b"libsodium.so.", "libsodium23"), ("Recommends", b"libsecp256k1.so.", "libsecp256k1-"),
        ):
            if library in named:
                self.assertRegex(libraries(field), rf"\b{package}\S* \(>= \d")

    def test_the_same_binary_makes_the_same_package(self):
        again = said(DEBIAN / "build.sh", BINARY, self.folder / "two").strip()
        self.assertEqual(pathlib.Path(self.package).read_bytes(), pathlib.Path(again).read_bytes())

    def test_its_size(self):
        kib = os.path.getsize(self.package) // 1024
        print(f"package: {kib} KiB, installed {said('dpkg-deb', '--field', self.package, 'Installed-Size').strip()} KiB")
        self.assertLess(kib, KIB_MAX)

    @unittest.skipUnless(shutil.which("lintian"), "no lintian here")
    def test_lintian_has_nothing_to_say(self):
        done = subprocess.run(
            ["lintian", "--allow-root", "--fail-on", "error,warning", self.package],
            capture_output=True, text=True, timeout=LIMIT)
        print(f"lintian: {len(done.stdout.splitlines())} lines")
        self.assertEqual((0, ""), (done.returncode, done.stdout), done.stderr)

    def test_the_starting_configuration_is_good(self):
        starting = (self.root / "usr/share/doc/signet/examples/signet.yaml").read_text()
        moved = self.folder / "signet.yaml"
        for name in ("lib", "run"):
            (self.folder / name).mkdir(mode=0o700)
        moved.write_text(
            starting.replace("/var/lib/signet", f"{self.folder}/lib").replace("/run/signet", f"{self.folder}/run"))
        moved.chmod(0o600)
        self.assertIn("the configuration is good", said(BINARY, "check-config", "--config", moved))


if __name__ == "__main__":
    unittest.main()
