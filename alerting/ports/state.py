"""The engine's memory: transactions, and what is handed over from it."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Protocol

from alerting.domain.channel_health import ChannelHealth
from alerting.domain.notify.notice import Attempt, Delivery
from alerting.ports.alerts import AlertBook
from alerting.ports.digests import DigestBook
from alerting.ports.figures import GuardBook, ReadingBook, TroubleBook
from alerting.ports.outbox import HearingBook, Outbox
from alerting.ports.shelf import Shelf
from alerting.ports.silences import SilenceBook
from alerting.ports.ticks import ReplicaBook, TickBook


class Transaction(Protocol):
    """One atomic change of the state, by topic: all of it together, or nothing."""

    @property
    def ticks(self) -> TickBook:
        """Ticks."""
        ...

    @property
    def replicas(self) -> ReplicaBook:
        """Places that judge for this state."""
        ...

    @property
    def alerts(self) -> AlertBook:
        """Alerts and their events."""
        ...

    @property
    def hearings(self) -> HearingBook:
        """What was heard, and what waits to be."""
        ...

    @property
    def outbox(self) -> Outbox:
        """Notices and deliveries."""
        ...

    @property
    def digests(self) -> DigestBook:
        """Digests."""
        ...

    @property
    def silences(self) -> SilenceBook:
        """Silences made by command."""
        ...

    @property
    def readings(self) -> ReadingBook:
        """What sources held."""
        ...

    @property
    def guards(self) -> GuardBook:
        """What is guarded against shrinking."""
        ...

    @property
    def troubles(self) -> TroubleBook:
        """What is wrong with sources."""
        ...

    @property
    def shelf(self) -> Shelf:
        """Bodies and pictures of messages."""
        ...


class Store(Protocol):
    """The engine's memory."""

    @property
    def was_put_back(self) -> bool:
        """Whether it was put back to an earlier time, so that what it tells may have been told before."""
        ...

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
