"""The days of an operator, one thing going wrong after the other: the log says what to do, and nobody misses a message.

North misses the standard on every other day, so that each morning has one thing to tell: an exception, or its end.
"""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from samples.outages import Relay, at_step, works
from samples.services import HEAD, World
from sqlalchemy import event

from alerting.cli import main

RULES = """
topics: [{id: calls, title: Call handling, owner: contact}]
measures:
  - {id: answered, title: Calls answered in time, topic: calls, unit: percent, better: higher, every: day, target: 90,
     called: standard, source: calls}
sources: {calls: {csv: figures/calls.csv, owner: analyst}}
areas:
  - {id: force, title: West Mercia, kind: policing, owner: contact}
  - {id: north, title: North, parent: force, owner: north}
owners:
  - {id: contact, name: Head of Contact, email: contact@example.org}
  - {id: north, name: "Commander, North", email: north@example.org}
  - {id: analyst, name: Performance Analyst, email: analyst@example.org}
roles: {maintainer: analyst, operator: contact}
schedule: {evaluate: "daily 07:00"}
rules:
  - {id: slow, title: Calls answered too slowly, measures: answered, when: {target_missed: {}}, remind: never}
"""
MORE = "owners:\n" + "".join(f"  - {{id: o{n}, name: Owner {n}, email: o{n}@example.org}}\n" for n in range(20))
SEVEN = timedelta(hours=6)  # in London
MINUTE = timedelta(minutes=1)


def figures():
    days = [date(2020, 6, 1) + timedelta(days=n) for n in range(45)]
    return "".join(
        f"answered,north,{day},{95 if day.day % 2 else 60 + day.day},{day + timedelta(days=1)}\n" for day in days
    )


def day(number):
    return datetime(2020, 7, number, tzinfo=UTC)


class Days:
    """A service, its mail server and what its operator reads in the log."""

    def __init__(self, tmp_path, monkeypatch):
        self.relay = Relay(lambda: self.world.clock.at)
        self.relay.listen()
        self.world = World(tmp_path, RULES, figures(), relay=self.relay.url)
        self.world.write("more.yaml", MORE)
        monkeypatch.setenv("ALERTING_STATE_DIR", str(tmp_path / "state"))
        self.database = tmp_path / "state/alerting.db"

    def start(self, at, **settings):
        self.world.settings = replace(self.world.settings, **settings)
        self.world.start(at)

    def ring(self, *instants):
        """Ring at each; return what the log says since, event by event, with all its words."""
        before = len(self.world.captured.entries)
        for at in instants:
            self.world.ring(at)
        said = {}
        for entry in self.world.captured.entries[before:]:
            said[entry["event"]] = " ".join((said.get(entry["event"], ""), *map(str, entry.values())))
        return said

    def told(self, number, who="north"):
        """The subjects of what somebody got on a day."""
        return [one.subject for one in self.relay.taken if one.at.date() == day(number).date() and one.recipient == who]


@pytest.fixture
def days(tmp_path, monkeypatch):
    made = Days(tmp_path, monkeypatch)
    yield made
    made.world.close()
    made.relay.leave()


def about(one):
    return "rules" if "rules" in one.subject.lower() else "figures"


def install(days, printed):
    """The service is installed: the rules are sound, and the state is made."""
    folder = str(days.world.folder)
    assert (0, 0) == (main(["check", folder]), main(["db", "upgrade"]))
    assert "is at this version" in printed().out
    assert days.database.exists()


def redirect_the_first_mail(days):
    """A safe first morning: all mail goes to one address, and says for whom it was."""
    days.start(day(2), redirect_all_to="safe@example.org")
    days.ring(day(2), day(2) + SEVEN)
    days.ring(day(3) + SEVEN)
    (first,) = days.told(3, "safe")
    assert "north" in first.lower()
    assert not days.told(3)


def refuse_us(days, printed):
    """The mail server refuses us: what waits is seen, with why; once it is mended it is told, as it is then."""
    days.start(day(4), redirect_all_to=None)
    days.relay.fails = at_step("RCPT", "550 5.7.1 relaying denied")
    said = days.ring(day(4) + SEVEN)
    assert "550 5.7.1 relaying denied" in said["channel.ill"], said
    assert "what is to be told waits" in said["channel.ill"]
    printed()
    main(["deliveries", "list"])
    assert "550 5.7.1 relaying denied" in printed().out
    days.relay.fails = works
    assert "channel.works" in days.ring(day(4) + 2 * SEVEN)
    (resolved,) = days.told(4)
    assert resolved.startswith("Resolved")


def tear_the_figures(days):
    """The file of figures is torn: what is missing is not believed, and whoever keeps it hears of it."""
    whole = HEAD + figures()
    days.world.write("figures/calls.csv", whole[: len(whole) // 3])
    said = days.ring(day(5) + SEVEN)
    assert "`alerting accept" in said["figures.problem"], said
    days.world.write("figures/calls.csv", whole)
    days.ring(day(6) + SEVEN)


def upload_half_of_the_rules(days):
    """Half of the rules are uploaded: nothing is judged by them."""
    more = days.world.folder / "more.yaml"
    more.unlink()
    said = days.ring(*[day(6) + SEVEN + n * MINUTE for n in (1, 2, 3)])
    assert "`alerting accept" in said["rules.refused"]
    days.world.write("more.yaml", MORE)
    assert "rules.adopted" in days.ring(*[day(6) + SEVEN + n * MINUTE for n in (4, 5, 6)])
    days.ring(day(7) + SEVEN)


def set_the_clock(days):
    """Somebody sets the clock: by a time that cannot be nothing is judged or sent."""
    days.ring(day(8) + SEVEN - MINUTE)
    days.world.set_ahead = timedelta(days=3)
    said = days.ring(day(11) + SEVEN - MINUTE + MINUTE / 6)
    assert "clock" in said["clock.doubted"], said
    assert "tick.done" not in said
    days.world.set_ahead = timedelta()
    said = days.ring(day(8) + SEVEN)
    assert {"clock.believed", "tick.done"} <= said.keys()


def fill_the_disk(days):
    """The disk is full: the morning waits for room."""
    most = [2**31 - 2]
    limit = lambda connection: connection.exec_driver_sql(f"PRAGMA max_page_count={most[0]}")  # noqa: E731
    event.listen(days.world.store._database.engine, "begin", limit)
    with closing(sqlite3.connect(days.database)) as connection:
        connection.execute("VACUUM")  # no room is left over from what was taken out
        most[0] = connection.execute("PRAGMA page_count").fetchone()[0]
    said = days.ring(day(9) + SEVEN)
    assert "free some space" in said["tick.failed"], said
    most[0] = 2**31 - 2
    assert "tick.done" in days.ring(day(9) + 2 * SEVEN)


def put_a_backup_back(days):
    """A backup of the database is put back: who was told since hears of it again, marked."""
    days.world.close()
    backup = days.database.with_name("backup.db")
    with closing(sqlite3.connect(days.database, isolation_level=None)) as connection:
        connection.execute(f"VACUUM INTO '{backup}'")
    days.start(day(10))
    days.ring(day(10) + SEVEN)
    days.world.close()
    for name in ("alerting.db-wal", "alerting.db-shm"):
        days.database.with_name(name).unlink(missing_ok=True)
    days.database.write_bytes(backup.read_bytes())
    days.start(day(10) + 2 * SEVEN)
    assert "state.restored" in [entry["event"] for entry in days.world.captured.entries]
    days.ring(day(10) + 2 * SEVEN)


def upgrade(days, printed):
    """A newer version was here: this one touches nothing, and says which it needs; then the upgrade is done."""
    days.world.close()
    with closing(sqlite3.connect(days.database)) as connection, connection:
        (version,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    printed()
    assert main(["db", "upgrade"]) == 2
    assert "install that version, or restore the backup made before it" in printed().err
    with closing(sqlite3.connect(days.database)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (version,))
    assert main(["db", "upgrade"]) == 0
    days.start(day(11))
    days.ring(day(11) + SEVEN)


def miss_nothing(days):
    """Nobody missed a morning, and what may have come twice says so."""
    assert [["Resolved" in subject for subject in days.told(number)] for number in range(4, 12)] == [
        [True], [False], [True], [False], [True], [False], [True, True], [False],
    ]  # fmt: skip
    first, again = [one for one in days.relay.taken if one.at.date() == date(2020, 7, 10)]
    assert (first.is_marked, again.is_marked) == (False, True)
    assert first.mail["Message-ID"] == again.mail["Message-ID"], "a mail program knows it again"
    assert ["figures", "figures", "rules"] == [about(one) for one in days.relay.taken if one.recipient == "analyst"]


def test_everything_that_goes_wrong_is_said_with_what_to_do_and_is_over_without_loss(days, capsys):
    install(days, capsys.readouterr)
    redirect_the_first_mail(days)
    refuse_us(days, capsys.readouterr)
    tear_the_figures(days)
    upload_half_of_the_rules(days)
    set_the_clock(days)
    fill_the_disk(days)
    put_a_backup_back(days)
    upgrade(days, capsys.readouterr)
    miss_nothing(days)
