"""Values of rules as an author would write them, in one line: 90, 25 %, 3 months, {at_least: 90}."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, time
from enum import Enum
from functools import singledispatch
from typing import Any

from alerting.domain.area import AreaSelector
from alerting.domain.measure import DEFAULT_AREA, Expected, Level, Ratio, Span
from alerting.domain.ownership import OwnersFrom
from alerting.domain.parameters import Amount, Band, Baseline, Days, MinimumCases
from alerting.domain.rule import Away, Escalate, QuietHours
from alerting.domain.schedule import WEEKDAY_NAMES
from alerting.domain.severity import Severity
from alerting.rulefile.forms.parameters import parameters
from alerting.wording.plain import counted

#: Stands where a key is not written and has no default.
NOTHING = "none"
#: Larger numbers are written with a power of ten.
_WHOLE_BELOW = 1e15


@singledispatch
def written(value: Any) -> str:
    """Return a value as an author would write it."""
    if value is None:
        return NOTHING
    if is_dataclass(value):
        return _keyed(value)
    return str(value)


@written.register
def _(value: bool) -> str:  # noqa: FBT001  # what it is asked about is the value itself
    return str(value).lower()


@written.register
def _(value: float) -> str:
    return repr(int(value) if value.is_integer() and abs(value) < _WHOLE_BELOW else value)


@written.register
def _(value: Enum) -> str:
    return str(value.value)


@written.register
def _(value: Severity) -> str:
    return value.word


@written.register
def _(value: date) -> str:
    return value.isoformat()


@written.register
def _(value: time) -> str:
    return f"{value:%H:%M}"


@written.register(tuple)
@written.register(list)
def _(value: Any) -> str:
    return ", ".join(map(written, value)) or NOTHING


@written.register(set)
@written.register(frozenset)
def _(value: Any) -> str:
    return ", ".join(sorted(map(written, value))) or NOTHING


@written.register(dict)
@written.register(Mapping)
def _(value: Any) -> str:
    return _braced({str(key): written(one) for key, one in value.items()}) if value else NOTHING


@written.register
def _(value: Amount) -> str:
    return f"{written(value.number)}{' %' if value.relative else ''}"


@written.register
def _(value: Days) -> str:
    return counted(int(value), "day")


@written.register
def _(value: Span) -> str:
    length = counted(value.count, value.kind.value)
    return length if value.at_least is None else f"{length}, at least {value.at_least} of them"


@written.register
def _(value: Expected) -> str:
    if value.by_area is not None:
        return ", ".join(f"{written(one)} {_where(area)}" for area, one in value.by_area)
    if value.days is not None:
        return counted(value.days, "day")
    if value.working_day is not None:
        return f"working day {value.working_day}"
    later = f", after {counted(value.after, 'day')}" if value.after > 1 else ""
    if value.day is not None:
        return f"day {value.day} of the month{later}"
    return f"{written(value.dates) if value.weekday is None else WEEKDAY_NAMES[value.weekday]}{later}"


@written.register
def _(value: OwnersFrom) -> str:
    return f"{', '.join(value.ids)}{f' from {value.since}' if value.since else ''}"


@written.register
def _(value: Ratio) -> str:
    return f"{value.numerator} / {value.denominator}"


@written.register
def _(value: Level) -> str:
    if value.number is not None:
        return written(value.number)
    if value.column is not None:
        return f"the column {value.column}"
    if value.dated is not None:
        return ", ".join(f"{written(number)} from {day}" for day, number in value.dated)
    if value.by_area is not None:
        return ", ".join(f"{written(level)} {_where(area)}" for area, level in value.by_area)
    return f"the sum of {written(value.summed)} for each {value.every.value if value.every else 'period'}"


def _where(area: str) -> str:
    return "by default" if area == DEFAULT_AREA else f"in {area}"


@written.register
def _(value: Baseline) -> str:
    if value.first is not None:
        return f"the first {value.first}"
    span = _span(value.since, value.until)
    return span or "all"


def _span(since: date | None, until: date | None) -> str:
    return " ".join((*([f"from {since}"] if since else []), *([f"until {until}"] if until else [])))


@written.register
def _(value: MinimumCases) -> str:
    return f"{written(value.count)} in {value.periods} periods"


@written.register
def _(value: Band) -> str:
    if value.at_least is None:
        return f"{value.name} {'always' if value.below is None else f'below {written(value.below)}'}"
    upper = " or more" if value.below is None else f" to {written(value.below)}"
    return f"{value.name} {written(value.at_least)}{upper}"


@written.register
def _(value: AreaSelector) -> str:
    if value.ids is not None:
        return ", ".join(value.ids)
    if value.kind is not None:
        return f"areas of the kind {value.kind}"
    below = {"children of": value.children_of, "all below": value.below, "the lowest below": value.leaves_of}
    return next(f"{words} {area}" for words, area in below.items() if area is not None)


@written.register
def _(value: Away) -> str:
    return _span(value.since, value.until)


@written.register
def _(value: QuietHours) -> str:
    return f"{written(value.since)} to {written(value.until)}"


@written.register
def _(value: Escalate) -> str:
    return f"to {value.to} after {counted(value.working_days, 'working day')}"


def _keyed(value: Any) -> str:
    """Write a condition or a limits method under its key, with what differs from its defaults; other values by their fields."""
    key = getattr(value, "key", None)
    inner = _braced({name: written(own) for name, own in given(value).items()})
    if not isinstance(key, str):
        return inner
    short: str | None = getattr(value, "short", None)
    if short is not None:
        own = getattr(value, short)
        parts = [written(part) for part in own] if isinstance(own, tuple) else [written(own)]
        return f"{key} [{', '.join(parts)}]"
    return f"{key} {inner}" if inner != "{}" else key


def given(value: Any) -> dict[str, Any]:
    """Return what a value holds beside its defaults, by the keys that are written."""
    cls: type = type(value)
    found = {key: field for key, (field, _) in parameters(cls).items()}
    own: Mapping[str, Any] = found or {field.name: field for field in fields(value)}
    held = {key: (getattr(value, field.name), field.default) for key, field in own.items()}
    return {key: now for key, (now, default) in held.items() if now != default}


def _braced(keys: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{key}: {value}" for key, value in keys.items()) + "}"
