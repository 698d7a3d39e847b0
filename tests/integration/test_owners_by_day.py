"""Owners who answer from days on: the one whose day it is hears of what opens, and of what stands on taking over."""

from datetime import date

from samples.worlds import a_folder, an_engine

from alerting.domain.alert import EventKind
from alerting.opening import open_store

RULES = """
topics: [{id: t, title: Topic}]
owners:
  - {id: first, name: First Post, email: first@example.org}
  - {id: second, name: Second Post, email: second@example.org}
areas: [{id: force, title: Force, kind: policing, owner: OWNER}]
measures:
  - {id: c, title: Crimes, topic: t, unit: count, better: lower, every: month, target: 10, areas: [force], source: c.csv}
rules: [{id: r, title: Rule, measures: c, when: {target_missed: {}}}]
"""


def told(tmp_path, owner, days):
    """Tick on each day and return who was told what."""
    files = {"r.yaml": RULES.replace("OWNER", owner), "c.csv": "measure,area,period,value\nc,force,2020-04,15\n"}
    folder, found = a_folder(tmp_path / "rules", files), []
    for day in days:
        engine = an_engine(folder, tmp_path / "state", day)
        store = open_store(engine.settings)
        try:
            report = engine.tick(store, day)
            with store.begin() as state:  # a channel takes what is told
                state.outbox.accept([one.id for one in report.deliveries], engine.clock.now())
        finally:
            store.close()
        found.append({notice.owner: [event.kind for event in notice.events] for notice in report.notices})
    return found


def test_on_the_day_of_taking_over_what_stands_is_told_to_who_takes_over(tmp_path):
    owner = "[{from: 2020-01, owner: first}, {from: 2020-05-12, owner: second}]"

    days = told(tmp_path, owner, [date(2020, 5, day) for day in (10, 11, 12, 13)])

    assert [{"first": [EventKind.OPENED]}, {}, {"second": [EventKind.OPENED]}, {}] == days


def test_several_owners_are_told_each_by_a_message_of_their_own(tmp_path):
    (day,) = told(tmp_path, "[second, first]", [date(2020, 5, 10)])

    assert {"first": [EventKind.OPENED], "second": [EventKind.OPENED]} == day
