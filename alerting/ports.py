"""What the use cases need from outside, as Protocols; adapters in sources/, store/ and notifiers/ provide it."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar, Protocol

from alerting.domain.alert import Alert, AlertEvent
from alerting.domain.channel_health import ChannelHealth
from alerting.domain.coverage import EVERYTHING, Coverage
from alerting.domain.kept_readings import Readings
from alerting.domain.notify.hearing import Told
from alerting.domain.notify.holding import Held, HeldMessage
from alerting.domain.notify.notice import Attempt, Delivery, Message, Notice
from alerting.domain.notify.planned import Suppressed, Waiting
from alerting.domain.outbox import Outbox
from alerting.domain.replicas import ReplicaBook
from alerting.domain.retention import Shelf
from alerting.domain.rewound import Restorable, Rewinding
from alerting.domain.rule import Channel, Rule, Source
from alerting.domain.shrinking import Guarded
from alerting.domain.silencing import SilenceBook
from alerting.domain.source_columns import Layout, RefusedRow


class Clock(Protocol):
    """The time, injected."""

    def now(self) -> datetime:
        """Return the current instant, aware, in UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceTable:
    """Tidy rows as a source gives them, before anything is judged; rows are 0-based, below the header."""

    source: str
    file: str
    #: Our column names -> a polars Series; all of one length. Text stays text.
    columns: Mapping[str, Any]
    #: The line that a row begins on; the rows above the header count too.
    line_of: Callable[[int], int] = lambda row: row + 2
    #: Which of the file's columns is which; None where they go by our names.
    layout: Layout | None = None
    #: Rows above the header, and the line it begins on.
    rows_above: int = 0
    header_line: int = 1
    #: How the file was read, where that is not as a plain one.
    remarks: Sequence[str] = ()
    #: What this says everything of: a figure inside it that is in no row is not held any more.
    covers: Coverage = EVERYTHING
    #: Rows whose numbers are not used.
    refused: Mapping[int, RefusedRow] = field(default_factory=dict)


class FigureSource(Protocol):
    """Reads the figures of one kind of source. Found by scanning `alerting/sources/`; one class with `kind` a file."""

    kind: ClassVar[str]
    ways: ClassVar[Sequence[tuple[str, str]]]

    def read(self, source: Source, folders: Sequence[Path], wanted: Coverage = EVERYTHING) -> SourceTable:
        """Read at least what is wanted, and say what the rows cover.

        Relative paths are looked up in the folders, in order, and nothing outside them is opened. Which column is which of
        ours is told by `sources.layouts`, alike for every kind.

        Raises:
            SourceUnavailable: with the file or address and what to do.
        """
        ...

    def headings(self, source: Source, folders: Sequence[Path]) -> Sequence[str]:
        """Return the names of its columns as ours, without reading more; none where that cannot be told."""

    def top(self, source: Source, folders: Sequence[Path]) -> Sequence[str]:
        """Return the first lines as they stand, for people who look for what is wrong; none where there are none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A channel's word that it took a message over."""

    reply: str


class Notifier(Protocol):
    """Hands messages over one way. Found by scanning `notifiers/`; one class with `kind` a file.

    Used as an async context manager around many sends, so that connections are reused.
    """

    kind: ClassVar[str]
    #: How many messages it hands over at the same time.
    connections: int

    async def __aenter__(self) -> "Notifier":
        """Make ready for many sends; where that is impossible, raise DeliveryFailed of the whole channel."""
        ...

    async def __aexit__(self, *exc: object) -> None: ...

    async def knock(self) -> None:
        """Find out whether the channel lets us in, else raise DeliveryFailed; hands nothing over."""

    async def send(
        self,
        delivery: Delivery,
        message: Message,
        *,
        at: datetime,
        before_data: Callable[[], Awaitable[None]] | None = None,
    ) -> Receipt:
        """Hand one message over; as many tasks as `connections` may do so at the same time.

        Args:
            message: what goes out: the delivery's own, unless it was marked on the way.
            at: the instant of this attempt, for the message's date.
            before_data: awaited once when all is ready and nothing was handed over yet. Where it raises, nothing is;
                only after it has returned can a failure be of unknown outcome.

        Raises:
            DeliveryFailed: with the reply; says whether it is permanent and whether the whole channel is down.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class TickRecord:
    """One pass, for the ledger."""

    id: str
    as_of: date
    at: datetime
    rules_version: str
    counts: Mapping[str, int] = field(default_factory=dict)
    #: The instant of the schedule it was for, which has one tick; None: somebody asked for it.
    due_at: datetime | None = None
    #: When it was undone, where something that it told stays.
    undone_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """One event of an alert with all that belongs to it, for the audit."""

    event: AlertEvent
    #: The tick in which it happened (of what people did: the last one before).
    tick: TickRecord
    #: The rule as it was then: place, text and its digest; None where it was not kept.
    rule: tuple[str, str, str] | None
    #: Who was told of it, each with the deliveries of the message.
    told: tuple[tuple[Told, tuple[Delivery, ...]], ...]
    #: Who was not, why, and what held it back.
    suppressed: tuple[tuple[str, Held, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestRecord:
    """That an owner's digest for a window was made: (digest, owner, window) is unique."""

    digest: str
    owner: str
    #: The day it was made for: an owner gets one a day at most.
    window: str
    #: The instants between which it tells what happened; the next begins where this one ends.
    since: datetime | None
    until: datetime


class Transaction(SilenceBook, ReplicaBook, Outbox, Readings, Shelf, Rewinding, Protocol):
    """One atomic change of the state: alerts, events, notices and deliveries together, or nothing."""

    def newest_tick(self) -> TickRecord | None:
        """Return the tick with the newest `as_of`; None before the first."""

    def ticked(self, due_at: datetime) -> bool:
        """Whether there was a tick for this instant of the schedule."""

    def open_alerts(self) -> list[Alert]:
        """Return every alert whose state is open."""

    def recent_alerts(self, since: datetime) -> list[Alert]:
        """Return every alert that is open or has changed since an instant."""

    def alert(self, id_: str) -> Alert | None:
        """Return the alert with this id."""

    def told(self, alerts: Sequence[str]) -> Mapping[str, tuple[Told, ...]]:
        """Return, by alert id, who was told of the alert and when, oldest first; alerts nobody was told of are left out."""

    def held_back(self, alerts: Sequence[str]) -> Mapping[str, tuple[HeldMessage, ...]]:
        """Return, by alert id, what was held back from whom, why and when, oldest first."""

    def watched(self) -> set[tuple[str, str]]:
        """Return the (rule, measure) pairs that were ever judged."""

    def source_troubles(self) -> Mapping[str, tuple[str, ...]]:
        """Return, by source, what its owner was told is wrong with it; sources of which all was well are left out."""

    def guarded(self, source: str | None) -> Guarded | None:
        """Return what is known of a source, or of the rules folder, that is guarded against shrinking."""
        ...

    def all_guarded(self) -> list[Guarded]:
        """Return all that are guarded: the rules folder first, then sources by id."""
        ...

    def save_guarded(self, guarded: Guarded) -> None:
        """Insert or update by source."""
        ...

    def notices_since(self, owner: str, since: datetime) -> int:
        """Return how many notices of exceptions an owner was sent since an instant."""
        ...

    def owners_waiting(self) -> frozenset[str]:
        """Return the owners who are yet to be told something; nobody hands that over until the transaction ends."""

    def waiting(self, owners: Collection[str]) -> Mapping[str, Waiting]:
        """Return what owners are yet to be told: events with whom for, ids of deliveries, and until when those may wait."""
        ...

    def accept(self, deliveries: Sequence[str], at: datetime) -> None:
        """Note that a channel took deliveries."""

    def unsent_digests(self, owner: str) -> dict[str, list[str]]:
        """Return, by notice, the deliveries of an owner's digests that wait and of which nobody can have heard.

        Nobody hands them over until the transaction ends.
        """

    def digests(self, named: str, owner: str) -> "list[DigestRecord]":
        """Return an owner's records of a digest, newest first."""

    def save_tick(self, tick: TickRecord) -> None:
        """Record a pass."""
        ...

    def save_alerts(self, alerts: Sequence[Alert]) -> None:
        """Insert or update by alert id."""
        ...

    def save_events(self, tick_id: str, events: Sequence[AlertEvent], rules: Sequence[Rule] = ()) -> None:
        """Append events, each with its finding's JSON and, where it is among *rules*, its rule's text."""
        ...

    def save_notices(self, notices: Sequence[Notice], deliveries: Sequence[Delivery]) -> None:
        """Append notices with their deliveries."""
        ...

    def save_suppressed(self, suppressed: Sequence[Suppressed], at: datetime) -> None:
        """Append what was not told, and why."""
        ...

    def save_watched(self, pairs: Sequence[tuple[str, str]], at: datetime) -> None:
        """Remember (rule, measure) pairs as judged."""
        ...

    def save_source_troubles(self, source: str, troubles: Sequence[str], at: datetime) -> None:
        """Remember what a source's owner was told."""
        ...

    def cancel(self, deliveries: Sequence[str], why: str, at: datetime) -> None:
        """End deliveries that were not tried yet: another message says what they would have."""
        ...

    def history(self, alert: str) -> list[Chapter]:
        """Return an alert's events with all that belongs to them, oldest first."""
        ...

    def said(self) -> list[AlertEvent]:
        """Return acknowledgements and comments, oldest first."""
        ...

    def events_between(self, since: datetime | None, until: datetime) -> list[AlertEvent]:
        """Return events with since < at <= until, oldest first."""
        ...

    def digest_made(self, digest: str, owner: str, window: str) -> bool:
        """Whether this owner's digest for this window was made."""
        ...

    def newest_digest(self, digest: str, owner: str) -> DigestRecord | None:
        """Return the owner's last digest record of this digest."""
        ...

    def save_digest(self, record: DigestRecord) -> None:
        """Record a digest."""
        ...


class Store(Restorable, Protocol):
    """The engine's memory."""

    def upgrade(self) -> None:
        """Bring the schema to this version."""
        ...

    def begin(self, *, patient: bool = False) -> AbstractContextManager[Transaction]:
        """Open a transaction; commits on leaving, rolls back on an exception; *patient*: wait for one that lasts for long."""
        ...

    def recover(self, now: datetime, *, alone: bool) -> int:
        """Free what a process that is gone had claimed; return how much of it was being handed over: it may have been taken.

        Args:
            alone: nobody else works on this state, so that every claim is of a process that is gone; else only claims
                whose lease is over.
        """
        ...

    def wake(self) -> None:
        """End the waits after failures: somebody asks. What waits for its reader's sake goes on waiting."""
        ...

    def claim(
        self, token: str, now: datetime, lease: timedelta, limit: int, *, without: Sequence[str] = (), only: str | None = None,
    ) -> list[Delivery]:  # fmt: skip
        """Claim deliveries that may be tried now, urgent ones first, then the oldest; each owner's in order.

        Args:
            token: whose claim it is.
            lease: for how long nobody else may take what is claimed; by the clock that all who share the state have.
            without: channels that are not to be tried.
            only: the one channel that is.
        """
        ...

    def write_outbox(
        self, token: str, now: datetime, lease: timedelta, begun: Sequence[Delivery],
        tried: Sequence[tuple[Delivery, datetime]],
    ) -> set[str]:  # fmt: skip
        """Note for good, in one commit, which are begun and how others went; return the ids that *token* may hand over."""
        ...

    def release(self, token: str, keep: Sequence[str] = ()) -> None:
        """Give back what was claimed and not tried, but for deliveries of which it is not known yet how they went."""
        ...

    def waits_for(self, channel_id: str) -> bool:
        """Say whether anything waits for a channel."""

    def known_refused(self, deliveries: Sequence[Delivery]) -> set[str]:
        """Return ids of those whose mailbox refused the newest message before, and of which somebody else heard then."""

    def waiting_deliveries(self, now: datetime) -> tuple[int, int]:
        """Return how many deliveries are yet to be handed over, and how many more wait for their reader's sake."""
        ...

    def channels(self) -> Mapping[str, ChannelHealth]:
        """Return the channels that failed before, by id."""
        ...

    def save_channel(self, channel: ChannelHealth, *, waited: float = 0.0) -> None:
        """Remember how a channel does; messages that waited for it may wait so many seconds longer."""
        ...

    def attempts(self, delivery_id: str) -> list[Attempt]:
        """Return the tries of a delivery, oldest first."""
        ...

    def deliveries(self, notice_id: str | None = None) -> list[Delivery]:
        """Return deliveries, oldest first."""
        ...

    def save_pictures(self, drawn: Mapping[str, bytes]) -> None:
        """Put PNGs in the place of kept drawings, by their digests."""
        ...

    def close(self) -> None:
        """Let go of the database."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelContext:
    """What a notifier is made from: the channel's settings and the service's; folder-like ones write to `out_dir`."""

    channel: Channel
    #: May hold a password.
    smtp_url: str | None = field(repr=False)
    mail_from: str
    reply_to: str | None
    out_dir: Path
    #: What a mail server is greeted with; None: this machine's name.
    helo_name: str | None = None
