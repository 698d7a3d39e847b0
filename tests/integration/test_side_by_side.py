"""Judging and sending side by side: a server that hangs delays no tick, no changed rule and no sign of life."""

import asyncio
import socket
import threading
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta

import pytest
from samples.services import BELL, THURSDAY, World
from samples.worlds import CALLS

from alerting.app.delivery.deliver import DeliveryTally
from alerting.app.engine import Engine
from alerting.service.heartbeat import Heartbeat
from alerting.service.process import Loops
from alerting.settings import Secret
from alerting.store.process_lock import JUDGING, SENDING, process_lock

LENIENT = CALLS.replace("target: 90", "target: 80")


@pytest.fixture
def mute():
    """A mail server that takes every call and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


@pytest.fixture
def world(tmp_path, mute):
    made = World(tmp_path)
    smtp = Secret(f"smtp://127.0.0.1:{mute.getsockname()[1]}?tls=none")
    made.settings = replace(made.settings, smtp_url=smtp)
    with made.sink:
        made.start(THURSDAY - timedelta(hours=1))
        made.service.engine.tick(made.store, date(2020, 7, 2))
        yield made
        made.close()


def logged(world):
    return [entry["event"] for entry in world.captured.entries]


async def until(come, seconds=20):
    """Wait until something has come."""
    for _ in range(seconds * 50):
        if come():
            return
        await asyncio.sleep(0.02)
    raise TimeoutError


def delivers(monkeypatch, do):
    """Let each pass over what waits do something, and find nothing to hand over."""

    async def deliver(*_, **__):
        do()
        return DeliveryTally()

    monkeypatch.setattr(Engine, "deliver", deliver)


def test_a_server_that_hangs_delays_neither_changed_rules_nor_a_tick_nor_a_sign_of_life(world, mute):
    signs = []
    world.service.give_a_sign = lambda: signs.append(world.clock.at)

    async def lived():
        work = asyncio.create_task(Loops(world.service).run(0.05))
        call = (await asyncio.to_thread(mute.accept))[0]
        with closing(call):
            world.write("rules.yaml", LENIENT)
            await until(lambda: "rules.adopted" in logged(world))
            world.clock.at = THURSDAY + BELL
            await until(lambda: "tick.done" in logged(world))
            before = len(signs)
            await until(lambda: len(signs) > before + 2)
            assert "delivery.done" not in logged(world)
        world.service.stopping.set()
        mute.close()
        await asyncio.wait_for(work, 30)

    asyncio.run(lived())
    assert "service.stopped" == logged(world)[-1]


def test_what_waits_is_sent_though_judging_is_at_work(world, monkeypatch):
    sent, judging, go_on = [], threading.Event(), threading.Event()
    delivers(monkeypatch, lambda: sent.append(world.clock.at))
    looks = world.store.queue.waiting_deliveries
    monkeypatch.setattr(
        world.store.queue, "waiting_deliveries", lambda now: judging.set() or (go_on.wait(20) and looks(now))
    )

    async def lived():
        work = asyncio.create_task(world.service.judge())
        await asyncio.to_thread(judging.wait, 20)
        await world.service.send()
        go_on.set()
        await work

    asyncio.run(lived())
    assert 1 == len(sent)


def test_a_server_that_hangs_silences_no_sign_of_life(world, monkeypatch):
    signs, sending, go_on = [], threading.Event(), threading.Event()
    monkeypatch.setattr(Heartbeat, "beat", lambda _, now_s: signs.append(now_s))
    world.settings = replace(world.settings, heartbeat_url=Secret("http://127.0.0.1:1/"))
    world.start(THURSDAY)
    delivers(monkeypatch, lambda: sending.set() or go_on.wait(20))

    async def lived():
        work = asyncio.create_task(world.service.send())
        await asyncio.to_thread(sending.wait, 20)
        world.service.give_a_sign()
        go_on.set()
        await work

    asyncio.run(lived())
    assert 1 == len(signs)


def test_another_process_that_sends_keeps_nobody_from_judging(world):
    with process_lock(world.settings.state_dir, name=SENDING):
        assert world.service.engine.tick(world.store, date(2020, 7, 3)).as_of == date(2020, 7, 3)


def test_another_process_that_judges_keeps_nobody_from_sending(world, mute):
    mute.close()
    with process_lock(world.settings.state_dir, name=JUDGING):
        report = asyncio.run(world.service.engine.deliver(world.store))

    assert report.waiting


def test_what_a_tick_queues_while_others_are_being_sent_is_not_left_for_a_minute(world, monkeypatch):
    """What nobody queued anything behind is looked at again a minute later."""
    passes = []

    async def deliver(*_, **__):
        passes.append(world.clock.at)
        if len(passes) == 1:
            await world.service.judge()
        return DeliveryTally()

    monkeypatch.setattr(Engine, "deliver", deliver)
    world.clock.at = THURSDAY + BELL

    async def three_bells():
        for _ in range(3):
            await world.service.send()

    asyncio.run(three_bells())
    assert 2 == len(passes)
