"""What one pass has found of each channel: whether it takes anything, what it took, and how much longer its messages may wait."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta

from alerting.app.delivery.backoff import wait_after
from alerting.domain.channel_health import ChannelHealth
from alerting.domain.notify.notice import Delivery
from alerting.domain.refusal import Refusal
from alerting.ports import Clock
from alerting.ports.queue import DeliveryQueue


@dataclass(eq=False)
class Channels:
    """The channels of one pass, as the state knows them and as the pass finds them."""

    queue: DeliveryQueue
    clock: Clock
    #: Channels that take nothing more in this pass.
    down: set[str] = field(default_factory=set)
    #: Channels that this pass found to take nothing, of which nobody was told yet.
    newly_ill: list[str] = field(default_factory=list)
    _health: dict[str, ChannelHealth] = field(default_factory=dict)
    #: By channel: how much longer what was claimed before it worked again may wait.
    _outage_extension: dict[str, timedelta] = field(default_factory=dict)
    #: By channel: addresses of which it took something.
    _took: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def recall(self, *, leave_alone: bool) -> None:
        """Take up what the state knows.

        Args:
            leave_alone: a channel that failed a moment ago is not tried.
        """
        self._health = dict(self.queue.channels())
        if leave_alone:
            now = self.clock.now()
            self.down = {channel.id for channel in self._health.values() if channel.is_left_alone(now)}

    @property
    def ill(self) -> tuple[ChannelHealth, ...]:
        """The channels that take nothing."""
        return tuple(one for one in self._health.values() if not one.works)

    @property
    def to_probe(self) -> list[ChannelHealth]:
        """The channels that took nothing the last time, and that may be tried."""
        return [one for one in self.ill if one.id not in self.down]

    def health(self, channel: str) -> ChannelHealth:
        """Return how a channel stands."""
        return self._health.get(channel, ChannelHealth(id=channel))

    def note_taken(self, channel: str, address: str) -> None:
        """Remember that a channel took a message to an address."""
        self._took[channel].add(address)

    def took_others(self, channel: str, address: str) -> bool:
        """Whether a channel took a message to somebody else in this pass."""
        return bool(self._took[channel] - {address})

    def fell(self, channel: str, refusal: Refusal, reply: str) -> None:
        """Leave a channel alone for a while: its messages wait, and their time to expire stands still."""
        if channel in self.down:
            return
        self.down.add(channel)
        before = self.health(channel)
        if before.works:
            self.newly_ill.append(channel)
        health = before.failed(reply, refusal.stage, self.clock.now(), wait_after(before.failures + 1))
        self._health[channel] = health
        self.queue.save_channel(health)

    def rose(self, channel: str) -> None:
        """Note that a channel works again; what waited for it may wait as much longer."""
        before = self.health(channel)
        if before.down_since is None or channel in self.down:
            return  # what was under way as it failed says nothing
        self._health[channel] = ChannelHealth(id=channel)
        self._outage_extension[channel] = self.clock.now() - before.down_since
        self.queue.save_channel(self._health[channel], waited=self._outage_extension[channel].total_seconds())

    def is_over(self, delivery: Delivery) -> bool:
        """Whether a message has waited long enough, not counting the time in which its channel took nothing."""
        extension = self._outage_extension.get(delivery.channel, timedelta())
        return delivery.expires_at is not None and self.clock.now() >= delivery.expires_at + extension
