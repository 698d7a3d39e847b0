"""How it is written when figures are due (`expected:`), and whose bank holidays count."""

from typing import Annotated, Any

from pydantic import AfterValidator, ValidationInfo

from alerting.domain.measure import DEFAULT_AREA, Expected
from alerting.domain.parameters import Days
from alerting.domain.schedule import WEEKDAY_NAMES
from alerting.domain.working_days import UnknownHolidays, check_holidays
from alerting.rulefile.forms.base import Form, OneOf, Read, describe, text_of, text_schema
from alerting.rulefile.forms.context import context_of, described, value_problem
from alerting.rulefile.forms.time import Day, DaysLong
from alerting.spelling import nearest

_AFTER = "so long after the period's end at least; default 1 day"


class WorkingDayForm(Form):
    """`{working_day: 5}`."""

    working_day: int = describe("due on this working day after the period's end", ge=1, le=66)


class MonthDayForm(Form):
    """`{day: 15}`."""

    day: int = describe(
        "due on the next day of the month of this number; in shorter months on the last one", ge=1, le=31
    )
    after: DaysLong = describe(_AFTER, Days(1), json_schema_extra={"default": "1 day"})


def _weekday(value: Any) -> int:
    word = value.strip().lower() if isinstance(value, str) else ""
    for number, name in enumerate(WEEKDAY_NAMES):
        if word in (name, name[:3]):
            return number
    near = nearest(word, WEEKDAY_NAMES)
    fix = f'did you mean "{near}"?' if near else "write it like thursday"
    raise value_problem("bad-value", f"expected the name of a weekday, found {described(value)}", fix)


class WeekdayForm(Form):
    """`{weekday: thursday, after: 10 days}`."""

    weekday: Annotated[int, Read(_weekday, {"enum": list(WEEKDAY_NAMES), "$comment": "the name of a weekday"})] = (
        describe("due on the next such day of the week")
    )
    after: DaysLong = describe(_AFTER, Days(1), json_schema_extra={"default": "1 day"})


class DatesForm(Form):
    """`{dates: [2020-11-12, 2021-02-11]}`."""

    dates: list[Day] = describe("due on the first of these days after the period's end")
    after: DaysLong = describe(_AFTER, Days(1), json_schema_extra={"default": "1 day"})


def _dates(form: DatesForm) -> Expected:
    if not form.dates:
        raise value_problem(
            "bad-value", "expected at least one day", "write them like [2020-11-12, 2021-02-11]", at=("dates",)
        )
    return Expected(dates=tuple(sorted(set(form.dates))), after=int(form.after))


def _by_area(days: dict[str, Expected], info: ValidationInfo) -> Expected:
    context = context_of(info)
    known = context.declared.get("area", ())
    for area in days:
        if area != DEFAULT_AREA and area not in known and context.complete:
            fix = context.suggestion(area, [*known, DEFAULT_AREA])
            raise value_problem("unknown-area", f'no area "{area}"', fix, at=(area,), of_key=True)
    return Expected(by_area=tuple(days.items()))


def _arms() -> dict[str, Any]:
    return {
        "days": Annotated[DaysLong, AfterValidator(lambda days: Expected(days=int(days)))],
        "working_day": Annotated[WorkingDayForm, AfterValidator(lambda form: Expected(working_day=form.working_day))],
        "day": Annotated[MonthDayForm, AfterValidator(lambda form: Expected(day=form.day, after=int(form.after)))],
        "weekday": Annotated[
            WeekdayForm, AfterValidator(lambda form: Expected(weekday=form.weekday, after=int(form.after)))
        ],
        "dates": Annotated[DatesForm, AfterValidator(_dates)],
    }


#: The keys that tell the forms apart; anything else is an area.
_KEYS = ("working_day", "day", "weekday", "dates")


def _one_arm(value: Any) -> str | None:
    if isinstance(value, dict):
        slips = (nearest(str(key), _KEYS) for key in value if DEFAULT_AREA not in value)
        return next((key for key in _KEYS if key in value), next(filter(None, slips), None))
    return None if isinstance(value, list) or value is None else "days"


def _arm(value: Any) -> str | None:
    return _one_arm(value) or ("by_area" if isinstance(value, dict) and value else None)


_ONE = (
    "a delay like `5 days`, {working_day: 5}, {day: 15}, {weekday: thursday, after: 10 days} or {dates: [2020-11-12]}"
)
_OneForm = Annotated[Expected, OneOf(_arms, _one_arm, _ONE)]
ExpectedForm = Annotated[
    Expected,
    OneOf(
        lambda: _arms() | {"by_area": Annotated[dict[str, _OneForm], AfterValidator(_by_area)]},
        _arm,
        f"{_ONE}, or a mapping of areas (`default` for the others) to these",
    ),
]


def _holidays(value: Any) -> str:
    words = "england, scotland, northern-ireland, wales or a country's code like `fr`"
    name = text_of(value, words).lower()
    try:
        check_holidays(name)
    except UnknownHolidays as error:
        raise value_problem("bad-value", str(error), f"write {words}") from None
    return name


HolidaysName = Annotated[
    str, Read(_holidays, text_schema("england, scotland, northern-ireland, wales or a country's code like `fr`"))
]
