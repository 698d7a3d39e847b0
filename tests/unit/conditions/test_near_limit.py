"""Values in a row close to a limit, against a slow second way to work it out."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples.brought import Form, OfCondition, OnLimits, Said
from samples.word_forms import LIMITS, WHICH
from samples.worlds import _, a_measure, a_panel, floats, judged, reasons, rules_for, states

from alerting.conditions.near_limit import NearLimit
from alerting.conditions.run import Run
from alerting.domain.finding import Reason
from alerting.domain.period import PeriodKind
from alerting.evaluation.engine import evaluate
from alerting.evaluation.findings import findings
from alerting.limits.fixed import Fixed
from alerting.limits.published import Published
from alerting.limits.rebased_average import RebasedAverage

#: Near the upper limit lies above 12 and up to 13, near the lower from 7 to below 8.
LINES = Fixed(lower=7.0, upper=13.0, centre=10.0)
TWO_OF_THREE = NearLimit(limits=LINES)


@pytest.mark.parametrize(
    ("condition", "values", "verdicts"),
    [
        pytest.param(TWO_OF_THREE, [11, 12.5, 12.5], "nhE", id="two of three"),
        pytest.param(TWO_OF_THREE, [12.5, 11, 12.5], "hnE", id="not next to each other"),
        pytest.param(TWO_OF_THREE, [12.5, 12.5, 11], "hhn", id="the latest must be near"),
        pytest.param(TWO_OF_THREE, [11, 11, 12.5], "nnn", id="one is not enough"),
        pytest.param(TWO_OF_THREE, [9, 12.5, 12.5], "nnn", id="one on the other side"),
        pytest.param(TWO_OF_THREE, [10, 12.5, 12.5], "nnn", id="one on the centre"),
        pytest.param(TWO_OF_THREE, [11, 12, 12.5], "nnn", id="exactly two thirds of the way is not beyond"),
        pytest.param(TWO_OF_THREE, [11, 13, 13], "nhE", id="on the limit is not beyond it"),
        pytest.param(TWO_OF_THREE, [11, 12.5, 13.5], "nhn", id="the latest beyond the limit"),
        pytest.param(TWO_OF_THREE, [13.5, 12.5, 12.5], "nhE", id="an earlier one beyond is on the side, not near"),
        pytest.param(TWO_OF_THREE, [13.5, 13.5, 12.5], "nnn", id="beyond does not count as near"),
        pytest.param(TWO_OF_THREE, [9, 7.5, 7.5], "nhE", id="below"),
        pytest.param(TWO_OF_THREE, [9, 8, 7.5], "nnn", id="exactly two thirds of the way down is not beyond"),
        pytest.param(TWO_OF_THREE, [9, 7, 7], "nhE", id="on the lower limit is not beyond it"),
        pytest.param(TWO_OF_THREE, [10, 7.5, 7.5], "nnn", id="one on the centre, the others below"),
        pytest.param(TWO_OF_THREE, [11, 12.5, _, 12.5], "nhdd", id="a gap leaves it open"),
        pytest.param(TWO_OF_THREE, [12.5, 12.5, 9, _, 12.5], "hhndn", id="a gap where a value refutes"),
        pytest.param(NearLimit(limits=LINES, points=1, out_of=2), [11, 12.5, 9, 12.5], "nEnn", id="one of two"),
        pytest.param(NearLimit(limits=LINES, points=1, out_of=1), [11, 12.5], "nE", id="one of one"),
    ],
)
def test_near_limit(condition, values, verdicts):
    assert states(condition, values) == verdicts
    assert plain(values, condition.points, condition.out_of) == verdicts


def plain(values, points, out_of, lower=7.0, upper=13.0, centre=10.0):
    """The rule as the contract puts it, value by value."""
    letters = ""
    for at, latest in enumerate(values):
        if latest is None:
            letters += "d"
            continue
        window = [values[n] if n >= 0 else None for n in range(at - out_of + 1, at + 1)]
        letter = "n"
        for sign, limit in ((1, upper), (-1, lower)):
            edge = abs(limit - centre) * 2 / 3
            there = [value for value in window if value is not None]
            near = [edge < sign * (value - centre) <= abs(limit - centre) for value in there]
            missing = len(window) - len(there)
            if any(sign * (value - centre) <= 0 for value in there) or not near[-1] or sum(near) + missing < points:
                continue
            letter = "E" if not missing else "h" if at < out_of - 1 else "d"
        letters += letter
    return letters


FIGURES = st.lists(
    st.sampled_from([7.0, 7.25, 7.9, 8.0, 9.0, 10.0, 11.0, 12.0, 12.1, 12.75, 13.0, 13.5, 6.0, None]),
    min_size=1,
    max_size=14,
)


@given(FIGURES.filter(lambda values: values[0] is not None), st.integers(1, 4), st.integers(0, 3))
def test_near_limit_is_what_a_slow_reading_of_its_words_gives(values, points, more):
    condition = NearLimit(limits=LINES, points=points, out_of=points + more)
    while values and values[-1] is None:
        values = values[:-1]
    assert states(condition, values) == plain(values, points, points + more)


def test_a_side_without_a_limit_is_not_tested():
    upper_only = NearLimit(limits=Fixed(upper=13.0, centre=10.0))
    assert states(upper_only, [11, 12.5, 12.5])[-1] == "E"
    assert states(upper_only, [9, 7.5, 7.5])[-1] == "n"


@pytest.mark.parametrize("lines", [Fixed(centre=10.0), Fixed(upper=13.0)], ids=["no limit", "no centre"])
def test_without_a_limit_or_a_centre_nothing_is_said(lines):
    assert reasons(NearLimit(limits=lines), [11, 12.5, 12.5]) == [Reason.NO_LIMITS] * 3


def test_it_never_reaches_across_a_rebase():
    """The centre moves to 13.5 with the 14, and its upper limit to 14.5: 14.3 is near, but the 14 before it belongs to the run."""
    moving = RebasedAverage(baseline=3, run=3)
    one_of_two = NearLimit(limits=moving, points=1, out_of=2)
    assert states(one_of_two, [8, 10, 12, 13, 13.5, 14, 14.3, 14.3]) == "hhhEEnnE"


@pytest.mark.parametrize(
    "condition", [NearLimit(limits=Published()), Run(of=Published(), length=3)], ids=["near_limit", "run"]
)
def test_each_area_has_its_own_reason(condition):
    """Side by side: no limits at all, a gap, too few figures before, a verdict."""
    given = [[12.5, 12.5, 12.5], [12.5, _, 12.5], [_, 12.5, 12.5], [12.5, 12.5, 12.5]]
    bare = [_, 1.0, 1.0, 1.0]
    planes = {
        name: np.array([floats(bare) * line] * 3)
        for name, line in (("lower_limit", 7.0), ("upper_limit", 13.0), ("centre", 10.0))
    }
    panel = a_panel(*given, planes=planes)
    made = findings(evaluate(rules_for(panel, condition, a_measure()), {panel.kind: panel}, date(2018, 7, 1)))
    assert [one.finding.reason for one in made] == [Reason.NO_LIMITS, Reason.GAP, Reason.FEW_POINTS, None]


def test_it_never_reaches_across_a_break():
    segments = np.array([[0], [0], [1]], dtype=np.int32)
    assert reasons(TWO_OF_THREE, [11, 12.5, 12.5], segments=segments)[-1] is Reason.FEW_POINTS


@pytest.mark.parametrize(("points", "out_of"), [(0, 3), (4, 3), (1, 0)])
def test_points_that_cannot_be_are_refused(points, out_of):
    (problem,) = NearLimit(limits=LINES, points=points, out_of=out_of).problems(a_measure(), PeriodKind.MONTH)
    assert "1 <= points <= out_of" in problem


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ([11, 12.5, 12.5], "close to its upper limit of 13 in at least 2 of the last 3 months."),
        ([9, 7.5, 7.5], "close to its lower limit of 7 in at least 2 of the last 3 months."),
        ([9, 11, 12.5], "within its limits of 7 to 13."),
    ],
)
def test_the_words_name_the_limit_that_is_near(values, says):
    assert says in judged(TWO_OF_THREE, a_panel(values))[-1].text


@pytest.mark.parametrize("lines", [{"upper": 8.0}, {"lower": 12.0}])
def test_nothing_is_near_a_limit_that_lies_beyond_the_centre(lines):
    """Limits are clipped at what a measure can be, and where its figures lie beyond that, so does their mean."""
    near = NearLimit(limits=Fixed(centre=10.0, **lines))
    values = [8.5, 8.4, 8.3] if "upper" in lines else [11.5, 11.6, 11.7]
    assert states(near, values) == "nnn"


BROUGHT = (
    OfCondition(
        key="near_limit",
        said=(
            Said(
                NearLimit(limits=Published(), points=3, out_of=4),
                {"value": 29.0, "centre": 20.0, "lower": 10.0, "upper": 30.0},
                ", close to its upper limit of 30 in at least 3 of the last 4 months",
                ", close to its upper limit of 30",
                "close to upper limit 30",
            ),
        ),
        on_limits=(
            OnLimits(id="near_limit", make=lambda _, limits: NearLimit(limits=limits), window=3),
            OnLimits(
                id="near_limit-three-of-four",
                window=4,
                make=lambda _, limits: NearLimit(limits=limits, points=3, out_of=4),
            ),
        ),
        worded=lambda drawn: NearLimit(
            limits=drawn.method, points=drawn.random.randint(1, drawn.length), out_of=drawn.length
        ),
        forms=(
            Form(
                f", (?:(?P<on>on)|close to) its {WHICH} limit of <limit=Q>(?:, and on it or close to it)?"
                "(?: in (?:at least (?P<n>[0-9]+)|each) of the last (?P<of>[0-9]+) <K>s)?",
                "near",
            ),
            *LIMITS,
        ),
    ),
)
