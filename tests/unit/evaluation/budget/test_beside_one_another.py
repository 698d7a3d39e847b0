"""What chance does where areas are held against one another, and of events so rare that the days between them are judged."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from samples.worlds import a_measure, a_panel, rules_for

from alerting.conditions.above_upper_limit import AboveUpperLimit
from alerting.conditions.composition import AllOf
from alerting.conditions.outlier_among_areas import OutlierAmongAreas
from alerting.conditions.outside_limits import OutsideLimits
from alerting.conditions.rank import Rank
from alerting.conditions.target_missed import TargetMissed
from alerting.domain.area import AreaSelector
from alerting.domain.fold import opening_rows
from alerting.domain.measure import Level, Unit
from alerting.domain.period import PeriodKind
from alerting.evaluation.budget.expected import by_chance
from alerting.evaluation.engine import evaluate
from alerting.limits.funnel import Funnel
from alerting.limits.rare_events import GChart, TChart
from alerting.limits.rolling import Rolling

AS_OF = date(2099, 1, 1)
AREAS = 8
PERCENT = a_measure(unit=Unit.PERCENT)
OUTLIER = OutlierAmongAreas(limits=Funnel(sigmas=2.0))
SIZES = np.array([40, 60, 80, 100, 150, 200, 300, 500])


def of(condition, panel, measure=None, **rule):
    rules = rules_for(panel, condition, measure or a_measure())
    rules = replace(rules, rules=(replace(rules.rules[0], **rule),))
    (found,) = by_chance(rules, {panel.kind: panel}, AS_OF)
    return found


def alike(seed=4, areas=AREAS):
    """Areas that differ by chance alone."""
    chance = np.random.default_rng(seed)
    return a_panel(*(50 + 5 * chance.standard_normal((areas, 36))), siblings=np.zeros(areas, dtype=np.intp))


def shares(periods, seed=4):
    cases = np.random.default_rng(seed).binomial(SIZES, 0.2, (periods, AREAS)).astype(float)
    planes = {"numerator": cases, "denominator": np.broadcast_to(SIZES, cases.shape).astype(float)}
    return a_panel(*(cases / SIZES * 100).T, siblings=np.zeros(AREAS, dtype=np.intp), planes=planes, minimum=0.0)


def really_open(condition, panel, measure, since=0):
    """Openings of each series a period."""
    (verdicts,) = evaluate(rules_for(panel, condition, measure), {panel.kind: panel}, AS_OF, every_period=True).verdicts
    once, counts = np.ones(panel.n_series, dtype=int), np.ones(verdicts.state.shape, dtype=bool)
    opens = opening_rows(verdicts.state, counts if verdicts.counts is None else verdicts.counts, once, once, None)
    return opens[since:].mean(axis=0)


def test_of_areas_that_are_alike_one_is_last_each_month():
    """Each is so one month in eight, and mostly was not so the month before."""
    found = of(Rank(worse_than=AREAS - 1), alike())
    assert pytest.approx(7 / 8, rel=0.1) == found.opens.sum()
    assert (np.abs(found.opens - 7 / 64) < found.error()).mean() >= 0.75


def test_twice_in_a_row_is_rarer():
    once, twice = (of(Rank(worse_than=AREAS - 2), alike(), open_after=after).opens.sum() for after in (1, 2))
    assert 0.1 < twice / once < 0.45


def test_areas_that_a_rule_does_not_watch_are_beside_the_others_all_the_same():
    panel = alike()
    whole, some = (
        of(Rank(worse_than=AREAS - 1), panel, areas=areas) for areas in (None, AreaSelector(ids=("a2", "a5")))
    )
    assert whole.opens[[2, 5]].tolist() == some.opens.tolist()


def test_an_area_without_siblings_has_no_place():
    assert np.isnan(of(Rank(worse_than=1), replace(alike(), siblings=np.arange(AREAS))).opens).all()


@pytest.mark.exhaustive
def test_of_areas_of_very_different_size_each_lies_outside_the_funnel_as_often_as_its_size_lets_it():
    found = of(OUTLIER, shares(36), PERCENT)
    really = really_open(OUTLIER, shares(4000, seed=5), PERCENT)
    assert (np.abs(found.opens - really) <= found.error()).all()
    assert pytest.approx(really.sum(), rel=0.25) == found.opens.sum()


@pytest.mark.parametrize(
    "beside",
    [
        pytest.param(TargetMissed(at_least=Level(number=45.0)), id="given-lines"),
        pytest.param(OutsideLimits(limits=Rolling()), id="limits-of-its-own-past"),
    ],
)
def test_beside_limits_of_its_own_past_nothing_is_known(beside):
    found = of(AllOf(parts=(Rank(worse_than=AREAS - 1), beside)), alike())
    assert np.isnan(found.opens).all() == beside.compares_periods


COUNT = a_measure(unit=Unit.COUNT, every=PeriodKind.DAY)
A_MONTH = 365.25 / 12


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    "condition",
    [
        pytest.param(AboveUpperLimit(limits=GChart()), id="g"),
        pytest.param(OutsideLimits(limits=TChart()), id="t"),
    ],
)
def test_days_between_rare_events_are_as_long_by_chance_as_events_that_come_by_chance_let_them(condition):
    chance, futures = np.random.default_rng(2), 40
    past = chance.poisson(0.1, (700, 4)).astype(float)
    found = of(condition, a_panel(*past.T, kind=PeriodKind.DAY, minimum=0.0), COUNT)
    to_come = chance.poisson(0.1, (365, 4 * futures)).astype(float)
    whole = np.concatenate([np.repeat(past, futures, axis=1), to_come])
    opened = really_open(condition, a_panel(*whole.T, kind=PeriodKind.DAY, minimum=0.0), COUNT, since=700)
    really = opened.reshape(4, futures).mean(axis=1) * A_MONTH
    assert (np.abs(found.opens - really) <= found.error()).mean() >= 0.75
    assert pytest.approx(really.sum(), rel=0.35) == found.opens.sum()
