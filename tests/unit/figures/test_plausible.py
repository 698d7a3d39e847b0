"""Figures that can be read and can hardly be meant are named; they change nothing else."""

from datetime import date

import pytest
from samples.worlds import CALLS, a_folder, an_engine

HEAD = "measure,area,period,value\n"
TODAY = date(2020, 7, 10)


def problems(tmp_path, rows, rules=CALLS):
    folder = a_folder(tmp_path / "rules", {"rules.yaml": rules, "figures/calls.csv": HEAD + rows})
    return [
        problem
        for problem in an_engine(folder, tmp_path / "state", TODAY).enquiries.read().problems
        if problem.code != "no-figures"
    ]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param("answered,force,2020-06,90\n", [], id="last month"),
        pytest.param("answered,force,2020-07,90\n", [], id="the month that is not over"),
        pytest.param("answered,force,2020-08,90\n", ["future-period"], id="next month"),
        pytest.param("answered,force,2062-06,\n", [], id="nothing yet of a time to come"),
        pytest.param("answered,force,2020-06,100\n", [], id="all"),
        pytest.param("answered,force,2020-06,900\n", ["beyond-bounds"], id="more than all"),
        pytest.param("answered,force,2020-06,-1\n", ["beyond-bounds"], id="less than none"),
    ],
)
def test_what_can_hardly_be_meant_is_a_warning(tmp_path, rows, expected):
    found = problems(tmp_path, rows)
    assert [problem.code for problem in found] == expected
    assert {problem.severity.value for problem in found} <= {"warning"}


def test_it_names_file_row_and_series_and_counts_the_rest(tmp_path):
    rows = "".join(f"answered,force,{year}-06,80\n" for year in range(2019, 2027))
    (problem,) = problems(tmp_path, rows)
    assert str(problem.place).endswith("figures/calls.csv:4:1")
    assert problem.message == (
        "6 figures are of a period that has not begun: row 4, answered force 2021-06; row 5, answered force 2022-06;"
        " row 6, answered force 2023-06 and 3 more"
    )


def test_a_measure_that_may_go_beyond_a_hundred_says_so(tmp_path):
    rules = CALLS.replace("    unit: percent\n", "    unit: percent\n    maximum: 1000\n")
    assert problems(tmp_path, "answered,force,2020-06,900\n", rules) == []


@pytest.mark.parametrize(
    ("target", "words"),
    [
        pytest.param("ninety", ['no column "ninety" in figures/calls.csv, so no target'], id="a number in words"),
        pytest.param("value", [], id="a column that is there"),
        pytest.param("90", [], id="a number"),
    ],
)
def test_a_target_that_names_no_column_is_a_warning_of_check(tmp_path, target, words):
    from alerting.rulefile import load_rules

    rules = CALLS.replace("target: 90", f"target: {target}")
    folder = a_folder(
        tmp_path / "rules", {"rules.yaml": rules, "figures/calls.csv": HEAD + "answered,force,2020-06,90\n"}
    )
    loaded = load_rules(folder, shown_as="rules")
    assert [problem.message for problem in loaded.problems if problem.code == "unknown-column"] == words
    assert loaded.rules is not None
