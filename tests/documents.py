"""Fails when README.md or a page of docs/ is not as the sources are, or a link leads nowhere.

- Relative links, of every Markdown file, name a file of the repository, and their anchors a heading of it.
- docs/README.md names every page; README.md has at most 200 lines.
- The tables name exactly the error codes, and all algorithms. Those of settings are made of config/rows,
  which config_tests compare.

Run by ctest as:  python3 tests/documents.py
"""
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "support"))
import pages  # noqa: E402

README_LINES = 200
problems = []


def check(holds, text):
    if not holds:
        problems.append(text)


def check_links():
    count = 0
    for page in pages.all_markdown():
        for link in pages.links(page.read_text()):
            if re.match(r"[a-z]+:", link):
                continue
            count += 1
            at = f"{page.relative_to(pages.ROOT)}: {link}"
            name, _, anchor = link.partition("#")
            target = (page.parent / name).resolve() if name else page
            if not target.exists() or not target.is_relative_to(pages.ROOT):
                problems.append(f"{at} leads nowhere")
            elif anchor:
                is_page = target.suffix == ".md"
                check(is_page and anchor in pages.anchors(target.read_text()), f"{at}: no such heading")
    check(count > 50, f"only {count} links were found")
    return count


def check_pages():
    lines = len(pages.text("README.md").splitlines())
    check(lines <= README_LINES, f"README.md has {lines} lines, more than {README_LINES}")
    index = set(pages.links(pages.text("docs/README.md")))
    names = {page.name for page in pages.paths() if page.parent.name == "docs"} - {"README.md"}
    check(names <= index, f"docs/README.md does not name {sorted(names - index)}")
    for page in pages.paths():
        fences = re.findall(r"^```", page.read_text(), re.MULTILINE)
        check(len(fences) == 2 * len(pages.BLOCK.findall(page.read_text())), f"{page.name}: a block is open")


def check_errors():
    codes = re.findall(r'case errc::\w+:\s*return \{"(\w+)"', pages.text("core/base/error.hpp"))
    rows = re.findall(r"^\| `(\w+)` \| \d{3}", pages.text("docs/errors.md"), re.MULTILINE)
    check(len(codes) > 30, "no codes were found in error.hpp")
    check(codes == rows, f"errors: {sorted(set(codes) ^ set(rows)) or 'another order'}")


def check_algorithms():
    source = pages.text("core/algorithms/encryption_algorithm.hpp")
    names = re.findall(r'signature_algorithm\{\s*"([^"]+)"', pages.text("core/algorithms/signature_algorithm.hpp"))
    names += re.findall(r'(?:key_management|content_encryption)_algorithm\{\s*"([^"]+)"', source)
    check(len(names) > 30, "no algorithms were found")
    for name in names:
        is_there = re.search(rf"[ ,|]{re.escape(name)}[ ,|]", pages.text("docs/algorithms.md"))
        check(is_there, f"algorithms: {name} is missing")


found = check_links()
check_pages()
check_errors()
check_algorithms()
print("\n".join(problems) or f"{len(pages.paths())} pages and {found} links ok")
sys.exit(bool(problems))
