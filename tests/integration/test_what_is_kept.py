"""What is kept of messages: small, for so long as the schedule says, and never less than who was told what."""

from datetime import UTC, date, datetime, timedelta

import pytest
from samples.services import BELL, JUNE, THURSDAY, World
from samples.worlds import CALLS
from sqlalchemy import create_engine, text

from alerting.cli import main

#: Enough months for a chart.
YEARS = "".join(
    f"answered,{area},{year}-{month:02},{value},\n"
    for area, value in (("force", 88), ("north", 83)) for year in (2018, 2019) for month in range(1, 13)
)  # fmt: skip
LONG_AFTER = THURSDAY + timedelta(days=500)


@pytest.fixture
def world(tmp_path):
    made = World(tmp_path, figures=YEARS + JUNE)
    with made.sink:
        made.start(THURSDAY).ring(THURSDAY + BELL)
        assert 2 == len(made.told())
        yield made
    made.close()


def kept(world):
    """Return how many bodies and pictures there are."""
    engine = create_engine(f"sqlite:///{world.settings.state_dir / 'alerting.db'}")
    with engine.connect() as connection:
        bodies = connection.execute(text("SELECT count(body) FROM payload")).scalar_one()
        pictures = connection.execute(text("SELECT count(*) FROM picture")).scalar_one()
    engine.dispose()
    return bodies, pictures


def prune(world, day):
    return world.service.engine.prune(world.store, day)


def test_old_bodies_and_pictures_go_and_what_was_told_stays(world):
    assert (2, True) == (kept(world)[0], kept(world)[1] > 0)
    before = [(one.owner, one.message.subject, one.state) for one in world.store.deliveries()]

    first, pruned = prune(world, date(2021, 8, 3))
    assert (date(2020, 7, 3), 2) == (first, pruned.messages)
    assert (0, 0) == kept(world)
    assert before == [(one.owner, one.message.subject, one.state) for one in world.store.deliveries()]
    assert {"(The message itself is not kept any longer: `keep:` of the schedule says for how long.)"} == {
        one.message.text for one in world.store.deliveries()
    }


def test_what_is_younger_stays(world):
    assert 0 == prune(world, date(2021, 8, 2))[1].messages
    assert 2 == kept(world)[0]


def test_the_schedule_says_for_how_long(tmp_path):
    made = World(tmp_path, rules=CALLS + "schedule: {keep: 2 weeks}\n")
    with made.sink:
        made.start(THURSDAY).ring(THURSDAY + BELL)
        assert 0 == prune(made, date(2020, 7, 16))[1].messages
        assert 2 == prune(made, date(2020, 7, 17))[1].messages
        made.close()


def test_what_waits_to_be_sent_is_kept_however_old(tmp_path):
    made = World(tmp_path)
    made.start(THURSDAY)
    with made.sink:  # nothing is handed over
        made.service.engine.tick(made.store, date(2020, 7, 2))
        assert 0 == prune(made, date(2025, 1, 1))[1].messages
        assert 2 == kept(made)[0]
        made.close()


def test_a_picture_stays_as_long_as_a_younger_message_shows_it(world):
    engine = create_engine(f"sqlite:///{world.settings.state_dir / 'alerting.db'}")
    with engine.begin() as connection:  # one of the two messages is of yesterday
        connection.execute(
            text("UPDATE notice SET at = :at WHERE owner = 'contact'"),
            {"at": datetime(2021, 8, 1, tzinfo=UTC).isoformat(" ")},
        )
    engine.dispose()

    assert 1 == prune(world, date(2021, 8, 3))[1].messages
    assert (1, True) == (kept(world)[0], kept(world)[1] > 0)
    (whole,) = [one for one in world.store.deliveries() if one.owner == "contact"]
    assert whole.message.pictures


def test_the_service_does_it_once_a_day_by_night(world):
    pruned = []
    real = world.service.engine.prune
    world.service.engine.prune = lambda store: pruned.append(world.clock.at) or real(store)

    night = THURSDAY.replace(hour=1, minute=30) + timedelta(days=1)  # half past two in London
    for minutes in (0, 20, 31, 90, 24 * 60, 24 * 60 + 31):
        world.ring(night + timedelta(minutes=minutes))

    assert [night + timedelta(minutes=31), night + timedelta(minutes=24 * 60 + 31)] == pruned


def test_bodies_are_kept_compressed(world):
    engine = create_engine(f"sqlite:///{world.settings.state_dir / 'alerting.db'}")
    with engine.connect() as connection:
        stored = connection.execute(text("SELECT sum(length(body)) FROM payload")).scalar_one()
    engine.dispose()
    raw = sum(len(one.message.text) + len(one.message.html) for one in world.store.deliveries())

    assert stored < raw / 3


def test_the_commands_say_what_they_did_and_how_large_it_is(world, monkeypatch, capsys):
    world.close()
    monkeypatch.setenv("ALERTING_STATE_DIR", str(world.settings.state_dir))

    assert 0 == main(["db", "prune", "--rules", str(world.folder), "--as-of", "2021-08-03"])
    assert "Taken out: the bodies of 2 messages of before 2020-07-03, and " in capsys.readouterr().out
    assert 0 == main(["db", "size"])
    shown = capsys.readouterr().out
    assert "takes" in shown
    assert ["messages", "pictures", "readings"] == [line.split()[0] for line in shown.splitlines()[1:4]]
    assert "The cache beside it takes " in shown
    world.start(LONG_AFTER)
