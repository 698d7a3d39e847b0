"""Handing over what waits: a step of its own, so that what one run could not send the next one does."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace

from alerting.domain.notice import HANDING_OVER, Delivery, DeliveryState
from alerting.errors import DeliveryFailed, UsageError
from alerting.ports import Clock, Notifier, Store

#: Deliveries taken from the store at once.
_BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryReport:
    """How one pass went; `waiting` deliveries are tried again by the next."""

    accepted: int = 0
    rejected: int = 0
    waiting: int = 0
    #: Each delivery that was not accepted, with the reply or the reason.
    failures: Sequence[tuple[Delivery, str]] = ()


async def deliver(
    store: Store,
    notifiers: Mapping[str, Callable[[], Notifier]],
    clock: Clock,
    *,
    redirect_all_to: str | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> DeliveryReport:
    """Try every pending delivery once, oldest first.

    A refused address stops only its own message. A channel that fails keeps its further messages waiting.

    Args:
        notifiers: how to make the notifier of each channel; made when it is first needed.
        redirect_all_to: an address that gets everything instead, for a safe first week.
        stop: asked before each message; what is left when it says so waits for the next call.
    """
    async with AsyncExitStack() as stack:
        round_ = _Round(store, notifiers, clock, redirect_all_to, stack)
        newest: str | None = None
        while batch := store.pending_deliveries(_BATCH, after=newest):
            for delivery in batch:
                if stop():
                    return round_.report()
                await round_.attempt(delivery)
            newest = batch[-1].id
        return round_.report()


@dataclass(eq=False)
class _Round:
    store: Store
    notifiers: Mapping[str, Callable[[], Notifier]]
    clock: Clock
    redirect_all_to: str | None
    stack: AsyncExitStack
    open_: dict[str, Notifier] = field(default_factory=dict)
    #: channel -> why it takes nothing more in this round.
    down: dict[str, str] = field(default_factory=dict)
    accepted: int = 0
    rejected: int = 0
    failures: list[tuple[Delivery, str]] = field(default_factory=list)

    async def attempt(self, delivery: Delivery) -> None:
        """Try one delivery and record how it went; one whose channel is down is not tried."""
        if delivery.channel in self.down:
            self.failures.append((delivery, self.down[delivery.channel]))
            return
        addressed = self._addressed(delivery)
        try:
            notifier = await self._notifier(delivery.channel)
            self.store.begin_handing_over(delivery)
            receipt = await notifier.send(addressed, addressed.message, at=self.clock.now())
        except (UsageError, DeliveryFailed) as error:
            self._failed(delivery, error)
            return
        self.accepted += 1
        self._record(delivery, DeliveryState.ACCEPTED, receipt.reply)

    def _failed(self, delivery: Delivery, error: UsageError | DeliveryFailed) -> None:
        reply = str(error)
        if delivery.may_be_there or (isinstance(error, DeliveryFailed) and error.unknown):
            reply = f"{HANDING_OVER}: {reply}"
        self.failures.append((delivery, reply))
        permanent = isinstance(error, DeliveryFailed) and error.permanent
        if isinstance(error, UsageError) or error.channel:
            self.down[delivery.channel] = reply
            permanent = False
        self.rejected += permanent
        self._record(delivery, DeliveryState.REJECTED if permanent else DeliveryState.PENDING, reply)

    def _record(self, delivery: Delivery, state: DeliveryState, reply: str) -> None:
        tried = replace(delivery, state=state, attempts=delivery.attempts + 1, last_reply=reply)
        self.store.record_attempt(tried, self.clock.now())

    async def _notifier(self, channel: str) -> Notifier:
        if channel not in self.open_:
            if channel not in self.notifiers:
                raise UsageError(f'no channel "{channel}" is declared any more; add it under channels: again')
            self.open_[channel] = await self.stack.enter_async_context(self.notifiers[channel]())
        return self.open_[channel]

    def _addressed(self, delivery: Delivery) -> Delivery:
        """Return the delivery as it goes out: a second copy says so; redirected, it says for whom it was."""
        if delivery.may_be_there:
            message = delivery.message
            subject, headers = (
                f"{message.subject} (possibly repeated)",
                (*message.headers, ("X-Possible-Duplicate", "yes")),
            )
            delivery = replace(delivery, message=replace(message, subject=subject, headers=headers))
        if self.redirect_all_to is None:
            return delivery
        message = replace(delivery.message, subject=f"[for {delivery.address}] {delivery.message.subject}")
        return replace(delivery, address=self.redirect_all_to, message=message)

    def report(self) -> DeliveryReport:
        """Return how the round went."""
        waiting = len(self.failures) - self.rejected
        return DeliveryReport(
            accepted=self.accepted, rejected=self.rejected, waiting=waiting, failures=tuple(self.failures)
        )


__all__ = ["DeliveryReport", "deliver"]
