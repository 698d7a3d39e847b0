"""The keys of rule files as a page of Markdown, made from their JSON Schema, which is made from the forms."""

from collections.abc import Iterator

from alerting.rulefile.forms.base import JsonSchema
from alerting.rulefile.pages.jsonschema import rule_file_schema
from alerting.rulefile.schema_words import SchemaWords, referred

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


def keys_page() -> str:
    """Return the page."""
    return "\n".join(_Page(rule_file_schema()).lines())


class _Page(SchemaWords):
    def __init__(self, schema: JsonSchema) -> None:
        super().__init__(schema)
        self.own = {name: self._form_of(section) for name, section in self.sections.items()}

    def _form_of(self, section: JsonSchema) -> str | None:
        """Return the form of a section that is a list, or one mapping, of one form."""
        filled = section["anyOf"][0]
        return referred(filled.get("items", filled))

    def lines(self) -> Iterator[str]:
        """Yield the page's lines: sections, then the parts that they name."""
        yield _HEAD
        yield from (f"- [`{name}`](#{name}): {section['description']}" for name, section in self.sections.items())
        yield ""
        for name, section in self.sections.items():
            yield f"## {name}\n\n{section['description']}\n"
            if (form := self.own[name]) is not None:
                yield from self.table(form)
                continue
            yield f"{_NAMED[name]}\n"
            for kind in self._kinds(section):
                yield f"{self.forms[kind]['description']}\n"
                yield from self.table(kind)
        yield "## Parts\n\nMappings that are values of the keys above.\n"
        yield from self.part_lines()

    def _kinds(self, section: JsonSchema) -> Iterator[str]:
        """Yield the forms of the kinds of a section whose kinds are found by scanning."""
        value = section["anyOf"][0]["additionalProperties"]
        for arm in value.get("oneOf") or value["anyOf"]:
            name = referred(arm)
            if name is not None and name.endswith("Keys"):
                yield name

    def table(self, name: str) -> Iterator[str]:
        """Yield a form's keys; of one that has most keys of a section, only what it lacks."""
        form = self.forms[name]
        if (whole := self._whole_of(name)) is None:
            yield from super().table(name)
            return
        left_out = ", ".join(f"`{key}`" for key in self.forms[whole[1]]["properties"] if key not in form["properties"])
        needed = ", ".join(f"`{key}`" for key in form.get("required", ()))
        yield f"All keys of [`{whole[0]}`](#{whole[0]}) but {left_out}; needed: {needed}.\n"

    def _whole_of(self, name: str) -> tuple[str, str] | None:
        """Return the section, and its form, that has every key of a part and more, if it is so large that this says more."""
        keys = self.forms[name]["properties"].keys()
        for section, form in self.own.items():
            if form is not None and form != name and len(keys) > 9 and keys < self.forms[form]["properties"].keys():
                return section, form
        return None
