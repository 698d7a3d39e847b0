"""What each clause says, figure by figure; each in full and as a subject line has it."""

from datetime import date

import pytest
from samples.wording import a_measure, facts_of

from alerting.domain.finding import State
from alerting.domain.measure import Polarity, Unit
from alerting.domain.parameters import Amount, Band
from alerting.domain.period import Calendar
from alerting.limits.registry import limits_methods
from alerting.wording.changes import changed, reduction
from alerting.wording.clauses import (
    against_level,
    against_limits,
    against_plan,
    average_moved,
    before_due,
    in_band,
    near_limit,
    not_fresh,
    outside_range,
    run_on_one_side,
    trend,
    variance,
)

PERCENT, LOW_PERCENT = a_measure(called="standard"), a_measure(called="tolerance", better=Polarity.LOWER)
COUNT = a_measure(unit=Unit.COUNT, better=Polarity.LOWER)
OFFENCES = a_measure(unit=Unit.COUNT, unit_name="offences", better=Polarity.LOWER)
BUDGET = a_measure(unit=Unit.CURRENCY, scale="million", better=Polarity.NEITHER)
SECONDS = a_measure(unit=Unit.SECONDS, called="standard", better=Polarity.LOWER)
BANDS = (
    Band(name="red", at_least=None, below=15.0),
    Band(name="amber", at_least=15.0, below=20.0),
    Band(name="green", at_least=20.0, below=None),
)
MONTH = Calendar().parse_exact("2020-09")
NORMAL = {"state": State.NORMAL, "consecutive": 0}


def both(clause, facts, *args, **kwargs):
    return clause(facts, *args, **kwargs).text, clause(facts, *args, short=True, **kwargs).text


@pytest.mark.parametrize(
    ("measure", "value", "target", "expected", "short"),
    [
        pytest.param(
            PERCENT, 83.0, 90.0, "7 points below the standard of 90%", "below the standard of 90%",
            id="below",
        ),
        pytest.param(
            PERCENT, 92.0, 90.0, "2 points above the standard of 90%", "above the standard of 90%",
            id="above",
        ),
        pytest.param(PERCENT, 90.0, 90.0, "on the standard of 90%", "on the standard of 90%", id="on"),
        pytest.param(
            PERCENT, 89.0, 90.0, "1 point below the standard of 90%", "below the standard of 90%",
            id="one-point",
        ),
        pytest.param(
            PERCENT, 89.96, 90.0, "0.04 points below the standard of 90%", "below the standard of 90%", id="just-below"
        ),
        pytest.param(
            LOW_PERCENT, 11.0, 9.5, "1.5 points above the tolerance of 9.5%", "above the tolerance of 9.5%",
            id="low",
        ),
        pytest.param(OFFENCES, 8.0, 7.0, "1 offence above the target of 7", "above the target of 7", id="one-offence"),
        pytest.param(
            SECONDS, 903.0, 780.0, "2 min 3 s above the standard of 13 min 0 s", "above the standard of 13 min 0 s", id="time"
        ),
        pytest.param(
            PERCENT, 83.0, 89.95, "6.95 points below the standard of 89.95%", "below the standard of 89.95%", id="quoted"
        ),
    ],
)  # fmt: skip
def test_against_level(measure, value, target, expected, short):
    assert (f", {expected}", f", {short}") == both(against_level, facts_of(measure, value=value, target=target))


@pytest.mark.parametrize(
    ("measure", "target", "expected"),
    [
        pytest.param(PERCENT, 80.0, ", against a standard of 80% due by 1 December 2020", id="standard"),
        pytest.param(
            a_measure(called="aspiration"), 75.0, ", against an aspiration of 75% due by 1 December 2020", id="an-aspiration"
        ),
        pytest.param(PERCENT, None, ", against a standard due by 1 December 2020", id="of-no-known-size"),
    ],
)  # fmt: skip
def test_before_due(measure, target, expected):
    facts = facts_of(measure, value=27.0, target=target, **NORMAL)
    assert (expected, expected) == both(before_due, facts, date(2020, 12, 1))


@pytest.mark.parametrize(
    ("value", "lower", "upper", "side", "expected", "short"),
    [
        pytest.param(
            368.0, 263.0, 351.0, "above", "significantly above the average of 307 (upper limit 351)",
            "above its upper limit of 351", id="above",
        ),
        pytest.param(
            1418.0, 1505.0, 2482.0, "below", "significantly below its usual level (lower limit 1,505)",
            "below its lower limit of 1,505", id="below-where-the-centre-says-nothing",
        ),
        pytest.param(
            368.0, 263.0, 351.0, "either", "significantly above the average of 307 (upper limit 351)",
            "above its upper limit of 351", id="either-above",
        ),
        pytest.param(
            200.0, 263.0, 351.0, "either", "significantly below the average of 307 (lower limit 263)",
            "below its lower limit of 263", id="either-below",
        ),
        pytest.param(300.0, 263.0, 351.0, "above", "within its limits of 263 to 351", None, id="within"),
        pytest.param(
            351.0, 263.0, 351.0, "above", "within its limits of 263 to 351", None,
            id="on-the-limit-is-within",
        ),
        pytest.param(
            263.0, 263.0, 351.0, "below", "within its limits of 263 to 351", None,
            id="on-the-lower-limit-too",
        ),
        pytest.param(307.0, 307.0, 307.0, "either", "on its limits, which are both 307", None, id="no-width"),
        pytest.param(263.0, 263.0, None, "below", "not below its lower limit of 263", None, id="on-the-only-limit"),
        pytest.param(200.0, 263.0, 351.0, "above", "not above its upper limit of 351", None, id="only-above-is-tested"),
        pytest.param(368.0, 263.0, 351.0, "below", "not below its lower limit of 263", None, id="only-below-is-tested"),
        pytest.param(300.0, None, 351.0, "above", "not above its upper limit of 351", None, id="no-lower-limit"),
        pytest.param(300.0, 263.0, None, "below", "not below its lower limit of 263", None, id="no-upper-limit"),
        pytest.param(
            352.0, None, 351.6, "above", "significantly above the average of 307 (upper limit 351.6)",
            "above its upper limit of 351.6", id="digits-to-tell",
        ),
        pytest.param(300.0, None, None, "either", "", None, id="no-limits"),
    ],
)  # fmt: skip
def test_against_limits(value, lower, upper, side, expected, short):
    """What is beyond a limit is significantly beyond the centre; beyond the limit it may lie by a hair."""
    said, shortly = both(against_limits, facts_of(COUNT, value=value, lower=lower, upper=upper, centre=307.0), side)
    assert (expected, expected if short is None else short) == (said.removeprefix(", "), shortly.removeprefix(", "))


@pytest.mark.parametrize(
    ("method", "usual"),
    [
        pytest.param("previous_financial_year", "the average of 307", id="an-average"),
        pytest.param("seasonal", "the 307 expected", id="what-the-season-lets-expect"),
        pytest.param("fixed", "its usual level of 307", id="as-given"),
        pytest.param("published", "its usual level of 307", id="as-published"),
    ],
)
def test_the_centre_is_called_what_it_is(method, usual):
    facts = facts_of(COUNT, value=368.0, upper=351.0, centre=307.0, method=limits_methods()[method]())
    assert f", significantly above {usual} (upper limit 351)" == against_limits(facts, "above").text
    assert f", with the last 8 months all above {usual}" == run_on_one_side(facts, 8, above=True).text


def test_without_a_centre_the_usual_level_goes_unnamed():
    facts = facts_of(COUNT, value=368.0, upper=351.0)
    assert ", significantly above its usual level (upper limit 351)" == against_limits(facts, "above").text


@pytest.mark.parametrize(
    ("value", "points", "out_of", "expected", "short"),
    [
        pytest.param(
            350.0, 2, 3, "close to its upper limit of 351 in at least 2 of the last 3 months", "close to its upper limit of 351",
            id="most-of-them",
        ),
        pytest.param(
            350.0, 3, 3, "close to its upper limit of 351 in each of the last 3 months", "close to its upper limit of 351",
            id="all-of-them",
        ),
        pytest.param(264.0, 1, 1, "close to its lower limit of 263", "close to its lower limit of 263", id="one-alone"),
        pytest.param(
            351.0, 2, 3, "on its upper limit of 351, and on it or close to it in at least 2 of the last 3 months",
            "on its upper limit of 351", id="on-the-limit",
        ),
    ],
)  # fmt: skip
def test_values_near_a_limit(value, points, out_of, expected, short):
    facts = facts_of(COUNT, value=value, lower=263.0, upper=351.0, centre=307.0)
    assert (f", {expected}", f", {short}") == both(near_limit, facts, points, out_of)


@pytest.mark.parametrize(
    ("value", "above", "finding", "expected", "short"),
    [
        pytest.param(
            7767.0, True, {}, "with the last 8 months all above the average of 7,082",
            "8 months in a row above the average of 7,082", id="above",
        ),
        pytest.param(
            6000.0, False, {"consecutive": 3}, "with the last 8 months all below the average of 7,082",
            "8 months in a row below the average of 7,082", id="below-for-longer",
        ),
        pytest.param(
            7082.4, True, {}, "with the last 8 months all above the average of 7,082",
            "8 months in a row above the average of 7,082", id="just-above",
        ),
        pytest.param(
            7767.0, True, NORMAL, "above the average of 7,082", "above the average of 7,082",
            id="normal-above",
        ),
        pytest.param(
            6000.0, False, NORMAL, "below the average of 7,082", "below the average of 7,082",
            id="normal-below",
        ),
        pytest.param(7082.0, False, NORMAL, "on the average of 7,082", "on the average of 7,082", id="on-it"),
    ],
)  # fmt: skip
def test_runs(value, above, finding, expected, short):
    facts = facts_of(COUNT, value=value, centre=7082.0, **finding)
    assert (f", {expected}", f", {short}") == both(run_on_one_side, facts, 8, above=above)


@pytest.mark.parametrize(
    ("value", "finding", "expected", "short"),
    [
        pytest.param(142.0, {}, ", falling throughout the last 4 months", ", falling for 4 months", id="falling"),
        pytest.param(180.0, {}, ", rising throughout the last 4 months", ", rising for 4 months", id="rising"),
        pytest.param(
            180.0, NORMAL, ", higher than the month before", ", higher than the month before", id="normal-higher"
        ),
        pytest.param(
            142.0, NORMAL, ", lower than the month before", ", lower than the month before", id="normal-lower"
        ),
        pytest.param(160.0, NORMAL, "", "", id="normal-unchanged"),
    ],
)
def test_trends(value, finding, expected, short):
    assert (expected, short) == both(trend, facts_of(COUNT, value=value, previous=160.0, **finding), 5)


def test_a_trend_of_two_values_is_one_step():
    assert (", lower than the month before",) * 2 == both(trend, facts_of(COUNT, value=142.0, previous=160.0), 2)


@pytest.mark.parametrize(
    ("finding", "expected"),
    [
        pytest.param(
            {"previous_centre": 60.1, "rebased_on": MONTH}, ", and its average has risen from 60.1% to 72.4%", id="moved"
        ),
        pytest.param(
            {"previous_centre": 80.1, "rebased_on": MONTH}, ", and its average has fallen from 80.1% to 72.4%", id="fallen"
        ),
        pytest.param({}, ", and its average of 72.4% no longer fits and should be set anew", id="proposed"),
        pytest.param(NORMAL, ", with no move of its average (72.4%)", id="normal"),
        pytest.param(
            NORMAL | {"previous_centre": 60.1, "rebased_on": MONTH - 3}, ", with no move of its average (72.4%)", id="earlier"
        ),
    ],
)  # fmt: skip
def test_averages_that_move(finding, expected):
    assert (expected, expected) == both(average_moved, facts_of(PERCENT, value=75.0, centre=72.4, **finding))


@pytest.mark.parametrize(
    ("value", "low", "high", "called", "expected", "short"),
    [
        pytest.param(
            12100.0, 8000.0, 10000.0, "optimum band", "2,100 above the optimum band of 8,000 to 10,000",
            "above the optimum band of 8,000 to 10,000", id="above",
        ),
        pytest.param(
            7.0, 6.0, 6.0, None, "1 above the accepted value of 6", "above the accepted value of 6", id="one-value-accepted"
        ),
        pytest.param(6.0, 6.0, 6.0, "setting", "on the setting of 6", "on the setting of 6", id="on-the-one-value"),
        pytest.param(
            7999.0, 8000.0, 10000.0, None, "1 below the range of 8,000 to 10,000", "below the range of 8,000 to 10,000",
            id="below",
        ),
        pytest.param(
            8000.0, 8000.0, 10000.0, None, "within the range of 8,000 to 10,000", "within the range of 8,000 to 10,000",
            id="on-the-end-is-within",
        ),
        pytest.param(
            80.0, 83.0, None, "lowest usual figure", "3 below the lowest usual figure of 83",
            "below the lowest usual figure of 83", id="one-end",
        ),
        pytest.param(85.0, 83.0, None, None, "not below the lowest accepted value of 83",
            "not below the lowest accepted value of 83", id="met"),
        pytest.param(
            7.0, None, 6.0, None, "1 above the highest accepted value of 6", "above the highest accepted value of 6",
            id="most",
        ),
        pytest.param(6.0, None, 6.0, None, "not above the highest accepted value of 6",
            "not above the highest accepted value of 6", id="on-most"),
    ],
)  # fmt: skip
def test_ranges(value, low, high, called, expected, short):
    assert (f", {expected}", f", {short}") == both(outside_range, facts_of(COUNT, value=value), low, high, called)


@pytest.mark.parametrize(
    ("value", "band", "expected", "short"),
    [
        pytest.param(12.2, "red", ", in the red band (below 15%)", ", in the red band", id="lowest"),
        pytest.param(15.0, "amber", ", in the amber band (15% to below 20%)", ", in the amber band", id="between"),
        pytest.param(31.0, "green", ", in the green band (20% or more)", ", in the green band", id="highest"),
        pytest.param(31.0, None, "", "", id="none"),
    ],
)
def test_bands(value, band, expected, short):
    assert (expected, short) == both(in_band, facts_of(PERCENT, value=value, band=band), BANDS)


def test_a_single_band_holds_any_value():
    only = (Band(name="all", at_least=None, below=None),)
    assert ", in the all band (any value)" == in_band(facts_of(PERCENT, value=1.0, band="all"), only).text


@pytest.mark.parametrize(
    ("value", "plan", "expected", "short"),
    [
        pytest.param(
            13.1, 18.3, ", 5.2 points below the 18.3% planned by then", ", below the 18.3% planned by then",
            id="below",
        ),
        pytest.param(
            21.3, 18.3, ", 3 points above the 18.3% planned by then", ", above the 18.3% planned by then",
            id="above",
        ),
        pytest.param(18.3, 18.3, ", on the 18.3% planned by then", ", on the 18.3% planned by then", id="on"),
        pytest.param(18.3, None, ", before the plan begins", ", before the plan begins", id="before-it-begins"),
    ],
)  # fmt: skip
def test_plans(value, plan, expected, short):
    assert (expected, short) == both(against_plan, facts_of(PERCENT, value=value, plan=plan))


@pytest.mark.parametrize(
    ("value", "wrong", "state", "expected"),
    [
        pytest.param(
            13.1,
            "below", State.EXCEPTION, "5.2 points below the 18.3% planned by then, more than the 2 points allowed",
            id="beyond",
        ),
        pytest.param(
            17.3, "below", State.NORMAL, "1 point below the 18.3% planned by then, within the 2 points allowed",
            id="within",
        ),
        pytest.param(
            25.3, "below", State.NORMAL, "7 points above the 18.3% planned by then",
            id="far-off-on-the-right-side",
        ),
        pytest.param(
            25.3, "above", State.EXCEPTION, "7 points above the 18.3% planned by then, more than the 2 points allowed",
            id="above",
        ),
    ],
)  # fmt: skip
def test_a_tolerance_counts_on_the_wrong_side_only(value, wrong, state, expected):
    facts = facts_of(PERCENT, value=value, plan=18.3, state=state)
    assert f", {expected}" == against_plan(facts, tolerance=2.0, wrong=wrong).text


@pytest.mark.parametrize(("value", "plan"), [(18.6, 18.7), (20.1, 20.2), (12.5, 12.6)])
def test_how_far_off_a_plan_is_what_the_decimals_say(value, plan):
    facts = facts_of(PERCENT, value=value, plan=plan, state=State.NORMAL)
    expected = f", 0.1 points below the {plan}% planned by then, within the 0.1 points allowed"
    assert expected == against_plan(facts, tolerance=0.1, wrong="below").text


@pytest.mark.parametrize(
    ("measure", "value", "plan", "against", "expected", "short"),
    [
        pytest.param(
            BUDGET, 52.085, 50.373, "plan", "£1.712m (3.4%) over the plan of £50.373m", "over the plan of £50.373m", id="over"
        ),
        pytest.param(
            BUDGET, 48.0, 50.0, "budget", "£2m (4%) under the budget of £50m", "under the budget of £50m", id="under"
        ),
        pytest.param(BUDGET, 50.0, 50.0, "plan", "equal to the plan of £50m", "equal to the plan of £50m", id="equal"),
        pytest.param(
            COUNT, 1645.0, 1176.0, "average", "469 (40%) above the average of 1,176", "above the average of 1,176", id="average"
        ),
        pytest.param(
            COUNT, 347.0, 443.0, "monthly_average", "96 (22%) below the monthly average of 443",
            "below the monthly average of 443", id="another-column",
        ),
        pytest.param(
            COUNT, 3.0, 0.0, "average", "3 above the average of 0", "above the average of 0",
            id="no-percent-of-none",
        ),
        pytest.param(
            PERCENT, 84.0, 80.0, "average", "4 points above the average of 80%", "above the average of 80%", id="points-alone"
        ),
    ],
)  # fmt: skip
def test_variances(measure, value, plan, against, expected, short):
    assert (f", {expected}", f", {short}") == both(variance, facts_of(measure, value=value, plan=plan), against)


def test_a_variance_of_percentages_in_percent_is_told_apart_from_points():
    facts = facts_of(PERCENT, value=84.0, plan=80.0)
    assert ", 4 points, or 5%, above the average of 80%" == variance(facts, "average", relative=True).text


@pytest.mark.parametrize(
    ("value", "state", "expected"),
    [
        pytest.param(
            264.0, State.NORMAL, (", in line with the average of 262 (2 above)", ", in line with the average of 262"),
            id="close",
        ),
        pytest.param(
            260.0, State.NORMAL, (", in line with the average of 262 (2 below)", ", in line with the average of 262"),
            id="under",
        ),
        pytest.param(
            264.0, State.EXCEPTION, (", 2 (0.8%) above the average of 262", ", above the average of 262"),
            id="an-exception-is-not",
        ),
        pytest.param(
            265.0, State.NORMAL, (", 3 (1.1%) above the average of 262", ", above the average of 262"),
            id="not-so-close",
        ),
    ],
)  # fmt: skip
def test_what_is_normal_and_less_than_one_percent_off_is_in_line(value, state, expected):
    assert expected == both(variance, facts_of(COUNT, value=value, plan=262.0, state=state), "average")


@pytest.mark.parametrize(
    ("value", "due_on", "expected"),
    [
        pytest.param(None, date(2020, 10, 5), ("", " no figure for September 2020, due by 5 October 2020"), id="late"),
        pytest.param(None, None, ("", " no figure for September 2020"), id="no-day-known"),
        pytest.param(83.0, date(2020, 10, 5), ("", ", the figure has come"), id="fresh"),
    ],
)
def test_freshness(value, due_on, expected):
    assert expected == both(not_fresh, facts_of(PERCENT, value=value, due_on=due_on))


@pytest.mark.parametrize(
    "clause",
    [
        pytest.param(against_level, id="level"),
        pytest.param(lambda f: against_limits(f, "either"), id="limits"),
        pytest.param(lambda f: run_on_one_side(f, 8, above=None), id="run"),
        pytest.param(lambda f: trend(f, 7), id="trend"),
        pytest.param(average_moved, id="average-moved"),
        pytest.param(lambda f: outside_range(f, 1.0, 2.0, None), id="range"),
        pytest.param(lambda f: in_band(f, BANDS), id="band"),
        pytest.param(against_plan, id="plan"),
        pytest.param(lambda f: changed(f, "previous_period", relative=True), id="change"),
        pytest.param(lambda f: reduction(f, "previous_period", Amount(number=5)), id="reduction"),
        pytest.param(lambda f: variance(f, "plan"), id="variance"),
    ],
)
def test_without_figures_there_is_nothing_to_say(clause):
    assert "" == clause(facts_of()).text
