"""Months of bells, outages and restarts against a model of a few lines, four hundred days where all is tried; and three zones."""

import asyncio
import sqlite3
import time as machine
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from samples.sampling import few, first
from samples.services import JUNE, World, rung
from samples.worlds import CALLS

from alerting.app.delivery.deliver import DeliveryTally
from alerting.app.engine import Engine
from alerting.demo.sink import parts_of
from alerting.ports.digests import DigestRecord
from alerting.ports.ticks import TickRecord

START = datetime(2020, 1, 1, 12, tzinfo=UTC)
DAYS = few(120, 400)
SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)


def bells(random):
    """Instants of bells, and whether the service was started anew right before."""
    at, found = START, []
    while at < START + DAYS * DAY:
        wait = random.choice([5 * SECOND, 2 * HOUR, random.random() * 9 * HOUR])
        outage, restart = random.random() < 0.02, random.random() < 0.03
        at += random.random() * 9 * DAY if outage else wait
        found.append((at, outage or restart))
    return found


def local(days, at, zone):
    """The instants of a time of day on the days that are wanted."""
    every = [date(2019, 12, 1) + n * DAY for n in range(DAYS + 60)]
    return [datetime.combine(day, at, ZoneInfo(zone)).astimezone(UTC) for day in every if day.weekday() in days]


def expected(found, instants, most_late=None):
    """What is made at which bell: one for all instants since the last one, if the newest is not too long ago."""
    done, newest, made = START, None, []
    for at, restarted in found:
        if restarted:
            done = newest or at
        missed = [instant for instant in instants if done < instant <= at]
        if missed and (most_late is None or at - missed[-1] <= most_late):
            made.append((at, missed[-1]))
            newest = at
        if missed:
            done = at
    return made


class Recorded:
    """Stands in for the work itself: writes down what it was asked to do, when, as the real work does in the state."""

    def __init__(self, monkeypatch, world):
        self.world, self.ticks, self.digests = world, [], []
        monkeypatch.setattr(Engine, "tick", self.tick)
        monkeypatch.setattr(Engine, "digest", self.digest)
        monkeypatch.setattr(Engine, "deliver", self.deliver)

    def tick(self, store, due_at):
        at, day = self.world.clock.at, self.world.service.engine.installation.today()
        self.ticks.append((at, due_at))
        with store.begin() as state:
            state.ticks.save(TickRecord(id=str(at), as_of=day, at=at, rules_version="r", due_at=due_at))
        evaluation = SimpleNamespace(faults=())
        return SimpleNamespace(
            as_of=day, counts={}, happened={}, notices=(), untold=(), problems=(), evaluation=evaluation
        )

    def digest(self, store, ids):
        at, day = self.world.clock.at, self.world.service.engine.installation.today().isoformat()
        self.digests.append(at)
        with store.begin() as state:
            state.digests.save(DigestRecord(digest=ids[0], owner="contact", window=day, since=None, until=at))
        return SimpleNamespace(deliveries=(), already=(), problems=(), faults=(), no_pdf=None)

    @staticmethod
    async def deliver(*_, **__):
        return DeliveryTally()


@pytest.mark.parametrize(
    ("evaluate", "zone", "days", "at"),
    first(
        1,
        [
            pytest.param("mon-fri 07:00", "Europe/London", range(5), time(7), id="london-mornings"),
            pytest.param("daily 16:45", "America/Los_Angeles", range(7), time(16, 45), id="los-angeles-afternoons"),
        ],
    ),
)
def test_138_all_days_are_as_the_model_says(tmp_path, monkeypatch, evaluate, zone, days, at):
    """How many rules there are makes no difference: they share the schedule, and one tick judges them all."""
    world = World(tmp_path, f'{CALLS}schedule: {{timezone: {zone}, evaluate: "{evaluate}"}}\n')
    recorded = Recorded(monkeypatch, world)
    found = bells(Random(138))
    world.start(START)

    async def simulated():
        for instant, restarted in found:
            world.clock.at = instant
            if restarted:
                world.start(instant)
            await rung(world.service)

    with world.sink:
        asyncio.run(simulated())
    world.close()

    assert expected(found, local(days, at, zone)) == recorded.ticks
    mondays = expected(found, local([0], time(7, 30), zone), most_late=timedelta(hours=48))
    assert [at for at, _ in mondays] == recorded.digests


@pytest.mark.parametrize("machine_zone", ["UTC", "Pacific/Kiritimati", "America/Los_Angeles"])
def test_134_the_machines_zone_makes_no_difference(tmp_path, monkeypatch, machine_zone):
    """The rules' zone says when it is due and which day it is; the state holds UTC; mails carry an offset."""
    monkeypatch.setenv("TZ", machine_zone)
    machine.tzset()
    seven = datetime(2020, 7, 2, 19, tzinfo=UTC)  # on the third in Auckland
    world = World(tmp_path, f"{CALLS}schedule: {{timezone: Pacific/Auckland, evaluate: daily 07:00}}\n", JUNE)
    with world.sink:
        world.start(seven - SECOND)
        assert [] == world.ring(seven - SECOND)
        assert ["tick.done", "delivery.done"] == world.ring(seven)
    monkeypatch.undo()
    machine.tzset()
    tick = next(entry for entry in world.captured.entries if entry["event"] == "tick.done")
    with sqlite3.connect(tmp_path / "state" / "alerting.db") as connection:
        stored = connection.execute("SELECT as_of, at, due_at FROM tick").fetchall()
    connection.close()
    world.close()

    assert ("2020-07-03", "2020-07-04T07:00:00+12:00") == (tick["as_of"], tick["next_tick"])
    assert [("2020-07-03", "2020-07-02 19:00:00.000000", "2020-07-02 19:00:00.000000")] == stored
    assert {b"Date: Thu, 02 Jul 2020 19:00:00 +0000"} == {date_line(path) for path in world.sink.kept}
    assert ["contact@example.org", "north@example.org"] == sorted(parts_of(path)[0] for path in world.sink.kept)


def date_line(path):
    return next(line for line in path.read_bytes().splitlines() if line.startswith(b"Date:"))
