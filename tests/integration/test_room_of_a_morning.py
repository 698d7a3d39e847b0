"""How much a tick holds in memory at a time: figures until they are placed, messages and charts a few at a time."""

import sqlite3
import weakref
from contextlib import closing
from dataclasses import replace
from datetime import date

import pytest
from samples.worlds import a_folder, an_engine

from alerting.app.notices import queued
from alerting.app.tick import tick
from alerting.figures import tidy
from alerting.opening import open_store
from alerting.reports import event_chart as event_charts
from alerting.store.outbox import OutboxRows

DAY = date(2020, 7, 6)
AREAS = 7
OWNERS = "".join(f"  - {{id: o{n}, name: Commander {n}, email: o{n}@example.org}}\n" for n in range(AREAS))
HELD = "".join(f"  - {{id: a{n}, title: Area {n}, parent: force, owner: o{n}}}\n" for n in range(AREAS))
RULES = f"""
topics: [{{id: t, title: Topic, owner: head}}]
sources: {{all: {{csv: figures/all.csv, owner: head}}}}
measures:
  - {{id: m, title: Crimes, topic: t, unit: count, better: lower, every: month, target: 10, source: all}}
areas:
  - {{id: force, title: Force, kind: policing, owner: head}}
{HELD}owners:
  - {{id: head, name: Head of Performance, email: head@example.org}}
{OWNERS}roles: {{fallback: head}}
schedule: {{flood: 1000}}
rules:
  - {{id: r, title: Too many, measures: m, notify: [area_owner, head], when: {{target_missed: {{}}}}}}
"""
FIGURES = "measure,area,period,value\n" + "".join(
    f"m,a{area},2020-{month:02},{9 + area % 3 + (month == 6) * 4}\n" for month in range(1, 7) for area in range(AREAS)
)


@pytest.fixture
def engine(tmp_path):
    folder = a_folder(tmp_path / "rules", {"rules.yaml": RULES, "figures/all.csv": FIGURES})
    return an_engine(folder, tmp_path / "state", DAY)


def ticked(engine, **how):
    with closing(open_store(engine.settings)) as store:
        return engine.tick(store, DAY, **how)


def payloads(engine):
    with closing(sqlite3.connect(engine.settings.state_dir / "alerting.db")) as database:
        return database.execute("SELECT * FROM payload ORDER BY digest").fetchall()


def test_figures_as_read_are_gone_from_memory_while_they_are_judged(engine, monkeypatch):
    alive, read, evaluated = [], tidy.observations_in, tick.judged

    def reading(*table):
        observations, problems = read(*table)
        alive.append(weakref.ref(observations.ordinal))
        return observations, problems

    def judging(*panels, **known):
        assert [None] == [ordinal() for ordinal in alive]
        return evaluated(*panels, **known)

    monkeypatch.setattr(tidy, "observations_in", reading)
    monkeypatch.setattr(tick, "judged", judging)
    assert ticked(engine).happened == {"opened": AREAS}


def test_messages_go_into_the_state_in_portions_and_are_the_same(engine, tmp_path, monkeypatch):
    ticked(engine)
    whole, portions, keep = payloads(engine), [], OutboxRows.keep_bodies
    monkeypatch.setattr(queued, "_PORTION", 3)
    monkeypatch.setattr(OutboxRows, "keep_bodies", lambda self, some: portions.append(len(some)) or keep(self, some))
    engine.installation = replace(engine.installation, settings=replace(engine.settings, state_dir=tmp_path / "other"))
    report = ticked(engine)
    assert [3, 3, 2] == [count for count in portions if count]
    assert whole == payloads(engine)
    assert {""} == {one.message.html for one in report.deliveries}
    with closing(open_store(engine.settings)) as store:
        kept = store.deliveries()
        assert [one.message.text for one in report.deliveries] == [one.message.text for one in kept]
        assert all("<html" in one.message.html for one in kept)


def test_a_dry_run_has_its_messages_whole_and_keeps_none(engine):
    report = ticked(engine, dry_run=True)
    assert AREAS + 1 == len(report.deliveries)
    assert all("<html" in one.message.html and one.kept_as is None for one in report.deliveries)
    assert [] == payloads(engine)


def test_messages_are_the_same_however_few_charts_are_at_hand(engine, tmp_path, monkeypatch):
    ticked(engine)
    many = payloads(engine)
    monkeypatch.setattr(event_charts, "_MOST_AT_HAND", 1)
    engine.installation = replace(engine.installation, settings=replace(engine.settings, state_dir=tmp_path / "other"))
    ticked(engine)
    assert many == payloads(engine) and any(pictures for *_, pictures in many)
