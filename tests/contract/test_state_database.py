"""Where the state may live, and what is said when it cannot; what the tables themselves never allow."""

import sqlite3
import stat
from contextlib import closing
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from alerting.domain.alert import Alert, AlertEvent, AlertState, EventKind, SeriesKey
from alerting.domain.notify.notice import Delivery, Message, Notice, NoticeKind
from alerting.domain.period import Calendar
from alerting.domain.severity import Severity
from alerting.errors import AlertingError, UsageError
from alerting.ports.ticks import TickRecord
from alerting.store import sqlite
from alerting.store.columns import period_of, period_text
from alerting.store.sql import SqlStore

AT = datetime(2020, 10, 15, 7, tzinfo=UTC)
SEPTEMBER = Calendar().parse_exact("2020-09")
TICK = TickRecord(id="t1", as_of=date(2020, 10, 15), at=AT, rules_version="sha256:0")


def an_alert(**changes):
    facts = {
        "key": SeriesKey(rule="rule-default", measure="measure-default", area="north"), "opened": SEPTEMBER,
        "state": AlertState.OPEN, "severity": Severity.WARNING, "period": SEPTEMBER, "value": 83.0, "consecutive": 1,
        "opened_at": AT, "changed_at": AT,
    }  # fmt: skip
    return Alert(**{**facts, **changes})


@pytest.fixture
def store(tmp_path):
    found = SqlStore(f"sqlite:///{tmp_path / 'alerting.db'}")
    found.upgrade()
    yield found
    found.close()


def save(store, *, alerts=(), events=(), notices=(), deliveries=()):
    with store.begin() as state:
        state.ticks.save(TICK)
        state.alerts.save(alerts)
        state.alerts.save_events(TICK.id, events)
        state.outbox.save(notices, deliveries)


def read(path, query):
    with sqlite3.connect(path) as connection:
        found = connection.execute(query).fetchall()
    connection.close()
    return found


def test_a_missing_folder_is_made_for_its_owner_alone(tmp_path):
    SqlStore(f"sqlite:///{tmp_path / 'state' / 'alerting.db'}").upgrade()

    assert 0o700 == stat.S_IMODE((tmp_path / "state").stat().st_mode)
    assert 0o600 == stat.S_IMODE((tmp_path / "state" / "alerting.db").stat().st_mode)


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "state").write_text("a file where a folder should be")

    with pytest.raises(UsageError, match=rf"{tmp_path}/state/alerting.db cannot be opened.*ALERTING_STATE_DIR"):
        SqlStore(f"sqlite:///{tmp_path / 'state' / 'alerting.db'}").upgrade()


def test_a_file_that_is_no_database_is_left_as_it_is(tmp_path):
    path = tmp_path / "alerting.db"
    path.write_text("notes, not a database" * 100)

    with pytest.raises(AlertingError, match=r"alerting\.db is damaged: file is not a database; .* backup"):
        SqlStore(f"sqlite:///{path}").upgrade()

    assert "notes, not a database" * 100 == path.read_text()


def test_a_database_without_tables_says_what_to_run(tmp_path):
    (tmp_path / "alerting.db").touch()
    found = SqlStore(f"sqlite:///{tmp_path / 'alerting.db'}")

    with pytest.raises(UsageError, match="has no tables yet; run `alerting db upgrade`"):
        found.deliveries()
    found.close()


@pytest.mark.parametrize(
    ("url", "told"),
    [
        pytest.param("no address s3cret", "is no database address", id="none"),
        pytest.param("mysql://user:s3cret@h/d", "mysql is not served", id="another-kind"),
        pytest.param("postgresql://user:s3cret@h:abc/d", "is no database address", id="port-of-letters"),
        pytest.param("postgresql://user:s3cret@[::1/d", "is no database address", id="bracket"),
        pytest.param("postgresql://user:s3cret@h/d?port=abc", "mend what stands after the \\?", id="option-of-letters"),
    ],
)
def test_a_wrong_address_is_explained_without_its_password(url, told):
    with pytest.raises(UsageError, match=told) as caught:
        SqlStore(url)

    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("option", ["sslmod=x", "sslmode=x", "connect_timeout=abc"])
def test_an_option_that_the_driver_does_not_know_is_the_operators_to_mend(option):
    found = SqlStore(f"postgresql://user@localhost:1/d?{option}")

    with pytest.raises(AlertingError, match=r"; mend what stands after the \? in ALERTING_DATABASE_URL$"):
        found.upgrade()
    found.close()


def test_a_locked_database_is_one_clear_line(tmp_path, monkeypatch):
    monkeypatch.setattr(sqlite, "_BUSY_TIMEOUT_MS", 100)
    path = tmp_path / "alerting.db"
    found = SqlStore(f"sqlite:///{path}")
    found.upgrade()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")

    with (
        pytest.raises(AlertingError, match=r"alerting\.db refuses: database is locked; another process"),
        found.begin(),
    ):
        pass

    other.execute("ROLLBACK")
    with found.begin() as state:
        assert [] == state.alerts.open()
    other.close()
    found.close()


def test_reading_does_not_wait_for_a_writer(store):
    with store.begin() as state:
        state.ticks.save(TICK)
        assert (0, 0) == store.queue.waiting_deliveries(AT)


@pytest.mark.usefixtures("store")
def test_26_what_is_committed_survives_a_power_cut(tmp_path, monkeypatch):
    assert [("wal",)] == read(tmp_path / "alerting.db", "PRAGMA journal_mode")
    monkeypatch.setattr(sqlite, "_prepare", sqlite._prepare.__wrapped__)  # as it is outside of tests
    with closing(SqlStore(f"sqlite:///{tmp_path / 'alerting.db'}")) as other, other.begin() as state:
        settings = [
            state.alerts._connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("synchronous", "foreign_keys")
        ]
    assert [2, 1] == settings


def test_a_series_has_one_open_alert_under_a_rule(store):
    later = an_alert(opened=SEPTEMBER + 1, period=SEPTEMBER + 1)

    with pytest.raises(IntegrityError), store.begin() as state:
        state.alerts.save([an_alert(), later])


def test_an_event_is_kept_once(store):
    event = AlertEvent(kind=EventKind.OPENED, alert=an_alert(), finding=None, at=AT)

    with pytest.raises(IntegrityError):
        save(store, alerts=[an_alert()], events=[event, event])


def test_a_notice_tells_only_what_is_saved_and_fails_whole_otherwise(store):
    event = AlertEvent(kind=EventKind.OPENED, alert=an_alert(), finding=None, at=AT)
    notice = Notice(id="n1", kind=NoticeKind.EXCEPTIONS, owner="owner-default", at=AT, events=(event,))

    with pytest.raises(IntegrityError):
        save(store, notices=[notice])

    with store.begin() as state:
        assert None is state.ticks.newest()


def test_equal_messages_are_kept_once(store, tmp_path):
    message = Message(subject="subject", text="text", html="<p>html</p>")
    deliveries = [
        Delivery(
            id=f"d{n}", notice_id="n1", owner="o", channel="email", address=f"{n}@x.org", message_id=f"{n}", message=message
        )
        for n in range(3)
    ]  # fmt: skip

    save(store, notices=[Notice(id="n1", kind=NoticeKind.DIGEST, owner="o", at=AT)], deliveries=deliveries)

    assert [(1,)] == read(tmp_path / "alerting.db", "SELECT count(*) FROM payload")
    assert deliveries == store.deliveries("n1")


def test_every_attempt_stays_in_the_history(store, tmp_path):
    message = Message(subject="subject", text="text", html="<p>html</p>")
    facts = {"id": "d1", "notice_id": "n1", "owner": "o", "channel": "email", "address": "o@x.org", "message_id": "m"}
    notice = Notice(id="n1", kind=NoticeKind.DIGEST, owner="o", at=AT)
    save(store, notices=[notice], deliveries=[Delivery(message=message, **facts)])

    for number, reply in enumerate(("451 later", "451 still later"), 1):
        store.queue.claim("mine", AT, timedelta(), 1)
        store.queue.write(
            "mine", AT, timedelta(), [], [(Delivery(message=message, attempts=number, last_reply=reply, **facts), AT)]
        )

    history = read(tmp_path / "alerting.db", "SELECT number, state, reply FROM attempt ORDER BY seq")
    assert [(1, "pending", "451 later"), (2, "pending", "451 still later")] == history


def test_an_instant_without_a_zone_is_refused(store):
    with pytest.raises(Exception, match="has no time zone"), store.begin() as state:
        state.alerts.save([an_alert(opened_at=AT.replace(tzinfo=None))])


@pytest.mark.parametrize("starts", [1, 4, 7])
@pytest.mark.parametrize("kind", ["day", "week", "month", "quarter", "year"])
def test_periods_are_read_back_as_they_were(kind, starts):
    from alerting.domain.period import PeriodKind

    first = Calendar(starts).containing(date(1999, 1, 1), PeriodKind(kind))

    assert [first + n for n in range(60)] == [period_of(period_text(first + n)) for n in range(60)]
