"""Figures that their own row contradicts: a value that is not its numerator over its denominator, or a share of more than all."""

from collections.abc import Callable, Iterator

import numpy as np

from alerting.domain.aggregation import AMOUNTS
from alerting.domain.arrays import Flags, Floats
from alerting.domain.measure import Measure, Polarity, Unit
from alerting.domain.rule import RuleSet
from alerting.figures.observations import Observations

#: Digits after the point that are looked for in a printed value; one with more is taken as printed in full.
_MOST_DECIMALS = 6
#: A target of at least this many percent beside figures that never pass 1: they are fractions. Where lower is better, shares of
#: less than one percent may well be meant until the target is far away.
_FAR, _FAR_FROM_GOOD = 10.0, 50.0
#: (code, what, fix, rows that are named, how a row's figures are written)
Suspicion = tuple[str, str, str, Flags, Callable[[int], str]]


def suspicions(read: Observations, rules: RuleSet) -> Iterator[Suspicion]:
    """Yield what a source's rows contradict in themselves, with the rows concerned."""
    measures = list(rules.measures.values())
    value = read.columns.get("value")
    top, bottom = read.columns.get("numerator"), read.columns.get("denominator")
    made: Floats | None = None
    if top is not None and bottom is not None:
        scale = np.array([measure.ratio_scale for measure in measures] or [1.0])[read.measure]
        with np.errstate(all="ignore"):
            made = top / bottom * scale
        yield from _of_ratios(read, measures, _nothing(made) if value is None else value, made)
    if value is None:
        return
    fractions = _fractions(read, rules, value, made)
    if fractions.any():
        fix = "write percents as 83 for 83%"
        yield (
            "percent-as-fraction",
            "a fraction where percents hold 83 for 83%",
            fix,
            fractions,
            lambda n: f"{value[n]:.12g}",
        )


def _of_ratios(read: Observations, measures: list[Measure], value: Floats, made: Floats) -> Iterator[Suspicion]:
    top, bottom = read.columns["numerator"], read.columns["denominator"]

    def words(n: int) -> str:
        printed = "" if np.isnan(value[n]) else f"{value[n]:.12g} beside "
        return f"{printed}{top[n]:.12g} of {bottom[n]:.12g}, which makes {made[n]:.6g}"

    shares = np.array([measure.unit not in AMOUNTS for measure in measures] or [False])[read.measure]
    apart = shares & apart_from(value, made)
    if apart.any():
        percents = np.array([measure.unit is Unit.PERCENT for measure in measures] or [False])[read.measure]
        fix = "mend the value or its numerator and denominator"
        if (apart & percents).any():
            fix = f"{fix}; where the value is a fraction, write 83 for 83%"
        yield "contradicts-its-parts", "not what its numerator and denominator make", fix, apart, words
    low, high = (
        np.array([np.nan if bound is None else bound for bound in bounds] or [np.nan])[read.measure]
        for bounds in ([m.minimum for m in measures], [m.maximum for m in measures])
    )
    with np.errstate(invalid="ignore"):
        beyond = np.isnan(value) & np.isfinite(made) & ((made < low) | (made > high))
    if beyond.any():
        fix = "mend the numerator or denominator, or declare minimum: and maximum: on the measure"
        yield "beyond-bounds", "beyond what the measure can be", fix, beyond, words


def apart_from(value: Floats, made: Floats) -> Flags:
    """Return which printed values are not the rounded form of what was made."""
    with np.errstate(invalid="ignore"):
        apart: Flags = np.abs(value - made) > _rounding(value) * (1 + 1e-9) + 1e-9 * np.abs(made)
    return apart & np.isfinite(made)


def _rounding(value: Floats) -> Floats:
    """Return half a unit of each value's last printed digit."""
    half = np.full(value.shape, 0.5 * 10.0**-_MOST_DECIMALS)
    for decimals in reversed(range(_MOST_DECIMALS)):
        with np.errstate(invalid="ignore"):
            scaled = value * 10.0**decimals
            printed = np.abs(scaled - np.rint(scaled)) <= 1e-9 * np.maximum(np.abs(scaled), 1)
        half[printed] = 0.5 * 10.0**-decimals
    return half


def _nothing(like: Floats) -> Floats:
    return np.full(len(like), np.nan)


def _fractions(read: Observations, rules: RuleSet, value: Floats, made: Floats | None) -> Flags:
    """Return the rows of percents that are all between 0 and 1 although what is wanted of them is far above.

    Where numerator and denominator say by themselves what a value is (`made`), that row says nothing of it.
    """
    flags, there = np.zeros(len(value), dtype=bool), np.zeros(len(rules.measures), dtype=bool)
    percents = far_percents(rules)
    if percents:
        there[read.measure] = True
    for n in (n for n in percents if there[n]):
        own = (read.measure == n) & ~np.isnan(value)
        if made is not None:
            own &= ~np.isfinite(made)
        if own.any() and value[own].min() >= 0 and 0 < value[own].max() <= 1:
            flags |= own
    return flags


def far_percents(rules: RuleSet) -> tuple[int, ...]:
    """Return the places of percents of which so much is wanted that figures between 0 and 1 cannot be meant."""
    return tuple(n for n, measure in enumerate(rules.measures.values()) if _is_far(measure, rules))


def _is_far(measure: Measure, rules: RuleSet) -> bool:
    if measure.unit is not Unit.PERCENT:
        return False
    wanted = _wanted(measure, rules)
    return bool(wanted) and min(wanted) >= (_FAR_FROM_GOOD if measure.better is Polarity.LOWER else _FAR)


def _wanted(measure: Measure, rules: RuleSet) -> list[float]:
    """Return the targets of a measure and of the rules on it, as far as they are numbers."""
    levels = [measure.target]
    for rule in rules.rules:
        if measure.id in rule.measures:
            levels += [level for part in rule.when.plain_parts() for level in part.condition.levels]
    return [number for level in levels if level is not None for number in level.numbers()]
