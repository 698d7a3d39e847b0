"""What the use cases need from outside, as Protocols; adapters in sources/, store/ and notifiers/ provide it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, ClassVar, Protocol

from alerting.domain.alert import Alert, AlertEvent, SeriesKey
from alerting.domain.notice import Delivery, Message, Notice
from alerting.domain.problem import Problem
from alerting.domain.rule import Channel, Source


class Clock(Protocol):
    """The time, injected."""

    def now(self) -> datetime:
        """Return the current instant, aware, in UTC."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceTable:
    """Tidy rows as a source gives them, before anything is judged.

    `columns` maps our column names to a polars Series of equal length; text columns stay text. `line_of` says on which
    line of the file a row (0-based, header not counted) begins.
    """

    source: str
    file: str
    columns: Mapping[str, Any]
    line_of: Callable[[int], int] = lambda row: row + 2


class FigureSource(Protocol):
    """Reads the figures of one kind of source. Found by scanning `alerting/sources/`; one class with `kind` a file."""

    kind: ClassVar[str]

    def read(self, source: Source, folders: Sequence[Path]) -> SourceTable:
        """Read everything.

        Args:
            folders: where relative paths are looked up, in order; nothing outside them is opened.

        Raises:
            SourceUnavailable: with the file or address and what to do.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A channel's word that it took a message over."""

    reply: str


class Notifier(Protocol):
    """Hands messages over one way. Found by scanning `notifiers/`; one class with `kind` a file.

    Used as an async context manager around many sends, so that connections are reused.
    """

    kind: ClassVar[str]

    async def __aenter__(self) -> "Notifier": ...

    async def __aexit__(self, *exc: object) -> None: ...

    async def send(self, delivery: Delivery, message: Message, *, at: datetime) -> Receipt:
        """Hand one message over.

        Args:
            message: what goes out: the delivery's own, unless it was marked on the way.
            at: the instant of this attempt, for the message's date.

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


class Transaction(Protocol):
    """One atomic change of the state: alerts, events, notices and deliveries together, or nothing."""

    def newest_tick(self) -> TickRecord | None:
        """Return the tick with the newest `as_of`; None before the first."""
        ...

    def open_alerts(self) -> list[Alert]:
        """Return every alert whose state is open."""
        ...

    def known_series(self, rules: Iterable[str]) -> set[SeriesKey]:
        """Return the series that have ever been evaluated under the given rules (any alert, told or not)."""
        ...

    def told_owners(self, alerts: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        """Return, by alert id, the owners who were told of the alert; alerts nobody was told of are left out."""
        ...

    def save_tick(self, tick: TickRecord) -> None:
        """Record a pass."""
        ...

    def save_alerts(self, alerts: Sequence[Alert]) -> None:
        """Insert or update by alert id."""
        ...

    def save_events(self, tick_id: str, events: Sequence[AlertEvent]) -> None:
        """Append events, each with its finding's JSON."""
        ...

    def save_notices(self, notices: Sequence[Notice], deliveries: Sequence[Delivery]) -> None:
        """Append notices with their deliveries."""
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


class Store(Protocol):
    """The engine's memory."""

    def upgrade(self) -> None:
        """Bring the schema to this version."""
        ...

    def begin(self) -> AbstractContextManager[Transaction]:
        """Open a transaction; commits on leaving, rolls back on an exception."""
        ...

    def pending_deliveries(self, limit: int = 1000, *, after: str | None = None) -> list[Delivery]:
        """Return deliveries still to be handed over, oldest first; only those later than the delivery with id *after*."""
        ...

    def begin_handing_over(self, delivery: Delivery) -> None:
        """Note, for good, that a delivery is being handed over: its last reply begins with HANDING_OVER until there is one."""
        ...

    def record_attempt(self, delivery: Delivery, at: datetime) -> None:
        """Save a delivery's new state, attempts and reply, and append the attempt to the history."""
        ...

    def deliveries(self, notice_id: str | None = None) -> list[Delivery]:
        """Return deliveries, oldest first."""
        ...

    def close(self) -> None:
        """Let go of the database."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelContext:
    """What a notifier is made from: the channel's settings and the service's."""

    channel: Channel
    smtp_url: str | None
    mail_from: str
    reply_to: str | None
    #: Where folder-like channels write by default.
    out_dir: Path


ProblemList = list[Problem]
