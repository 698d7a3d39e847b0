"""`alerting alerts`, `explain`, `run --catch-up`, `evaluate --as-known`, `notify test`: what people see and what becomes of it."""

import json
import re
from contextlib import closing, suppress
from datetime import UTC, date, datetime

import pytest
from samples.lives import Life
from samples.worlds import a_folder

from alerting.app.alerts import actions as care
from alerting.cli import main
from alerting.demo.sink import MailSink, parts_of
from alerting.errors import UsageError
from alerting.opening import open_store
from alerting.settings import Settings
from alerting.wiring import engine_of

ID = "r/m/force/2020-05"


@pytest.fixture
def life(tmp_path, monkeypatch):
    """One exception, told on 3 June 2020; the commands work on the same state."""
    found = Life(tmp_path)
    found.set(rule=", remind: daily, review_after: 3 months", head=", escalate: {after: 1 working days, to: chief}")
    found.tick("2020-06-03", "2020-04 5, 2020-05 12")
    monkeypatch.setenv("ALERTING_STATE_DIR", str(found.state))
    monkeypatch.setenv("ALERTING_RULES", str(found.folder))
    return found


@pytest.fixture
def call(capsys):
    def called(*arguments):
        status = main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return status, out, err

    return called


def listed(call, *options):
    return json.loads(call("alerts", "list", "--format", "json", *options)[1])["alerts"]


@pytest.mark.usefixtures("life")
def test_the_list_says_how_things_stand(call):
    (one,) = listed(call)
    assert {name: one[name] for name in ("id", "state", "severity", "opened", "period", "value", "told")} == {
        "id": ID, "state": "open", "severity": "warning", "opened": "2020-05", "period": "2020-05", "value": 12.0,
        "told": ["head"],
    }  # fmt: skip
    status, out, _ = call("alerts", "list")
    assert status == 0
    assert out.splitlines()[0].split() == ["warning", "open", ID]
    assert "since May 2020; now 12 in May 2020" in out


@pytest.mark.usefixtures("life")
def test_the_list_is_of_one_owners_and_an_unknown_owner_is_refused(call):
    assert [len(listed(call, "--owner", owner)) for owner in ("head", "north")] == [1, 0]
    assert call("alerts", "list", "--owner", "hed") == (2, "", 'alerting: no owner "hed"; did you mean "head"?\n')


def test_the_list_of_somebody_who_is_away_shows_what_a_deputy_was_told_for_them(life, call):
    life.set(north=", deputy: deputy, away: [{from: 2020-06-01, until: 2020-06-21}]")
    life.tick("2020-06-03", "2020-05 12", area="north")
    for owner in ("north", "deputy"):
        assert "r/m/north/2020-05" in call("alerts", "list", life.folder, "--owner", owner)[1]
    assert call("alerts", "list", life.folder, "--owner", "chief") == (0, "No alerts.\n", "")


def test_an_acknowledgement_stops_reminders_and_escalation_until_it_lapses(life, call):
    status, out, _ = call("alerts", "acknowledge", ID, "--person", "chief", "--comment", "more staff from May")
    assert (status, out.startswith(f"{ID} is acknowledged by chief until ")) == (0, True)
    assert "acknowledged already, by chief" in call("alerts", "acknowledge", ID, "--person", "head")[1]
    (one,) = listed(call)
    assert (one["state"], one["acknowledged_by"]) == ("acknowledged", "chief")
    assert life.tick("2020-06-10") == []


def test_without_one_both_are_due(life):
    assert life.tick("2020-06-04") == [("chief", "escalated", "force"), ("head", "reminded", "force")]


def test_a_comment_stands_in_the_next_notice(life, call):
    assert call("alerts", "comment", ID, "more staff from May", "--person", "chief")[0] == 0
    life.tick("2020-06-04")
    assert "more staff from May" in life.message("head")


def test_a_silence_mutes_until_its_last_day(life, call):
    def silenced(until):
        return call("alerts", "silence", ID, "--until", until, "--reason", "known", "--person", "head")

    status, _, error = silenced("2020-06-02")
    assert (status, "is over" in error) == (2, True)
    assert silenced("2020-06-20")[0] == 0
    (one,) = listed(call)
    assert (one["state"], one["silenced_until"]) == ("silenced", "2020-06-20")
    assert life.tick("2020-06-20") == []
    assert ("head", "reminded", "force") in life.tick("2020-06-21")


@pytest.mark.usefixtures("life")
@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        pytest.param(["acknowledge", "r/m/force/2020-04", "--person", "head"], f'did you mean "{ID}"?', id="alert"),
        pytest.param(["acknowledge", ID, "--person", "nobody"], 'no owner "nobody"', id="person"),
        pytest.param(["comment", ID, " ", "--person", "head"], "a comment needs words", id="words"),
        pytest.param(
            ["silence", ID, "--until", "2099-01-01", "--reason", " ", "--person", "head"], "needs a reason", id="reason"
        ),
    ],
)
def test_what_cannot_be_is_one_clear_line(call, arguments, says):
    status, out, error = call("alerts", *arguments)
    assert (status, out, error.count("\n")) == (2, "", 1)
    assert says in error


def test_what_has_ended_cannot_be_acknowledged(life, call):
    life.tick("2020-07-03", "2020-06 8")
    assert "is resolved; only what stands" in call("alerts", "acknowledge", ID, "--person", "head")[2]
    assert [one["state"] for one in listed(call, "--all")] == ["resolved"]
    assert "since May 2020; last an exception in May 2020, 12" in call("alerts", "list", "--all")[1]
    assert listed(call) == []


def test_explain_prints_the_whole_chain(life, call):
    life.tick("2020-06-10", "2020-05 13")
    call("alerts", "comment", ID, "more staff", "--person", "chief")
    status, out, _ = call("explain", ID)
    assert status == 0
    for words in (
        "2020-05  12.0, read 2020-06-03 06:00 UTC", "2020-05  13.0, read 2020-06-10 06:00 UTC", "OPENED", "target 10.0",
        "rule as it was, ", "id: r, title: Too many", "told: head", "COMMENTED by chief", "more staff", "tick 2020-06-03/",
    ):  # fmt: skip
        assert words in out
    assert call("explain", ID)[1] == out


@pytest.mark.usefixtures("life")
def test_explain_as_json_has_figures_events_and_messages(call):
    found = json.loads(call("explain", ID, "--format", "json")[1])
    assert (found["alert"], [event["event"] for event in found["events"]]) == (ID, ["opened"])
    assert [(figure["period"], figure["value"]) for figure in found["figures"]] == [("2020-04", 5.0), ("2020-05", 12.0)]
    (told,) = found["events"][0]["told"]
    assert (told["to"], [message["state"] for message in told["messages"]]) == ("head", ["accepted"])
    assert found["events"][0]["rule"]["digest"].startswith("sha256:")


def test_explain_says_where_each_figure_stands_and_which_load_brought_it(life, call):
    """Of a revised figure the newest version alone stands somewhere."""
    with closing(open_store(Settings(state_dir=life.state))) as store, store.begin() as state:
        state.loads.post("calls", datetime(2020, 6, 2, 9, tzinfo=UTC), "too early")
        state.loads.post("calls", datetime(2020, 6, 9, 9, tzinfo=UTC), "june")
        state.loads.post("calls", datetime(2020, 6, 11, 9, tzinfo=UTC), "too late")
    life.tick("2020-06-10", "2020-05 13")
    out = call("explain", ID)[1]

    assert "2020-05  13.0, read 2020-06-10 06:00 UTC, load june posted 2020-06-09 09:00 UTC, " in out
    assert re.search(r"2020-05  13.0, .*m.csv row 3\n", out)
    assert "2020-05  12.0, read 2020-06-03 06:00 UTC, load too early posted 2020-06-02 09:00 UTC\n" in out
    assert "  (from the source calls)\n" in out
    found = json.loads(call("explain", ID, "--format", "json")[1])
    newest = found["figures"][-1]
    assert ("calls", "june", 3) == (found["source"], newest["load"]["name"], newest["row"])
    assert newest["file"].endswith("m.csv")

    (life.folder / "figures" / "m.csv").unlink()
    assert "  (from the source calls, which cannot be read now: " in call("explain", ID)[1]


CRIMES = {("north", "2020-04"): "5", ("north", "2020-05"): "6", ("north", "2020-06"): "14",
          ("south", "2020-04"): "8", ("south", "2020-05"): "9", ("south", "2020-06"): "9"}  # fmt: skip
HALF = (
    "measures:\n  - {id: half, title: Half, topic: t, unit: percent, better: lower, every: month, target: 10,"
    " of: {numerator: m, denominator: m}}\nrules: [{id: h, title: Half, measures: half, when: {target_missed: {}}}]"
)


@pytest.mark.parametrize(
    ("parts", "alert", "expected"),
    [
        pytest.param(
            {"measure": ", roll_up: sum"}, "r/m/force/2020-04",
            [": the sum of north and south:", "  2020-04  13.0", "  2020-05  15.0", "  2020-06  23.0"], id="areas",
        ),
        pytest.param(
            {"measure": ", aggregate: last", "rule": ", every: quarter"}, "r/m/north/2020/21-Q1",
            [": the last of its months, where it is not printed itself:", "  2020/21-Q1  14.0"], id="quarters",
        ),
        pytest.param(
            {"measure": ", roll_up: sum", "rule": ", every: quarter"}, "r/m/force/2020/21-Q1",
            [": the sum of its months, where it is not printed itself, each the sum of north and south:",
             "  2020/21-Q1  51.0"], id="quarters of areas",
        ),
        pytest.param(
            HALF, "h/half/north/2020-04",
            [": m over m, times 100:", "  2020-04  100.0", "  2020-05  100.0", "  2020-06  100.0"], id="two measures",
        ),
        pytest.param(
            {"measure": ", rolling: 2 months"}, "r/m/north/2020-05",
            [": the sum of 2 months up to the period:", "  2020-05  11.0", "  2020-06  20.0"], id="rolling",
        ),
    ],
)  # fmt: skip
def test_explain_shows_figures_that_were_made_and_of_what(tmp_path, call, monkeypatch, parts, alert, expected):
    life = Life(tmp_path)
    life.figures = dict(CRIMES)
    if parts is HALF:
        a_folder(life.folder, {"half.yaml": HALF})
    else:
        life.set(**parts)
    life.tick("2020-07-03")
    monkeypatch.setenv("ALERTING_STATE_DIR", str(life.state))
    monkeypatch.setenv("ALERTING_RULES", str(life.folder))

    lines = call("explain", alert)[1].splitlines()

    start = next(n for n, line in enumerate(lines) if line.startswith("Figures as made on 2020-07-03"))
    assert ["Figures as made on 2020-07-03" + expected[0], *expected[1:], ""] == lines[
        start : start + len(expected) + 1
    ]
    made = json.loads(call("explain", alert, "--format", "json")[1])["made"]
    assert [f"  {one['period']}  {one['value']}" for one in made["figures"]] == expected[1:]


def test_explain_says_why_each_was_told(tmp_path, call, monkeypatch):
    life = Life(tmp_path)
    away = (
        ", deputy: deputy, away: [{from: 2020-06-01, until: 2020-06-30}], escalate: {after: 1 working days, to: chief}"
    )
    life.set(north=away, rule=", notify: [area_owner, measure_owner, data]")
    life.figures = {("north", "2020-05"): "12"}
    life.tick("2020-06-03")
    life.tick("2020-06-04")
    monkeypatch.setenv("ALERTING_STATE_DIR", str(life.state))
    monkeypatch.setenv("ALERTING_RULES", str(life.folder))
    alert = "r/m/north/2020-05"

    told = [line.strip() for line in call("explain", alert)[1].splitlines() if line.startswith("  told: ")]

    assert told == [
        "told: deputy (for north, as area_owner)", "told: head (as measure_owner)", "told: data (by name)",
        "told: chief (escalated: north had not acknowledged it)",
    ]  # fmt: skip
    events = json.loads(call("explain", alert, "--format", "json")[1])["events"]
    assert [one["why"] for one in events[0]["told"]] == ["for north, as area_owner", "as measure_owner", "by name"]
    life.set(rule=", notify: [measure_owner]")
    life.write()
    assert "told: deputy (for north, under the rules as they were then)" in call("explain", alert)[1]


@pytest.mark.parametrize(
    ("today", "day"),
    [("2020-06-06", "2020-06-06"), ("2020-06-12", "2020-06-12"), ("2021-06-03", "2020-06-03")],
    ids=["on-a-saturday", "after-a-week-without-ticks", "on-a-state-of-the-past"],
)
def test_what_somebody_does_is_done_today_on_a_state_of_the_past_on_its_last_day(life, today, day):
    """The last tick was on 3 June 2020."""
    engine = life.engine(date.fromisoformat(today))
    with engine.state() as store:
        found, at = engine.now_in(store)
    assert (day, day) == (found.isoformat(), at.date().isoformat())


@pytest.mark.usefixtures("life")
def test_explain_says_that_an_alert_is_taken_on_or_silenced_and_why(call):
    call("alerts", "acknowledge", ID, "--person", "head")
    assert call("explain", ID)[1].splitlines()[1].startswith("acknowledged, warning;")
    call("alerts", "silence", ID, "--person", "head", "--until", "2020-12-31", "--reason", "being looked into")
    lines = call("explain", ID)[1].splitlines()
    assert lines[1].startswith("silenced, warning;")
    assert lines[2] == "silenced from 2020-06-03 until 2020-12-31 by r/m/force: being looked into"
    found = json.loads(call("explain", ID, "--format", "json")[1])
    assert (found["state"], found["silence"]["reason"]) == ("silenced", "being looked into")


@pytest.mark.usefixtures("life")
def test_explain_makes_nothing_of_what_is_printed(call):
    assert "Figures as made" not in call("explain", ID)[1]
    assert json.loads(call("explain", ID, "--format", "json")[1])["made"] is None


def test_explain_says_what_was_held_back_and_what_the_server_answered(tmp_path, call, monkeypatch):
    with MailSink(tmp_path / "mails") as sink:
        life = Life(tmp_path)
        life.smtp = sink.url
        life.set(rule=", inhibit: areas")
        life.figures = {("force", "2020-05"): "30", ("north", "2020-05"): "12"}
        life.tick("2020-06-03")
        monkeypatch.setenv("ALERTING_STATE_DIR", str(life.state))
        monkeypatch.setenv("ALERTING_RULES", str(life.folder))
        assert "not told: north (inhibited by r/m/force/2020-05)" in call("explain", "r/m/north/2020-05")[1]
        assert "accepted: 250" in call("explain", ID)[1]


@pytest.mark.usefixtures("life")
def test_an_alert_that_is_none_is_refused(call):
    assert call("explain", "nonsense")[0] == 2


def test_a_command_that_fails_leaves_no_state_open(life):
    files = {"alerting.db-wal", "alerting.db-shm"}  # SQLite removes them when the last connection is closed
    engine = engine_of(life.folder, Settings(state_dir=life.state))

    with suppress(UsageError), engine.state() as store:
        engine.now_in(store)
        assert files <= {path.name for path in life.state.iterdir()}
        care.comment(engine.rules, store, "no such alert", "head", engine.clock.now(), "words")

    assert files.isdisjoint(path.name for path in life.state.iterdir())


def test_as_known_judges_what_had_been_read(life, call):
    life.tick("2020-06-10", "2020-05 8")
    values = [
        json.loads(call("evaluate", "--as-known", day, "--format", "json")[1])["findings"][0]["value"]
        for day in ("2020-06-03", "2020-06-10")
    ]
    assert values == [12.0, 8.0]
    status, _, error = call("evaluate", "--as-known", "2020-06-01")
    assert (status, "no figures had been read by 2020-06-01" in error) == (2, True)


def test_catching_up_ticks_once_and_then_finds_nothing_missed(life, call):
    life.set(more='schedule: {evaluate: "daily 00:00"}')
    life.write()
    assert "As of " in call("run", "--catch-up")[1]
    assert "No time of the schedule was missed" in call("run", "--catch-up")[1]


@pytest.mark.usefixtures("life")
def test_what_was_missed_until_now_is_not_caught_up_with_as_if_on_another_day(call):
    status, out, error = call("run", "--catch-up", "--as-of", "2020-08-03")
    assert (status, out, "does not go together with --as-of" in error) == (2, "", True)


def test_a_setting_without_which_no_mail_can_be_sent_is_named_once(life, call):
    life.delivers = False
    life.tick("2020-06-03", "2020-05 12", area="north")
    status, out, error = call("run", "--as-of", "2020-06-03")
    assert (status, "1 waiting" in out) == (1, True)
    assert error.count("ALERTING_SMTP_URL is not set") == 1


@pytest.mark.usefixtures("life")
def test_a_test_message_arrives_and_nothing_is_stored(call, tmp_path, monkeypatch):
    with MailSink(tmp_path / "mails") as sink:
        monkeypatch.setenv("ALERTING_SMTP_URL", sink.url)
        monkeypatch.setenv("ALERTING_MAIL_FROM", "alerts@example.org")
        status, out, _ = call("notify", "test", "chief")
        assert (status, "To Chief Officer <chief@example.org> over email: 250" in out) == (0, True)
        ((to, subject, _, _),) = [parts_of(path) for path in sink.kept]
    assert (to, subject.strip()) == ("chief@example.org", "A test: messages reach you")
    assert call("notify", "test", "chef")[2] == 'alerting: no owner "chef"; did you mean "chief"?\n'


@pytest.mark.usefixtures("life")
def test_a_day_before_the_newest_tick_is_refused(call):
    status, _, error = call("run", "--as-of", date(2020, 6, 1))
    assert (status, "lies before the newest tick" in error) == (2, True)
