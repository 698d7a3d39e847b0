"""Limits that cannot do what they are for."""

from datetime import date, timedelta

import pytest

RULE = "  - {id: r, title: R, measures: m, when: {%s}}\n"
YEARS = "50 54 49 51 53 50 52 48 51 50 53 51 50 54 49 51 53 50 52 48 51 50 53 51"
FEW = "1 0 2 1 3 0 1 2 0 1 4 1 0 2 1 1 0 3 1 0 2 1 1 0"
DOUBTS = ("few-figures", "small-counts", "never-fires")


def doubts(found):
    return [one[:3] for one in found if one[0] in DOUBTS]


@pytest.mark.parametrize(
    ("when", "values", "doubt"),
    [
        pytest.param("above_upper_limit: {limits: xmr}", YEARS[:23], ("few-figures", "note"), id="eight-figures"),
        pytest.param("above_upper_limit: {limits: xmr}", FEW, ("small-counts", "note"), id="one-or-two-a-month"),
        pytest.param("below_lower_limit: {limits: c}", FEW, ("never-fires", "warning"), id="nothing-is-below-none"),
    ],
)
def test_a_doubt_stands_at_the_rule(remarks, when, values, doubt):
    assert (*doubt, 7) in doubts(remarks(RULE % when, values))


def test_numerators_that_are_more_than_their_denominators_are_named_at_the_rule(remarks):
    rows = [f"m,force,20{18 + n // 12}-{n % 12 + 1:02d},,{120 + n % 7},100" for n in range(24)]
    rows = ["measure,area,period,value,numerator,denominator", *rows]
    found = remarks(
        RULE % "outside_limits: {limits: p}", measure="unit: percent, better: higher", rows=rows, header=False
    )
    message = 'it has no limits of "m": numerators add up to more than denominators'
    assert [("no-share", "warning", 7, message)] == [one for one in found if one[0] in ("no-share", *DOUBTS)]


@pytest.mark.parametrize(
    ("when", "values", "message"),
    [
        (
            "above_upper_limit: {limits: xmr}",
            YEARS[:23],
            'its limits of "m" are trial limits, from fewer than 12 figures',
        ),
        (
            "below_lower_limit: {limits: c}",
            FEW,
            'it can never fire on "m": the lower limit lies where the measure ends',
        ),
    ],
)
def test_a_doubt_reads_as_a_sentence_that_names_the_measure(remarks, when, values, message):
    assert [message] == [one[3] for one in remarks(RULE % when, values) if one[0] in DOUBTS]


def _days(gaps):
    days = [date(2018, 4, 1) + timedelta(days=n) for n in range(sum(gaps) + 1)]
    events = {sum(gaps[:n]) for n in range(len(gaps) + 1)}
    return [f"m,force,{day},{int(n in events)}" for n, day in enumerate(days)]


@pytest.mark.parametrize(
    ("limits", "fix"),
    [
        pytest.param("g", "use t limits, or `run: {side: below, of: g}`", id="g-has-no-sigmas"),
        pytest.param("t", "use fewer sigmas, or `run: {side: below, of: t}`", id="t-is-of-days-only"),
    ],
)
def test_gaps_that_cannot_be_too_short_lead_to_what_finds_them(remarks, limits, fix):
    found = remarks(
        RULE % f"below_lower_limit: {{limits: {limits}}}", rows=_days([1, 40, 3, 60, 2, 30, 1, 80, 5, 50]), every="day",
        as_of="2019-01-01", told=("code", "fix"),
    )  # fmt: skip
    assert [("never-fires", fix)] == [one for one in found if one[0] == "never-fires"]


def test_an_upper_limit_at_the_end_of_a_percentage_can_never_fire(remarks):
    found = remarks(
        RULE % "above_upper_limit: {limits: xmr}", "99 92 99 91 " * 6, measure="unit: percent, better: lower"
    )
    assert [("never-fires", "warning", 7)] == doubts(found)


@pytest.mark.parametrize(
    ("when", "values"),
    [
        pytest.param("outside_limits: {limits: xmr}", YEARS, id="two-years-of-fifty"),
        pytest.param("above_upper_limit: {limits: c}", FEW, id="limits-of-small-counts"),
        pytest.param("outside_limits: {limits: c}", FEW, id="one-of-two-sides-can-fire"),
        pytest.param("above_upper_limit: {limits: xmr}", "", id="no-figures-yet"),
    ],
)
def test_there_is_no_doubt_about(remarks, when, values):
    assert [] == doubts(remarks(RULE % when, values))


def test_where_the_newest_figures_have_not_come_no_limit_lies_at_an_end(remarks):
    seasonal = RULE % "above_upper_limit: {limits: {seasonal: {years: 2}}}"
    assert [] == doubts(
        remarks(seasonal, YEARS, measure="unit: count, better: lower, expected: 5 days", as_of="2021-11-29")
    )
