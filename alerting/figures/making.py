"""Making the figures that sources do not print: measure by measure, those first that others are made of."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial

import numpy as np

from alerting.domain.aggregation import AMOUNTS, over_areas, over_time, parts_over_time
from alerting.domain.arrays import Flags
from alerting.domain.combining import PARTS, Recipe
from alerting.domain.condition import Condition
from alerting.domain.fault import Faults
from alerting.domain.finding import Reason
from alerting.domain.measure import Aggregate, Measure, RollUp
from alerting.domain.period import PeriodKind
from alerting.domain.rule import RuleSet
from alerting.figures.contained import work_on
from alerting.figures.derived import make_rates, mark
from alerting.figures.panel_builder import PanelBuilder
from alerting.figures.parents import roll_up
from alerting.figures.spans import add_coarser, roll

#: Columns that belong to the one period and area for which they are printed, and those that have a way of their own.
_PRINTED = frozenset(
    {
        "value",
        *PARTS,
        "lower_limit",
        "upper_limit",
        "centre",
        "change_previous_period",
        "change_same_period_last_year",
        "change_year_to_date",
    }
)

#: Over areas numerators and denominators are added up, whatever they do over time.
_ADDED = (Aggregate.SUM, Aggregate.SUM)
#: An amount and numerator over denominator are the same within half a percent, the rounding of three digits.
_CLOSE = 0.005


def parts_of(measure: Measure, place: Mapping[str, int]) -> list[int]:
    """Return the places of the measures that one is made of."""
    of = measure.of
    return [] if of is None else [place[id_] for id_ in (of.numerator, of.denominator) if id_ in place]


def parts_first(measures: Sequence[Measure]) -> list[int]:
    """Order the places of measures so that each follows those that it is made of."""
    place = {measure.id: n for n, measure in enumerate(measures)}
    order: dict[int, None] = {}
    visiting: set[int] = set()

    def visit(n: int) -> None:
        if n in order or n in visiting:
            return
        visiting.add(n)
        for part in parts_of(measures[n], place):
            visit(part)
        order[n] = None

    for n in range(len(measures)):
        visit(n)
    return list(order)


class Maker:
    """Fills the sheets of all kinds; a measure's own kind first, then the coarser ones."""

    def __init__(
        self, sheets: Mapping[PeriodKind, PanelBuilder], rules: RuleSet, as_of: date, faults: Faults, broken: set[int]
    ) -> None:
        self.sheets, self.rules, self.as_of = sheets, rules, as_of
        self.measures = list(rules.measures.values())
        self.place = {measure.id: n for n, measure in enumerate(self.measures)}
        self.areas = (rules.areas, {id_: n for n, id_ in enumerate(rules.areas.areas)})
        self.along = columns_along(rules)
        self.faults = faults
        #: Places of measures whose figures the program failed to make: to those who watch them, their source has failed.
        self.broken = broken

    def make(self, wanted: Sequence[set[PeriodKind]]) -> None:
        """Make each measure's figures of every kind that is wanted; one that the program fails at has none."""
        for n in parts_first(self.measures):
            spoiled = n in self.broken or not self.broken.isdisjoint(parts_of(self.measures[n], self.place))
            work = work_on(self.measures[n], "worked out")
            if spoiled or not self.faults.attempt(work, partial(self._made, n, wanted[n])):
                self.broken.add(n)

    def _made(self, n: int, wanted: set[PeriodKind]) -> bool:
        """Make one measure's figures; True when done."""
        measure = self.measures[n]
        own = self.sheets[measure.every]
        given = _given(own, n)
        if measure.of is not None:
            self._rate(own, n)
        has_parts = _come_as_ratios(own, n, measure)
        how = over_time(measure, has_parts=has_parts)
        recipe = self._recipe(measure, how)
        across = replace(self._recipe(measure, over_areas(measure, has_parts=has_parts)), parts=_ADDED)
        for kind in sorted(wanted, key=lambda kind: kind.rank):
            sheet = self.sheets[kind]
            sheet.aggregates[n] = how
            if kind is measure.every:
                self._own(sheet, n, (recipe, across), given)
            else:
                self._coarser(sheet, n, (recipe, across), given | _given(sheet, n))
        return True

    def _own(self, sheet: PanelBuilder, n: int, recipes: tuple[Recipe, Recipe], given: Flags) -> None:
        """Make figures of the measure's own periods: parents first, then the rolling values of all."""
        measure, (recipe, across) = self.measures[n], recipes
        if measure.roll_up is not RollUp.NONE:
            roll_up(sheet, n, measure, across, self.areas, given, self.as_of)
            _hold(sheet, n)
        if measure.rolling is not None:
            roll(sheet, n, measure, replace(recipe, at_least=measure.rolling.at_least))

    def _coarser(self, sheet: PanelBuilder, n: int, recipes: tuple[Recipe, Recipe], given: Flags) -> None:
        """Make figures of coarser periods, of finer ones or of the parts; a parent's also of its children's."""
        measure, (recipe, across) = self.measures[n], recipes
        if measure.rolling is not None:
            roll(sheet, n, measure, replace(recipe, at_least=None))
        elif measure.of is not None and recipe.how is Aggregate.RATIO:
            self._rate(sheet, n)
        if measure.roll_up is not RollUp.NONE and measure.rolling is None:
            roll_up(sheet, n, measure, across, self.areas, given, self.as_of)
        add_coarser(sheet, self.sheets[measure.every], n, measure, recipe, self.as_of)
        _hold(sheet, n)

    def _rate(self, sheet: PanelBuilder, n: int) -> None:
        measure = self.measures[n]
        assert measure.of is not None
        parts = (self.place[measure.of.numerator], self.place[measure.of.denominator])
        make_rates(sheet, n, measure, parts, self.sheets)

    def _recipe(self, measure: Measure, how: Aggregate | None) -> Recipe:
        return Recipe(
            how=how, scale=measure.ratio_scale, parts=parts_over_time(measure), along=self.along.get(measure.id, ())
        )


def _given(sheet: PanelBuilder, n: int) -> Flags:
    """Return which of a measure's series are printed, before anything is made."""
    own = sheet.columns_of(n)
    value = sheet.plane("value")[:, own]
    given: Flags = (value == value).any(axis=0)
    if sheet.reasons is not None:
        given |= sheet.reasons[:, own].any(axis=0)
    return given


def _come_as_ratios(sheet: PanelBuilder, n: int, measure: Measure) -> bool:
    """Say whether the measure's figures come with numerators and denominators.

    An amount that is not numerator over denominator is none: the columns of a count are there for something else.
    """
    if not set(PARTS) <= sheet.planes.keys():
        return False
    own = sheet.columns_of(n)
    top, bottom, value = (sheet.planes[name][:, own] for name in (*PARTS, "value"))
    both = np.isfinite(top) & np.isfinite(bottom)
    if measure.unit not in AMOUNTS or not both.any():
        return bool(both.any())
    with np.errstate(all="ignore"):
        apart = np.abs(value * bottom - top * measure.ratio_scale) > _CLOSE * np.abs(value * bottom)
    return not bool((both & apart).any())


def _hold(sheet: PanelBuilder, n: int) -> None:
    """Hold back what was made for a time that is held."""
    if sheet.held is None:
        return
    own = sheet.columns_of(n)
    mark(sheet, own, sheet.held[:, own] & ~np.isnan(sheet.plane("value")[:, own]), Reason.HELD)


def columns_along(rules: RuleSet) -> dict[str, tuple[str, ...]]:
    """Return for each measure the columns that go along with its figures: plan, target, and what rules hold them against."""
    found: dict[str, dict[str, None]] = {id_: dict.fromkeys(("plan", "target")) for id_ in rules.measures}
    for id_, measure in rules.measures.items():
        found[id_].update(dict.fromkeys(() if measure.target is None else measure.target.columns()))
    for rule in rules.rules:
        names = dict.fromkeys(name for part in rule.when.plain_parts() for name in _held_against(part.condition))
        for id_ in rule.measures if names else ():
            found[id_].update(names)
    return {id_: tuple(name for name in names if name not in _PRINTED) for id_, names in found.items()}


def _held_against(condition: Condition) -> Iterator[str]:
    """Yield the columns that a condition holds figures against."""
    yield from condition.columns
    for level in condition.levels:
        yield from level.columns()
