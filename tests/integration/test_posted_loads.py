"""Loads that are posted: each name counts once, whatever came in between, on both databases."""

from datetime import UTC, datetime, timedelta

import pytest
from samples.lives import Life

from alerting.app.situation.posted_loads import note_posted_load
from alerting.domain.loads import LoadStanding
from alerting.errors import UsageError
from alerting.store.sql import SqlStore

AT = datetime(2020, 7, 2, 6, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request, tmp_path):
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'a.db'}"
        found = SqlStore(url)
        found.upgrade()
        yield found
        found.close()
        return
    with request.getfixturevalue("postgres").database(empty=True) as url:
        found = SqlStore(url)
        found.upgrade()
        yield found
        found.close()


def post(store, at, load=None, source="calls"):
    with store.begin() as state:
        return state.loads.post(source, at, load)


def posted(store, source="calls"):
    with store.begin() as state:
        return state.loads.posted(source)


def test_a_load_of_a_name_is_taken_once(store):
    assert post(store, AT, "june")
    assert not post(store, AT + HOUR, "june")
    assert AT == posted(store)
    assert post(store, AT + HOUR, "june", source="other")
    assert post(store, AT + HOUR, "july")
    assert AT + HOUR == posted(store)


def test_one_without_a_name_is_always_another(store):
    assert posted(store) is None
    assert post(store, AT)
    assert post(store, AT + HOUR)
    assert AT + HOUR == posted(store)


def test_old_posts_go_but_the_newest_of_each_source(store):
    for hours in range(3):
        post(store, AT + hours * HOUR, f"load {hours}")
    post(store, AT, source="other")

    with store.begin() as state:
        assert 2 == state.loads.forget_posts(AT + 24 * HOUR)

    assert (AT + 2 * HOUR, AT) == (posted(store), posted(store, "other"))


def test_how_loads_stand_is_kept_by_source(store):
    first = LoadStanding(source="calls", content="1" * 32, seen=AT)
    later = LoadStanding(
        source="calls", content="2" * 32, seen=AT, whole="1" * 32, whole_at=AT + HOUR, since=AT + 2 * HOUR
    )
    for standing in (first, later):
        with store.begin() as state:
            state.loads.save(standing)
        with store.begin() as state:
            assert standing == state.loads.standing("calls")
            assert state.loads.standing("other") is None


def test_a_source_that_there_is_not_is_named(tmp_path):
    life = Life(tmp_path)
    life.write()
    with life.opened("2020-07-02") as (engine, store):
        assert note_posted_load(engine.rules, store, "calls", AT, "june")
        assert not note_posted_load(engine.rules, store, "calls", AT, "june")
        with pytest.raises(UsageError, match='no source "call"; the rules have calls'):
            note_posted_load(engine.rules, store, "call", AT)
