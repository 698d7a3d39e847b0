"""The keys of rule files as a page of Markdown, made from their JSON Schema, which is made from the forms."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from alerting.rulefile.forms import JsonSchema
from alerting.rulefile.jsonschema import rule_file_schema

_HEAD = """# The keys of rule files

Made by `alerting schema --keys` from the forms that rule files are read with. Any file of the folder may have any of
these sections, each as often as it likes; ids hold for the whole folder. Conditions and limits have a page of their own:
[CATALOGUE.md](CATALOGUE.md).
"""
#: What stands in sections that are mappings by name.
_NAMED = {
    "sources": "Under each name, by kind:",
    "channels": "Under each name, where that is a kind, or under the kind below it, like `ops-room: {folder: {}}`:",
    "limits": "Under each name one of the [limits methods](CATALOGUE.md) with its parameters.",
}
_LINKS = {"ConditionForm": "[a condition](CATALOGUE.md)"}
_WORDS = re.compile(r"(?<=[a-z])(?=[A-Z])")
_TYPES = {
    "string": "text", "integer": "a whole number", "number": "a number", "boolean": "true or false", "null": "nothing",
    "object": "a mapping", "array": "a list",
}  # fmt: skip


def keys_page() -> str:
    """Return the page."""
    return "\n".join(_Page(rule_file_schema()).lines())


class _Page:
    def __init__(self, schema: JsonSchema) -> None:
        self.sections: Mapping[str, JsonSchema] = schema["properties"]
        self.forms: Mapping[str, JsonSchema] = schema["$defs"]
        self.own = {name: self._form_of(section) for name, section in self.sections.items()}
        #: Forms inside those of the sections, in the order in which they are met.
        self.parts: dict[str, None] = {}

    def _form_of(self, section: JsonSchema) -> str | None:
        """Return the form of a section that is a list, or one mapping, of one form."""
        filled = section["anyOf"][0]
        return _referred(filled.get("items", filled))

    def lines(self) -> Iterator[str]:
        """Yield the page's lines: sections, then the parts that they name."""
        yield _HEAD
        yield from (f"- [`{name}`](#{name}): {section['description']}" for name, section in self.sections.items())
        yield ""
        for name, section in self.sections.items():
            yield f"## {name}\n\n{section['description']}\n"
            if (form := self.own[name]) is not None:
                yield from self._table(form)
                continue
            yield f"{_NAMED[name]}\n"
            for kind in self._kinds(section):
                yield f"{self.forms[kind]['description']}\n"
                yield from self._table(kind)
        yield "## Parts\n\nMappings that are values of the keys above.\n"
        written: set[str] = set()
        while left := [name for name in self.parts if name not in written]:
            for name in left:
                written.add(name)
                yield f"### {self._title(name)}\n\n{self.forms[name]['description']}\n"
                yield from self._table(name)

    def _kinds(self, section: JsonSchema) -> Iterator[str]:
        """Yield the forms of the kinds of a section whose kinds are found by scanning."""
        value = section["anyOf"][0]["additionalProperties"]
        for arm in value.get("oneOf") or value["anyOf"]:
            name = _referred(arm)
            if name is not None and name.endswith("Keys"):
                yield name

    def _table(self, name: str) -> Iterator[str]:
        form = self.forms[name]
        keys, needed = form["properties"], form.get("required", ())
        if (whole := self._whole_of(name)) is not None:
            left_out = ", ".join(f"`{key}`" for key in self.forms[whole[1]]["properties"] if key not in keys)
            yield f"All keys of [`{whole[0]}`](#{whole[0]}) but {left_out}; needed: {_listed(needed)}.\n"
            return
        yield "| key | takes | default | meaning |\n| --- | --- | --- | --- |"
        for key, value in sorted(keys.items(), key=lambda item: item[0] not in ("id", "title")):
            takes = self._takes(value).replace("|", "\\|")
            meaning = value.get("description", "").replace("|", "\\|")
            default = "needed" if key in needed else _default(value.get("default"))
            yield f"| `{key}` | {takes} | {default} | {meaning} |"
        yield ""

    def _whole_of(self, name: str) -> tuple[str, str] | None:
        """Return the section, and its form, that has every key of a part and more, if it is so large that this says more."""
        keys = self.forms[name]["properties"].keys()
        for section, form in self.own.items():
            if form is not None and form != name and len(keys) > 9 and keys < self.forms[form]["properties"].keys():
                return section, form
        return None

    def _takes(self, value: JsonSchema) -> str:
        """Say what may be written."""
        name = _referred(value)
        if name is not None:
            return self._named(name)
        arms = [arm for arm in (value.get("anyOf") or value.get("oneOf") or ()) if arm.get("type") != "null"]
        if "$comment" in value:
            forms = dict.fromkeys(form for arm in arms for form in self._forms_in(arm))
            return str(value["$comment"]) + "".join(f" ({self._named(form)})" for form in forms)
        if arms:
            return " or ".join(dict.fromkeys(self._takes(arm) for arm in arms))
        if "enum" in value:
            return " \\| ".join(f"`{word}`" for word in value["enum"]).replace("\\|", "|")
        if "items" in value:
            return f"a list: {self._takes(value['items'])}"
        below = value.get("additionalProperties") or next(iter(value.get("patternProperties", {}).values()), None)
        if below:
            return f"a mapping of names to: {self._takes(below)}"
        return _TYPES[value["type"]] + _bounds(value)

    def _forms_in(self, value: Any) -> Iterator[str]:
        """Yield the forms named anywhere in a schema."""
        if isinstance(value, dict):
            name = _referred(value)
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


def _referred(value: JsonSchema) -> str | None:
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


def _listed(keys: Any) -> str:
    return ", ".join(f"`{key}`" for key in keys)
