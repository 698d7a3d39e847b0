"""A figure that a check holds: its source's owner hears of it once, and somebody lets it through, or it is mended."""

import pytest
from samples.lives import Life

from alerting.cli import main


@pytest.fixture
def life(tmp_path, monkeypatch):
    found = Life(tmp_path)
    found.set(measure=", checks: {change: at most 50 %}")
    found.tick("2020-06-03", "2020-04 5, 2020-05 6")
    monkeypatch.setenv("ALERTING_STATE_DIR", str(found.state))
    return found


def accept(life, period="2020-06", area="force"):
    return main(
        [
            "figures",
            "accept",
            "m",
            area,
            period,
            "--rules",
            str(life.folder),
            "--person",
            "head",
            "--reason",
            "A fair was on",
        ]
    )


def test_its_source_s_owner_hears_once_and_again_when_it_is_mended(life):
    first = life.tick("2020-07-03", "2020-06 60")
    again = life.tick("2020-07-04")
    mended = life.tick("2020-07-05", "2020-06 6")

    assert [kind for _, kind, *_ in first] == ["source_trouble"]
    assert again == []
    assert [kind for _, kind, *_ in mended] == ["engine"]


def test_what_is_accepted_is_judged_from_the_next_tick_on(life, capsys):
    life.tick("2020-07-03", "2020-06 60")
    assert accept(life) == 0
    assert "Accepted: m force 2020-06, 60" in capsys.readouterr().out

    told = life.tick("2020-07-04")
    assert ("head", "opened", "force") in told


def test_a_revision_of_it_is_checked_again(life):
    life.tick("2020-07-03", "2020-06 60")
    accept(life)
    life.tick("2020-07-04")

    assert "source_trouble" in [kind for _, kind, *_ in life.tick("2020-07-05", "2020-06 600")]


def test_what_no_check_holds_is_not_accepted(life, capsys):
    assert accept(life, period="2020-05") == 2
    assert "no check holds m force 2020-05" in capsys.readouterr().err


def test_it_is_said_which_figures_are_held_and_who_accepted_what(life, capsys):
    life.tick("2020-07-03", "2020-06 60")
    assert accept(life, period="2020-05") == 2
    assert "of it are held: 2020-06" in capsys.readouterr().err
    accept(life)
    capsys.readouterr()

    main(["figures", "show", "m", "force", "--rules", str(life.folder)])
    assert "2020-06: 60 accepted by head on" in capsys.readouterr().out
