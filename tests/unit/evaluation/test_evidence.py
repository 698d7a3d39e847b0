"""What findings say they rest on, in numbers and in words."""

from statistics import mean, stdev

import numpy as np
import pytest
from samples.worlds import _, a_block, a_panel, floats, judged

from alerting.conditions.above_upper_limit import AboveUpperLimit
from alerting.conditions.average_moved import AverageMoved
from alerting.conditions.change import Change
from alerting.conditions.composition import AnyOf
from alerting.conditions.run import Run
from alerting.conditions.target_missed import TargetMissed
from alerting.conditions.trend import Trend
from alerting.domain.combining import PARTS
from alerting.domain.finding import Reason
from alerting.domain.measure import Level
from alerting.domain.parameters import Amount, Baseline
from alerting.limits.attribute_charts import CChart, PChart
from alerting.limits.fixed import Fixed
from alerting.limits.previous_financial_year import PreviousFinancialYear
from alerting.limits.rebased_average import RebasedAverage
from alerting.limits.rolling import Rolling
from alerting.limits.seasonal import Seasonal
from alerting.limits.xmr import Xmr

#: April 2018 to March 2019.
YEAR = [50, 54, 49, 51, 53, 50, 52, 48, 51, 50, 53, 51]


def limits_of(method, values, **extra):
    """The evidence on the limits of the newest period."""
    return judged(AboveUpperLimit(limits=method), a_panel(values, **extra))[-1].evidence["limits"]


def test_last_years_limits_name_that_years_figures_their_mean_and_their_spread():
    found = limits_of(PreviousFinancialYear(), [*YEAR, 90])
    assert found["method"] == "previous_financial_year"
    assert (found["from"], found["to"], found["points"], found["left_out"]) == ("2018-04", "2019-03", 12, [])
    assert found["mean"] == pytest.approx(mean(YEAR))
    assert found["standard_deviation"] == pytest.approx(stdev(YEAR))


def test_the_lines_stand_beside_what_made_them():
    found = limits_of(PreviousFinancialYear(), [*YEAR, 90])
    assert found["centre"] == pytest.approx(found["mean"])
    assert found["upper"] == pytest.approx(found["mean"] + 2 * found["standard_deviation"])
    assert found["lower"] == pytest.approx(found["mean"] - 2 * found["standard_deviation"])


def test_a_missing_and_an_excluded_period_between_are_named():
    excluded = np.zeros((13, 1), dtype=bool)
    excluded[5] = True
    found = limits_of(PreviousFinancialYear(), [*YEAR[:3], _, *YEAR[4:], 90], excluded=excluded)
    assert found["left_out"] == ["2018-07", "2018-09"]
    assert found["points"] == 10


@pytest.mark.parametrize(
    ("method", "values", "span"),
    [
        pytest.param(Rolling(window=4), YEAR, ("2018-11", "2019-02", 4), id="rolling: the window before"),
        pytest.param(Xmr(), YEAR, ("2018-04", "2019-03", 12), id="xmr: all so far, this one included"),
        pytest.param(Xmr(baseline=Baseline(first=6)), YEAR, ("2018-04", "2018-09", 6), id="xmr: the first six"),
        pytest.param(CChart(), YEAR, ("2018-04", "2019-03", 12), id="c: all so far"),
        pytest.param(
            RebasedAverage(baseline=6), [*YEAR[:6], 50, 50], ("2018-04", "2018-09", 6), id="re-based: the first average"
        ),
        pytest.param(
            RebasedAverage(baseline=3, run=4), [50, 51, 52, 60, 61, 62, 63, 64], ("2018-07", "2018-10", 4),
            id="re-based: the run that moved it",
        ),
    ],
)  # fmt: skip
def test_each_method_names_its_own_figures(method, values, span):
    found = limits_of(method, values)
    assert (found["from"], found["to"], found["points"]) == span


def test_figures_behind_a_break_made_nothing():
    segments = np.array([[0]] * 4 + [[1]] * 8, dtype=np.int32)
    found = limits_of(Xmr(), YEAR, segments=segments)
    assert (found["from"], found["points"]) == ("2018-08", 8)
    assert found["mean_moving_range"] == pytest.approx(float(np.abs(np.diff(YEAR[4:])).mean()))


def test_a_proportions_limits_rest_on_the_periods_with_a_denominator():
    top, bottom = floats([5, 6, _, 7])[:, None], floats([10, 0, 10, 10])[:, None]
    found = limits_of(PChart(), [50, 60, 70, 70], planes={"numerator": top, "denominator": bottom})
    assert (found["points"], found["left_out"]) == (2, ["2018-05", "2018-06"])


@pytest.mark.parametrize("overdispersed", ["no", "yes", "auto"])
def test_a_proportions_limits_rest_on_nothing_where_no_series_has_a_denominator(overdispersed):
    condition = AboveUpperLimit(limits=PChart(overdispersed=overdispersed))
    alone = judged(condition, a_panel([40, 42, 39]))[-1]
    beside = judged(condition, a_panel([40, 42, 39], planes={part: np.full((3, 1), np.nan) for part in PARTS}))[-1]
    assert alone.reason is Reason.NO_LIMITS
    assert alone.evidence == beside.evidence


def test_limits_that_no_figures_of_the_series_made_say_only_their_method():
    assert limits_of(Fixed(upper=80.0), [90])["method"] == "fixed"
    assert "points" not in limits_of(Fixed(upper=80.0), [90])


def test_too_few_figures_are_counted_all_the_same():
    found = limits_of(PreviousFinancialYear(), [50, 51])
    assert found["points"] == 0
    assert "from" not in found


@pytest.mark.parametrize(
    "condition",
    [
        pytest.param(Run(length=3, of=Fixed(centre=40.0)), id="run"),
        pytest.param(Trend(length=3), id="trend"),
    ],
)
def test_what_looks_at_several_values_lists_them(condition):
    newest = judged(condition, a_panel([39, 41, 43, 45]))[-1]
    assert newest.evidence["values"] == {"from": "2018-05", "until": "2018-07", "figures": [41.0, 43.0, 45.0]}


def test_a_gap_among_the_values_is_null():
    newest = judged(Trend(length=3), a_panel([39, _, 45]))[-1]
    assert newest.evidence["values"]["figures"] == [39.0, None, 45.0]


def test_values_behind_a_break_are_not_among_those_in_a_row():
    segments = np.array([[0], [1], [1]], dtype=np.int32)
    newest = judged(Trend(length=3), a_panel([39, 41, 45], segments=segments))[-1]
    assert newest.evidence["values"]["figures"] == [None, 41.0, 45.0]


def test_a_change_names_what_it_is_compared_with():
    rise = Change(versus="previous_period", rises_by=Amount(number=10, relative=True))
    assert judged(rise, a_panel([40, 60]))[-1].evidence == {"compared_with": 40.0}


def test_in_a_composition_the_part_that_decided_gives_the_evidence():
    either = AnyOf(parts=(TargetMissed(at_most=Level(number=95.0)), AboveUpperLimit(limits=PreviousFinancialYear())))
    by_limit, by_target = (judged(either, a_panel([*YEAR, value]))[-1] for value in (90, 99))
    assert by_limit.evidence["limits"]["points"] == 12
    assert by_target.evidence == {}


def test_the_words_say_which_figures_the_limits_come_from():
    newest = judged(AboveUpperLimit(limits=PreviousFinancialYear()), a_panel([*YEAR, 90]))[-1]
    assert "It is compared with the 12 figures from April 2018 to March 2019." in newest.text


def test_the_words_say_which_figures_make_a_new_average():
    moved = judged(AverageMoved(limits=RebasedAverage(baseline=3, run=4)), a_panel([50, 51, 52, 60, 61, 62, 63]))[-1]
    assert "The new average is that of the 4 figures from July 2018 to October 2018." in moved.text


def test_seasonal_limits_say_how_much_the_figures_vary():
    season = [20 + (month % 12) * 2 + (month * 7) % 5 for month in range(72)]
    found = limits_of(Seasonal(), [*season, 200])
    lines = Seasonal().compute(a_block(a_panel([*season, 200]), 72), {})
    assert found["dispersion"] == pytest.approx(lines.dispersion[0, 0])
    assert 1 <= found["dispersion"] < 2
    assert "dispersion" not in limits_of(Seasonal(), season[:30])
