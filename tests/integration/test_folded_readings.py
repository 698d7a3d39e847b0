"""Readings folded into one record: at every instant the same figures are known as before, whatever comes after."""

import random
from contextlib import closing
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from samples.observations import changed, some_observations, the_rules
from samples.sampling import first
from samples.worlds import a_folder, an_engine

from alerting import failpoints
from alerting.app.alerts.explain import as_json, explain
from alerting.app.pruning import fold_readings
from alerting.app.situation.known_figures import read_before, remembered
from alerting.cli import main
from alerting.domain import kept_readings
from alerting.domain.kept_readings import KeptRecord, foldable
from alerting.failpoints import FailpointReached
from alerting.figures.batches import batches_in, frames_in
from alerting.figures.comparing import latest_rows
from alerting.figures.observations import Reading
from alerting.opening import open_store
from alerting.ports.ticks import TickRecord
from alerting.store.sql import SqlStore

START = datetime(2020, 7, 2, 7, tzinfo=UTC)
READINGS = 12
INSTANTS = [START + timedelta(days=day, hours=hour) for day in range(-1, READINGS + 1) for hour in (-1, 0)]
RULES = the_rules()


@pytest.fixture
def stores(tmp_path, database_url):
    """One whose readings are folded from time to time, and one whose never are."""
    with closing(SqlStore(database_url)) as one, closing(SqlStore(f"sqlite:///{tmp_path / 'plain.db'}")) as other:
        one.upgrade()
        other.upgrade()
        yield one, other


@pytest.fixture(autouse=True)
def few(monkeypatch):
    """Few readings are folded already."""
    monkeypatch.setattr(kept_readings, "FEWEST", 2)


def read(store, number, observations):
    """Keep what is new in a source; return what is known of it then."""
    at = START + timedelta(days=number)
    with store.begin() as state:
        found = remembered(Reading(observations=(observations,)), RULES, state.readings, at, keep=True)
        state.ticks.save(TickRecord(id=str(number), as_of=at.date(), at=at, rules_version="1", counts={}))
    return [[problem.message for problem in found.problems], *(len(one.ordinal) for one in found.observations)]


def known(store):
    """What was known of the source at every instant, in every row and column, in order."""
    found = {}
    with store.begin() as state:
        for instant in INSTANTS:
            records = state.readings.of("s", instant)
            frame = latest_rows(frames_in(records))
            last = (records[-1].digest, records[-1].vanished, records[-1].at) if records else None
            found[instant] = (frame, last, read_before(state.readings, "s", instant))
        versions = [each for record in state.readings.of("s") for each in batches_in(record)]
    return found, versions


def assert_same(one, other):
    (known_here, versions_here), (known_there, versions_there) = known(one), known(other)
    for instant in INSTANTS:
        (here, *of_here), (there, *of_there) = known_here[instant], known_there[instant]
        assert of_here == of_there
        assert equal(here, there), instant
    assert [at for at, _ in versions_here] == [at for at, _ in versions_there]
    assert all(equal(here, there) for (_, here), (_, there) in zip(versions_here, versions_there, strict=True))


def equal(here, there):
    if here is None or there is None:
        return here is there
    return here.schema == there.schema and here.equals(there)


@pytest.mark.parametrize("seed", first(1, [1, 0, *range(2, 5)]))
def test_the_same_is_known_at_every_instant_whenever_it_was_folded_and_whatever_was_undone(seed, stores, monkeypatch):
    folding, plain = stores
    chance, choice = np.random.default_rng(seed), random.Random(seed)
    if seed % 2:  # several records, none of them larger than some batches
        monkeypatch.setattr(kept_readings, "LARGEST_BYTES", 12_000)
    whole = now = some_observations(chance, choice.choice([0, 40, 90]))
    folds = 0
    for number in range(READINGS):
        assert read(folding, number, now) == read(plain, number, now)
        if choice.random() < 0.3:
            folds += fold_readings(folding).readings
        if number == READINGS * 2 // 3:
            assert_same(folding, plain)
            after = date(2020, 7, 2) + timedelta(days=choice.randrange(number))
            counts = []
            for store in stores:
                with store.begin() as state:
                    counts.append(state.ticks.rewind(after, START + timedelta(days=number, hours=2)))
            assert counts[0] == counts[1]
            assert_same(folding, plain)
        # Revised, vanished, come back; now and then with other columns, or the same once more.
        now = choice.choice([changed(chance, now), changed(chance, whole), now, some_observations(chance, 60)])
    folds += fold_readings(folding).readings
    assert folds > 0
    assert_same(folding, plain)


def test_all_readings_of_a_source_but_its_newest_are_folded_once_there_are_many(monkeypatch):
    monkeypatch.setattr(kept_readings, "FEWEST", 3)
    records = [KeptRecord(n, source, 10) for source, count in (("a", 4), ("b", 3), ("c", 1)) for n in range(count)]
    assert [[0, 1, 2]] == foldable(records)


def test_a_record_too_large_for_memory_is_left_and_those_after_it_are_folded(monkeypatch):
    monkeypatch.setattr(kept_readings, "LARGEST_BYTES", 100)
    sizes = (500, 40, 40, 40, 40, 1)
    assert [[1, 2], [3, 4]] == foldable([KeptRecord(n, "a", size) for n, size in enumerate(sizes)])


def test_a_fold_that_is_cut_off_leaves_all_as_it_was(stores, monkeypatch):
    folding, plain = stores
    chance = np.random.default_rng(3)
    now = some_observations(chance, 60)
    for number in range(5):
        read(folding, number, now)
        read(plain, number, now)
        now = changed(chance, now)
    monkeypatch.setattr(failpoints, "_counts", {})
    monkeypatch.setenv("ALERTING_FAILPOINTS", "fold_commit_pre=raise")
    with pytest.raises(FailpointReached):
        fold_readings(folding)
    with folding.begin() as state:
        assert 5 == len(state.readings.records())
    assert_same(folding, plain)
    monkeypatch.delenv("ALERTING_FAILPOINTS")
    assert 4 == fold_readings(folding).readings
    assert_same(folding, plain)


ONE = """
topics: [{id: t, title: Topic, owner: head}]
sources: {all: {csv: figures/all.csv, owner: head}}
measures: [{id: m, title: Crimes, topic: t, unit: count, better: lower, every: month, target: 10, source: all}]
areas: [{id: force, title: Force, owner: head}, {id: north, title: North, owner: head}]
owners: [{id: head, name: Head of Performance, email: head@example.org}]
roles: {fallback: head}
rules: [{id: r, title: Too many, measures: m, when: {target_missed: {}}}]
"""


def test_prune_says_what_it_folded_and_every_day_is_evaluated_and_explained_as_before(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(kept_readings, "FEWEST", 16)
    folder, state = tmp_path / "rules", tmp_path / "state"
    monkeypatch.setenv("ALERTING_STATE_DIR", str(state))
    for day in range(1, 19):
        north = "" if day % 5 == 0 else f"m,north,2020-06,{day}\n"
        text = f"measure,area,period,value{',note' if day > 9 else ''}\nm,force,2020-06,{12 + day // 4}\n{north}"
        a_folder(folder, {"r.yaml": ONE, "figures/all.csv": text})
        with closing(open_store((engine := an_engine(folder, state, date(2020, 7, day))).settings)) as store:
            engine.tick(store, date(2020, 7, day))

    def seen():
        said = []
        for day in range(1, 19):
            assert main(["evaluate", str(folder), "--as-known", f"2020-07-{day:02}", "--format", "json"]) in (0, 1)
            said.append(capsys.readouterr().out)
        with closing(open_store(engine.settings)) as store, store.begin() as open_:
            ids = [alert.id for alert in open_.alerts.open()]
        with closing(open_store(engine.settings)) as store:
            return said, [as_json(explain(engine.rules, store, id_, date(2020, 7, 18))) for id_ in ids]

    capsys.readouterr()
    before = seen()
    assert len(set(before[0])) > 9 and before[1]
    assert 0 == main(["db", "prune", "--rules", str(folder), "--as-of", "2020-07-18"])
    assert "Folded: 17 readings of sources into 1 record; nothing of them is gone." in capsys.readouterr().out
    assert before == seen()
    assert 0 == main(["db", "prune", "--rules", str(folder), "--as-of", "2020-07-18"])
    assert "Folded" not in capsys.readouterr().out
