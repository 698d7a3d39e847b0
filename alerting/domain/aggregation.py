"""How a measure's figures make the figure of several periods, or of several areas: the one answer for all who ask."""

from collections.abc import Mapping
from dataclasses import replace

from alerting.domain.measure import Aggregate, Level, Measure, RollUp, Unit
from alerting.domain.period import PeriodKind

#: Units whose figures are amounts of something, so that the parts' make the whole's.
AMOUNTS = (Unit.COUNT, Unit.CURRENCY)


def over_time(measure: Measure, *, has_parts: bool = False) -> Aggregate | None:
    """Return how coarser periods and rolling windows are made; None: they are not, only printed ones count.

    Args:
        has_parts: whether numerators and denominators come with the measure's figures.
    """
    if measure.aggregate is not None:
        return measure.aggregate
    if has_parts or measure.of is not None:
        return Aggregate.RATIO
    return Aggregate.SUM if measure.unit in AMOUNTS else None


def over_areas(measure: Measure, *, has_parts: bool = False) -> Aggregate | None:
    """Return how a parent's figure is made of its children's, whatever happens over time; None: it is not.

    `sum` of percents and rates means what `true` does: nobody adds up percentages of areas.
    """
    if measure.roll_up is RollUp.NONE:
        return None
    if measure.roll_up is RollUp.MEAN:
        return Aggregate.MEAN
    if has_parts or measure.of is not None:
        return Aggregate.RATIO
    by_itself = measure.roll_up is RollUp.SUM and measure.unit not in (Unit.PERCENT, Unit.RATE)
    return Aggregate.SUM if by_itself or measure.unit in AMOUNTS else None


def parts_over_time(measure: Measure) -> tuple[Aggregate | None, Aggregate | None]:
    """Return how numerators and denominators make those of several periods: columns are added up, measures go by their own."""
    of = measure.of
    return (Aggregate.SUM, Aggregate.SUM) if of is None else (of.numerator_by, of.denominator_by)


def with_parts_resolved(measures: Mapping[str, Measure]) -> dict[str, Measure]:
    """Return the measures, each that is made of two others with what these say of themselves."""
    return {id_: _resolved(measure, measures) for id_, measure in measures.items()}


def _resolved(measure: Measure, measures: Mapping[str, Measure]) -> Measure:
    if measure.of is None:
        return measure
    top, bottom = measures.get(measure.of.numerator), measures.get(measure.of.denominator)
    of = replace(
        measure.of,
        numerator_by=None if top is None else over_time(top),
        denominator_by=None if bottom is None else over_time(bottom),
    )
    return replace(measure, of=of)


def as_judged(measure: Measure, every: PeriodKind, how: Aggregate | None) -> Measure:
    """Return the measure as rules on periods of one kind meet it: with how its figures were made, and the target that holds there.

    A target is one for the measure's own period: a sum of periods is held against the sum of theirs, all else against the
    one in force on the last day. A column has gone along with the figures already, and a rolling value has its own target.
    """
    target = measure.target
    summed = how is Aggregate.SUM and every is not measure.every and measure.covers is None and measure.rolling is None
    if summed and target is not None:
        target = _summed(target, measure.every)
    if target is measure.target and how is measure.aggregate:
        return measure
    return replace(measure, target=target, aggregate=how)


def _summed(level: Level, every: PeriodKind) -> Level:
    if level.column is not None:
        return level
    if level.by_area is not None:
        return Level(by_area=tuple((area, _summed(own, every)) for area, own in level.by_area))
    return Level(summed=level, every=every)
