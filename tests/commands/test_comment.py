"""`alerting comment`: what people say of topics and measures, and where others read it."""

import json
import re

import pytest
from samples.lives import Life

from alerting.cli import main

ID = "r/m/force/2020-05"
MORE = """
  - {id: t, title: Sickness, topic: t, unit: count, better: lower, every: quarter, source: calls}
  - {id: empty, title: Nothing yet, topic: other, unit: count, better: lower, every: month, source: calls}
"""


@pytest.fixture
def life(tmp_path, monkeypatch):
    """One exception, told on 3 June 2020; the commands work on the same state."""
    found = Life(tmp_path)
    found.rules = found.rules.replace(
        "topics: [{id: t, title: Topic, owner: head}]",
        "topics: [{id: t, title: Topic, owner: head}, {id: other, title: Other topic, owner: chief}]",
    ).replace("sources: {calls", f"{MORE}sources: {{calls")
    found.set(rule=", remind: daily")
    found.tick("2020-06-03", "2020-04 5, 2020-05 12")
    monkeypatch.setenv("ALERTING_STATE_DIR", str(found.state))
    monkeypatch.setenv("ALERTING_RULES", str(found.folder))
    return found


@pytest.fixture
def say(capsys):
    def said(*arguments, person="chief"):
        status = main(["comment", *map(str, arguments), "--person", person])
        out, err = capsys.readouterr()
        return status, out, err

    return said


def draft(capsys, *options):
    assert main(["digest", "--draft", "--as-of", "2020-06-05", "--format", "text", *options]) == 0
    return " ".join(capsys.readouterr().out.split())


@pytest.mark.usefixtures("life")
def test_what_was_said_of_topic_and_measure_stands_in_the_draft_of_its_month(say, capsys):
    assert say("m", "Doors were counted twice", "--period", "2020-05") == (
        0, "Noted on the measure m, May 2020: it stands in the next digests and the month's draft.\n", "",
    )  # fmt: skip
    assert say("topic:t", "Two posts are free", person="head")[0] == 0  # the newest month that is over

    commentary = draft(capsys)
    assert "in Force (12). Crimes: Chief Officer, 3 June 2020: Doors were counted twice." in commentary
    assert "Head of Performance, 3 June 2020: Two posts are free." in commentary
    assert "counted twice" not in draft(capsys, "--period", "2020-04")


@pytest.mark.usefixtures("life")
def test_what_was_said_of_a_quarter_stands_in_the_draft_of_its_last_month(say, capsys):
    say("measure:t", "Fewer beds", "--period", "2019/20-Q4")
    assert "Sickness: Chief Officer, 3 June 2020, on Q4 2019/20: Fewer beds." in draft(capsys, "--period", "2020-03")
    assert "Fewer beds" not in draft(capsys)


@pytest.mark.usefixtures("life")
def test_what_was_said_of_a_topic_without_a_line_is_not_lost(say, capsys):
    say("other", "Figures come in July", "--period", "2020-05")
    assert draft(capsys).endswith("Said of Other topic: Chief Officer, 3 June 2020: Figures come in July.")
    assert main(["digest", "--draft", "--as-of", "2020-06-05"]) == 0
    assert "\nSaid of Other topic: Chief Officer, 3 June 2020: Figures come in July.\n" in capsys.readouterr().out


def test_a_digest_tells_once_what_was_said_of_the_readers_topics(life, say):
    say("topic:t", "Two posts are free")
    say("other", "Figures come in July")
    mine = life.digest("2020-06-05")
    assert "=== Comments by topic === - Topic: Chief Officer, 3 June 2020, on May 2020: Two posts are free." in mine
    assert "Figures come in July" not in mine
    with life.opened("2020-06-05") as (engine, store):
        life.deliver(store, engine)
    assert "Two posts are free" not in life.digest("2020-06-12")


def test_what_was_said_of_a_measure_stands_beside_its_exception_as_long_as_that_stands(life, say):
    say("m", "Doors were counted twice", "--period", "2020/21-Q1")
    say("m", "Nothing to say", "--period", "2020-04")
    for day in ("2020-06-05", "2020-06-12"):
        assert "Said: Chief Officer, 3 June 2020, on Q1 2020/21: Doors were counted twice." in life.digest(day)
    life.tick("2020-06-13")
    told = " ".join(life.message("head").split())
    assert "Chief Officer, 3 June 2020, on Q1 2020/21: Doors were counted twice" in told
    assert "Nothing to say" not in told


@pytest.mark.usefixtures("life")
def test_what_was_said_of_another_time_than_the_exceptions_stands_under_its_topic(life, say):
    say("m", "Nothing to say", "--period", "2020-04")
    assert "- Topic: Crimes: Chief Officer, 3 June 2020, on April 2020: Nothing to say." in life.digest("2020-06-05")


@pytest.mark.usefixtures("life")
def test_explain_has_what_was_said_of_the_measure_among_an_alerts_events(say, capsys):
    say("m", "Doors were counted twice")
    assert main(["explain", ID]) == 0
    out = capsys.readouterr().out
    assert "UTC  COMMENTED by chief on the measure m, May 2020\n  Doors were counted twice\n" in out
    assert main(["explain", ID, "--format", "json"]) == 0
    *_, said = json.loads(capsys.readouterr().out)["events"]
    assert {name: said[name] for name in ("event", "person", "measure", "period", "reason", "tick")} == {
        "event": "commented", "person": "chief", "measure": "m", "period": "2020-05",
        "reason": "Doors were counted twice", "tick": None,
    }  # fmt: skip


def test_an_alerts_id_is_commented_on_as_such(life, say):
    assert say(ID, "more staff from May") == (0, f"Noted on {ID}.\n", "")
    life.tick("2020-06-04")
    assert "more staff from May" in life.message("head")


@pytest.mark.usefixtures("life")
@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        pytest.param(["mm", "words"], 'no topic, measure or alert "mm"; did you mean "m"?', id="unknown"),
        pytest.param(["topic:othr", "words"], 'no topic "othr"; did you mean "other"?', id="topic"),
        pytest.param(["xyz", "words"], "topics and measures are named in the rules", id="nothing near"),
        pytest.param(["t", "words"], '"t" is a topic and a measure; write topic:t or measure:t', id="both"),
        pytest.param(["m", " "], "a comment needs words", id="words"),
        pytest.param(["m", "words", "--period", "May"], "--period: ", id="no period"),
        pytest.param(["m", "words", "--period", "2020-08"], "August 2020 has not begun on 2020-06-03", id="to come"),
        pytest.param([ID, "words", "--period", "2020-05"], "leave --period out", id="alert"),
    ],
)
def test_what_cannot_be_said_is_one_clear_line(say, arguments, says):
    status, out, error = say(*arguments)
    assert (status, out, error.count("\n")) == (2, "", 1)
    assert says in error


@pytest.mark.usefixtures("life")
def test_who_says_it_is_an_owner(say):
    assert say("m", "words", person="hed") == (2, "", 'alerting: no owner "hed"; did you mean "head"?\n')


@pytest.fixture
def ask(capsys):
    def asked(*arguments):
        status = main(["comment", *map(str, arguments)])
        out, err = capsys.readouterr()
        return status, re.sub(r"\d\d:\d\d UTC", "HH:MM UTC", out), err

    return asked


@pytest.mark.usefixtures("life")
def test_what_was_said_is_listed_with_its_number_a_topics_with_its_measures(say, ask):
    say("m", "Doors were counted twice", "--period", "2020-05")
    say("topic:t", "Two posts are free", person="head")
    say("other", "Figures come in July", "--period", "2020-04")

    status, out, _ = ask("list", "topic:t")
    assert status == 0
    assert out == (
        "   1  measure m, May 2020\n      chief, 2020-06-03 HH:MM UTC: Doors were counted twice\n"
        "   2  topic t, May 2020\n      head, 2020-06-03 HH:MM UTC: Two posts are free\n2 comments.\n"
    )
    assert ask("list", "m")[1].endswith("\n1 comment.\n")
    assert ask("list", "--period", "2020-04")[1].startswith("   3  topic other, April 2020\n")
    assert ask("list", "empty") == (0, "No comments.\n", "")
    told = json.loads(ask("list", "--format", "json")[1])["comments"]
    assert ["m", "t", "other"] == [one["subject"] for one in told]


def test_what_is_taken_back_stands_in_nothing_to_come_and_is_kept(life, say, ask, capsys):
    say("m", "Doors were counted twice", "--period", "2020-05")
    say("m", "The east door alone", "--period", "2020-05")

    assert ask("remove", 1, "--person", "head") == (
        0, "Taken back: comment 1 on the measure m, May 2020. What was sent with it stays sent.\n", "",
    )  # fmt: skip

    for text in (draft(capsys), life.digest("2020-06-05")):
        assert "The east door alone" in text
        assert "counted twice" not in text
    assert "counted twice" not in ask("list")[1]
    assert "twice\n      taken back by head, 2020-06-03 HH:MM UTC\n" in ask("list", "--all")[1]
    assert main(["explain", ID]) == 0
    assert "  Doors were counted twice\n  taken back by head on 2020-06-03" in capsys.readouterr().out


@pytest.mark.usefixtures("life")
@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        pytest.param(["remove", "7", "--person", "head"], "no comment 7; `alerting comment list` numbers them", id="none"),
        pytest.param(["remove", "1", "--person", "hed"], 'did you mean "head"?', id="nobody"),
        pytest.param(["remove", "one", "--person", "head"], "'one' is not a valid integer", id="no-number"),
        pytest.param(["list", "mm"], 'no topic or measure "mm"; did you mean "m"?', id="nothing"),
        pytest.param(["list", ID], f'no topic or measure "{ID}"; topics and measures are named in the rules', id="alert"),
    ],
)  # fmt: skip
def test_what_cannot_be_listed_or_taken_back_is_one_clear_line(say, ask, arguments, says):
    say("m", "Doors were counted twice")
    status, out, error = ask(*arguments)
    assert (status, out, error.count("\n")) == (2, "", 1)
    assert says in error


@pytest.mark.usefixtures("life")
def test_a_comment_is_taken_back_once(say, ask):
    say("m", "Doors were counted twice")
    ask("remove", 1, "--person", "head")
    assert ask("remove", 1, "--person", "chief") == (
        2,
        "",
        "alerting: comment 1 was taken back by head on 2020-06-03\n",
    )


@pytest.mark.usefixtures("life")
def test_a_topic_may_be_called_like_a_command(ask):
    assert 'no topic, measure or alert "list"' in ask("say", "list", "words", "--person", "head")[2]
    assert ask("--person", "head", "m", "Doors were counted twice")[0] == 0
