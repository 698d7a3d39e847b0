"""Like for like: periods are compared on the figure per day, in every condition and limits method, and told in both."""

from calendar import monthrange
from datetime import date, timedelta
from fractions import Fraction
from functools import cache

import numpy as np
import pytest
from samples.sampling import one_in
from samples.worlds import a_measure, a_panel, judged, verdicts_of

from alerting.conditions.average_moved import AverageMoved
from alerting.conditions.change import Change
from alerting.conditions.composition import AllOf, AnyOf, Not
from alerting.conditions.near_limit import NearLimit
from alerting.conditions.outside_limits import OutsideLimits
from alerting.conditions.reduction_missed import ReductionMissed
from alerting.conditions.run import Run
from alerting.conditions.target_missed import TargetMissed
from alerting.conditions.trend import Trend
from alerting.domain.finding import State
from alerting.domain.measure import Level, PerDay, Unit
from alerting.domain.parameters import Amount
from alerting.domain.period import Period, PeriodKind
from alerting.domain.working_days import ENGLAND, is_working_day
from alerting.limits.attribute_charts import CChart, UChart
from alerting.limits.fixed import Fixed
from alerting.limits.previous_financial_year import PreviousFinancialYear
from alerting.limits.rebased_average import RebasedAverage
from alerting.limits.rolling import Rolling
from alerting.limits.xmr import Xmr

CALENDAR = a_measure(unit=Unit.COUNT, per_day=PerDay.CALENDAR)
WORKING = a_measure(unit=Unit.COUNT, per_day=PerDay.WORKING)
METHODS = [
    PreviousFinancialYear(),
    RebasedAverage(baseline=6, run=4),
    Xmr(),
    Xmr(baseline=Xmr().baseline, screen=False),
    Rolling(),
]
VERSUS = ["previous_period", "same_period_last_year", "year_to_date", "rolling_12_months"]
ANY_PERCENT, ANY_NUMBER = Amount(number=0.0, relative=True), Amount(number=0.0)
ALONG_TIME = [
    *(OutsideLimits(limits=method) for method in METHODS),
    *(Run(of=method, length=3) for method in METHODS),
    *(NearLimit(limits=method) for method in METHODS),
    AverageMoved(limits=METHODS[1]),
    Trend(length=2),
    *(Change(versus=versus, moves_by=ANY_PERCENT) for versus in VERSUS),
    Change(versus="previous_period", moves_by=ANY_NUMBER),
    AnyOf(parts=(Trend(length=2), Not(part=Not(part=Change(versus="previous_period", moves_by=ANY_PERCENT))))),
    AllOf(parts=(Change(versus="same_period_last_year", moves_by=ANY_PERCENT), Trend(length=2))),
]
LINES = ("centre", "lower", "upper", "previous_centre")


@cache
def days_of(period, *, working=False):
    """Counted one by one."""
    day, found = period.first_day, 0
    while day <= period.last_day:
        found += not working or is_working_day(day, ENGLAND)
        day += timedelta(days=1)
    return found


def periods(kind, count):
    first = Period(kind, a_panel([0], kind=kind).first)
    return [first + n for n in range(count)]


@pytest.mark.parametrize("condition", one_in(3, ALONG_TIME), ids=lambda condition: condition.key)
def test_seventy_pence_a_day_is_seventy_pence_whatever_binary_fractions_make_of_it(condition):
    values = [round(0.7 * days_of(period), 1) for period in periods(PeriodKind.MONTH, 60)]

    found = judged(condition, a_panel(values), a_measure(unit=Unit.CURRENCY, per_day=PerDay.CALENDAR))

    assert [f.period for f in found if f.state is State.EXCEPTION] == []
    assert {f.evidence["per_day"]["value"] for f in found} == {0.7}


@pytest.mark.sampled(12, each=False)
@pytest.mark.parametrize("condition", ALONG_TIME, ids=lambda condition: condition.key)
@pytest.mark.parametrize(
    ("measure", "kind", "count"),
    [
        (CALENDAR, PeriodKind.MONTH, 120), (CALENDAR, PeriodKind.QUARTER, 40), (WORKING, PeriodKind.MONTH, 60),
    ],
)  # fmt: skip
def test_as_many_each_day_for_ten_years_is_never_an_exception(condition, measure, kind, count):
    working = measure.per_day is PerDay.WORKING
    values = [100.0 * days_of(period, working=working) for period in periods(kind, count)]

    found = {state for state, _ in verdicts_of(condition, a_panel(values, kind=kind), measure)}

    assert State.EXCEPTION not in found
    assert State.NORMAL in found


@pytest.mark.sampled(12, each=False)
@pytest.mark.parametrize("condition", ALONG_TIME, ids=lambda condition: condition.key)
@pytest.mark.parametrize("seed", range(4))
def test_judging_per_day_is_judging_the_figures_per_day_and_giving_lines_the_periods_days(condition, seed):
    random = np.random.default_rng(seed)
    days = np.array([days_of(period) for period in periods(PeriodKind.MONTH, 60)], dtype=float)
    printed = np.round(random.normal(100, 12, 60) * days)
    printed[1:-1][random.random(58) < 0.05] = np.nan
    ratio = {"numerator": printed[:, None], "denominator": days[:, None]}
    a_day = a_panel((printed / days).tolist(), planes=ratio)

    ours = judged(condition, a_panel(printed.tolist()), CALENDAR, text="none")
    theirs = judged(condition, a_day, a_measure(unit=Unit.RATE), text="none")

    assert [(f.state, f.reason, f.consecutive) for f in theirs] == [(f.state, f.reason, f.consecutive) for f in ours]
    for mine, own, n in zip(ours, theirs, days, strict=True):
        for name in LINES:
            line = getattr(own, name)
            assert getattr(mine, name) == (None if line is None else pytest.approx(line * n, rel=1e-12))


@pytest.mark.parametrize("versus", VERSUS)
@pytest.mark.parametrize("relative", [True, False])
def test_changes_are_those_of_exact_fractions_a_day(versus, relative):
    random = np.random.default_rng(7)
    count = 40
    values = random.integers(2000, 4000, count).tolist()
    days = [days_of(period) for period in periods(PeriodKind.MONTH, count)]
    amount = Amount(number=0.0, relative=relative)

    found = judged(Change(versus=versus, moves_by=amount), a_panel(values), CALENDAR)

    for row, finding in enumerate(found):
        spans = _spans(versus, row)
        if spans is None:
            assert finding.change is None
            continue
        now, then = (Fraction(sum(values[r] for r in span), sum(days[r] for r in span)) for span in spans)
        change = (now - then) / then * 100 if relative else (now - then) * sum(days[r] for r in spans[0])
        assert finding.change == pytest.approx(float(change), rel=1e-9, abs=1e-9)


def _spans(versus, row):
    """Rows compared, counted from an April."""
    begin = row - row % 12
    spans = {
        "previous_period": (range(row, row + 1), range(row - 1, row)),
        "same_period_last_year": (range(row, row + 1), range(row - 12, row - 11)),
        "year_to_date": (range(begin, row + 1), range(begin - 12, row - 11)),
        "rolling_12_months": (range(row - 11, row + 1), range(row - 23, row - 11)),
    }[versus]
    return None if spans[1].start < 0 else spans


def test_c_limits_take_the_days_as_denominator_like_u():
    random = np.random.default_rng(3)
    days = np.array([days_of(period) for period in periods(PeriodKind.MONTH, 30)], dtype=float)
    values = random.poisson(4 * days).astype(float)
    over = a_panel((values / days).tolist(), planes={"numerator": values[:, None], "denominator": days[:, None]})

    ours = judged(OutsideLimits(limits=CChart(sigmas=1.5)), a_panel(values.tolist()), CALENDAR)
    theirs = judged(OutsideLimits(limits=UChart(sigmas=1.5)), over, a_measure(unit=Unit.RATE))

    assert [f.state for f in theirs] == [f.state for f in ours]
    assert [f.upper for f in ours] == pytest.approx([f.upper * n for f, n in zip(theirs, days, strict=True)])


def test_targets_and_given_limits_hold_the_figure_as_printed():
    values = [3000.0, 3100.0, 2800.0]
    on_target = judged(TargetMissed(at_most=Level(number=3050.0)), a_panel(values), CALENDAR)
    fixed = judged(OutsideLimits(limits=Fixed(lower=2900.0, upper=3050.0, centre=3000.0)), a_panel(values), CALENDAR)

    assert [f.state for f in on_target] == [State.NORMAL, State.EXCEPTION, State.NORMAL]
    assert [f.state for f in fixed] == [State.NORMAL, State.EXCEPTION, State.EXCEPTION]
    assert {f.centre for f in fixed} == {3000.0}


def test_a_maximum_of_the_measure_clips_limits_of_the_month():
    values = [100.0 * days_of(period) + 200 * (n % 2) for n, period in enumerate(periods(PeriodKind.MONTH, 14))]
    panel = a_panel(values, ceiling=np.array([3250.0]))

    found = judged(OutsideLimits(limits=PreviousFinancialYear(sigmas=9)), panel, CALENDAR)

    uppers = [f.upper for f in found if f.upper is not None]
    assert uppers == pytest.approx([3250.0, 3250.0])


def test_months_made_of_weeks_have_the_days_of_their_weeks():
    weekly = a_measure(unit=Unit.COUNT, every=PeriodKind.WEEK, per_day=PerDay.WORKING)

    found = judged(Trend(length=2), a_panel([1, 2, 3, 4]), weekly)  # months that are judged; Thursdays decide

    weeks = [f.evidence["per_day"]["days"] for f in found]
    assert weeks == [_working(date(2018, 4, 2), 4), _working(date(2018, 4, 30), 5), _working(date(2018, 6, 4), 4),
                     _working(date(2018, 7, 2), 4)]  # fmt: skip


def _working(monday, weeks):
    return sum(is_working_day(monday + timedelta(days=n), ENGLAND) for n in range(7 * weeks))


def test_evidence_has_the_figure_per_day_and_those_before():
    values = [100.0 * monthrange(2018 + (n + 3) // 12, (n + 3) % 12 + 1)[1] for n in range(13)]

    *_, found = judged(Trend(), a_panel(values), CALENDAR)

    assert found.evidence["per_day"] == {
        "of": "calendar",
        "days": 30,
        "value": 100.0,
        "previous": 100.0,
        "last_year": 100.0,
    }


def test_words_give_both_figures():
    same = judged(Change(versus="previous_period", moves_by=ANY_PERCENT), a_panel([3000, 3100]), CALENDAR)[-1]
    more = judged(Change(versus="previous_period", rises_by=ANY_PERCENT), a_panel([2700, 3100]), CALENDAR)[-1]
    points = judged(Change(versus="previous_period", rises_by=ANY_NUMBER), a_panel([2700, 3100]), CALENDAR)[-1]
    cut = judged(
        ReductionMissed(at_least=Amount(number=50.0, relative=True), versus="previous_period"),
        a_panel([3000, 2790]),
        WORKING,
    )[-1]

    assert same.text.startswith("Measure: 3,100 in May 2018, 100 a day, as in April.")
    assert "3,100 in May 2018, 100 a day, up 11% on April 2018 (2,700, 90 a day)" in more.text
    assert "100 a day, up 310, day for day, on April 2018 (2,700, 90 a day)" in points.text
    assert "a working day, a fall of" in cut.text


def test_words_of_runs_and_trends_are_those_per_day():
    rising = [100 * 30, 101 * 31, 102 * 30, 103 * 31, 104 * 31, 105 * 30]
    trend = judged(Trend(length=4), a_panel(rising), CALENDAR)[-1]
    run = judged(Run(of=Xmr(baseline=Xmr().baseline), length=2, side="above"), a_panel(rising), CALENDAR)[-1]

    assert "3,150 in September 2018, 105 a day, rising per day" in trend.text
    assert "both above the average of 102.5 a day" in run.text
