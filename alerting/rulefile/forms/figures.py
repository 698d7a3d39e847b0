"""How levels, amounts, bands and milestones are written."""

import re
from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import Annotated, Any

from pydantic import AfterValidator, ValidationInfo

from alerting.domain.measure import Level
from alerting.domain.parameters import Amount, Band, Milestone
from alerting.rulefile import elsewhere
from alerting.rulefile.forms.base import (
    Form,
    OneOf,
    Read,
    WrittenAs,
    by_type,
    describe,
    number_of,
    text_of,
    text_schema,
)
from alerting.rulefile.forms.context import context_of, described, value_problem
from alerting.rulefile.forms.time import Day, FirstDay

_NUMBER = r"[-+]?\d+(?:\.\d+)?"
_COLUMN = re.compile(r"[A-Za-z_][A-Za-z0-9_ -]*")
_PERCENT = re.compile(rf"({_NUMBER}) *%")
_BELOW = re.compile(rf"below ({_NUMBER}) *%?")
_FROM_TO = re.compile(rf"({_NUMBER}) *%? to ({_NUMBER}) *%?")
_AT_LEAST = re.compile(rf"({_NUMBER}) *%? or more")


def _at_least_zero(value: Any) -> float:
    number = number_of(value)
    if number < 0:
        raise value_problem("bad-value", f"must not be negative, found {described(value)}")
    return number


def _above_zero(value: Any) -> float:
    number = number_of(value)
    if number <= 0:
        raise value_problem("bad-value", f"must be above 0, found {described(value)}")
    return number


Number = Annotated[float, Read(number_of, {"type": "number"})]
NotNegative = Annotated[float, Read(_at_least_zero, {"type": "number", "minimum": 0})]
Positive = Annotated[float, Read(_above_zero, {"type": "number", "exclusiveMinimum": 0})]


def _column(value: Any) -> str:
    name = text_of(value, "the name of a column")
    if not _COLUMN.fullmatch(name):
        number_of(name, "a number or the name of a column")
    return name


Column = Annotated[str, Read(_column, text_schema("the name of a column", f"^{_COLUMN.pattern}$"))]


class DatedForm(Form):
    """One step of a level that changes over time."""

    since: FirstDay = describe(
        "first day on which the value holds; a month or quarter stands for its first day", key="from"
    )
    value: Number = describe("the value from then on")


def _dated(steps: Sequence[DatedForm]) -> Level:
    found: dict[date, float] = {}
    for index, step in enumerate(steps):
        if step.since in found:
            raise value_problem("bad-value", f"two values begin on {step.since}", "remove one", at=(index, "from"))
        found[step.since] = step.value
    if not found:
        raise value_problem("bad-value", "expected at least one step, like {from: 2019-06, value: 78}")
    return Level(dated=tuple(sorted(found.items())))


def _by_area(levels: dict[str, Level], info: ValidationInfo) -> Level:
    context = context_of(info)
    known = context.declared.get("area", ())
    for area in levels:
        if area != "default" and area not in known and context.complete:
            fix = elsewhere.KEYS.get(area) or context.suggestion(area, [*known, "default"])
            raise value_problem("unknown-area", f'no area "{area}"', fix, at=(area,), of_key=True)
    if not levels:
        raise value_problem("bad-value", "expected at least one area, like {default: 60}")
    return Level(by_area=tuple(levels.items()))


_one_level_arm = by_type({list: "dated", str: "column", int: "number", float: "number"})
_level_arm = by_type({dict: "by_area", list: "dated", str: "column", int: "number", float: "number"})


def _plain_arms() -> dict[str, Any]:
    return {
        "number": Annotated[Number, AfterValidator(lambda number: Level(number=number))],
        "column": Annotated[Column, AfterValidator(lambda column: Level(column=column))],
        "dated": Annotated[list[DatedForm], AfterValidator(_dated)],
    }


_ONE_LEVEL = "a number, the name of a column, or a list of {from: …, value: …}"
AreaLevel = Annotated[Level, OneOf(_plain_arms, _one_level_arm, _ONE_LEVEL)]
LevelForm = Annotated[
    Level,
    OneOf(
        lambda: _plain_arms() | {"by_area": Annotated[dict[str, AreaLevel], AfterValidator(_by_area)]},
        _level_arm,
        f"{_ONE_LEVEL}, or a mapping of areas (`default` for the others) to these",
    ),
]


def _amount(value: Any) -> Amount:
    if isinstance(value, str) and (match := _PERCENT.fullmatch(value.strip())):
        return Amount(number=float(match[1]), relative=True)
    return Amount(number=number_of(value, "a number in the measure's unit, or a percentage like `25 %`"))


_AMOUNTS = [{"type": "number"}, {"type": "string", "pattern": rf"^{_NUMBER} *%$"}]
AmountForm = Annotated[Amount, Read(_amount, {"anyOf": _AMOUNTS, "$comment": "a number, or a percentage like `25 %`"})]


class MilestoneForm(Form):
    """What a plan reaches on a day."""

    date: Day = describe("the day")
    value: Number = describe("what the plan reaches on that day, in the measure's unit")


Milestones = Annotated[
    tuple[Milestone, ...],
    WrittenAs(
        lambda: Annotated[
            list[MilestoneForm],
            AfterValidator(lambda forms: tuple(Milestone(date=form.date, value=form.value) for form in forms)),
        ]
    ),
]


def _band(value: Any, index: int) -> Band:
    """Read `{amber: 15 to 20}`."""
    if not isinstance(value, dict) or len(value) != 1:
        message = f"expected one name with its range, found {described(value)}"
        raise value_problem("wrong-type", message, "write it like {amber: 15 to 20}", at=(index,))
    name, span = next(iter(value.items()))
    text = span.strip() if isinstance(span, str) else ""
    if match := _BELOW.fullmatch(text):
        return Band(name=name, at_least=None, below=float(match[1]))
    if match := _FROM_TO.fullmatch(text):
        return Band(name=name, at_least=float(match[1]), below=float(match[2]))
    if match := _AT_LEAST.fullmatch(text):
        return Band(name=name, at_least=float(match[1]), below=None)
    message = f"expected a range, found {described(span)}"
    raise value_problem("bad-value", message, "write `below 15`, `15 to 20` or `20 or more`", at=(index, name))


def _bands(value: Any) -> tuple[Band, ...]:
    if not isinstance(value, list) or len(value) < 2:
        raise value_problem(
            "wrong-type", f"expected a list of two or more bands, worst first, found {described(value)}"
        )
    bands = tuple(_band(item, index) for index, item in enumerate(value))
    for index, band in enumerate(bands):
        if band.name in [other.name for other in bands[:index]]:
            raise value_problem("bad-value", f'two bands are called "{band.name}"', at=(index, band.name), of_key=True)
        if band.at_least is not None and band.below is not None and band.at_least >= band.below:
            message = f'band "{band.name}" is empty: from {band.at_least:g} to {band.below:g}'
            raise value_problem("bad-value", message, at=(index, band.name))
    _check_cover(bands)
    return bands


def _check_cover(bands: tuple[Band, ...]) -> None:
    """Refuse a gap or an overlap between neighbours, and an end of the line that no band reaches."""
    order = sorted(
        range(len(bands)), key=lambda n: float("-inf") if bands[n].at_least is None else bands[n].at_least or 0.0
    )
    lowest, highest = bands[order[0]], bands[order[-1]]
    if lowest.at_least is not None:
        raise value_problem(
            "bad-value", f"no band holds values below {lowest.at_least:g}", f"begin with `below {lowest.at_least:g}`"
        )
    if highest.below is not None:
        raise value_problem(
            "bad-value", f"no band holds values of {highest.below:g} and more", f"end with `{highest.below:g} or more`"
        )
    for n, m in pairwise(order):
        edge, start = bands[n].below, bands[m].at_least
        if edge is None or start is None or edge > start:
            names = f'"{bands[n].name}" and "{bands[m].name}"'
            raise value_problem("bad-value", f"bands {names} overlap", at=(m, bands[m].name))
        if edge < start:
            raise value_problem("bad-value", f"no band holds values from {edge:g} to {start:g}", at=(m, bands[m].name))


Bands = Annotated[
    tuple[Band, ...],
    Read(
        _bands,
        {
            "type": "array",
            "$comment": "two or more like {red: below 15}, {amber: 15 to 20}, {green: 20 or more}, worst first",
            "minItems": 2,
            "items": {
                "type": "object",
                "minProperties": 1,
                "maxProperties": 1,
                "additionalProperties": {"type": "string"},
            },
        },
    ),
]
