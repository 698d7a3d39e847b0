"""The database fails in every way it can (RELIABILITY, C.3; the number of each case is in its test's name): SQLite.

`POSITIONS=200` in the environment sets at how many pages the disk is full; 20 by default.
"""

import os
import random
import resource
import shutil
import sqlite3
import tempfile
import threading
from contextlib import closing, contextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from samples.outbox import START, Outbox, Relay
from samples.services import BELL, THURSDAY, World
from sqlalchemy import event

from alerting.app.delivery.ledger import LEASE
from alerting.domain.channel_health import ChannelHealth
from alerting.errors import AlertingError, UsageError
from alerting.ports.ticks import TickRecord
from alerting.store import database, sqlite
from alerting.store.sql import SqlStore

POSITIONS = int(os.environ.get("POSITIONS", "20"))
#: Bytes that need new pages wherever they are written.
LONG = "250 " + "queued as a long word " * 500
NOBODY = 65534
MARKED = " (possibly repeated)"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "alerting.db"


@pytest.fixture
def outbox(path):
    found = Outbox(f"sqlite:///{path}")
    yield found
    found.store.close()


@pytest.fixture
def long_replies(monkeypatch):
    monkeypatch.setattr(Relay, "reply", LONG)


def asked(path, query):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(query).fetchall()


def whole(path):
    return asked(path, "PRAGMA quick_check") == [("ok",)]


class Disk:
    """A disk with so many pages left for the database."""

    def __init__(self, store):
        self.most = 2**31 - 2
        self.engine = store._database.engine
        event.listen(self.engine, "begin", self._limit)

    def _limit(self, connection):
        connection.exec_driver_sql(f"PRAGMA max_page_count={self.most}")

    def leave(self, path, pages):
        ((count,),) = asked(path, "PRAGMA page_count")
        self.most = count + pages

    def give(self):
        self.most = 2**31 - 2


def judged(outbox, expected):
    """Return (lost, copies that are not marked) of all that the relay took."""
    plain = [subject for subject in outbox.taken if not subject.endswith(MARKED)]
    lost = set(expected) - {subject.removesuffix(MARKED) for subject in outbox.taken}
    return sorted(lost), sorted(subject for subject in set(plain) if plain.count(subject) > 1)


@contextmanager
def held(path, *, for_s=None):
    """Lock the database as another process would; *for_s*: let go after so many seconds."""
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN EXCLUSIVE")
    timer = threading.Timer(for_s or 0, lambda: other.execute("ROLLBACK"))
    if for_s is not None:
        timer.start()
    try:
        yield
    finally:
        if for_s is not None:
            timer.join()
        other.close()


def test_63_a_lock_that_is_let_go_is_waited_for(outbox, path):
    outbox.queue("north")
    with held(path, for_s=0.5):
        assert outbox.hand_over() == ["1"]


def test_63_how_a_channel_does_is_noted_though_a_tick_holds_the_lock_for_long(path, monkeypatch):
    """Else what the server has taken just then would be sent once more."""
    monkeypatch.setattr(sqlite, "_BUSY_TIMEOUT_MS", 50)
    store = SqlStore(f"sqlite:///{path}")
    store.upgrade()
    with held(path, for_s=0.3):
        store.queue.save_channel(ChannelHealth(id="email"))
    assert list(store.queue.channels()) == ["email"]
    store.close()


@pytest.mark.parametrize("patient", [True, False])
def test_63_a_transaction_waits_for_one_that_lasts_for_long_where_it_is_asked_to(path, monkeypatch, patient):
    monkeypatch.setattr(sqlite, "_BUSY_TIMEOUT_MS", 50)
    store = SqlStore(f"sqlite:///{path}")
    store.upgrade()
    begins = nullcontext() if patient else pytest.raises(AlertingError, match="database is locked")
    with held(path, for_s=0.3), begins, store.begin(patient=patient) as state:
        state.troubles.save("calls", ["failed"], datetime(2020, 7, 2, tzinfo=UTC))
    with store.begin() as state:
        assert state.troubles.by_source() == ({"calls": ("failed",)} if patient else {})
    store.close()


def test_63_what_fails_in_a_patient_transaction_is_done_once_and_rolled_back(path):
    store = SqlStore(f"sqlite:///{path}")
    store.upgrade()
    done = []
    with pytest.raises(AlertingError, match="mine"), store.begin(patient=True) as state:  # noqa: PT012
        done.append(state.troubles.save("calls", ["failed"], datetime(2020, 7, 2, tzinfo=UTC)))
        raise AlertingError("mine")
    with store.begin() as state:
        assert (len(done), state.troubles.by_source()) == (1, {})
    store.close()


def test_63_a_lock_that_is_kept_is_one_clear_line_and_loses_nothing(path, monkeypatch):
    monkeypatch.setattr(sqlite, "_BUSY_TIMEOUT_MS", 100)
    monkeypatch.setattr(database, "_AGAIN_S", (0.05, 0.05))
    outbox = Outbox(f"sqlite:///{path}")
    outbox.queue("north")
    with held(path), pytest.raises(AlertingError, match=r"alerting\.db refuses: database is locked; another process"):
        outbox.hand_over()
    assert outbox.taken == []
    assert outbox.hand_over() == ["1"]
    outbox.store.close()


def test_64_whoever_writes_takes_the_lock_before_it_reads(outbox):
    transactions = []

    @event.listens_for(outbox.store._database.engine, "before_cursor_execute")
    def note(_connection, _cursor, statement, *_):
        if statement.startswith("BEGIN"):
            transactions.append([])
        transactions[-1].append(statement)

    outbox.queue("north", "south")
    outbox.hand_over()
    writing = [
        statements for statements in transactions if any(one.startswith(("INSERT", "UPDATE")) for one in statements)
    ]
    assert len(writing) >= 5
    assert {statements[0] for statements in writing} == {"BEGIN IMMEDIATE"}


def test_64_a_second_writer_waits_for_one_that_has_only_read(outbox, path):
    with outbox.store.begin() as state:
        state.ticks.newest()
        other = sqlite3.connect(path, timeout=0.05, isolation_level=None)
        with closing(other), pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")


def pages_of_a_day(folder):
    """Return how many pages a day of messages needs."""
    path = folder / "measure.db"
    outbox = Outbox(f"sqlite:///{path}")
    ((before,),) = asked(path, "PRAGMA page_count")
    a_day(outbox)
    outbox.store.close()
    ((after,),) = asked(path, "PRAGMA page_count")
    return after - before


def a_day(outbox):
    for number in range(6):
        outbox.queue(f"o{number}")
    outbox.hand_over()


@pytest.mark.usefixtures("long_replies")
def test_65_a_disk_full_at_any_page_leaves_no_half_state(tmp_path):
    needed = pages_of_a_day(tmp_path)
    chance = random.Random(65)
    refused = 0
    for number in range(POSITIONS):
        path = tmp_path / f"{number}.db"
        outbox = Outbox(f"sqlite:///{path}")
        disk = Disk(outbox.store)
        disk.leave(path, chance.randrange(needed))
        try:
            a_day(outbox)
        except AlertingError as error:
            refused += "is full; free some space" in str(error)
        assert whole(path)
        queued = [
            message for (message,) in asked(path, "SELECT subject FROM payload JOIN delivery ON payload = digest")
        ]
        orphans = asked(path, "SELECT id FROM notice WHERE id NOT IN (SELECT notice_id FROM delivery)")
        noted = {id_ for (id_,) in asked(path, "SELECT id FROM delivery WHERE handing_over OR state = 'accepted'")}
        assert orphans == []
        assert {f"d{subject}" for subject in outbox.taken} <= noted, "handed over, and nobody would know"
        disk.give()
        outbox.hand_over()
        assert judged(outbox, queued) == ([], [])
        assert outbox.states() == ["accepted"] * len(queued)
        outbox.store.close()
    assert refused == POSITIONS


@pytest.mark.usefixtures("long_replies")
def test_66_a_disk_full_when_the_answer_is_to_be_noted_makes_the_repeat_a_marked_one(outbox, path):
    outbox.queue("north")
    disk = Disk(outbox.store)
    with pytest.raises(AlertingError, match="database or disk is full; free some space"):
        outbox.hand_over(lambda _: disk.leave(path, 0))
    assert (outbox.taken, outbox.states()) == (["1"], ["pending"])
    disk.give()
    assert outbox.hand_over() == ["1" + MARKED]


def test_66_on_a_disk_that_is_nearly_full_nothing_is_begun(outbox, monkeypatch):
    outbox.queue("north")
    with monkeypatch.context() as full:
        full.setattr(sqlite, "_LEAST_FREE", 2**62)
        with pytest.raises(AlertingError, match=r"MiB are free on the disk of the state database .*alerting\.db"):
            outbox.hand_over()
    assert outbox.taken == []
    assert outbox.hand_over() == ["1"]


def test_67_where_the_log_cannot_be_written_nothing_is_handed_over(outbox, path):
    outbox.queue("north")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    log = path.with_name("alerting.db-wal").stat().st_size
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (log + 100, hard))
        with pytest.raises(AlertingError, match="disk I/O error; its disk fails"):
            outbox.hand_over()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert outbox.taken == []
    assert outbox.hand_over() == ["1"]


def deleted(path):
    path.unlink()


def renamed(path):
    path.rename(path.with_name("elsewhere.db"))


def swapped(path):
    other = path.with_name("other.db")
    shutil.copy(path, other)
    other.rename(path)


@pytest.mark.parametrize("lost", [deleted, renamed, swapped])
def test_68_a_file_that_is_taken_away_is_missed_before_anything_is_handed_over(outbox, path, lost):
    outbox.queue("north")
    lost(path)
    there = path.exists()
    for _ in range(2):
        with pytest.raises(AlertingError, match=r"alerting\.db was deleted, moved or replaced while it was in use"):
            outbox.hand_over()
    assert outbox.taken == []
    assert there == path.exists(), "a new one was made"


@pytest.mark.parametrize("lost", [deleted, renamed, swapped])
def test_68_the_service_says_so_at_the_next_bell_once_and_gives_no_more_signs_of_life(tmp_path, lost):
    world = World(tmp_path)
    with world.sink:
        world.start(THURSDAY)
        world.ring(THURSDAY + BELL)
        lost(world.settings.state_dir / "alerting.db")
        assert ["state.failed"] == world.ring(THURSDAY + 2 * BELL)
        assert [] == world.ring(THURSDAY + 3 * BELL)
        assert "was deleted, moved or replaced" in world.captured.entries[-1]["error"]
        world.close()


@pytest.fixture
def open_folder():
    """A folder that other users may look into, as pytest's own may not be."""
    with tempfile.TemporaryDirectory(prefix="alerting-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
        folder.chmod(0o755)


@contextmanager
def somebody_else():
    """Act as a user without rights."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.parametrize(
    ("file", "folder"), [pytest.param(0o444, 0o777, id="file"), pytest.param(0o666, 0o555, id="folder")]
)
def test_69_what_may_not_be_written_is_named_with_the_user(open_folder, file, folder):
    path = open_folder / "state.db"
    SqlStore(f"sqlite:///{path}").upgrade()
    path.chmod(file)
    open_folder.chmod(folder)
    store = SqlStore(f"sqlite:///{path}")

    def start():
        store.upgrade()
        store.queue.reset_backoff()

    with somebody_else(), pytest.raises(AlertingError, match=r"state\.db .*user \w+: ") as caught:
        start()
    assert "ALERTING_STATE_DIR" in str(caught.value) or "give this user the right" in str(caught.value)
    store.close()


def damage(path):
    """Overwrite what stands in the middle of each page but the first."""
    content = bytearray(path.read_bytes())
    for page in range(4096, len(content), 4096):
        content[page : page + 64] = b"\xff" * 64
    path.write_bytes(content)


def emptied(path):
    path.write_bytes(b"")


def no_database(path):
    path.write_bytes(b"notes, not a database" * 1000)


@pytest.mark.parametrize("harm", [damage, emptied, no_database, deleted])
def test_70_what_is_damaged_is_refused_with_what_to_do_and_never_made_anew(outbox, path, harm):
    outbox.queue("north")
    outbox.store.close()
    harm(path)
    before = path.read_bytes() if path.exists() else None
    again = SqlStore(f"sqlite:///{path}")
    with pytest.raises(AlertingError, match=r"alerting\.db is .*(damaged|gone or empty).* newest good backup"):
        again.upgrade()
    again.close()
    assert before == (path.read_bytes() if path.exists() else None)


def test_70_a_cut_log_takes_the_state_back_and_the_repeats_are_marked(outbox, path, tmp_path):
    outbox.queue("north", "south")
    log = path.with_name("alerting.db-wal")
    before = log.stat().st_size
    assert sorted(outbox.hand_over()) == ["1", "2"]
    crashed = tmp_path / "crashed"
    crashed.mkdir()
    for name in ("alerting.db", "alerting.db-wal", "alerting.db.mark"):
        shutil.copy(tmp_path / name, crashed)
    os.truncate(crashed / "alerting.db-wal", before)
    again = Outbox(f"sqlite:///{crashed / 'alerting.db'}")
    assert sorted(again.hand_over()) == ["1" + MARKED, "2" + MARKED]
    again.store.close()


def back_up(path):
    copy = path.with_name("backup.db")
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(f"VACUUM INTO '{copy}'")
    return copy


def restored(outbox, path, copy):
    """Put the copy back as deploy/README.md says, and start again."""
    outbox.store.close()
    for name in ("alerting.db-wal", "alerting.db-shm"):
        path.with_name(name).unlink(missing_ok=True)
    path.write_bytes(copy.read_bytes())
    return Outbox(f"sqlite:///{path}")


def ticks(outbox, number):
    with outbox.store.begin() as state:
        at = START + timedelta(hours=number)
        state.ticks.save(TickRecord(id=f"t{number}", as_of=at.date(), at=at, rules_version="1", counts={}, due_at=None))


def test_71_after_an_older_copy_was_put_back_what_waits_in_it_is_marked(outbox, path):
    outbox.queue("north", "south")
    copy = back_up(path)
    assert sorted(outbox.hand_over()) == ["1", "2"]
    again = restored(outbox, path, copy)
    again.number = 2
    again.queue("east")  # told again, or for the first time: nobody can know
    assert sorted(again.hand_over()) == ["1" + MARKED, "2" + MARKED, "3" + MARKED]
    ticks(again, 1)
    again.queue("west")
    assert again.hand_over() == ["4" + MARKED], "the first tick tells anew what was told since the copy"
    again.queue("west")  # a digest of that day
    assert again.hand_over() == ["5" + MARKED]
    ticks(again, 2)
    again.queue("west")
    assert again.hand_over() == ["6"], "from here on all is known"
    again.store.close()


def test_71_a_service_that_sends_before_it_ticks_marks_what_is_told_anew(outbox, path):
    copy = back_up(path)
    outbox.queue("north")
    assert outbox.hand_over() == ["1"]
    again = restored(outbox, path, copy)
    assert again.store.was_put_back
    assert again.hand_over() == []
    ticks(again, 1)
    again.queue("north")
    again.store.close()
    once_more = Outbox(f"sqlite:///{path}")  # a restart forgets nothing
    assert once_more.hand_over() == ["1" + MARKED]
    ticks(once_more, 2)
    once_more.hand_over()
    assert not once_more.store.was_put_back
    once_more.store.close()


def test_71_where_nothing_was_sent_since_the_copy_nothing_is_marked(outbox, path):
    outbox.queue("north")
    outbox.hand_over()
    outbox.queue("south")
    copy = back_up(path)
    again = restored(outbox, path, copy)
    assert again.hand_over() == ["2"]
    again.store.close()


def test_72_two_engines_on_one_file_claim_each_message_once(outbox, path):
    outbox.queue(*(f"o{number}" for number in range(20)))
    other = SqlStore(f"sqlite:///{path}")
    claims, start = [], threading.Barrier(2)

    def claim(store, token):
        start.wait()
        for _ in range(10):
            claims.extend(one.id for one in store.queue.claim(token, START, LEASE, 3))

    threads = [threading.Thread(target=claim, args=pair) for pair in ((outbox.store, "one"), (other, "two"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(claims) == sorted(f"d{number + 1}" for number in range(20))
    other.close()


MOUNTS = """22 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw
30 22 0:40 / /srv/state\\040files rw - nfs4 filer:/export rw
31 30 8:2 / /srv/state\\040files/local rw - xfs /dev/sdb1 rw
32 22 0:41 / /mnt/share rw shared:1 - cifs //filer/share rw
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/srv/state files/alerting.db", "nfs4"),
        ("/srv/state files/local/alerting.db", "xfs"),
        ("/srv/state filesystem/alerting.db", "ext4"),
        ("/mnt/share/a/b.db", "cifs"),
        ("/var/lib/alerting/alerting.db", "ext4"),
    ],
)
def test_73_the_file_system_of_a_file_is_the_innermost_mount(path, kind):
    assert kind == sqlite.kind_of_file_system(Path(path), MOUNTS)


def test_73_a_file_on_another_machine_is_refused_unless_somebody_insists(path, monkeypatch):
    monkeypatch.setattr(sqlite, "mounts", lambda: f"30 22 0:40 / {path.parent} rw - nfs4 filer:/export rw\n")
    with pytest.raises(UsageError, match=r"alerting\.db lies on a network file system \(nfs4\).*network=yes"):
        SqlStore(f"sqlite:///{path}").upgrade()
    assert not path.exists()
    store = SqlStore(f"sqlite:///{path}?network=yes")
    store.upgrade()
    assert store.deliveries() == []
    store.close()
