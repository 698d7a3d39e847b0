"""The engine's memory."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Protocol

from alerting.domain.notify.notice import Attempt, Delivery
from alerting.ports.accepted import AcceptedBook
from alerting.ports.alerts import AlertBook
from alerting.ports.comments import CommentBook
from alerting.ports.digests import DigestBook
from alerting.ports.figures import GuardBook, ReadingBook, TroubleBook
from alerting.ports.inbox import DoubtBook, InboxBook
from alerting.ports.loads import LoadBook
from alerting.ports.outbox import HearingBook, Outbox
from alerting.ports.queue import DeliveryQueue
from alerting.ports.shelf import BodyStore
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
    def accepted(self) -> AcceptedBook:
        """Figures that people let through the checks."""
        ...

    @property
    def comments(self) -> CommentBook:
        """What people said of topics and measures."""
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
    def loads(self) -> LoadBook:
        """Loads of sources."""
        ...

    @property
    def troubles(self) -> TroubleBook:
        """What is wrong with sources."""
        ...

    @property
    def shelf(self) -> BodyStore:
        """Bodies and pictures of messages."""
        ...

    @property
    def inbox(self) -> InboxBook:
        """Mails that came."""
        ...

    @property
    def doubts(self) -> DoubtBook:
        """Addresses that are doubted."""
        ...


class Store(Protocol):
    """The engine's memory."""

    @property
    def queue(self) -> DeliveryQueue:
        """What waits to be handed over."""
        ...

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
