"""Measures that rules watch and whose source has no row of theirs."""

import pytest
from samples.rule_folders import sound_with

from alerting.cli import main

RULES = """\
rules:
  - {id: crime-rises, title: Crime rises, measures: {items_of: crime}, when: {change: {versus: previous_period, rises_by: 0}}}
"""


def checked(folder, capsys, *options):
    main(["check", str(folder), "--as-of", "2020-10-15", *options])
    return [line for line in capsys.readouterr().out.splitlines() if "no-figures" in line]


def test_a_family_whose_source_names_it_otherwise_is_named_once(tmp_path, capsys):
    folder = sound_with(tmp_path, rules=RULES)

    (found,) = checked(folder, capsys)

    assert found.startswith(f"{tmp_path}/base.yaml:20:13: warning[no-figures]: ")
    assert 'source "calls" has no row of "crime/all", by its id or title' in found


@pytest.mark.parametrize(
    ("figures", "rules"),
    [
        pytest.param(
            "measure,area,period,value\ncrime/all,force,2020-09,8\ncrime/rape,force,2020-09,1\n", RULES, id="all-there"
        ),
        pytest.param("measure,area,period,value\ncalls,force,2020-09,8\n", "rules: []\n", id="nothing-watched"),
        pytest.param("measure,area,period,value\n", RULES, id="an-empty-file-is-named-as-such"),
    ],
)
def test_nothing_is_said_where(tmp_path, capsys, figures, rules):
    folder = sound_with(tmp_path, rules=rules)
    (folder / "figures/calls.csv").write_text(figures)

    assert [] == checked(folder, capsys)


def test_rules_alone_say_nothing_of_figures(tmp_path, capsys):
    assert [] == checked(sound_with(tmp_path, rules=RULES), capsys, "--no-figures")
