"""Reasons name what is missing, and which break, hold or exclusion is in the way of a verdict."""

from datetime import date

import pytest
from samples.worlds import a_folder, an_engine

FOLDER = """
topics: [{{id: t, title: T, owner: o}}]
owners: [{{id: o, name: Head, email: o@example.org}}]
areas: [{{id: force, title: Force, kind: policing, owner: o}}, {{id: north, title: North, parent: force}}, {{id: south, title: South, parent: force}}]
measures: [{{id: m, title: Thefts, topic: t, unit: {unit}, better: lower, every: month, source: figures/m.csv}}]
rules: [{{id: r, title: R, measures: m, when: {when}}}]
{more}
"""  # noqa: E501 - YAML stands as people write it
BREAK = "breaks: [{{id: b, match: {{measures: [m]}}, on: {on}, reason: Use of the marker changed}}]"
HOLD = "holds: [{id: h, match: {measures: [m]}, from: 2019-05-01, until: 2019-05-31, reason: A new system was tested}]"
EXCLUSION = "exclusions: [{id: e, from: 2018-04, until: 2019-03, reason: First lockdown, match: {measures: [m]}}]"
MONTHS = [f"{2018 + (m > 8)}-{(m + 3) % 12 + 1:02d}" for m in range(15)]


def newest(tmp_path, when, more="", *, unit="count", figures=None, area="force", replaced=("", "")):
    """The finding of June 2019: by default fifteen months of figures, from April 2018."""
    text = figures or "measure,area,period,value\n" + "".join(
        f"m,force,{one},{50 + n}\n" for n, one in enumerate(MONTHS)
    )
    folder = a_folder(
        tmp_path / "rules",
        {"r.yaml": FOLDER.format(when=when, more=more, unit=unit).replace(*replaced), "figures/m.csv": text},
    )
    day = date(2019, 7, 2)
    found = [
        one.with_text().finding for one in an_engine(folder, tmp_path / "state", day).enquiries.evaluate(day).found
    ]
    (finding,) = [one for one in found if one.area == area]
    return finding.state.word, finding.reason, finding.text


CHANGE = "{{change: {{versus: {}, rises_by: 1}}}}"


@pytest.mark.parametrize(
    ("when", "more", "state", "reason", "why"),
    [
        pytest.param(
            CHANGE.format("previous_period"), BREAK.format(on="2019-06-01"), "no_data", "break",
            "between it and what it would be compared with lies the break of 1 June 2019 (Use of the marker changed)",
            id="a-break-behind",
        ),
        pytest.param(
            CHANGE.format("same_period_last_year"), BREAK.format(on="2019-01-01"), "no_data", "break",
            "lies the break of 1 January 2019 (Use of the marker changed)", id="a-break-within-the-year",
        ),
        pytest.param(
            CHANGE.format("year_to_date"), BREAK.format(on="2019-01-01"), "no_data", "break",
            "lies the break of 1 January 2019", id="a-break-within-the-spans",
        ),
        pytest.param(
            "{will_miss: {at_most: 60, date: 2019-12-31}}", BREAK.format(on="2019-09-01"), "no_data", "break",
            "lies the break of 1 September 2019 (Use of the marker changed)", id="a-break-ahead",
        ),
        pytest.param(
            CHANGE.format("previous_period"), HOLD, "no_data", "held",
            "what it would be compared with is held from 1 May 2019 until 31 May 2019 (A new system was tested)",
            id="a-hold",
        ),
        pytest.param(
            "{outside_limits: {limits: previous_financial_year}}", EXCLUSION, "not_enough_history", "excluded",
            "too few figures are left beside those excluded from 1 April 2018 until 31 March 2019 (First lockdown)",
            id="an-exclusion",
        ),
        pytest.param(
            "{outside_limits: {limits: {xmr: {minimum_points: 6}}}}", BREAK.format(on="2019-05-01"),
            "not_enough_history", "few_points", "too few figures since the break of 1 May 2019", id="few-since-a-break",
        ),
        pytest.param(
            CHANGE.format("rolling_12_months"), "", "no_data", "no_comparison", "", id="nothing-declared",
        ),
        pytest.param(
            "{rank: {worse_than: 1}}", "", "not_enough_history", "few_areas", "too few areas have a figure",
            id="a-place-among-one",
        ),
    ],
)  # fmt: skip
def test_a_reason_names_what_is_in_the_way(tmp_path, when, more, state, reason, why):
    found = newest(tmp_path, when, more)
    assert found[:2] == (state, reason)
    assert why in str(found[2])


def without(*months):
    """The fifteen months' figures but for some."""
    kept = [one for one in MONTHS if one not in months]
    return "measure,area,period,value\n" + "".join(f"m,force,{one},{50 + n}\n" for n, one in enumerate(kept))


RISING = "{trend: {direction: rising, length: 7}}"


@pytest.mark.parametrize(
    ("when", "figures", "reason", "why"),
    [
        pytest.param(
            CHANGE.format("previous_period"), without("2019-05"), "no_comparison",
            "the figure for May 2019, which is missing", id="the-period-before",
        ),
        pytest.param(
            CHANGE.format("same_period_last_year"), without("2018-06"), "no_comparison",
            "the figure for June 2018, which is missing", id="last-year",
        ),
        pytest.param(
            CHANGE.format("same_period_last_year"), without(*MONTHS[:4]), "no_comparison",
            "the figure for June 2018, which is missing", id="before-the-first-figure",
        ),
        pytest.param(
            CHANGE.format("year_to_date"), without("2018-05", "2019-04"), "no_comparison",
            "the figures for May 2018 and April 2019, which are missing", id="the-year-to-date",
        ),
        pytest.param(
            "{reduction_missed: {at_least: 5 %, versus: year_to_date}}", without(*MONTHS[:3]), "no_comparison",
            "the figures for April 2018 to June 2018, which are missing", id="a-year-before-the-first",
        ),
        pytest.param(
            CHANGE.format("rolling_12_months"), without("2018-08", "2018-10", "2018-12", "2019-02"), "no_comparison",
            "the figures for July 2017 to March 2018, August 2018 and 3 other periods, which are missing",
            id="many",
        ),
        pytest.param(
            CHANGE.format("previous_period"), without("2019-05") + "m,force,2019-05,many\n", "no_comparison",
            "the figure for May 2019, which is not usable", id="refused",
        ),
        pytest.param(
            CHANGE.format("previous_period"), without("2019-05") + "m,force,2019-05,*\n", "no_comparison",
            "the figure for May 2019, which is withheld", id="suppressed",
        ),
        pytest.param(RISING, without("2019-03"), "gap", "the figure for March 2019, which is missing", id="trend"),
        pytest.param(
            "{run: {length: 4, of: {fixed: {centre: 10}}}}", without("2019-03", "2019-05"), "gap",
            "the figures for March 2019 and May 2019, which are missing", id="run",
        ),
        pytest.param(
            f"{{any_of: [{{target_missed: {{at_most: 900}}}}, {RISING}]}}", without("2019-03"), "gap",
            "the figure for March 2019, which is missing", id="the-part-that-decided",
        ),
        pytest.param(
            "{near_limit: {limits: {fixed: {lower: 0, centre: 10, upper: 80}}}}", without("2019-05"), "gap",
            "the figure for May 2019, which is missing", id="near-a-limit",
        ),
    ],
)  # fmt: skip
def test_words_name_the_periods_that_a_verdict_would_need(tmp_path, when, figures, reason, why):
    found = newest(tmp_path, when, figures=figures)
    assert found[:2] == ("no_data", reason)
    assert f"It is not judged: the comparison needs {why}." in str(found[2])


def test_a_held_month_stops_a_trend_and_is_named(tmp_path):
    found = newest(tmp_path, RISING, HOLD)
    assert found[1] == "gap"
    assert "needs the figure for May 2019, which is held." in str(found[2])


@pytest.mark.parametrize(
    ("keys", "gone", "why"),
    [
        pytest.param(
            "count", "2019-05", "There is no usable figure for thefts in the 3 months to June 2019: it needs the figure for May"
            " 2019, which is missing.", id="a-window",
        ),
        pytest.param(
            "count", "2019-03", "the comparison needs the figure for the 3 months to May 2019, which is not complete",
            id="the-window-before",
        ),
    ],
)  # fmt: skip
def test_words_name_the_period_that_a_rolling_figure_would_need(tmp_path, keys, gone, why):
    when = CHANGE.format("previous_period")
    found = newest(tmp_path, when, unit=f"{keys}, rolling: 3 months", figures=without(gone))
    assert why in str(found[2])


def test_a_month_without_numerator_and_denominator_is_not_usable_for_a_year_to_date(tmp_path):
    rows = [f"m,force,{one},{'' if one != '2019-05' else 50},{'' if one == '2019-05' else '5,10'}" for one in MONTHS]
    figures = "measure,area,period,value,numerator,denominator\n" + "\n".join(
        row if row.count(",") == 5 else f"{row}," for row in rows
    )
    found = newest(tmp_path, CHANGE.format("year_to_date"), unit="percent", figures=f"{figures}\n")
    assert found[1] == "no_comparison"
    assert "the comparison needs the figure for May 2019, which is not usable" in str(found[2])


def test_percentages_alone_have_no_limits_and_the_words_say_what_is_missing(tmp_path):
    found = newest(tmp_path, "{outside_limits: {limits: {p: {}}}}", unit="percent")
    assert found[:2] == ("no_data", "no_limits")
    assert "there are no numerators and denominators to make limits from" in str(found[2])


EXCHANGED = "its numerators add up to more than its denominators, so that there are no limits of a share"
MORE = "measure,area,period,value,numerator,denominator\n" + "".join(
    f"m,{area},{one},,{120 + n},100\n" for n, one in enumerate(MONTHS) for area in ("force", "north", "south", "east")
)


@pytest.mark.parametrize(
    ("when", "area"),
    [
        pytest.param("{outside_limits: {limits: p}}", "force", id="p"),
        pytest.param("{outside_limits: {limits: {p: {overdispersed: auto}}}}", "force", id="p-prime"),
        pytest.param("{outlier_among_areas: {}}", "north", id="funnel"),
        pytest.param("{outlier_among_areas: {limits: {funnel: {overdispersed: auto}}}}", "north", id="overdispersed"),
    ],
)
def test_more_cases_than_there_can_be_have_no_limits_and_are_not_too_few(tmp_path, when, area):
    east = ", {id: east, title: East, parent: force}]"
    found = newest(
        tmp_path, when, unit="percent, maximum: 500", figures=MORE, area=area, replaced=("force}]", f"force}}{east}")
    )
    assert found[:2] == ("no_data", "no_limits")
    assert f"It is not judged: {EXCHANGED}." in str(found[2])


def test_the_one_month_that_has_no_numerator_does_not_say_that_there_are_too_many(tmp_path):
    rows = "".join(f"m,force,{one},50,{50 + n},100\n" for n, one in enumerate(MONTHS[:-1]))
    figures = f"measure,area,period,value,numerator,denominator\n{rows}m,force,2019-06,50,,\n"
    found = newest(tmp_path, "{outside_limits: {limits: p}}", unit="percent", figures=figures)
    assert found[:2] == ("no_data", "no_limits")
    assert "there are no numerators and denominators to make limits from" in str(found[2])


def test_rates_of_less_than_nothing_have_no_limits(tmp_path):
    rows = "".join(f"m,force,{one},,-{5 + n},100\n" for n, one in enumerate(MONTHS))
    figures = f"measure,area,period,value,numerator,denominator\n{rows}"
    found = newest(tmp_path, "{outside_limits: {limits: u}}", unit="rate, per: 100", figures=figures)
    assert found[:2] == ("no_data", "no_limits")
    assert "its numerators add up to less than 0, so that there are no limits" in str(found[2])


def test_a_funnel_of_two_areas_has_too_few(tmp_path):
    rows = "".join(f"m,{area},2019-06,,{n},100\n" for n, area in enumerate(["north", "south"], 40))
    text = f"measure,area,period,value,numerator,denominator\n{rows}"
    found = newest(tmp_path, "{outlier_among_areas: {}}", unit="percent", figures=text, area="north")
    assert found[:2] == ("not_enough_history", "few_areas")
    assert "too few areas have a figure to compare it with" in str(found[2])


@pytest.mark.parametrize("limits", ["c: {}", "xmr: {}", "rolling: {window: 6}"])
def test_limits_from_fewer_than_twelve_figures_are_trial_limits_whatever_makes_them(tmp_path, limits):
    figures = "measure,area,period,value\n" + "".join(
        f"m,force,{one},{50 + n % 3}\n" for n, one in enumerate(MONTHS[7:14])
    )
    figures += "m,force,2019-06,900\n"
    found = newest(tmp_path, f"{{outside_limits: {{limits: {{{limits}}}}}}}", figures=figures)
    assert found[0] == "exception" or limits == "xmr: {}"
    assert ("trial limits, from fewer than 12 figures" in str(found[2])) is (found[0] == "exception")


def test_a_year_of_twelve_makes_no_trial_limits(tmp_path):
    found = newest(tmp_path, "{outside_limits: {limits: previous_financial_year}}")
    assert found[0] == "exception"
    assert "trial" not in str(found[2])
