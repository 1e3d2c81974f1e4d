"""Fails when no test gets a code of core/base/error.hpp from the service.

A test counts when it asks the service: C++ that starts a live_service, and the Python of
integration/, interop/ and parity/. It must name the code as a separate text (code="..." is a label
of a metric).

Run by ctest as:  python3 tests/errc_coverage.py <repository root>
"""
import pathlib
import re
import sys

ASKS = re.compile(r"\blive_service \w+[;({]")


def tests_that_ask(root):
    for path in (root / "tests/service").rglob("*_test.cpp"):
        if ASKS.search(text := path.read_text()):
            yield text
    for folder in ("integration", "interop", "parity"):
        yield from (path.read_text() for path in (root / "tests" / folder).glob("*.py"))


root = pathlib.Path(sys.argv[1])
codes = re.findall(r'case errc::\w+:\s*return \{"(\w+)"', (root / "core/base/error.hpp").read_text())
named = {word for text in tests_that_ask(root) for word in re.findall(r'(?<!=)"(\w+)"', text)}
missing = [code for code in codes if code not in named]
print("\n".join(f"no test gets {code}" for code in missing) or f"{len(codes)} codes ok")
sys.exit(bool(missing) or len(codes) < 30)
