"""The image's root folder: everything that the binary needs is in it, also the libraries that it opens by itself.

Run by ctest in the release preset with the binary in SIGNET. Only root can make and enter the folder.
"""
import os
import pathlib
import subprocess
import tempfile
import unittest

BINARY = os.path.abspath(os.environ["SIGNET"])
SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "deploy" / "image-root.sh"

@unittest.skipUnless(os.geteuid() == 0, "only root can make the folder")
class ImageRoot(unittest.TestCase):
    def test_the_binary_finds_the_same_libraries_there_as_here(self):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([SCRIPT, BINARY, folder], check=True, timeout=120)
            here, there = (
                subprocess.run([*inside, "version"], check=True, capture_output=True, text=True, timeout=60).stdout
                for inside in ([BINARY], ["chroot", "--userspec=65532:65532", folder, "/usr/bin/signet"])
            )
            self.assertEqual(here, there)
            self.assertIn("Botan", there)
            opened = [path.name for path in pathlib.Path(folder).rglob("lib*.so*")]
            for library, name in (("OpenSSL", "libcrypto.so"), ("OpenSSL", "libssl.so"), ("libsodium", "libsodium.so")):
                if library in here:
                    self.assertTrue(any(one.startswith(name) for one in opened), opened)
            if b"libseccomp.so" in pathlib.Path(BINARY).read_bytes():  # the build had it
                self.assertTrue(any(one.startswith("libseccomp.so") for one in opened), opened)

if __name__ == "__main__":
    unittest.main()
