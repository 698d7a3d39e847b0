"""A rule test as its author would write it, in YAML."""

import json
from collections.abc import Iterator, Sequence
from textwrap import wrap
from typing import Any

from alerting.app.authoring.printed_figures import plain
from alerting.domain.rule_test import ExpectedEvent, ExpectedFinding, GivenFigures, RuleTest
from alerting.rulefile.yaml.rule_file import parsed

#: What stands in a file of tests above them.
HEAD = "tests:\n"
#: Of the dash before a test.
INDENT = 2
#: Longer lines are broken between figures.
_WIDTH = 110
_MISSING = "_"
#: What comes so often, or makes so many figures, is written once, with how often; of figures that come together, at most so many.
_OFTEN, _MANY, _LONGEST = 4, 12, 8


def written_test(test: RuleTest, indent: int = INDENT) -> str:
    """Return a test as an item of `tests:`, with a line end behind it.

    Args:
        indent: of the item's dash.
    """
    lines = [f"- name: {_quoted(test.name)}"]
    if test.rules is not None:
        lines.append(f"  rules: [{', '.join(map(_quoted, test.rules))}]")
    lines.append("  figures:")
    for figures in test.figures:
        lines += [f"    {line}" for line in _figures(figures)]
    if test.expect is not None:
        lines += _listed("expect", [_mapping(_event(one)) for one in test.expect])
    if test.findings:
        lines += _listed("findings", [_mapping(_finding(one)) for one in test.findings])
    return "".join(f"{' ' * indent}{line}\n" for line in lines)


def _listed(key: str, items: Sequence[str]) -> Iterator[str]:
    if not items:
        yield f"  {key}: []"
        return
    yield f"  {key}:"
    yield from (f"    - {item}" for item in items)


def _figures(figures: GivenFigures) -> Iterator[str]:
    named = {"measure": figures.measure, "area": figures.area, "from": str(figures.first)}
    columns = {
        "values" if name == "value" else name: " ".join(_shortened([cell or _MISSING for cell in cells]))
        for name, cells in figures.cells.items()
    }
    if figures.published:
        columns["published"] = " ".join(_MISSING if day is None else day.isoformat() for day in figures.published)
    short = "- {" + ", ".join(f"{key}: {value}" for key, value in (named | columns).items()) + "}"
    if len(short) <= _WIDTH:
        yield short
        return
    for n, (key, value) in enumerate(named.items()):
        yield f"{'-' if n == 0 else ' '} {key}: {value}"
    for key, value in columns.items():
        first, *more = wrap(value, _WIDTH, break_long_words=False, break_on_hyphens=False)
        yield f"  {key}: {first}" if not more else f"  {key}: >-"
        yield from (f"    {line}" for line in ((first, *more) if more else ()))


def _shortened(cells: Sequence[str]) -> Iterator[str]:
    """Yield figures with those that come again and again written once: 1000*18, (200 210 197)*17."""
    place = 0
    while place < len(cells):
        length, times = max(
            ((n, _times(cells, place, n)) for n in range(1, _LONGEST + 1)), key=lambda one: (one[0] * one[1], -one[0])
        )
        if not times:
            yield cells[place]
            place += 1
            continue
        own = cells[place : place + length]
        yield f"{own[0]}*{times}" if length == 1 else f"({' '.join(own)})*{times}"
        place += length * times


def _times(cells: Sequence[str], place: int, length: int) -> int:
    """Return how often some figures stand one after the other; once says nothing."""
    own, times = cells[place : place + length], 1
    while cells[place + times * length : place + (times + 1) * length] == own:
        times += 1
    return times if times >= _OFTEN or (times > 1 and times * length >= _MANY) else 0


def _event(one: ExpectedEvent) -> dict[str, Any]:
    found: dict[str, Any] = {"period": str(one.period)}
    for key in ("rule", "measure", "area"):
        if (value := getattr(one, key)) is not None:
            found[key] = value
    found["event"] = one.event
    if one.reason is not None:
        found["reason"] = one.reason
    if one.to is not None:
        found["to"] = list(one.to)
    return found


def _finding(one: ExpectedFinding) -> dict[str, Any]:
    named = {"period": str(one.period), "rule": one.rule, "measure": one.measure, "area": one.area}
    return {key: value for key, value in named.items() if value is not None} | dict(one.keys)


def _mapping(values: dict[str, Any]) -> str:
    period, *others = values.items()
    return "{" + ", ".join([f"{period[0]}: {period[1]}", *(f"{key}: {_written(value)}" for key, value in others)]) + "}"


def _written(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(_written(one) for one in value)}]"
    if isinstance(value, str):
        return _quoted(value)
    return plain(value) if isinstance(value, float) else json.dumps(value)


def _quoted(text: str) -> str:
    """Write text plainly where YAML reads it as that text also in a list, else between quotes."""
    tree = parsed(f"[{text}]")
    return text if not tree.flaws and tree.value == [text] else json.dumps(text, ensure_ascii=False)
