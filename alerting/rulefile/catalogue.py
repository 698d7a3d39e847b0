"""The catalogue of conditions and limits methods as a page of Markdown, made from their classes."""

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, is_dataclass
from typing import Any

from alerting.conditions.registry import conditions
from alerting.domain.catalogue import Entry, Example
from alerting.domain.judging import Amount, Baseline
from alerting.limits.registry import limits_methods
from alerting.rulefile.parameters import parameters

_HEAD = """# Conditions and limits

Made by `alerting schema --catalogue` from the classes themselves; a test runs every example and compares what it finds.
Examples are monthly figures from April 2018 on; `_` is a missing one, `40/50` a numerator and its denominator.
Comparisons are strict: a value on the line is not an exception. The stored value is judged, never the rounded one.
"""


def catalogue() -> str:
    """Return the page."""
    parts = [_HEAD]
    for title, classes in (
        ("Conditions, under `when:`", conditions()),
        ("Limits, under `limits:` or as `limits:` of a condition", limits_methods()),
    ):
        parts.append(f"## {title}\n")
        parts.append("".join(f"- [`{key}`](#{key}): {_first_line(cls)}\n" for key, cls in classes.items()))
        parts += [_section(key, cls) for key, cls in classes.items()]
    return "\n".join(parts)


def _section(key: str, cls: Any) -> str:
    entry: Entry = cls.entry
    lines = [
        f"### {key}\n",
        f"{_first_line(cls)}\n",
        f"- **Exception when** {entry.formula}" if key in conditions() else f"- **Limits** {entry.formula}",
    ]
    lines += [f"- **Use it for** {entry.use}", f"- **Not for** {entry.avoid}"]
    if entry.source:
        lines.append(f"- **Source** {entry.source}")
    lines += ["", *_table(parameters(cls)), *_example(entry.example)]
    return "\n".join(lines)


def _table(declared: Mapping[str, tuple[Field[Any], Any]]) -> Iterator[str]:
    if not declared:
        yield "No parameters.\n"
        return
    yield "| parameter | default | meaning |\n| --- | --- | --- |"
    for key, (field, _) in declared.items():
        description = field.metadata["description"].replace("|", "\\|")
        yield f"| `{key}` | {_default(field.default)} | {description} |"
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
    yield f"```yaml\n# a measure with {{{example.measure}}}\nwhen: {example.when}\n```\n"
    figures = "; ".join(line.strip() for line in example.figures.splitlines() if line.strip())
    beside = f" (beside each: {example.columns})" if example.columns else ""
    yield f"{figures}{beside}\n\n> {example.finds}\n"


def _first_line(cls: type) -> str:
    return (cls.__doc__ or "").strip().split("\n", maxsplit=1)[0]
