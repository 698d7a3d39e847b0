"""Which figures are to come, and by which day: what is late, and what falls due on the next days."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from alerting.domain.due_days import due_day, first_due
from alerting.domain.measure import Expected, Measure
from alerting.domain.period import Period
from alerting.domain.rule import RuleSet
from alerting.reports.topic_figures import NewestFigures
from alerting.wording.plain import listed, number

#: Areas that a line names; more are counted.
MOST_AREAS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class AwaitedFigures:
    """Figures of one measure and period that are due on one day and have not come."""

    day: date
    measure: Measure
    period: Period
    #: In tree order.
    areas: tuple[str, ...]
    #: Whether the day is past.
    is_late: bool

    def as_json(self) -> dict[str, Any]:
        """Return the values for JSON."""
        return {
            "day": self.day.isoformat(),
            "measure": self.measure.id,
            "title": self.measure.title,
            "period": str(self.period),
            "areas": list(self.areas),
            "source": self.measure.source,
            "late": self.is_late,
        }


def awaited_figures(rules: RuleSet, figures: NewestFigures, as_of: date, until: date) -> tuple[AwaitedFigures, ...]:
    """Return the figures that have not come and are due up to *until*, by day; those of before *as_of* are late.

    Of a series that is late, only the first figure that is missing is given, and those that are still to fall due. One that never
    had a figure is late by the newest that was due.

    Args:
        figures: as known on *as_of*.
    """
    found: dict[tuple[date, str, Period], list[str]] = {}
    for measure in rules.measures.values():
        if measure.expected is None:
            continue
        coming: dict[Expected, Period] = {}
        for area in figures.areas(measure.id):
            own = measure.expected.of(area)
            if own is None:
                continue
            if own not in coming:
                coming[own] = first_due(measure, rules.calendar.containing(as_of, measure.every), as_of, area)
            for period in _awaited(coming[own], figures.came(measure.id, area)):
                day = due_day(measure, period.last_day, area)
                if day > until:
                    break
                if day >= as_of and period.ordinal < coming[own].ordinal:
                    continue  # before the first of given dates nothing was due
                found.setdefault((day, measure.id, period), []).append(area)
    order = {id_: place for place, id_ in enumerate(rules.measures)}
    keys = sorted(found, key=lambda key: (key[0], order[key[1]], key[2].ordinal))
    return tuple(
        AwaitedFigures(
            day=day,
            measure=rules.measures[id_],
            period=period,
            areas=tuple(found[day, id_, period]),
            is_late=day < as_of,
        )
        for day, id_, period in keys
    )


def _awaited(coming: Period, came: Period | None) -> Iterator[Period]:
    """Yield the periods of one series that are awaited, without end: the first that is late, then those from *coming* on."""
    late = coming - 1 if came is None else came + 1
    if late.ordinal < coming.ordinal:
        yield late
    period = coming if came is None or came.ordinal < coming.ordinal else came + 1
    while True:
        yield period
        period = period + 1


def figures_line(one: AwaitedFigures, rules: RuleSet) -> str:
    """Say which figures are due: of a measure, a period and its areas, which are counted where they are many."""
    areas = [rules.areas[id_].title for id_ in one.areas]
    where = f"{number(len(areas))} areas" if len(areas) > MOST_AREAS else listed(areas)
    return f"{one.measure.short or one.measure.title}, {one.period.label}: {where}"


def by_source(awaited: Iterable[AwaitedFigures]) -> dict[tuple[date, str], list[AwaitedFigures]]:
    """Return figures by the day on which they are due and their source; what is made of others has none and is left out."""
    found: dict[tuple[date, str], list[AwaitedFigures]] = {}
    for one in awaited:
        if one.measure.source is not None:
            found.setdefault((one.day, one.measure.source), []).append(one)
    return found
