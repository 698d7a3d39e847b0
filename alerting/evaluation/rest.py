"""Until when verdicts stand as they are though no figure comes: what the clock alone changes, and on which day."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import chain
from math import isfinite

from alerting.domain.due_days import due_day
from alerting.domain.measure import Measure
from alerting.domain.panel import Panel
from alerting.domain.period import PeriodKind
from alerting.evaluation.ages import LATER_PERIODS, first_old_day
from alerting.evaluation.engine import Evaluation

_ONE = timedelta(days=1)


def stands_until(evaluation: Evaluation) -> date:
    """Return the first later day on which the same figures may be judged, marked or called old otherwise.

    It comes no later than the next month, nor than the end of the period under way of any kind that is judged.
    """
    nearest = min(_ends_of_periods(evaluation))
    if nearest == evaluation.as_of + _ONE:
        return nearest
    days = chain(_by_figures(evaluation), _by_conditions(evaluation))
    return min([nearest, *(day for day in days if day > evaluation.as_of)])


def _ends_of_periods(evaluation: Evaluation) -> Iterator[date]:
    """Yield the days on which a period that is under way will be complete."""
    rules, as_of = evaluation.rules, evaluation.as_of
    kinds = {measure.every for measure in rules.measures.values()} | {rule.every for rule in rules.rules}
    # The oldest figures that count are told by the month.
    yield (as_of.replace(day=1) + timedelta(days=31)).replace(day=1)
    for kind in (kinds | evaluation.panels.keys()) - {None}:
        assert isinstance(kind, PeriodKind)
        yield rules.calendar.containing(as_of, kind).last_day + _ONE


def _by_figures(evaluation: Evaluation) -> Iterator[date]:
    """Yield the days on which figures fall due, have settled, or are old."""
    measures = evaluation.rules.measures.values()
    clocks = [verdicts.group.grace for verdicts in evaluation.verdicts if verdicts.group.asks_clock]
    for panel in evaluation.panels.values():
        for due in _due_days(measures, list(_last_days(panel, LATER_PERIODS))):
            for grace in {0, *map(int, clocks)}:
                yield from (day + timedelta(days=grace + 1) for day in due)
        for settles in {m.settles_after_days for m in measures if m.settles_after_days is not None}:
            yield from (day + timedelta(days=settles + 1) for day in panel.last_days)
        yield from (first_old_day(day) for day in panel.last_days)


def _due_days(measures: Iterable[Measure], last_days: Sequence[date]) -> Iterator[list[date]]:
    """Yield the days on which figures of some periods are due, once for measures that expect the same."""
    alike = {
        (expected, measure.holidays): measure for measure in measures if (expected := measure.expected) is not None
    }
    for (expected, _), measure in alike.items():
        areas = [None] if expected.by_area is None else [area for area, _ in expected.by_area]
        yield from ([due_day(measure, day, area) for day in last_days] for area in areas)


def _last_days(panel: Panel, more: int) -> Iterator[date]:
    """Yield the last days of a panel's periods, and of so many after them."""
    return (panel.period(row).last_day for row in range(panel.n_periods + more))


def _by_conditions(evaluation: Evaluation) -> Iterator[date]:
    """Yield the days on which conditions that ask the clock may find something else."""
    for verdicts in evaluation.verdicts:
        if not verdicts.group.asks_clock:
            continue
        assert verdicts.block.overdue_days is not None
        for condition in dict.fromkeys(member.condition for member in verdicts.group.members):
            days = condition.days_at_rest(verdicts.block.overdue_days)
            if isfinite(days):
                yield evaluation.as_of + timedelta(days=int(days))
