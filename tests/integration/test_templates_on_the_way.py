"""Templates of an organisation's own from the rules folder to the mailbox."""

import asyncio
import json
import re
from datetime import date, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
import structlog
from samples.worlds import CALLS, a_folder, an_engine
from structlog.testing import LogCapture

from alerting.cli import main
from alerting.demo.sink import MailSink
from alerting.opening import open_store
from alerting.service.loop import Service

DAY = date(2020, 7, 6)
FIGURES = "measure,area,period,value\nanswered,force,2020-06,83\nanswered,north,2020-06,70\nanswered,south,2020-06,95\n"
OPS_ROOM = "channels: {email: {}, ops-room: {folder: {}}}\n"


def a_world(tmp_path, templates, rules=CALLS):
    files = {
        "all.yaml": rules,
        "figures/calls.csv": FIGURES,
        **{f"templates/{name}": text for name, text in templates.items()},
    }
    return a_folder(tmp_path / "rules", files)


def told(engine):
    """Tick, and return each delivery's message by owner and channel."""
    store = open_store(engine.settings)
    report = engine.tick(store, DAY)
    store.close()
    return {(delivery.owner, delivery.channel): delivery.message for delivery in report.deliveries}, report


def test_an_owners_template_reaches_that_owners_mailbox_alone(tmp_path):
    templates = {
        "owners/north-commander/notice.subject.j2": "Sir: {{ events[0].measure }} in {{ events[0].area }}",
        "owners/north-commander/notice.txt.j2": "{{ events[0].text }}\n",
    }
    folder = a_world(tmp_path, templates)
    with MailSink(tmp_path / "mails") as sink:
        engine = an_engine(folder, tmp_path, DAY, sink.url)
        store = open_store(engine.settings)
        engine.tick(store, DAY)
        asyncio.run(engine.deliver(store))
        store.close()
        mails = [message_from_bytes(path.read_bytes(), policy=default) for path in sink.kept]

    by_reader = {mail["To"].addresses[0].username: mail for mail in mails}
    assert "Sir: 999 calls answered within 10 seconds in North" == by_reader["north"]["Subject"]
    text = by_reader["north"].get_body(("plain",)).get_content()
    assert text.startswith("70% of 999 calls were answered within 10 seconds in North in June 2020")
    assert "Sir" not in by_reader["contact"]["Subject"]
    assert "Rule:" in by_reader["contact"].get_body(("plain",)).get_content()


def test_177_a_retry_sends_the_same_bytes_after_the_template_was_changed(tmp_path):
    folder = a_world(
        tmp_path, {"notice.txt.j2": "{{ text }}\nFirst wording.", "notice.subject.j2": "First: {{ subject }}"}
    )
    engine = an_engine(folder, tmp_path, DAY)
    store = open_store(engine.settings)
    engine.tick(store, DAY)
    before = {delivery.id: delivery.message for delivery in store.deliveries()}
    (folder / "templates/notice.txt.j2").write_text("Second wording.")
    (folder / "templates/notice.subject.j2").unlink()
    store.close()

    with MailSink(tmp_path / "mails") as sink:
        again = an_engine(folder, tmp_path, DAY + timedelta(days=1), sink.url)
        store = open_store(again.settings)
        again.tick(store, DAY + timedelta(days=1))
        after = {delivery.id: delivery.message for delivery in store.deliveries()}
        asyncio.run(again.deliver(store))
        store.close()
        sent = [message_from_bytes(path.read_bytes(), policy=default) for path in sink.kept]

    assert before == after
    assert [True] * 2 == [mail["Subject"].startswith("First: ") for mail in sent]
    assert [True] * 2 == [mail.get_body(("plain",)).get_content().rstrip().endswith("First wording.") for mail in sent]


def test_each_channel_of_an_owner_gets_its_own_words(tmp_path):
    rules = (
        CALLS.replace("email: north@example.org}", "email: north@example.org, channels: [email, ops-room]}") + OPS_ROOM
    )

    messages, _ = told(
        an_engine(a_world(tmp_path, {"channels/ops-room/notice.txt.j2": "{{ subject }}"}, rules), tmp_path, DAY)
    )

    mailed, posted = messages["north-commander", "email"], messages["north-commander", "ops-room"]
    assert posted.text.strip() == mailed.subject == posted.subject
    assert "Rule:" in mailed.text


def test_a_rules_template_is_for_messages_about_that_rule(tmp_path):
    messages, report = told(
        an_engine(a_world(tmp_path, {"rules/slow/notice.subject.j2": "Slow: {{ owner }}"}), tmp_path, DAY)
    )

    assert {"Slow: Head of Contact", "Slow: Commander, North"} == {message.subject for message in messages.values()}
    assert () == report.problems


def test_a_failing_template_tells_the_reader_and_the_report_and_stops_nothing(tmp_path):
    messages, report = told(an_engine(a_world(tmp_path, {"notice.html.j2": "\n{{ events[0].nope }}"}), tmp_path, DAY))

    assert 2 == len(messages)
    for message in messages.values():
        words = " ".join(message.text.split())
        assert "templates/notice.html.j2, line 2: 'dict object' has no attribute 'nope'." in words
        assert "7 points below the standard" in words or "20 points below the standard" in words
    (problem,) = report.problems
    assert (f"{tmp_path / 'rules'}/templates/notice.html.j2", 2, "bad-template") == (
        problem.place.file, problem.place.line, problem.code,
    )  # fmt: skip
    assert not report.has_errors


def test_a_digest_is_worded_by_its_own_templates(tmp_path):
    templates = {
        "digest.subject.j2": "{{ name }} for {{ owner }}: {{ checked }}",
        "owners/contact/digest.txt.j2": "{% for t in topics %}{% for e in t.entries %}{{ e.standing_words }}: {{ e.headline }}\n"
        "{% endfor %}{% endfor %}",
        "notice.txt.j2": "no digest",
    }
    engine = an_engine(a_world(tmp_path, templates), tmp_path, DAY)
    store = open_store(engine.settings)
    engine.tick(store, DAY)
    report = engine.digest(store, DAY)
    store.close()

    messages = {delivery.owner: delivery.message for delivery in report.deliveries}
    subject = "Monday digest for Commander, North: 1 of 1 figures judged, of periods to 30 June 2020"
    assert subject == messages["north-commander"].subject
    assert messages["contact"].text.startswith("New: 999 calls answered within 10 seconds: 83%")
    assert "What could not be judged" not in messages["contact"].text
    assert () == report.problems


def test_a_failing_template_of_a_digest_is_in_its_report(tmp_path):
    engine = an_engine(a_world(tmp_path, {"digest.txt.j2": "{% if %}"}), tmp_path, DAY)
    store = open_store(engine.settings)
    report = engine.digest(store, DAY)
    store.close()

    assert ["bad-template"] == [problem.code for problem in report.problems]
    assert ["its template failed: templates/digest.txt.j2, line 1"] * len(report.deliveries) == [
        re.search(r"its template failed: \S+ line 1", " ".join(delivery.message.text.split()))[0]
        for delivery in report.deliveries
    ]


@pytest.mark.parametrize("words", ["run", "digest", "notify preview slow --rules"])
def test_a_command_names_a_template_that_failed(words, tmp_path, monkeypatch, capsys):
    folder = a_world(tmp_path, {"notice.txt.j2": "{{ nope }}", "digest.txt.j2": "{{ nope }}"})
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ALERTING_STATE_DIR", str(tmp_path / "state"))

    main([*words.split(), str(folder), "--as-of", "2020-07-06"])

    kind = "digest" if words == "digest" else "notice"
    assert f"templates/{kind}.txt.j2:1:1: warning[bad-template]: 'nope' is undefined" in capsys.readouterr().err


def test_a_check_names_templates_and_the_rules_still_run(tmp_path, capsys):
    folder = a_world(tmp_path, {"notice.txt.j2": "{{ nope }}"})

    assert 1 == main(["check", str(folder)])
    assert "templates/notice.txt.j2:1:1: error[bad-template]: 'nope' is undefined" in capsys.readouterr().out
    for form in ("json", "github", "sarif", "junit"):
        assert 1 == main(["check", str(folder), "--format", form])
        assert "bad-template" in capsys.readouterr().out
    assert an_engine(folder, tmp_path, DAY).rules.rules


def test_problems_of_templates_and_of_rule_files_stand_in_one_order(tmp_path, capsys):
    folder = a_world(tmp_path, {"notice.txt.j2": "{{ nope }}"})
    (folder / "zoo.yaml").write_text("measure: 1\n")
    (folder / "abc.yaml").write_text("measure: 1\n")

    main(["check", str(folder), "--format", "json"])

    found = [Path(problem["file"]).name for problem in json.loads(capsys.readouterr().out)["problems"]]
    assert ["abc.yaml", "notice.txt.j2", "zoo.yaml"] == found


def test_the_service_logs_a_template_that_failed_and_tries_it_anew_at_the_next_tick(tmp_path):
    folder = a_world(tmp_path, {"notice.subject.j2": "{{ nope }}"})
    captured = LogCapture()
    log = structlog.wrap_logger(None, processors=[captured], wrapper_class=structlog.BoundLogger)
    engine = an_engine(folder, tmp_path, DAY)
    store = open_store(engine.settings)
    service = Service(engine, store, lambda: engine, log)
    due = engine.clock.now()
    service._tick([due])
    (folder / "templates/notice.subject.j2").write_text("Mended: {{ owner }}")
    (folder / "figures/calls.csv").write_text(FIGURES.replace("95", "85"))
    service._tick([due + timedelta(days=1)])
    subjects = [delivery.message.subject for delivery in store.deliveries()]
    store.close()

    logged = [(entry["event"], entry["log_level"]) for entry in captured.entries if entry["event"] == "template.failed"]
    assert [("template.failed", "warning")] == logged
    assert ["Mended: Commander, South"] == [subject for subject in subjects if subject.startswith("Mended")]
