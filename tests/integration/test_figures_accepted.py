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


def test_without_checks_the_owner_of_the_source_is_told_of_a_figure_that_may_be_a_slip(life):
    life.set(measure="")
    for month in range(6, 12):
        life.tick(f"2020-{month + 1:02d}-03", f"2020-{month:02d} {4 + month % 3}")
    told = life.tick("2021-01-03", "2020-12 60")

    assert ("data", "source_trouble") in told
    assert ("head", "opened", "force") in told
    assert "may be a slip: force: 60 looks like 6, as 4 to 6 is usual" in " ".join(life.message("data").split())
    assert ("data", "source_trouble") not in life.tick("2021-01-04")


def test_a_figure_that_may_be_a_slip_is_accepted_and_no_longer_named(life, capsys):
    life.set(measure="")
    for month in range(6, 13):
        life.tick(f"{2020 + month // 12}-{month % 12 + 1:02d}-03", f"2020-{month:02d} {60 if month == 12 else 5}")
    assert accept(life, period="2020-12") == 0
    assert "(may be a slip: 60 looks like 6" in capsys.readouterr().out

    assert ("data", "engine") in life.tick("2021-01-04")


def test_a_figure_beyond_what_the_measure_can_be_is_told_once_whatever_rows_come_before_it(life):
    first = life.tick("2020-07-03", "2020-06 -6")
    again = life.tick("2020-08-03", "2020-03 5, 2020-07 6")

    assert ("data", "source_trouble") in first
    assert ("data", "source_trouble") not in again
    assert ("data", "engine") in life.tick("2020-08-04", "2020-06 6")


def test_the_mail_names_the_figure_as_it_is_typed_and_all_that_is_typed(life):
    life.tick("2020-07-03", "2020-06 60")
    said = " ".join(life.message("data").split())

    assert "m 2020-06: held by a check: force: 60 after 6 is a change of more than 50 %." in said
    assert "`alerting figures accept m force 2020-06` lets it through, with `--person` and `--reason`" in said


def test_by_and_why_are_other_words_for_person_and_reason(life, capsys):
    life.tick("2020-07-03", "2020-06 60")
    words = ["m", "force", "2020-06", "--rules", str(life.folder), "--by", "head", "--why", "A fair was on"]

    assert main(["figures", "accept", *words]) == 0
    assert "Accepted: m force 2020-06, 60 (held by a check: 60 after 6" in capsys.readouterr().out
