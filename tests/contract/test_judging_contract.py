"""What every condition and limits method must keep, whichever file it lives in."""

import warnings

import numpy as np
import pytest
from samples.brought import of_conditions, of_methods
from samples.condition_cases import LIMITS
from samples.gauge import AS_IT_IS
from samples.worlds import a_measure, a_panel, floats

from alerting.conditions.kernels.plans import plan_values
from alerting.conditions.registry import conditions
from alerting.domain.block import Block
from alerting.domain.finding import State
from alerting.domain.measure import Level, Unit
from alerting.domain.panel import Panel
from alerting.domain.period import PeriodKind
from alerting.evaluation.levels import is_constant
from alerting.limits.registry import limits_methods

#: The measure below has any numbers, and shares with numerator and denominator.
FITS = ("plain", "percent")
METHODS = {case.id: case.make(AS_IT_IS) for case in LIMITS.values()}
METHODS |= {key: cls() for key, cls in limits_methods().items() if not of_methods()[key].cases}
CASES = [
    pytest.param(one.make(AS_IT_IS, method), id=f"{one.id}/{name}")
    for brought in of_conditions().values()
    for one in brought.on_limits
    for name, method in METHODS.items()
]
CASES += [
    pytest.param(case.make(AS_IT_IS), id=case.id)
    for brought in of_conditions().values()
    for case in brought.cases
    if case.figures in FITS and not conditions()[brought.key].has_parts
]
CASES += [
    pytest.param(condition, id=f"{key}-{n}")
    for key, brought in of_conditions().items()
    for n, condition in enumerate(brought.judged)
]
RANDOM = np.random.default_rng(7)
LONG = [[*RANDOM.normal(10, 2, 40)] for _ in range(5)]


def panel_of(*series: list[float | None], **extra: object) -> Panel:
    shape = (len(series[0]), len(series))
    rng = np.random.default_rng(3)
    bottom = rng.integers(50, 100, shape).astype(float)
    planes = {
        "numerator": np.round(bottom * 0.1), "denominator": bottom, "plan": np.full(shape, 10.0),
        "lower_limit": np.full(shape, 8.0), "upper_limit": np.full(shape, 12.0),
    }  # fmt: skip
    return a_panel(*series, planes=planes, **extra)


def judge(condition, panel, start, stop, columns=None):
    measure = a_measure(unit=Unit.PERCENT)
    bound = condition.bind(measure)
    columns = slice(0, panel.n_series) if columns is None else columns
    panel = panel if bound.view is None else bound.view.panel(panel, columns)
    numbers = {}
    for name, value in bound.vectors().items():
        if is_constant(value):
            numbers[name] = np.array(value.number if isinstance(value, Level) else value)
        else:
            numbers[name] = plan_values(value, panel.last_days[start:stop])[:, None]
    return bound.judge(Block(panel, start, stop, columns), numbers).state


def cut(panel: Panel, rows: int) -> Panel:
    """The same panel before its later rows were known."""
    from dataclasses import replace

    values = panel.values[:rows]
    return replace(panel, values=values, shown=values, planes={k: v[:rows] for k, v in panel.planes.items()})


@pytest.mark.parametrize("key", [key for key, cls in conditions().items() if not (cls.by_clock or cls.has_parts)])
def test_every_condition_is_under_contract(key):
    """What is judged by the clock, and what is made of others, is tested where it is."""
    assert key in {one.values[0].key for one in CASES}


@pytest.mark.sampled(4)
@pytest.mark.parametrize("condition", CASES)
@pytest.mark.parametrize(
    "values",
    [
        pytest.param([None], id="nothing"), pytest.param([1.0], id="one-point"),
        pytest.param([None] * 30, id="all-missing"), pytest.param([5.0] * 30, id="constant"),
        pytest.param([0.0] * 30, id="zeros"), pytest.param([1.0, None] * 15, id="gappy"),
        pytest.param([1e308, -1e308] * 15, id="huge"), pytest.param([5e-324] * 30, id="denormal"),
        pytest.param([2.0**53 + 2 * n for n in range(30)], id="beyond-exact-integers"),
    ],
)  # fmt: skip
def test_no_figures_make_it_raise_or_warn(condition, values):
    panel = panel_of(values)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = judge(condition, panel, 0, len(values))
    assert (len(values), 1) == found.shape
    assert set(np.unique(found)) <= {int(state) for state in State}


@pytest.mark.parametrize("condition", CASES)
def test_a_verdict_never_depends_on_later_figures(condition):
    panel = panel_of(*LONG)
    whole = judge(condition, panel, 0, 40)
    for row in (0, 7, 13, 25, 39):
        assert whole[row].tolist() == judge(condition, cut(panel, row + 1), row, row + 1)[0].tolist()


@pytest.mark.parametrize("condition", CASES)
def test_areas_in_another_order_give_the_same_verdicts_in_that_order(condition):
    panel = panel_of(*LONG)
    order = np.array([3, 0, 4, 2, 1])
    assert judge(condition, panel, 0, 40)[:, order].tolist() == judge(condition, panel, 0, 40, order).tolist()


@pytest.mark.parametrize("condition", CASES)
def test_a_missing_figure_is_never_exceptional(condition):
    values = [10.0] * 20 + [99.0] * 9 + [None]
    panel = panel_of(values, [-v if v is not None else None for v in values])
    assert State.EXCEPTION not in judge(condition, panel, 29, 30)[0].tolist()


@pytest.mark.parametrize("method", [pytest.param(method, id=name) for name, method in METHODS.items()])
def test_limits_never_look_at_later_figures(method):
    panel = panel_of(*LONG)
    method = method.bind(a_measure(unit=Unit.PERCENT))
    if method.view is not None:
        counts = [np.floor(np.maximum(np.array(one) - 10, 0)).tolist() for one in LONG]
        panel = method.view.panel(panel_of(*counts), slice(0, 5))
    numbers = {name: np.array(value) for name, value in method.vectors().items()}
    whole = method.compute(Block(panel, 0, 40, slice(0, 5)), numbers)
    for row in (5, 20, 39):
        early = method.compute(Block(cut(panel, row + 1), row, row + 1, slice(0, 5)), numbers)
        np.testing.assert_array_equal(whole.upper[row], early.upper[0])
        np.testing.assert_array_equal(whole.centre[row], early.centre[0])


def test_kinds_without_a_fixed_length_are_judged_too():
    weekly = a_panel([10.0] * 60 + [99.0], kind=PeriodKind.WEEK)
    assert 61 == weekly.n_periods
    assert floats([1]).shape == (1,)
