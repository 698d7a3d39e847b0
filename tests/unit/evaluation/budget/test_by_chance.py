"""What is expected by chance: of noise alone, by the rules' own conditions and limits, in openings a month."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from samples.chance_worlds import AS_OF, Kind, expected_of, noise
from samples.worlds import a_measure, a_panel, rules_for
from scipy.stats import binom, norm, poisson

from alerting.conditions.composition import AnyOf
from alerting.conditions.not_fresh import NotFresh
from alerting.conditions.outside_limits import OutsideLimits
from alerting.conditions.target_missed import TargetMissed
from alerting.conditions.trend import Trend
from alerting.domain.measure import Expected, Level, Unit
from alerting.domain.parameters import Baseline
from alerting.domain.period import PeriodKind
from alerting.evaluation.budget import expected
from alerting.evaluation.budget.expected import by_chance
from alerting.evaluation.budget.likeness import likeness_weights
from alerting.evaluation.budget.worlds import LIKENESS
from alerting.limits.attribute_charts import CChart, PChart, UChart
from alerting.limits.previous_financial_year import PreviousFinancialYear
from alerting.limits.rolling import Rolling
from alerting.limits.seasonal import Seasonal
from alerting.limits.xmr import Xmr

CHANCE = np.random.default_rng


def of_many(kind, series=150, seed=1):
    """The mean expected of many series that are noise alone, of which each tells something of the others."""
    opens, _ = expected_of(kind, noise(CHANCE(seed), kind.likeness, (kind.figures, series)), together=True)
    return opens.mean()


@pytest.mark.parametrize(
    "condition",
    [
        pytest.param(OutsideLimits(limits=Rolling()), id="rolling"),
        pytest.param(OutsideLimits(limits=PreviousFinancialYear()), id="previous-financial-year"),
        pytest.param(Trend(direction="either", length=4), id="trend"),
    ],
)
def test_what_is_counted_in_worlds_is_what_is_worked_out(condition, monkeypatch):
    monkeypatch.setattr(expected, "_correct", lambda *_: None)
    exactly = condition.chances[PeriodKind.MONTH]
    assert pytest.approx(exactly.opens, rel=0.07) == of_many(Kind(condition=condition, figures=48))


def test_what_is_worked_out_takes_the_place_of_what_is_counted():
    condition = OutsideLimits(limits=Rolling())
    assert pytest.approx(0.0748, rel=0.01) == of_many(Kind(condition=condition, figures=48))


def independent(outside, opens=1, clears=1):
    """Openings a period where each figure lies outside with the same chance: a full run of one kind, then of the other."""
    inside = 1 - outside
    return 1 / ((1 - outside**opens) / (outside**opens * inside) + (1 - inside**clears) / (inside**clears * outside))


BASELINE = 24
FROZEN = {"sigmas": 2.0, "baseline": Baseline(first=BASELINE)}
PERCENT, RATE, COUNT = a_measure(unit=Unit.PERCENT), a_measure(unit=Unit.RATE, per=1000), a_measure(unit=Unit.COUNT)
SHARES = Kind(
    condition=OutsideLimits(limits=PChart(**FROZEN).bind(PERCENT)), figures=BASELINE, measure=PERCENT, minimum=0.0,
    made=lambda z: binom.ppf(norm.cdf(z), 80, 0.2) / 80 * 100,
    planes=lambda v: {"numerator": np.round(v * 0.8), "denominator": np.full(v.shape, 80.0)},
)  # fmt: skip
RATES = Kind(
    condition=OutsideLimits(limits=UChart(**FROZEN).bind(RATE)), figures=BASELINE, measure=RATE, minimum=0.0,
    made=lambda z: poisson.ppf(norm.cdf(z), 16) / 200 * 1000,
    planes=lambda v: {"numerator": np.round(v * 0.2), "denominator": np.full(v.shape, 200.0)},
)  # fmt: skip
COUNTS = Kind(
    condition=OutsideLimits(limits=CChart(**FROZEN).bind(COUNT)), figures=BASELINE, measure=COUNT, minimum=0.0,
    made=lambda z: poisson.ppf(norm.cdf(z), 16),
)  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "cases", "together"),
    [
        pytest.param(replace(SHARES, opens=2), binom(80, 0.2), binom(80 * BASELINE, 0.2), id="p"),
        pytest.param(RATES, poisson(16), poisson(16 * BASELINE), id="u"),
        pytest.param(replace(COUNTS, clears=3), poisson(16), poisson(16 * BASELINE), id="c"),
    ],
)
def test_limits_that_stay_are_left_as_often_as_the_tails_of_counts_say(kind, cases, together):
    """The limits are those of the cases that the baseline may have had; what lies beyond is the binomial's tail, or Poisson's."""
    seen = np.arange(*together.interval(0.9999))
    centre = seen / BASELINE
    share = centre / 80 if kind is SHARES or kind.measure is PERCENT else 0.0
    reach = 2 * np.sqrt(centre * (1 - share))
    tails = cases.cdf(np.ceil(centre - reach) - 1) + cases.sf(np.floor(centre + reach))
    known = (together.pmf(seen) * independent(tails, kind.opens, kind.clears)).sum()
    assert pytest.approx(known, rel=0.25) == of_many(kind, series=24)


def test_more_exceptions_in_a_row_and_a_longer_wait_open_less():
    kind = Kind(condition=OutsideLimits(limits=Rolling()), likeness=0.3)
    once, twice, slowly = (
        of_many(replace(kind, opens=opens, clears=clears)) for opens, clears in ((1, 1), (2, 1), (1, 3))
    )
    assert twice < slowly < once


def test_figures_that_are_alike_open_more_runs():
    kind = Kind(condition=Trend(direction="rising", length=4), figures=60)
    assert of_many(kind) < of_many(replace(kind, likeness=0.6))


def test_a_target_is_missed_by_chance_as_often_as_a_series_at_its_level_would():
    near, far = (TargetMissed(at_least=Level(number=number)) for number in (45.0, 25.0))
    found = of_many(Kind(condition=near, figures=60))
    assert pytest.approx(independent(float(norm.cdf(-1))), rel=0.1) == found
    assert of_many(Kind(condition=far, figures=60)) < 1e-4


def test_the_same_series_are_expected_the_same_each_time():
    kind = Kind(condition=OutsideLimits(limits=Rolling()))
    assert of_many(kind) == of_many(kind)


def test_nothing_is_said_of_series_too_short_for_their_noise_or_all_of_one_figure():
    short, same = [None] * 10 + [50.0, 51.0, 49.0], [50.0] * 13
    panel = a_panel(short, same, list(np.linspace(40, 60, 13)))
    rules = rules_for(panel, TargetMissed(at_least=Level(number=45.0)), a_measure())
    (found,) = by_chance(rules, {panel.kind: panel}, AS_OF)
    assert [True, True, False] == np.isnan(found.opens).tolist()


def test_a_figure_that_does_not_come_is_no_chance():
    panel = a_panel(list(np.linspace(40, 60, 24)))
    measure = a_measure(expected=Expected(days=5))
    (found,) = by_chance(rules_for(panel, NotFresh(), measure), {panel.kind: panel}, AS_OF)
    assert [0.0] == found.opens.tolist()


def test_of_conditions_together_it_is_the_figures_that_are_chance():
    target = TargetMissed(at_least=Level(number=45.0))
    kind = Kind(condition=target, figures=60)
    mixed = Kind(condition=AnyOf(parts=(target, NotFresh())), figures=60, measure=a_measure(expected=Expected(days=5)))
    assert pytest.approx(of_many(kind, series=20), rel=0.1) == of_many(mixed, series=20)


def test_a_rule_that_is_over_expects_nothing():
    panel = a_panel(list(np.linspace(40, 60, 24)))
    rules = rules_for(panel, TargetMissed(at_least=Level(number=45.0)), a_measure())
    over = replace(rules, rules=(replace(rules.rules[0], until=panel.last_days[10]),))
    assert [] == list(by_chance(over, {panel.kind: panel}, AS_OF))


def test_what_ten_figures_say_of_likeness_leaves_much_open():
    """An autocorrelation of 0.6 comes out of ten figures as anything."""
    few, many = (likeness_weights(np.array([n]), np.array([0.4]))[0] for n in (10, 60))
    spread = [np.sqrt((w * (LIKENESS - w @ LIKENESS) ** 2).sum()) for w in (few, many)]
    assert spread[0] > 0.22
    assert spread[1] < 0.15
    assert few @ LIKENESS > 0.4  # few figures show less likeness than they have


def test_what_all_series_show_is_known_of_each():
    alone = likeness_weights(np.full(1, 12), np.array([0.3]))[0]
    chance = CHANCE(8)
    others = np.append(chance.normal(-0.09, 0.27, 400), 0.3)
    among = likeness_weights(np.full(401, 12), others)[-1]
    assert among @ LIKENESS < 0.2
    assert alone @ LIKENESS > 0.4


@pytest.mark.parametrize(
    "condition",
    [
        pytest.param(OutsideLimits(limits=Seasonal()), id="a-fit-too-dear-for-worlds"),
        pytest.param(
            AnyOf(parts=(TargetMissed(at_least=Level(number=90.0)), OutsideLimits(limits=Seasonal()))),
            id="inside-another",
        ),
        pytest.param(
            OutsideLimits(limits=Xmr(baseline=Baseline(since=date(1990, 1, 1), until=date(1991, 12, 31)))),
            id="a-baseline-of-days-that-no-world-reaches-back-to",
        ),
    ],
)
def test_nothing_is_said_where_chance_cannot_be_tried(condition):
    panel = a_panel(*CHANCE(3).normal(100, 5, (4, 40)).tolist())
    rules = rules_for(panel, condition, a_measure())

    (found,) = by_chance(rules, {panel.kind: panel}, AS_OF)
    assert np.isnan(found.opens).all()
