"""The catalogue of conditions and limits methods as a page of Markdown, made from their classes."""

from collections.abc import Iterator
from dataclasses import MISSING, is_dataclass
from typing import Any

from alerting.conditions.registry import conditions
from alerting.domain.catalogue import CatalogueEntry, Example
from alerting.domain.parameters import Amount, Baseline
from alerting.limits.registry import limits_methods
from alerting.rulefile.forms.parameters import parameters
from alerting.rulefile.pages.jsonschema import rule_file_schema
from alerting.rulefile.schema_words import SchemaWords, in_a_cell

_HEAD = """# Conditions and limits

Made by `alerting schema --catalogue` from the classes themselves; a test runs every example and compares what it finds.
Examples are monthly figures from April 2018 on, or daily ones where that is said;
`_` is a missing one, `40/50` a numerator and its denominator.
Comparisons are strict: a value on the line is not an exception. The stored value is judged, never the rounded one.
"""
#: Parameters of classes that are written as that one alone, and so have no form.
_COMPOSED = {"parts": "a list of conditions", "part": "a condition"}


def catalogue() -> str:
    """Return the page."""
    parts = [_HEAD]
    words = SchemaWords(
        rule_file_schema(), [cls.__name__ for cls in (*conditions().values(), *limits_methods().values())]
    )
    for title, classes in (
        ("Conditions, under `when:`", conditions()),
        ("Limits, under `limits:` or as `limits:` of a condition", limits_methods()),
    ):
        parts.append(f"## {title}\n")
        parts.append("".join(f"- [`{key}`](#{key}): {_first_line(cls)}\n" for key, cls in classes.items()))
        parts += [_section(key, cls, words) for key, cls in classes.items()]
    parts += ["## Parts\n\nMappings that are values of the parameters above.\n", *words.part_lines()]
    return "\n".join(parts)


def _section(key: str, cls: Any, words: SchemaWords) -> str:
    entry: CatalogueEntry = cls.entry
    lines = [
        f"### {key}\n",
        f"{_first_line(cls)}\n",
        f"- **Exception when** {entry.formula}" if key in conditions() else f"- **Limits** {entry.formula}",
    ]
    lines += [f"- **Use it for** {entry.use}", f"- **Not for** {entry.avoid}"]
    lines += _spans_and_days(cls)
    if entry.source:
        lines.append(f"- **Source** {entry.source}")
    lines += ["", *_table(cls, words), *_example(entry.example)]
    return "\n".join(lines)


def _spans_and_days(cls: Any) -> Iterator[str]:
    """Say what becomes of figures that span several periods, and of figures per day, where it matters."""
    is_limits = hasattr(cls, "own_past")
    along_time = cls.own_past if is_limits else cls.along_time
    if along_time and not is_limits and cls.judges_changes:
        yield (
            "- **With `covers:` or `rolling:`** a year to date is compared with last year's, other spans with those of the previous"
            " period or of the same period last year; every other `versus` is refused"
        )
    elif along_time:
        yield "- **With `covers:` or `rolling:`** refused: neighbouring figures share most of their months"
    if cls.as_printed:
        yield "- **With `per_day:`** refused: it needs the figures as printed"
    elif along_time:
        yield "- **With `per_day:`** works on the figure per day"


def _table(cls: Any, words: SchemaWords) -> Iterator[str]:
    declared = parameters(cls)
    if not declared:
        yield "No parameters.\n"
        return
    forms = words.forms[cls.__name__]["properties"] if cls.__name__ in words.forms else {}
    yield "| parameter | takes | default | meaning |\n| --- | --- | --- | --- |"
    for key, (field, _) in declared.items():
        takes = words.takes(forms[key]) if key in forms else _COMPOSED[key]
        meaning, default = in_a_cell(field.metadata["description"]), _default(field.default)
        yield f"| `{key}` | {in_a_cell(takes)} | {default} | {meaning} |"
    yield ""


def _default(value: Any) -> str:
    """Write a default as an author would."""
    if value is MISSING:
        return "needed"
    if value is None or value == () or value == Baseline():
        return "–"
    if isinstance(value, Amount):
        return f"{value.number:g}{' %' if value.relative else ''}"
    if isinstance(value, bool):
        return str(value).lower()
    if is_dataclass(value):
        return f"`{value.key}`" if hasattr(value, "key") else "–"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _example(example: Example) -> Iterator[str]:
    every = "" if example.every == "month" else f", every: {example.every}"
    yield f"```yaml\n# a measure with {{{example.measure}{every}}}\nwhen: {example.when}\n```\n"
    figures = "; ".join(line.strip() for line in example.figures.splitlines() if line.strip())
    beside = f" (beside each: {example.columns})" if example.columns else ""
    yield f"{figures}{beside}\n\n> {example.finds}\n"


def _first_line(cls: type) -> str:
    return (cls.__doc__ or "").strip().split("\n", maxsplit=1)[0]
