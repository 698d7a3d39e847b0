"""The service: what it does when, over outages, restarts, changed rules and servers that are down."""

import asyncio
import inspect
import json
import re
import signal
import socket
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from samples.services import BELL, HEAD, JUNE, MONDAY, SOUTH, THURSDAY, Running, World
from samples.worlds import CALLS

from alerting.app.admission import Admission
from alerting.app.digests import make as digests
from alerting.conditions.target_missed import TargetMissed
from alerting.demo.sink import _free_port
from alerting.log import EVENTS, log_problems
from alerting.settings import Secret

#: The usual rules, but told by nobody for whom 87 is good enough.
LENIENT = CALLS.replace("target: 90", "target: 80")


def test_it_ticks_when_the_schedule_says_so_and_once(world):
    world.start(THURSDAY)

    assert [] == world.ring(THURSDAY)
    assert ["tick.done", "delivery.done"] == world.ring(THURSDAY + BELL)
    assert [] == world.ring(THURSDAY + 2 * BELL)
    assert ["contact@example.org", "north@example.org"] == sorted(world.told())


def test_new_figures_are_told_at_the_next_tick(world):
    world.start(THURSDAY).ring(THURSDAY + BELL)
    world.write("figures/calls.csv", HEAD + JUNE + SOUTH)

    assert [] == world.ring(THURSDAY + timedelta(hours=10))
    assert "tick.done" in world.ring(THURSDAY + timedelta(days=1) + BELL)
    assert "south@example.org" == world.told()[-1]


def test_after_an_outage_it_ticks_once_for_all_that_was_missed(world):
    world.start(THURSDAY).ring(THURSDAY + BELL)
    world.start(MONDAY + timedelta(days=3, hours=3))

    assert ["tick.done"] == [event for event in world.ring(world.clock.at) if event.startswith("tick")]
    assert [] == [event for event in world.ring(world.clock.at + BELL) if event.startswith("tick")]


def test_a_restart_alone_sends_nothing(world):
    """Not after the tick, not after Monday's digest, not at the weekend."""
    for at in (THURSDAY + BELL, MONDAY + BELL, MONDAY + timedelta(minutes=31)):
        world.start(at - BELL).ring(at)
    told = world.told()

    for hours in (1, 12, 22):
        at = MONDAY + timedelta(hours=hours)
        assert [] == world.start(at).ring(at)
    assert told == world.told()


def test_a_first_start_waits_for_the_schedule(world):
    later = THURSDAY + timedelta(hours=2)

    assert [] == world.start(later).ring(later)


def test_what_one_run_could_not_send_the_next_start_sends(tmp_path):
    world = World(tmp_path)
    world.start(THURSDAY).ring(THURSDAY + BELL)
    assert [] == world.told()

    with world.sink:
        assert ["delivery.done"] == world.start(THURSDAY + 2 * BELL).ring(THURSDAY + 2 * BELL)
    assert 2 == len(world.told())
    world.close()


def test_a_mail_server_that_is_down_is_asked_again_later_and_later(tmp_path):
    """After half to all of one minute, two and five; it is looked every minute whether that is over."""
    world = World(tmp_path)
    world.start(THURSDAY)
    asked = []
    for seconds in range(5, 700, 5):
        at = THURSDAY + timedelta(seconds=seconds)
        if "delivery.done" in world.ring(at):
            asked.append(seconds - 5)
    first, second, third, fourth = asked[:4]
    assert (0, 60) == (first, second)
    assert 60 <= third - second <= 120
    assert 180 <= fourth - third <= 300

    with world.sink:
        assert ["channel.works", "delivery.done"] == world.ring(THURSDAY + timedelta(minutes=40))
    assert 2 == len(world.told())
    world.close()


def test_told_to_stop_it_ends_between_two_messages_and_loses_none(tmp_path):
    world = World(tmp_path, rules=CALLS + "channels: {email: {connections: 1}}\n")
    with world.sink:
        world.start(THURSDAY)
        world.service.engine.tick(world.store, date(2020, 7, 2))

        first = asyncio.run(world.service.engine.deliver(world.store, stop=lambda: len(world.sink.kept) == 1))
        rest = asyncio.run(world.service.engine.deliver(world.store))
    world.close()

    assert (1, 1) == (first.accepted, rest.accepted)


class TestDigests:
    def test_one_goes_out_on_its_day(self, world):
        world.start(THURSDAY).ring(THURSDAY + BELL)

        assert ["tick.done"] == world.ring(MONDAY + BELL)
        assert ["digest.made", "delivery.done"] == world.ring(MONDAY + timedelta(minutes=31))
        assert [] == world.ring(MONDAY + timedelta(minutes=32))

    def test_one_that_was_missed_by_hours_goes_out_late(self, world):
        world.start(THURSDAY).ring(THURSDAY + BELL)
        world.ring(MONDAY + timedelta(minutes=31))
        late = MONDAY + timedelta(days=8, hours=3)
        world.start(late)

        assert ["tick.done", "digest.made", "delivery.done"] == world.ring(late)

    def test_one_that_was_missed_by_days_is_left_to_the_next(self, world):
        world.start(THURSDAY).ring(THURSDAY + BELL)
        world.ring(MONDAY + timedelta(minutes=31))
        too_late = MONDAY + timedelta(days=10, hours=1)

        assert "digest.skipped" in world.start(too_late).ring(too_late)
        assert [] == world.ring(too_late + BELL)


class TestRules:
    def test_changed_files_are_adopted_when_nobody_writes_any_more(self, world):
        world.start(THURSDAY - timedelta(hours=1))
        world.write("rules.yaml", CALLS.replace("severity: critical", "severity: nonsense"))
        assert [] == world.ring(world.clock.at)
        world.write("rules.yaml", LENIENT)
        assert [] == world.ring(world.clock.at + BELL)

        assert ["rules.adopted"] == world.ring(world.clock.at + BELL)
        assert ["tick.done"] == world.ring(THURSDAY + BELL)
        assert [] == world.told()

    def test_bad_files_are_refused_once_and_the_last_good_rules_stay(self, world):
        world.start(THURSDAY - timedelta(hours=1))
        world.write("rules.yaml", CALLS.replace("target_missed", "target_mist"))

        said = [event for second in range(4) for event in world.ring(world.clock.at + second * BELL)]

        assert ["rules.refused"] == said
        assert "rules.yaml:" in world.captured.entries[-1]["first"]
        assert ["tick.done", "delivery.done"] == world.ring(THURSDAY + BELL)

    def test_mended_files_are_adopted(self, world):
        world.start(THURSDAY - timedelta(hours=1))
        world.write("rules.yaml", "rules: {")
        for _ in range(2):
            world.ring(world.clock.at + BELL)
        world.write("rules.yaml", LENIENT)

        assert ["rules.adopted"] == [event for _ in range(3) for event in world.ring(world.clock.at + BELL)]

    def test_files_that_could_not_be_taken_over_as_the_database_failed_are_tried_again(self, world, monkeypatch):
        """Nobody should have to touch the files once more."""
        world.start(THURSDAY - timedelta(hours=1))
        world.write("rules.yaml", LENIENT)
        world.ring(world.clock.at + BELL)
        with monkeypatch.context() as broken:
            broken.setattr(Admission, "of_rules", TestFailures.broken)
            assert ["rules.failed"] == world.ring(world.clock.at + BELL)

        assert ["rules.adopted"] == world.ring(world.clock.at + timedelta(minutes=2))

    def test_a_folder_that_is_gone_leaves_the_last_good_rules(self, world):
        world.start(THURSDAY - timedelta(hours=1))
        world.folder.rename(world.folder.with_name("elsewhere"))

        assert ["rules.refused"] == [event for _ in range(3) for event in world.ring(world.clock.at + BELL)]


class TestFailures:
    def broken(self, *_arguments, **_options):
        raise ZeroDivisionError("broken")

    def test_a_tick_that_fails_is_tried_again_after_one_minute_then_two(self, world):
        world.start(THURSDAY)
        world.service.engine.tick = self.broken

        failed = [s for s in range(5, 300, 5) if "tick.failed" in world.ring(THURSDAY + timedelta(seconds=s))]

        assert [5, 65, 185] == failed

    def test_a_tick_that_succeeds_at_last_starts_afresh(self, world):
        world.start(THURSDAY)
        tick, world.service.engine.tick = world.service.engine.tick, self.broken
        world.ring(THURSDAY + BELL)
        world.service.engine.tick = tick

        assert ["tick.done", "delivery.done"] == world.ring(THURSDAY + timedelta(minutes=2))
        world.service.engine.tick = self.broken
        tomorrow = THURSDAY + timedelta(days=1)
        failed = [s for s in (5, 10, 65, 70) if "tick.failed" in world.ring(tomorrow + timedelta(seconds=s))]
        assert [5, 65] == failed

    def test_a_tick_before_the_newest_one_is_one_clear_line(self, world):
        """Somebody has ticked as if on a later day."""
        world.start(THURSDAY)
        world.service.engine.tick(world.store, date(2021, 1, 1))

        assert ["tick.failed"] == [event for event in world.ring(THURSDAY + BELL) if event.startswith("tick")]
        (line,) = (entry for entry in world.captured.entries if entry["event"] == "tick.failed")
        assert "the newest tick is of 2021-01-01, and today is 2020-07-02" in line["error"]
        assert "exc_info" not in line

    def test_a_broken_tick_holds_up_neither_digests_nor_messages(self, world):
        world.start(THURSDAY).ring(THURSDAY + BELL)
        world.service.engine.tick = self.broken
        told = len(world.told())

        assert ["tick.failed", "digest.made", "delivery.done"] == world.ring(MONDAY + timedelta(minutes=31))
        assert told < len(world.told())

    def test_a_broken_delivery_is_tried_again_later(self, world):
        world.start(THURSDAY)
        deliver, world.service.engine.deliver = world.service.engine.deliver, self.broken
        assert "delivery.broken" in world.ring(THURSDAY + BELL)
        world.service.engine.deliver = deliver

        assert [] == world.ring(THURSDAY + 2 * BELL)
        assert ["delivery.done"] == world.ring(THURSDAY + timedelta(minutes=2))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_process_says_how_it_is_and_stops_cleanly(world, tmp_path, number):
    with Running(world, tmp_path) as running:
        for message in ("READY=1", "STATUS=1 rules; next tick ", "WATCHDOG=1"):
            running.wait_for(message)
        running.process.send_signal(number)
        running.wait_for("STOPPING=1")

        assert 0 == running.process.wait(timeout=10)
    assert ["service.started", "service.stopped"] == running.events()


def test_a_second_signal_ends_it_at_once(world, tmp_path):
    """A mail server that takes the call and says nothing keeps the first signal waiting."""
    world.start(THURSDAY)
    world.service.engine.tick(world.store, date(2020, 7, 2))
    world.close()
    with socket.create_server(("127.0.0.1", 0)) as mute:
        relay = f"smtp://127.0.0.1:{mute.getsockname()[1]}?tls=none"
        with Running(world, tmp_path, ALERTING_SMTP_URL=relay, ALERTING_MAIL_FROM="alerts@example.org") as running:
            mute.settimeout(30)
            call, _ = mute.accept()
            with call:
                running.process.terminate()
                running.wait_for("STOPPING=1")
                running.process.terminate()

                assert 128 + signal.SIGTERM == running.process.wait(timeout=10)


def test_a_message_that_is_refused_is_named_in_the_log_with_subject_alert_and_reply(world):
    class Choosy:
        async def handle_RCPT(self, server, session, envelope, address, rcpt_options):  # noqa: N802  # aiosmtpd's name
            envelope.rcpt_tos.append(address)
            return "550 5.1.1 no such user" if address.startswith("north@") else "250 ok"

        async def handle_DATA(self, server, session, envelope):  # noqa: N802  # aiosmtpd's name
            return "250 taken"

    server = Controller(Choosy(), hostname="127.0.0.1", port=_free_port())
    server.start()
    try:
        smtp = Secret(f"smtp://127.0.0.1:{server.port}?tls=none")
        world.settings = replace(world.settings, smtp_url=smtp)
        world.start(THURSDAY).ring(THURSDAY + BELL)
    finally:
        server.stop()

    (failed,) = [entry for entry in world.captured.entries if entry["event"] == "delivery.failed"]
    assert {
        "owner": "north-commander", "channel": "email", "state": "refused", "alerts": ["slow/answered/north/2020-06"],
    }.items() <= failed.items()  # fmt: skip
    assert "North" in failed["subject"]
    assert "550" in failed["reply"]


def test_the_start_says_where_mail_goes_and_what_is_read(world, tmp_path):
    secret = {
        "ALERTING_SMTP_URL": "smtp://ict:open-sesame@mail.example.org:587",
        "ALERTING_MAIL_FROM": "alerts@example.org",
        "ALERTING_REDIRECT_ALL_TO": "me@example.org",
    }
    with Running(world, tmp_path, **secret) as running:
        running.wait_for("READY=1")

    first = json.loads(running.log.read_text(encoding="utf-8").splitlines()[0])
    assert {
        "event": "service.started",
        "mail_server": "mail.example.org:587",
        "redirected_to": "me@example.org",
    }.items() <= first.items()
    assert first["database"].endswith("alerting.db")
    assert ["figures/calls.csv"] == first["sources"]
    assert "open-sesame" not in running.log.read_text(encoding="utf-8")


def test_every_event_is_in_the_list_and_explained_to_operators():
    top = Path(__file__).parents[2]
    logged = set(
        re.findall(
            r'"([a-z]+\.[a-z]+)"',
            inspect.getsource(log_problems)
            + "".join(path.read_text(encoding="utf-8") for path in (top / "alerting/service").glob("*.py")),
        )
    )
    explained = set(re.findall(r"`([a-z]+\.[a-z]+)`", (top / "deploy" / "README.md").read_text(encoding="utf-8")))

    assert set(EVENTS) == logged
    assert set() == logged - explained


OPERATED = """
roles: {operator: duty}
owners: [{id: duty, name: ICT Duty, email: duty@example.org}]
rules: [{id: high, title: High, measures: answered, areas: [north], when: {outside_range: {to: 50}}}]
"""


@pytest.mark.faults
def test_a_tick_goes_on_without_a_rule_that_the_program_fails_at_and_the_operator_hears_once(tmp_path, monkeypatch):
    world = World(tmp_path)
    world.write("more.yaml", OPERATED)

    def fails(*_args):
        raise RuntimeError("nobody foresaw it")

    whole, days = TargetMissed.judge, [THURSDAY + timedelta(days=n) + BELL for n in (0, 1, 4)]
    monkeypatch.setattr(TargetMissed, "judge", fails)
    with world.sink:
        world.start(THURSDAY)
        first, second = world.ring(days[0]), world.ring(days[1])
        monkeypatch.setattr(TargetMissed, "judge", whole)
        third = world.ring(days[2])

    for events in (first, second, third):
        assert "tick.done" in events
        assert not {"tick.failed", "digest.failed"} & set(events)
    assert [True, True, False] == ["program.failed" in events for events in (first, second, third)]
    (entry,) = [one for one in world.captured.entries if one["event"] == "program.failed"][:1]
    assert ("slow", True) == (entry["rule"], "RuntimeError: nobody foresaw it" in entry["fault"])
    told = world.told()
    assert {"north@example.org", "duty@example.org"} == set(told[:2])
    assert 2 == told.count("duty@example.org")  # and when it is over
    assert "contact@example.org" in told[2:]
    world.close()


@pytest.mark.faults
def test_a_digest_that_the_program_fails_at_is_made_as_plain_lines_and_not_again_and_again(tmp_path, monkeypatch):
    world = World(tmp_path)

    def fails(*_args, **_kwargs):
        raise RuntimeError("nobody foresaw it")

    monkeypatch.setattr(digests, "render_digest", fails)
    with world.sink:
        world.start(THURSDAY)
        world.ring(THURSDAY + BELL)
        half_past_seven = MONDAY + timedelta(minutes=31)
        made, after = world.ring(half_past_seven), world.ring(half_past_seven + BELL)

    assert {"digest.made", "program.failed"} <= set(made)
    assert "digest.made" not in after
    world.close()
