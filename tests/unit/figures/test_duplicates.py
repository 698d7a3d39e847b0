"""A figure that is given again: equal in every cell it is one, else it is contradicted, said so, and cited nowhere."""

from datetime import date

import pytest
from samples.worlds import a_folder, an_engine

AS_OF = date(2020, 10, 7)
RULES = """
topics: [{id: t, title: Topic, owner: boss}]
sources: {s: {csv: f.csv, owner: boss}}
areas:
  - {id: force, title: West Mercia, kind: policing, owner: boss}
  - {id: north, title: North, parent: force}
owners: [{id: boss, name: Boss, email: boss@example.org}]
measures: [{id: m, title: Measure, topic: t, unit: count, better: lower, every: %(kind)s, source: s}]
rules: [{id: r, title: Rule, measures: m, when: %(when)s}]
"""
PLAIN = {"kind": "month", "when": "{target_missed: {at_most: 100}}"}
HEADER = "measure,area,period,value"


def answer(tmp_path, rows, header=HEADER, *, every=True, as_of=AS_OF, **changes):
    files = {"r.yaml": RULES % (PLAIN | changes), "f.csv": "\n".join([header, *rows, ""])}
    engine = an_engine(a_folder(tmp_path / "rules", files), tmp_path / "state", as_of)
    return engine.enquiries.evaluate(as_of, every_period=every, text="all")


def told(result):
    shown = [one.finding for one in result.found if one.finding.area == "force"]
    return [(str(one.period), one.value, one.reason and one.reason.value) for one in shown]


CONFLICT = [("2020-09", None, "conflict")]


@pytest.mark.parametrize(
    ("header", "cells", "says"),
    [
        pytest.param("", ["20", "500"], 'in value: "20" and "500"', id="the-value"),
        pytest.param("", ['"1,020"', "500.0"], 'in value: "1,020" and "500.0"', id="the-value-as-it-stands"),
        pytest.param("", ["20", ""], 'in value: "20" and ""', id="a-figure-and-none"),
        pytest.param("", ["20", "[c]"], 'in value: "20" and "[c]"', id="a-figure-and-a-withheld-one"),
        pytest.param(",target", ["20,30", "20,40"], 'in target: "30" and "40"', id="the-target"),
        pytest.param(",quarter", ["2,1", "2,2"], 'in quarter: "1" and "2"', id="a-number-that-is-not-read"),
        pytest.param(",Quarter", ["2,Q1", "2,Q2"], 'in Quarter: "Q1" and "Q2"', id="words-that-are-not-read"),
        pytest.param(",note", ["2,late", "2,"], 'in note: "late" and ""', id="the-note"),
        pytest.param(",provisional", ["2,true", "2,false"], 'in provisional: "true" and "false"', id="provisional"),
    ],
)
def test_a_conflict_names_the_rows_the_column_and_both_texts(tmp_path, header, cells, says):
    result = answer(tmp_path, [f"m,force,2020-09,{cell}" for cell in cells], HEADER + header)
    (problem,) = result.problems
    assert told(result) == CONFLICT
    assert f"rows 2 and 3 differ for m in force, 2020-09, {says}" == problem.message
    assert ("conflict", 3, True) == (problem.code, problem.place.line, result.has_errors)


@pytest.mark.parametrize(
    ("header", "rows"),
    [
        pytest.param("", ["2020-09,20"] * 13, id="thirteen-times"),
        pytest.param(",Quarter,note", ["2020-09,20,Q1,late"] * 2, id="with-words"),
        pytest.param("", ["2020-09,20", "Sep-20,20.0", "September 2020,20"], id="the-month-in-three-spellings"),
        pytest.param("", ["2020-09-08,20", "08/09/2020,20"], id="one-date-in-two-spellings"),
        pytest.param("", ["2020-09,20", "2020-09-01,20"], id="the-month-and-a-date-in-it"),
        pytest.param("", ['2020-09,"1,020"', "2020-09,1020"], id="the-number-in-two-spellings"),
    ],
)
def test_rows_that_are_equal_in_every_cell_are_one(tmp_path, header, rows):
    result = answer(tmp_path, [f"m,force,{row}" for row in rows], HEADER + header)
    assert ([None], False) == ([reason for *_, reason in told(result)], result.has_errors)


@pytest.mark.parametrize("values", [(25, 25, 25, 25), (25, 26, 27, 28)], ids=["equal", "different"])
def test_dates_of_one_month_are_not_its_figure(tmp_path, values):
    """Four weeks' figures of a monthly measure: May is none of them."""
    rows = [f"m,force,2020-09-{day:02d},{value}" for day, value in zip((7, 14, 21, 28), values, strict=True)]
    result = answer(tmp_path, rows)
    assert told(result) == CONFLICT
    assert ["rows 2 and 3", "rows 2 and 4", "rows 2 and 5"] == [one.message[:12] for one in result.problems]


def test_conflicts_beyond_those_listed_are_counted(tmp_path):
    rows = [f"m,force,2020-{month:02d},{value}" for month in range(1, 10) for value in (1, 2, 3, 4)]
    problems = answer(tmp_path, rows).problems
    assert 21 == len(problems)
    assert "7 more pairs of rows differ in the same way" in problems[-1].message


def test_equal_figures_on_two_dates_name_the_dates(tmp_path):
    (problem,) = answer(tmp_path, ["m,force,2020-09-07,25", "m,force,14/09/2020,25"]).problems
    assert problem.message.endswith('in period: "2020-09-07" and "14/09/2020"')
    assert "one date inside each period" in problem.fix


def test_two_hours_of_one_day_are_not_the_days_figure(tmp_path):
    rows = ["m,force,2020-09-07T09:00,25", "m,force,2020-09-07T17:00,25"]
    assert [("2020-09-07", None, "conflict")] == told(answer(tmp_path, rows, kind="day", as_of=date(2020, 9, 8)))


def test_a_date_a_week_is_a_weekly_measures_figure(tmp_path):
    rows = [f"m,force,2020-09-{day:02d},25" for day in (7, 14, 21)]
    result = answer(tmp_path, rows, kind="week", as_of=date(2020, 9, 28))
    assert ([25.0, 25.0, 25.0], False) == ([value for _, value, _ in told(result)], result.has_errors)


def test_a_revision_is_no_conflict_whatever_date_it_has(tmp_path):
    rows = ["m,force,2020-09-07,25,2020-10-01", "m,force,2020-09-30,30,2020-10-05"]
    result = answer(tmp_path, rows, HEADER + ",published")
    assert ([("2020-09", 30.0, None)], False) == (told(result), result.has_errors)


def test_a_contradicted_figure_is_cited_nowhere(tmp_path):
    """20 and 500 for May: the figure is refused, and so is "it was 500 in May"."""
    rows = [
        "m,force,2019-09,20",
        "m,force,2019-09,500",
        "m,force,2020-08,20",
        "m,force,2020-08,500",
        "m,force,2020-09,30",
    ]
    newest = answer(tmp_path, rows, every=False).found[0].finding
    assert (30.0, None, None) == (newest.value, newest.previous, newest.last_year)
    assert "500" not in newest.text


def test_a_contradicted_figure_is_in_no_average_and_no_chart(tmp_path):
    rows = [f"m,force,2020-{month:02d},{10 + month}" for month in range(1, 10)] + ["m,force,2020-04,500"]
    when = "{outside_limits: {limits: {rolling: {window: 3}}}}"
    found = [one.finding for one in answer(tmp_path, rows, when=when).found]
    assert "500" not in " ".join(f"{one.text} {one.evidence} {one.centre} {one.upper}" for one in found)
