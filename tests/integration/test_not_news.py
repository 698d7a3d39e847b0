"""What was exceptional long ago is listed with its age; only what is new is told as new."""

import json

import pytest
from samples.lives import Life

from alerting.cli import main

HEAD = "head"
OLD = {"2018-08": "8", "2018-09": "12"}
DUE = ", expected: 5 days"


@pytest.fixture
def life(tmp_path):
    found = Life(tmp_path)
    found.set(more='digests: [{id: monday, every: "monday 07:30", to: [each_owner]}]')
    return found


@pytest.mark.parametrize(
    ("expected", "on", "told"),
    [
        pytest.param("", "2019-09-30", True, id="a year ago today"),
        pytest.param("", "2019-10-01", False, id="more than a year ago"),
        pytest.param(DUE, "2018-11-05", True, id="October is due today"),
        pytest.param(DUE, "2018-11-06", True, id="one before the newest due"),
        pytest.param(DUE, "2018-12-05", True, id="November is due today"),
        pytest.param(DUE, "2018-12-06", False, id="two before the newest due"),
        pytest.param(", expected: {working_day: 20}", "2018-12-06", True, id="October is not overdue by working days"),
    ],
)
def test_an_exception_that_lies_far_back_when_it_is_first_seen_is_not_told_as_new(life, expected, on, told):
    life.set(measure=expected)
    assert [one for one in life.tick(on, OLD) if one[1] == "opened"] == ([(HEAD, "opened", "force")] if told else [])
    assert life.suppressed() == ([] if told else [(HEAD, "not_news")])
    assert [alert.id for alert in life.alerts()] == ["r/m/force/2018-09"]


def test_neither_is_one_that_a_newer_figure_follows(life):
    life.set(rule=", clear_after: 2")
    assert life.tick("2018-11-03", OLD | {"2018-10": "8"}) == []
    assert life.suppressed() == [(HEAD, "not_news")]
    assert life.tick("2018-12-03", {"2018-11": "9"}) == []
    assert life.alerts() == []


def test_nor_one_behind_a_newer_figure_that_cannot_be_judged(life):
    life.rules = life.rules.replace("target_missed: {}", "change: {versus: previous_period, rises_by: 1}")
    assert life.tick("2018-12-03", OLD | {"2018-11": "7"}) == []
    assert life.suppressed() == [(HEAD, "not_news")]


def test_it_is_so_at_later_ticks_too_where_a_rule_or_a_figure_comes_late(life):
    life.set(measure=DUE, rule=", status: 'off'")
    life.tick("2018-10-03", OLD)
    life.set(rule="")
    assert [one for one in life.tick("2018-12-10") if one[1] == "opened"] == []
    assert life.suppressed() == [(HEAD, "not_news")]


def test_it_stays_so_from_tick_to_tick_and_for_a_new_owner(life):
    life.tick("2020-01-03", OLD)
    assert life.tick("2020-01-04") == []
    assert life.suppressed() == []
    life.rules = life.rules.replace("kind: policing, owner: head", "kind: policing, owner: chief")
    assert life.tick("2020-01-05") == []
    life.set(rule=", severity: critical")
    assert life.tick("2020-01-06") == []


def test_a_new_exceptional_figure_makes_it_news_with_its_true_opening(life):
    life.tick("2020-01-03", OLD)
    assert life.tick("2020-02-03", {"2020-01": "14"}) == [(HEAD, "opened", "force")]
    assert [alert.id for alert in life.alerts()] == ["r/m/force/2018-09"]
    assert "since September 2018" in " ".join(life.message(HEAD).split()).lower().replace("september", "September")
    assert life.tick("2020-02-04") == []
    assert life.tick("2020-03-03", {"2020-02": "7"}) == [(HEAD, "resolved", "force")]


def test_its_end_is_told_to_nobody(life):
    life.tick("2020-01-03", OLD)
    assert life.tick("2020-02-03", {"2020-01": "7"}) == []
    assert life.alerts() == []


def test_what_was_told_while_it_was_new_grows_old_and_is_still_told_to_a_new_owner(life):
    assert life.tick("2018-10-03", OLD) == [(HEAD, "opened", "force")]
    life.rules = life.rules.replace("kind: policing, owner: head", "kind: policing, owner: chief")
    assert life.tick("2020-01-05") == [("chief", "opened", "force")]


def test_what_a_silence_held_while_it_was_new_is_told_when_the_silence_ends(life):
    life.set(more="silences: [{id: s, match: {rules: [r]}, from: 2018-10-01, until: 2020-01-01, reason: Known}]")
    life.tick("2018-10-03", OLD)
    assert life.tick("2020-01-05") == [(HEAD, "opened", "force")]


def test_what_was_old_under_a_silence_is_not(life):
    life.set(more="silences: [{id: s, match: {rules: [r]}, from: 2019-10-01, until: 2020-01-01, reason: Known}]")
    life.tick("2019-10-03", OLD)
    assert life.tick("2020-01-05") == []


def test_a_parent_that_is_no_news_does_not_speak_for_its_areas(life):
    life.set(rule=", inhibit: areas", measure=DUE)
    life.figures = {("north", "2019-12"): "13"}
    assert ("north", "opened", "north") in life.tick("2020-01-03", OLD)


def test_a_late_figure_is_news_however_long_it_is_late(life):
    life.set(measure=DUE)
    life.rules = life.rules.replace("when: {target_missed: {}}", "when: {not_fresh: {grace: 400 days}}")
    assert ("data", "opened", "force") in life.tick("2020-06-03", OLD)


def test_the_digest_lists_it_as_going_on_with_its_age(life):
    life.tick("2020-01-03", OLD)
    text = life.digest("2020-01-06")
    assert "=== Open, as last known (1) ===" in text
    assert "(1 new)" not in text
    assert "no newer figure since September 2018." in text


def test_the_list_says_how_old_it_is_and_that_nobody_was_told(life, monkeypatch, capsys):
    life.tick("2020-01-03", OLD)
    monkeypatch.setenv("ALERTING_STATE_DIR", str(life.state))
    assert main(["alerts", "list", str(life.folder)]) == 0
    out = capsys.readouterr().out
    assert "now 12 in September 2018 (15 months ago)" in out
    assert "readers: nobody: it was old when it was first seen" in out
    assert main(["alerts", "list", str(life.folder), "--format", "json"]) == 0
    (one,) = json.loads(capsys.readouterr().out)["alerts"]
    assert (one["not_news"], one["age"], one["told"]) == (True, "15 months", [])
