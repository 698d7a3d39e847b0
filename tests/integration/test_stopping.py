"""The service as a process that is told to stop, breaks or hangs: what it leaves behind, and what its manager hears."""

import asyncio
import signal
import threading
import time
from datetime import date
from email import message_from_bytes
from email.policy import default

import pytest
from samples.services import THURSDAY, Running, World

from alerting.demo.sink import MailSink
from alerting.domain.notify.notice import DeliveryState
from alerting.store.process_lock import SENDING, process_lock

MAIL_FROM = {"ALERTING_MAIL_FROM": "alerts@example.org"}


class SlowSink(MailSink):
    """Takes messages, but says so only when it is let."""

    def __init__(self, folder):
        super().__init__(folder)
        self.asked, self.let = threading.Event(), threading.Event()

    async def handle_DATA(self, server, session, envelope):  # noqa: N802  # aiosmtpd's name
        self.asked.set()
        await asyncio.to_thread(self.let.wait, 60)
        return await super().handle_DATA(server, session, envelope)


@pytest.fixture
def world(tmp_path):
    """A state in which two messages wait."""
    world = World(tmp_path)
    with world.sink:
        world.start(THURSDAY)
        world.service.engine.tick(world.store, date(2020, 7, 2))
        yield world
    world.close()


@pytest.fixture
def slow(tmp_path):
    with SlowSink(tmp_path / "slow") as slow:
        yield slow
        slow.let.set()


def marked(world):
    """The messages that were taken and say that they may be a second copy."""
    mails = [message_from_bytes(path.read_bytes(), policy=default) for path in world.sink.kept]
    return [one for one in mails if "(possibly repeated)" in one["Subject"] and one["X-Possible-Duplicate"] == "yes"]


def states(world):
    return [delivery.state for delivery in world.store.deliveries()]


def test_21_told_to_stop_during_a_message_it_waits_for_the_answer(world, tmp_path, slow):
    with Running(world, tmp_path, ALERTING_SMTP_URL=slow.url, **MAIL_FROM) as running:
        assert slow.asked.wait(60)
        running.process.send_signal(signal.SIGTERM)
        running.wait_for("STOPPING=1")
        assert running.process.poll() is None
        slow.let.set()

        assert 0 == running.process.wait(timeout=30)
    assert "service.stopped" == running.events()[-1]
    accepted = states(world).count(DeliveryState.ACCEPTED)
    assert len(slow.kept) == accepted >= 1
    assert {DeliveryState.ACCEPTED, DeliveryState.PENDING} >= set(states(world))


def test_21_an_answer_that_takes_too_long_is_not_waited_for_and_the_next_copy_says_so(world, tmp_path, slow):
    soon = "import alerting.service.process; alerting.service.process.GRACE_S = 0.2"
    with Running(world, tmp_path, soon, ALERTING_SMTP_URL=slow.url, **MAIL_FROM) as running:
        assert slow.asked.wait(60)
        running.process.send_signal(signal.SIGTERM)

        assert 1 == running.process.wait(timeout=30)
    assert "service.abandoned" == running.events()[-1]
    assert {DeliveryState.PENDING} == set(states(world))

    report = asyncio.run(world.service.engine.deliver(world.store))
    assert 2 == report.accepted
    assert marked(world)


def test_22_a_second_signal_ends_it_at_once_and_the_next_copy_says_so(world, tmp_path, slow):
    with Running(world, tmp_path, ALERTING_SMTP_URL=slow.url, **MAIL_FROM) as running:
        assert slow.asked.wait(60)
        running.process.send_signal(signal.SIGTERM)
        running.wait_for("STOPPING=1")
        running.process.send_signal(signal.SIGINT)

        assert 128 + signal.SIGINT == running.process.wait(timeout=30)
    asyncio.run(world.service.engine.deliver(world.store))
    assert marked(world)


def test_27_a_loop_that_breaks_ends_the_process_so_that_it_is_started_again(world, tmp_path):
    breaks = """
from alerting.service.loop import Service
async def broken(self):
    raise ZeroDivisionError("the loop")
Service.judge = broken
"""
    with Running(world, tmp_path, breaks) as running:
        running.wait_for("STOPPING=1")

        assert 1 == running.process.wait(timeout=30)
    assert "ZeroDivisionError: the loop" in running.log.read_text(encoding="utf-8")


def test_28_a_loop_that_is_blocked_is_silent_towards_the_watchdog(world, tmp_path):
    blocks = """
import time
import alerting.service.loop as scheduler
import alerting.service.surroundings as surroundings
judge = scheduler.Service.judge
async def blocked(self):
    await judge(self)
    surroundings.tell_systemd("STATUS=blocked")
    time.sleep(60)
scheduler.Service.judge = blocked
"""
    with Running(world, tmp_path, blocks) as running:
        running.wait_for("STATUS=blocked")
        running.manager.settimeout(1.5)

        with pytest.raises(TimeoutError):
            running.wait_for("WATCHDOG=1")


def test_28_work_that_hangs_is_silent_towards_the_watchdog_after_an_hour(world, tmp_path):
    """Here after half a second; it hangs because another process does not give the state free."""
    soon = "import alerting.service.process; alerting.service.process.HANGS_AFTER_S = 0.5"
    with process_lock(world.settings.state_dir, name=SENDING), Running(world, tmp_path, soon) as running:
        running.wait_for("WATCHDOG=1")
        time.sleep(1)
        said = [running.manager.recv(1000).decode() for _ in range(40)]

        # What was said before it hung may still be read; judging, which goes on, says how it stands.
        assert "WATCHDOG=1" not in said[20:]
        assert any(line.startswith("STATUS=") for line in said[20:])


def test_28_waiting_for_another_process_is_not_being_blocked(world, tmp_path):
    with process_lock(world.settings.state_dir, name=SENDING), Running(world, tmp_path) as running:
        running.wait_for("READY=1")
        for _ in range(10):
            running.wait_for("WATCHDOG=1")
        running.process.send_signal(signal.SIGTERM)
        running.wait_for("STOPPING=1")
        running.process.send_signal(signal.SIGTERM)

        assert 128 + signal.SIGTERM == running.process.wait(timeout=30)
