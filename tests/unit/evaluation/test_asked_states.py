"""Findings of which states are made: no more than are asked for, and those the same as among all."""

from datetime import date

import pytest
from samples.worlds import CALLS, a_folder, an_engine

from alerting.cli import main
from alerting.domain.finding import UNUSUAL, State
from alerting.evaluation.found import Found

DAY = date(2020, 7, 6)
FIGURES = "measure,area,period,value\n" + "".join(
    f"answered,{area},2020-{month:02},{value}\n"
    for area, value in (("force", 95), ("north", 83))
    for month in (4, 5, 6)
)


@pytest.fixture
def folder(tmp_path):
    return a_folder(tmp_path / "rules", {"r.yaml": CALLS, "figures/calls.csv": FIGURES})


def told(answer):
    return [(one.finding.rule, one.finding.area, str(one.finding.period), one.finding.text) for one in answer.found]


@pytest.mark.parametrize("every_period", [False, True])
def test_several_states_give_what_they_have_among_all(folder, tmp_path, every_period):
    engine = an_engine(folder, tmp_path, DAY)
    whole = engine.enquiries.evaluate(DAY, every_period=every_period)
    assert {State.NORMAL, State.EXCEPTION} <= {one.finding.state for one in whole.found}
    for only in (UNUSUAL, (State.NORMAL, State.NO_DATA), State.NORMAL):
        states = (only,) if isinstance(only, State) else only
        expected = [one for one in whole.found if one.finding.state in states]
        found = engine.enquiries.evaluate(DAY, every_period=every_period, only=only)
        assert told(found) == [
            (one.finding.rule, one.finding.area, str(one.finding.period), one.finding.text) for one in expected
        ]


def test_nothing_is_made_of_what_a_reader_is_not_shown(folder, monkeypatch, capsys):
    made, began = [], Found.__init__
    monkeypatch.setattr(
        Found,
        "__init__",
        lambda self, finding, *rest, **more: made.append(finding.state) or began(self, finding, *rest, **more),
    )
    ask = ["evaluate", str(folder), "--as-of", "2020-07-06"]
    assert 0 == main(ask)
    assert made and State.NORMAL not in made
    shown = capsys.readouterr().out
    assert "north" in shown.lower() and "1 normal" in shown
    assert 0 == main([*ask, "--text", "all"])
    assert State.NORMAL in made
