"""What would end an exception, as its notice says: a figure that fulfils the words does end it, with lines as they are."""

import re
from datetime import date
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from samples.sampling import few
from samples.worlds import a_measure, a_panel, rules_for

from alerting.conditions.above_upper_limit import AboveUpperLimit
from alerting.conditions.average_moved import AverageMoved
from alerting.conditions.below_lower_limit import BelowLowerLimit
from alerting.conditions.composition import AllOf, AnyOf
from alerting.conditions.near_limit import NearLimit
from alerting.conditions.outside_limits import OutsideLimits
from alerting.conditions.outside_range import OutsideRange
from alerting.conditions.rank import Rank
from alerting.conditions.run import Run
from alerting.conditions.target_missed import TargetMissed
from alerting.conditions.trajectory import AboveTrajectory, BelowTrajectory
from alerting.conditions.trend import Trend
from alerting.conditions.will_miss import WillMiss
from alerting.domain.finding import State
from alerting.domain.measure import Level, Polarity, Unit
from alerting.domain.panel import Panel
from alerting.domain.parameters import Milestone
from alerting.evaluation.engine import evaluate
from alerting.evaluation.findings import findings
from alerting.limits.fixed import Fixed
from alerting.limits.rebased_average import RebasedAverage

#: Lines with more digits than figures are printed with.
FIXED = Fixed(lower=41.36, centre=50.27, upper=58.64)
PLAN = (Milestone(date=date(2018, 4, 30), value=40.0), Milestone(date=date(2019, 12, 31), value=61.0))
WANTED = Level(number=55.25)
CONDITIONS = {
    "above": AboveUpperLimit(limits=FIXED),
    "below": BelowLowerLimit(limits=FIXED),
    "outside": OutsideLimits(limits=FIXED),
    "range": OutsideRange(low=45.5, high=55.0),
    "target": TargetMissed(at_least=WANTED),
    "tolerance": TargetMissed(at_most=WANTED),
    "run": Run(of=FIXED, length=3),
    "run-above": Run(of=FIXED, length=2, side="above"),
    "trend": Trend(length=3),
    "trend-down": Trend(length=2, direction="falling"),
    "near": NearLimit(limits=FIXED),
    "near-one": NearLimit(limits=FIXED, points=1, out_of=2),
    "plan": BelowTrajectory(milestones=PLAN),
    "step": AboveTrajectory(milestones=PLAN, shape="step"),
    "slack": BelowTrajectory(milestones=PLAN, tolerance=2.5),
    "projected": WillMiss(at_least=WANTED, due=date(2019, 6, 30)),
    "reached": WillMiss(at_most=WANTED, due=date(2018, 8, 31)),
    "moved": AverageMoved(limits=RebasedAverage(baseline=3, run=3)),
    "all": AllOf(parts=(TargetMissed(at_least=WANTED), BelowLowerLimit(limits=FIXED))),
    "any": AnyOf(parts=(AboveUpperLimit(limits=FIXED), TargetMissed(at_least=WANTED))),
    "run-moved": Run(of=RebasedAverage(baseline=3, run=4), length=3),
}
STYLES = {"whole": a_measure(unit=Unit.COUNT, better=Polarity.HIGHER), "percent": a_measure(unit=Unit.PERCENT)}
#: Figures of which two are equal.
PLACED = (1.0, 2.0, 2.0, 4.0, 5.0)
NUMBER = r"(-?[\d,]+(?:\.\d+)?)%?"


def told(condition, series, measure, *, every_period=True):
    """The first series' findings in words, oldest first."""
    panel = series if isinstance(series, Panel) else a_panel(*series)
    evaluation = evaluate(
        rules_for(panel, condition, measure), {panel.kind: panel}, panel.period(panel.n_periods).first_day,
        every_period=every_period,
    )  # fmt: skip
    return [one for one in findings(evaluation, text="all") if one.finding.area == "a0"]


def a_walk(random, decimals):
    """Two years that wander about, so that each condition finds something sooner or later."""
    level, found = 50.0, []
    for _ in range(24):
        level = 50 + 0.8 * (level - 50) + random.gauss(0, 3)
        found.append(round(level + random.choice([0, 0, 0, 12, -12]), decimals))
    return found


def fulfilling(words, random, slack):
    """A figure that does what the words say; None: it is not for a figure to do."""
    number = lambda text: float(text.replace(",", ""))  # noqa: E731
    further = random.choice([0.0, 0.0, 1.0, 3.5, 40.0])
    if found := re.fullmatch(f"at {NUMBER}(?: to {NUMBER})?", words):
        low, high = number(found[1]), number(found[2] or found[1])
        return random.choice([low, high, (low + high) / 2])
    if found := re.fullmatch(f"at {NUMBER} or (more|less)", words):
        return number(found[1]) + (further if found[2] == "more" else -further)
    if found := re.fullmatch(rf"(?:at|no more than .*) (?:its plan|the straight line).*: {NUMBER} in .*", words):
        above = "or above" in words or " below " in words
        return number(found[1]) + (further - slack if above else slack - further)
    return None


@pytest.mark.sampled
@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("name", CONDITIONS)
def test_a_figure_that_fulfils_the_words_ends_it(name, style):
    condition, measure, random = CONDITIONS[name], STYLES[style], Random(f"{name} {style}")
    decimals = 0 if style == "whole" else 2
    tried = 0
    while tried < few(4, 200):
        series = a_walk(random, decimals)
        findings_ = told(condition, [series], measure)
        for n in [n for n, one in enumerate(findings_) if one.finding.state is State.EXCEPTION][:4]:
            _ends(condition, series[: n + 1], findings_[n], measure, random)
            tried += 1


def _ends(condition, series, found, measure, random):
    words, _, unless = found.compared.clears.partition(", if no other part")
    coming = fulfilling(words, random, getattr(condition, "tolerance", 0.0))
    if coming is None:  # it is not the figure alone that ends it
        coming = random.choice(series)
    (then,) = told(condition, [[*series, coming]], measure, every_period=False)
    if words.startswith("with a projection"):
        reaches = then.finding.evidence["projected_high"] >= WANTED.number
        assert (then.finding.state is State.NORMAL) == reaches
    else:
        another = unless and then.facts.decided_by != found.facts.decided_by
        assert then.finding.state is State.NORMAL or another, (words, series, coming)


@settings(deadline=None, max_examples=25)
@given(worse_than=st.integers(1, 3), now=st.permutations(PLACED), then=st.permutations(PLACED))
def test_a_place_that_is_good_enough_ends_it(worse_than, now, then):
    condition, measure = Rank(worse_than=worse_than).bind(STYLES["whole"]), STYLES["whole"]
    panel = a_panel(*(list(pair) for pair in zip(now, then, strict=True)), siblings=np.zeros(5, dtype=np.intp))
    was, now_ = told(condition, panel, measure)
    words = was.compared.clears
    assert (words is None) == (was.finding.state is State.NORMAL)
    if words is not None:
        least = int(re.fullmatch(r"in (\d)\w\w place(?: or better)?", words)[1])
        place = 1 + sum(other > then[0] for other in then)
        assert (now_.finding.state is State.NORMAL) == (place <= least)


def test_ends_are_rounded_to_the_side_on_which_no_exception_lies():
    (found,) = told(CONDITIONS["above"], [[60.0]], STYLES["whole"])
    assert "at 58 or less" == found.compared.clears  # of 58.64
    (found,) = told(CONDITIONS["below"], [[40.0]], STYLES["whole"])
    assert "at 42 or more" == found.compared.clears  # of 41.36
