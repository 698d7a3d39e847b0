"""Totals that the items they are made of do not add up to, where the measure's checks hold them: total and items alike."""

from collections.abc import Iterator, Sequence

import numpy as np

from alerting.domain.arrays import Flags
from alerting.domain.measure import Family, Measure
from alerting.domain.problem import Problem
from alerting.figures.check_problems import HELD, CheckProblems
from alerting.figures.data_checks import hold
from alerting.figures.slip_checks import accepted_in, number
from alerting.figures.totals import Added


def hold_items(problems: CheckProblems, families: Sequence[Family], measures: Sequence[Measure]) -> Iterator[Problem]:
    """Hold figures of families whose checks say so, and yield a problem for each period; an accepted total is believed."""
    for family in families:
        checks = measures[family.total].checks
        if checks is None or not checks.items_add_up:
            continue
        added = Added.of(problems.sheet, family, measures)
        if added is not None and added.differs.any():
            yield from _held(problems, added, measures)


def _held(problems: CheckProblems, added: Added, measures: Sequence[Measure]) -> Iterator[Problem]:
    """Hold the total and all items: which of them is wrong nobody knows."""
    sheet, family = problems.sheet, added.family
    accepted = {n: _accepted(problems, n, measures[n], added) for n in (family.total, *family.parts)}
    differs = added.differs & ~accepted[family.total]
    for n, believed in accepted.items():
        own = sheet.columns_of(n)
        places = np.searchsorted(sheet.area_of[own], added.areas)
        fails = np.zeros((sheet.n_periods, own.stop - own.start), dtype=bool)
        fails[:, places] = differs & ~believed

        def words(row: int, column: int, own: slice = own) -> str:
            place = int(np.searchsorted(added.areas, sheet.area_of[own.start + column]))
            total, items = (number(float(plane[row, place])) for plane in (added.total, added.parts))
            return f"the total is {total}, its {len(family.parts):,} items add up to {items}"

        hold(sheet, own, fails, words)
        if n == family.total:
            yield from problems.of(n, measures[n], "items", (fails, words), HELD)


def _accepted(problems: CheckProblems, n: int, measure: Measure, added: Added) -> Flags:
    sheet = problems.sheet
    own = accepted_in(sheet, n, measure, problems.areas, problems.reading)
    return own[:, np.searchsorted(sheet.area_of[sheet.columns_of(n)], added.areas)]
