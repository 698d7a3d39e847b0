"""How days, spans, delays and schedules are written."""

import re
from contextlib import suppress
from dataclasses import replace
from datetime import date, time
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator

from alerting.domain.measure import Covers, Span
from alerting.domain.parameters import Baseline, Days
from alerting.domain.period import MONTH_NAMES, Period, PeriodError, PeriodKind
from alerting.domain.schedule import ScheduleError, parse_schedule
from alerting.rulefile.forms.base import Form, OneOf, Read, ReadIn, describe, text_of, text_schema
from alerting.rulefile.forms.context import Context, described, value_problem

_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_COUNTED = re.compile(r"(\d{1,5}) *(working days?|days?|weeks?|months?|quarters?|years?)")
_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
_BUDGET = re.compile(r"(\d{1,4}) per (day|week|month)")
_FALSE_ALARMS = re.compile(r"at most (\d{1,4}(?:\.\d{1,3})?) per (day|week|month|quarter|year)")
#: Nothing about performance is due or grows stale more than ten years later; more digits are a slip.
MOST_DAYS = 3_660


def _period(value: Any, context: Context, example: str) -> Period:
    if not isinstance(value, (str, date)):
        raise value_problem(
            "wrong-type", f"expected a day, month or quarter, found {described(value)}", f"write it like {example}"
        )
    try:
        return context.calendar.parse_exact(str(value))
    except PeriodError as error:
        raise value_problem("bad-value", str(error)) from None


def _first_day(value: Any, context: Context) -> date:
    return value if type(value) is date else _period(value, context, "2020-04-01 or 2020-04").first_day


def _last_day(value: Any, context: Context) -> date:
    return value if type(value) is date else _period(value, context, "2020-09-30 or 2020-09").last_day


def day_of(value: Any) -> date:
    """Read a day as it is written: 2020-04-01."""
    if type(value) is date:
        return value
    if isinstance(value, str) and _ISO_DAY.fullmatch(value):
        with suppress(ValueError):
            return date.fromisoformat(value)
    code = "bad-value" if isinstance(value, str) else "wrong-type"
    raise value_problem(code, f"expected a day, found {described(value)}", "write it like 2020-12-01")


def _counted(value: Any, expected: str) -> tuple[int, str]:
    """Read `5 days` into (5, "day")."""
    match = _COUNTED.fullmatch(value.strip().lower()) if isinstance(value, str) else None
    if match is None:
        raise value_problem("wrong-type", f"expected {expected}, found {described(value)}")
    return int(match[1]), match[2].removesuffix("s")


def _days(value: Any) -> Days:
    if type(value) is int and value >= 0:
        count, unit = value, "day"
    else:
        count, unit = _counted(value, "a number of days like `5 days` or `3 weeks`")
    if unit not in ("day", "week"):
        fix = "write {working_day: 5} for a day of the month" if unit == "working day" else "write days or weeks"
        raise value_problem("bad-value", f"a {unit} is not a fixed number of days", fix)
    days = count * (7 if unit == "week" else 1)
    if days > MOST_DAYS:
        raise value_problem("bad-value", f"{days:,} days are more than ten years")
    return Days(days)


def _working_days(value: Any) -> int:
    count, unit = _counted(value, "a number of working days like `3 working days`")
    if unit != "working day" or not 1 <= count <= 250:
        raise value_problem(
            "bad-value", f"expected 1 to 250 working days, found {described(value)}", "write it like `3 working days`"
        )
    return count


def _span(value: Any) -> Span:
    count, unit = _counted(value, "a span like `12 months`")
    if unit == "working day" or not 1 <= count <= MOST_DAYS:
        raise value_problem("bad-value", f"{described(value)} is no span", "write it like `12 months`")
    return Span(count=count, kind=PeriodKind(unit))


def _covers(value: Any) -> Span | Covers:
    if value == Covers.YEAR_TO_DATE.value:
        return Covers.YEAR_TO_DATE
    _counted(value, "a length like `12 months`, or year_to_date")
    return _span(value)


def _review(value: Any) -> tuple[int, str]:
    return _counted(value, "a span like `3 months`")


def _clock(value: Any) -> time:
    match = _CLOCK.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise value_problem("wrong-type", f"expected a time of day, found {described(value)}", 'write it like "20:00"')
    return time(int(match[1]), int(match[2]))


def _schedule(value: Any) -> str:
    text = text_of(value, "a schedule like `mon-fri 07:00`")
    try:
        parse_schedule(text)
    except ScheduleError as error:
        message, _, fix = str(error).partition("; ")
        raise value_problem("bad-value", message, fix or None) from None
    return text


def _zone(value: Any) -> str:
    name = text_of(value, "a time zone like Europe/London")
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise value_problem("bad-value", f'there is no time zone "{name}"', "write it like Europe/London") from None
    return name


def _month(value: Any) -> int:
    names = [name.lower() for name in MONTH_NAMES]
    if isinstance(value, str) and value.lower() in names:
        return names.index(value.lower()) + 1
    raise value_problem("bad-value", f"expected the name of a month, found {described(value)}", "write april")


def _mail_budget(value: Any) -> tuple[int, str]:
    match = _BUDGET.fullmatch(value.strip().lower()) if isinstance(value, str) else None
    if match is None or match[1] == "0":
        raise value_problem(
            "wrong-type", f"expected a number of messages, found {described(value)}", "write it like `20 per day`"
        )
    return int(match[1]), match[2]


def _false_alarms(value: Any) -> tuple[float, str]:
    match = _FALSE_ALARMS.fullmatch(" ".join(value.lower().split())) if isinstance(value, str) else None
    if match is None or float(match[1]) == 0:
        found = f"expected how many alerts chance may open, found {described(value)}"
        raise value_problem("wrong-type", found, "write it like `at most 1 per month`; chance always opens some")
    return float(match[1]), match[2]


_DAY_WORDS = "a day like 2020-04-01, a month like 2020-04 or a quarter like 2020/21-Q1"
_DAY_TEXT = text_schema(_DAY_WORDS) | {"description": _DAY_WORDS}
_SPANS = r"\d+ *(days?|weeks?|months?|quarters?|years?)"
_MONTHS = [name.lower() for name in MONTH_NAMES]

FirstDay = Annotated[date, ReadIn(_first_day, _DAY_TEXT)]
LastDay = Annotated[date, ReadIn(_last_day, _DAY_TEXT)]
Day = Annotated[date, Read(day_of, text_schema("a day like 2020-04-01") | {"format": "date"})]
AnyPeriod = Annotated[
    Period, ReadIn(lambda value, context: _period(value, context, "2018-11"), text_schema("a period like 2018-11"))
]
_DAYS_WORDS = "a length like `5 days` or `2 weeks`"
_DAYS_LONG = [{"type": "integer", "minimum": 0}, text_schema(_DAYS_WORDS, r"^\d+ *(days?|weeks?)$")]
DaysLong = Annotated[Days, Read(_days, {"anyOf": _DAYS_LONG, "$comment": _DAYS_WORDS})]
WorkingDays = Annotated[
    int, Read(_working_days, text_schema("a number like `3 working days`", r"^\d+ *working days?$"))
]
SpanText = Annotated[Span, Read(_span, text_schema("a length like `6 months`", f"^{_SPANS}$"))]


class RollingSpanForm(Form):
    """A rolling window that some of its periods are enough for; of ratios and means only."""

    span: SpanText = describe("how long it is, like `12 months`")
    at_least: int = describe("so many of its periods must be there, the newest among them", ge=1)


def _rolling_span(form: RollingSpanForm) -> Span:
    if form.at_least > form.span.count:
        message = f"a window of {form.span.count} {form.span.kind.value}s has no {form.at_least}"
        raise value_problem("bad-value", message, f"write {form.span.count} or fewer", at=("at_least",))
    return replace(form.span, at_least=form.at_least)


RollingForm = Annotated[
    Span,
    OneOf(
        lambda: {"span": SpanText, "at_least": Annotated[RollingSpanForm, AfterValidator(_rolling_span)]},
        lambda value: (
            "at_least" if isinstance(value, dict) else None if isinstance(value, list) or value is None else "span"
        ),
        "a length like `6 months`, or {span: 12 months, at_least: 11}",
    ),
]
CoversText = Annotated[
    Span | Covers,
    Read(_covers, text_schema("a length like `12 months`, or year_to_date", f"^(year_to_date|{_SPANS})$")),
]
ReviewText = Annotated[
    tuple[int, str],
    Read(
        _review,
        text_schema("a length like `3 months`", r"^\d+ *(working days?|days?|weeks?|months?|quarters?|years?)$"),
    ),
]
Clock = Annotated[time, Read(_clock, text_schema('a time like `"07:30"`', r"^([01]\d|2[0-3]):[0-5]\d$"))]
ScheduleText = Annotated[str, Read(_schedule, text_schema("days and times by name, like `mon-fri 07:00`"))]
Zone = Annotated[str, Read(_zone, text_schema("a time zone like `Europe/London`"))]
MonthName = Annotated[int, Read(_month, {"enum": _MONTHS, "$comment": "the name of a month"})]
FalseAlarms = Annotated[
    tuple[float, str],
    Read(
        _false_alarms,
        text_schema("a number like `at most 1 per month`", r"^at most \d+(\.\d+)? per (day|week|month|quarter|year)$"),
    ),
]
MailBudget = Annotated[
    tuple[int, str], Read(_mail_budget, text_schema("a number like `20 per day`", r"^\d+ per (day|week|month)$"))
]


class BaselineForm(Form):
    """The figures of some days."""

    since: FirstDay | None = describe("first day; a month or quarter stands for its first day", None, key="from")
    until: LastDay | None = describe("last day; a month or quarter stands for its last day", None)


def _some_figures(value: Any) -> Baseline:
    if value == "all":
        return Baseline()
    if not isinstance(value, int) or isinstance(value, bool):
        raise value_problem(
            "wrong-type", f"expected all, a number of figures or {{from, until}}, found {described(value)}"
        )
    if value < 2:
        raise value_problem("bad-value", f"a baseline of {value} has no spread", "write 2 or more")
    return Baseline(first=value)


def _some_days(form: BaselineForm) -> Baseline:
    if form.since is None and form.until is None:
        raise value_problem("bad-value", "expected from, until or both", "write all for all figures")
    return Baseline(since=form.since, until=form.until)


BaselineSelection = Annotated[
    Baseline,
    OneOf(
        lambda: {
            "figures": Annotated[
                Baseline, Read(_some_figures, {"anyOf": [{"const": "all"}, {"type": "integer", "minimum": 2}]})
            ],
            "days": Annotated[BaselineForm, AfterValidator(_some_days)],
        },
        lambda value: "days" if isinstance(value, dict) else "figures",
        "all, a number of figures or {from, until}",
    ),
]
