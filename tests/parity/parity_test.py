"""Every token feature of PyJWT, python-jose, jwt-pro and dtpyfw.encrypt, tried on the running service.

README.md next to this file is the table: feature, its place in Signet, the test, what differs on purpose.
The table and the tests are compared first, so that every row has a test and every test a row.
"""
import pathlib
import re
import sys
import unittest

import world
import jwe_cases
import jws_cases
import key_cases
import sign_cases
import verify_cases
import wrapper_cases

CASES = (sign_cases, verify_cases, jws_cases, jwe_cases, key_cases, wrapper_cases)


def all_tests():
    loader = unittest.defaultTestLoader
    return unittest.TestSuite(loader.loadTestsFromModule(module) for module in CASES)


def names_of(suite):
    for one in suite:
        if isinstance(one, unittest.TestSuite):
            yield from names_of(one)
        else:
            yield one.id().split(".")[-1]


def main():
    text = pathlib.Path(__file__).with_name("README.md").read_text()
    in_table = {name for line in text.splitlines() if line.startswith("|")
                for name in re.findall(r"`(test_\w+)`", line)}  # fmt: skip
    suite = all_tests()
    here = set(names_of(suite))
    for name in sorted(in_table ^ here):
        print(f"README.md and the tests differ: {name} is only in the "
              f"{'table' if name in in_table else 'tests'}")
    world.start()
    try:
        result = unittest.TextTestRunner(sys.stdout, verbosity=1).run(suite)
    finally:
        world.stop()
    print(f"{result.testsRun} features, {len(result.failures) + len(result.errors)} failed")
    return 0 if result.wasSuccessful() and in_table == here else 1


if __name__ == "__main__":
    sys.exit(main())
