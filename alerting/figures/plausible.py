"""Figures that can be read and yet can hardly be meant: of a time to come, or beyond what the measure allows."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from hashlib import sha256

import numpy as np

from alerting.domain.arrays import Flags
from alerting.domain.period import KINDS, Period
from alerting.domain.place import Place
from alerting.domain.problem import Problem, ProblemSeverity
from alerting.domain.rule import RuleSet
from alerting.figures.contradictions import suspicions
from alerting.figures.observations import Observations

#: The code of the problem that figures are of a time to come.
FUTURE = "future-period"
#: Rows named one by one in a warning; the rest is counted.
_MOST_LISTED = 3
#: Characters that say which figures a warning is about; of more a digest is kept.
_LONGEST_KEY = 300


def implausible(
    observations: Observations, rules: RuleSet, today: date, line_of: Callable[[int], int]
) -> Iterator[Problem]:
    """Warn of figures whose period begins after *today*, and of figures below or above what their measure can be.

    Args:
        line_of: the line of the file on which a record begins.
    """
    value = observations.columns.get("value")
    current = np.array([rules.calendar.containing(today, kind).ordinal for kind in KINDS], dtype=np.int32)
    ahead = observations.ordinal > current[observations.kind]
    if value is not None:
        ahead &= value == value
    if ahead.any():
        fix = "mend the period if it is mistyped; until it is over the figure is not judged"
        yield _warning(observations, rules, ahead, line_of, FUTURE, "of a period that has not begun", fix)
    for code, what, fix, flags, words in suspicions(observations, rules):
        yield _warning(observations, rules, flags, line_of, code, what, fix, words)
    if value is None:
        return
    floor, ceiling = (_bounds(rules, side) for side in ("minimum", "maximum"))
    beyond = np.zeros(len(value), dtype=bool)
    for bound, passes in ((floor, np.less), (ceiling, np.greater)):
        if not np.isnan(bound).all():
            beyond |= passes(value, bound[observations.measure])
    if beyond.any():
        fix = "mend the figure, or declare minimum: and maximum: on the measure"
        yield _warning(observations, rules, beyond, line_of, "beyond-bounds", "beyond what the measure can be", fix)


def _bounds(rules: RuleSet, side: str) -> np.ndarray:
    """Return each measure's lowest or highest possible value; NaN where it has none."""
    found = [getattr(measure, side) for measure in rules.measures.values()]
    return np.array([np.nan if bound is None else bound for bound in found], dtype=np.float64)


def _warning(
    read: Observations,
    rules: RuleSet,
    flags: Flags,
    line_of: Callable[[int], int],
    code: str,
    what: str,
    fix: str,
    words: Callable[[int], str] | None = None,
) -> Problem:
    places = np.flatnonzero(flags).tolist()
    named = _series(read, rules, places)
    file, first = read.where(places[0])
    listed = [
        f"{_row(read, n, file)}, {series}{'' if words is None else f': {words(n)}'}"
        for n, series in zip(places[:_MOST_LISTED], named, strict=False)
    ]
    more = f" and {len(places) - _MOST_LISTED:,} more" if len(places) > _MOST_LISTED else ""
    count = "1 figure is" if len(places) == 1 else f"{len(places):,} figures are"
    line = line_of(int(read.record[places[0]])) if read.place_of is None else first
    place = Place(file=file, line=line, column=1)
    message = f"{count} {what}: {'; '.join(listed)}{more}"
    which = ", ".join(sorted(set(named)))
    return Problem(
        place=place,
        code=code,
        severity=ProblemSeverity.WARNING,
        message=message,
        fix=fix,
        about=which if len(which) <= _LONGEST_KEY else sha256(which.encode()).hexdigest(),
        source=read.source,
        names_its_rows=True,
    )


def _series(read: Observations, rules: RuleSet, entries: Iterable[int]) -> list[str]:
    """Name the measure, area and period of some entries."""
    measures, areas, starts = list(rules.measures), list(rules.areas.areas), rules.calendar.starts
    return [
        f"{measures[read.measure[n]]} {areas[read.area[n]]} {Period(KINDS[read.kind[n]], int(read.ordinal[n]), starts)}"
        for n in entries
    ]


def _row(read: Observations, entry: int, here: str) -> str:
    """Name the row of an entry; its file too, where that is another than *here*."""
    file, row = read.where(entry)
    return f"row {row}" if file == here else f"{file} row {row}"
