"""What a JSON Schema made of forms says, in words: what a key takes, tables of keys, and the parts that they name."""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from alerting.rulefile.forms.base import JsonSchema

_LINKS = {"ConditionForm": "[a condition](CATALOGUE.md)"}
_WORDS = re.compile(r"(?<=[a-z])(?=[A-Z])")
_TYPES = {
    "string": "text", "integer": "a whole number", "number": "a number", "boolean": "true or false", "null": "nothing",
    "object": "a mapping", "array": "a list",
}  # fmt: skip


class SchemaWords:
    """Words for the forms of one schema; the forms that they name are gathered as parts, to be written after them.

    Args:
        known: forms that have a section of their own anyway, and need no link.
    """

    def __init__(self, schema: JsonSchema, known: Collection[str] = ()) -> None:
        self.known = known
        self.sections: Mapping[str, JsonSchema] = schema["properties"]
        self.forms: Mapping[str, JsonSchema] = schema["$defs"]
        #: Forms that are values of keys, in the order in which they are met.
        self.parts: dict[str, None] = {}

    def table(self, name: str) -> Iterator[str]:
        """Yield a form's keys as a table."""
        form = self.forms[name]
        keys, needed = form["properties"], form.get("required", ())
        yield "| key | takes | default | meaning |\n| --- | --- | --- | --- |"
        for key, value in sorted(keys.items(), key=lambda item: item[0] not in ("id", "title")):
            takes, meaning = in_a_cell(self.takes(value)), in_a_cell(value.get("description", ""))
            default = "needed" if key in needed else _default(value.get("default"))
            yield f"| `{key}` | {takes} | {default} | {meaning} |"
        yield ""

    def part_lines(self) -> Iterator[str]:
        """Yield a section for each part, and for each that these name."""
        written: set[str] = set()
        while left := [name for name in self.parts if name not in written]:
            for name in left:
                written.add(name)
                yield f"### {self._title(name)}\n\n{self.forms[name]['description']}\n"
                yield from self.table(name)

    def takes(self, value: JsonSchema) -> str:
        """Say what may be written."""
        name = referred(value)
        if name is not None:
            return self._named(name)
        arms = [arm for arm in (value.get("anyOf") or value.get("oneOf") or ()) if arm.get("type") != "null"]
        if "$comment" in value:
            forms = dict.fromkeys(form for arm in arms for form in self._forms_in(arm) if form not in self.known)
            return str(value["$comment"]) + "".join(f" ({self._named(form)})" for form in forms)
        if arms:
            return " or ".join(dict.fromkeys(self.takes(arm) for arm in arms))
        if "enum" in value:
            return " \\| ".join(f"`{word}`" for word in value["enum"]).replace("\\|", "|")
        if "items" in value:
            return f"a list: {self.takes(value['items'])}"
        below = value.get("additionalProperties") or next(iter(value.get("patternProperties", {}).values()), None)
        if below:
            return f"a mapping of names to: {self.takes(below)}"
        return _TYPES[value["type"]] + _bounds(value)

    def _forms_in(self, value: Any) -> Iterator[str]:
        """Yield the forms named anywhere in a schema."""
        if isinstance(value, dict):
            name = referred(value)
            if name is not None:
                yield name
            for part in value.values():
                yield from self._forms_in(part)
        elif isinstance(value, list):
            for part in value:
                yield from self._forms_in(part)

    def _title(self, form: str) -> str:
        """Return a part's name in words; another one than the sections have, so that links find it."""
        title = _WORDS.sub(" ", form.removesuffix("Form")).lower()
        return f"chosen {title}" if title in self.sections else title

    def _named(self, form: str) -> str:
        if form in _LINKS:
            return _LINKS[form]
        self.parts.setdefault(form)
        title = self._title(form)
        return f"[{title}](#{title.replace(' ', '-')})"


def referred(value: JsonSchema) -> str | None:
    """Return the name of the form that a schema refers to; None for one that says itself what it is."""
    return str(value["$ref"]).rpartition("/")[2] if "$ref" in value else None


def _bounds(value: JsonSchema) -> str:
    low, high = value.get("minimum"), value.get("maximum")
    if low is not None and high is not None:
        return f", {low} to {high}"
    return f", {low} or more" if low is not None else ", above 0" if "exclusiveMinimum" in value else ""


def _default(value: Any) -> str:
    """Write a default as an author would."""
    if value is None or value in ([], {}):
        return "–"
    return ", ".join(value) if isinstance(value, list) else value if isinstance(value, str) else json.dumps(value)


def in_a_cell(text: str) -> str:
    """Return a text as a cell of a table holds it."""
    return text.replace("\\|", "|").replace("|", "\\|")
