"""Charts for overdispersed figures and rare events as published, with source and tolerance."""

from math import sqrt

import numpy as np
import pytest
from samples.worlds import _, a_block, a_measure, a_panel, floats, judged, rules_for

from alerting.conditions.outside_limits import OutsideLimits
from alerting.domain.block import Block
from alerting.domain.finding import Reason, State
from alerting.domain.measure import Unit
from alerting.domain.period import PeriodKind
from alerting.evaluation.engine import evaluate
from alerting.evaluation.findings import findings
from alerting.limits.attribute_charts import CChart, PChart, UChart
from alerting.limits.funnel import Funnel
from alerting.limits.rare_events import GChart, TChart

#: Attendances at major emergency departments of the NHS in England in 20 weeks: those seen within four hours, and all. Mohammed,
#: M. A. et al. (2013), BMJ Quality and Safety 22(4), 362-368; as in the data set nhs_accidents of R's qicharts2.
SEEN = [
    266501, 264225, 276532, 281461, 269071, 261215, 270409, 279778, 270483, 270320,
    267923, 271478, 255353, 256820, 261835, 259144, 255910, 260863, 264465, 260989,
]  # fmt: skip
CAME = [
    280443, 276823, 291681, 296155, 282343, 275888, 283867, 295251, 284468, 282529,
    279618, 283932, 266629, 268091, 276803, 271578, 266005, 273520, 278574, 273772,
]  # fmt: skip
ATTENDANCES = a_measure(unit=Unit.PERCENT)


def attendances():
    planes = {"numerator": floats(SEEN)[:, None], "denominator": floats(CAME)[:, None]}
    return a_panel([100 * seen / came for seen, came in zip(SEEN, CAME, strict=True)], planes=planes, minimum=0.0)


def test_a_p_prime_chart_is_that_of_the_emergency_attendances():
    """The limits of week 20 are 94.00 to 96.58 %, to half a unit of the last digit; on them nothing is exceptional."""
    panel = attendances()
    found = PChart(overdispersed="yes").bind(ATTENDANCES).compute(a_block(panel), {})
    assert (found.lower[0, 0], found.upper[0, 0]) == pytest.approx((94.00, 96.58), abs=0.005)
    newest = judged(OutsideLimits(limits=PChart(overdispersed="auto").bind(ATTENDANCES)), panel, ATTENDANCES)[-1]
    assert newest.state is State.NORMAL
    limits = newest.evidence["limits"]
    assert (limits["sigmas"], limits["points"], limits["overdispersed"]) == (3.0, 20, True)
    assert limits["sigma_z"] == pytest.approx(10.64, abs=0.005)
    assert limits["dispersion"] == pytest.approx(2207.43 / 19, abs=0.01)
    assert "Its limits are 10.6 times as wide as chance alone would make them" in newest.text


def test_a_plain_p_chart_of_the_emergency_attendances_calls_most_weeks_exceptional():
    lines = PChart().bind(ATTENDANCES).compute(a_block(attendances()), {})
    outside = [n for n, x in enumerate(attendances().values[:, 0]) if not lines.lower[0, 0] <= x <= lines.upper[0, 0]]
    assert len(outside) == 16


def test_fewer_than_twelve_figures_have_no_overdispersed_limits():
    """Plain limits would be trial limits; so few figures do not say how much more than chance is at work."""
    panel = attendances()
    weeks = judged(OutsideLimits(limits=PChart(overdispersed="auto").bind(ATTENDANCES)), panel, ATTENDANCES)
    assert [one.reason for one in weeks[1:11]] == [Reason.FEW_POINTS] * 10
    assert weeks[11].reason is None
    assert [one.centre for one in weeks[1:11]] == [_] * 10


#: How many areas and months the worlds below have, and how many cases an area has in a month at least and at most.
AREAS, MONTHS, CASES = 42, 60, (20_000, 200_000)


def a_stable_world(seed):
    """Areas alike in the long run, month by month apart by a tenth: nothing happens, but far more than chance is at work."""
    random = np.random.default_rng(seed)
    bottom = np.repeat(random.integers(*CASES, AREAS)[None, :], MONTHS, axis=0).astype(float)
    top = random.poisson(bottom * 0.05 * np.exp(random.normal(0, 0.1, (MONTHS, AREAS)))).astype(float)
    planes = {"numerator": top, "denominator": bottom}
    counts = a_panel(*top.T.tolist(), planes=planes)
    return counts, a_panel(*(top / bottom * 1000).T.tolist(), planes=planes, siblings=np.zeros(AREAS, dtype=np.intp))


def share_outside(method, panel):
    block = Block(panel, 24, MONTHS, slice(0, AREAS))
    lines = method.compute(block, {})
    assert (lines.upper == lines.upper).all()
    return float(((block.values > lines.upper) | (block.values < lines.lower)).mean())


def test_a_stable_overdispersed_world_is_quiet_under_limits_that_allow_for_it():
    """42 areas with large denominators: plain limits flag two thirds of all figures; p' and u' 0.4 %, additive funnels 1.5 %."""
    counts, rates = a_stable_world(1)
    measure = a_measure(unit=Unit.RATE, per=1000)
    plain = [
        share_outside(m, p)
        for m, p in ((CChart(), counts), (UChart().bind(measure), rates), (Funnel().bind(measure), rates))
    ]
    allowed = [
        share_outside(m(overdispersed=how).bind(measure), rates) for m in (UChart, Funnel) for how in ("yes", "auto")
    ]
    assert min(plain) > 0.6
    assert max(allowed) < 0.02


def test_an_additive_funnel_of_sixty_areas_is_that_of_an_independent_reckoning():
    """Area by area in plain Python; one area at three times the rate stands out, and widens the limits hardly at all."""
    random = np.random.default_rng(60)
    pairs = [
        (float(random.poisson(n * 0.02 * np.exp(random.normal(0, 0.2)))), float(n))
        for n in random.integers(800, 60_000, 60)
    ]
    pairs[17] = (round(pairs[17][1] * 0.06), pairs[17][1])
    centre = sum(x for x, _ in pairs) / sum(n for _, n in pairs)
    z = sorted((x / n - centre) / sqrt(centre / n) for x, n in pairs)
    z[:6], z[-6:] = [z[6]] * 6, [z[-7]] * 6
    phi = sum(one * one for one in z) / 60
    weights = [n / centre for _, n in pairs]
    tau2 = (60 * phi - 59) / (sum(weights) - sum(w * w for w in weights) / sum(weights))
    planes = {name: floats([pair[n] for pair in pairs])[None, :] for n, name in enumerate(("numerator", "denominator"))}
    panel = a_panel(*[[x / n * 1000] for x, n in pairs], siblings=np.zeros(60, dtype=np.intp), planes=planes)
    found = Funnel(overdispersed="yes").bind(a_measure(unit=Unit.RATE, per=1000)).compute(a_block(panel), {})
    upper = [(centre + 3 * sqrt(centre / n + tau2)) * 1000 for _, n in pairs]
    assert found.upper[0] == pytest.approx(upper, rel=1e-12)
    assert (panel.values[0] / found.upper[0]).argmax() == 17
    assert panel.values[0, 17] > found.upper[0, 17]


#: Montgomery, Introduction to Statistical Quality Control, table 7.14: hours between failures of a valve, here taken as days.
VALVE = [286, 948, 536, 124, 816, 729, 4, 143, 431, 8, 2837, 596, 81, 227, 603, 492, 1199, 1214, 2831, 96]


def valve_failures():
    """A failure on the first day, and one after each of the gaps; none on the days between."""
    counts = np.zeros(sum(VALVE) + 1)
    counts[[0, *np.cumsum(VALVE)]] = 1
    return a_panel(counts, kind=PeriodKind.DAY, minimum=0.0)


def test_a_t_chart_is_that_of_the_valve_failures():
    """Montgomery transforms the hours by 1 / 3.6 and charts them as individuals: back in hours the centre is 430.0, the upper
    limit 6,940, and no failure lies outside. He keeps all moving ranges; so does the screen, since none is wide enough."""
    found = judged_latest(OutsideLimits(limits=TChart()), valve_failures())
    assert (found.value, found.state) == (96.0, State.NORMAL)
    assert (found.centre, found.upper) == (pytest.approx(430.0, abs=0.05), pytest.approx(6940, abs=0.5))
    assert found.lower == 0.0
    limits = found.evidence["limits"]
    assert (limits["method"], limits["points"]) == ("t", 20)
    assert limits["mean_moving_range"] == pytest.approx(2.36092, abs=0.000005)


def test_a_g_chart_of_the_valve_failures_has_its_median_and_the_points_of_the_geometric():
    """Mean 710.05, so that q = 710.05 / 711.05: ln 0.00135 / ln q = 4,695.07 and ln 0.99865 / ln q = 0.96."""
    found = judged_latest(OutsideLimits(limits=GChart()), valve_failures())
    assert (found.centre, found.lower, found.upper) == (514.0, 0.0, 4695.0)


def judged_latest(condition, panel):
    measure = a_measure(every=PeriodKind.DAY, unit=Unit.COUNT)
    as_of = panel.period(panel.n_periods).first_day
    made = findings(evaluate(rules_for(panel, condition, measure), {panel.kind: panel}, as_of), text="all")
    return made[0].finding
