"""`alerting figures columns`: how a file is read, said to somebody who has to mend it."""

import json

import pytest
from samples.worlds import CALLS, a_folder

from alerting.cli import main

HEAD = "measure,area,period,value,comment\n"
ROWS = "answered,force,2020-08,86.4,\nanswered,force,2020-09,83,late\n"


@pytest.fixture
def columns(tmp_path, capsys):
    def run(content, *options, rules=CALLS, source="figures/calls.csv"):
        folder = a_folder(tmp_path / "rules", {"rules.yaml": rules, "figures/calls.csv": content})
        status = main(["figures", "columns", source, "--rules", str(folder), *options])
        return status, capsys.readouterr()

    return run


def test_each_column_is_shown_with_what_it_holds(columns):
    status, printed = columns(HEAD + ROWS)
    lines = [line.split() for line in printed.out.splitlines()]
    assert status == 0
    assert "2 rows below the header" in printed.out
    assert ["4", "value", "value", "numbers", "2", "0", "0", "86.4;", "83.0"] in lines
    assert ["5", "comment", "–", "words", "1", "1", "0", "late"] in lines
    assert "answered, force: 2 by month, 2020-08 to 2020-09" in printed.out
    assert "Nothing is refused, unclaimed or odd." in printed.out


def test_what_is_refused_and_unclaimed_stands_below_and_counts(columns):
    status, printed = columns(HEAD + ROWS + "answered,force,2020-07,abc,\nanswerd,force,2020-07,80,\n")
    assert status == 1
    assert 'row 4, column value: "abc" is no number' in printed.out
    assert 'no measure claims 1 row of "answerd"' in printed.out
    assert ["4", "value", "value", "numbers", "and", "words", "4", "0", "1", "86.4;", "83;", "abc"] in [
        line.split() for line in printed.out.splitlines()
    ]


def test_withheld_and_provisional_figures_are_counted_as_they_were_published_last(columns):
    head = "measure,area,period,value,provisional,published\n"
    rows = (
        "answered,force,2020-07,[c],,2020-08-10\nanswered,force,2020-08,[c],,2020-09-10\n"
        "answered,force,2020-08,86,true,2020-10-10\nanswered,force,2020-09,83,true,2020-10-10\n"
    )
    _, printed = columns(head + rows)
    assert "answered, force: 3 by month, 1 withheld, 2 provisional, 2020-07 to 2020-09\n" in printed.out


def test_a_file_that_cannot_be_read_is_shown_as_it_begins(columns):
    status, printed = columns("metric;area;period;value\nanswered;force;2020-09;83\n")
    assert status == 1
    assert 'no column "measure"; the header has metric, area, period, value' in printed.out
    assert "It begins:\n  metric;area;period;value\n  answered;force;2020-09;83" in printed.out


def test_how_a_file_was_read_is_said(columns):
    status, printed = columns("\n".join(["Answered", "", (HEAD + ROWS).replace(",", ";")]))
    assert status == 0
    assert "the columns are separated by semicolons" in printed.out
    assert "the header stands in row 3" in printed.out


def test_it_can_be_read_by_programs(columns):
    status, printed = columns(HEAD + ROWS + "answered,force,2020-07,abc,\n", "--format", "json")
    found = json.loads(printed.out)
    assert status == 1
    assert ["source", "kind", "file", "rows", "columns", "series", "without_figures", "problems", "top"] == list(found)
    assert {
        "measure": "answered",
        "area": "force",
        "every": "month",
        "figures": 3,
        "first": "2020-07",
        "last": "2020-09",
        "withheld": 0,
        "provisional": 0,
    } == (found["series"][0])
    assert ["refused-cell"] == [problem["code"] for problem in found["problems"]]
    assert [1, 2, 3, 4, 5] == [column["column"] for column in found["columns"]]


def test_a_paragraph_for_a_heading_leaves_the_table_readable(columns):
    _, printed = columns(HEAD.replace("\n", f",{'note ' * 40}\n") + "answered,force,2020-07,80,\n")
    assert f"{'note ' * 12}…" in printed.out
    assert max(map(len, printed.out.splitlines())) < 200


def test_a_measure_without_figures_is_named(columns):
    _, printed = columns(HEAD)
    assert "0 series come of it." in printed.out
    assert "No figure for: answered" in printed.out


def test_a_source_that_is_not_there_is_wrong_usage(columns):
    status, printed = columns(HEAD, source="figures/cals.csv")
    assert status == 2
    assert 'no source "figures/cals.csv"; there are: figures/calls.csv' in printed.err


def test_a_load_that_is_not_whole_is_shown_with_what_it_waits_for(columns):
    rules = CALLS.replace("source: figures/calls.csv", "source: calls")
    rules += "sources: {calls: {csv: figures/calls.csv, complete: {%s}}}\n"
    status, printed = columns(HEAD + ROWS, rules=rules % "rows: 3", source="calls")
    assert status == 0
    assert "answered, force: 2 by month, 2020-08 to 2020-09" in printed.out
    assert "warning[partial-load]: the load is not whole yet: 1 of 3 rows of September 2020 has come" in printed.out

    _, printed = columns(HEAD + ROWS, rules=rules % "rows: 1", source="calls")
    assert "Nothing is refused, unclaimed or odd." in printed.out
