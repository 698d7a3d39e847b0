"""A printed change without the figure itself: it has come, `change` and `reduction_missed` judge it, nothing else can."""

from datetime import date

import pytest
from samples.worlds import a_folder, an_engine

from alerting.domain.finding import Reason, State

RULES = """
topics: [{{id: t, title: Topic, owner: boss}}]
areas: [{{id: force, title: Force, kind: policing, owner: boss}}]
owners: [{{id: boss, name: Boss, email: boss@example.org}}]
measures:
- {{id: m, title: Collisions, topic: t, unit: count, better: lower, every: month, source: f.csv, target: 90, expected: 5 days}}
holds: [{{id: h, match: {{measures: [m]}}, from: 2021-01-01, until: 2021-01-31, reason: Being tested}}]
breaks: [{{id: b, match: {{measures: [m]}}, on: 2021-02-01, reason: New form}}]
rules: [{{id: r, title: R, measures: m, notify: [boss], when: {when}}}]
"""
COLUMNS = "measure,area,period,value,change_previous_period,change_same_period_last_year,change_year_to_date"
ROWS = ["m,force,2020-07,100,,,", "m,force,2020-08,110,,5,", "m,force,2020-09,,-3,12,7"]


def finding(folder, when, rows=ROWS, as_of=date(2020, 10, 15)):
    csv = "\n".join([COLUMNS, *rows]) + "\n"
    rules = a_folder(folder / "rules", {"r.yaml": RULES.format(when=when), "f.csv": csv})
    (one,) = an_engine(rules, folder / "state", as_of).enquiries.evaluate(as_of, text="all").found
    return one


@pytest.mark.parametrize(
    ("when", "state", "change"),
    [
        ("{change: {versus: same_period_last_year, rises_by: 10 %}}", State.EXCEPTION, 12.0),
        ("{change: {versus: same_period_last_year, rises_by: 12 %}}", State.EXCEPTION, 12.0),
        ("{change: {versus: same_period_last_year, rises_by: 13 %}}", State.NORMAL, 12.0),
        ("{change: {versus: year_to_date, rises_by: 5 %}}", State.EXCEPTION, 7.0),
        ("{change: {versus: previous_period, falls_by: 3 %}}", State.EXCEPTION, -3.0),
        ("{reduction_missed: {at_least: 5 %, versus: previous_period}}", State.EXCEPTION, -3.0),
        ("{reduction_missed: {at_least: 3 %, versus: previous_period}}", State.NORMAL, -3.0),
        ("{any_of: [{target_missed: {}}, {change: {versus: year_to_date, rises_by: 5 %}}]}", State.EXCEPTION, 7.0),
    ],
)
def test_a_printed_change_is_judged_without_its_figure(tmp_path, when, state, change):
    found = finding(tmp_path, when).finding

    assert (str(found.period), found.state, found.change, found.value) == ("2020-09", state, change, None)
    assert found.evidence["change"] == "as published"


@pytest.mark.parametrize(
    "when",
    [
        "{target_missed: {}}",
        "{not: {target_missed: {}}}",
        "{any_of: [{target_missed: {}}, {outside_range: {from: 1, to: 2}}]}",
        "{outside_limits: {limits: {fixed: {upper: 5}}}}",
        "{trend: {length: 2}}",
        "{change: {versus: same_period_last_year, rises_by: 10}}",
        "{change: {versus: rolling_12_months, rises_by: 10 %}}",
        "{all_of: [{change: {versus: same_period_last_year, rises_by: 10 %}}, {target_missed: {}}]}",
    ],
)
def test_everything_else_has_no_level_to_judge(tmp_path, when):
    found = finding(tmp_path, when).finding

    assert (str(found.period), found.state, found.reason) == ("2020-09", State.NO_DATA, Reason.NO_LEVEL)
    assert found.text.endswith(
        "There is no figure for collisions in September 2020: only the change is printed, "
        "down 3% on August 2020 and up 12% on last year and up 7% in the year to date on last year's."
    )


def test_it_has_come_so_that_nothing_is_overdue(tmp_path):
    found = finding(tmp_path, "{not_fresh: {}}").finding

    assert (str(found.period), found.state) == ("2020-09", State.NORMAL)


def test_a_series_of_printed_changes_alone_has_a_first_and_a_newest_figure(tmp_path):
    found = finding(
        tmp_path, "{change: {versus: same_period_last_year, rises_by: 10 %}}", ["m,force,2020-09,,,12,"]
    ).finding

    assert (str(found.period), found.state, found.consecutive) == ("2020-09", State.EXCEPTION, 1)


def test_printed_changes_in_a_row_are_counted(tmp_path):
    rows = [f"m,force,2020-0{month},,,12," for month in (7, 8, 9)]

    found = finding(tmp_path, "{change: {versus: same_period_last_year, rises_by: 10 %}}", rows).finding

    assert found.consecutive == 3
    assert found.text.endswith("This is the third month running, since July 2020.")


def test_words_give_it_as_printed(tmp_path):
    found = finding(tmp_path, "{change: {versus: same_period_last_year, rises_by: 10 %}}")

    assert found.finding.text == "Collisions in September 2020, up 12% on last year, as printed."
    assert found.headline == "Collisions: up 12% on last year, as printed (Force)"


@pytest.mark.parametrize(
    ("printed", "said"),
    [("0.68", "up 0.68%"), ("-0.05", "down 0.05%"), ("12.35", "up 12.35%"), ("12.0", "up 12%"), ("0", "no change")],
)
def test_a_printed_change_has_the_digits_that_are_printed(tmp_path, printed, said):
    rows = [f"m,force,2020-09,,{printed},,"]

    found = finding(tmp_path, "{change: {versus: previous_period, rises_by: 0.5 %}}", rows)
    beside = finding(tmp_path, "{target_missed: {}}", [f"m,force,2020-09,110,{printed},,"])
    unjudged = finding(tmp_path, "{target_missed: {}}", rows)

    assert found.finding.text == f"Collisions in September 2020, {said} on August 2020, as printed."
    assert found.headline == f"Collisions: {said} on August 2020, as printed (Force)"
    assert f"It is {said} on August 2020, as published." in beside.finding.text
    assert unjudged.finding.text.endswith(f"only the change is printed, {said} on August 2020.")


def test_a_level_tells_the_printed_change_where_ours_cannot_be_worked_out(tmp_path):
    found = finding(tmp_path, "{target_missed: {}}", ROWS[:2], date(2020, 9, 3)).finding

    assert found.text == (
        "Collisions: 110 in August 2020, 20 above the target of 90. It is up 10% from 100 in July 2020. "
        "It is up 5% on last year, as published. This is the second month running, since July 2020."
    )


def test_a_change_that_can_be_worked_out_is_ours(tmp_path):
    rows = ["m,force,2019-08,100,,,", "m,force,2020-08,110,,5,"]

    found = finding(tmp_path, "{target_missed: {}}", rows, date(2020, 9, 3)).finding

    assert "as published" not in found.text


@pytest.mark.parametrize(
    ("row", "reason"), [("m,force,2021-01,,,12,", Reason.HELD), ("m,force,2021-02,,,12,", Reason.NO_LEVEL)]
)
def test_holds_and_breaks_are_those_of_any_figure(tmp_path, row, reason):
    rows = ["m,force,2020-02,90,,,", "m,force,2020-07,100,,,", row]

    found = finding(
        tmp_path, "{change: {versus: same_period_last_year, rises_by: 10 %}}", rows, date(2021, 3, 2)
    ).finding

    assert (found.state, found.reason) == (State.NO_DATA, reason)
