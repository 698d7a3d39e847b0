"""What every store must keep: a file of SQLite, a database in memory, and a real PostgreSQL."""

import sqlite3
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from sqlalchemy import inspect, text

from alerting.domain.alert import Acknowledgement, Alert, AlertEvent, AlertState, EventKind, SeriesKey
from alerting.domain.comment import About, Comment
from alerting.domain.finding import Finding, Reason, State
from alerting.domain.notify.hearing import Fate, SentNotice
from alerting.domain.notify.notice import Delivery, DeliveryState, Message, Notice, NoticeKind, Picture
from alerting.domain.period import Calendar
from alerting.domain.severity import Severity
from alerting.errors import UsageError
from alerting.ports.digests import DigestRecord
from alerting.ports.ticks import TickRecord
from alerting.store.memory import MemoryStore
from alerting.store.sql import SqlStore

AT = datetime(2020, 10, 15, 7, tzinfo=UTC)
PERIOD = Calendar().parse_exact("2020-09")
TICK = TickRecord(id="t1", as_of=date(2020, 10, 15), at=AT, rules_version="sha256:0", counts={"exception": 1})


def an_alert(area="north", **changes):
    key = SeriesKey(rule="rule-default", measure="measure-default", area=area)
    alert = Alert(
        key=key, opened=PERIOD, state=AlertState.OPEN, severity=Severity.WARNING, period=PERIOD, value=83.0,
        consecutive=1, opened_at=AT, changed_at=AT,
    )  # fmt: skip
    return replace(alert, **changes)


def a_finding(**changes):
    finding = Finding(
        rule="rule-default", measure="measure-default", area="north", period=PERIOD, state=State.EXCEPTION,
        severity=Severity.WARNING, value=83.0, target=90.0, notes=("note",), evidence={"change": "as published"},
        text="83% …", rebased_on=PERIOD - 3, where="rules/r.yaml:1:1",
    )  # fmt: skip
    return replace(finding, **changes)


def an_event(alert=None, kind=EventKind.OPENED, at=AT, **changes):
    return AlertEvent(kind=kind, alert=alert or an_alert(), finding=a_finding(**changes), at=at)


def a_notice(events=(), id_="n1", owner="owner-default", at=AT):
    return Notice(id=id_, kind=NoticeKind.EXCEPTIONS, owner=owner, at=at, events=tuple(events))


def a_delivery(id_="d1", notice="n1", **changes):
    message = Message(subject="subject", text="text", html="<p>html</p>", headers=(("References", "<a@b>"),))
    delivery = Delivery(
        id=id_, notice_id=notice, owner="owner-default", channel="email", address="owner@example.org",
        message_id=f"{id_}@example.org", message=message,
    )  # fmt: skip
    return replace(delivery, **changes)


@pytest.fixture(params=["file", "memory", "postgresql"])
def store(request, tmp_path):
    urls = {"file": lambda: f"sqlite:///{tmp_path / 'alerting.db'}", "memory": lambda: "sqlite://"}
    urls["postgresql"] = lambda: request.getfixturevalue("postgres_url")
    found = SqlStore(urls[request.param]())
    found.upgrade()
    yield found
    found.close()


def save(store, *, alerts=(), events=(), notices=(), deliveries=(), tick=TICK):
    with store.begin() as state:
        state.ticks.save(tick)
        state.alerts.save(alerts)
        state.alerts.save_events(tick.id, events)
        state.outbox.save(notices, deliveries)


def test_a_new_store_is_empty(store):
    with store.begin() as state:
        assert (None, [], []) == (state.ticks.newest(), state.alerts.open(), state.alerts.events_between(None, AT))
    assert ((0, 0), []) == (store.queue.waiting_deliveries(AT), store.deliveries())


def test_what_is_saved_is_read_back(store):
    event = an_event()
    save(store, alerts=[an_alert()], events=[event], notices=[a_notice([event])], deliveries=[a_delivery()])
    with store.begin() as state:
        assert TICK == state.ticks.newest()
        assert [an_alert()] == state.alerts.open()
        assert [event] == state.alerts.events_between(None, AT)
        told = SentNotice(
            person="owner-default",
            owners=("owner-default",),
            kind=EventKind.OPENED,
            at=AT,
            severity=Severity.WARNING,
            fate=Fate.WAITING,
        )
        assert {an_alert().id: (told,)} == state.hearings.told([an_alert().id, "other"])
    assert [a_delivery()] == store.deliveries()


def test_a_picture_is_kept_once_for_all_messages_that_show_it(store):
    chart, other = (
        Picture(id="chart.a@alerting", png=b"\x89PNG\x00a"),
        Picture(id="chart.b@alerting", png=b"\x89PNG\x00b"),
    )
    parts = [(chart,), (chart, other), ()]
    deliveries = [
        a_delivery(f"d{n}", address=f"{n}@example.org", message=replace(a_delivery().message, text=f"{n}", pictures=pictures))
        for n, pictures in enumerate(parts)
    ]  # fmt: skip
    save(store, notices=[a_notice()], deliveries=deliveries)

    assert parts == [delivery.message.pictures for delivery in store.deliveries()]
    assert deliveries == store.deliveries("n1")
    with store._database.transaction(reading=True) as connection:
        assert 2 == connection.execute(text("SELECT count(*) FROM picture")).scalar_one()


@pytest.mark.parametrize(
    "finding",
    [
        pytest.param(a_finding(state=State.NO_DATA, reason=Reason.LATE, value=None, evidence={}), id="no-verdict"),
        pytest.param(a_finding(band="red", consecutive=3, due="2020-12-01", trial=True, provisional=True), id="extras"),
        pytest.param(
            a_finding(value=0.1 + 0.2, previous=1e-300, last_year=2.0**53 + 2, sourced=True), id="exact-numbers"
        ),
    ],
)
def test_findings_lose_nothing(store, finding):
    event = AlertEvent(kind=EventKind.OPENED, alert=an_alert(), finding=finding, at=AT)
    save(store, alerts=[an_alert()], events=[event])
    with store.begin() as state:
        assert [event] == state.alerts.events_between(None, AT)


def test_all_of_a_transaction_or_nothing(store):
    event = an_event()

    def half_done():
        with store.begin() as state:
            state.ticks.save(TICK)
            state.alerts.save([an_alert()])
            state.alerts.save_events(TICK.id, [event])
            state.outbox.save([a_notice([event])], [a_delivery()])
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        half_done()
    with store.begin() as state:
        assert (None, []) == (state.ticks.newest(), state.alerts.open())
    assert [] == store.deliveries()


def test_an_alert_is_one_row_from_opening_to_end(store):
    save(store, alerts=[an_alert()])
    ended = an_alert(state=AlertState.RESOLVED, resolved=PERIOD + 1, value=92.0)
    save(store, alerts=[ended], tick=replace(TICK, id="t2"))
    with store.begin() as state:
        assert [] == state.alerts.open()


def test_a_series_that_ends_and_opens_again_in_one_tick(store):
    save(store, alerts=[an_alert()])
    again = [an_alert(opened=PERIOD + 2, period=PERIOD + 2), an_alert(state=AlertState.RESOLVED, resolved=PERIOD + 1)]
    save(store, alerts=again, tick=replace(TICK, id="t2"))
    with store.begin() as state:
        assert [PERIOD + 2] == [alert.opened for alert in state.alerts.open()]


def test_events_are_found_by_when_they_happened(store):
    hour = timedelta(hours=1)
    alerts = [an_alert(area) for area in ("a", "b", "c")]
    events = [an_event(alert, at=AT + n * hour) for n, alert in enumerate(alerts)]
    save(store, alerts=alerts, events=events)
    with store.begin() as state:
        assert events[1:] == state.alerts.events_between(AT, AT + 2 * hour)
        assert events[:1] == state.alerts.events_between(None, AT)


def test_the_newest_tick_is_the_one_of_the_newest_day(store):
    save(store)
    save(store, tick=replace(TICK, id="t0", as_of=date(2020, 9, 1), at=AT + timedelta(days=9)))
    with store.begin() as state:
        assert "t1" == state.ticks.newest().id


def test_a_digest_is_made_once_for_an_owner_and_day(store):
    record = DigestRecord(digest="monday", owner="o", window="2020-10-15", since=None, until=AT)
    later = replace(record, window="2020-10-22", since=AT, until=AT + timedelta(days=7))
    with store.begin() as state:
        state.digests.save(record)
        state.digests.save(later)
    with store.begin() as state:
        assert [True, False] == [
            state.digests.was_made("monday", "o", window) for window in ("2020-10-15", "2020-10-16")
        ]
        assert later == state.digests.newest("monday", "o")
        assert None is state.digests.newest("monday", "somebody else")


def test_ten_thousand_alerts_are_saved_at_once(store):
    save(store, alerts=[an_alert(f"area-{n}") for n in range(10_000)])
    with store.begin() as state:
        assert 10_000 == len(state.alerts.open())


def test_a_tick_that_opened_more_than_a_statement_takes_values_can_be_undone():
    """Much opens at once where the day was wrong. Builds of SQLite differ in how many values they take."""
    store, many = SqlStore("sqlite://"), 11_000
    store.upgrade()
    save(store, tick=replace(TICK, id="t0", as_of=AT.date() - timedelta(days=1), at=AT - timedelta(days=1)))
    events = [an_event(an_alert(f"area-{n}")) for n in range(many)]
    notices = [a_notice([event], f"n{n}") for n, event in enumerate(events)]
    deliveries = [a_delivery(f"d{n}", f"n{n}") for n in range(many)]
    save(store, alerts=[event.alert for event in events], events=events, notices=notices, deliveries=deliveries)
    with store.begin() as state:
        state.alerts._connection.connection.driver_connection.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, many - 1)
        found = state.ticks.rewind(AT.date() - timedelta(days=1), AT)
        assert (many, many, 0) == (found.alerts, found.unsent, found.sent)
        assert [] == state.alerts.open()
    assert [] == store.deliveries()
    store.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request, tmp_path):
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'a.db'}"
    else:
        with request.getfixturevalue("postgres").database(empty=True) as url:
            yield url


def test_many_rows_keep_every_kind_of_value_as_few_do(store):
    """Where rows are many they are got ready together, and nothing of one gets into another."""
    london = timezone(timedelta(hours=1))
    mark = Acknowledgement(person="owner-default", at=AT.astimezone(london), until=date(2020, 12, 31))
    every = [
        an_alert(f"a{n:02d}", opened=PERIOD - n, period=PERIOD - n % 3, value=None if n % 5 == 0 else n / 7,
                 severity=list(Severity)[n % 3], band="amber" if n % 2 else None, acknowledgement=mark if n % 4 == 0 else None,
                 opened_at=AT + timedelta(microseconds=n), figures=f"{n}" if n % 3 else None)
        for n in range(60)
    ]  # fmt: skip
    events = [an_event(alert, at=AT + timedelta(minutes=n // 20), value=alert.value) for n, alert in enumerate(every)]
    notices = [a_notice(events[n : n + 2], f"n{n}", f"owner-{n % 7}") for n in range(0, 60, 2)]
    deliveries = [
        a_delivery(f"d{n}", f"n{n}", owner=f"owner-{n % 7}", urgent=n % 4 == 0, not_before=AT if n % 3 else None)
        for n in range(0, 60, 2)
    ]
    save(store, alerts=every, events=events, notices=notices, deliveries=deliveries)
    with store.begin() as state:
        kept = {alert.key.area: alert for alert in state.alerts.open()}
        assert {alert.key.area: alert for alert in every} == kept
        told = [
            (event.alert.key.area, event.at, event.finding)
            for event in state.alerts.events_between(None, AT + timedelta(1))
        ]
        assert [(event.alert.key.area, event.at, event.finding) for event in events] == told
        assert {f"owner-{n % 7}" for n in range(0, 60, 2) if n % 3} == state.hearings.owners_waiting()
    assert deliveries == store.deliveries()


def test_whoever_a_message_of_exceptions_waits_for_is_waiting(store):
    """For whatever reason; not whose digest waits, nor whose message may have arrived or was taken over another channel."""
    tried = {"state": DeliveryState.PENDING, "attempts": 1, "not_before": AT}
    notices = [a_notice(id_=f"n{n}", owner=f"o{n}") for n in range(6)]
    notices[3] = replace(notices[3], kind=NoticeKind.DIGEST)
    kinds = [{"not_before": AT}, {}, tried, {"not_before": AT}, {"unanswered_attempts": 1}, {}]
    deliveries = [a_delivery(f"d{n}", f"n{n}", owner=f"o{n}", **kind) for n, kind in enumerate(kinds)]
    deliveries.append(a_delivery("d6", "n5", owner="o5", channel="other", state=DeliveryState.ACCEPTED))
    save(store, notices=notices, deliveries=deliveries)
    with store.begin() as state:
        assert {"o0", "o1", "o2"} == state.hearings.owners_waiting()
        assert [["d0"], ["d1"], ["d2"], [], [], []] == [
            ids for _, ids, _ in state.hearings.postponed_for([f"o{n}" for n in range(6)]).values()
        ]
        assert {"d0", "d1", "d2"} == state.hearings.waiting_for([f"o{n}" for n in range(6)])[0]


def test_of_what_waits_for_owners_the_series_are_known_without_their_events(store):
    every = [an_alert(area) for area in ("north", "south", "east")]
    events = [an_event(alert) for alert in every]
    told = [a_notice(events[:2], "n0", "o0"), a_notice(events[1:2], "n1", "o1"), a_notice(events[2:], "n2", "o2")]
    waiting = [a_delivery(f"d{n}", f"n{n}", owner=f"o{n}") for n in range(3)]
    save(store, alerts=every, events=events, notices=told, deliveries=waiting)
    with store.begin() as state:
        assert ({"d0", "d1"}, {one.key for one in every[:2]}) == state.hearings.waiting_for(["o0", "o1"])
        assert (set(), set()) == state.hearings.waiting_for([])


def test_a_notice_is_outdated_once_all_that_it_tells_is_over_or_was_told_anew_to_its_owner(store):
    later, over = AT + timedelta(days=1), an_alert("south", state=AlertState.RESOLVED, resolved=PERIOD)
    opened = {area: an_event(an_alert(area)) for area in ("north", "south", "east", "west")}
    again = {area: an_event(an_alert(area), at=later) for area in ("north", "east", "west")}
    ended = an_event(over, EventKind.RESOLVED, at=later)
    notices = {
        "over and told anew": a_notice([opened["south"], opened["north"]]), "the newest": a_notice([again["north"]], at=later),
        "its end": a_notice([ended], at=later), "told anew to another": a_notice([opened["east"]], owner="other"),
        "the other": a_notice([again["east"]], at=later), "told anew, not sent": a_notice([opened["west"]]),
        "not sent": a_notice([again["west"]], at=later), "half over": a_notice([opened["south"], opened["west"]]),
    }  # fmt: skip
    notices = [replace(notice, id=id_) for id_, notice in notices.items()]
    states = {"not sent": DeliveryState.CANCELLED}
    deliveries = [
        a_delivery(f"d {one.id}", one.id, state=states.get(one.id, DeliveryState.REJECTED)) for one in notices
    ]
    alerts = [an_alert("north"), an_alert("east"), an_alert("west"), over]
    save(
        store, alerts=alerts, events=[*opened.values(), *again.values(), ended], notices=notices, deliveries=deliveries
    )
    with store.begin() as state:
        assert {"over and told anew"} == state.outbox.outdated({one.id for one in notices})


def test_copies_are_what_waits_and_may_have_been_taken_each_with_what_it_tells(store):
    over = an_event(an_alert("south", state=AlertState.RESOLVED, resolved=PERIOD), EventKind.RESOLVED)
    stands = an_event(an_alert("north"))
    kinds = [
        {"unanswered_attempts": 1},
        {"unanswered_attempts": 2},
        {},
        {"unanswered_attempts": 1, "state": DeliveryState.HELD},
        {"unanswered_attempts": 1},
    ]
    notices = [a_notice([stands, over] if n else [stands], f"n{n}") for n in range(len(kinds))]
    notices[-1] = replace(notices[-1], kind=NoticeKind.DIGEST)
    deliveries = [a_delivery(f"d{n}", f"n{n}", **kind) for n, kind in enumerate(kinds)]
    alerts, events = [stands.alert, over.alert], [stands, over]
    save(store, alerts=alerts, events=events, notices=notices, deliveries=deliveries)
    with store.begin() as state:
        told = state.outbox.copies()
    assert {"d0": {stands.alert.id: True}, "d1": {stands.alert.id: True, over.alert.id: False}} == told


@pytest.mark.parametrize("kind", [NoticeKind.EXCEPTIONS, NoticeKind.DIGEST])
def test_what_waits_is_not_handed_over_while_somebody_decides_what_becomes_of_it(postgres_url, kind):
    """Where several may write at once; on SQLite one waits for the other."""
    store = SqlStore(postgres_url)
    store.upgrade()
    save(
        store,
        notices=[replace(a_notice(id_="n0", owner="o0"), kind=kind)],
        deliveries=[a_delivery("d0", "n0", owner="o0")],
    )
    with store.begin() as state:
        assert state.hearings.owners_waiting() or state.digests.unsent("o0")
        assert [] == store.queue.claim("sender", AT, timedelta(minutes=1), 64)
    assert ["d0"] == [one.id for one in store.queue.claim("sender", AT, timedelta(minutes=1), 64)]
    store.close()


def test_a_copy_is_not_handed_over_while_somebody_decides_whether_it_is_still_true(postgres_url):
    store = SqlStore(postgres_url)
    store.upgrade()
    told = an_event(an_alert())
    save(
        store,
        alerts=[told.alert],
        events=[told],
        notices=[a_notice([told], "n0")],
        deliveries=[a_delivery("d0", "n0", unanswered_attempts=1)],
    )
    with store.begin() as state:
        assert state.outbox.copies()
        assert [] == store.queue.claim("sender", AT, timedelta(minutes=1), 64)
    store.close()


def test_the_schema_is_brought_up_to_date_as_often_as_asked(empty_url):
    store = SqlStore(empty_url)
    store.upgrade()
    save(store, alerts=[an_alert()])
    store.upgrade()
    with store.begin() as state:
        assert 1 == len(state.alerts.open())
    store.close()


def test_the_migrations_make_the_tables_that_the_code_declares(empty_url):
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext
    from sqlalchemy import create_engine

    from alerting.store.tables import metadata

    store = SqlStore(empty_url)
    store.upgrade()
    store.close()
    engine = create_engine(empty_url)
    with engine.connect() as connection:
        assert [] == compare_metadata(MigrationContext.configure(connection), metadata)
    engine.dispose()


def test_a_state_in_memory_has_the_tables_that_the_migrations_make(tmp_path):
    migrated, in_memory = SqlStore(f"sqlite:///{tmp_path}/a.db"), MemoryStore.empty()
    migrated.upgrade()

    assert _tables(migrated) == _tables(in_memory)

    migrated.close()
    in_memory.close()


def _tables(store):
    """Return all that is declared of each table, and which version the tables are of."""
    with store._database.engine.connect() as connection:
        look = inspect(connection)
        asked = (
            look.get_columns, look.get_pk_constraint, look.get_foreign_keys, look.get_unique_constraints,
            look.get_check_constraints, look.get_indexes,
        )  # fmt: skip
        found = {name: [_in_order(ask(name)) for ask in asked] for name in look.get_table_names()}
        return found, connection.execute(text("SELECT version_num FROM alembic_version")).all()


def _in_order(found):
    several = found if isinstance(found, list) else [found]
    return sorted(
        repr(
            [
                (key, {k: str(v) for k, v in value.items()} if isinstance(value, dict) else value)
                for key, value in one.items()
            ]
        )
        for one in several
    )


def test_a_database_of_a_later_version_is_refused(tmp_path):
    import sqlite3

    path = tmp_path / "a.db"
    store = SqlStore(f"sqlite:///{path}")
    store.upgrade()
    store.close()
    with sqlite3.connect(path) as connection:
        connection.execute("update alembic_version set version_num = '9999'")
    connection.close()
    later = SqlStore(f"sqlite:///{path}")
    with pytest.raises(UsageError, match=r"newer|later|9999"):
        later.upgrade()
    later.close()


def test_a_database_that_is_not_there_is_said_to_be_missing(tmp_path):
    store = SqlStore(f"sqlite:///{tmp_path / 'none.db'}")
    with pytest.raises(UsageError, match="there is no state database"), store.begin():
        pass
    store.close()


def test_the_database_is_its_owners_alone(tmp_path):
    store = SqlStore(f"sqlite:///{tmp_path / 'a.db'}")
    store.upgrade()
    store.close()
    assert 0o600 == (tmp_path / "a.db").stat().st_mode & 0o777


def test_comments_come_back_as_they_were_said_oldest_first(store):
    def said(about, period, at):
        return Comment(about=about, subject="s", period=period, person="p", at=at, words="“Ä” £")

    later = said(About.TOPIC, Calendar(1).parse_exact("2020-Q2"), AT + timedelta(hours=1))
    first = said(About.MEASURE, PERIOD, AT)
    with store.begin() as state:
        state.comments.save(later)
        state.comments.save(first)
    with store.begin() as state:
        found = state.comments.made()
        assert [first, later] == [replace(one, number=None) for one in found]
        state.comments.withdraw(found[0].number, "q", AT)
    with store.begin() as state:
        assert [later] == [replace(one, number=None) for one in state.comments.made()]
        kept = state.comments.every()
        assert ["q", AT] == [kept[0].withdrawn_by, kept[0].withdrawn_at]
