"""The database fails in every way it can (RELIABILITY, C.3; the number of each case is in its test's name): PostgreSQL."""

import os
import signal
import socket
import threading
import time
from contextlib import contextmanager
from datetime import date, timedelta

import psycopg
import pytest
from samples.outbox import START, Outbox, refuses
from samples.postgres import name_of
from samples.sampling import few
from sqlalchemy import event, text
from sqlalchemy.dialects import postgresql as dialect

from alerting.app.delivery.ledger import LEASE
from alerting.errors import AlertingError
from alerting.ports.ticks import TickRecord
from alerting.store import database as state_database
from alerting.store import postgresql
from alerting.store.claiming import claimable
from alerting.store.sql import SqlStore

MARKED = " (possibly repeated)"
TICK = TickRecord(id="t1", as_of=date(2020, 10, 15), at=START, rules_version="sha256:0", due_at=START)
#: More commits than a round of one message makes.
COMMITS = range(1, 9)


@pytest.fixture
def quick(monkeypatch):
    """Try again as often as ever, without the waits."""
    monkeypatch.setattr(state_database, "_AGAIN_S", (0.01,) * len(state_database._AGAIN_S))


@pytest.fixture
def outbox(postgres_url):
    found = Outbox(postgres_url)
    yield found
    found.store.close()


@pytest.fixture
def database(postgres, postgres_url):
    """Run statements as somebody else in the test's database."""
    return lambda statement: postgres.run(statement, name_of(postgres_url))


def hand_over(outbox, *answers, **facts):
    return outbox.hand_over(*answers, exclusive=False, **facts)


def untold(outbox, number):
    """Return the messages of 1 … number that were not taken exactly once, unmarked."""
    return [one for one in range(1, number + 1) if outbox.taken.count(str(one)) != 1] + [
        subject for subject in outbox.taken if subject.endswith(MARKED)
    ]


class Cut:
    """Ends the connection at the nth commit from now on.

    Args:
        how: "ended": by the server, which says so, before the commit. "silent": without a word, before it. "done": by the server,
            when it has done the commit and its answer is on the way.
    """

    def __init__(self, postgres, store, number, how):
        self.postgres, self.number, self.how = postgres, number, how
        self.reached = False
        commit = store._database.engine.dialect.do_commit

        def cut(connection):
            self.number -= 1
            if self.number:
                commit(connection)
                return
            self.reached = True
            line = connection.driver_connection
            if how == "done":
                commit(connection)
            self.end(line)
            line.execute("SELECT 1") if how == "done" else commit(connection)  # the driver finds it broken

        store._database.engine.dialect.do_commit = cut

    def end(self, line):
        if self.how == "silent":
            with socket.socket(fileno=os.dup(line.fileno())) as end:
                end.shutdown(socket.SHUT_RDWR)
        else:
            self.postgres.run(f"SELECT pg_terminate_backend({line.info.backend_pid}, 5000)")


@pytest.mark.sampled(4)
@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("number", COMMITS)
@pytest.mark.parametrize(
    "how",
    [pytest.param("ended", id="74"), pytest.param("silent", id="74-silent"), pytest.param("done", id="75")],
)
def test_a_line_that_breaks_at_a_commit_loses_and_doubles_nothing(postgres, outbox, number, how):
    outbox.queue("north", "south")
    cut = Cut(postgres, outbox.store, number, how)
    hand_over(outbox)
    assert cut.reached
    assert untold(outbox, 2) == []
    assert [len(outbox.store.attempts(id_)) for id_ in ("d1", "d2")] == [1, 1]


def test_74_a_tick_whose_line_breaks_is_not_there_at_all(postgres, outbox):
    Cut(postgres, outbox.store, 1, "ended")
    with pytest.raises(AlertingError, match="terminating connection"), outbox.store.begin() as state:
        state.ticks.save(TICK)
    with outbox.store.begin() as state:
        assert not state.ticks.was_done(START)
        state.ticks.save(TICK)


def test_75_a_tick_whose_commit_was_not_answered_is_found_in_the_ledger(postgres, outbox):
    Cut(postgres, outbox.store, 1, "done")
    with pytest.raises(AlertingError, match="terminating connection"), outbox.store.begin() as state:
        state.ticks.save(TICK)
    with outbox.store.begin() as state:
        assert state.ticks.was_done(START)


def test_76_a_server_that_restarts_under_load_costs_nobody_a_message(postgres, outbox):
    outbox.queue(*(f"o{number}" for number in range(60)))
    under_way, asked, broken = threading.Event(), [], []
    event.listen(outbox.store._database.engine, "invalidate", lambda *_: broken.append(1))

    def answer(address):
        time.sleep(0.01)
        asked.append(address)
        if len(asked) == 20:
            under_way.set()

    sending = threading.Thread(target=hand_over, args=(outbox, answer))
    sending.start()
    assert under_way.wait(20)
    postgres.stop(signal.SIGQUIT)  # by this thread: the server would end with another one that started it
    postgres.start()
    sending.join(30)
    assert broken
    assert untold(outbox, 60) == []
    assert set(outbox.states()) == {"accepted"}


def test_77_a_standby_that_lacks_the_last_second_is_noticed_and_its_repeats_are_marked(outbox, database):
    outbox.queue("north", "south")
    hand_over(outbox)
    database("DELETE FROM attempt WHERE delivery_id = 'd2'")
    database("UPDATE delivery SET state = 'pending', attempts = 0, last_reply = NULL WHERE id = 'd2'")
    assert hand_over(outbox) == ["2" + MARKED]


def test_78_a_server_that_turned_read_only_is_named_and_nothing_is_sent(postgres, outbox):
    outbox.queue("north")
    with read_only(postgres), pytest.raises(AlertingError, match=r"refuses: .*read-only.*; it is a standby"):
        hand_over(outbox)
    assert outbox.taken == []
    assert hand_over(outbox) == ["1"]


def test_78_a_standby_is_refused_at_the_start(postgres, postgres_url):
    store = SqlStore(postgres_url)
    with read_only(postgres), pytest.raises(AlertingError, match=r"session is read-only; it is a standby"):
        store.upgrade()
    store.close()


@contextmanager
def read_only(postgres):
    """Let every session be read only, those that are open too."""
    settings("default_transaction_read_only = on", postgres)
    try:
        yield
    finally:
        settings("default_transaction_read_only = off", postgres)


def settings(setting, postgres):
    name, _, value = setting.partition(" = ")
    with postgres.connect() as connection:
        connection.execute("SET default_transaction_read_only = off")
        connection.execute(f"ALTER SYSTEM SET {name} = {value}")
        connection.execute("SELECT pg_reload_conf()")
    while postgres.run(f"SHOW {name}") != [(value,)]:
        pass


@pytest.fixture
def clerk_url(postgres, postgres_url, database):
    """The address for a role that may have one connection and may not change tables."""
    postgres.run("CREATE ROLE clerk LOGIN CONNECTION LIMIT 1 IN ROLE pg_read_all_data, pg_write_all_data")
    database("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO clerk")
    yield postgres_url.replace("postgres@", "clerk@")
    database("DROP OWNED BY clerk")
    postgres.run("DROP ROLE clerk")


def wait_until_gone(role, database):
    """Wait until a role has no line any more: the server drops one a moment after it was closed."""
    until = time.monotonic() + 30
    while database(f"SELECT 1 FROM pg_stat_activity WHERE usename = '{role}'") and time.monotonic() < until:
        time.sleep(0.01)


@pytest.mark.usefixtures("quick")
def test_79_too_many_connections_are_waited_out(clerk_url, postgres, database):
    outbox = Outbox(clerk_url)
    outbox.queue("north")
    outbox.store.close()
    wait_until_gone("clerk", database)
    theirs = psycopg.connect(host=str(postgres.folder / "socket"), user="clerk", dbname=name_of(clerk_url))
    with theirs, pytest.raises(AlertingError, match='too many connections for role "clerk"'):
        hand_over(outbox)
    assert outbox.taken == []
    wait_until_gone("clerk", database)
    assert hand_over(outbox) == ["1"]
    outbox.store.close()


def test_79_a_role_that_may_not_change_tables_can_do_all_the_rest(clerk_url):
    outbox = Outbox(clerk_url)
    outbox.queue("north")
    assert hand_over(outbox) == ["1"]
    outbox.store.close()


@contextmanager
def failing(database, code, *, times=10**9):
    """Let updates of deliveries fail with an SQLSTATE, so many times."""
    database("CREATE SEQUENCE tries")
    database(
        "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF nextval('tries') <= {times} THEN RAISE EXCEPTION 'on purpose' USING ERRCODE = '{code}'; END IF;"
        " RETURN NEW; END $$"
    )
    database("CREATE TRIGGER fail BEFORE UPDATE ON delivery FOR EACH ROW EXECUTE FUNCTION fail()")
    yield
    database("DROP TRIGGER fail ON delivery")


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    ("code", "told"),
    [
        pytest.param("53100", "on purpose; free some space on its disk", id="disk-full"),
        pytest.param("53200", "on purpose; give it more memory", id="out-of-memory"),
    ],
)
def test_79_what_the_server_lacks_is_named_and_nothing_is_handed_over(outbox, database, code, told):
    outbox.queue("north")
    with failing(database, code), pytest.raises(AlertingError, match=told):
        hand_over(outbox)
    assert outbox.taken == []
    assert hand_over(outbox) == ["1"]


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("code", ["40001", "40P01"])
def test_80_what_the_server_undid_is_done_again(outbox, database, code):
    outbox.queue("north")
    with failing(database, code, times=5):
        assert hand_over(outbox) == ["1"]


@pytest.mark.usefixtures("quick")
def test_80_but_not_for_ever(outbox, database):
    outbox.queue("north")
    with failing(database, "40P01"), pytest.raises(AlertingError, match="on purpose"):
        hand_over(outbox)
    assert outbox.taken == []
    # One claim, tried six times; then what was claimed is given back, which finds nothing to update.
    assert database("SELECT last_value FROM tries") == [(6,)]


def test_80_of_two_that_wait_for_each_other_the_one_that_is_undone_tries_again(postgres, outbox, database):
    outbox.queue("north", "south")
    hand_over(outbox, refuses("451 later"))
    begun, failed = [], []
    event.listen(outbox.store._database.engine, "begin", lambda _: begun.append(1))

    def wake():
        try:
            outbox.store.queue.reset_backoff()
        except AlertingError as error:
            failed.append(error)

    waking = threading.Thread(target=wake)
    with postgres.connect(database("SELECT current_database()")[0][0]) as other, other.transaction():
        other.execute("UPDATE delivery SET urgent = false WHERE id = 'd2'")
        waking.start()
        while not database(
            "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND application_name = 'alerting'"
        ):
            pass
        other.execute("UPDATE delivery SET urgent = false WHERE id = 'd1'")
    waking.join()
    assert (failed, len(begun)) == ([], 2)
    assert sorted(hand_over(outbox, after=timedelta(hours=2))) == ["1", "2"]


def test_81_who_finds_the_tick_under_way_elsewhere_waits_a_little_and_leaves_it(outbox, postgres_url, monkeypatch):
    monkeypatch.setattr(postgresql, "_LOCK_S", 1)
    other = SqlStore(postgres_url)
    with other.begin() as theirs:
        theirs.ticks.save(TICK)
        with pytest.raises(AlertingError, match="another process held it"), outbox.store.begin() as ours:
            ours.ticks.save(TICK)
    with outbox.store.begin() as state:
        assert state.ticks.was_done(START)
    other.close()


def test_82_nothing_depends_on_what_a_session_remembers(outbox):
    @event.listens_for(outbox.store._database.engine, "checkin")
    def forget(connection, _record):
        connection.pgconn.exec_(b"DISCARD ALL")  # past the driver, which would take note of it

    for number in range(10):
        outbox.queue(f"o{number}")
        hand_over(outbox)
    assert untold(outbox, 10) == []


def test_83_a_statement_that_takes_too_long_is_ended_and_nothing_is_handed_over(outbox, database, monkeypatch):
    monkeypatch.setattr(postgresql, "_STATEMENT_S", 1)
    outbox.queue("north")
    database(
        "CREATE FUNCTION stall() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(60); RETURN NEW; END $$"
    )
    database("CREATE TRIGGER stall BEFORE UPDATE ON delivery FOR EACH ROW EXECUTE FUNCTION stall()")
    with pytest.raises(AlertingError, match="statement timeout; it took more than 1 s"):
        hand_over(outbox)
    database("DROP TRIGGER stall ON delivery")
    assert outbox.taken == []
    assert hand_over(outbox) == ["1"]


def test_every_transaction_has_its_limits_and_a_durable_commit(outbox, database):
    database("ALTER SYSTEM SET synchronous_commit = off")
    database("SELECT pg_reload_conf()")
    names = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "synchronous_commit")
    try:
        with outbox.store.begin() as state:
            found = [state.alerts._connection.execute(text(f"SHOW {name}")).scalar() for name in names]
    finally:
        database("ALTER SYSTEM RESET synchronous_commit")
        database("SELECT pg_reload_conf()")
    assert found == ["15s", "5s", "5min", "on"]


def test_three_that_start_at_once_make_the_tables_once(postgres):
    with postgres.database(empty=True) as url:
        stores = [SqlStore(url) for _ in range(3)]
        threads = [threading.Thread(target=store.upgrade) for store in stores]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for store in stores:
            assert store.deliveries() == []
            store.close()


GROWN = few(20_000, 100_000)


def test_84_among_very_many_attempts_the_claim_goes_by_an_index(outbox, database):
    outbox.queue("north")
    columns = "notice_id, owner, channel, address, message_id, payload"
    database(
        f"INSERT INTO delivery (id, {columns}, state, attempts) SELECT 'x' || n, notice_id, 'o' || n % 50, channel,"
        f" n || '@example.org', 'x' || n, payload, 'accepted', 1 FROM delivery, generate_series(1, {GROWN}) AS n"
    )
    database(
        "INSERT INTO attempt (delivery_id, number, at, state, reply) SELECT id, 1, now(), 'accepted', '250 ok' FROM delivery"
        " WHERE state = 'accepted'"
    )
    database("ANALYZE")
    query = claimable(START, 64, [], None).compile(dialect=dialect.dialect(), compile_kwargs={"literal_binds": True})
    plan = "\n".join(line for (line,) in database(f"EXPLAIN (ANALYZE, TIMING OFF) {query}"))
    assert "Seq Scan" not in plan, plan
    assert "Index" in plan
    assert hand_over(outbox, after=timedelta(seconds=1)) == ["1"]


def test_84_the_same_in_sqlite(tmp_path):
    outbox = Outbox(f"sqlite:///{tmp_path / 'a.db'}")
    outbox.queue("north")
    columns = "notice_id, owner, channel, address, message_id, payload"
    counting = f"WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < {GROWN})"
    with outbox.store._database.transaction() as connection:
        connection.execute(
            text(
                f"INSERT INTO delivery (id, {columns}, state, attempts) {counting} SELECT 'x' || n, notice_id,"
                " 'o' || n % 50, channel, n || '@example.org', 'x' || n, payload, 'accepted', 1 FROM counted, delivery"
            )
        )
        connection.execute(
            text(
                "INSERT INTO attempt (delivery_id, number, at, state, reply) SELECT id, 1, '2020-10-15', 'accepted', ''"
                " FROM delivery WHERE state = 'accepted'"
            )
        )
        query = claimable(START, 64, [], None).compile(connection, compile_kwargs={"literal_binds": True})
        plan = "\n".join(row[-1] for row in connection.execute(text(f"EXPLAIN QUERY PLAN {query}")))
    assert "SCAN" not in plan, plan
    assert "USING INDEX" in plan
    assert outbox.hand_over() == ["1"]
    outbox.store.close()


def test_a_process_that_is_gone_is_waited_for_as_long_as_its_lease(outbox):
    outbox.queue("north")
    outbox.store.queue.claim("gone", outbox.clock.at, LEASE, 10)
    outbox.store.queue.write("gone", outbox.clock.at, LEASE, [], [])
    assert hand_over(outbox) == []
    outbox.outlive(LEASE - timedelta(minutes=1))
    assert hand_over(outbox) == []
    outbox.outlive(timedelta(minutes=1))
    assert hand_over(outbox) == ["1"]


@pytest.mark.parametrize("apart", [timedelta(minutes=-10), timedelta(minutes=20)], ids=["behind", "ahead"])
@pytest.mark.parametrize("begun", [False, True], ids=["claimed", "handing-over"])
def test_85_on_two_hosts_whose_clocks_are_apart_leases_follow_the_servers_clock(outbox, postgres_url, apart, begun):
    outbox.queue("north")
    other = Outbox(postgres_url)
    other.clock.at = outbox.clock.at + apart
    outbox.store.queue.claim("one", outbox.clock.at, LEASE, 10)
    if begun:
        assert outbox.store.queue.write("one", outbox.clock.at, LEASE, outbox.store.deliveries(), []) == {"d1"}
    assert hand_over(other) == [], "a host whose clock is ahead takes nothing from one that is at work"
    outbox.outlive(LEASE)
    assert hand_over(other) == ["1" + MARKED * begun], "one whose clock is behind waits no longer than the lease"
    assert outbox.store.queue.write("one", outbox.clock.at, LEASE, outbox.store.deliveries(), []) == set()
    other.store.close()
