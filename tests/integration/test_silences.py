"""Silences as what people do: several on one series, ended, shortened, listed; what one held back is kept with its reason."""

import json
from datetime import date, time

import pytest
from samples.lives import Life

from alerting.app.alerts import silences
from alerting.app.alerts.explain import as_json, explain
from alerting.cli import main
from alerting.errors import UsageError

HEAD = "head"
ID = "r/m/force/2020-05"
SERIES = "r/m/force"


@pytest.fixture
def life(tmp_path):
    """One exception, told on Wednesday 3 June 2020."""
    found = Life(tmp_path)
    found.set(more='digests: [{id: monday, every: "monday 07:30", to: [each_owner]}]')
    found.tick("2020-06-03", "2020-04 5, 2020-05 12")
    return found


def on_state(life, do, on, at=time(9)):
    with life.opened(on, at) as (engine, store):
        return do(engine.rules, store, engine.clock.now(), date.fromisoformat(on))


def silence(life, on, until, named=ID, reason="Known", person=HEAD):
    def do(rules, store, now, day):
        return silences.silence(rules, store, named, date.fromisoformat(until), reason, person, now, day)

    return on_state(life, do, on)


def unsilence(life, on, named=ID, reason=None):
    return on_state(
        life, lambda rules, store, now, day: silences.unsilence(rules, store, named, HEAD, now, day, reason), on
    )


def listed(life, on, *, ended=False):
    def do(rules, store, _now, day):
        return [one.as_json() for one in silences.list_silences(rules, store, day, ended=ended)]

    return on_state(life, do, on)


def story(life, on, alert=ID):
    found = on_state(life, lambda rules, store, _now, day: as_json(explain(rules, store, alert, day)), on)
    return [
        (one["event"], one["person"], [(s["owner"], s["reason"]) for s in one["suppressed"]]) for one in found["events"]
    ]


# Several, shorter, longer, over


def test_two_on_one_series_mute_it_until_both_are_over(life):
    silence(life, "2020-06-03", "2020-06-20")
    assert "Another silence on it lasts until 2020-06-20" in silence(life, "2020-06-04", "2020-06-10", reason="Holiday")
    assert [one["id"] for one in listed(life, "2020-06-04")] == [f"{SERIES}#2", SERIES]
    life.set(rule=", severity: critical")
    assert life.tick("2020-06-11") == []
    assert life.tick("2020-06-20") == []
    assert life.tick("2020-06-21") == [(HEAD, "worsened", "force")]


@pytest.mark.parametrize(("until", "told_on"), [("2020-06-08", "2020-06-09"), ("2020-06-25", "2020-06-26")])
def test_one_is_shortened_and_extended_by_its_id(life, until, told_on):
    silence(life, "2020-06-03", "2020-06-20")
    silence(life, "2020-06-04", until, named=SERIES, reason="Mended")
    assert [(one["id"], one["until"]) for one in listed(life, "2020-06-04")] == [(SERIES, until)]
    life.set(rule=", severity: critical")
    assert life.tick(until) == []
    assert life.tick(told_on) == [(HEAD, "worsened", "force")]


@pytest.mark.parametrize("named", [ID, SERIES])
def test_ended_now_it_is_told_by_the_next_tick_of_the_same_day(life, named):
    silence(life, "2020-06-03", "2020-06-20")
    life.set(rule=", severity: critical")
    assert life.tick("2020-06-05") == []
    assert "ended" in unsilence(life, "2020-06-05", named)
    assert life.tick("2020-06-05", at=time(10)) == [(HEAD, "worsened", "force")]
    assert listed(life, "2020-06-05") == []
    (over,) = listed(life, "2020-06-05", ended=True)
    assert (over["state"], over["ended_by"]) == ("over", HEAD)


def test_with_an_alert_s_id_all_on_its_series_end(life):
    silence(life, "2020-06-03", "2020-06-20")
    silence(life, "2020-06-03", "2020-06-25")
    unsilence(life, "2020-06-04")
    assert listed(life, "2020-06-04") == []


@pytest.mark.parametrize(
    ("named", "says"),
    [
        (ID, f"no silence was made by command on {ID}"),
        ("r/m/force/2020-04", 'no alert "r/m/force/2020-04"; did you mean'),
    ],
)
def test_where_there_is_nothing_to_end_it_is_said(life, named, says):
    with pytest.raises(UsageError, match=says):
        unsilence(life, "2020-06-04", named)


def test_what_is_over_is_not_ended_again(life):
    silence(life, "2020-06-03", "2020-06-04")
    with pytest.raises(UsageError, match="ended on 2020-06-04"):
        unsilence(life, "2020-06-06", SERIES)
    with pytest.raises(UsageError, match="ended on 2020-06-04"):
        silence(life, "2020-06-06", "2020-06-10", named=SERIES)


def test_one_of_the_rules_folder_is_ended_there(life):
    life.set(
        more="silences: [{id: planned, match: {rules: [r]}, from: 2020-06-01, until: 2020-06-30, reason: Planned}]"
    )
    life.write()
    with pytest.raises(UsageError, match='"planned" of the rules folder mutes it'):
        unsilence(life, "2020-06-04")
    (one,) = listed(life, "2020-06-04")
    assert (one["id"], one["person"], one["alerts"]) == ("planned", None, [ID])


# A rule that has another name


def renamed(life, name="q", was="r", before="{id: r,"):
    life.rules = life.rules.replace(before, f"{{id: {name}, was: {was},")


def test_a_silence_goes_along_when_its_rule_is_renamed(life):
    silence(life, "2020-06-03", "2020-06-20")
    renamed(life)
    life.write()
    assert [one["match"]["rules"] for one in listed(life, "2020-06-04")] == [["q"]]
    assert "Silenced" in life.digest("2020-06-08")
    unsilence(life, "2020-06-08")
    assert listed(life, "2020-06-08") == []


def test_also_when_it_is_renamed_twice(life):
    silence(life, "2020-06-03", "2020-06-20")
    renamed(life)
    assert life.tick("2020-06-04") == []
    renamed(life, "p", "q", "{id: q, was: r,")
    life.set(rule=", severity: critical")
    assert life.tick("2020-06-05") == []
    assert [(one["match"]["rules"], one["alerts"]) for one in listed(life, "2020-06-05")] == [(["p"], [ID])]


# What was held back


ESCALATE = ", escalate: {after: 3 working days, to: chief}"


def test_a_reminder_and_an_escalation_that_were_held_are_events_with_their_reason(life):
    life.set(rule=", remind: weekly", head=ESCALATE)
    silence(life, "2020-06-03", "2020-06-20")
    for day in range(4, 21):
        assert life.tick(f"2020-06-{day:02d}") == []
    assert story(life, "2020-06-20") == [
        ("opened", None, []),
        ("silenced", HEAD, []),
        ("escalated", None, [(HEAD, "silenced")]),
        ("reminded", None, [(HEAD, "silenced")]),
        ("reminded", None, [(HEAD, "silenced")]),
    ]


def test_after_the_end_the_reminder_comes_and_the_escalation_waits_its_working_days_anew(life):
    life.set(rule=", remind: weekly", head=ESCALATE)
    silence(life, "2020-06-03", "2020-06-20")  # a Saturday
    life.tick("2020-06-19")
    assert life.tick("2020-06-22") == [(HEAD, "reminded", "force")]
    assert life.tick("2020-06-23") == []
    assert life.tick("2020-06-24") == [("chief", "escalated", "force")]
    assert "it was silenced until 20 June 2020" in " ".join(life.message("chief").split())


def test_nobody_is_passed_on_what_they_were_told_themselves(life):
    life.set(rule=", notify: [area_owner, chief]", head=ESCALATE)
    assert life.tick("2020-06-04") == [("chief", "opened", "force")]
    assert [life.tick(f"2020-06-{day:02d}") for day in range(5, 12)] == [[]] * 7


def test_held_reminders_are_not_counted_as_told(life):
    life.set(rule=", remind: daily")
    silence(life, "2020-06-03", "2020-06-20")
    life.tick("2020-06-05")
    assert life.suppressed() == [(HEAD, "silenced")]
    assert "reminded" not in life.report.happened


def test_the_chain_of_an_alert_has_a_silence_its_change_and_its_end(life):
    silence(life, "2020-06-03", "2020-06-20")
    silence(life, "2020-06-04", "2020-06-10", named=SERIES, reason="Mended sooner")
    assert [one[:2] for one in story(life, "2020-06-11")] == [
        ("opened", None), ("silenced", HEAD), ("silence_changed", HEAD), ("silence_ended", None),
    ]  # fmt: skip
    unsilence(life, "2020-06-05", reason="It works")
    assert story(life, "2020-06-11")[-1][:2] == ("silence_ended", HEAD)


def test_a_silence_of_the_rules_folder_is_in_it_too(life):
    life.set(
        more="silences: [{id: planned, match: {rules: [r]}, from: 2020-06-04, until: 2020-06-08, reason: Planned}]"
    )
    life.write()
    assert [one[0] for one in story(life, "2020-06-08")] == ["opened", "silenced"]
    assert [one[0] for one in story(life, "2020-06-09")] == ["opened", "silenced", "silence_ended"]


def test_one_that_was_over_before_the_alert_opened_is_not(life):
    silence(life, "2020-06-03", "2020-06-04")
    life.tick("2020-07-03", "2020-06 8")
    life.tick("2020-08-03", "2020-07 14")
    assert [one[0] for one in story(life, "2020-08-04", "r/m/force/2020-07")] == ["opened"]


# What people see of them


def test_the_digest_says_who_made_it_and_that_it_ends_soon(life):
    silence(life, "2020-06-03", "2020-06-10", reason="New telephones")
    text = life.digest("2020-06-08")
    assert (
        "Crimes (1 exception open), until 10 June 2020, soon: what still stands then is told: New telephones." in text
    )
    assert "Set by Head of Performance." in text


def test_it_does_not_before(life):
    silence(life, "2020-06-03", "2020-06-11", reason="New telephones")
    assert "until 11 June 2020: New telephones." in life.digest("2020-06-08")


def test_who_made_it_reads_of_it_in_their_own_digest(life):
    life.tick("2020-06-03", "2020-05 5", area="north")
    silence(life, "2020-06-03", "2020-06-10", person="north")
    assert "Set by Commander, North." in life.digest("2020-06-08", "north")


def test_one_that_matches_nothing_is_said_to_who_made_it(life):
    silence(life, "2020-06-03", "2020-06-20")
    life.set(rule=", areas: [north, south]", measure=", areas: [north, south]")
    life.rules = life.rules.replace("kind: policing, owner: head", "kind: policing, owner: chief").replace(
        "parent: force, owner: north}", "parent: force, owner: head}"
    )
    life.tick("2020-06-05", "2020-05 5", area="north")
    (one,) = listed(life, "2020-06-05")
    assert one["matches_nothing"]
    assert "Nothing: no rule watches what silence r/m/force is about" in life.digest("2020-06-08")


def test_the_commands_list_and_end_what_they_set(life, monkeypatch, capsys):
    monkeypatch.setenv("ALERTING_STATE_DIR", str(life.state))
    monkeypatch.setenv("ALERTING_RULES", str(life.folder))

    def call(*arguments):
        status = main(["alerts", *arguments])
        out, err = capsys.readouterr()
        return status, out, err

    assert call("silence", ID, "--until", "2020-06-04", "--reason", "known", "--person", HEAD)[0] == 0
    _, out, _ = call("list")
    assert "silenced until 2020-06-04 by head: known" in out
    status, out, _ = call("silences")
    assert (status, out.splitlines()) == (
        0,
        [
            f"holds     {SERIES}  from 2020-06-03 until 2020-06-04; ends soon: what stands then is told",
            "          known (by head)",
            f"          mutes: {ID}",
            "1 silence.",
        ],
    )
    assert call("unsilence", ID, "--person", HEAD)[0] == 0
    assert call("silences")[1] == "No silences.\n"
    assert json.loads(call("silences", "--all", "--format", "json")[1])["silences"][0]["ended_by"] == HEAD
    assert call("unsilence", ID, "--person", HEAD)[::2] == (2, f"alerting: no silence was made by command on {ID}\n")
