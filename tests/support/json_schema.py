"""The part of JSON Schema 2020-12 that service/openapi.yaml and the chart's values.schema.json use.

An unknown keyword is an error, so that none is ignored.
"""
import re

ANNOTATIONS = {"$schema", "definitions", "description", "default", "format", "title"}
TYPES = {
    "object": lambda v: isinstance(v, dict),
    "array": lambda v: isinstance(v, list),
    "string": lambda v: isinstance(v, str),
    "boolean": lambda v: isinstance(v, bool),
    "integer": lambda v: isinstance(v, int) and not isinstance(v, bool),
    "null": lambda v: v is None,
}


class Schemas:
    def __init__(self, document):
        self.document = document

    def problems(self, schema, value, at="$"):
        """Sentences about what does not fit; empty when everything does."""
        return self._check(schema, value, at)[0]

    def resolve(self, pointer):
        found = self.document
        for step in pointer.removeprefix("#/").split("/"):
            found = found[step]
        return found

    def _check(self, schema, value, at):
        """The problems, and the names of the members that a schema here knows."""
        problems, known = [], set()

        def fail(text):
            problems.append(f"{at}: {text}")

        def apply(other):
            found, names = self._check(other, value, at)
            problems.extend(found)
            known.update(names)

        for keyword, wanted in schema.items():
            if keyword in ANNOTATIONS or keyword == "unevaluatedProperties":
                continue
            elif keyword == "$ref":
                apply(self.resolve(wanted))
            elif keyword == "allOf":
                for other in wanted:
                    apply(other)
            elif keyword == "oneOf":
                results = [self._check(other, value, at) for other in wanted]
                fitting = [names for found, names in results if not found]
                if len(fitting) != 1:
                    nearest = min((found for found, _ in results), key=len)
                    fail(f"fits {len(fitting)} of {len(wanted)} alternatives; {nearest}")
                else:
                    known |= fitting[0]
            elif keyword == "type":
                names = [wanted] if isinstance(wanted, str) else wanted
                if not any(TYPES[name](value) for name in names):
                    fail(f"is not of type {wanted}")
            elif keyword == "const":
                if value != wanted or type(value) is not type(wanted):
                    fail(f"is not {wanted!r}")
            elif keyword == "enum":
                if value not in wanted:
                    fail(f"{value!r} is not one of {len(wanted)} values")
            elif keyword in OBJECT_KEYWORDS | ARRAY_KEYWORDS | STRING_KEYWORDS | NUMBER_KEYWORDS:
                continue
            else:
                raise ValueError(f"{at}: the keyword {keyword} is not known here")

        if isinstance(value, dict):
            known |= self._members(schema, value, at, problems, known)
        elif isinstance(value, list):
            self._items(schema, value, at, problems)
        elif isinstance(value, str):
            if not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value)):
                fail(f"has {len(value)} characters")
            if "pattern" in schema and not re.search(schema["pattern"], value):
                fail(f"does not match {schema['pattern']}")
        elif TYPES["integer"](value):
            if not schema.get("minimum", value) <= value <= schema.get("maximum", value):
                fail(f"{value} is out of range")
        return problems, known

    def _members(self, schema, value, at, problems, known):
        if len(value) < schema.get("minProperties", 0):
            problems.append(f"{at}: has {len(value)} members")
        properties = schema.get("properties", {})
        here = set(properties) & set(value)
        for name in here:
            problems += self.problems(properties[name], value[name], f"{at}.{name}")
        for name in schema.get("required", []):
            if name not in value:
                problems.append(f"{at}: lacks {name}")
        others = set(value) - set(properties)
        additional = schema.get("additionalProperties")
        if additional is False:
            problems += [f"{at}: unknown member {name}" for name in sorted(others)]
        elif additional is not None:
            for name in others if isinstance(additional, dict) else ():
                problems += self.problems(additional, value[name], f"{at}.{name}")
            here |= others
        if schema.get("unevaluatedProperties") is False:
            unknown = set(value) - known - here
            problems += [f"{at}: unknown member {name}" for name in sorted(unknown)]
        return here

    def _items(self, schema, value, at, problems):
        if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
            problems.append(f"{at}: has {len(value)} items")
        for index, item in enumerate(value):
            if "items" in schema:
                problems += self.problems(schema["items"], item, f"{at}[{index}]")


OBJECT_KEYWORDS = {"properties", "required", "additionalProperties", "minProperties"}
ARRAY_KEYWORDS = {"items", "minItems", "maxItems"}
STRING_KEYWORDS = {"minLength", "maxLength", "pattern"}
NUMBER_KEYWORDS = {"minimum", "maximum"}
