"""Every kind of comparison against whole numbers: what the printed decimals say exactly is what is judged.

`./run pytest -m exhaustive tests/reference/test_exact_verdicts.py` tries a million cases of each kind.
"""

from collections.abc import Callable
from functools import partial

import numpy as np
import pytest
from samples.decimals import Draw, Figures
from samples.worlds import a_panel

from alerting.conditions.band import InBand
from alerting.conditions.change import Change
from alerting.conditions.kernels.comparison import Basis
from alerting.conditions.near_limit import NearLimit
from alerting.conditions.outside_limits import OutsideLimits
from alerting.conditions.outside_range import OutsideRange
from alerting.conditions.rank import Rank
from alerting.conditions.reduction_missed import ReductionMissed
from alerting.conditions.run import Run
from alerting.conditions.target_missed import TargetMissed
from alerting.conditions.trajectory import AboveTrajectory, BelowTrajectory
from alerting.conditions.trend import Trend
from alerting.conditions.variance import Variance
from alerting.domain import exact
from alerting.domain.block import Block
from alerting.domain.combining import Recipe
from alerting.domain.finding import Reason, State
from alerting.domain.measure import Aggregate, Level
from alerting.domain.parameters import Amount, Band
from alerting.limits.fixed import Fixed
from alerting.limits.previous_financial_year import PreviousFinancialYear

FEW, MANY = 20_000, 1_000_000
#: Cases judged at once, so that a million fit into memory.
PIECE = 50_000
Verdicts = tuple[np.ndarray, np.ndarray]
KINDS: dict[str, Callable[[Draw], Verdicts]] = {}


def kind(make: Callable[[Draw], Verdicts]) -> Callable[[Draw], Verdicts]:
    """Keep a kind of comparison: verdicts of the engine, and by whole numbers."""
    KINDS[make.__name__] = make
    return make


def exceptional(condition, rows: list[Figures], numbers=None, planes=None, row: int = -1) -> np.ndarray:
    return judged(condition, rows, numbers, planes).state[row] == State.EXCEPTION


def judged(condition, rows, numbers=None, planes=None, **extra):
    values = np.array(rows)
    beside = {name: np.array(plane) for name, plane in (planes or {}).items()}
    n = values.shape[1]
    panel = a_panel(
        [0.0], values=values, shown=values, planes=beside, columns={"m": slice(0, n)}, areas=("a",) * n,
        floor=np.full(n, -np.inf), ceiling=np.full(n, np.inf), **extra,
    )  # fmt: skip
    block = Block(panel, len(values) - 1, len(values), slice(0, n))
    return condition.judge(block, {name: np.array(number, ndmin=2) for name, number in (numbers or {}).items()})


def per_cent(number=1.0):
    return Amount(number=number, relative=True)


@kind
def target_at_least(draw):
    line = draw.signed(12)
    value = draw.beside(line)
    found = exceptional(TargetMissed(at_least=Level(number=0.0)), [draw.added(value)], {"target": draw.printed(line)})
    return found, value < line


@kind
def target_at_most(draw):
    line = draw.signed(12)
    value = draw.beside(line)
    found = exceptional(TargetMissed(at_most=Level(number=0.0)), [draw.added(value)], {"target": draw.printed(line)})
    return found, value > line


@kind
def target_of_a_ratio(draw):
    wanted, unit = draw.percents()
    bottom = draw.round()
    top = np.maximum(draw.beside(wanted * bottom // (100 * unit)), 0)
    value = np.where(
        draw.random.random(draw.cases) < 0.5, exact.ratio(top * 1.0, bottom * 1.0, 100.0), top / bottom * 100.0
    )
    found = exceptional(TargetMissed(at_least=Level(number=0.0)), [value], {"target": wanted / unit})
    return found, top * 100 * unit < wanted * bottom


@kind
def fixed_limits(draw):
    low = draw.signed(11)
    high = low + draw.whole(6)
    value = draw.beside(np.where(draw.random.random(draw.cases) < 0.5, low, high))
    lines = {f"limits.{name}": draw.added(line) for name, line in (("lower", low), ("upper", high))}
    lines["limits.centre"] = (lines["limits.lower"] + lines["limits.upper"]) / 2
    found = exceptional(OutsideLimits(limits=Fixed(lower=0.0, upper=0.0)), [draw.added(value)], lines)
    return found, (value < low) | (value > high)


@kind
def outside_a_range(draw):
    low = draw.signed(11)
    high = low + draw.whole(6)
    value = draw.beside(np.where(draw.random.random(draw.cases) < 0.5, low, high))
    found = exceptional(
        OutsideRange(low=0.0, high=0.0), [draw.added(value)], {"low": draw.printed(low), "high": draw.printed(high)}
    )
    return found, (value < low) | (value > high)


@kind
def edges_of_bands(draw):
    draw.places[:] = draw.places[0]  # the edges are one rule's
    edges = np.cumsum(draw.whole()[:3])
    red, amber, green = (float(edge) for edge in draw.printed(np.resize(edges, draw.cases))[:3])
    bands = (
        Band(name="black", at_least=None, below=red), Band(name="red", at_least=red, below=amber),
        Band(name="amber", at_least=amber, below=green), Band(name="green", at_least=green, below=None),
    )  # fmt: skip
    value = draw.beside(draw.random.choice(edges, draw.cases))
    found = judged(InBand(bands=bands), [draw.added(value)]).planes["band"][0]
    return found, np.searchsorted(edges, value, side="right")


def trajectory(draw, condition, way):
    plan, tolerance = draw.signed(10), draw.whole(6) * draw.random.integers(0, 2, draw.cases)
    value = draw.beside(plan + way * tolerance)
    numbers = {"plan": draw.printed(plan), "tolerance": draw.printed(tolerance)}
    return exceptional(condition(milestones=()), [draw.added(value)], numbers), (value - plan) * way > tolerance


def change(draw, way, *, relative, condition=Change):
    base = draw.signed(6) * 10 ** draw.random.integers(0, 4, draw.cases)
    if relative:
        percents = draw.percents()
        number, unit = percents
        amount, reached = number / unit, np.abs(base) * number
        line = base + way * (reached // (100 * unit))
        scale = 100 * unit
    else:
        wanted = draw.whole(6)
        amount, reached, scale = draw.printed(wanted), wanted, 1
        line = base + way * wanted
    value = draw.beside(line)
    given = Amount(number=1.0, relative=relative)
    if condition is ReductionMissed:
        rule, enough = ReductionMissed(at_least=given, versus="previous_period"), (base - value) * scale < reached
    else:
        name = "rises_by" if way > 0 else "falls_by"
        rule, enough = Change(versus="previous_period", **{name: given}), (value - base) * way * scale >= reached
    return exceptional(rule, [draw.printed(base), draw.added(value)], {"amount": amount}), enough


@kind
def any_move(draw):
    base = draw.signed(12)
    value = draw.beside(base)
    rule = Change(versus="previous_period", moves_by=per_cent(0.0))
    return exceptional(rule, [draw.printed(base), draw.added(value)], {"amount": 0.0}), value != base


@kind
def rise_on_last_year(draw):
    base, percents = draw.signed(6) * 100, draw.percents()
    number, unit = percents
    value = draw.beside(base + np.abs(base) * number // (100 * unit))
    rows = [draw.printed(base), *[np.full(draw.cases, np.nan)] * 11, draw.added(value)]
    rule = Change(versus="same_period_last_year", rises_by=per_cent())
    return exceptional(rule, rows, {"amount": number / unit}), (value - base) * 100 * unit >= np.abs(base) * number


def spans(draw, months, gap, versus, *, signed):
    """Sums of as many months now as a year before, the last of them set so that the rise is near what is looked for."""
    number, unit = draw.percents()
    parts = [draw.signed(5) if signed else draw.whole(5) for _ in range(2 * months - 1)]
    base = sum(parts[:months])
    line = base + np.abs(base) * number // (100 * unit)
    parts.append(draw.beside(line - sum(parts[months:])))
    value = sum(parts[months:])
    nothing = [np.full(draw.cases, np.nan)] * gap
    figures = [draw.printed(part) for part in parts]
    rule = Change(versus=versus, rises_by=per_cent(), basis=Basis(recipe=Recipe(how=Aggregate.SUM)))
    made = judged(rule, [*figures[:months], *nothing, *figures[months:]], {"amount": number / unit})
    return made, base, (value - base) * 100 * unit >= np.abs(base) * number


@kind
def rise_of_the_year_to_date(draw):
    made, base, enough = spans(draw, 3, 9, "year_to_date", signed=True)
    return made.state[0] == State.EXCEPTION, enough & (base != 0)


@kind
def rise_of_twelve_months(draw):
    made, _, enough = spans(draw, 12, 0, "rolling_12_months", signed=False)
    return made.state[0] == State.EXCEPTION, enough


@kind
def bases_of_nothing(draw):
    first, second = draw.signed(9), draw.signed(9)
    third = draw.beside(-first - second)
    base = [draw.printed(part) for part in (first, second, third)]
    rows = [*base, *[np.full(draw.cases, np.nan)] * 9, *[np.ones(draw.cases)] * 3]
    rule = Change(versus="year_to_date", rises_by=per_cent(), basis=Basis(recipe=Recipe(how=Aggregate.SUM)))
    made = judged(rule, rows, {"amount": 1.0})
    reasons = np.zeros((1, draw.cases)) if made.reason is None else made.reason
    return reasons[0] == Reason.ZERO_BASE.code, first + second + third == 0


@kind
def rise_of_a_ratio_of_sums(draw):
    number, unit = draw.percents()
    n0, d0, d1 = ([draw.whole(4), draw.whole(4)] for _ in range(3))
    line = sum(n0) * sum(d1) * (100 * unit + number) // (sum(d0) * 100 * unit)
    n1 = [np.minimum(draw.whole(3), line), line]
    n1[1] = draw.beside(line - n1[0])
    planes = {
        name: [*(part * 1.0 for part in then), *[np.full(draw.cases, np.nan)] * 10, *(part * 1.0 for part in now)]
        for name, then, now in (("numerator", n0, n1), ("denominator", d0, d1))
    }
    values = [top / bottom * 100 for top, bottom in zip(planes["numerator"], planes["denominator"], strict=True)]
    recipe = Recipe(how=Aggregate.RATIO, scale=100.0)
    rule = Change(versus="year_to_date", rises_by=per_cent(), basis=Basis(recipe=recipe))
    found = exceptional(rule, values, {"amount": number / unit}, planes)
    now, then = sum(n1) * sum(d0) * 100 * unit, sum(n0) * sum(d1) * (100 * unit + number)
    return found, now >= then


def variance(draw, side, way, *, relative):
    plan = draw.signed(6) * 10 ** draw.random.integers(0, 4, draw.cases)
    if relative:
        number, unit = draw.percents()
        amount, allowed, scale = number / unit, np.abs(plan) * number, 100 * unit
    else:
        allowed, scale = draw.whole(6), 1
        amount = draw.printed(allowed)
    value = draw.beside(plan + way * (allowed // scale))
    numbers = {"over": np.inf, "under": np.inf} | {side: amount}
    rule = Variance(**{side: Amount(number=1.0, relative=relative)})
    found = exceptional(rule, [draw.added(value)], numbers, {"plan": [draw.printed(plan)]})
    return found, (value - plan) * way * scale > allowed


@kind
def run_beside_a_fixed_centre(draw):
    centre = draw.signed(11)
    values = [draw.beside(centre) for _ in range(2)]
    lines = {f"limits.{name}": draw.printed(centre) for name in ("centre", "lower", "upper")}
    rule = Run(length=2, of=Fixed(centre=0.0))
    found = exceptional(rule, [draw.added(value) for value in values], lines)
    first, second = (np.sign(value - centre) for value in values)
    return found, (first == second) & (first != 0)


@kind
def run_beside_a_mean(draw):
    """The last of a year is set so that the mean is a printed decimal."""
    middle = draw.whole(6, 3) * 10
    year = [draw.beside(middle) for _ in range(11)]
    year.append(12 * middle - sum(year))
    values = [draw.beside(middle) for _ in range(2)]
    found = exceptional(Run(length=2, of=PreviousFinancialYear()), [draw.printed(value) for value in (*year, *values)])
    first, second = (np.sign(value - middle) for value in values)
    return found, (first == second) & (first != 0)


@kind
def rising(draw):
    first = draw.signed(11)
    second = draw.beside(first)
    third = draw.beside(second)
    found = exceptional(Trend(direction="rising", length=3), [draw.added(value) for value in (first, second, third)])
    return found, (first < second) & (second < third)


@kind
def near_a_limit(draw):
    centre, third = draw.signed(9), draw.whole(6)
    limit = centre + 3 * third
    value = draw.beside(np.where(draw.random.random(draw.cases) < 0.5, limit, centre + 2 * third))
    lines = {"centre": centre, "upper": limit, "lower": centre - 3 * third}
    numbers = {f"limits.{name}": draw.printed(line) for name, line in lines.items()}
    rule = NearLimit(limits=Fixed(lower=0.0, upper=0.0), points=1, out_of=1)
    return exceptional(rule, [draw.added(value)], numbers), (abs(value - centre) > 2 * third) & (
        abs(value - centre) <= 3 * third
    )


@kind
def places_among_areas(draw):
    areas = 5
    groups = draw.cases // areas
    draw.places = np.repeat(draw.places[:groups], areas)
    draw.cases = groups * areas
    value = draw.beside(np.repeat(draw.signed(11)[:groups], areas))
    siblings = np.repeat(np.arange(groups), areas)
    found = judged(Rank(worse_than=3), [draw.added(value)], {"worse_than": 3.0}, siblings=siblings).planes["place"][0]
    own = value.reshape(groups, areas)
    place = 1 + (own[:, None, :] > own[:, :, None]).sum(axis=2)
    return found, place.ravel()


KINDS |= {
    "below_a_trajectory": partial(trajectory, condition=BelowTrajectory, way=-1),
    "above_a_trajectory": partial(trajectory, condition=AboveTrajectory, way=1),
    "rise_in_percent": partial(change, way=1, relative=True),
    "fall_in_percent": partial(change, way=-1, relative=True),
    "rise_in_units": partial(change, way=1, relative=False),
    "fall_in_units": partial(change, way=-1, relative=False),
    "reduction_in_percent": partial(change, way=-1, relative=True, condition=ReductionMissed),
    "reduction_in_units": partial(change, way=-1, relative=False, condition=ReductionMissed),
    "over_in_percent": partial(variance, side="over", way=1, relative=True),
    "under_in_percent": partial(variance, side="under", way=-1, relative=True),
    "over_in_units": partial(variance, side="over", way=1, relative=False),
}


@pytest.mark.parametrize("name", KINDS)
def test_verdicts_are_those_of_the_printed_decimals(name):
    found, right = KINDS[name](Draw(FEW))
    assert np.flatnonzero(found != right).tolist()[:5] == []
    assert 0.05 < np.mean(right == right[0]) < 0.999  # both verdicts come up


@pytest.mark.exhaustive
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("name", KINDS)
def test_verdicts_are_those_of_a_million_printed_decimals(name):
    wrong = 0
    for seed in range(MANY // PIECE):
        found, right = KINDS[name](Draw(PIECE, seed + 2))
        wrong += int((found != right).sum())
    assert wrong == 0


@pytest.mark.parametrize("digits", range(1, 15))
def test_figures_apart_by_the_last_of_their_digits_are_never_equal(digits):
    draw = Draw(2_000, digits)
    figure = 10 ** (digits - 1) + (draw.random.random(draw.cases) * 9 * 10 ** (digits - 1)).astype(np.int64)
    draw.places = draw.random.integers(0, digits + 3, draw.cases)
    here, there = draw.printed(figure), draw.printed(figure + 1)
    assert not exact.equal(here, there).any()
    assert exact.below(here[None], there[None]).all()
    assert exact.above(there[None], here[None]).all()
    assert exact.above(there[None], float(here[0])).sum() == np.sum(there > here[0])
    assert not any(exact.same(a, b) for a, b in zip(here.tolist(), there.tolist(), strict=True))
