"""Findings to be worded, and how a person reads the numbers in a text."""

import re
from datetime import date
from decimal import Decimal

from alerting.domain.area import Area
from alerting.domain.finding import Finding, State
from alerting.domain.limits_method import LimitsMethod
from alerting.domain.measure import Measure, Polarity, Unit
from alerting.domain.period import Calendar, PeriodKind
from alerting.domain.severity import Severity
from alerting.wording.facts import Facts
from alerting.wording.numbers import NumberStyle

_MINUTES = re.compile(r"(-?)([\d,]+) min ([\d.]+) s")
_NUMBER = re.compile(r"-?[^\d-]?[\d,]*\d(?:\.\d+)?")


def a_measure(**extra: object) -> Measure:
    fields: dict[str, object] = {
        "id": "m", "title": "Calls answered in time", "topic": "t", "unit": Unit.PERCENT, "better": Polarity.HIGHER,
        "every": PeriodKind.MONTH,
    }  # fmt: skip
    return Measure(**(fields | extra))  # type: ignore[arg-type]


def facts_of(
    measure: Measure | None = None, period: str = "2020-09", place: str | None = None, due_on: date | None = None,
    decided_by: int | None = None, method: LimitsMethod | None = None, **finding: object,
) -> Facts:  # fmt: skip
    """An exception of the measure in September 2020; *place* is an area below the force."""
    of = measure or a_measure()
    fields: dict[str, object] = {
        "rule": "r", "measure": of.id, "area": "a", "period": Calendar().parse_exact(period),
        "state": State.EXCEPTION, "severity": Severity.WARNING,
    }  # fmt: skip
    return Facts(
        finding=Finding(**(fields | finding)),  # type: ignore[arg-type]
        measure=of,
        area=Area(id="a", title=place or "West Mercia"),
        area_unsaid=place is None,
        style=NumberStyle.of(of),
        due_on=due_on,
        decided_by=decided_by,
        method=method,
    )


def read(text: str) -> Decimal:
    """The first number of a text, as a person reads it; minutes and seconds in seconds."""
    if match := _MINUTES.match(text):
        total = Decimal(match[2].replace(",", "")) * 60 + Decimal(match[3])
        return -total if match[1] else total
    match = _NUMBER.search(text.replace("\N{MINUS SIGN}", "-"))
    assert match is not None, text
    return Decimal(re.sub(r"[^\d.-]", "", match[0]))
