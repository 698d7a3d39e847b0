"""`alerting alerts unacknowledge`: what somebody has taken on is given back."""

from datetime import date, time

import pytest
from samples.lives import Life

from alerting.app.alerts import actions as care
from alerting.cli import main

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


@pytest.mark.usefixtures("life")
def test_what_nobody_has_taken_on_is_not_given_back(capsys):
    main(["alerts", "unacknowledge", ID, "--person", "chief"])
    capsys.readouterr()
    assert main(["alerts", "unacknowledge", ID, "--person", "chief"]) == 2
    assert capsys.readouterr().err == f"alerting: {ID} is not acknowledged\n"
