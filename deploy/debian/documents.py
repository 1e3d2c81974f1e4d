#!/usr/bin/env python3
"""Puts the documents of the package into a folder, for build.sh: the pages, and the files that they link to.

    deploy/debian/documents.py FOLDER

Links lead to where the files are in the package. Of a link to what is not in it, such as a test, only the text stays.
"""
import os
import pathlib
import re
import shutil
import sys

PROJECT = pathlib.Path(__file__).resolve().parents[2]
# What of the project is where in the folder; of a folder everything.
PLACES = {
    "README.md": "README.md",
    ".github/SECURITY.md": "SECURITY.md",
    "docs": "docs",
    "service/openapi.yaml": "openapi.yaml",
    "config/schema.json": "schema.json",
    "config/signet.dev.yaml": "examples/signet.dev.yaml",
    "config/signet.example.yaml": "examples/every-setting.yaml",
    "deploy/debian/signet.yaml": "examples/signet.yaml",
    "deploy/gateways": "examples/gateways",
    "deploy/prometheus/alerts.yaml": "examples/alerts.yaml",
    "deploy/prometheus/grafana-dashboard.json": "examples/grafana-dashboard.json",
}
# What build.sh puts elsewhere in the package.
ELSEWHERE = {"deploy/systemd/signet.service": "/usr/lib/systemd/system/signet.service"}
INSTALLED = pathlib.PurePosixPath("/usr/share/doc/signet")  # the folder, in the package
LINK = re.compile(r"\[([^\[\]]*)\]\(\s*([^()\s#]+)(#[^()\s]*)?\s*\)")


def place_of(path):
    """Where a file or folder of the project is in the package; None when it is not there."""
    for source, place in {**PLACES, **ELSEWHERE}.items():
        if path.is_relative_to(source):
            return INSTALLED / place / path.relative_to(source)
    return None


def with_links(page, text):
    """The text of this page of the project, with the links that it has in the package."""
    here = place_of(page).parent

    def link(found):
        shown, name, anchor = found.groups()
        target = pathlib.Path(os.path.normpath(PROJECT / page.parent / name))
        if not target.exists() or not target.is_relative_to(PROJECT):
            return found[0]  # an address, or no link at all
        place = place_of(target.relative_to(PROJECT))
        if place is None:
            return shown
        return f"[{shown}]({os.path.relpath(place, here)}{anchor or ''})"

    return LINK.sub(link, text)


def put(path, target):
    target.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".md":
        target.write_text(with_links(path, (PROJECT / path).read_text()))
    else:
        shutil.copyfile(PROJECT / path, target)


def put_all(folder):
    for name in PLACES:
        root = PROJECT / name
        for source in [one for one in root.rglob("*") if one.is_file()] if root.is_dir() else [root]:
            path = source.relative_to(PROJECT)
            put(path, folder / place_of(path).relative_to(INSTALLED))


put_all(pathlib.Path(sys.argv[1]))
