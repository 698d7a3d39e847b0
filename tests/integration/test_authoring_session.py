"""A change of rules from its first mistake to the mail of the next morning, by the commands that people type, in a real repository.

On the way the author is told what is wrong and where, what their own tests, the past and the comment of the merge request say;
and what that comment promises for the next morning is what arrives.
"""

# ruff: noqa: E501 - YAML stands as people write it

import json
import socket
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
import yaml
from aiosmtpd.controller import Controller
from samples.repositories import a_repository, committed, git
from samples.rule_folders import written

from alerting.app.authoring.diff.as_markdown import MARKER
from alerting.cli import main
from alerting.render.markdown import inline

FOLDER = """\
topics: [{id: contact, title: Call handling, owner: head}]
areas:
  - {id: north, title: North, owner: north-commander}
  - {id: south, title: South, owner: south-commander}
owners:
  - {id: head, name: Head of Contact, email: head@example.org}
  - {id: north-commander, name: "Commander, North", email: north@example.org}
  - {id: south-commander, name: "Commander, South", email: south@example.org}
roles: {operator: head, maintainer: head}
measures:
  - {id: calls, title: 999 calls answered in time, topic: contact, unit: percent, better: higher, every: month, target: 90, source: calls, expected: 10 days}
sources: {calls: {csv: figures/calls.csv, owner: head}}
"""
OWNERS = yaml.safe_load(FOLDER)["owners"]
RULES = """\
rules:
  - id: calls-target
    title: 999 calls answered too slowly
    measures: calls
    when: {target_missed: {}}
"""
#: What the author means: one bad month is no reason for a message, and a sharp fall is one although the target is met.
WAITING = RULES.replace("{target_missed: {}}", "{target_missed: {}}\n    for: 2")
FALLING = """\
  - id: calls-fall
    title: 999 calls answered much less often
    measures: calls
    when: {change: {versus: previous_period, falls_by: 6}}
    notify: [area_owner, measure_owner]
"""
MISTAKEN = FALLING.replace("measures: calls", "measures: cals").replace("falls_by", "fall_by")
TEST = """\
tests:
  - name: one bad month opens nothing, a second one does
    rules: [calls-target]
    figures:
      - {measure: calls, area: north, from: 2020-04, values: 95 88 87 93}
    expect:
      - {period: 2020-05, event: opened, to: [north-commander]}
      - {period: 2020-07, event: resolved}
"""
MONTHS = {
    "2020-04": (95, 94),
    "2020-05": (94, 95),
    "2020-06": (96, 93),
    "2020-07": (88, 94),
    "2020-08": (93, 98),
    "2020-09": (88, 91),
}
#: The day on which September's figures count, and the one before.
MORNING, EVENING = "2020-10-09", "2020-10-08"
PAST, WEEKS = ("--from", "2020-05-01", "--until", MORNING), ("--from", "2020-09-10", "--until", MORNING)


def figures():
    rows = (
        f"calls,{area},{month},{value},{month[:5]}{int(month[5:]) + 1:02}-09\n"
        for month, both in MONTHS.items()
        for area, value in zip(("north", "south"), both, strict=True)
    )
    return "measure,area,period,value,published\n" + "".join(rows)


def told_in(text):
    """Return the words of a message before its foot, which says of one that is sent in which rows its figures stand."""
    told, foot, _ = text.partition("Figures as known on")
    assert foot
    return told.split()


class Sink:
    """A mail server that takes everything."""

    def __init__(self):
        self.taken = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802  # aiosmtpd's name
        mail = message_from_bytes(envelope.content, policy=default)
        self.taken += [(address, " ".join(str(mail["Subject"]).split()), mail) for address in envelope.rcpt_tos]
        return "250 taken"


@pytest.fixture
def sink(monkeypatch, a_port):
    found = Sink()
    controller = Controller(found, hostname="127.0.0.1", port=a_port)
    controller.start()
    monkeypatch.setenv("ALERTING_SMTP_URL", f"smtp://127.0.0.1:{controller.port}?tls=none")
    monkeypatch.setenv("ALERTING_MAIL_FROM", "Alerting <alerts@example.org>")
    yield found
    controller.stop()


@pytest.fixture
def a_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Author:
    """Somebody at a terminal in the repository."""

    def __init__(self, repository: Path, capsys):
        self.repository, self._capsys = repository, capsys

    def types(self, *words, ends=0):
        """Run a command and return what it prints on both ways."""
        self._capsys.readouterr()
        status = main(list(words))
        printed = self._capsys.readouterr()
        said = printed.out + printed.err
        assert ends == status, said
        return said

    def asks(self, *words, ends=0):
        """Run a command and return its answer as values."""
        self._capsys.readouterr()
        status = main([*words, "--format", "json"])
        printed = self._capsys.readouterr()
        assert ends == status, printed
        return json.loads(printed.out)

    def writes(self, **files):
        written(self.repository / "rules", {f"{name.replace('_', '/')}.yaml": text for name, text in files.items()})


@pytest.fixture
def author(tmp_path, monkeypatch, capsys):
    """The repository as it stands on main, whose rules have run every morning until yesterday."""
    monkeypatch.setenv("ALERTING_STATE_DIR", str(tmp_path / "state"))
    repository = a_repository(tmp_path / "repository")
    files = {"base.yaml": FOLDER, "rules.yaml": RULES, "figures/calls.csv": figures()}
    committed(repository, {f"rules/{name}": text for name, text in files.items()})
    monkeypatch.chdir(repository)
    return Author(repository, capsys)


def told(answer):
    """Return (owner, event, alert) of all that a tick or a comparison tells."""
    found = set()
    for notice in answer:
        events = notice.get("events") or [one["event"] for one in notice["alerts"]]
        ids = [one if isinstance(one, str) else one["id"] for one in notice["alerts"]]
        found |= {(notice["to"], event, alert) for event, alert in zip(events, ids, strict=True)}
    return found


def test_from_the_first_mistake_to_the_mail_of_the_next_morning(author, sink):
    for day in ("2020-08-10", "2020-09-09", EVENING):  # production, by the rules on main
        author.types("run", "rules", "--as-of", day)
    in_production = [(address, subject) for address, subject, _ in sink.taken]
    sink.taken.clear()

    # A first try, with two slips.
    git(author.repository, "switch", "-q", "-c", "falls")
    author.writes(rules=WAITING + MISTAKEN)
    said = author.types("check", "rules", "--as-of", MORNING, ends=1)
    assert 'rules/rules.yaml:9:15: error[unknown-measure]: no measure "cals"; did you mean "calls"?' in said
    assert 'rules/rules.yaml:10:46: error[unknown-key]: unknown key "fall_by"; did you mean "falls_by"?' in said
    refused = author.types("diff", "main", ends=2)
    assert "cannot be compared, since they have errors: rules/rules.yaml:9:15" in refused

    author.writes(rules=WAITING + FALLING)
    assert "2 rules, 2 areas, 3 owners, no problems" in author.types("check", "rules", "--as-of", MORNING)

    # The author's own tests: one expects too much, one is written down from the figures.
    author.writes(tests_calls=TEST)
    said = author.types("test", "rules", ends=1)
    assert "0 passed, 1 failed" in said and "rules/tests/calls.yaml:7" in said
    author.writes(tests_calls=TEST.replace("2020-05, event", "2020-06, event"))
    assert "1 passed, 0 failed" in author.types("test", "rules")
    recorded = ("--record", "calls-fall", "--area", "south", "--into", "tests/calls.yaml", "--as-of", MORNING)
    assert "added" in author.types("test", "rules", *recorded)
    assert "2 passed, 0 failed" in author.types("test", "rules")

    # What the new rules would have told, and what that changes.
    past = author.asks("backtest", "rules", *PAST)
    assert {"calls-fall"} == {alert["rule"] for alert in past["alerts"]}
    git(author.repository, "add", "-A")
    git(author.repository, "commit", "-q", "-m", "Wait for a second month; tell a fall")
    promised = author.asks("diff", "main", "falls", *WEEKS, ends=1)
    comment = author.types("diff", "main", "falls", *WEEKS, "--format", "markdown", ends=1)
    assert len(comment.encode()) < 60_000
    assert comment.startswith(f"{MARKER}\n### What this does to the alerts: rules: 1 new, 1 changed\n")
    for part in (
        "1 rule is new",
        "calls-fall",
        "On both sides the figures are those of rules as it stands, not those of the revision falls:rules.",
        *(one["subject"] for one in promised["notices"]["whole"]),
    ):
        assert inline(part) in comment or part in comment, part
    assert "`for` 1 → **2**" in comment

    # It is merged, and the next morning's figures are in.
    git(author.repository, "switch", "-q", "main")
    as_before = author.asks("run", "rules", "--as-of", MORNING, "--dry-run")["tick"]["notices"]
    git(author.repository, "merge", "-q", "--no-edit", "falls")
    tomorrow = author.asks("run", "rules", "--as-of", MORNING)["tick"]["notices"]

    more, fewer = (
        told([one for one in promised["notices"][side] if one["at"] == MORNING]) for side in ("added", "removed")
    )
    assert more and fewer
    assert more == told(tomorrow) - told(as_before)
    assert fewer == told(as_before) - told(tomorrow)
    assert in_production
    by_address = {one["email"]: one["id"] for one in OWNERS}
    got = {(by_address[address], subject): mail for address, subject, mail in sink.taken}
    assert {(one["to"], one["subject"]) for one in tomorrow} == got.keys()
    assert len(got) == len(sink.taken)
    whole = {(one["to"], one["subject"]): one["text"] for one in promised["notices"]["whole"] if one["side"] == "head"}
    assert {"head", "south-commander"} == {owner for owner, _ in whole}
    for of, text in whole.items():
        sent = got[of].get_body(("plain",)).get_content()
        assert told_in(text) == told_in(sent)
