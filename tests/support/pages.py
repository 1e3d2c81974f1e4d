"""README.md and the pages of docs/: their text, sections, links and blocks of code."""
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^```(\S+)(?: ([^\n]+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def paths():
    """README.md first, then docs/*.md by name."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def all_markdown():
    """Those pages and the READMEs of folders; nothing that was built or installed."""
    strange = {"build", "node_modules", ".git"}
    names = (path.relative_to(ROOT) for path in ROOT.rglob("*.md"))
    return [ROOT / name for name in sorted(names) if not strange & set(name.parts)]


def text(name):
    return (ROOT / name).read_text()


def section(name, title):
    """The text under `## title` of a page, up to the next heading of that level."""
    return text(name).split(f"\n## {title}\n")[1].split("\n## ")[0]


def without_blocks(markdown):
    """The page without its blocks of code, where `#` and `[` are not Markdown."""
    indented = re.compile(r"^ {4}.*$", re.MULTILINE)
    return indented.sub("", re.sub(r"^```.*?^```$", "", markdown, flags=re.MULTILINE | re.DOTALL))


def anchors(markdown):
    """The anchors that `#...` can name, made from the headings as GitHub makes them."""
    found = set()
    for title in re.findall(r"^#{1,6} (.+)$", without_blocks(markdown), re.MULTILINE):
        shown = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", title)
        name = re.sub(r"[^\w\- ]", "", shown.lower()).replace(" ", "-")
        again = next(n for n in range(100) if (f"{name}-{n}" if n else name) not in found)
        found.add(f"{name}-{again}" if again else name)
    return found


def links(markdown):
    """The targets of all links, also of those that a line break divides."""
    return re.findall(r"\]\(\s*([^)\s]+)\s*\)", without_blocks(markdown))
