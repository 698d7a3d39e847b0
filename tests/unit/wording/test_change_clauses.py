"""What is said of a change: against which figure, how large, and whether it is the one that was wanted."""

import pytest
from samples.wording import a_measure, facts_of

from alerting.domain.measure import Covers, Polarity, Span, Unit
from alerting.domain.parameters import Amount
from alerting.domain.period import PeriodKind
from alerting.wording.changes import changed, reduction
from alerting.wording.text import finding_text

PERCENT = a_measure(called="standard")
COUNT = a_measure(unit=Unit.COUNT, better=Polarity.LOWER)
OFFENCES = a_measure(unit=Unit.COUNT, unit_name="offences", better=Polarity.LOWER)


def both(clause, facts, *args, **kwargs):
    return clause(facts, *args, **kwargs).text, clause(facts, *args, short=True, **kwargs).text


@pytest.mark.parametrize(
    ("measure", "period", "versus", "relative", "change", "expected"),
    [
        pytest.param(COUNT, "2019-03", "previous_period", True, 21.8, "up 22% on February 2019", id="month-before"),
        pytest.param(COUNT, "2019-03", "previous_period", True, -1.6, "down 1.6% on February 2019", id="fall"),
        pytest.param(COUNT, "2019-03", "previous_period", True, 0.0, "no change on February 2019", id="no-change"),
        pytest.param(COUNT, "2019-03", "previous_period", True, 0.003, "up 0.003% on February 2019", id="hardly-a-change"),
        pytest.param(COUNT, "2019/20-Q1", "previous_period", True, 5.0, "up 5% on Q4 2018/19", id="quarter-before"),
        pytest.param(COUNT, "2019-W10", "previous_period", True, 5.0, "up 5% on week 9, 2019", id="week-before"),
        pytest.param(COUNT, "2018/19", "previous_period", True, 2.5, "up 2.5% on 2017/18", id="year-before"),
        pytest.param(PERCENT, "2019-03", "previous_period", False, 4.0, "up 4 points on February 2019", id="points"),
        pytest.param(PERCENT, "2019-03", "previous_period", False, -1.0, "down 1 point on February 2019", id="one-point"),
        pytest.param(OFFENCES, "2019-03", "previous_period", False, 1.0, "up 1 offence on February 2019", id="one-offence"),
        pytest.param(
            COUNT, "2020/21-Q2", "same_period_last_year", True, -4.4, "down 4.4% on the same quarter last year", id="quarter"
        ),
        pytest.param(
            COUNT, "2019-03", "same_period_last_year", True, 12.0, "up 12% on the same month last year", id="last-year"
        ),
        pytest.param(COUNT, "2018/19", "same_period_last_year", True, 2.5, "up 2.5% on the year before", id="years"),
        pytest.param(
            COUNT, "2020/21-Q2", "year_to_date", True, -15.0, "with the year to date 15% lower than last year's", id="to-date"
        ),
        pytest.param(
            COUNT, "2020/21-Q2", "year_to_date", True, 3.0, "with the year to date 3% higher than last year's", id="to-date-up"
        ),
        pytest.param(
            COUNT, "2020/21-Q2", "year_to_date", True, 0.0, "with the year to date the same as last year's", id="to-date-same"
        ),
        pytest.param(
            COUNT, "2019-03", "rolling_12_months", True, 3.0, "with the last 12 months 3% higher than the 12 before", id="rolling"
        ),
        pytest.param(
            a_measure(unit=Unit.COUNT, covers=Span(count=12, kind=PeriodKind.MONTH)), "2019-03", "same_period_last_year", True, 3.0,
            "up 3% on the 12 months to March 2018", id="rolling-as-printed",
        ),
        pytest.param(
            a_measure(unit=Unit.COUNT, covers=Covers.YEAR_TO_DATE), "2019-03", "year_to_date", True, 3.0,
            "up 3% on the year to date to March 2018", id="to-date-as-printed",
        ),
        pytest.param(
            a_measure(covers=Span(count=12, kind=PeriodKind.MONTH)), "2019-03", "previous_period", False, -2.0,
            "down 2 points on the 12 months to February 2019", id="a-figure-of-12-months",
        ),
    ],
)  # fmt: skip
def test_changes(measure, period, versus, relative, change, expected):
    facts = facts_of(measure, period, value=100.0, change=change)
    assert (f", {expected}",) * 2 == both(changed, facts, versus, relative=relative)


@pytest.mark.parametrize(
    ("measure", "change", "at_least", "expected"),
    [
        pytest.param(
            COUNT, -4.0, Amount(number=20.0, relative=True),
            "a fall of 4% on the same quarter last year, short of the 20% reduction wanted", id="short",
        ),
        pytest.param(
            COUNT, -26.0, Amount(number=20.0, relative=True),
            "a fall of 26% on the same quarter last year, meeting the 20% reduction wanted", id="met",
        ),
        pytest.param(
            COUNT, -20.0, Amount(number=20.0, relative=True),
            "a fall of 20% on the same quarter last year, meeting the 20% reduction wanted", id="just-met",
        ),
        pytest.param(
            COUNT, -19.96, Amount(number=20.0, relative=True),
            "a fall of 19.96% on the same quarter last year, short of the 20% reduction wanted", id="just-short",
        ),
        pytest.param(
            COUNT, -12.4, Amount(number=12.5, relative=True),
            "a fall of 12% on the same quarter last year, short of the 12.5% reduction wanted", id="half-percents",
        ),
        pytest.param(
            COUNT, 3.0, Amount(number=20.0, relative=True),
            "a rise of 3% on the same quarter last year, where a reduction of 20% is wanted", id="a-rise",
        ),
        pytest.param(
            COUNT, 0.0, Amount(number=20.0, relative=True),
            "no change on the same quarter last year, where a reduction of 20% is wanted", id="no-change",
        ),
        pytest.param(
            PERCENT, -4.0, Amount(number=5.0),
            "a fall of 4 points on the same quarter last year, short of the reduction of 5 points wanted", id="points",
        ),
        pytest.param(
            OFFENCES, -19.6, Amount(number=20.0),
            "a fall of 19.6 offences on the same quarter last year, short of the reduction of 20 offences wanted", id="units",
        ),
    ],
)  # fmt: skip
def test_reductions(measure, change, at_least, expected):
    facts = facts_of(measure, "2020/21-Q2", value=100.0, change=change)
    assert (f", {expected}",) * 2 == both(reduction, facts, "same_period_last_year", at_least)


@pytest.mark.parametrize(
    ("period", "versus", "known", "expected"),
    [
        pytest.param(
            "2019-03", "previous_period", {"previous": 1258.0, "last_year": 1100.0},
            ", up 31% on February 2019 (1,258). It is up 50% from 1,100 in March 2018.", id="the-period-before",
        ),
        pytest.param(
            "2019-03", "same_period_last_year", {"previous": 1258.0, "last_year": 1100.0},
            ", up 31% on the same month last year (1,100). It is up 31% from 1,258 in February 2019.", id="last-year",
        ),
        pytest.param(
            "2018/19", "same_period_last_year", {"previous": 1258.0, "last_year": 1258.0},
            ", up 31% on the year before (1,258).", id="a-year's-twin-is-the-one-before",
        ),
        pytest.param(
            "2019-03", "previous_period", {"previous": 1645.0, "last_year": 1100.0, "change": 0.0},
            ", no change on February 2019. It is up 50% from 1,100 in March 2018.", id="no-change",
        ),
        pytest.param(
            "2019-03", "year_to_date", {"previous": 1258.0, "last_year": 1100.0},
            ", with the year to date 31% higher than last year's. It is up 31% from 1,258 in February 2019 and up"
            " 50% from 1,100 in March 2018.",
            id="totals-are-of-other-figures",
        ),
        pytest.param(
            "2019-03", "previous_period", {"previous": 1258.0, "evidence": {"change": "as published"}},
            ", up 30.8% on February 2019. It was 1,258 in February 2019. The change is as published.", id="as-published",
        ),
    ],
)  # fmt: skip
def test_the_figure_that_a_change_is_on_stands_beside_it_and_is_told_once(period, versus, known, expected):
    finding = {"value": 1645.0, "change": 30.8} | known
    facts = facts_of(a_measure(unit=Unit.COUNT, better=Polarity.NEITHER), period, **finding)
    assert finding_text(facts, changed(facts, versus, relative=True)).endswith(expected)


@pytest.mark.parametrize(
    ("versus", "known", "expected"),
    [
        pytest.param("previous_period", {"previous": 50.0}, ", up 11 points, or 22%, on August 2020 (50%)", id="period-before"),
        pytest.param(
            "year_to_date", {"evidence": {"compared_with": 50.0}},
            ", with the year to date 11 points, or 22%, higher than last year's", id="to-date",
        ),
        pytest.param("previous_period", {}, ", up 22% on August 2020", id="not-known"),
    ],
)  # fmt: skip
def test_percent_of_percentages_is_told_apart_from_points(versus, known, expected):
    assert expected == changed(facts_of(PERCENT, value=61.0, change=22.0, **known), versus, relative=True).text


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        pytest.param(5.0, ", a rise of 5% on August 2020, where no rise is wanted", id="a-rise"),
        pytest.param(-5.0, ", a fall of 5% on August 2020, where no rise is wanted", id="a-fall"),
        pytest.param(0.0, ", no change on August 2020, where no rise is wanted", id="no-change"),
    ],
)
def test_a_reduction_of_nothing_is_no_rise(change, expected):
    facts = facts_of(COUNT, value=5.0, change=change)
    assert expected == reduction(facts, "previous_period", Amount(number=0.0, relative=True)).text


def test_a_reduction_of_totals():
    facts = facts_of(COUNT, value=5.0, change=-4.0)
    expected = ", with the year to date 4% lower than last year's, short of the 10% reduction wanted"
    assert expected == reduction(facts, "year_to_date", Amount(number=10.0, relative=True)).text
