"""`alerting alerts unacknowledge`: what somebody has taken on is given back."""

from datetime import date, time

import pytest
from samples.lives import Life

from alerting.app.alerts import actions as care
from alerting.cli import main
from alerting.domain.rule_record import called_false

ID = "r/m/force/2020-05"


@pytest.fixture
def life(tmp_path, monkeypatch):
    """An exception, told on 3 June 2020 and acknowledged by the chief on the same day."""
    found = Life(tmp_path)
    found.set(rule=", remind: daily", head=", escalate: {after: 1 working days, to: chief}")
    found.tick("2020-06-03", "2020-04 5, 2020-05 12")
    with found.opened("2020-06-03", time(9)) as (engine, store):
        care.acknowledge(engine.rules, store, ID, "chief", engine.clock.now(), date(2020, 6, 3), None)
    monkeypatch.setenv("ALERTING_STATE_DIR", str(found.state))
    monkeypatch.setenv("ALERTING_RULES", str(found.folder))
    return found


def test_reminders_are_due_again_at_once_and_escalation_from_the_next_message_on(life, capsys):
    assert main(["alerts", "unacknowledge", ID, "--person", "chief", "--comment", "not mine"]) == 0
    assert f"{ID} is acknowledged by nobody" in capsys.readouterr().out
    assert life.tick("2020-06-04") == [("head", "reminded", "force")]
    words = " ".join(life.message("head").split())
    assert "Chief Officer, 3 June 2020: takes back that chief has acknowledged it: not mine" in words
    assert life.tick("2020-06-05") == [("chief", "escalated", "force"), ("head", "reminded", "force")]


def test_what_was_called_a_false_alarm_is_so_no_longer(life, capsys):
    assert 0 == main(["alerts", "acknowledge", ID, "--person", "head", "--false-alarm"])
    assert f"{ID} counts as a false alarm." in capsys.readouterr().out
    assert 0 == main(["explain", ID])
    assert "COMMENTED as a false alarm by head" in capsys.readouterr().out
    assert {ID} == called_false_in(life)
    main(["alerts", "unacknowledge", ID, "--person", "chief"])
    assert set() == called_false_in(life)
    main(["alerts", "acknowledge", ID, "--person", "head", "--false-alarm", "--comment", "A holiday"])
    assert f"{ID} is acknowledged by head as long as it stands" in (said := capsys.readouterr().out)
    assert said.endswith("no escalation. It counts as a false alarm.\n")
    life.tick("2020-06-05")
    assert {ID} == called_false_in(life)


def called_false_in(life):
    with life.opened("2020-06-05", time(9)) as (_, store), store.begin() as state:
        return set(called_false(state.alerts.acknowledgements_and_comments()))


@pytest.mark.usefixtures("life")
def test_what_nobody_has_taken_on_is_not_given_back(capsys):
    main(["alerts", "unacknowledge", ID, "--person", "chief"])
    capsys.readouterr()
    assert main(["alerts", "unacknowledge", ID, "--person", "chief"]) == 2
    assert capsys.readouterr().err == f"alerting: {ID} is not acknowledged\n"
