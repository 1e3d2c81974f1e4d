"""Fails when README.md or a page of docs/ differs from the sources, or a link leads nowhere.

- Relative links, of every Markdown file, name a file of the repository, and their anchors a heading of it.
- docs/README.md names every page; README.md has at most 200 lines.
- The tables name exactly the error codes, the metrics with their types and labels, the commands, and
  all algorithms. The tables of settings are generated from config/rows, and config_tests compare them.
- Alert rules name metrics that exist.

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


def check_metrics():
    """Each row of the table: name, type and labels, in the order of metric_rows.hpp."""
    labels = {
        which: re.findall(r'"(\w+)"', names)
        for which, names in re.findall(
            r'\{label::(\w+), ("\w+"(?:, "\w+")?)\},', pages.text("service/observe/metric_labels.hpp")
        )
    }
    source = pages.text("service/observe/metric_rows.hpp")
    rows = [
        (name, kind, [one for which in re.findall(r"\w+", listed) for one in labels[which]])
        for name, kind, listed in re.findall(r'^    \{"(\w+)", (\w+), \w+, \{([^}]*)\},', source, re.MULTILINE)
    ]
    table = pages.section("docs/metrics.md", "Metrics")
    shown = [
        (name, kind, re.findall(r"\w+", listed))
        for name, kind, listed in re.findall(r"^\| `(\w+)` \| (\w+) \| ([^|]*)\|", table, re.MULTILINE)
    ]
    check(len(rows) > 30, "no metrics were found in metric_rows.hpp")
    check(len(rows) == source.count('    {"'), "metric_rows.hpp has rows that are not read here")
    for row in [one for one in rows + shown if (one in rows) != (one in shown)]:
        problems.append(f"docs/metrics.md is not as metric_rows.hpp: {row}")
    check(sorted(rows) != sorted(shown) or rows == shown, "docs/metrics.md has another order than metric_rows.hpp")

    names = {row[0] for row in rows}
    used = set(re.findall(r"\bsignet_\w+", pages.text("deploy/prometheus/alerts.yaml")))
    unknown = {one for one in used if one not in names and re.sub(r"_(bucket|count|sum)$", "", one) not in names}
    check(len(used) > 5 and not unknown, f"alerts.yaml: no such metrics: {sorted(unknown)}")


def check_commands():
    """The table of docs/cli.md: every command, in the order of --help."""
    sources = "".join(path.read_text() for path in sorted((pages.ROOT / "service/cli").glob("*.cpp")))
    names = dict(re.findall(r'^constinit command const (\w+)_command\{\s*"([^"]+)"', sources, re.MULTILINE))
    table = re.findall(r"^    row\((\w+)\)", pages.text("service/cli/command.hpp"), re.MULTILINE)
    check(len(table) > 10 and set(table) == set(names), "service/cli: not every command was found")
    shown = re.findall(r"^\| `signet ([^`]+)` \|", pages.text("docs/cli.md"), re.MULTILINE)
    wanted = [names.get(one) for one in table]
    check(shown == wanted, f"docs/cli.md: {sorted(set(map(str, wanted)) ^ set(shown)) or 'another order'}")


found = check_links()
check_pages()
check_errors()
check_algorithms()
check_metrics()
check_commands()
print("\n".join(problems) or f"{len(pages.paths())} pages and {found} links ok")
sys.exit(bool(problems))
