"""Rates whose people are counted more than once, or whose people have not come for as long as their cases."""

from collections.abc import Iterator
from typing import Final

import numpy as np

from alerting.app.authoring.figure_lint import JudgedFolder
from alerting.domain.aggregation import over_time
from alerting.domain.measure import Aggregate, Measure, Unit
from alerting.domain.panel import Panel
from alerting.domain.period import Period
from alerting.domain.problem import ProblemSeverity
from alerting.rulefile.lint import RuleProblem

#: What each of its codes means.
CODES: Final = {
    "people-added-up": "denominators that hardly vary are added up over periods: people are not",
    "part-missing": "a rate ends before its cases do, because its other part has no figure for that time",
}

#: Denominators that vary by no more than this from period to period count what is there, not what happens.
HARDLY = 1.02
#: Fewer figures of a series say nothing about how much they vary.
ENOUGH = 6


def check(folder: JudgedFolder) -> Iterator[RuleProblem]:
    """Look at rates over several periods, and at rates of two measures that come at different times; a family once."""
    named: set[tuple[str, str]] = set()
    for place, measure in enumerate(folder.rules.measures.values()):
        for remark in (*_added_up(folder, measure, place), *_without_people(folder, measure)):
            if (remark.id, remark.code) not in named:
                named.add((remark.id, remark.code))
                yield remark


def _added_up(folder: JudgedFolder, measure: Measure, place: int) -> Iterator[RuleProblem]:
    """Find a printed rate whose denominators would be added up over periods and hardly vary: most likely they are people."""
    if (
        measure.unit is not Unit.RATE
        or over_time(measure, has_parts=True) is not Aggregate.RATIO
        or measure.of is not None
    ):
        return
    coarser = [r for r in folder.rules.rules if measure.id in r.measures and r.every not in (None, measure.every)]
    if (measure.rolling is None and not coarser) or not _hardly_vary(folder, place):
        return
    yield _remark(
        measure,
        "rolling" if measure.rolling is not None else "aggregate",
        "people-added-up",
        "denominators of several periods are added up, and these hardly vary: people are not added up over time",
        "make it of: two measures, the people with aggregate: last or mean",
    )


def _hardly_vary(folder: JudgedFolder, place: int) -> bool:
    """Say whether some series' denominators are enough to tell, and all of those stay nearly the same."""
    steady = []
    for read in folder.reading.observations:
        bottom = read.columns.get("denominator")
        if bottom is None:
            continue
        own = (read.measure == place) & (bottom > 0)
        for area in np.unique(read.area[own]).tolist():
            figures = bottom[own & (read.area == area)]
            if len(figures) >= ENOUGH:
                steady.append(bool(figures.max() <= HARDLY * figures.min()))
    return bool(steady) and all(steady)


def _without_people(folder: JudgedFolder, measure: Measure) -> Iterator[RuleProblem]:
    """Find a rate that ends before its cases do, because a part that comes less often has no figure for that time."""
    of = measure.of
    if of is None:
        return
    part = folder.rules.measures.get(of.denominator)
    made, cases = _newest(folder, measure), _newest(folder, folder.rules.measures.get(of.numerator))
    people = _newest(folder, part)
    if part is None or made is None or cases is None or people is None or part.every.rank <= measure.every.rank:
        return
    if cases.last_day > made.last_day and people.last_day < cases.last_day:
        message = f'it is made up to {made} only, while "{of.numerator}" goes on to {cases}: "{of.denominator}" ends with {people}'
        fix = f"give {of.denominator} a figure for the time since, if need be an estimate marked provisional"
        yield _remark(measure, "of", "part-missing", message, fix)


def _newest(folder: JudgedFolder, measure: Measure | None) -> Period | None:
    """Return the newest period of which any area has a figure."""
    panel: Panel | None = None if measure is None else folder.panels.by_kind.get(measure.every)
    own = None if panel is None or measure is None else panel.columns.get(measure.id)
    if panel is None or own is None:
        return None
    rows = np.flatnonzero(np.isfinite(panel.shown[:, own]).any(axis=1))
    return panel.period(int(rows[-1])) if len(rows) else None


def _remark(measure: Measure, key: str, code: str, message: str, fix: str) -> RuleProblem:
    family = measure.item_of or measure.id
    return RuleProblem(
        section="measures",
        id=family,
        item=measure.item,
        keys=(key, "unit"),
        code=code,
        message=message,
        fix=fix,
        severity=ProblemSeverity.NOTE,
    )
