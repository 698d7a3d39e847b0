"""One line for each condition and limits method: how to make it on figures written in another gauge, and what then holds.

A new method under `limits:` is one line in LIMITS, a new condition one in CASES; the suites that read these tables do the rest.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from alerting.conditions.above_upper_limit import AboveUpperLimit
from alerting.conditions.average_moved import AverageMoved
from alerting.conditions.band import InBand
from alerting.conditions.below_lower_limit import BelowLowerLimit
from alerting.conditions.change import Change
from alerting.conditions.composition import AllOf, AnyOf, Not
from alerting.conditions.near_limit import NearLimit
from alerting.conditions.outside_limits import OutsideLimits
from alerting.conditions.outside_range import OutsideRange
from alerting.conditions.reduction_missed import ReductionMissed
from alerting.conditions.run import Run
from alerting.conditions.target_missed import TargetMissed
from alerting.conditions.trajectory import AboveTrajectory, BelowTrajectory
from alerting.conditions.trend import Trend
from alerting.conditions.variance import Variance
from alerting.conditions.will_miss import WillMiss
from alerting.domain.condition import Amount, Band, Baseline, Condition, LimitsMethod, Milestone, MinimumCases
from alerting.domain.measure import Level
from alerting.domain.period import Calendar
from alerting.limits.attribute_charts import CChart, PChart, UChart
from alerting.limits.fixed import Fixed
from alerting.limits.previous_financial_year import PreviousFinancialYear
from alerting.limits.published import Published
from alerting.limits.rebased_average import RebasedAverage
from alerting.limits.rolling import Rolling
from alerting.limits.seasonal import Seasonal
from alerting.limits.xmr import Xmr

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Gauge:
    """Another way to write the same figures: factor x value + offset. A negative factor turns high into low."""

    factor: float = 1.0
    offset: float = 0.0

    def level(self, value: float) -> float:
        """Where a value stands."""
        return self.factor * value + self.offset

    def size(self, value: float) -> float:
        """How large a difference is."""
        return abs(self.factor) * value

    @property
    def turned(self) -> bool:
        """Whether high has become low."""
        return self.factor < 0

    def either(self, this: T, other: T) -> T:
        """*this*, or *other* where high has become low."""
        return other if self.turned else this


AS_IT_IS = Gauge()
MIRRORED = Gauge(-1.0)


@dataclass(frozen=True, kw_only=True)
class MethodCase:
    """A limits method; `make` gets the gauge that the figures are written in."""

    make: Callable[[Gauge], LimitsMethod]
    figures: str = "plain"
    #: Why shifted, scaled or mirrored figures do not give limits that are shifted, scaled or mirrored with them.
    no_shift: str = ""
    no_scale: str = ""
    no_mirror: str = ""
    #: Whether limits come from the series' own past, so that a missing figure moves those of later periods.
    learns: bool = True


@dataclass(frozen=True, kw_only=True)
class Case:
    """A condition; `make` gets the gauge that the figures are written in."""

    id: str
    make: Callable[[Gauge], Condition]
    #: plain (any numbers), percent and rate (with numerator and denominator), count.
    figures: str = "plain"
    no_shift: str = ""
    no_scale: str = ""
    no_mirror: str = ""
    learns: bool = False
    #: How many figures in a row, up to the judged one, an exception needs.
    window: int = 1
    #: Whether `change` is in percent rather than in the measure's unit.
    relative: bool = False


def limits_between(gauge: Gauge, low: float, high: float, centre: float | None = None) -> Fixed:
    ends = sorted((gauge.level(low), gauge.level(high)))
    return Fixed(lower=ends[0], upper=ends[1], centre=None if centre is None else gauge.level(centre))


MONTH = Calendar().parse_exact
POISSON = "the width of Poisson limits is the root of the centre, whatever the unit"
BINOMIAL = "the width of binomial limits depends on where the centre lies between 0 and 100 %"
NEVER_BELOW_ZERO = "counts have no other side"

LIMITS: dict[str, MethodCase] = {
    "fixed": MethodCase(make=lambda g: limits_between(g, 8.125, 12.125), learns=False),
    "published": MethodCase(make=lambda _: Published(), learns=False),
    "previous_financial_year": MethodCase(make=lambda _: PreviousFinancialYear(sigmas=1.5)),
    "rebased_average": MethodCase(make=lambda _: RebasedAverage(baseline=5, run=4, sigmas=1.5)),
    "rebased_average-proposed": MethodCase(
        make=lambda _: RebasedAverage(baseline=4, run=3, mode="propose", rebase_on=(MONTH("2019-03"),))
    ),
    "xmr": MethodCase(make=lambda _: Xmr()),
    "xmr-one-sigma-unscreened": MethodCase(make=lambda _: Xmr(sigmas=1.0, screen=False, minimum_points=4)),
    "xmr-first-figures": MethodCase(make=lambda _: Xmr(baseline=Baseline(first=8), rebase_on=(MONTH("2019-06"),))),
    "xmr-dated": MethodCase(
        make=lambda _: Xmr(sigmas=2.0, baseline=Baseline(since=date(2018, 6, 1), until=date(2019, 3, 31)))
    ),
    "rolling": MethodCase(make=lambda _: Rolling(window=6, sigmas=1.5)),
    "p": MethodCase(make=lambda _: PChart(sigmas=1.5), figures="percent", no_shift=BINOMIAL, no_scale=BINOMIAL),
    "u": MethodCase(
        make=lambda _: UChart(sigmas=1.5, rebase_on=(MONTH("2019-06"),)), figures="rate",
        no_shift=POISSON, no_scale=POISSON, no_mirror=NEVER_BELOW_ZERO,
    ),
    "seasonal": MethodCase(
        make=lambda _: Seasonal(years=1, leave_out=2, minimum_cases=MinimumCases(count=1, periods=1)), figures="count",
        no_shift=POISSON, no_scale=POISSON, no_mirror=NEVER_BELOW_ZERO,
    ),
    "c": MethodCase(
        make=lambda _: CChart(sigmas=1.5, baseline=Baseline(first=9)), figures="count",
        no_shift=POISSON, no_scale=POISSON, no_mirror=NEVER_BELOW_ZERO,
    ),
}  # fmt: skip


def on(name: str, make: Callable[[Gauge, LimitsMethod], Condition], window: int = 1) -> list[Case]:
    """The condition on every limits method; an average that is re-based decides runs of its own."""
    return [
        Case(
            id=f"{name}/{key}", make=lambda g, m=method: make(g, m.make(g)), figures=method.figures, window=window,
            no_shift=method.no_shift, no_scale=method.no_scale, no_mirror=method.no_mirror, learns=method.learns,
        )
        for key, method in LIMITS.items()
    ]  # fmt: skip


def plan(gauge: Gauge) -> tuple[Milestone, ...]:
    steps = ((date(2018, 6, 30), 8.125), (date(2019, 1, 15), 13.625), (date(2019, 12, 31), 9.375))
    return tuple(Milestone(date=day, value=gauge.level(value)) for day, value in steps)


def bands(gauge: Gauge) -> tuple[Band, ...]:
    """Worst first; edges lie between the figures, since a mirrored band holds its other end."""
    edges = ((None, 7.1), (7.1, 10.1), (10.1, None))
    named = zip(("red", "amber", "green"), edges, strict=True)
    if not gauge.turned:
        return tuple(Band(name=name, at_least=_at(gauge, low), below=_at(gauge, high)) for name, (low, high) in named)
    return tuple(Band(name=name, at_least=_at(gauge, high), below=_at(gauge, low)) for name, (low, high) in named)


def _at(gauge: Gauge, value: float | None) -> float | None:
    return None if value is None else gauge.level(value)


def target(gauge: Gauge, **extra: object) -> TargetMissed:
    level = Level(number=gauge.level(9.75))
    return TargetMissed(**{gauge.either("at_least", "at_most"): level, **extra})  # type: ignore[arg-type]


def rise(gauge: Gauge, number: float, versus: str, *, relative: bool, **extra: object) -> Change:
    amount = Amount(number=number if relative else gauge.size(number), relative=relative)
    return Change(versus=versus, **{gauge.either("rises_by", "falls_by"): amount, **extra})  # type: ignore[arg-type]


def sides(gauge: Gauge) -> str:
    return gauge.either("above", "below")


RATIO = "a percentage of the base depends on where zero is"
ONE_WAY = "a rise that is wanted and does not come is no reduction that is missed"
SPANS = ("previous_period", "same_period_last_year", "year_to_date", "rolling_12_months")

CASES: list[Case] = [
    *on("above_upper_limit", lambda g, m: g.either(AboveUpperLimit, BelowLowerLimit)(limits=m)),
    *on("below_lower_limit", lambda g, m: g.either(BelowLowerLimit, AboveUpperLimit)(limits=m)),
    *on("outside_limits", lambda _, m: OutsideLimits(limits=m)),
    *on("run", lambda _, m: Run(of=m, length=4), window=4),
    *on("run-one-side", lambda g, m: Run(of=m, length=3, side=sides(g)), window=3),
    Case(id="run-longer-than-a-move", learns=True, window=5, make=lambda _: Run(
        of=RebasedAverage(baseline=3, run=3), length=5)),
    *on("near_limit", lambda _, m: NearLimit(limits=m), window=3),
    *on("near_limit-three-of-four", lambda _, m: NearLimit(limits=m, points=3, out_of=4), window=4),
    Case(id="average_moved", make=lambda _: AverageMoved(limits=RebasedAverage(baseline=5, run=4)), learns=True, window=4),
    Case(
        id="average_moved-proposed", learns=True, window=3,
        make=lambda _: AverageMoved(limits=RebasedAverage(baseline=5, run=3, mode="propose")),
    ),
    Case(id="trend", make=lambda _: Trend(length=3), window=3),
    Case(id="trend-one-way", make=lambda g: Trend(length=4, direction=g.either("falling", "rising")), window=4),
    Case(id="target_missed", make=target),
    Case(id="target_missed-due", make=lambda g: target(g, due=date(2019, 6, 1))),
    Case(id="outside_range", make=lambda g: OutsideRange(
        low=min(g.level(8.125), g.level(12.125)), high=max(g.level(8.125), g.level(12.125)))),
    Case(id="band", make=lambda g: InBand(bands=bands(g), exception_from="amber")),
    Case(id="band-worst", make=lambda g: InBand(bands=bands(g))),
    Case(id="below_trajectory", make=lambda g: g.either(BelowTrajectory, AboveTrajectory)(
        milestones=plan(g), tolerance=g.size(0.5))),
    Case(id="above_trajectory", make=lambda g: g.either(AboveTrajectory, BelowTrajectory)(
        milestones=plan(g), shape="step")),
    Case(id="variance", make=lambda g: Variance(
        over=Amount(number=g.size(g.either(2.125, 1.125))), under=Amount(number=g.size(g.either(1.125, 2.125))))),
    Case(id="variance-relative", relative=True, no_shift=RATIO, make=lambda g: Variance(
        **{g.either("over", "under"): Amount(number=12.3, relative=True)})),
    *[
        Case(id=f"change-{span}", make=lambda g, s=span: rise(g, 12.3, s, relative=True), relative=True, no_shift=RATIO)
        for span in SPANS
    ],
    Case(id="change-in-the-unit", make=lambda g: rise(g, 1.0, "previous_period", relative=False)),
    Case(id="change-any", make=lambda g: rise(g, 0.0, "same_period_last_year", relative=False)),
    Case(id="change-sum-in-the-unit", make=lambda g: rise(g, 3.0, "year_to_date", relative=False)),
    Case(id="change-either-way", relative=True, no_shift=RATIO, make=lambda _: Change(
        versus="previous_period", moves_by=Amount(number=12.3, relative=True))),
    *[
        Case(
            id=f"change-significant-{span}", figures="percent", relative=True, no_shift=RATIO, no_scale=BINOMIAL,
            no_mirror="a percentage of the share of failures is another than one of the share of successes",
            make=lambda g, s=span: rise(g, 5.0, s, relative=True, significant=Amount(number=80.0, relative=True)),
        )
        for span in SPANS
    ],
    Case(id="change-of-a-rate", figures="rate", no_shift=POISSON, no_scale=POISSON, no_mirror=NEVER_BELOW_ZERO,
         make=lambda g: rise(g, 5.0, "year_to_date", relative=True), relative=True),
    Case(id="reduction_missed", relative=True, no_shift=RATIO, no_mirror=ONE_WAY, make=lambda _: ReductionMissed(
        at_least=Amount(number=5.0, relative=True), versus="previous_period")),
    Case(id="reduction_missed-in-the-unit", no_mirror=ONE_WAY, make=lambda g: ReductionMissed(
        at_least=Amount(number=g.size(1.0)))),
    Case(id="will_miss", learns=True, make=lambda g: WillMiss(
        **{g.either("at_least", "at_most"): Level(number=g.level(9.75))}, due=date(2020, 3, 31))),
    Case(id="will_miss-plan", learns=True, make=lambda g: WillMiss(
        milestones=plan(g), confidence=Amount(number=60.0, relative=True))),
    Case(id="any_of", make=lambda g: AnyOf(parts=(target(g), Trend(length=3))), window=1),
    Case(id="all_of", make=lambda g: AllOf(parts=(Trend(length=3), target(g))), window=3),
    Case(id="not", make=lambda g: Not(part=target(g))),
]  # fmt: skip
#: Judged by the clock, not by figures.
BY_THE_CLOCK = {"not_fresh"}
#: Judged among other areas, not from a series by itself: tests/unit/conditions/test_among_areas.py.
AMONG_AREAS, LIMITS_AMONG_AREAS = {"rank", "outlier_among_areas"}, {"funnel"}
#: For daily counts only: tests/unit/limits/test_rare_events_slowly.py.
LIMITS_BY_THE_DAY = {"g", "t"}


def of(conditions: Iterable[str], figures: str) -> list[Case]:
    """The cases of some conditions on one kind of figures."""
    wanted = set(conditions)
    return [case for case in CASES if case.make(AS_IT_IS).key in wanted and case.figures == figures]


@dataclass(frozen=True, slots=True, repr=False)
class Group:
    """Cases of one condition on one kind of figures: judged together, so that blocks and limits are shared as in service."""

    key: str
    figures: str
    cases: list[Case] = field(hash=False)

    def __repr__(self) -> str:
        return f"{self.key}-{self.figures}"


def groups() -> list[Group]:
    """All cases by condition and kind of figures."""
    pairs = dict.fromkeys((case.make(AS_IT_IS).key, case.figures) for case in CASES)
    return [Group(key, figures, of({key}, figures)) for key, figures in pairs]
