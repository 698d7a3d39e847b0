"""The service when its clock is set, sleeps or lies; and the ledger that lets one instant have one tick."""

import asyncio
import sqlite3
import threading
from datetime import date, datetime, timedelta

import pytest
from samples.sampling import first
from samples.services import BELL, HEAD, JUNE, MONDAY, SOUTH, THURSDAY, Running, World, rung
from samples.worlds import CALLS

from alerting.app.engine import Engine
from alerting.opening import open_store
from alerting.service.loop import Service

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SEVEN = THURSDAY + timedelta(seconds=3)
MINUTE = timedelta(minutes=1)


def ticks(world):
    """The instants of the schedule that have a tick, oldest first; None for ticks that somebody asked for."""
    with sqlite3.connect(world.settings.state_dir / "alerting.db") as connection:
        found = connection.execute("SELECT due_at FROM tick ORDER BY as_of, at").fetchall()
    connection.close()
    return [due_at for (due_at,) in found]


def set_clock(world, by):
    """Set the clock on the wall; the one that counts since the machine's start goes on."""
    world.set_ahead += by
    return world.ring(world.clock.at + by + BELL)


#: Lets a test set the clock that a process sees on the wall: ahead by as many seconds as the file says.
SETTABLE = """
import datetime, pathlib, sys
class Settable(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        ahead = float(pathlib.Path({path!r}).read_text() or 0)
        return super().now(tz) + datetime.timedelta(seconds=ahead)
datetime.datetime = Settable
"""


@pytest.mark.parametrize("by", first(2, [-HOUR, 1000 * DAY, HOUR, -1000 * DAY]), ids=str)
def test_the_bell_goes_on_ringing_wherever_somebody_sets_the_clock(world, tmp_path, by):
    (ahead := tmp_path / "ahead").write_text("0")
    with Running(world, tmp_path, SETTABLE.format(path=str(ahead))) as running:
        running.wait_for("STATUS=1 rules")
        ahead.write_text(str(by.total_seconds()))
        running.wait_for("STATUS=paused: the clock was set")
        running.wait_for("WATCHDOG=1")
        ahead.write_text("0")
        running.wait_for("STATUS=1 rules")
    assert ["service.started", "clock.doubted", "clock.believed"] == running.events()


def said(world, event):
    return [entry for entry in world.captured.entries if entry["event"] == event]


class TestJumps:
    @pytest.mark.parametrize("by", [HOUR, DAY, 3653 * DAY], ids=["129-an-hour", "129-a-day", "129-ten-years"])
    def test_a_jump_forward_pauses_and_set_right_again_nothing_was_done(self, world, by):
        """A tick and a digest would have been due."""
        world.start(THURSDAY).ring(SEVEN)
        world.ring(MONDAY - HOUR / 2)
        told = world.told()

        assert ["clock.doubted"] == set_clock(world, by)
        assert [] == [event for _ in range(5) for event in world.ring(world.clock.at + BELL)]
        assert ["clock.believed"] == set_clock(world, -by)
        assert told == world.told()
        assert ["2020-07-02", "2020-07-03"] == [due_at[:10] for due_at in ticks(world)]

    def test_a_jump_forward_pauses_messages_too(self, tmp_path):
        world = World(tmp_path)
        world.start(THURSDAY).ring(SEVEN)
        with world.sink:
            assert ["clock.doubted"] == set_clock(world, 30 * DAY)
            assert [] == world.told()
            assert ["clock.believed", "channel.works", "delivery.done"] == set_clock(world, -30 * DAY)
            assert 2 == len(world.told())
        world.close()

    def test_a_jump_forward_that_stays_is_one_catch_up_after_ten_minutes(self, world):
        world.start(THURSDAY).ring(SEVEN)
        set_clock(world, 4 * DAY + HOUR)

        found = [(bell, event) for bell in range(1, 140) for event in world.ring(world.clock.at + BELL)]

        assert (120, "clock.believed") == found[0]
        assert {120} == {bell for bell, _ in found}
        assert 1 == [event for _, event in found].count("tick.done")
        assert 2 == len(ticks(world))

    @pytest.mark.parametrize("by", [-HOUR, -timedelta(minutes=2)], ids=["130-an-hour", "130-two-minutes"])
    def test_a_jump_back_over_a_tick_does_not_repeat_it(self, world, by):
        """Neither when the clock reaches the instant again, nor after a restart in between."""
        world.start(THURSDAY).ring(SEVEN)
        assert ["clock.doubted"] == set_clock(world, by)
        world.start(world.clock.at)
        found = [event for _ in range(70) for event in world.ring(world.clock.at + MINUTE)]

        assert [] == [event for event in found if event.startswith(("tick", "delivery"))]
        assert ["2020-07-02"] == [due_at[:10] for due_at in ticks(world)]
        assert 2 == len(world.told())

    def test_130_a_jump_back_by_a_day_waits_for_the_newest_tick(self, world):
        world.start(THURSDAY).ring(SEVEN)
        assert ["clock.doubted"] == set_clock(world, -DAY)
        (doubt,) = said(world, "clock.doubted")
        assert (
            "before the newest tick of 2020-07-02T06:00:00+00:00; set the machine's clock (timedatectl)"
            in doubt["error"]
        )

        back = [event for hour in range(1, 26) for event in world.ring(SEVEN - DAY + hour * HOUR)]
        assert ["clock.believed"] == [event for event in back if event.startswith("clock")]
        assert 1 == len(ticks(world))

    def test_130_waits_after_a_failure_do_not_outlast_a_jump_back(self, world):
        def broken(*_, **__):
            raise ZeroDivisionError

        world.start(THURSDAY).service.engine.tick = broken
        world.ring(SEVEN)
        set_clock(world, 6 * HOUR)
        for _ in range(130):
            world.ring(world.clock.at + BELL)
        assert "tick.failed" in [entry["event"] for entry in world.captured.entries[-2:]]

        assert ["clock.doubted"] == set_clock(world, -6 * HOUR)
        found = [event for _ in range(130) for event in world.ring(world.clock.at + BELL)]
        assert "tick.failed" in found

    def test_131_after_eight_hours_of_sleep_it_catches_up_once(self, world):
        world.start(THURSDAY - 2 * HOUR)
        world.ring(THURSDAY - HOUR)

        assert ["tick.done", "delivery.done"] == world.ring(THURSDAY + 7 * HOUR)
        assert [] == world.ring(THURSDAY + 7 * HOUR + BELL)

    def test_a_clock_that_starts_wrong_does_nothing_until_it_is_set(self, world):
        world.start(THURSDAY).ring(SEVEN)
        world.start(datetime.fromtimestamp(0, tz=SEVEN.tzinfo))

        assert ["clock.doubted"] == world.ring(world.clock.at)
        assert ["clock.believed", "tick.done"] == world.ring(SEVEN + DAY)

    def test_more_than_a_year_off_it_asks_and_a_tick_by_hand_is_the_answer(self, world):
        world.start(THURSDAY).ring(SEVEN)
        late = SEVEN + 500 * DAY
        assert ["clock.doubted"] == world.start(late).ring(late)
        assert [] == world.ring(late + HOUR)

        world.service.engine.tick(world.store)

        assert "clock.believed" in world.ring(late + HOUR + BELL)


class TestLedger:
    def test_each_instant_has_a_tick_that_says_for_what_it_was(self, world):
        world.start(THURSDAY).ring(SEVEN + BELL)
        world.ring(MONDAY + timedelta(days=2, hours=1))

        assert [str(SEVEN)[:19], str(SEVEN + 6 * DAY)[:19]] == [
            due_at[:19].replace("T", " ") for due_at in ticks(world)
        ]
        assert [0, 3] == [entry["missed"] for entry in said(world, "tick.done")]

    def test_a_restart_within_the_same_minute_does_not_tick_again(self, world):
        world.start(THURSDAY).ring(SEVEN)
        for seconds in (1, 2, 30):
            assert [] == world.start(SEVEN + timedelta(seconds=seconds)).ring(world.clock.at)
        assert 1 == len(ticks(world))

    def test_a_restart_before_the_bell_does_not_lose_the_tick(self, world):
        world.start(THURSDAY)
        world.service.engine.tick(world.store)
        world.start(SEVEN + BELL)

        assert ["tick.done"] == [event for event in world.ring(world.clock.at) if event.startswith("tick")]

    def test_a_tick_by_hand_right_before_takes_nothing_from_the_schedule(self, world):
        world.start(THURSDAY)
        world.service.engine.tick(world.store)
        world.write("figures/calls.csv", HEAD + JUNE + SOUTH)

        assert "tick.done" in world.ring(SEVEN + BELL)
        assert "south@example.org" in world.told()

    def test_a_tick_by_hand_right_after_is_not_the_schedules(self, world):
        """The service still makes its own, which finds nothing new."""
        world.start(THURSDAY)
        world.clock.at = SEVEN + timedelta(seconds=1)
        world.service.engine.tick(world.store)
        told = len(world.told())

        assert "tick.done" in world.ring(SEVEN + BELL)
        assert 2 == len(ticks(world))
        assert told == len(world.told()) - 2  # what the tick by hand had queued

    def test_a_tick_as_if_on_a_later_day_loses_no_tick_of_that_day(self, world):
        """Its time of day is the afternoon's; the next morning's tick was not made for all that."""
        world.start(THURSDAY - DAY + 9 * HOUR)
        world.service.engine.tick(world.store, date(2020, 7, 2))
        world.start(SEVEN + HOUR)

        assert "tick.done" in world.ring(world.clock.at)
        assert [] == world.start(SEVEN + 2 * HOUR).ring(world.clock.at)

    def test_two_services_on_one_state_tick_once(self, world):
        world.start(THURSDAY)
        other = a_second_service(world)
        stores = [world.store, other.store]

        together(world, other, SEVEN + BELL)

        assert [str(SEVEN)[:19]] == [due_at[:19].replace("T", " ") for due_at in ticks(world)]
        assert ["contact@example.org", "north@example.org"] == sorted(world.told())
        assert [] == said(world, "tick.failed")
        assert [] == world.ring(SEVEN + 2 * BELL)
        stores[1].close()

    def test_136_two_services_five_minutes_apart_tick_once(self, world):
        """The second one does not even look at the figures."""
        world.start(THURSDAY)
        other = a_second_service(world)
        world.ring(SEVEN)
        world.ring(SEVEN + 5 * MINUTE)

        world.service = other
        asked = []
        world.service.engine.tick = lambda *_, **__: asked.append("tick")
        assert [] == [event for event in world.ring(SEVEN + 5 * MINUTE) if event.startswith("tick")]
        assert ([], 1) == (asked, len(ticks(world)))
        other.store.close()

    def test_137_a_tick_that_takes_longer_than_the_schedule_is_followed_by_one(self, tmp_path):
        """What fell due meanwhile is one catch-up."""
        rules = CALLS + 'schedule: {evaluate: "*/10 * * * *"}\n'
        world = World(tmp_path, rules)
        with world.sink:
            world.start(SEVEN)
            tick = world.service.engine.tick

            def slow(*arguments, **options):
                found = tick(*arguments, **options)
                world.clock.at += 35 * MINUTE
                return found

            world.service.engine.tick = slow
            world.ring(SEVEN + 10 * MINUTE)
            world.service.engine.tick = tick
            world.ring(world.clock.at + BELL)
            assert [0, 2] == [entry["missed"] for entry in said(world, "tick.done")]
        world.close()


def a_second_service(world):
    return Service(world.service.engine, open_store(world.settings), world._engine, world.log, world.boot_s)


def together(world, other, at):
    """Ring both services' bells at the same moment; both find the instant due before either has ticked."""
    world.clock.at = at
    both = threading.Barrier(2, timeout=30)
    tick = Engine.tick

    def at_once(self, *arguments, **options):
        both.wait()
        return tick(self, *arguments, **options)

    engine = world.service.engine
    engine.tick = lambda *arguments, **options: at_once(engine, *arguments, **options)
    services = [world.service, other]
    threads = [threading.Thread(target=lambda service=service: asyncio.run(rung(service))) for service in services]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    del engine.tick
