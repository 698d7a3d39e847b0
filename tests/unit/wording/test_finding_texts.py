"""Whole texts: what stands in a finding, a notice and a subject line."""

import re
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from samples.wording import a_measure, facts_of, read

from alerting.domain import exact
from alerting.domain.finding import Reason, State
from alerting.domain.measure import Covers, Polarity, Span, Unit
from alerting.domain.parameters import Amount, Band
from alerting.domain.period import Calendar, PeriodKind
from alerting.wording.changes import changed, reduction
from alerting.wording.clause import Clause
from alerting.wording.clauses import (
    against_level,
    against_limits,
    average_moved,
    in_band,
    not_fresh,
    trend,
    variance,
)
from alerting.wording.dates import days_words
from alerting.wording.text import finding_text, headline, no_verdict_text

ANSWERED = a_measure(
    title="999 calls answered within 10 seconds",
    sentence="{value} of 999 calls were answered within 10 seconds",
    called="standard",
)
COUNT = a_measure(unit=Unit.COUNT, better=Polarity.LOWER)
MONTH = Calendar().parse_exact("2020-09")
BANDS = (Band(name="red", at_least=None, below=15.0), Band(name="green", at_least=15.0, below=None))


def test_the_finding_of_the_contract():
    facts = facts_of(ANSWERED, value=83.0, target=90.0)
    expected = "83% of 999 calls were answered within 10 seconds in September 2020, 7 points below the standard of 90%."
    assert expected == finding_text(facts, against_level(facts))


def test_a_value_just_below_its_standard_never_reads_as_on_it():
    facts = facts_of(ANSWERED, value=89.96, target=90.0)
    expected = (
        "89.96% of 999 calls were answered within 10 seconds in September 2020, 0.04 points below the standard of 90%."
    )
    assert expected == finding_text(facts, against_level(facts))


def test_a_text_goes_on_with_the_figures_before_how_long_and_what_to_mind():
    facts = facts_of(
        ANSWERED, value=83.0, target=90.0, previous=81.0, last_year=94.0, consecutive=3, provisional=True, place="Telford & Wrekin"
    )  # fmt: skip
    assert finding_text(facts, against_level(facts)) == (
        "83% of 999 calls were answered within 10 seconds in Telford & Wrekin in September 2020, 7 points below the standard of"
        " 90%."
        " It is up 2 points from 81% in August 2020 and down 11 points from 94% in September 2019."
        " This is the third month running, since July 2020."
        " The figure is provisional."
    )


@pytest.mark.parametrize(
    ("extra", "period", "previous", "last_year", "expected"),
    [
        pytest.param({}, "2020-09", 81.0, None, "in September 2020."
            " It is up 2 points from 81% in August 2020.", id="month"),
        pytest.param({}, "2020-09", None, 94.0, "in September 2020."
            " It is down 11 points from 94% in September 2019.", id="last-year-only"),
        pytest.param({}, "2020-09", None, None, "in September 2020.", id="nothing-before"),
        pytest.param(
            {}, "2020/21-Q2", 81.0, 94.0, "in Q2 2020/21."
            " It is up 2 points from 81% in Q1 2020/21 and down 11 points from 94% in Q2 2019/20.", id="quarter"
        ),
        pytest.param(
            {}, "2020-W38", 81.0, 94.0, "in week 38, 2020."
            " It is up 2 points from 81% in week 37, 2020 and down 11 points from 94% in week 38, 2019.", id="week"
        ),
        pytest.param({}, "2020-W53", 81.0, 94.0, "in week 53, 2020."
            " It is up 2 points from 81% in week 52, 2020.", id="week-53-has-no-twin"),
        pytest.param(
            {}, "2020-09-14", 81.0, 94.0,
            "on 14 September 2020."
            " It is up 2 points from 81% on 13 September 2020 and down 11 points from 94% on 14 September 2019.", id="day",
        ),
        pytest.param({}, "2020/21", 81.0, 81.0, "in 2020/21."
            " It is up 2 points from 81% in 2019/20.", id="a-year's-twin-is-the-one-before"),
        pytest.param(
            {"covers": Span(count=12, kind=PeriodKind.MONTH)}, "2020-09", 81.0, None,
            "in the 12 months to September 2020."
            " It is up 2 points from 81% in the 12 months to August 2020.", id="covers-12-months",
        ),
        pytest.param(
            {"covers": Span(count=12, kind=PeriodKind.MONTH)}, "2020/21-Q2", 81.0, None,
            "in the 12 months to September 2020."
            " It is up 2 points from 81% in the 12 months to June 2020.", id="12-months-by-quarter",
        ),
        pytest.param(
            {"covers": Covers.YEAR_TO_DATE}, "2020-09", None, 94.0,
            "in the year to date to September 2020."
            " It is down 11 points from 94% in the year to date to September 2019.", id="year-to-date",
        ),
        pytest.param(
            {"rolling": Span(count=6, kind=PeriodKind.MONTH)}, "2020-09", None, None, "in the 6 months to September 2020.",
            id="rolling",
        ),
        pytest.param({}, "2020-09", 83.04, None, "in September 2020."
            " It is down 0.04 points from 83.04% in August 2020.", id="digits-to-tell"),
        pytest.param({}, "2020-09", 83.0, None, "in September 2020. It is the same as in August 2020.", id="unchanged"),
    ],
)  # fmt: skip
def test_periods(extra, period, previous, last_year, expected):
    facts = facts_of(a_measure(title="Rate", **extra), period, value=83.0, previous=previous, last_year=last_year)
    assert f"Rate: 83% {expected}" == finding_text(facts, Clause())


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        pytest.param(None, "Rate: 83% in Shropshire in September 2020.", id="built-from-the-title"),
        pytest.param("{value} were seen", "83% were seen in Shropshire in September 2020.", id="value"),
        pytest.param("{value} were seen.", "83% were seen in Shropshire in September 2020.", id="a-full-stop"),
        pytest.param("In {area}, {value} were seen", "In Shropshire, 83% were seen in September 2020.", id="its-own-area"),
        pytest.param("{period} {value} were seen", "In September 2020 83% were seen in Shropshire.", id="its-own-period"),
        pytest.param(
            "{value} {value.__class__} {0} %s", "83% {value.__class__} {0} %s in Shropshire in September 2020.",
            id="nothing-else-is-filled-in",
        ),
    ],
)  # fmt: skip
def test_sentences(sentence, expected):
    facts = facts_of(a_measure(title="Rate", sentence=sentence), place="Shropshire", value=83.0)
    assert expected == finding_text(facts, Clause())


@pytest.mark.parametrize(
    ("title", "unit_name", "place", "value", "previous", "average", "now", "words"),
    [
        (
            "Total recorded crime",
            "offences",
            None,
            7767,
            6377,
            7082,
            "7,767 offences",
            ("685 offences (9.7%) above", "up 22%"),
        ),
        ("Violence with injury", None, None, 906, 759, 843, "906", ("63 (7.5%) above", "up 19%")),
        (
            "Violence without injury",
            None,
            "Telford & Wrekin",
            414,
            293,
            319,
            "414 in Telford & Wrekin",
            ("95 (30%) above", "up 41%"),
        ),
        ("Rape", None, None, 107, 104, 101, "107", ("6 (5.9%) above", "up 2.9%")),
        ("Other sexual offences", None, None, 198, 166, 191, "198", ("7 (3.7%) above", "up 19%")),
        ("Residential burglary", None, None, 264, 207, 262, "264", ("2 (0.8%) above", "up 28%")),
        ("Robbery", None, "Telford & Wrekin", 20, 17, 10, "20 in Telford & Wrekin", ("10 (100%) above", None)),
        ("Missing person reports", None, None, 320, 268, 347, "320", ("27 (7.8%) below", "up 19%")),
        ("MARAC cases", "cases", None, 103, 112, 109, "103 cases", ("6 cases (5.5%) below", "down 8%")),
        ("Child at risk", None, "Herefordshire", 276, 184, 173, "276 in Herefordshire", ("103 (60%) above", "up 50%")),
        ("Child sexual exploitation", None, None, 80, 74, 74, "80", ("6 (8.1%) above", "up 8.1%")),
        ("Cyber crime", None, "Shropshire", 64, 24, 23, "64 in Shropshire", ("41 (178%) above", None)),
        (
            "Anti-social behaviour",
            "incidents",
            None,
            3151,
            2862,
            3786,
            "3,151 incidents",
            ("635 incidents (17%) below", "up 10%"),
        ),
    ],
)
def test_the_volumes_of_march_2019(title, unit_name, place, value, previous, average, now, words):
    """As the Monthly Performance Summary of March 2019 has them: the month, the month before, the monthly average."""
    comparison, moved = words
    measure = a_measure(title=title, unit=Unit.COUNT, unit_name=unit_name, better=Polarity.NEITHER)
    facts = facts_of(measure, "2019-03", place, value=float(value), previous=float(previous), plan=float(average))
    on = f"up from {previous} in February 2019" if moved is None else f"{moved} from {previous:,} in February 2019"
    expected = f"{title}: {now} in March 2019, {comparison} the average of {average:,}. It is {on}."
    assert expected == finding_text(facts, variance(facts, "average"))


@pytest.mark.parametrize(
    ("consecutive", "state", "expected"),
    [
        pytest.param(1, State.EXCEPTION, None, id="the-first"),
        pytest.param(2, State.EXCEPTION, "This is the second month running, since August 2020.", id="the-second"),
        pytest.param(13, State.EXCEPTION, "This is the 13th month running, since September 2019.", id="the-13th"),
        pytest.param(0, State.NORMAL, None, id="normal"),
    ],
)
def test_how_long(consecutive, state, expected):
    text = finding_text(facts_of(COUNT, value=3.0, consecutive=consecutive, state=state), Clause())
    assert (f" {expected}" if expected else "") == text.removeprefix("Calls answered in time: 3 in September 2020.")


def test_a_streak_of_what_took_several_periods_says_what_it_is_one_of():
    facts = facts_of(COUNT, value=50.0, previous=60.0, consecutive=2)
    assert finding_text(facts, trend(facts, 7)) == (
        "Calls answered in time: 50 in September 2020, falling throughout the last 6 months."
        " It is down 17% from 60 in August 2020."
        " This is an exception for the second month running, since August 2020. Lower is better here."
    )


def test_a_figure_that_comes_again_reads_the_same_however_near_a_band_begins():
    facts = facts_of(COUNT, value=58.8, previous=58.8, band="red")
    bands = (Band(name="red", at_least=None, below=58.84), Band(name="green", at_least=58.84, below=None))
    expected = "Calls answered in time: 58.8 in September 2020, in the red band (below 58.84). It is the same as in August 2020."
    assert expected == finding_text(facts, in_band(facts, bands))


@pytest.mark.parametrize(
    ("better", "finding", "said"),
    [
        pytest.param(Polarity.HIGHER, {"change": 22.0}, "Higher is better here.", id="a-rise-that-is-wanted"),
        pytest.param(Polarity.LOWER, {"change": 22.0}, None, id="a-rise-that-is-not"),
        pytest.param(Polarity.NEITHER, {"change": 22.0}, None, id="a-rise-that-is-neither"),
        pytest.param(Polarity.LOWER, {"change": -22.0}, "Lower is better here.", id="a-fall-that-is-wanted"),
        pytest.param(Polarity.LOWER, {"change": 0.0}, None, id="no-change"),
        pytest.param(Polarity.LOWER, {"lower": 60.0}, "Lower is better here.", id="below-the-lower-limit"),
        pytest.param(Polarity.HIGHER, {"lower": 60.0}, None, id="below-where-higher-is-better"),
        pytest.param(Polarity.HIGHER, {"upper": 40.0}, "Higher is better here.", id="above-the-upper-limit"),
        pytest.param(Polarity.HIGHER, {"target": 90.0}, None, id="a-missed-target"),
        pytest.param(Polarity.LOWER, {"centre": 60.0, "lower": 1.0, "upper": 99.0}, "Lower is better here.", id="a-run-below"),
        pytest.param(
            Polarity.LOWER, {"centre": 60.0, "previous_centre": 45.0, "rebased_on": MONTH}, None, id="an-average-that-rose"
        ),
        pytest.param(
            Polarity.HIGHER, {"centre": 60.0, "previous_centre": 45.0, "rebased_on": MONTH}, "Higher is better here.",
            id="an-average-that-rose-as-wanted",
        ),
        pytest.param(Polarity.HIGHER, {"change": 22.0, "state": State.NORMAL}, None, id="normal"),
        pytest.param(Polarity.HIGHER, {}, None, id="no-side"),
    ],
)  # fmt: skip
def test_an_exception_on_the_better_side_is_not_called_bad(better, finding, said):
    facts = facts_of(a_measure(unit=Unit.COUNT, better=better), value=50.0, **finding)
    text = finding_text(facts, Clause())
    assert (f" {said}" if said else "") == text.removeprefix("Calls answered in time: 50 in September 2020.")


def test_a_fall_that_is_too_small_is_not_called_good():
    facts = facts_of(COUNT, value=96.0, change=-4.0)
    clause = reduction(facts, "previous_period", Amount(number=20.0, relative=True))
    expected = (
        "Calls answered in time: 96 in September 2020, a fall of 4% on August 2020, short of the 20% reduction wanted."
    )
    assert expected == finding_text(facts, clause)


@pytest.mark.parametrize(
    ("finding", "said"),
    [
        pytest.param({"provisional": True}, "The figure is provisional.", id="provisional"),
        pytest.param({"trial": True}, "Its limits are trial limits, from fewer than 12 figures.", id="trial"),
        pytest.param({"evidence": {"change": "as published"}}, "The change is as published.", id="published-change"),
    ],
)
def test_what_limits_the_weight_of_a_figure_is_said(finding, said):
    assert finding_text(facts_of(COUNT, value=3.0, **finding), Clause()).endswith(f"in September 2020. {said}")


@pytest.mark.parametrize(
    ("reason", "finding", "expected"),
    [
        pytest.param(
            Reason.LATE, {"previous": 81.0},
            "No figure has come for 999 calls answered within 10 seconds in September 2020; it was due by 5 October 2020."
            " It was 81% in August 2020.", id="late",
        ),
        pytest.param(
            Reason.LATE, {},
            "No figure has come for 999 calls answered within 10 seconds in September 2020; it was due by 5 October 2020.",
            id="late-and-nothing-before",
        ),
        pytest.param(
            Reason.MISSING, {}, "There is no figure for 999 calls answered within 10 seconds in September 2020.", id="missing"
        ),
        pytest.param(
            Reason.SOURCE_FAILED, {},
            "The source that gives 999 calls answered within 10 seconds in September 2020 could not be read.", id="source",
        ),
        pytest.param(
            Reason.REFUSED, {},
            "There is no usable figure for 999 calls answered within 10 seconds in September 2020: the figure could not be read.",
            id="refused",
        ),
        pytest.param(
            Reason.REFUSED, {"notes": ("Too few surveyed",)},
            "There is no usable figure for 999 calls answered within 10 seconds in September 2020: the figure could not be read.",
            id="a-note-is-no-reason",
        ),
        pytest.param(
            Reason.CONFLICT, {},
            "There is no usable figure for 999 calls answered within 10 seconds in September 2020: the source gives two different"
            " figures.", id="conflict",
        ),
        pytest.param(
            Reason.HELD, {"notes": ("Being tested",)},
            "There is no figure for 999 calls answered within 10 seconds in September 2020: being tested.", id="held-no-figure",
        ),
        pytest.param(
            Reason.HELD, {"value": 83.0, "notes": ("Being tested.",)},
            "83% of 999 calls were answered within 10 seconds in September 2020."
            " It is not judged: being tested.", id="held",
        ),
        pytest.param(
            Reason.SMALL_NUMBERS, {"value": 83.0},
            "83% of 999 calls were answered within 10 seconds in September 2020."
            " It is not judged: it rests on too few cases.",
            id="small-numbers",
        ),
    ],
)  # fmt: skip
def test_why_there_is_no_verdict(reason, finding, expected):
    facts = facts_of(ANSWERED, due_on=date(2020, 10, 5), state=reason.state, reason=reason, **finding)
    assert expected == no_verdict_text(facts)


@pytest.mark.parametrize(
    ("reason", "why"),
    [
        (Reason.NO_TARGET, "there is no target for this period"),
        (Reason.NO_PLAN, "there is no plan to compare it with"),
        (Reason.NO_LIMITS, "there is no limit to compare it with"),
        (Reason.NO_COMPARISON, "a figure that the comparison needs is not known"),
        (Reason.ZERO_BASE, "the figure it is compared with is 0, so there is no percentage"),
        (Reason.FEW_POINTS, "there are too few earlier figures"),
        (Reason.GAP, "an earlier figure that the comparison needs is missing"),
    ],
)
def test_a_figure_that_cannot_be_judged_is_still_told(reason, why):
    facts = facts_of(ANSWERED, value=83.0, state=reason.state, reason=reason)
    expected = f"83% of 999 calls were answered within 10 seconds in September 2020. It is not judged: {why}."
    assert expected == no_verdict_text(facts)


def test_a_figure_that_is_not_fresh_is_told_as_not_come():
    facts = facts_of(ANSWERED, due_on=date(2020, 10, 5))
    expected = (
        "No figure has come for 999 calls answered within 10 seconds in September 2020; it was due by 5 October 2020."
    )
    assert expected == finding_text(facts, not_fresh(facts))


@pytest.mark.parametrize(
    ("title", "within"),
    [
        pytest.param("Rape", "rape", id="a-word"),
        pytest.param("Training completed", "training completed", id="words"),
        pytest.param("FOI requests", "FOI requests", id="an-abbreviation"),
        pytest.param("999 calls", "999 calls", id="digits"),
        pytest.param("Child at Risk", "Child at Risk", id="a-name-of-several-words"),
        pytest.param("C. diff cases", "C. diff cases", id="a-letter-and-a-full-stop"),
        pytest.param("Use of FOI", "use of FOI", id="with-an-abbreviation"),
        pytest.param("West Mercia's place", "West Mercia's place", id="a-name-of-two-words"),
        pytest.param("Total Recorded Crime", "Total Recorded Crime", id="a-title-in-capitals"),
    ],
)
def test_titles_within_a_sentence(title, within):
    facts = facts_of(a_measure(title=title), state=State.NO_DATA, reason=Reason.MISSING)
    assert f"There is no figure for {within} in September 2020." == no_verdict_text(facts)


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        pytest.param(date(2020, 10, 8), date(2020, 10, 15), "8 to 15 October 2020", id="one-month"),
        pytest.param(date(2020, 9, 28), date(2020, 10, 5), "28 September to 5 October 2020", id="two-months"),
        pytest.param(date(2020, 12, 28), date(2021, 1, 4), "28 December 2020 to 4 January 2021", id="two-years"),
        pytest.param(date(2020, 1, 8), date(2021, 1, 8), "8 January 2020 to 8 January 2021", id="the-month-a-year-on"),
    ],
)
def test_spans_of_days(first, last, expected):
    assert expected == days_words(first, last)


def test_the_subject_of_the_contract():
    facts = facts_of(ANSWERED, value=83.0, target=90.0)
    expected = "999 calls answered within 10 seconds: 83%, below the standard of 90% (West Mercia)"
    assert expected == headline(facts, against_level(facts, short=True))


@pytest.mark.parametrize(
    ("finding", "clause", "expected"),
    [
        pytest.param({"value": 89.96, "target": 90.0}, against_level, "89.96%, below the standard of 90%", id="just-below"),
        pytest.param(
            {"value": 14.96, "band": "red"}, lambda f, short: in_band(f, BANDS, short=short), "14.96%, in the red band", id="band"
        ),
        pytest.param({}, not_fresh, "no figure for September 2020, due by 5 October 2020", id="not-fresh"),
    ],
)  # fmt: skip
def test_subjects(finding, clause, expected):
    facts = facts_of(ANSWERED, place="Shropshire", due_on=date(2020, 10, 5), **finding)
    assert f"999 calls answered within 10 seconds: {expected} (Shropshire)" == headline(
        facts, clause(facts, short=True)
    )


NUMBERS = st.none() | st.floats(-1e4, 1e4, allow_subnormal=False)
FINDINGS = st.fixed_dictionaries(
    dict.fromkeys(("value", "target", "plan", "centre", "lower", "upper", "change", "previous", "last_year"), NUMBERS)
    | {
        "state": st.sampled_from(list(State)), "reason": st.sampled_from(list(Reason)),
        "consecutive": st.none() | st.integers(0, 40), "provisional": st.booleans(), "trial": st.none() | st.booleans(),
        "notes": st.sampled_from([(), ("Being tested",)]), "previous_centre": NUMBERS,
        "rebased_on": st.sampled_from([None, MONTH, MONTH - 4]),
    }
)  # fmt: skip
CLAUSES = st.sampled_from(
    [
        against_level, lambda f: against_limits(f, "either"), average_moved,
        lambda f: changed(f, "year_to_date", relative=True), lambda f: variance(f, "plan"),
    ]
)  # fmt: skip


@given(FINDINGS, CLAUSES, st.sampled_from(list(Unit)), st.sampled_from(list(Polarity)))
def test_every_finding_has_a_text_in_whole_sentences(finding, clause, unit, better):
    facts = facts_of(a_measure(unit=unit, better=better), **finding)
    verdict = facts.finding.state.is_verdict
    text = finding_text(facts, clause(facts)) if verdict else no_verdict_text(facts)
    assert re.fullmatch(r"[A-Z0-9£-].*\.", text)
    assert [] == [word for word in ("  ", " .", " ,", "..", "None", "nan", "inf", "not known%") if word in text]


@given(st.floats(0, 1e6), st.floats(0, 1e6), st.sampled_from([0.0, 1e-9, 0.03, 0.4]), st.sampled_from(list(Unit)))
@example(102400.46582626927, 0.0, 1e-9, Unit.COUNT)
def test_the_figures_of_two_periods_read_equal_only_where_they_are(value, last_year, apart, unit):
    previous = value + apart
    text = finding_text(facts_of(a_measure(unit=unit), value=value, previous=previous, last_year=last_year), Clause())
    now = read(text.split(": ")[1])
    if "It is the same as" in text.split(" and ")[0]:
        assert exact.same(value, previous)
        return
    before = read(re.split(r"It was |It is (?:up|down) .*?from ", text, maxsplit=1)[1])
    order = 0 if exact.same(value, previous) else (value > previous) - (value < previous)
    # Apart behind the fourteenth digit alone, they may read alike: binary arithmetic made it.
    alike = f"{value:.14g}" == f"{previous:.14g}"
    assert (now > before) - (now < before) in ({order, 0} if alike else {order})
