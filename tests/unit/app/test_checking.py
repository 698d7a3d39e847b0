"""What `check` says of a file of figures as a whole."""

import pytest
from samples.rule_folders import sound_with

from alerting.cli import main

RULES = """\
rules:
  - {id: crime-rises, title: Crime rises, measures: calls, when: {change: {versus: previous_period, rises_by: 0}}}
"""
HEAD = "measure,area,period,value\n"
OURS = "calls,force,2020-08,8\ncalls,force,2020-09,9\n"


@pytest.mark.parametrize(
    ("figures", "said"),
    [
        pytest.param(
            HEAD + "robbery,force,2020-08,8\nrobbery,force,2020-09,9\n",
            "no measure has a figure from it: 1 remark",
            id="no-row-is-claimed",
        ),
        pytest.param(HEAD, "no measure has a figure from it", id="no-row"),
        pytest.param(
            HEAD + OURS + "robbery,force,2020-08,8\n",
            "the figures in it are not all in order: 1 remark",
            id="remarks-alone-are-no-others",
        ),
        pytest.param(
            HEAD + OURS + "calls,force,2020-07,abc\nrobbery,force,2020-08,8\n",
            "the figures in it are not all in order: 1 refused or contradictory and 1 other remark",
            id="others-than-the-refused",
        ),
    ],
)
def test_a_file_is_summed_up_in_one_line(tmp_path, capsys, figures, said):
    folder = sound_with(tmp_path, rules=RULES)
    (folder / "figures/calls.csv").write_text(figures)

    main(["check", str(folder), "--as-of", "2020-10-15"])

    lines = [line for line in capsys.readouterr().out.splitlines() if "wrong-figures" in line]
    assert [f"{folder}/figures/calls.csv:1:1: warning[wrong-figures]: {said}"] == lines
