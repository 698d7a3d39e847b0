"""What seasonal limits do where there is little to go by; their figures are checked in tests/reference/test_farrington.py."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples.brought import MethodCase, OfMethod
from samples.gauge import NEVER_BELOW_ZERO, POISSON
from samples.worlds import a_block, a_measure, a_panel, judged, reasons
from scipy import stats

from alerting.conditions.above_upper_limit import AboveUpperLimit
from alerting.domain.finding import Reason, State
from alerting.domain.measure import Unit
from alerting.domain.parameters import Amount, MinimumCases
from alerting.domain.period import PeriodKind
from alerting.limits.kernels.quasi_poisson import count_quantile
from alerting.limits.seasonal import Seasonal

COUNT = a_measure(unit=Unit.COUNT)
ABOVE = AboveUpperLimit(limits=Seasonal())


def months(n, level=20, seed=1):
    return np.random.default_rng(seed).poisson(level, n).astype(float).tolist()


def newest(values, method=None, **extra):
    return judged(AboveUpperLimit(limits=method or Seasonal()), a_panel(values, minimum=0.0, **extra), COUNT)[-1]


def test_limits_begin_when_the_whole_window_five_years_ago_is_there():
    found = reasons(ABOVE, months(63), measure=COUNT)
    assert found == [Reason.FEW_POINTS] * 61 + [None, None]


def test_a_series_that_began_later_than_others_waits_for_its_own_past():
    young = [None] * 3 + months(62)
    assert judged(ABOVE, a_panel(young, months(65)), COUNT)[-1].reason is None
    assert judged(ABOVE, a_panel(young[:64], months(64)), COUNT)[-1].reason is Reason.FEW_POINTS


def test_an_outbreak_is_found_and_the_words_say_from_what():
    finding = newest([*months(80), 60.0])
    assert finding.state is State.EXCEPTION
    assert finding.centre == pytest.approx(20, abs=3)
    assert "significantly above the 19 expected (upper limit 31)" in finding.text
    assert finding.evidence["limits"]["method"] == "seasonal"


@pytest.mark.parametrize(
    ("last", "count", "state"),
    [
        pytest.param([0, 0, 0, 4], 5, State.NORMAL, id="four cases in four months"),
        pytest.param([0, 0, 1, 4], 5, State.EXCEPTION, id="five"),
        pytest.param([9, 0, 0, 4], 5, State.EXCEPTION, id="counted over four months"),
        pytest.param([0, 0, 0, 4], 4, State.EXCEPTION, id="fewer are enough"),
    ],
)
def test_fewer_cases_than_the_minimum_are_never_outside(last, count, state):
    rare = [0.0, 0.0, 1.0, 0.0, 0.0, 0.0] * 14
    finding = newest([*rare, *last], Seasonal(minimum_cases=MinimumCases(count=count)))
    assert finding.state is state
    if state is State.NORMAL:
        assert (finding.upper, finding.lower) == (None, None)


def test_nothing_is_learnt_from_behind_a_break():
    segments = np.array([[0]] * 10 + [[1]] * 70, dtype=np.int32)
    assert newest(months(80), segments=segments).reason is None
    segments = np.array([[0]] * 20 + [[1]] * 60, dtype=np.int32)
    assert newest(months(80), segments=segments).reason is Reason.FEW_POINTS


def test_excluded_months_teach_nothing():
    values = months(80)
    wild = values.copy()
    wild[40:44] = [300.0] * 4
    excluded = np.zeros((80, 1), dtype=bool)
    excluded[40:44] = True
    gaps = [None if 40 <= n < 44 else value for n, value in enumerate(values)]
    assert newest(wild, excluded=excluded).upper == newest(gaps).upper


@pytest.mark.parametrize(
    "values", [[0.0] * 80, [12.0] * 80, [0.0] * 79 + [30.0]], ids=["zeros", "constant", "first ever"]
)
def test_series_without_variation_have_limits(values):
    finding = newest(values)
    assert finding.reason is None
    assert finding.state is (State.EXCEPTION if values[-1] > 12 else State.NORMAL)


@pytest.mark.parametrize(
    ("keys", "measure", "kind", "says"),
    [
        ({}, a_measure(unit=Unit.PERCENT), PeriodKind.MONTH, "for counts"),
        ({}, COUNT, PeriodKind.QUARTER, "weeks and months"),
        ({"half_width": 2}, COUNT, PeriodKind.MONTH, "leaves no 9 seasons"),
        ({"leave_out": 12}, COUNT, PeriodKind.MONTH, "below a year"),
        ({"years": 0}, COUNT, PeriodKind.WEEK, "1 or more"),
        ({"confidence": Amount(number=40, relative=True)}, COUNT, PeriodKind.WEEK, "above 50 %"),
    ],
)
def test_what_cannot_be_is_refused(keys, measure, kind, says):
    (problem,) = Seasonal(**keys).problems(measure, kind)
    assert says in problem


def test_all_areas_at_once_are_each_area_alone():
    series = [months(90, level, seed) for seed, level in enumerate([2, 20, 200, 2000])]
    method = Seasonal()
    together = method.compute(a_block(a_panel(*series, minimum=0.0)), {})
    for n, values in enumerate(series):
        alone = method.compute(a_block(a_panel(values, minimum=0.0)), {})
        assert (alone.centre[0, 0], alone.upper[0, 0]) == (together.centre[0, n], together.upper[0, n])


@given(
    st.floats(0.01, 1e6),
    st.one_of(st.just(1.0), st.floats(1.001, 50)),
    st.sampled_from([0.005, 0.5, 0.9, 0.975, 0.995, 0.9999]),
)
def test_count_quantiles_are_those_of_the_distributions(mean, dispersion, chance):
    known = stats.poisson(mean) if dispersion <= 1 else stats.nbinom(mean / (dispersion - 1), 1 / dispersion)
    (found,) = count_quantile(chance, np.array([mean]), np.array([dispersion]))
    assert known.cdf(found) >= chance * (1 - 1e-9)
    assert found == 0 or known.cdf(found - 1) < chance * (1 + 1e-9)


BROUGHT = (
    OfMethod(
        key="seasonal",
        cases=(
            MethodCase(
                id="seasonal",
                figures="count",
                no_shift=POISSON,
                no_scale=POISSON,
                no_mirror=NEVER_BELOW_ZERO,
                make=lambda _: Seasonal(years=1, leave_out=2, minimum_cases=MinimumCases(count=1, periods=1)),
            ),
        ),
        worded=lambda _: Seasonal(years=2, leave_out=1, minimum_cases=MinimumCases(count=1, periods=1)),
        figures="count",
        centre="expected",
    ),
)
