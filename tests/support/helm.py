"""Helm charts without Helm: merges values, checks them against the schema, and renders with tests/deploy/helm_render.

The templates are run by the same libraries as Helm's, text/template and sprig; what is around them is our own.
"""
import copy
import functools
import itertools
import json
import os
import pathlib
import shutil
import subprocess

import yaml

from json_schema import Schemas

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "tests" / "deploy" / "helm_render"
GO_PATH = pathlib.Path("/usr/share/gocode")  # where Debian's packages of Go have their sources
LIBRARIES = ("github.com/Masterminds/sprig", "sigs.k8s.io/yaml")
COMPILER_LIMIT = 240  # seconds
RENDER_LIMIT = 120


def why_not():
    """What is missing here for rendering; None when nothing is."""
    if not shutil.which("go"):
        return "go is not installed"
    missing = [name for name in LIBRARIES if not (GO_PATH / "src" / name).is_dir()]
    return f"no {' and no '.join(missing)} below {GO_PATH}" if missing else None


def build(folder):
    """Compiles the program into the folder; returns its path."""
    binary = pathlib.Path(folder, "helm_render")
    surroundings = {**os.environ, "GO111MODULE": "off", "GOPATH": str(GO_PATH), "GOFLAGS": ""}
    done = subprocess.run(["go", "build", "-o", str(binary), "."], cwd=PROGRAM, env=surroundings,
                          capture_output=True, text=True, timeout=COMPILER_LIMIT, check=False)
    assert done.returncode == 0, done.stderr
    return binary


def read(path):
    return yaml.safe_load(pathlib.Path(path).read_text())


def merged(values, over):
    """Values with others over them, as Helm does: maps are merged, everything else is replaced, null removes."""
    result = dict(values)
    for name, value in over.items():
        if value is None:
            result.pop(name, None)
        elif isinstance(value, dict) and isinstance(result.get(name), dict):
            result[name] = merged(result[name], value)
        else:
            result[name] = copy.deepcopy(value)
    return result


class Refused(Exception):
    """Values that the schema or the templates do not take; the text is what a user reads."""


class Chart:
    def __init__(self, folder, program):
        self.folder, self.program = pathlib.Path(folder), program
        self.defaults = read(self.folder / "values.yaml")
        path = self.folder / "values.schema.json"
        self.schema = json.loads(path.read_text()) if path.exists() else {}

    def complete(self, over):
        """The chart's defaults with values over them, when the schema takes them."""
        values = merged(self.defaults, over)
        problems = Schemas(self.schema).problems(self.schema, values, "values")
        if problems:
            raise Refused("\n".join(problems))
        return values

    def render_all(self, requests):
        """Of each complete values the texts by template, or a Refused. One run of the program."""
        lines = [json.dumps({"release": "tokens", "namespace": "auth", "values": one}) for one in requests]
        done = subprocess.run([self.program, self.folder], input="\n".join(lines), capture_output=True, text=True,
                              timeout=RENDER_LIMIT, check=False)
        assert done.returncode == 0, done.stderr
        texts, results = {}, []
        for reply in map(json.loads, done.stdout.splitlines()):
            texts.update(reply.get("texts", {}))
            outputs = {name: texts[str(number)] for name, number in reply.get("outputs", {}).items()}
            results.append(Refused(reply["error"]) if "error" in reply else outputs)
        assert len(results) == len(lines)
        return results

    def render(self, over):
        """The texts by template of some values over the defaults; raises Refused."""
        (result,) = self.render_all([self.complete(over)])
        if isinstance(result, Refused):
            raise result
        return result


@functools.cache
def parsed(text):
    """The objects of a rendered text. The same text is parsed once: do not change what you get."""
    return [one for one in yaml.load_all(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader)) if one]


def objects(texts):
    return [one for name, text in texts.items() if not name.endswith("NOTES.txt") for one in parsed(text)]


def switches(schema):
    """Every boolean and enum of a schema of values, as (path, values); not those of lists' items."""
    found = []

    def visit(part, path):
        if "enum" in part:
            found.append((path, part["enum"]))
        elif part.get("type") == "boolean":
            found.append((path, [False, True]))
        for name, inner in part.get("properties", {}).items():
            visit(inner, (*path, name))

    visit(schema, ())
    return found


def combinations(found):
    """Every combination of switches, as values."""
    for chosen in itertools.product(*(values for _, values in found)):
        values = {}
        for (path, _), value in zip(found, chosen):
            inside = values
            for name in path[:-1]:
                inside = inside.setdefault(name, {})
            inside[path[-1]] = value
        yield values
