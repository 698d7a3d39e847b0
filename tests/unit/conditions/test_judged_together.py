"""What a verdict carries besides its state: its side, and the numbers that a finding shows; and rules judged in one pass."""

# ruff: noqa: E501 - tables have a row a line

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from samples.condition_cases import AS_IT_IS, CASES, LIMITS
from samples.worlds import _, a_block, a_measure, a_panel, floats, judged, rules_for

from alerting.conditions.above_upper_limit import AboveUpperLimit
from alerting.conditions.average_moved import AverageMoved
from alerting.conditions.band import InBand
from alerting.conditions.below_lower_limit import BelowLowerLimit
from alerting.conditions.change import Change
from alerting.conditions.composition import AllOf, AnyOf, Not
from alerting.conditions.kernels.plans import plan_values
from alerting.conditions.near_limit import NearLimit
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
from alerting.domain.measure import Level, Polarity, Unit
from alerting.domain.parameters import Amount, Band, Milestone
from alerting.domain.period import Calendar
from alerting.evaluation.engine import evaluate
from alerting.evaluation.findings import findings
from alerting.evaluation.levels import is_constant
from alerting.limits.fixed import Fixed
from alerting.limits.published import Published
from alerting.limits.rebased_average import RebasedAverage

LINES = Fixed(lower=2.0, upper=8.0, centre=5.0)
ANY, UNIT = Amount(number=0.0, relative=True), Amount(number=0.0)
BANDS = (Band(name="red", at_least=None, below=5.0), Band(name="green", at_least=5.0, below=None))
PLAN = (Milestone(date=date(2018, 4, 30), value=5.0), Milestone(date=date(2019, 12, 31), value=5.0))
FIVE = Level(number=5.0)
HIGH_IS_GOOD = a_measure(better=Polarity.HIGHER, unit=Unit.PERCENT)
LOW_IS_GOOD = a_measure(better=Polarity.LOWER, unit=Unit.PERCENT)
DUE = date(2019, 12, 31)


def judge(condition, panel, measure=HIGH_IS_GOOD):
    """The verdict on the latest row."""
    bound = condition.bind(measure)
    block = a_block(panel)
    numbers = {}
    for name, value in bound.vectors().items():
        constant = is_constant(value)
        number = value.number if isinstance(value, Level) else value
        numbers[name] = (
            np.array(number) if constant else plan_values(value, panel.last_days[block.start : block.stop])[:, None]
        )
    return bound.judge(block, numbers)


@pytest.mark.parametrize(
    ("condition", "above", "below", "between"),
    [
        (AboveUpperLimit(limits=LINES), 1, 1, 1),
        (BelowLowerLimit(limits=LINES), -1, -1, -1),
        (OutsideLimits(limits=LINES), 1, -1, 0),
        (OutsideRange(low=2.0, high=8.0), 1, -1, 0),
        (TargetMissed(at_least=FIVE), -1, -1, -1),
        (TargetMissed(at_most=FIVE), 1, 1, 1),
        (InBand(bands=BANDS), -1, -1, -1),
        (InBand(bands=BANDS[::-1]), 1, 1, 1),
        (BelowTrajectory(milestones=PLAN), -1, -1, -1),
        (AboveTrajectory(milestones=PLAN), 1, 1, 1),
        (Variance(over=UNIT), 1, -1, 0),
        (Run(of=LINES, length=2), 1, -1, 0),
        (Change(versus="previous_period", moves_by=UNIT), 1, -1, 0),
        (ReductionMissed(at_least=UNIT, versus="previous_period"), 1, 1, 1),
        (Not(part=OutsideLimits(limits=LINES)), 1, -1, 0),
        (AnyOf(parts=(OutsideRange(low=2.0), OutsideRange(high=8.0))), 1, -1, 0),
        (AllOf(parts=(OutsideLimits(limits=LINES), OutsideRange(low=2.0, high=8.0))), 1, -1, 0),
    ],
    ids=lambda case: getattr(case, "key", ""),
)  # fmt: skip
def test_the_side_of_a_verdict_is_one_above_and_minus_one_below(condition, above, below, between):
    """Severity by side and the marks of charts rest on it."""
    figures = [[5.0, 6.0, 9.0], [5.0, 4.0, 1.0], [5.0, 5.0, 5.0]]
    panel = a_panel(*figures, planes={"plan": np.full((3, 3), 5.0)})
    side = np.broadcast_to(judge(condition, panel).side, (1, 3))
    assert side.tolist() == [[above, below, between]]


@pytest.mark.parametrize(
    ("condition", "figures", "sides"),
    [
        pytest.param(Trend(length=3), [[1, 2, 3], [3, 2, 1], [1, 3, 2]], [1, -1, 0], id="trend"),
        pytest.param(NearLimit(limits=LINES), [[7.5, 6, 7.5], [2.5, 4, 2.5], [7.5, 5, 7.5]], [1, -1, 0], id="near_limit"),
        pytest.param(AverageMoved(limits=RebasedAverage(baseline=2, run=2)), [[4, 6, 7, 7.5], [4, 6, 3, 2], [4, 6, 7, 5]], [1, -1, 0], id="average_moved"),
        pytest.param(Variance(over=UNIT), [[5.5], [4.5], [5]], [1, -1, 0], id="variance-by-less-than-one"),
        pytest.param(Change(versus="previous_period", rises_by=ANY), [[5, 5.5], [5, 4.5], [5, 5]], [1, -1, 0], id="change-by-less-than-one"),
    ],
)  # fmt: skip
def test_the_side_of_what_looks_back(condition, figures, sides):
    panel = a_panel(*figures, planes={"plan": np.full((len(figures[0]), 3), 5.0)})
    assert judge(condition, panel).side.tolist() == [sides]


@pytest.mark.parametrize(("measure", "side"), [(HIGH_IS_GOOD, -1), (LOW_IS_GOOD, 1)])
def test_a_place_and_a_projection_are_bad_on_the_side_that_is_not_wanted(measure, side):
    among = a_panel([1.0], [2.0], [3.0], siblings=np.zeros(3, dtype=np.intp))
    assert judge(Rank(worse_than=1), among, measure).side == side
    assert judge(WillMiss(milestones=PLAN), a_panel([5.0] * 9), measure).side == side


def test_an_area_lies_above_or_below_its_funnel():
    tops, bottoms = floats([60, 40, 40, 38, 22])[None, :], np.full((1, 5), 100.0)
    panel = a_panel(
        *tops.T.tolist(), siblings=np.zeros(5, dtype=np.intp), planes={"numerator": tops, "denominator": bottoms}
    )
    found = judge(OutlierAmongAreas(), panel)
    assert found.side.tolist() == [[1, 0, 0, 0, -1]]
    assert found.state.tolist() == [[1, 0, 0, 0, 1]]


BREAKS = {"lower": 2.0, "upper": 8.0, "centre": 5.0}


@pytest.mark.parametrize(
    ("condition", "shows"),
    [
        (AboveUpperLimit(limits=LINES), BREAKS),
        (BelowLowerLimit(limits=LINES), BREAKS),
        (OutsideLimits(limits=LINES), BREAKS),
        (Run(of=LINES, length=2), BREAKS),
        (NearLimit(limits=LINES), BREAKS),
        (OutsideRange(low=2.0, high=8.0), {"lower": 2.0, "upper": 8.0}),
        (OutsideRange(low=2.0), {"lower": 2.0}),
        (OutsideRange(high=8.0), {"upper": 8.0}),
        (TargetMissed(at_most=FIVE), {"target": 5.0}),
        (TargetMissed(at_most=FIVE, due=date(2018, 8, 1)), {"target": 5.0, "due": "2018-08-01"}),
        (InBand(bands=BANDS), {"band": "green"}),
        (AboveTrajectory(milestones=PLAN), {"plan": 5.0}),
        (Variance(over=UNIT), {"plan": 4.0, "change": 5.0}),
        (Variance(over=ANY), {"plan": 4.0, "change": 125.0}),
        (Change(versus="previous_period", rises_by=UNIT), {"change": 3.0}),
        (ReductionMissed(at_least=ANY, versus="previous_period"), {"change": 50.0}),
        (AverageMoved(limits=RebasedAverage(baseline=2, run=2)), {"centre": 7.5, "previous_centre": 5.0, "rebased_on": Calendar().parse_exact("2018-07"), "lower": 7.5 - 3 * 2**0.5, "upper": 7.5 + 3 * 2**0.5, "rebase_count": 0, "trial": True}),
        (Trend(length=2), {}),
    ],
    ids=lambda case: getattr(case, "key", ""),
)  # fmt: skip
def test_a_finding_shows_what_its_value_was_held_against(condition, shows):
    names = (
        "lower",
        "upper",
        "centre",
        "target",
        "plan",
        "change",
        "band",
        "due",
        "rebased_on",
        "previous_centre",
        "rebase_count",
        "trial",
    )
    found = judged(condition, a_panel([4.0, 6.0, 6.0, 9.0], planes={"plan": np.full((4, 1), 4.0)}))[-1]
    values = {name: value for name in names if (value := getattr(found, name)) is not None}
    assert values == pytest.approx(shows) if "rebased_on" not in shows else _close(values, shows)


def _close(found, expected):
    assert found.pop("rebased_on") == expected["rebased_on"]
    return found == pytest.approx({name: value for name, value in expected.items() if name != "rebased_on"})


def history(conditions, series, planes):
    """State, reason and numbers of every period and series: one measure with these figures for each condition."""
    times = len(conditions)
    panel = a_panel(*series * times, planes={name: np.tile(plane, times) for name, plane in planes.items()})
    wide = len(series)
    ids = [f"m{n}" for n in range(times)]
    panel = replace(
        panel,
        columns={id_: slice(n * wide, (n + 1) * wide) for n, id_ in enumerate(ids)},
        areas=panel.areas[:wide] * times,
    )
    one = rules_for(replace(panel, areas=panel.areas[:wide]), conditions[0], HIGH_IS_GOOD)
    rules = replace(
        one,
        measures={id_: replace(HIGH_IS_GOOD, id=id_) for id_ in ids},
        rules=tuple(
            replace(one.rules[0], id=id_, measures=(id_,), when=each) for id_, each in zip(ids, conditions, strict=True)
        ),
    )
    made = findings(
        evaluate(rules, {panel.kind: panel}, panel.period(panel.n_periods).first_day, every_period=True), text="all"
    )
    found = {id_: [] for id_ in ids}
    for each in made:
        finding = each.finding
        numbers = (
            finding.target,
            finding.plan,
            finding.centre,
            finding.lower,
            finding.upper,
            finding.change,
            finding.band,
        )
        cell = (
            finding.area,
            str(finding.period),
            finding.state,
            finding.reason,
            finding.text,
            finding.severity,
            *numbers,
        )
        found[finding.rule].append(cell)
    return list(found.values())


OTHERS = [
    TargetMissed(at_least=Level(number=8.0)), TargetMissed(at_most=Level(number=8.0)),
    TargetMissed(at_most=Level(number=8.0), due=date(2019, 3, 1)), OutsideRange(low=8.0), OutsideRange(high=8.0, called="band"),
    Variance(over=UNIT, against="budget"), Variance(over=ANY, against="budget"), Trend(length=2), Trend(length=2, direction="rising"),
    Run(of=Published(), length=2), Run(of=Published(), length=2, side="below"), NearLimit(limits=Published()), NearLimit(limits=Published(), points=1),
    NearLimit(limits=Published(), points=1, out_of=1), Change(versus="previous_period", falls_by=UNIT),
    Change(versus="previous_period", moves_by=UNIT), Change(versus="previous_period", moves_by=ANY),
    ReductionMissed(at_least=ANY, versus="previous_period"), ReductionMissed(at_least=UNIT, versus="previous_period"), AverageMoved(limits=RebasedAverage(baseline=3, run=2)),
    Not(part=Trend(length=2)), AnyOf(parts=(Trend(length=2),)), AnyOf(parts=(OutsideRange(low=8.0), TargetMissed(at_most=FIVE))),
    AllOf(parts=(OutsideRange(low=8.0), TargetMissed(at_most=FIVE))), AllOf(parts=(TargetMissed(at_most=FIVE), OutsideRange(low=8.0))),
    WillMiss(at_most=FIVE, due=DUE), WillMiss(at_least=FIVE, due=DUE), WillMiss(at_least=FIVE, due=date(2019, 6, 30)),
    WillMiss(milestones=PLAN, confidence=Amount(number=60.0, relative=True)), WillMiss(milestones=PLAN),
]  # fmt: skip


def test_rules_judged_together_find_what_each_finds_alone():
    """Rules of one structure share an array call: what they do not share must be all that tells them apart."""
    random = np.random.default_rng(11)
    series = random.normal(10, 2, (2, 16)).round(1).tolist()
    series[1][9] = _
    given = {
        "plan": 9.0,
        "budget": 11.0,
        "lower_limit": 8.0,
        "upper_limit": 12.0,
        "numerator": 10.0,
        "denominator": 40.0,
    }
    planes = {name: np.full((16, 2), number) for name, number in given.items()}
    one_a_method = {f"outside_limits/{method}" for method in LIMITS}
    cases = [case for case in CASES if "/" not in case.id or case.id in one_a_method or case.id.endswith("/fixed")]
    conditions = [*OTHERS, *(case.make(AS_IT_IS) for case in cases)]
    together = history(conditions, series, planes)
    for condition, found in zip(conditions, together, strict=True):
        assert found == history([condition], series, planes)[0], condition


def test_any_numbers_and_the_limits_that_hold_them_are_judged_in_one_call():
    """Thousands of rules that differ in a number only are one group."""
    alike = [
        [TargetMissed(at_least=Level(number=n)) for n in (1.0, 2.0)],
        [OutsideRange(low=1.0), OutsideRange(high=2.0)],
        [BelowTrajectory(milestones=PLAN), BelowTrajectory(milestones=PLAN[:1], shape="step", tolerance=2.0)],
        [Variance(over=UNIT), Variance(under=Amount(number=3.0))],
        [Change(versus="previous_period", rises_by=Amount(number=n)) for n in (1.0, 2.0)],
        [ReductionMissed(at_least=Amount(number=n)) for n in (1.0, 2.0)],
        [Rank(worse_than=n) for n in (1, 2)],
        [OutsideLimits(limits=Fixed(lower=1.0)), OutsideLimits(limits=Fixed(upper=2.0))],
        [Run(of=Fixed(centre=1.0)), Run(of=Fixed(centre=2.0))],
        [NearLimit(limits=Fixed(centre=1.0, upper=3.0)), NearLimit(limits=Fixed(lower=2.0, upper=3.0))],
        [WillMiss(at_least=Level(number=n), due=DUE) for n in (1.0, 2.0)],
    ]
    for pair in alike:
        first, second = (condition.bind(HIGH_IS_GOOD).structure() for condition in pair)
        assert first == second
        assert hash(first) == hash(second)
