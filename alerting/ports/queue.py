"""The outbox as those see it who hand over."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from alerting.domain.channel_health import ChannelHealth
from alerting.domain.notify.notice import Delivery


class DeliveryQueue(Protocol):
    """Deliveries on their way out, and how channels do; each call is a transaction of its own."""

    def recover(self, now: datetime, *, exclusive: bool) -> int:
        """Free what a process that is gone had claimed; return how much of it was being handed over: it may have been taken.

        Args:
            exclusive: nobody else works on this state, so that every claim is of a process that is gone; else only claims
                whose lease is over.
        """
        ...

    def reset_backoff(self) -> None:
        """End the waits after failures: somebody asks. What waits for its reader's sake goes on waiting."""
        ...

    def claim(
        self,
        token: str,
        now: datetime,
        lease: timedelta,
        limit: int,
        *,
        without: Sequence[str] = (),
        only: str | None = None,
    ) -> list[Delivery]:
        """Claim deliveries that may be tried now, urgent ones first, then the oldest; each owner's in order.

        Args:
            token: whose claim it is.
            lease: for how long nobody else may take what is claimed; by the clock that all who share the state have.
            without: channels that are not to be tried.
            only: the one channel that is.
        """
        ...

    def write(
        self,
        token: str,
        now: datetime,
        lease: timedelta,
        begun: Sequence[Delivery],
        tried: Sequence[tuple[Delivery, datetime]],
    ) -> set[str]:
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

    def save_channel(self, health: ChannelHealth, *, waited: float = 0.0) -> None:
        """Remember how a channel does; messages that waited for it may wait so many seconds longer."""
        ...
