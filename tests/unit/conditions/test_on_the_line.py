"""A figure on a line is on it, whatever binary arithmetic makes of the decimals; one printed digit off it is off."""

from datetime import date

import numpy as np
import pytest
from samples.worlds import _, a_panel, floats, judged, states

from alerting.conditions.above_upper_limit import AboveUpperLimit
from alerting.conditions.band import InBand
from alerting.conditions.change import Change
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
from alerting.domain.finding import Reason
from alerting.domain.measure import Level
from alerting.domain.parameters import Amount, Band, Milestone
from alerting.limits.fixed import Fixed
from alerting.limits.previous_financial_year import PreviousFinancialYear
from alerting.limits.rebased_average import RebasedAverage

SUM = 0.1 + 0.2 + 0.3  # 0.6000000000000001
PERCENT = 580 / 1000 * 100  # 57.99999999999999


def per_cent(number):
    return Amount(number=number, relative=True)


def units(number):
    return Amount(number=number)


@pytest.mark.parametrize(
    ("condition", "on", "off"),
    [
        (TargetMissed(at_least=Level(number=58.0)), PERCENT, 57.99),
        (TargetMissed(at_most=Level(number=0.6)), SUM, 0.60000000000001),
        (OutsideRange(low=58.0, high=60.0), PERCENT, 57.9999999999),
        (OutsideRange(low=0.0, high=0.6), SUM, 0.7),
        (AboveUpperLimit(limits=Fixed(upper=0.6)), SUM, 0.61),
        (OutsideLimits(limits=Fixed(lower=58.0, upper=60.0)), PERCENT, 57.9),
        (AboveUpperLimit(limits=Fixed(upper=160e9)), 160e9, 160e9 + 0.01),
    ],
    ids=str,
)
def test_a_figure_on_its_line_is_no_exception_and_the_next_printed_one_is(condition, on, off):
    assert states(condition, [on, off]) == "nE"


@pytest.mark.parametrize(
    ("figure", "letter"), [(0.6, "n"), (SUM, "n"), (0.1 * 3 + 0.3, "n"), (0.5999999999, "E")], ids=str
)
def test_a_figure_on_the_edge_of_a_band_is_in_the_band_above(figure, letter):
    bands = (Band(name="red", at_least=None, below=SUM), Band(name="green", at_least=SUM, below=None))
    assert states(InBand(bands=bands), [figure]) == letter


@pytest.mark.parametrize(
    ("condition", "values", "letter"),
    [
        (Change(versus="previous_period", rises_by=per_cent(10)), [12.0, 13.2], "E"),
        (Change(versus="previous_period", rises_by=per_cent(10)), [12.0, 13.19], "n"),
        (Change(versus="previous_period", rises_by=units(1)), [1.3, 2.3], "E"),
        (Change(versus="previous_period", rises_by=per_cent(29)), [100.0, 129.0], "E"),
        (Change(versus="previous_period", falls_by=per_cent(10)), [12.0, 10.8], "E"),
        (Change(versus="previous_period", moves_by=per_cent(7)), [1.0, 0.93], "E"),
        (Change(versus="previous_period", rises_by=per_cent(0)), [0.6, SUM], "n"),
        (Change(versus="previous_period", rises_by=per_cent(10)), [-12.0, -10.8], "E"),
        (ReductionMissed(at_least=per_cent(10), versus="previous_period"), [12.0, 10.8], "n"),
        (ReductionMissed(at_least=per_cent(10), versus="previous_period"), [12.0, 10.81], "E"),
        (ReductionMissed(at_least=per_cent(0), versus="previous_period"), [0.6, SUM], "n"),
    ],
    ids=str,
)
def test_a_change_is_as_large_as_the_printed_figures_say(condition, values, letter):
    assert states(condition, values)[-1] == letter


@pytest.mark.parametrize(
    ("value", "plan", "letter"),
    [(1.1, 1.0, "n"), (3.3, 3.0, "n"), (3.31, 3.0, "E"), (-0.9, -1.0, "n"), (-2.7, -3.0, "n")],
)
def test_a_variance_is_as_large_as_the_printed_figures_say(value, plan, letter):
    panel = a_panel([value], planes={"plan": floats([plan])[:, None]})
    assert judged(Variance(over=per_cent(10)), panel)[-1].state.name[0] == {"n": "N", "E": "E"}[letter]


@pytest.mark.parametrize(
    ("condition", "until", "from_to", "on", "off"),
    [
        (BelowTrajectory, date(2018, 5, 6), (2.0, 16.0), 13.6, 13.59),
        (AboveTrajectory, date(2018, 10, 21), (13.1, 25.0), 14.8, 14.81),
    ],
)
def test_a_figure_on_a_straight_plan_is_on_it(condition, until, from_to, on, off):
    line = tuple(
        Milestone(date=day, value=value) for day, value in zip((date(2018, 4, 1), until), from_to, strict=True)
    )
    assert states(condition(milestones=line), [on]) == "n"
    assert states(condition(milestones=line), [off]) == "E"
    assert judged(condition(milestones=line), a_panel([on]))[0].plan == on


def test_a_value_on_the_average_ends_a_run():
    year = [83.1, 83.3] * 6
    assert states(Run(side="below", length=3, of=PreviousFinancialYear()), [*year, 83.2, 83.2, 83.2])[-1] == "n"
    assert states(Run(side="below", length=3, of=PreviousFinancialYear()), [*year, 83.1, 83.1, 83.19])[-1] == "E"
    assert states(Run(side="below", length=2, of=Fixed(centre=0.6, lower=0.0, upper=1.2)), [SUM, SUM]) == "nn"
    assert states(Run(side="above", length=2, of=Fixed(centre=0.6, lower=0.0, upper=1.2)), [SUM, SUM]) == "nn"


def test_a_value_on_the_centre_ends_the_count_of_a_rebased_average():
    limits = RebasedAverage(baseline=3, run=3)
    panel = a_panel([0.1, 0.2, 0.3, 0.2, 0.2])
    found = judged(Run(length=2, of=limits), panel)
    assert [one.rebase_count for one in found][-1] == 0


def test_figures_that_are_one_number_are_no_rise():
    assert states(Trend(direction="rising", length=3), [0.5, 0.6, SUM])[-1] == "n"
    assert states(Trend(direction="falling", length=3), [0.7, SUM, 0.6])[-1] == "n"
    assert states(Trend(direction="rising", length=3), [0.5, 0.6, 0.6000000000001])[-1] == "E"


def test_two_thirds_of_the_way_is_not_beyond_them():
    limits = Fixed(centre=0.0, lower=-0.9, upper=0.9)
    assert states(NearLimit(limits=limits, points=1, out_of=1), [SUM, 0.61, SUM + 0.3, 0.91]) == "nEEn"


def test_areas_with_one_figure_share_a_place():
    for figures in ([SUM, 0.6, 0.5], [0.6, SUM, 0.5]):  # the lowest is the best
        panel = a_panel(*([one] for one in figures), siblings=np.zeros(3, dtype=np.intp))
        assert judged(Rank(worse_than=2), panel)[-1].evidence["place"] == 2


def test_a_year_that_adds_up_to_nothing_is_a_base_of_nothing():
    values = [0.1, 0.2, -0.3, *[_] * 9, 1.0, 1.0, 1.0]
    condition = Change(versus="year_to_date", rises_by=per_cent(10))
    assert judged(condition, a_panel(values))[-1].reason is Reason.ZERO_BASE


@pytest.mark.parametrize(
    ("condition", "values", "says"),
    [
        (TargetMissed(at_least=Level(number=58.0)), [PERCENT], "58 in April 2018, on the target of 58"),
        (TargetMissed(at_most=Level(number=0.5)), [SUM], "0.6 in April 2018, 0.1 above the target of 0.5"),
        (
            ReductionMissed(at_least=per_cent(10), versus="previous_period"), [120.0, 108.0],
            "a fall of 10% on April 2018 (120), meeting the 10% reduction wanted",
        ),
        (Change(versus="previous_period", rises_by=units(1)), [1.3, 2.3], "2.3 in May 2018, up 1 on April 2018 (1.3)"),
        (Change(versus="previous_period", rises_by=units(0.2)), [83.0, 83.1], "83.1 in May 2018, up 0.1 on April 2018 (83)"),
        (
            Run(side="either", length=3, of=PreviousFinancialYear()), [*[83.1, 83.3] * 6, 83.2, 83.2, 83.2],
            "83.2 in June 2019, on the average of 83.2",
        ),
        (
            BelowTrajectory(milestones=(Milestone(date=date(2018, 4, 1), value=2.0), Milestone(date=date(2018, 5, 6), value=16.0))),
            [13.0], "13 in April 2018, 0.6 below the 13.6 of the straight line from 2 (1 April 2018) to 16 (6 May 2018)",
        ),
    ],
    ids=["on-target", "above-target", "reduction", "units", "tenth", "average", "plan"],
)  # fmt: skip
def test_words_say_what_the_decimals_say(condition, values, says):
    assert says in judged(condition, a_panel(values))[-1].text


def test_a_finding_gives_a_line_as_the_figure_where_they_are_one_number():
    found = judged(OutsideLimits(limits=Fixed(lower=0.6, upper=0.9)), a_panel([SUM]))[-1]
    assert (found.value, found.lower, found.state.name) == (0.6, 0.6, "NORMAL")
    found = judged(Change(versus="previous_period", rises_by=per_cent(10)), a_panel([12.0, 13.2]))[-1]
    assert found.change == 10.0
