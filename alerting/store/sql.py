"""The store on a SQL database."""

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import Connection, Select, bindparam, func, insert, select, update

from alerting.domain.channel_health import ChannelHealth
from alerting.domain.fault import Faults, Work
from alerting.domain.notify.notice import Attempt, Delivery, DeliveryState
from alerting.domain.notify.shortened import without_pictures
from alerting.errors import AlertingError, UsageError
from alerting.failpoints import reached
from alerting.store import postgresql, schema, sqlite
from alerting.store.chunks import chunks
from alerting.store.claiming import WOKEN, claimable, deliveries_query, given_back, wait_longer
from alerting.store.dialects import explained, insert_or, opened, parsed, place_of
from alerting.store.high_water_mark import Mark
from alerting.store.refused import refused_before
from alerting.store.rows import Draw, delivery_of
from alerting.store.tables import attempt, channel, delivery, picture, tick
from alerting.store.transaction import SqlTransaction

T = TypeVar("T")

#: What is known of a hand-over whose process was gone before the answer came.
CUT_SHORT = "cut short while it was being handed over; the server may have taken the message"
#: What is known of a message that waits in a database put back in time.
PUT_BACK = "the state database was put back to an earlier time; the message may have been sent since"
#: How long to wait before each further try of what the server has undone or was away for, in seconds.
_AGAIN_S = (0.1, 0.4, 1.0, 2.5, 5.0)


class SqlStore:
    """Alerts, events, notices and deliveries in one database.

    Args:
        url: as SQLAlchemy writes it: `sqlite:////path/alerting.db`, `sqlite://` for one in memory, `postgresql+psycopg://…`.
        draw: draws a picture of which only the drawing was kept, because the process that was to draw it is gone.
    """

    def __init__(self, url: str, draw: Draw | None = None) -> None:
        self._draw = draw
        self._address = parsed(url)
        self._engine = opened(self._address)
        self._path = sqlite.file_of(self._address)
        #: Which file it was when it was first used.
        self._identity: sqlite.Identity | None = None
        self._mark = Mark.beside(self._path)
        self._checked = False

    def upgrade(self) -> None:
        """Bring the schema to this version, making the file and its folder where they are missing.

        Raises:
            UsageError: the place cannot be written to, the database was there and is gone, or is newer than this version.
            AlertingError: it is damaged.
        """
        path = self._path
        if path is not None:
            sqlite.refuse_network(self._address)
            if self._mark.is_there and not (path.exists() and path.stat().st_size):
                raise sqlite.lost(path)
            sqlite.made_file(path)
            self._check_file()
            sqlite.check_whole(path)
        is_known, _ = self._mark.is_there, self._mark.newest()  # before: the database is never behind it then
        with explained(self._address), self._engine.connect() as connection:
            connection.execution_options(patient=True)
            with schema.rebuilding(connection), connection.begin():
                schema.upgrade(connection, place_of(self._address))
                newest, ticks = _how_far(connection)
        self._checked = True
        if is_known:
            self._mark.compare(newest, ticks)
        elif path is not None:
            self._mark.set(newest)

    @property
    def was_put_back(self) -> bool:
        """Whether it was put back to an earlier time, so that what it tells may have been told before."""
        return self._mark.is_put_back

    @contextmanager
    def begin(self, *, patient: bool = False) -> Iterator[SqlTransaction]:
        """Open a transaction that may write; commits on leaving, rolls back on an exception.

        Args:
            patient: where another one holds the database for long, as a large tick does, ask again, a few times.
        """
        with ExitStack() as stack:
            connection = _again(lambda: stack.enter_context(self._transaction()), sqlite.passes if patient else None)
            yield SqlTransaction(connection)

    def deliveries(self, notice_id: str | None = None) -> list[Delivery]:
        """Return deliveries (of one notice), oldest first."""
        query = deliveries_query()
        return self._found(query if notice_id is None else query.where(delivery.c.notice_id == notice_id))

    def recover(self, now: datetime, *, alone: bool) -> int:
        """Free what a process that is gone had claimed; what it was handing over counts as possibly taken.

        So does all that waits in a database that was put back to an earlier time.
        """
        self._mark.newest()  # before: the database is never behind it then

        def freed(connection: Connection) -> int:
            gone = delivery.c.token.is_not(None) & (delivery.c.state == DeliveryState.PENDING)
            if not alone:
                gone &= delivery.c.lease_until < _shared_clock(connection, now)
            if self._mark.compare(*_how_far(connection)):
                connection.execute(_PUT_BACK)
            count = select(func.count()).where(gone, delivery.c.handing_over)
            found = int(connection.execute(count).scalar_one())
            connection.execute(
                update(delivery)
                .where(gone, delivery.c.handing_over)
                .values(
                    unknown=delivery.c.unknown + 1, attempts=delivery.c.attempts + 1, last_reply=CUT_SHORT,
                    handing_over=False,
                )
            )  # fmt: skip
            connection.execute(update(delivery).where(gone).values(token=None, lease_until=None))
            return found

        return self._done(freed)

    def wake(self) -> None:
        """End the waits after failures: somebody asks. What waits for its reader's sake goes on waiting.

        So does what may have been taken more than once: each further try may make one more of it.
        """
        self._done(lambda connection: connection.execute(WOKEN.where(delivery.c.unknown <= 1)))

    def claim(
        self, token: str, now: datetime, lease: timedelta, limit: int, *, without: Sequence[str] = (), only: str | None = None,
    ) -> list[Delivery]:  # fmt: skip
        """Claim deliveries that may be tried now, urgent ones first, then the oldest; each owner's in order.

        Raises:
            AlertingError: among others, where the disk is so full that what happens to them might not be noted.
        """
        if self._path is not None:
            sqlite.check_space(self._path)
        tries = 0

        def claimed(connection: Connection) -> list[str]:
            nonlocal tries
            tries += 1
            if tries > 1:  # the line may have broken while the claim was being committed
                connection.execute(given_back(token))
            ids = list(connection.execute(claimable(now, limit, without, only)).scalars())
            reached("claim_pre")
            if ids:
                mine = {"token": token, "lease_until": _shared_clock(connection, now) + lease}
                connection.execute(update(delivery).where(delivery.c.id.in_(ids)).values(mine))
            return ids

        ids = self._done(claimed)
        reached("claim_post")
        if not ids:
            return []
        found = {one.id: one for one in self._found(deliveries_query().where(delivery.c.id.in_(ids)))}
        return [_with_its_pictures(found[id_]) for id_ in ids]

    def write_outbox(
        self, token: str, now: datetime, lease: timedelta, begun: Sequence[Delivery],
        tried: Sequence[tuple[Delivery, datetime]],
    ) -> set[str]:  # fmt: skip
        """Note for good, in one commit, which deliveries are being handed over and how others went."""
        attempts = [_attempt_row(one, at) for one, at in tried]
        tries = 0

        def written(connection: Connection) -> tuple[set[str], int]:
            nonlocal tries
            tries += 1
            until = _shared_clock(connection, now) + lease if begun else now
            ours = _fenced(connection, token, until, [one.id for one in begun]) if begun else set()
            # Where the line broke during the commit, what is there already says that it was done.
            new = attempts if tries == 1 else _missing(connection, attempts)
            if new:
                connection.execute(_OUTCOME, [{"of": one.id, "mine": token, **_outcome(one)} for one, _ in tried])
                connection.execute(_ATTEMPTED, new)
            return ours, connection.execute(_NEWEST).scalar_one() if new else 0

        ours, newest = self._done(written)
        if newest:
            self._mark.set(newest)
        return ours

    def release(self, token: str, keep: Sequence[str] = ()) -> None:
        """Give back what was claimed and not tried, but for deliveries of which it is not known yet how they went."""
        kept = delivery.c.id.not_in(keep)
        self._done(lambda connection: connection.execute(given_back(token).where(kept)))

    def waits_for(self, channel_id: str) -> bool:
        """Say whether anything waits for a channel."""
        query = select(delivery.c.id).where(delivery.c.channel == channel_id, delivery.c.state == DeliveryState.PENDING)
        return self._done(lambda connection: connection.execute(query.limit(1)).first() is not None, reading=True)

    def known_refused(self, deliveries: Sequence[Delivery]) -> set[str]:
        """Return ids of those whose mailbox refused the newest message before, and of which somebody else heard then."""
        return self._done(
            lambda connection: {one.id for one in deliveries if refused_before(connection, one)}, reading=True
        )

    def waiting_deliveries(self, now: datetime) -> tuple[int, int]:
        """Return how many deliveries are yet to be handed over, and how many more wait for their reader's sake."""
        pending = delivery.c.state == DeliveryState.PENDING
        untried = delivery.c.not_before.is_not(None) & (delivery.c.not_before > now) & (delivery.c.attempts == 0)

        def counted(connection: Connection) -> tuple[int, int]:
            whole = int(connection.execute(select(func.count()).where(pending)).scalar_one())
            later = int(connection.execute(select(func.count()).where(pending, untried)).scalar_one())
            return whole - later, later

        return self._done(counted, reading=True)

    def channels(self) -> Mapping[str, ChannelHealth]:
        """Return the channels that failed before, by id."""
        found = self._done(lambda connection: connection.execute(select(channel)).mappings().all(), reading=True)
        return {row["id"]: ChannelHealth(**row) for row in found}

    def save_channel(self, state: ChannelHealth, *, waited: float = 0.0) -> None:
        """Remember how a channel does; messages that waited for it may wait so many seconds longer."""
        columns = {field.name: getattr(state, field.name) for field in fields(ChannelHealth)}

        def saved(connection: Connection) -> None:
            kept = [name for name in columns if name != "id"]
            connection.execute(insert_or(channel, connection, key="id", update=kept), [columns])
            if waited > 0:
                wait_longer(connection, state.id, waited)
            if state.works:  # what waited by itself meanwhile may go now
                connection.execute(WOKEN.where(delivery.c.channel == state.id))

        self._done(saved, harmless_twice=False)  # waits that are made longer twice would be too long

    def attempts(self, delivery_id: str) -> list[Attempt]:
        """Return the tries of a delivery, oldest first."""
        query = select(attempt).where(attempt.c.delivery_id == delivery_id).order_by(attempt.c.seq)
        found = self._done(lambda connection: connection.execute(query).mappings().all(), reading=True)
        return [Attempt(**{name: row[name] for name in _ATTEMPT}) for row in found]

    def save_pictures(self, drawn: Mapping[str, bytes]) -> None:
        """Put PNGs in the place of kept drawings, by their digests."""
        rows = [{"of": digest, "drawn": png} for digest, png in drawn.items()]
        if rows:
            self._done(lambda connection: connection.execute(_DRAWN, rows))

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()
        self._mark.close()

    def _found(self, query: Select[*tuple[object, ...]]) -> list[Delivery]:
        def read(connection: Connection) -> list[Delivery]:
            rows = connection.execute(query).mappings().all()
            wanted = sorted({digest for row in rows for _, digest in row["pictures"] or ()})
            pngs: dict[str, bytes] = {}
            for some in chunks(wanted):
                pictures = select(picture.c.digest, picture.c.png).where(picture.c.digest.in_(some))
                pngs.update((digest, png) for digest, png in connection.execute(pictures))
            return [delivery_of(row, pngs, self._draw) for row in rows]

        return self._done(read, reading=True)

    def _done(
        self, work: Callable[[Connection], T], *, reading: bool = False, harmless_twice: bool = True
    ) -> T:  # fmt: skip
        """Do *work* in a transaction of its own; again, a few times, where the server undid it or was away for a moment.

        Then nobody knows whether the commit was done: *work* must find out itself, or do no harm twice. Where it does, it is
        done again only if it was never begun, since another one held the database.
        """

        def passes(cause: BaseException | None) -> bool:
            return sqlite.passes(cause) or (harmless_twice and postgresql.passes(cause))

        return _again(lambda: self._done_once(work, reading=reading), passes)

    def _done_once(self, work: Callable[[Connection], T], *, reading: bool) -> T:
        with self._transaction(reading=reading) as connection:
            return work(connection)

    def _check_file(self) -> None:
        """Make sure that the file is the one it was: what is written to one that was taken away is lost."""
        if self._path is None:
            return
        found = sqlite.identity_of(self._path)
        if self._identity is not None and found != self._identity:
            raise sqlite.replaced(self._path)
        if found is None:
            if self._mark.is_there:
                raise sqlite.lost(self._path)
            raise UsageError(f"there is no state database {self._path}; run `alerting db upgrade`")
        self._identity = found

    @contextmanager
    def _transaction(self, *, reading: bool = False) -> Iterator[Connection]:
        self._check_file()
        with explained(self._address), self._engine.connect() as connection:
            connection.execution_options(reading=reading)
            with connection.begin():
                if not self._checked:
                    schema.check(connection, place_of(self._address))
                    self._checked = True
                yield connection


_ATTEMPTED = insert(attempt)
_NEWEST = select(func.max(attempt.c.seq))
_TICKS = select(func.count()).select_from(tick)
_DRAWN = update(picture).where(picture.c.digest == bindparam("of")).values(png=bindparam("drawn"))
_ATTEMPT = ("delivery_id", "number", "at", "state", "reply")
#: What a try changes of a delivery.
_OUTCOMES = ("state", "attempts", "put_off", "last_reply", "unknown", "not_before", "accepted_at", "redirected_to")
_PUT_BACK = (
    update(delivery)
    .where(delivery.c.state == DeliveryState.PENDING, delivery.c.unknown == 0)
    .values(unknown=1, last_reply=PUT_BACK)
)
_OURS = (
    delivery.c.id.in_(bindparam("of", expanding=True)),
    delivery.c.token == bindparam("mine"),
    delivery.c.state == DeliveryState.PENDING,
)
_FENCE = update(delivery).where(*_OURS).values(handing_over=True, lease_until=bindparam("until"))
_FENCED = select(delivery.c.id).where(*_OURS)
_OUTCOME = (
    update(delivery)
    .where(delivery.c.id == bindparam("of"), delivery.c.token == bindparam("mine"))
    # What was accepted or rejected stays so, whatever a second process reports of its own try.
    .where(delivery.c.state == DeliveryState.PENDING)
    .values(
        token=None, lease_until=None, handing_over=False,
        **{name: bindparam(name) for name in _OUTCOMES},
    )
)  # fmt: skip


def _again(work: Callable[[], T], passes: Callable[[BaseException | None], bool] | None) -> T:
    """Do *work*; again, a few times, where what stopped it passes. None: nothing does."""
    for wait_s in _AGAIN_S if passes is not None else ():
        try:
            return work()
        except AlertingError as error:
            if passes is None or not passes(error.__cause__):
                raise
        time.sleep(wait_s * random.uniform(0.5, 1.0))  # noqa: S311  # two that met do not meet again
    return work()


def _with_its_pictures(one: Delivery) -> Delivery:
    """Draw what is yet to be drawn; a message whose pictures cannot be drawn goes with their words, which hold every fact."""
    work = Work(sort="picture of message", id=one.id, done="drawn")
    drawn = Faults().attempt(work, lambda: [len(picture.png) for picture in one.message.pictures])
    return one if drawn is not None else replace(one, message=without_pictures(one.message))


def _shared_clock(connection: Connection, now: datetime) -> datetime:
    """Return the instant by which leases are judged: those who share a server go by its clock, whatever their own shows."""
    if connection.dialect.name != "postgresql":
        return now
    shared: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
    return shared


def _fenced(connection: Connection, token: str, until: datetime, ids: Sequence[str]) -> set[str]:
    """Note that deliveries are being handed over, as far as they are claimed by *token*; return those."""
    found = connection.execute(_FENCE, {"of": ids, "mine": token, "until": until}).rowcount
    if found == len(ids):
        return set(ids)
    return set(connection.execute(_FENCED, {"of": ids, "mine": token}).scalars())


def _outcome(one: Delivery) -> dict[str, object]:
    return {name: getattr(one, name) for name in _OUTCOMES}


def _attempt_row(one: Delivery, at: datetime) -> dict[str, object]:
    return {"delivery_id": one.id, "number": one.attempts, "at": at, "state": one.state, "reply": one.last_reply}


def _how_far(connection: Connection) -> tuple[int, int]:
    """Return the newest attempt, and how many ticks there were."""
    return connection.execute(_NEWEST).scalar() or 0, connection.execute(_TICKS).scalar_one()


def _missing(connection: Connection, attempts: Sequence[dict[str, object]]) -> list[dict[str, object]]:
    """Return those of *attempts* that are not in the database."""
    query = select(attempt.c.delivery_id, attempt.c.number, attempt.c.at)
    of = attempt.c.delivery_id.in_([row["delivery_id"] for row in attempts])
    there = {(id_, number, at) for id_, number, at in connection.execute(query.where(of)).all()}
    return [row for row in attempts if (row["delivery_id"], row["number"], row["at"]) not in there]
