"""Made-up figures on which `check` tries rules: none, one of each series, and a history with all that can be odd about figures."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from alerting.domain.arrays import Floats
from alerting.domain.measure import Measure, Unit
from alerting.domain.period import KINDS, PeriodKind
from alerting.domain.rule import RuleSet
from alerting.figures.observations import Observations, Reading

#: Periods of a full history: two years and a half, two of weeks and four months of days are enough for all but `seasonal`.
HISTORY: Mapping[PeriodKind, int] = {
    PeriodKind.DAY: 120, PeriodKind.WEEK: 110, PeriodKind.MONTH: 30, PeriodKind.QUARTER: 12, PeriodKind.YEAR: 6,
}  # fmt: skip
#: Areas that get figures: the first, mostly the whole, and some of the last, mostly the lowest, so that newest there is a high, a
#: low and a common figure; of those that a rule asks for by itself, more where rules compare areas with one another.
FEW, SIBLINGS = 2, 12
#: The typical figure by unit: inside the bounds of each, and large enough that nothing is a small number.
TYPICAL: Mapping[Unit, float] = {Unit.PERCENT: 60.0, Unit.RATE: 12.0}
OTHERWISE, DENOMINATOR = 200.0, 400.0
#: Columns with a meaning of their own.
CHANGES = ("change_previous_period", "change_same_period_last_year", "change_year_to_date")
STANDING = ("value", "numerator", "denominator", "lower_limit", "upper_limit", "centre", "target", "plan", *CHANGES)
#: A figure far above or below, as a share of the typical one.
FAR = 0.45


def made_up(rules: RuleSet, as_of: date) -> Iterator[Reading]:
    """Yield figures that fit the measures: nothing at all, one period of one area, and a full history of several areas."""
    yield Reading(observations=())
    printed = [(n, measure) for n, measure in enumerate(rules.measures.values()) if measure.of is None]
    if printed and rules.areas.areas:
        columns = sorted({*STANDING, *_columns(rules)})
        one = [_Series(n, measure, (0,), 1) for n, measure in printed]
        yield _reading(one, rules, as_of, columns)
        areas = _areas(rules, printed)
        several = [_Series(n, measure, areas[measure.id], HISTORY[measure.every]) for n, measure in printed]
        yield _reading(several, rules, as_of, columns)


def anywhere(rules: RuleSet, few: int = FEW) -> list[str]:
    """Return areas in which every measure has figures: the first, mostly the whole, and the last ones, mostly the lowest."""
    areas = list(rules.areas.areas)
    return list(dict.fromkeys([*areas[:1], *areas[-few:]]))


@dataclass(frozen=True, slots=True)
class _Series:
    """The series of one measure: its place, the places of its areas, and for how many periods there are figures."""

    place: int
    measure: Measure
    areas: Sequence[int]
    periods: int

    @property
    def size(self) -> int:
        return len(self.areas) * self.periods

    @property
    def typical(self) -> float:
        """A figure inside the measure's bounds."""
        low, high = self.measure.minimum, self.measure.maximum
        typical = TYPICAL.get(self.measure.unit, OTHERWISE)
        if low is not None and high is not None:
            return (low + high) / 2
        return typical if low is None or typical > low else low * 2

    def values(self) -> Floats:
        """Return figures `[areas x periods]`, flattened: a wave, and newest a high, a low and a common one in turn."""
        wave = 1 + 0.05 * np.sin(1.7 * np.arange(self.periods))
        values = np.tile(self.typical * wave, (len(self.areas), 1))
        values[0::3, -1] *= 1 + FAR
        values[1::3, -1] *= 1 - FAR
        return np.round(values, 0 if self.measure.unit is Unit.COUNT else 2).ravel()


def _columns(rules: RuleSet) -> Iterator[str]:
    """Yield the names of columns that targets and plans are taken from."""
    of_measures = [measure.target for measure in rules.measures.values() if measure.target is not None]
    parts = [part.condition for rule in rules.rules for part in rule.when.plain_parts()]
    given = (*of_measures, *(level for part in parts for level in part.levels))
    yield from (level.column for level in given if level.column is not None)
    yield from (column for part in parts for column in part.columns)


def _areas(rules: RuleSet, printed: Sequence[tuple[int, Measure]]) -> dict[str, list[int]]:
    """Return for each measure the places of areas: some that each of its rules watches, and some that any could."""
    place = {id_: n for n, id_ in enumerate(rules.areas.areas)}
    chosen = {measure.id: {place[id_] for id_ in anywhere(rules)} for _, measure in printed}
    for rule in rules.rules:
        few = SIBLINGS if any(part.condition.among_areas for part in rule.when.plain_parts()) else FEW
        some = anywhere(rules, few)
        for id_ in rule.measures:
            if id_ in chosen:
                watched = rules.watched_areas(rule, id_)
                chosen[id_].update(sorted(place[area] for area in (some if watched is None else watched))[:few])
    return {id_: sorted(places) for id_, places in chosen.items()}


def _reading(series: Sequence[_Series], rules: RuleSet, as_of: date, columns: Sequence[str]) -> Reading:
    """Put series together as one source: with gaps, a refused cell, a revision and provisional figures where there is a history."""
    sizes = [one.size for one in series]
    newest = {kind: rules.calendar.newest_complete(as_of, kind).ordinal for kind in KINDS}
    t = np.concatenate([np.tile(np.arange(one.periods), len(one.areas)) for one in series])
    length, end = (
        np.repeat([one.periods for one in series], sizes),
        np.repeat([newest[one.measure.every] for one in series], sizes),
    )
    area = np.concatenate([np.repeat(one.areas, one.periods) for one in series])
    last, values = t == length - 1, np.concatenate([one.values() for one in series])
    typical = np.repeat([one.typical for one in series], sizes)
    scale = np.repeat([one.measure.ratio_scale for one in series], sizes)
    made = dict.fromkeys(columns, typical) | {
        "value": values,
        "denominator": np.full_like(values, DENOMINATOR),
        "numerator": values / scale * DENOMINATOR,
        "lower_limit": typical * 0.9,
        "upper_limit": typical * 1.1,
        **dict.fromkeys(CHANGES, np.full_like(values, 5.0)),
    }
    rows = np.flatnonzero((length == 1) | (t != length - 4) | (area % 2 == 0))  # a gap in every other area
    rows = np.concatenate([rows, np.flatnonzero(last & (length > 1))])  # and newest a revision
    revised = np.zeros(len(rows), dtype=bool)
    revised[len(rows) - int((last & (length > 1)).sum()) :] = True
    made = {name: column[rows] for name, column in made.items()}
    made["value"] = np.where(revised, made["value"] * 1.01, made["value"])
    kinds = np.repeat([KINDS.index(one.measure.every) for one in series], sizes)
    observations = Observations(
        source="made-up",
        file="made-up figures",
        measure=np.repeat([one.place for one in series], sizes)[rows].astype(np.int32),
        area=area[rows].astype(np.int32),
        kind=kinds[rows].astype(np.int8),
        ordinal=(end - (length - 1 - t))[rows].astype(np.int32),
        published=np.where(revised, as_of.toordinal(), 0).astype(np.int32),
        columns=made,
        refused=(t == 2)[rows] & ~revised,
        provisional=last[rows],
        note=None,
        note_texts=(),
        record=range(len(rows)),
    )
    return Reading(observations=(observations,))
