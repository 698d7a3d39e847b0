"""From when on figures count in a backtest: from the day their source gives, else from the day after they are due."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

import numpy as np

from alerting.domain.backtest import KnownFrom
from alerting.domain.due_days import NEVER, due_day
from alerting.domain.measure import Measure
from alerting.domain.period import KINDS, Period
from alerting.domain.rule import RuleSet
from alerting.figures.observations import Observations, Reading
from alerting.figures.place_observations import series_keys


def with_days(reading: Reading, rules: RuleSet) -> Reading:
    """Return the same figures, each with a day from which on it counts.

    One without a day of its own counts from the day after it is due (`expected`), else after its period's end. Where another
    row of the same series and period has a day, one without stays as it is: it was there before.
    """
    return replace(reading, observations=tuple(_with_days(read, rules) for read in reading.observations))


def _with_days(read: Observations, rules: RuleSet) -> Observations:
    undated = read.published == 0
    if not undated.any():
        return read
    if not undated.all():
        undated &= ~_is_revised(read, len(rules.areas.areas))
    return replace(read, published=np.where(undated, _assumed(read, rules), read.published))


def _assumed(read: Observations, rules: RuleSet) -> np.ndarray:
    """Return for each row the day after its figure is due, as its ordinal; looked up once for all that are due alike."""
    found = np.zeros(len(read.ordinal), dtype=read.published.dtype)
    alike, sorts = _due_alike(read, rules)
    for code in np.unique(read.kind).tolist():
        rows = np.flatnonzero(read.kind == code)
        ordinals, place = np.unique(read.ordinal[rows], return_inverse=True)
        ends = [Period(KINDS[code], ordinal, rules.calendar.starts).last_day for ordinal in ordinals.tolist()]
        known = np.zeros((len(sorts), len(ends)), dtype=read.published.dtype)
        for n in np.unique(alike[rows]).tolist():
            measure, area = sorts[n]
            known[n] = [_known_on(measure, area, end).toordinal() for end in ends]
        found[rows] = known[alike[rows], place]
    return found


def _due_alike(read: Observations, rules: RuleSet) -> tuple[np.ndarray, list[tuple[Measure, str | None]]]:
    """Number the rows by what says when they are due, and return for each number a measure that says so, in an area."""
    areas = list(rules.areas.areas)
    numbers: dict[tuple[object, ...], int] = {}
    sorts: list[tuple[Measure, str | None]] = []
    table = np.zeros((len(rules.measures), max(len(areas), 1)), dtype=np.intp)
    for n, measure in enumerate(rules.measures.values()):
        by_area = measure.expected is not None and measure.expected.by_area is not None
        for place, area in enumerate(areas if by_area else [None]):
            one = measure.expected if measure.expected is None or area is None else measure.expected.of(area)
            number = numbers.setdefault((one, measure.holidays), len(sorts))
            if number == len(sorts):
                sorts.append((measure, area))
            table[n, place if by_area else slice(None)] = number
    return table[read.measure, read.area], sorts


def _known_on(measure: Measure, area: str | None, end: date) -> date:
    """Return the day after a figure is due; after its period's end where no day is known by which it is."""
    due = NEVER if measure.expected is None else due_day(measure, end, area)
    return (end if due == NEVER else due) + timedelta(days=1)


def _is_revised(read: Observations, n_areas: int) -> np.ndarray:
    """Say of each row whether a row of the same series and period has a day of its own."""
    series = series_keys(read.measure, read.area, max(n_areas, 1)).astype(np.int64)
    first = int(read.ordinal.min(initial=0))
    length = int(read.ordinal.max(initial=0)) - first + 1
    cells = (series * len(KINDS) + read.kind) * length + (read.ordinal - first)
    found: np.ndarray = np.isin(cells, cells[read.published > 0])
    return found


def known_from(reading: Reading, rules: RuleSet) -> Mapping[KnownFrom, int]:
    """Count the measures with figures by from when on these count; of one with both, the rows without a day decide."""
    dated, undated = set[int](), set[int]()
    for read in reading.observations:
        undated |= set(np.unique(read.measure[read.published == 0]).tolist())
        dated |= set(np.unique(read.measure[read.published > 0]).tolist())
    measures = list(rules.measures.values())
    counts = Counter(_since(measures[n], is_dated=n not in undated) for n in dated | undated)
    return {since: counts[since] for since in KnownFrom}


def _since(measure: Measure, *, is_dated: bool) -> KnownFrom:
    if is_dated:
        return KnownFrom.PUBLISHED
    return KnownFrom.PERIOD_END if measure.expected is None else KnownFrom.DUE
