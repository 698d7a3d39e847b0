"""What is said of a projection, figure by figure; in full and as a subject line has it."""

from datetime import date

import pytest
from samples.wording import a_measure, facts_of

from alerting.domain.finding import State
from alerting.domain.measure import Polarity, Unit
from alerting.domain.period import PeriodKind
from alerting.wording.projection import heading_for
from alerting.wording.text import finding_text, headline

PERCENT = a_measure(called="target")
LOW_PERCENT = a_measure(called="tolerance", better=Polarity.LOWER)
CASES = a_measure(unit=Unit.COUNT, unit_name="cases", better=Polarity.LOWER)
MONEY = a_measure(unit=Unit.CURRENCY, scale="million", better=Polarity.NEITHER)
SECONDS = a_measure(unit=Unit.SECONDS, called="standard", better=Polarity.LOWER)
APRIL = date(2021, 3, 31)


def projected(measure, low, centre, high, *, error=None, due=APRIL, short=False, **finding):
    evidence = {"projected": centre, "projected_low": low, "projected_high": high, "projection_confidence": 80.0}
    evidence |= {} if error is None else {"projection_error": error}
    facts = facts_of(measure, **({"value": 13.1, "due": str(due), "evidence": evidence} | finding))
    return facts, heading_for(facts, due, short=short)


@pytest.mark.parametrize(
    ("measure", "line", "wanted", "expected"),
    [
        pytest.param(
            PERCENT, (18.0, 21.0, 24.0), 25.0, "projected 21% (18–24%) for March 2021, below the target of 25%", id="below"
        ),
        pytest.param(
            PERCENT, (26.0, 28.0, 30.0), 25.0, "projected 28% (26–30%) for March 2021, above the target of 25%", id="above"
        ),
        pytest.param(
            PERCENT, (21.0, 24.0, 27.0), 25.0,
            "projected 24% (21–27%) for March 2021, which leaves the target of 25% open", id="either",
        ),
        pytest.param(
            PERCENT, (22.0, 23.5, 25.0), 25.0,
            "projected 23.5% (22–25%) for March 2021, which leaves the target of 25% open", id="its-end-on-the-line",
        ),
        pytest.param(PERCENT, (25.0, 25.0, 25.0), 25.0, "projected 25% for March 2021, on the target of 25%", id="on"),
        pytest.param(PERCENT, (20.0, 20.0, 20.0), 25.0, "projected 20% for March 2021, below the target of 25%", id="sure"),
        pytest.param(
            PERCENT, (18.0, 21.0, 24.98), 25.0, "projected 21% (18–24.98%) for March 2021, below the target of 25%",
            id="digits-to-tell-the-end-from-the-target",
        ),
        pytest.param(
            LOW_PERCENT, (9.51, 10.0, 10.5), 9.5,
            "projected 10% (9.51–10.5%) for March 2021, above the tolerance of 9.5%", id="too-high",
        ),
        pytest.param(
            CASES, (1500.2, 1600.4, 1700.1), 1400.0, "projected 1,600 (1,500–1,700) for March 2021, above the target of 1,400",
            id="thousands",
        ),
        pytest.param(
            CASES, (3.1, 3.6, 4.2), 2.0, "projected 3.6 (3–4.2) for March 2021, above the target of 2", id="narrow"
        ),
        pytest.param(
            MONEY, (-0.2, 0.5, 1.2), 2.0, "projected £0.5m (\N{MINUS SIGN}£0.2m to £1.2m) for March 2021, below the target of £2m",
            id="money",
        ),
        pytest.param(
            CASES, (-3.0, 5.0, 13.0), 20.0, "projected 5 (-3 to 13) for March 2021, below the target of 20", id="sign"
        ),
        pytest.param(
            SECONDS, (50.0, 75.0, 100.0), 45.0,
            "projected 1 min 15 s (50 s to 1 min 40 s) for March 2021, above the standard of 45 s", id="time",
        ),
    ],
)  # fmt: skip
def test_where_it_is_heading(measure, line, wanted, expected):
    assert f", {expected}" == projected(measure, *line, target=wanted)[1].text


def test_a_plan_is_named_as_one():
    assert (
        ", projected 21% (18–24%) for March 2021, below the 25% planned by then"
        == projected(PERCENT, 18.0, 21.0, 24.0, plan=25.0)[1].text
    )


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param((18.0, 21.0, 24.0), ", projected 21% for March 2021, below the target of 25%", id="missing"),
        pytest.param((21.0, 24.0, 27.0), ", projected 24% for March 2021 against the target of 25%", id="open"),
    ],
)
def test_a_subject_has_neither_range_nor_record(line, expected):
    assert expected == projected(PERCENT, *line, error=2.1, target=25.0, short=True)[1].text


@pytest.mark.parametrize(
    ("measure", "error", "due", "period", "expected"),
    [
        pytest.param(PERCENT, 2.1, APRIL, "2020-09", "six-month projections have been off by 2.1 points", id="months"),
        pytest.param(PERCENT, 1.0, date(2020, 10, 1), "2020-09", "one-month projections have been off by 1 point", id="one"),
        pytest.param(CASES, 31.2, APRIL, "2020-02", "13-month projections have been off by 31 cases", id="many-months"),
        pytest.param(CASES, 0.0, APRIL, "2020/21-Q2", "two-quarter projections have been off by 0 cases", id="quarters"),
        pytest.param(CASES, 1.0, date(2022, 4, 1), "2020/21", "two-year projections have been off by 1 case", id="years"),
        pytest.param(CASES, 7.0, date(2020, 9, 30), "2020-W38", "two-week projections have been off by 7 cases", id="weeks"),
    ],
)  # fmt: skip
def test_how_well_earlier_projections_did(measure, error, due, period, expected):
    facts, clause = projected(measure, 18.0, 21.0, 24.0, error=error, due=due, period=period, target=25.0)
    assert f"; its {expected} on average" == clause.text[clause.text.index(";") :]
    assert facts.finding.period.kind in PeriodKind


def test_the_whole_sentence_does_not_call_a_high_figure_wanted_that_is_heading_down():
    """The value lies above the target today; "Higher is better here." would say that nothing is wrong."""
    facts, clause = projected(PERCENT, 18.0, 21.0, 24.0, value=27.0, target=25.0, error=2.1, consecutive=1)
    expected = (
        "Calls answered in time: 27% in September 2020, projected 21% (18–24%) for March 2021, below the target of 25%;"
        " its six-month projections have been off by 2.1 points on average."
    )
    assert expected == finding_text(facts, clause)


def test_the_whole_subject():
    facts, clause = projected(PERCENT, 18.0, 21.0, 24.0, target=25.0, short=True)
    expected = "Calls answered in time: 13.1%, projected 21% for March 2021, below the target of 25% (West Mercia)"
    assert expected == headline(facts, clause)


def test_without_a_projection_nothing_is_said():
    facts = facts_of(PERCENT, value=13.1, target=25.0, state=State.NORMAL)
    assert heading_for(facts, APRIL).text == ""
