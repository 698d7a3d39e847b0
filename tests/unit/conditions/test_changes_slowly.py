"""Changes of series with gaps, breaks, nothings and published ones, against a reading of the words figure by figure."""

from dataclasses import replace
from math import isnan, nan, sqrt
from statistics import NormalDist

import numpy as np
import pytest
from samples.worlds import a_measure, a_panel, rules_for

from alerting.conditions.change import Change
from alerting.conditions.kernels.comparison import Basis
from alerting.conditions.reduction_missed import ReductionMissed
from alerting.domain.finding import Reason, State
from alerting.domain.measure import Aggregate, Covers, Span, Unit
from alerting.domain.parameters import Amount
from alerting.domain.period import PeriodKind
from alerting.evaluation.engine import evaluate
from alerting.evaluation.findings import findings

COLUMNS = 6
IN_A_YEAR = {PeriodKind.MONTH: 12, PeriodKind.QUARTER: 4, PeriodKind.YEAR: 1}
SPANS = ("previous_period", "same_period_last_year", "year_to_date", "rolling_12_months")
COUNT, PERCENT = a_measure(unit=Unit.COUNT), a_measure(unit=Unit.PERCENT)
MEAN, LAST = (a_measure(unit=Unit.PERCENT, aggregate=how) for how in (Aggregate.MEAN, Aggregate.LAST))
PRINTED = a_measure(unit=Unit.COUNT, covers=Covers.YEAR_TO_DATE)


def a_random_panel(kind, *, hard, parts, printed):
    """Series from the first period of a financial year on; *hard*: with gaps, nothings and breaks."""
    random = np.random.default_rng(2)
    shape = (2 * IN_A_YEAR[kind] + 9, COLUMNS)
    bottom = random.integers(20, 60, shape).astype(float)
    top = np.floor(bottom * random.random(shape))
    values = top / bottom * 100
    if hard:
        values[random.random(shape) < 0.06] = nan
        values[random.random(shape) < 0.1] = 0.0
        values[: shape[0] // 2, 4] = 0.0
        top[random.random(shape) < 0.03] = nan
    planes = {"numerator": top, "denominator": bottom}
    planes = {name: planes[name] for name in parts}
    if printed:
        columns = [f"change_{span}" for span in SPANS[:3]]
        planes |= {name: np.where(random.random(shape) < 0.5, random.normal(0, 5, shape), nan) for name in columns}
    segments = np.cumsum(random.random(shape) < 0.03, axis=0).astype(np.int32) if hard else None
    if segments is not None:
        segments[:, :2] = 0
    return a_panel(*values.T.tolist(), kind=kind, planes=planes, segments=segments)


def rows_of(panel, versus, row, *, printed):
    """The rows that are compared: now, and then; None where it does not go back so far."""
    year = IN_A_YEAR[panel.kind]
    if versus == "previous_period":
        now, then = [row], [row - 1]
    elif versus == "same_period_last_year" or (versus == "year_to_date" and printed):
        now, then = [row], [row - year]
    else:
        so_far = row % year + 1 if versus == "year_to_date" else year
        now = list(range(row - so_far + 1, row + 1))
        then = [at - year for at in now]
    return (now, then) if then[0] >= 0 else None


def parted(panel, column, *rows):
    return panel.segments is not None and len({panel.segments[at, column] for at in rows}) > 1


def total(panel, measure, rows, column, *, single):
    """What a span comes to by the measure's aggregate, with its numerator and denominator; nothing where that says nothing."""
    figures = panel.values[rows, column]
    top, bottom = (
        panel.planes[name][rows, column].sum() if name in panel.planes else nan for name in ("numerator", "denominator")
    )
    if single:
        return figures[0], top, bottom
    if measure.aggregate is Aggregate.LAST:
        return figures[-1], nan, nan
    if isnan(figures.sum()):
        return nan, nan, nan
    if measure.unit is Unit.PERCENT and measure.aggregate is None:
        return (nan, nan, nan) if isnan(top / bottom) else (100 * top / bottom, top, bottom)
    return (figures.mean() if measure.aggregate is Aggregate.MEAN else figures.sum()), nan, nan


def slowly(condition, panel, measure, row, column):
    """Change, whether it is the published one, z, and why there is none."""
    rows = rows_of(panel, condition.versus, row, printed=measure.covers is not None)
    now = then = (nan, nan, nan)
    if rows is not None and not parted(panel, column, *rows[0], *rows[1]):
        of_one = ("previous_period", "same_period_last_year", "year_to_date" if measure.covers else "")
        single = condition.versus in of_one
        now, then = (total(panel, measure, span, column, single=single) for span in rows)
    relative = condition.at_least.relative if isinstance(condition, ReductionMissed) else condition.amount.relative
    change, published = now[0] - then[0], False
    if relative:
        change = nan if then[0] == 0 else change / abs(then[0]) * 100
        given = panel.planes.get(f"change_{condition.versus}")
        back = max(row - (1 if condition.versus == "previous_period" else IN_A_YEAR[panel.kind]), 0)
        if isnan(change) and then[0] != 0 and given is not None and not parted(panel, column, row, back):
            change, published = given[row, column], not isnan(given[row, column])
    with np.errstate(all="ignore"):
        pooled = np.float64(now[1] + then[1]) / (now[2] + then[2])
        spread = sqrt(pooled * (1 - pooled) * (1 / now[2] + 1 / then[2])) if 0 <= pooled <= 1 else nan
        z = np.float64(now[1] / now[2] - then[1] / then[2]) / spread
    if then[0] == 0 and not isnan(now[0]):
        return change, published, z, Reason.ZERO_BASE
    begun = min(
        (at for at in range(len(panel.values)) if not isnan(panel.values[at, column])), default=len(panel.values)
    )
    behind = rows is not None and any(begun <= span[-1] and parted(panel, column, span[0], row) for span in rows)
    return change, published, z, Reason.BREAK if behind else Reason.NO_COMPARISON


def verdict(condition, change, z):
    if isinstance(condition, ReductionMissed):
        return change > -condition.at_least.number
    if condition.significant and abs(z) < NormalDist().inv_cdf(0.5 + condition.significant.number / 200):
        return False
    amount = condition.amount.number
    return (condition.direction >= 0 and 0 < change >= amount) or (condition.direction <= 0 and 0 > change <= -amount)


TEN, POINTS, SURE = Amount(number=10.0, relative=True), Amount(number=10.0), Amount(number=60.0, relative=True)
KINDS = [
    pytest.param(lambda span: Change(versus=span, rises_by=TEN), id="rises by percent"),
    pytest.param(lambda span: Change(versus=span, moves_by=POINTS), id="moves in the unit"),
    pytest.param(lambda span: Change(versus=span, falls_by=TEN, significant=SURE), id="significant fall"),
    pytest.param(lambda span: ReductionMissed(versus=span, at_least=TEN), id="reduction"),
]


@pytest.mark.sampled(6)
@pytest.mark.parametrize("make", KINDS)
@pytest.mark.parametrize("span", SPANS)
@pytest.mark.parametrize(
    ("kind", "hard", "parts", "measure"),
    [
        pytest.param(PeriodKind.MONTH, False, (), COUNT, id="months of counts"),
        pytest.param(PeriodKind.MONTH, True, (), COUNT, id="with gaps and breaks"),
        pytest.param(
            PeriodKind.MONTH, True, ("numerator", "denominator"), PERCENT, id="of percentages with their parts"
        ),
        pytest.param(PeriodKind.MONTH, True, (), PERCENT, id="of percentages alone"),
        pytest.param(PeriodKind.MONTH, True, (), MEAN, id="of percentages by their mean"),
        pytest.param(PeriodKind.MONTH, True, (), LAST, id="of the last percentage"),
        pytest.param(PeriodKind.MONTH, True, ("numerator",), PERCENT, id="without denominators"),
        pytest.param(PeriodKind.MONTH, True, ("denominator",), PERCENT, id="without numerators"),
        pytest.param(PeriodKind.MONTH, True, (), PRINTED, id="of printed spans"),
        pytest.param(PeriodKind.QUARTER, True, (), COUNT, id="quarters"),
        pytest.param(PeriodKind.YEAR, True, (), COUNT, id="years"),
    ],
)
def test_a_change_is_what_the_words_say(make, span, kind, hard, parts, measure):
    condition, measure = make(span), replace(measure, every=kind)
    panel = a_random_panel(kind, hard=hard, parts=parts, printed=hard)
    rules = rules_for(panel, condition, measure)
    rows = panel.n_periods
    places = {str(panel.period(row)): row for row in range(rows)}
    made = findings(evaluate(rules, {kind: panel}, panel.period(rows).first_day, every_period=True))
    latest = findings(evaluate(rules, {kind: panel}, panel.period(rows - 1).first_day))
    for one in (*made, *latest):
        finding = one.finding
        row, column = places[str(finding.period)], int(finding.area[1:])
        if isnan(panel.values[row, column]):
            assert finding.reason is Reason.MISSING
            continue
        change, published, z, why = slowly(condition, panel, measure, row, column)
        unknown = isnan(change) or (getattr(condition, "significant", None) is not None and isnan(z))
        expected = State.NO_DATA if unknown else State.EXCEPTION if verdict(condition, change, z) else State.NORMAL
        assert (finding.state, finding.reason) == (expected, why if unknown else None), (finding.area, finding.period)
        if not unknown:
            assert finding.change == pytest.approx(change, rel=1e-9, abs=1e-9)
            assert (finding.evidence.get("change") == "as published") == published


def spans(count, kind):
    return Span(count=count, kind=kind)


@pytest.mark.parametrize(
    ("covers", "to_date"),
    [(None, False), (Covers.YEAR_TO_DATE, True), (Span(count=12, kind=PeriodKind.MONTH), False)],
)
def test_a_year_to_date_is_not_added_up_again(covers, to_date):
    measure = a_measure(covers=covers)
    assert [Basis.of(measure, versus).printed for versus in SPANS] == [False, False, to_date, False]
