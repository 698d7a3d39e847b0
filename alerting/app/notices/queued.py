"""Deliveries of a tick on their way into the state: their bodies go ahead in portions, so that few are in memory at a time."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from alerting.domain.notify.notice import Delivery
from alerting.ports import Transaction

#: Messages whose bodies are in memory at the same time: some 100 KB each.
_PORTION = 32


@dataclass(slots=True, eq=False)
class Queued:
    """What a tick queues, in order. Of what is kept the HTML stands in the state alone; notices and deliveries follow it."""

    state: Transaction
    #: Whether anything is written; a dry run shows everything and keeps nothing.
    keep: bool
    _kept: list[Delivery] = field(default_factory=list)
    _whole: list[Delivery] = field(default_factory=list)

    def add(self, deliveries: Sequence[Delivery]) -> None:
        """Queue deliveries."""
        self._whole += deliveries
        if len(self._whole) >= _PORTION:
            self._keep_bodies()

    def all(self) -> tuple[Delivery, ...]:
        """Return them all, ready to be saved with their notices."""
        self._keep_bodies()
        return (*self._kept, *self._whole)

    def _keep_bodies(self) -> None:
        if self.keep and self._whole:
            self._kept += self.state.keep_bodies(self._whole)
            self._whole.clear()
