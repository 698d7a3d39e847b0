"""Figures of a series that no source prints: made of areas, finer periods, other measures or a rolling window."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from alerting.app.situation.known_figures import as_known
from alerting.domain.aggregation import over_areas, over_time
from alerting.domain.alert import Alert
from alerting.domain.measure import Aggregate, Measure
from alerting.domain.period import Period, PeriodKind
from alerting.domain.rule import RuleSet
from alerting.errors import UsageError
from alerting.figures.panels import Panels, build_panels
from alerting.ports.state import Transaction
from alerting.ports.ticks import TickRecord
from alerting.wording.plain import listed


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeFigures:
    """What was made for a series, as the newest tick had it, and of what."""

    #: "the sum of its months, each the sum of north and south".
    of: str
    tick: TickRecord
    figures: tuple[tuple[Period, float], ...]

    def as_json(self) -> dict[str, Any]:
        """Return the values for JSON."""
        figures = [{"period": str(period), "value": value} for period, value in self.figures]
        return {"of": self.of, "as_of": self.tick.as_of.isoformat(), "figures": figures}


def made_figures(
    rules: RuleSet, state: Transaction, alert: Alert, first: int, last: int, *, printed: bool
) -> MadeFigures | None:
    """Make the figures of an alert's series again, between two periods; None where its source prints all there are.

    Args:
        first, last: ordinals of periods of the alert's kind.
        printed: whether a source ever gave a figure for the series, of whatever kind of period.
    """
    measure, tick = rules.measures.get(alert.key.measure), state.ticks.newest()
    if measure is None or tick is None:
        return None
    panels = _panels(rules, state, measure, alert.opened.kind, tick)
    words = "" if panels is None else _of(rules, measure, alert, _how(panels, measure), printed=printed)
    if panels is None or not words:
        return None
    found = [(period, value) for period, value in _series(panels, alert) if first <= period.ordinal <= last]
    return MadeFigures(of=words, tick=tick, figures=tuple(found)) if found else None


Made = tuple[Aggregate | None, Aggregate | None]


def _how(panels: Panels, measure: Measure) -> Made:
    """Return how the figures of several periods, and of several areas, were made."""
    own = panels.by_kind.get(measure.every)
    found = over_time(measure) if own is None else own.aggregates.get(measure.id)
    return found, over_areas(measure, has_parts=found is Aggregate.RATIO)


def _of(rules: RuleSet, measure: Measure, alert: Alert, how: Made, *, printed: bool) -> str:
    """Say what the figures are made of, the last step first; nothing where they are printed."""
    kind, every = alert.opened.kind, measure.every
    children = rules.areas.children.get(alert.key.area, ())
    steps = []
    over_time_, over_areas_ = how
    if measure.rolling is not None:
        steps.append(f"{_MADE[over_time_]} of {measure.rolling.count} {measure.rolling.kind.value}s up to the period")
    if kind is not every and measure.covers is None and (measure.of is None or over_time_ is not Aggregate.RATIO):
        made = Aggregate.LAST if measure.rolling is not None else over_time_
        steps.insert(0, f"{_MADE[made]} of its {every.value}s, where it is not printed itself")
    if measure.of is not None:
        scale = "" if measure.ratio_scale == 1 else f", times {measure.ratio_scale:g}"
        steps.append(f"{measure.of.numerator} over {measure.of.denominator}{scale}")
    elif over_areas_ is not None and children and not printed:
        steps.append(f"{_MADE[over_areas_]} of {listed(children)}")
    return ", each ".join(steps)


#: What a figure is of its parts, by how it was made.
_MADE = {
    Aggregate.SUM: "the sum", Aggregate.RATIO: "the ratio of sums", Aggregate.MEAN: "the mean", Aggregate.LAST: "the last",
    None: "what is printed",
}  # fmt: skip


def _panels(rules: RuleSet, state: Transaction, measure: Measure, kind: PeriodKind, tick: TickRecord) -> Panels | None:
    """Build panels of this measure and what it is made of alone; None where nothing of it had been read."""
    wanted, names = {measure.id}, [measure]
    while names:
        of = names.pop().of
        parts = [] if of is None else [rules.measures[id_] for id_ in (of.numerator, of.denominator)]
        names += [part for part in parts if part.id not in wanted]
        wanted |= {part.id for part in parts}
    measures = {id_: each for id_, each in rules.measures.items() if id_ in wanted}
    # Any rule does: panels have the periods of the measures and those that rules ask for.
    asked = tuple(replace(rule, measures=(measure.id,), every=kind) for rule in rules.rules[:1])
    narrow = replace(rules, measures=measures, rules=asked)
    try:
        reading = as_known(narrow, state.readings, tick.at)
    except UsageError:
        return None
    return build_panels(reading, narrow, tick.as_of)


def _series(panels: Panels, alert: Alert) -> Iterator[tuple[Period, float]]:
    panel = panels.by_kind.get(alert.opened.kind)
    own = None if panel is None else panel.columns.get(alert.key.measure)
    if panel is None or own is None or alert.key.area not in panel.areas[own]:
        return
    column = own.start + panel.areas[own].index(alert.key.area)
    for row in np.flatnonzero(~np.isnan(panel.shown[:, column])).tolist():
        yield panel.period(row), float(panel.shown[row, column])
