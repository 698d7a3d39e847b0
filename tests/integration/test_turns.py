"""Two processes on one state: nobody is told twice."""

import asyncio
import multiprocessing
import re
import threading
import time
from datetime import date

import pytest
from samples.worlds import CALLS, a_folder, an_engine

from alerting.demo.sink import MailSink
from alerting.errors import UsageError
from alerting.opening import open_store, rewound
from alerting.settings import Settings
from alerting.store.process_lock import process_lock

DAY = date(2020, 7, 10)
FIGURES = "measure,area,period,value\nanswered,force,2020-06,88\nanswered,north,2020-06,83\nanswered,south,2020-06,85\n"


def run_once(folder, state, smtp_url, start):
    start.wait()
    engine = an_engine(folder, state, DAY, smtp_url)
    store = open_store(engine.settings)
    try:
        engine.tick(store, DAY)
        asyncio.run(engine.deliver(store))
    finally:
        store.close()


def test_two_runs_at_once_tell_everybody_once(tmp_path):
    folder = a_folder(tmp_path / "rules", {"rules.yaml": CALLS, "figures/calls.csv": FIGURES})
    spawning = multiprocessing.get_context("spawn")
    with MailSink(tmp_path / "mails") as sink:
        start = spawning.Barrier(2)
        runs = [spawning.Process(target=run_once, args=(folder, tmp_path / "state", sink.url, start)) for _ in range(2)]
        for run in runs:
            run.start()
        for run in runs:
            run.join(60)
        assert [run.exitcode for run in runs] == [0, 0]
        assert len(sink.kept) == 3


def hold(folder, held):
    with process_lock(folder):
        held.set()
        time.sleep(60)


@pytest.fixture
def holder(tmp_path):
    """Another process, whose turn it is."""
    spawning = multiprocessing.get_context("spawn")
    held = spawning.Event()
    process = spawning.Process(target=hold, args=(tmp_path, held))
    process.start()
    assert held.wait(30)
    yield process
    process.kill()
    process.join(10)


def test_who_waits_says_once_for_whom(tmp_path, holder):
    said = []
    with pytest.raises(UsageError) as gave_up, process_lock(tmp_path, patience=0.5, say=said.append, silent=0.1):
        pass

    (line,) = said
    who = rf"another alerting process \(process {holder.pid}, since \d\d:\d\d:\d\d UTC\)"
    assert re.fullmatch(rf"waiting for {who} to be done with {re.escape(str(tmp_path))}", line)
    assert re.match(who, str(gave_up.value))


def test_who_undoes_ticks_is_told_for_whom_it_waits(tmp_path):
    settings, said = Settings(state_dir=tmp_path), []
    held, over = threading.Event(), threading.Event()

    def holding():
        with process_lock(tmp_path):
            held.set()
            over.wait(30)

    def told(line):
        said.append(line)
        over.set()

    holder = threading.Thread(target=holding)
    holder.start()
    assert held.wait(30)
    assert rewound(settings, DAY, keep=True, waits=told).newest is None
    holder.join(30)
    assert 1 == len(said)


def test_who_need_not_wait_says_nothing(tmp_path):
    said = []
    with process_lock(tmp_path, say=said.append, silent=0):
        pass
    with process_lock(tmp_path, say=said.append, silent=0):
        assert [] == said


def test_a_process_that_is_killed_gives_its_turn_back(tmp_path, holder):
    with pytest.raises(UsageError, match="another alerting process"), process_lock(tmp_path, patience=0.2):
        pass
    holder.kill()
    holder.join(10)
    with process_lock(tmp_path, patience=10):
        pass
