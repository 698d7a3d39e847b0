"""Days in the life of a source over the web: what it does not answer resolves nothing, and what has not changed is not judged."""

import json
from contextlib import closing
from datetime import date, timedelta

import pytest
from samples.web_server import Reply, web_server
from samples.worlds import a_folder, an_engine

from alerting.opening import open_store
from alerting.sources.web import web_pages

RULES = """
topics: [{id: t, title: Topic, owner: boss}]
sources: {s: {http: {url_from: API_URL, token_from: API_TOKEN, rows: data, private: true}, owner: keeper, rows: at least 2}}
areas: [{id: force, title: Force, owner: boss}, {id: north, title: North, parent: force, owner: boss}]
owners:
  - {id: boss, name: Boss, email: boss@example.org}
  - {id: keeper, name: Keeper, email: keeper@example.org}
measures: [{id: m, title: Offences, short: Offences, topic: t, unit: count, better: lower, every: month, source: s}]
rules: [{id: a, title: Too many, measures: m, when: {target_missed: {at_most: 100}}}]
"""
FIRST = date(2020, 10, 7)


class Days:
    """One tick a day, and what each told to whom."""

    def __init__(self, tmp_path, monkeypatch):
        self.folder, self.state = a_folder(tmp_path / "rules", {"r.yaml": RULES}), tmp_path / "state"
        monkeypatch.setenv("API_TOKEN", "t0ken-of-nobody")
        monkeypatch.setattr(web_pages, "FIRST_PAUSE_S", 0.001)
        self.monkeypatch, self.day = monkeypatch, FIRST

    def tick(self, server, day=None):
        self.day = day or self.day
        self.monkeypatch.setenv("API_URL", f"{server.address}/f")
        engine = an_engine(self.folder, self.state, self.day)
        with closing(open_store(engine.settings)) as store:
            report = engine.tick(store)
        self.day += timedelta(days=1)
        self.judged = report.evaluation is not None
        self.happened = {kind: n for kind, n in report.happened.items() if n}
        self.said = "\n".join(map(str, report.problems))
        return [(one.owner, one.message.subject) for one in report.deliveries]


def figures(**values):
    rows = [
        {"measure": "m", "area": area, "period": f"2020-{month:02}", "value": value}
        for area, several in values.items() for month, value in enumerate(several, 7)
    ]  # fmt: skip
    return Reply(body=json.dumps({"data": rows}).encode(), headers={"ETag": f'"{hash(str(values))}"'})


@pytest.fixture
def days(tmp_path, monkeypatch):
    return Days(tmp_path, monkeypatch)


@pytest.fixture
def server():
    with web_server() as found:
        yield found


def test_what_has_not_changed_is_neither_sent_nor_judged_again(days, server):
    server.says("/f", figures(force=[90, 95, 120], north=[40, 45, 50]))
    told = days.tick(server)
    assert [("boss", True)] == [(owner, "120" in subject) for owner, subject in told]
    server.asked.clear()

    assert ([], False) == (days.tick(server), days.judged)
    assert [True] == ["if-none-match" in headers for _, headers in server.asked]


@pytest.mark.parametrize(
    "failing",
    [
        pytest.param(Reply(status=500), id="status-500"),
        pytest.param(Reply(status=401), id="status-401"),
        pytest.param(Reply(body=b"<html>We are back soon</html>"), id="a-page-for-people"),
        pytest.param(Reply(body=b'{"data": [{"measure": "m"'), id="cut-off"),
        pytest.param(figures(force=[90]), id="fewer-rows-than-a-whole-load-has"),
        pytest.param(Reply(body=b'{"data": []}'), id="nothing"),
    ],
)
def test_a_source_that_does_not_answer_resolves_nothing_and_its_owner_hears_once(days, server, failing):
    server.says("/f", figures(force=[90, 95, 120], north=[40, 45, 50]))
    days.tick(server)
    server.says("/f", failing)
    assert (["keeper"], {}) == ([owner for owner, _ in days.tick(server)], days.happened)
    assert ([], {}) == (days.tick(server), days.happened)
    assert "t0ken" not in days.said

    server.says("/f", figures(force=[90, 95, 120, 80], north=[40, 45, 50, 60]))
    days.tick(server, date(2020, 11, 7))
    assert {"resolved": 1} == days.happened


def test_a_tick_asks_a_server_once_whether_it_answers_or_not(days, server, monkeypatch):
    """What it holds and what is read of it is one answer, and one failure."""
    monkeypatch.setattr(web_pages, "MOST_TRIES", 2)
    server.says("/f", figures(force=[90, 95, 120], north=[40, 45, 50]))
    days.tick(server)
    server.asked.clear()

    server.says("/f", figures(force=[90, 95, 99], north=[40, 45, 50]))
    days.tick(server)
    assert (1, {"corrected": 1}) == (len(server.asked), days.happened)
    server.asked.clear()

    server.says("/f", Reply(status=503))
    assert ["keeper"] == [owner for owner, _ in days.tick(server)]
    assert 2 == len(server.asked)
    assert "asked 2 times, and again at the next reading" in days.said


def test_a_revision_over_the_web_is_one(days, server):
    server.says("/f", figures(force=[90, 95, 120], north=[40, 45, 50]))
    days.tick(server)
    server.says("/f", figures(force=[90, 95, 99], north=[40, 45, 50]))
    days.tick(server)
    assert {"corrected": 1} == days.happened
