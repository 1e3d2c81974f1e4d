"""The release binary's hardening, read from the binary itself: flags in a build file prove nothing.

Run by ctest in the release preset with the binary in SIGNET.
"""
import os
import platform
import re
import subprocess
import unittest

BINARY = os.environ["SIGNET"]


def output_of(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout


class Hardening(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.headers = output_of("readelf", "-hlW", BINARY)
        cls.dynamic = output_of("readelf", "-dW", BINARY)
        cls.imports = output_of("readelf", "--dyn-syms", "-W", BINARY)

    def test_position_independent_executable(self):
        self.assertRegex(self.headers, r"Type:\s+DYN")
        self.assertRegex(self.dynamic, r"FLAGS_1.*\bPIE\b")

    def test_full_relro(self):
        self.assertRegex(self.headers, r"GNU_RELRO")
        self.assertRegex(self.dynamic, r"FLAGS_1.*\bNOW\b")

    def test_no_executable_stack_and_nothing_writable_executable(self):
        self.assertRegex(self.headers, r"GNU_STACK\s.*\sRW\s")
        self.assertNotRegex(self.headers, r"\sRWE\s")

    def test_no_library_search_path_of_its_own(self):
        self.assertNotRegex(self.dynamic, r"\((RPATH|RUNPATH)\)")

    def test_stack_canary(self):
        self.assertIn("__stack_chk_fail", self.imports)

    def test_fortified_calls(self):
        self.assertRegex(self.imports, r"\s__\w+_chk@")

    @unittest.skipUnless(platform.machine() == "x86_64", "control-flow enforcement is x86's")
    def test_control_flow_enforcement(self):
        # The note IBT appears only where the C library's start files have it too (not on Debian 12), so the
        # code is asked: with -fcf-protection every function that can be called indirectly begins with endbr64.
        main = output_of("objdump", "-d", "--no-show-raw-insn", "--disassemble=main", BINARY)
        self.assertRegex(main, r"<main>:\s+[0-9a-f]+:\s+endbr64")
        notes = output_of("readelf", "-nW", BINARY)
        starts = output_of("readelf", "-nW", output_of("g++", "-print-file-name=Scrt1.o").strip())
        if re.search(r"\bIBT\b", starts):
            self.assertRegex(notes, r"\bIBT\b.*\bSHSTK\b")


if __name__ == "__main__":
    unittest.main()
