"""Random worlds to be worded: a measure of any unit, a few series full of ties and extremes, and rules of every condition."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import Any

import numpy as np

from alerting.conditions.above_upper_limit import AboveUpperLimit
from alerting.conditions.average_moved import AverageMoved
from alerting.conditions.band import InBand
from alerting.conditions.below_lower_limit import BelowLowerLimit
from alerting.conditions.change import Change
from alerting.conditions.composition import AllOf, AnyOf, Not
from alerting.conditions.near_limit import NearLimit
from alerting.conditions.not_fresh import NotFresh
from alerting.conditions.outlier_among_areas import OutlierAmongAreas
from alerting.conditions.outside_limits import OutsideLimits
from alerting.conditions.outside_range import OutsideRange
from alerting.conditions.rank import Rank
from alerting.conditions.reduction_missed import ReductionMissed
from alerting.conditions.run import Run
from alerting.conditions.target_missed import TargetMissed
from alerting.conditions.trajectory import AboveTrajectory, BelowTrajectory
from alerting.conditions.trend import Trend
from alerting.conditions.variance import Variance
from alerting.conditions.will_miss import WillMiss
from alerting.domain.area import Area, AreaTree
from alerting.domain.condition import Amount, Band, Condition, LimitsMethod, Milestone, MinimumCases
from alerting.domain.finding import Reason, State
from alerting.domain.measure import Covers, Expected, Level, Match, Measure, Polarity, Span, Unit, Window
from alerting.domain.panel import Panel
from alerting.domain.period import Calendar, PeriodKind
from alerting.domain.rule import RuleSet
from alerting.domain.spans import cumulated
from alerting.evaluation.engine import evaluate
from alerting.evaluation.findings import findings
from alerting.evaluation.found import Found
from alerting.limits.attribute_charts import CChart, PChart, UChart
from alerting.limits.fixed import Fixed
from alerting.limits.previous_financial_year import PreviousFinancialYear
from alerting.limits.published import Published
from alerting.limits.rebased_average import RebasedAverage
from alerting.limits.rolling import Rolling
from alerting.limits.seasonal import Seasonal
from alerting.limits.xmr import Xmr
from samples.worlds import rules_for

#: Rows of a panel, by kind: enough for the year before and the one before that.
ROWS = {
    PeriodKind.DAY: 40, PeriodKind.WEEK: 112, PeriodKind.MONTH: 50, PeriodKind.QUARTER: 14, PeriodKind.YEAR: 10,
}  # fmt: skip
#: What is called so in rule files.
TITLES = (
    "Total recorded crime", "Rape", "999 calls answered within 10 seconds", "Missing person reports", "ASB incidents",
    "Child at Risk", "Average emergency response time", "Criminal damage & arson",
)  # fmt: skip
SENTENCES = (
    "{value} of 999 calls were answered within 10 seconds", "Victims waited {value}", "{period}, {value} were recorded",
    "In {area}, {value} were seen", "{area}: {value} reported",
)  # fmt: skip
NAMES = ("offences", "calls", "missing persons", "burglaries", "losses", "searches", "people", "members of staff")
PLACES = ("Herefordshire", "Telford & Wrekin", "North Worcestershire")
SHAPES = (
    "flat",
    "small counts",
    "steps",
    "rising",
    "falling",
    "wild",
    "near ties",
    "near ties",
    "round",
    "mixed signs",
    "zeros",
    "tiny",
    "huge",
)
NOTHING = float("nan")
HOLD = Window(id="tested", match=Match(), since=None, until=None, words="Being tested after the new system.")


@dataclass(frozen=True, slots=True)
class Spoken:
    """A finding with its words, the plain condition that decided, and the verdict that it gave itself."""

    found: Found
    text: str
    subject: str
    #: What a mail's subject says of it, with room for all of it.
    brief: str
    condition: Condition
    verdict: State
    as_of: date
    #: Whether the series has no newer figure, of those that came and cannot be used too.
    is_newest: bool


def world(seed: int, wanted: int = 30) -> list[Spoken]:
    """Return at most *wanted* of the findings of a world: exceptions most, then normal ones, then those without a verdict."""
    random = Random(seed)
    kind = random.choice([*PeriodKind, PeriodKind.MONTH])
    measure = a_measure(random, kind)
    panel = a_panel(random, measure, kind)
    rules = rules_of(random, measure, panel)
    as_of = panel.period(panel.n_periods).first_day + timedelta(days=random.choice([0, 0, 3, 40]))
    made = findings(evaluate(rules, {kind: panel}, as_of, every_period=True), text="none")
    random.shuffle(made)
    exceptions = [one for one in made if one.finding.state is State.EXCEPTION][: wanted * 3 // 5]
    normal = [one for one in made if one.finding.state is State.NORMAL][: wanted * 3 // 10]
    others = [one for one in made if not one.finding.state.is_verdict]
    return [_spoken(one, as_of, panel) for one in (exceptions + normal + others)[:wanted]]


def _spoken(found: Found, as_of: date, seen: Panel) -> Spoken:
    found.with_text()
    condition, turned = list(_plain(found.condition, turned=False))[found.facts.decided_by or 0]
    verdict = found.finding.state
    if turned and verdict.is_verdict:
        verdict = State(1 - verdict)
    assert found.finding.text is not None
    words = (found.finding.text, found.headline, found.brief.within(1_000))
    return Spoken(found, *words, condition, verdict, as_of, _is_newest(found, seen))


def _is_newest(found: Found, seen: Panel) -> bool:
    """Whether no row behind a finding's has a figure, by looking at each."""
    column, row = seen.areas.index(found.finding.area), seen.row(found.finding.period)
    behind = range(row + 1, seen.n_periods)
    came = [n for n in behind if seen.shown[n, column] == seen.shown[n, column]]
    refused = [n for n in behind if seen.reasons is not None and seen.reasons[n, column]]
    return not came and not refused


def _plain(condition: Condition, *, turned: bool) -> list[tuple[Condition, bool]]:
    """The plain conditions of a composition, in order, each with whether its verdict is turned round on its way up."""
    if isinstance(condition, Not):
        return _plain(condition.part, turned=not turned)
    if isinstance(condition, AllOf | AnyOf):
        return [found for part in condition.parts for found in _plain(part, turned=turned)]
    return [(condition, turned)]


def a_measure(random: Random, kind: PeriodKind) -> Measure:
    """A measure of some unit, written in some way."""
    unit = random.choice([*Unit, Unit.COUNT, Unit.COUNT, Unit.PERCENT, Unit.CURRENCY])
    some: dict[str, Any] = {}
    if random.random() < 0.25:
        some["decimals"] = random.choice([0, 1, 2, 3])
    if random.random() < 0.5:
        some["unit_name"] = random.choice(NAMES)
    if unit is Unit.CURRENCY:
        some["scale"] = random.choice([None, "thousand", "million", "billion"])
        some["currency"] = random.choice(["GBP", "GBP", "EUR", "USD", "JPY"])
    if unit is Unit.RATE:
        some["per"] = 1000.0
    if random.random() < 0.3:
        some["sentence"] = random.choice(SENTENCES)
    if kind in (PeriodKind.MONTH, PeriodKind.QUARTER) and random.random() < 0.25:
        some["covers"] = random.choice([Span(count=12, kind=PeriodKind.MONTH), Covers.YEAR_TO_DATE])
    elif kind is PeriodKind.MONTH and random.random() < 0.2:
        some["rolling"] = Span(count=random.choice([3, 6, 12]), kind=PeriodKind.MONTH)
    return Measure(
        id="m", title=random.choice(TITLES), topic="t", unit=unit, better=random.choice(list(Polarity)), every=kind,
        called=random.choice(["target", "standard", "aspiration", "tolerance", "plan"]), expected=Expected(days=5), **some,
    )  # fmt: skip


def a_panel(random: Random, measure: Measure, kind: PeriodKind) -> Panel:
    """Three areas and the force, with whatever columns a source may give."""
    rows, columns = ROWS[kind], 4
    shape, scale = random.choice(SHAPES), random.choice([1.0, 1.0, 1.0, 30.0, 1000.0])
    values = np.column_stack([_series(random, measure, shape, scale, rows) for _ in range(columns)])
    if random.random() < 0.5:
        for _ in range(random.randint(1, 6)):
            values[random.randrange(rows), random.randrange(columns)] = NOTHING
    bottom = np.array([[float(random.randint(1, 400)) for _ in range(columns)] for _ in range(rows)])
    planes = _planes(random, measure, values, bottom)
    shown, reasons = values, None
    if random.random() < 0.3:
        values, shown, reasons = _not_judged(random, values)
    first = Calendar().containing(date(random.choice([2017, 2018, 2019]), 4, 1), kind).ordinal
    return Panel(
        kind=kind, first=first, starts=4, values=values, shown=shown, planes=planes, reasons=reasons,
        columns={"m": slice(0, columns)}, areas=("force", "a0", "a1", "a2"), siblings=np.array([0, 1, 1, 1]),
        floor=np.full(columns, -np.inf), ceiling=np.full(columns, np.inf),
        provisional=np.array([[random.random() < 0.2] * columns for _ in range(rows)]),
    )  # fmt: skip


def _not_judged(random: Random, values: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The figures without some that are not judged; those that are shown; and why they are not."""
    judged, shown, reasons = values.copy(), values.copy(), np.zeros(values.shape, dtype=np.int8)
    for _ in range(8):
        cell = random.randrange(values.shape[0]), random.randrange(values.shape[1])
        judged[cell] = NOTHING
        why = random.choice([Reason.HELD, Reason.SMALL_NUMBERS, Reason.CONFLICT, Reason.REFUSED, Reason.SOURCE_FAILED])
        reasons[cell] = why.code
        if why not in (Reason.HELD, Reason.SMALL_NUMBERS):
            shown[cell] = NOTHING
    return judged, shown, reasons


def _planes(random: Random, measure: Measure, values: np.ndarray, bottom: np.ndarray) -> dict[str, np.ndarray]:
    """Columns beside the figures: sometimes equal to them, sometimes apart by less than is printed."""

    def beside() -> np.ndarray:
        apart = [0.0, 1e-7, -1e-7, 0.004, -0.04, 0.3, 1.0, -1.0, 20.0, -35.0]
        moved = values + np.array([[random.choice(apart) for _ in row] for row in values])
        return np.where(values == values, moved, 5.0)

    ends = beside(), beside()
    upper, lower = np.maximum(*ends), np.minimum(*ends)
    planes = {
        "plan": beside(), "monthly_average": beside(), "target": beside(), "upper_limit": upper, "lower_limit": lower,
        "change_previous_period": beside(),
    }  # fmt: skip
    if measure.unit in (Unit.PERCENT, Unit.RATE):
        planes |= {"numerator": np.round(values * bottom / measure.ratio_scale), "denominator": bottom}
    return planes


def _series(random: Random, measure: Measure, shape: str, scale: float, rows: int) -> np.ndarray:
    base = random.choice([0.0, 1.0, 7.0, 50.0, 83.0, 99.96])
    made: dict[str, Callable[[int], float]] = {
        "flat": lambda _: base,
        "small counts": lambda _: float(random.choice([0, 0, 1, 1, 2, 3, 5])),
        "steps": lambda n: base + (6.0 if n > rows * 2 // 3 else 0.0) + random.choice([-1.0, 0.0, 1.0]),
        "rising": lambda n: base + n * random.choice([0.04, 1.0, 3.5]),
        "falling": lambda n: base - n * random.choice([0.04, 0.5]),
        "wild": lambda _: random.choice([base, base + random.uniform(-40, 200), round(base + random.gauss(0, 9), 1)]),
        "near ties": lambda _: base + random.choice([0.0, 1e-9, -1e-9, 1e-4, 0.004, 0.04, -0.04]),
        "round": lambda _: random.choice([50.0, 75.0, 80.0, 100.0, 100.0, 120.0, 125.0]),
        "mixed signs": lambda _: random.choice([-1.0, 1.0, -12.5, 30.25, 0.0, -0.4, -1234.5]),
        "zeros": lambda _: random.choice([0.0, 0.0, 0.0, -0.0, 1.0]),
        "tiny": lambda _: random.choice([1e-9, 3e-12, 0.0, 2e-4]),
        "huge": lambda _: random.choice([1e9, 1234567890.5, 1e15 + 1, 3e22, 1.5e300]),
    }
    values = np.array([made[shape](n) * scale for n in range(rows)])
    if measure.unit is Unit.COUNT and random.random() < 0.8:
        values = np.abs(np.round(values))
    return values


def a_method(random: Random, measure: Measure, value: float) -> LimitsMethod:
    """A limits method that fits the measure."""
    fitting: list[LimitsMethod] = [
        PreviousFinancialYear(sigmas=random.choice([1.0, 2.0])),
        Xmr(minimum_points=5),
        Xmr(sigmas=1.0),
        Rolling(window=6, sigmas=1.0),
        RebasedAverage(baseline=5, run=random.choice([3, 5])),
        Published(),
        Fixed(lower=value - 3, upper=value, centre=random.choice([None, value - 1])),
        Fixed(lower=None, upper=value - 0.04, centre=None),
        Fixed(lower=value + 0.5, upper=None, centre=None),
    ]
    if measure.unit is Unit.COUNT:
        fitting += [CChart()] + [Seasonal(years=2, leave_out=1, minimum_cases=MinimumCases(count=1, periods=1))] * 6
    if measure.unit is Unit.PERCENT:
        fitting.append(PChart(sigmas=1.0))
    if measure.unit is Unit.RATE:
        fitting.append(UChart(sigmas=1.0))
    return random.choice([one for one in fitting if not one.problems(measure, measure.every)])


def a_condition(random: Random, measure: Measure, panel: Panel, key: str) -> Condition:
    """A condition whose numbers lie on, beside and far from the figures."""
    seen = panel.values[panel.values == panel.values]
    value = float(random.choice(seen.tolist() or [0.0]))
    near = value + random.choice([0.0, 0.0, 1e-7, -0.04, 0.04, 1.0, -5.0])
    day = panel.period(random.randrange(panel.n_periods)).last_day
    share = Amount(number=random.choice([0.0, 3.0, 20.0, 12.5, 100.0]), relative=True)
    amount = random.choice([share, Amount(number=random.choice([0.0, 0.04, 1.0, 5.0]))])
    length = random.choice([2, 3, 4])
    side = random.choice(["at_least", "at_most"])
    span = random.choice(["previous_period", "same_period_last_year", "year_to_date", "rolling_12_months"])
    low, high = sorted((near, value + random.choice([0.0, 3.0, 40.0])))
    bands = (Band(name="red", at_least=None, below=low), Band(name="green", at_least=low, below=None))
    if high > low:
        bands = (bands[0], Band(name="amber", at_least=low, below=high), Band(name="green", at_least=high, below=None))
    plan: dict[str, Any] = {
        "milestones": (Milestone(date=day, value=value), Milestone(date=day + timedelta(days=400), value=near + 3)),
        "shape": random.choice(["linear", "step"]),
        "tolerance": random.choice([0.0, 0.0, 0.04, 2.0]),
    }
    method = a_method(random, measure, value)
    made: dict[str, Callable[[], Condition]] = {
        "above_upper_limit": lambda: AboveUpperLimit(limits=method),
        "below_lower_limit": lambda: BelowLowerLimit(limits=method),
        "outside_limits": lambda: OutsideLimits(limits=method),
        "run": lambda: Run(of=method, length=length, side=random.choice(["above", "below", "either"])),
        "average_moved": lambda: AverageMoved(
            limits=RebasedAverage(baseline=4, run=3, mode=random.choice(["auto", "propose"]))
        ),
        "trend": lambda: Trend(length=length, direction=random.choice(["rising", "falling", "either"])),
        "near_limit": lambda: NearLimit(limits=method, points=random.randint(1, length), out_of=length),
        "target_missed": lambda: TargetMissed(**{side: Level(number=near)}, due=random.choice([None, None, day])),
        "outside_range": lambda: OutsideRange(
            low=random.choice([low, low, None]), high=high, called=random.choice([None, "optimum band", "usual range"])
        ),
        "band": lambda: InBand(bands=bands, exception_from=random.choice([None, bands[1].name])),
        "below_trajectory": lambda: BelowTrajectory(**plan),
        "above_trajectory": lambda: AboveTrajectory(**plan),
        "change": lambda: Change(versus=span, **{random.choice(["rises_by", "falls_by", "moves_by"]): amount}),
        "reduction_missed": lambda: ReductionMissed(versus=span, at_least=amount),
        "variance": lambda: Variance(
            against=random.choice(["plan", "monthly_average", "target"]),
            over=amount,
            under=random.choice([None, Amount(number=1.0, relative=amount.relative)]),
        ),
        "will_miss": lambda: WillMiss(**{side: Level(number=near)}, due=day + timedelta(days=random.choice([0, 200]))),
        "outlier_among_areas": OutlierAmongAreas,
        "rank": lambda: Rank(worse_than=random.choice([1, 2])),
        "not_fresh": NotFresh,
    }
    return made[key]()


#: Every plain condition that `a_condition` makes.
KEYS = (
    "above_upper_limit", "below_lower_limit", "outside_limits", "run", "average_moved", "trend", "near_limit", "target_missed",
    "outside_range", "band", "below_trajectory", "above_trajectory", "change", "reduction_missed", "variance", "will_miss",
    "outlier_among_areas", "rank", "not_fresh",
)  # fmt: skip


def rules_of(random: Random, measure: Measure, panel: Panel) -> RuleSet:
    """A few rules on the measure, some of them composed."""
    made = [a_condition(random, measure, panel, key).bind(measure) for key in random.sample(KEYS, 5)]
    span = cumulated(measure, panel.kind)
    fitting = [one for one in made if not one.problems(measure, panel.kind)]
    conditions = [one for one in fitting if span is None or one.misfit(span) is None] or [OutsideRange(low=1.0)]
    parts = tuple(one for one in conditions[:2] if not isinstance(one, NotFresh))
    if parts and random.random() < 0.4:
        first, *others = parts
        turned = Not(part=first)
        conditions += [random.choice([AllOf, AnyOf])(parts=parts), turned, AllOf(parts=(turned, *others))]
    areas = [Area(id="force", title="West Mercia")]
    areas += [Area(id=f"a{n}", title=title, parent="force") for n, title in enumerate(PLACES)]
    one_rule = rules_for(panel, conditions[0], measure)
    rules = tuple(replace(one_rule.rules[0], id=f"r{n}", when=one) for n, one in enumerate(conditions))
    holds = (HOLD,) if random.random() < 0.5 else ()
    return replace(one_rule, areas=AreaTree.of(areas), holds=holds, rules=rules)
