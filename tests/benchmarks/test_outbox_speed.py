"""Mails a second through the outbox, commits included, against postfix's own load generator on the same sink, and against
ourselves with a connection for every mail.

`SMTP_TOOLS=folder ./run pytest -m benchmark tests/benchmarks/test_outbox_speed.py -s`, where the folder holds `smtp-source` and
`smtp-sink` (Debian's package postfix; `LD_LIBRARY_PATH` to its libraries where it was only unpacked). Nothing asserts a time.
Wanted: a pool of 4 at least 0.7 of one reused session of smtp-source and 3 times one connection a mail; with 20 ms a command a
pool of 8 at least 6 times one connection; alerts upserted at 0.4 of raw executemany.
"""

import asyncio
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import contextmanager
from datetime import UTC, datetime
from time import perf_counter, sleep

import aiosmtplib
import pytest
from samples.channels import mail_context

from alerting.app.delivery.deliver import deliver
from alerting.demo.sink import _free_port
from alerting.demo.story import FixedClock
from alerting.domain.alert import Alert, AlertState, SeriesKey
from alerting.domain.notify.notice import Delivery, Message, Notice, NoticeKind
from alerting.domain.period import Calendar
from alerting.domain.rule import Channel
from alerting.domain.severity import Severity
from alerting.store.sql import SqlStore
from notifiers.email import Email
from notifiers.mime import Sender, mail
from notifiers.smtp import session

pytestmark = pytest.mark.benchmark
MAILS, BODY_BYTES = 2_000, 20 * 1024
AT = datetime(2020, 10, 15, 7, tzinfo=UTC)
TOOLS = os.environ.get("SMTP_TOOLS", "/usr/sbin")
SINK, SOURCE = (shutil.which(name, path=TOOLS) for name in ("smtp-sink", "smtp-source"))


@contextmanager
def sink(*options):
    port = _free_port()
    process = subprocess.Popen([SINK, "-u", "nobody", *options, f"127.0.0.1:{port}", "1000"], stderr=subprocess.DEVNULL)
    sleep(1.0)
    try:
        yield port
    finally:
        process.terminate()
        process.wait(timeout=10)


@contextmanager
def slow_sink(seconds):
    """A sink of our own in a process of its own: each command waits so long before it is answered."""
    port = _free_port()
    process = subprocess.Popen([sys.executable, "-c", SLOW, str(port), str(seconds)])
    sleep(1.0)
    try:
        yield port
    finally:
        process.terminate()
        process.wait(timeout=10)


SLOW = """
import asyncio, sys

async def talk(reader, writer):
    async def say(text):
        await asyncio.sleep(float(sys.argv[2]))
        writer.write(text.encode() + b"\\r\\n")
    await say("220 slow")
    while line := await reader.readline():
        word = line[:4].upper()
        if word == b"DATA":
            await say("354 go on")
            while (await reader.readline()) != b".\\r\\n":
                pass
        await say("221 bye" if word == b"QUIT" else "250 ok")

async def main():
    server = await asyncio.start_server(talk, "127.0.0.1", int(sys.argv[1]), limit=2**20)
    await server.serve_forever()

asyncio.run(main())
"""


def queued(folder, mails):
    store = SqlStore(f"sqlite:///{folder}/a.db")
    store.upgrade()
    line = "The figure was significantly above the average of the year before it.\n"
    text = line * (BODY_BYTES * 3 // 4 // len(line) // 2)
    message = Message(subject="Above its limit", text=text, html=f"<p>{text}</p>")
    notices = [Notice(id=f"n{n}", kind=NoticeKind.EXCEPTIONS, owner=f"o{n}", at=AT) for n in range(mails)]
    deliveries = [
        Delivery(
            id=f"d{n}", notice_id=f"n{n}", owner=f"o{n}", channel="email", address=f"o{n}@example.org",
            message_id=f"d{n}@example.org", message=message,
        )
        for n in range(mails)
    ]  # fmt: skip
    with store.begin() as state:
        state.outbox.save(notices, deliveries)
    return store


def our_seconds(folder, port, connections, mails=MAILS):
    folder.mkdir()
    store = queued(folder, mails)

    def notifier():
        channel = Channel(id="email", kind="email", settings={"connections": connections})
        context = mail_context(
            channel=channel, smtp_url=f"smtp://127.0.0.1:{port}?tls=none", mail_from="a@example.org", reply_to=None,
            out_dir=folder,
        )  # fmt: skip
        return Email(context)

    begun = perf_counter()
    report = asyncio.run(deliver(store, {"email": notifier}, FixedClock(AT)))
    taken = perf_counter() - begun
    store.close()
    assert report.accepted == mails, [reply for _, reply in report.failures[:1]]
    return taken


def their_seconds(port, *options, mails=MAILS):
    begun = perf_counter()
    subprocess.run([SOURCE, *options, "-l", str(BODY_BYTES), "-m", str(mails), f"127.0.0.1:{port}"], check=True)
    return perf_counter() - begun


if SINK and SOURCE:

    def test_a_pool_of_four_against_one_session_of_smtp_source_and_a_connection_a_mail(tmp_path, monkeypatch):
        few = MAILS // 4
        with sink() as port:
            ours = our_seconds(tmp_path / "a", port, 4)
            reused, fresh = their_seconds(port, "-d", "-s", "1"), their_seconds(port, "-s", "1")
            monkeypatch.setattr(session, "MESSAGES_PER_CONNECTION", 1)
            one_each = our_seconds(tmp_path / "b", port, 1, few) * MAILS / few
        print(
            f"\n{MAILS / ours:.0f} mails/s with a pool of 4, {MAILS / one_each:.0f}/s with a connection a mail"
            f" ({one_each / ours:.2f} x); smtp-source {MAILS / reused:.0f}/s over one session (we are"
            f" {reused / ours:.2f} of it), {MAILS / fresh:.0f}/s with a connection a mail ({fresh / ours:.2f} x)"
        )

    def test_a_pool_of_eight_where_every_command_takes_20_ms(tmp_path):
        mails = 100
        with slow_sink(0.02) as port:
            eight, one = (our_seconds(tmp_path / str(n), port, n, mails) for n in (8, 1))
        print(
            f"\n{mails / eight:.0f} mails/s with a pool of 8, {mails / one:.0f}/s over one connection: {one / eight:.1f} x"
        )


async def plainly(port, mails):
    """Send the same messages with the library alone: one after the other over one line, nothing noted."""
    client = aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False)
    await client.connect()
    for content in mails:
        await client.mail("a@example.org")
        await client.rcpt("o@example.org")
        await client.data(content)
    await client.quit()


def test_a_pool_of_four_against_a_plain_loop_of_the_library(tmp_path):
    """Wanted: at least half as fast, commits and all."""
    sender = Sender.of("a@example.org", None)
    with slow_sink(0) as port:
        ours = our_seconds(tmp_path / "a", port, 4)
        store = queued(tmp_path, MAILS)
        mails = [mail(one, one.message, sender, at=AT) for one in store.deliveries()]
        store.close()
        begun = perf_counter()
        asyncio.run(plainly(port, mails))
        theirs = perf_counter() - begun
    print(
        f"\n{MAILS / ours:.0f} mails/s with a pool of 4; the library alone {MAILS / theirs:.0f}/s: {theirs / ours:.2f} of it"
    )


def raw_seconds(kept, path):
    """Upsert the same rows three times into the same tables by sqlite3 alone."""
    store = SqlStore(f"sqlite:///{path}")
    store.upgrade()
    store.close()
    with sqlite3.connect(kept) as source:
        found = source.execute("SELECT * FROM alert")
        columns, rows = [column[0] for column in found.description], found.fetchall()
    source.close()
    changes = ", ".join(f"{name}=excluded.{name}" for name in columns if name != "id")
    marks = ", ".join("?" * len(columns))
    statement = f"INSERT INTO alert ({', '.join(columns)}) VALUES ({marks}) ON CONFLICT(id) DO UPDATE SET {changes}"
    with sqlite3.connect(path) as raw:
        raw.execute("PRAGMA synchronous=FULL")
        begun = perf_counter()
        for _ in range(3):
            raw.executemany(statement, rows)
            raw.commit()
        taken = perf_counter() - begun
    raw.close()
    return taken


def test_upserts_of_alerts_against_raw_executemany(tmp_path):
    period = Calendar().parse_exact("2020-09")
    alerts = [
        Alert(
            key=SeriesKey(rule="r", measure="m", area=f"a{n}"), opened=period, state=AlertState.OPEN,
            severity=Severity.WARNING, period=period, value=1.0, consecutive=1, opened_at=AT, changed_at=AT,
        )
        for n in range(10_000)
    ]  # fmt: skip
    store = SqlStore(f"sqlite:///{tmp_path}/a.db")
    store.upgrade()
    begun = perf_counter()
    for _ in range(3):
        with store.begin() as state:
            state.alerts.save(alerts)
    ours = perf_counter() - begun
    with store.begin() as state:
        assert len(state.alerts.open()) == len(alerts)
    store.close()
    theirs = raw_seconds(tmp_path / "a.db", tmp_path / "raw.db")
    print(f"\n{30_000 / ours:.0f} upserts/s; raw executemany {30_000 / theirs:.0f}/s: {theirs / ours:.2f} of it")
