"""A state that the program itself filled: something in every column, each state of a delivery, each event of an alert.

Each version of the tables since 0009 has one, as SQLite dumps it: `filled_states/NNNN.sql.gz`. With a migration comes the
new version's, written in the folder `tests` by `../run python -m samples.filled_state`: the same rows each time. The older
ones stay as they are.
"""

import asyncio
import gzip
import random
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import chdir, closing, suppress
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from alembic import command
from sqlalchemy import Connection, MetaData, StaticPool, create_engine, select, text

from alerting.app.alerts import actions as care
from alerting.app.alerts import comments, silences
from alerting.app.answers.intake import Intake, Mailroom
from alerting.app.delivery import deliveries
from alerting.app.engine import Engine
from alerting.app.pruning import fold_readings
from alerting.app.situation import shrink_guard as guard
from alerting.app.situation.posted_loads import note_posted_load
from alerting.domain import kept_readings
from alerting.domain.accepted_figure import AcceptedFigure
from alerting.domain.comment import Named
from alerting.domain.loads import LoadStanding
from alerting.domain.outbox import Deed
from alerting.domain.period import Period, PeriodKind
from alerting.errors import RulesShrunk
from alerting.ports.mailbox import Letter, MailFolder, MailUid
from alerting.ports.state import Store
from alerting.replies.token import Purpose, sign
from alerting.store.tables import SCHEMA
from samples.lives import LONDON, Life
from samples.old_databases import config
from samples.outages import Conversation, Ends, Relay, at_step, works

FOLDER = Path(__file__).parent / "filled_states"
#: Where rules and mail server are said to have been, whichever machine wrote the file.
PLACE, SERVER = "service:/srv/alerting/rules", "mail.example.org:587"
LAST_DAY = "2020-08-24"
#: The alert about which people did most.
ALERT = "r/m/force/2020-05"
PARTS = {
    "measure": ", expected: 3 days",
    "source": ", window: 10 years",
    "rule": """, inhibit: areas, remind: weekly, review_after: 3 months},
  {id: late, title: Late, measures: m, when: {not_fresh: {}}},
  {id: b, title: In a band, measures: m, areas: [south], notify: [chief], when: {band: {exception_from: amber, bands: [
    {red: 17 or more}, {amber: 11 to 17}, {green: below 11}]}}""",
    "head": ", escalate: {after: 2 working days, to: chief}",
    "more": """digests: [{id: monday, every: "monday 07:30", to: [each_owner]}]
channels: {email: {connections: 1}}
schedule: {keep: 1 month}
roles: {maintainer: duty, operator: duty, fallback: chief}""",
}
#: What is watched from July on.
NARROWER = f", areas: [force, north]{PARTS['rule']}"
MORE = "owners:\n" + "".join(f"  - {{id: o{n}, name: Owner {n}, email: o{n}@example.org}}\n" for n in range(15))
HISTORY = {f"{year}-{month:02}": str(4 + (year + month) % 5) for year in range(2015, 2020) for month in range(1, 13)}


def a_life(folder: Path) -> Life:
    """The rules and figures of its last day, by which the state can be opened."""
    life = Life(folder, **PARTS)
    life.figures = {("force", period): value for period, value in HISTORY.items()}
    life.write()
    (life.folder / "more.yaml").write_text(MORE, encoding="utf-8")
    return life


def filled(folder: Path) -> str:
    """Let the program live through three months in which much goes wrong; return the statements that make its database."""
    random.seed(1)  # waits after failures are spread at random
    life = a_life(folder)
    day = ["2020-06-03"]
    with Relay(lambda: datetime.combine(date.fromisoformat(day[0]), time(7), LONDON)) as relay:
        life.smtp = relay.url
        for on, does in STORY.items():
            day[0] = on
            does(life, relay, on)
    _fold_what_was_read(life)
    with closing(sqlite3.connect(life.state / "alerting.db")) as connection:
        statements = "\n".join(connection.iterdump())
    place = life.engine(date.fromisoformat(LAST_DAY)).installation.place
    return statements.replace(place, PLACE).replace(f"127.0.0.1:{relay.port}", SERVER)


def _fold_what_was_read(life: Life) -> None:
    few = kept_readings.FEWEST
    kept_readings.FEWEST = 2
    try:
        with life.opened(LAST_DAY) as (_, store):
            fold_readings(store)
    finally:
        kept_readings.FEWEST = few


def to(recipient: str, step: str, says: str | Ends) -> Callable[[str, Conversation], str | Ends | None]:
    """Fail for one recipient."""
    return lambda at, talk: says if at == step and talk.recipient.startswith(recipient) else None


def opens(life: Life, _relay: Relay, on: str) -> None:
    life.tick(on, "2020-04 5, 2020-05 12", area="south")
    life.tick(on, "2020-04 5, 2020-05 12", area="north")
    life.tick(on, "2020-04 5, 2020-05 12")


def escalates(life: Life, _relay: Relay, on: str) -> None:
    life.tick(on)


def is_cared_for(life: Life, _relay: Relay, on: str) -> None:
    """People answer: by acknowledgements, comments and silences."""
    with life.opened(on, time(9)) as (engine, store):
        rules, day = engine.rules, date.fromisoformat(on)
        at = (engine.clock.now() + timedelta(minutes=n) for n in range(100))
        care.acknowledge(rules, store, ALERT, "head", next(at), day, "More staff from June")
        care.acknowledge(rules, store, ALERT, "north", next(at), day, None, false_alarm=True)
        care.unacknowledge(rules, store, ALERT, "chief", next(at), day, "Not yet")
        care.comment(rules, store, ALERT, "head", next(at), "The centre was closed on two days")
        comments.say(rules, store, Named(id="m"), "Doors were counted twice", "head", next(at), day)
        comments.say(rules, store, Named(id="m"), "Doors were counted once", "head", next(at), day)
        comments.take_back(rules, store, 2, "chief", next(at))
        strange = AcceptedFigure(
            measure="m", area="force", period=Period(PeriodKind.MONTH, 2020 * 12 + 4), value=12.5, person="data",
            at=next(at), reason="The centre was closed",
        )  # fmt: skip
        with store.begin() as state:
            state.accepted.save(strange)
        for reason, until in ("Known", 20), ("A holiday", 12):
            last = date(2020, 6, until)
            silences.silence(rules, store, "r/m/north/2020-05", last, reason, "north", next(at), day)
        silences.silence(
            rules, store, "r/m/north", date(2020, 9, 30), "Until the building is open", "head", next(at), day
        )
        silences.unsilence(rules, store, "r/m/north#2", "head", next(at), day, "No holiday")
        is_answered_by_mail(engine, store)


def is_answered_by_mail(engine: Engine, store: Store) -> None:
    """A message comes back; then its reader answers it all the same."""
    keys = ("0123456789abcdef-of-a-test",)
    intake = Intake(
        rules=engine.rules, store=store, defaults=engine.installation.message_defaults, mailbox="mail.example.org:993/INBOX",
        room=Mailroom(keys=keys, own=frozenset(("alerts@example.org",)), server="", in_text=False),
        now_in=lambda store: (engine.now_in(store)[0], engine.now_in(store)[1] + timedelta(hours=2)),
    )  # fmt: skip
    told = next(one for one in store.deliveries() if one.owner == "head")
    back, answer = (
        sign(keys[0].encode(), told.id, told.address, purpose) for purpose in (Purpose.RETURN, Purpose.ANSWER)
    )
    for uid, raw in enumerate((_RETURNED.format(back), _ANSWER.format(answer)), 1):
        letter = Letter(place=MailUid(validity=1, uid=uid), raw=raw.encode(), size=len(raw))
        assert intake.take(letter) is MailFolder.DONE, intake.entries
    assert ["returned", "acted"] == [entry.standing.value for entry in intake.entries]


_RETURNED = """Return-Path: <>
From: MAILER-DAEMON@example.org
To: alerts+{}@example.org
Subject: Undelivered
Message-ID: <1@mx.example.org>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

It did not arrive.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; head@example.org
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 gone

--b--
"""
_ANSWER = """From: head@example.org
To: alerts+{}@example.org
Subject: Re: Too many
Message-ID: <2@example.org>

ok 1
Seen on the telephone.
"""


def tells_digests(life: Life, _relay: Relay, on: str) -> None:
    life.tick(on)
    with life.opened(on, time(7, 30)) as (engine, store):
        engine.digest(store, date.fromisoformat(on))
        asyncio.run(engine.deliver(store))


def tells_digests_elsewhere(life: Life, _relay: Relay, on: str) -> None:
    """All that is sent on this day goes to one address instead."""
    life.tick(on)
    with life.opened(on, time(7, 30)) as (engine, store):
        engine.installation = replace(
            engine.installation, settings=replace(engine.settings, redirect_all_to="trial@example.org")
        )
        engine.digest(store, date.fromisoformat(on))
        asyncio.run(engine.deliver(store))


def is_refused_by_a_mailbox(life: Life, relay: Relay, on: str) -> None:
    """The force is well again; its head's mailbox is gone, and the fallback hears of that."""
    relay.fails = to("head", "RCPT", "550 5.1.1 no such user")
    life.tick(on, "2020-06 7")


def is_corrected(life: Life, relay: Relay, on: str) -> None:
    relay.fails = works
    life.tick(on, "2020-06 15")


def worsens_and_may_have_arrived(life: Life, relay: Relay, on: str) -> None:
    """The line to one person is cut at the end of the message, on this day and the next."""
    relay.fails = to("head", "dot", Ends.CUT)
    life.set(rule=f", severity: critical{PARTS['rule']}")
    life.tick(on)


def waits_for_one_person(life: Life, relay: Relay, on: str) -> None:
    is_cut, is_busy = relay.fails, to("north", "RCPT", "451 4.2.0 mailbox busy")
    relay.fails = lambda step, talk: is_cut(step, talk) or is_busy(step, talk)
    life.set(rule=PARTS["rule"].replace("inhibit: areas, ", ""))
    life.tick(on, "2020-06 18", area="south")


def is_sent_again(life: Life, _relay: Relay, on: str) -> None:
    """What lasts until here is given up; then the figures cannot be read, and their owner hears of it."""
    life.tick(on)
    life.tick(on, {"2020-06": "abc"}, area="north")


def is_undone(life: Life, relay: Relay, on: str) -> None:
    """A tick that told somebody is undone."""
    relay.fails = works
    life.tick(on, {"2020-06": "30"}, area="north")
    with life.opened(on, time(10)) as (engine, store), store.begin() as state:
        state.ticks.rewind(date.fromisoformat(on) - timedelta(days=1), engine.clock.now())


def withdraws(life: Life, _relay: Relay, on: str) -> None:
    life.figures[("north", "2020-06")] = "11"
    life.set(rule=NARROWER)
    life.write()
    with life.opened(on) as (engine, store):
        engine.tick(store, due_at=engine.clock.now())
        asyncio.run(engine.deliver(store))


def is_revised(life: Life, _relay: Relay, on: str) -> None:
    """An old figure is revised on many days: what was read on each is folded into one later."""
    for day in range(9):
        life.tick(str(date.fromisoformat(on) + timedelta(days=day)), {"2015-03": str(3 + day % 2)})


def shrinks(life: Life, _relay: Relay, on: str) -> None:
    """Most of the figures are away, and somebody says that this is meant; old messages are not kept any longer."""
    for period in (one for one in HISTORY if one > "2016"):
        del life.figures["force", period]
    life.tick(on)
    with life.opened(on, time(10)) as (engine, store):
        with store.begin() as state:
            guard.accept(state.guards, ["calls"])
        engine.prune(store)
        loads_stand(engine, store)


def loads_stand(engine: Engine, store: Store) -> None:
    """Loads were posted, one by name; the last one is not whole yet."""
    now = engine.clock.now()
    for name in ("june", None):
        note_posted_load(engine.rules, store, "calls", now, name)
    standing = LoadStanding(source="calls", content="2" * 32, seen=now, whole="1" * 32, whole_at=now, since=now)
    with store.begin() as state:
        state.loads.save(standing)


def is_refused_altogether(life: Life, relay: Relay, on: str) -> None:
    """The mail server refuses us, and most people are away from the rules, which somebody says is meant.

    Somebody else takes an alert on and drops a message, one waits for its reader's sake, and another is being handed over as
    the power goes.
    """
    relay.fails = at_step("MAIL", "550 5.7.1 relaying denied")
    life.tick(on, "2020-07 40")
    rules, mail = life.rules, "email: chief@example.org"
    life.rules = rules.replace(mail, f'{mail}, quiet_hours: {{from: "20:00", until: "08:00"}}')
    life.tick(on, "2020-07 8", area="south")
    life.rules = rules
    (life.folder / "more.yaml").unlink()
    with suppress(RulesShrunk):
        life.tick(on)
    (life.folder / "more.yaml").write_text(MORE, encoding="utf-8")
    with life.opened(on, time(9)) as (engine, store):
        with store.begin() as state:
            guard.accept(state.guards)
        care.acknowledge(engine.rules, store, ALERT, "head", engine.clock.now(), date.fromisoformat(on), None)
        drop_one(engine, store)
        claimed = store.queue.claim("0" * 32, engine.clock.now(), timedelta(minutes=5), 1)
        store.queue.write("0" * 32, engine.clock.now(), timedelta(minutes=5), claimed, [])


def drop_one(engine: Engine, store: Store) -> None:
    """Drop the oldest message that waits."""
    with store.begin() as state:
        oldest = deliveries.listed(state.outbox, ["waiting"])[0].delivery.id
        deliveries.done(
            state.outbox, Deed.DROP, [oldest], engine.clock.now(), person="duty", reason="Said by telephone"
        )


STORY: dict[str, Callable[[Life, Relay, str], None]] = {
    "2020-06-03": opens,
    "2020-06-05": escalates,
    "2020-06-06": is_cared_for,
    "2020-06-08": tells_digests,
    "2020-07-03": is_refused_by_a_mailbox,
    "2020-07-06": is_corrected,
    "2020-07-07": worsens_and_may_have_arrived,
    "2020-07-08": waits_for_one_person,
    "2020-07-10": is_sent_again,
    "2020-07-20": is_undone,
    "2020-07-21": withdraws,
    "2020-08-03": tells_digests_elsewhere,
    "2020-08-05": is_revised,
    "2020-08-21": shrinks,
    LAST_DAY: is_refused_altogether,
}


def put_back(version: str, url: str) -> None:
    """Write a version's state into a database without tables, as they were then."""
    statements = gzip.decompress((FOLDER / f"{version}.sql.gz").read_bytes()).decode()
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
            connection.executescript(statements)
        return
    source = create_engine("sqlite://", poolclass=StaticPool)
    with source.connect() as connection:
        connection.connection.driver_connection.executescript(statements)
        kept = rows_of(connection)
    source.dispose()
    target = create_engine(url)
    with target.begin() as connection:
        command.upgrade(config(connection), version)
        there = MetaData()
        there.reflect(connection)
        for name, rows in kept.items():
            connection.execute(there.tables[name].insert(), rows)
            if "seq" in there.tables[name].c:  # what comes is numbered after what is there
                connection.execute(
                    text(f"SELECT setval(pg_get_serial_sequence('{name}', 'seq'), max(seq)) FROM {name}")
                )
    target.dispose()


def rows_of(connection: Connection) -> dict[str, list[dict[str, Any]]]:
    """All rows by table, less the version of the tables; instants in UTC."""
    there = MetaData()
    there.reflect(connection)
    return {
        table.name: [
            {name: value.replace(tzinfo=UTC) if _is_naive(value) else value for name, value in row.items()}
            for row in connection.execute(select(table)).mappings()
        ]
        for table in there.sorted_tables
        if table.name != "alembic_version"
    }


def _is_naive(value: object) -> bool:
    return isinstance(value, datetime) and value.tzinfo is None


def main() -> None:
    """Write the newest version's."""
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        statements = filled(Path())
    (FOLDER / f"{SCHEMA}.sql.gz").write_bytes(gzip.compress(statements.encode(), 9, mtime=0))


if __name__ == "__main__":
    main()
