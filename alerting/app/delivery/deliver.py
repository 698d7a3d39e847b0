"""Handing over what waits: claimed, noted before the server can take it, handed over, noted again; several at once."""

import asyncio
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial

from alerting.app.delivery.backoff import wait_after, wait_unanswered
from alerting.app.delivery.channels import Channels
from alerting.app.delivery.ledger import LEASE, ClaimLost, CommitBatcher
from alerting.app.delivery.refused import Notes, Suspect, Unaccepted
from alerting.domain.channel_health import ChannelHealth
from alerting.domain.notify.notice import Delivery, DeliveryState
from alerting.domain.notify.shortened import ever_smaller, in_short
from alerting.domain.refusal import Refusal, RefusalFault, Stage, adds_up, fault_of
from alerting.errors import DeliveryFailed, UsageError
from alerting.failpoints import reached
from alerting.ports import Clock, Notifier
from alerting.ports.state import Store

#: Deliveries claimed at once.
_BATCH = 64
#: The message that something could not be delivered may not be delivered either; then the next is told, and so on.
MOST_PASSED_ON = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryTally:
    """How one pass went; `waiting` deliveries are tried again by the next."""

    accepted: int = 0
    #: Given up: refused for good, expired, or held for an operator.
    rejected: int = 0
    waiting: int = 0
    #: Waiting for the end of quiet hours or for a new budget.
    postponed: int = 0
    #: Each delivery that was tried and not accepted, with the reply or the reason.
    failures: Sequence[tuple[Delivery, str]] = ()
    #: The channels that take nothing.
    ill: Sequence[ChannelHealth] = ()


async def deliver(  # noqa: PLR0913  # each by its name
    store: Store,
    notifiers: Mapping[str, Callable[[], Notifier]],
    clock: Clock,
    *,
    redirect_all_to: str | None = None,
    stop: Callable[[], bool] = lambda: False,
    ignore_backoff: bool = True,
    exclusive: bool = True,
    notes: Notes = Notes(),  # noqa: B008  # frozen
    addressing: Callable[[Delivery], Delivery] = lambda delivery: delivery,
    shift: timedelta = timedelta(),
) -> DeliveryTally:
    """Try what may be tried now, urgent messages first, then the oldest; each owner's in order.

    A refused address stops only its own messages. A channel that takes nothing keeps all its messages waiting.

    Args:
        notifiers: how to make the notifier of each channel; made when it is first needed.
        redirect_all_to: an address that gets everything instead, for a safe first week.
        stop: asked before each message; what is left when it says so waits for the next call.
        ignore_backoff: try also what failed a moment ago and would wait: somebody asks.
        exclusive: nobody else works on this state, so that what is claimed was claimed by a process that is gone.
        notes: makes the messages to the fallback and the operator.
        addressing: puts in where answers to a delivery go, as it goes out.
        shift: how far the present lies after the time of notices: a day of the past is told today.
    """
    async with AsyncExitStack() as stack:
        round_ = DeliveryRun(store, notifiers, clock, redirect_all_to, stop, stack, notes, shift, addressing)
        await round_.prepare(ignore_backoff=ignore_backoff, exclusive=exclusive)
        await round_.probe()
        await round_.empty()
        await round_.settle()
        await round_.knock()
        return round_.report()


@dataclass(eq=False)
class DeliveryRun:
    """One pass over what waits: what it is handed, and what it has found of each channel."""

    store: Store
    notifiers: Mapping[str, Callable[[], Notifier]]
    clock: Clock
    redirect_all_to: str | None
    stop: Callable[[], bool]
    stack: AsyncExitStack
    notes: Notes
    shift: timedelta
    addressing: Callable[[Delivery], Delivery]
    token: str = field(default_factory=lambda: uuid.uuid4().hex)
    open_: dict[str, Notifier] = field(default_factory=dict)
    slots: dict[str, asyncio.Semaphore] = field(default_factory=dict)
    opening: asyncio.Lock = field(default_factory=asyncio.Lock)
    #: (channel, what was answered) -> addresses that are to wait for another moment.
    waits: dict[tuple[object, ...], set[str]] = field(default_factory=dict)
    accepted: int = 0
    failures: list[tuple[Delivery, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Open the ledger that commits for all at once."""
        self.queue = self.store.queue
        self.ledger = CommitBatcher(self.queue, self.token, self.clock)
        self.unaccepted = Unaccepted(self.store, self.clock, self._took_others)
        self.channels = Channels(self.queue, self.clock)

    async def prepare(self, *, ignore_backoff: bool, exclusive: bool) -> None:
        """Free what a process that is gone had claimed, and find out which channels are to be left alone."""
        now = self.clock.now()
        await asyncio.to_thread(self.queue.recover, now, exclusive=exclusive)
        self.channels.recall(leave_alone=not ignore_backoff)
        if ignore_backoff:
            await asyncio.to_thread(self.queue.reset_backoff)

    async def probe(self) -> None:
        """Try one message alone on each channel that took nothing the last time: the others need not find out the same."""
        for channel in self.channels.to_probe:
            for delivery in await self._claim(1, only=channel.id):
                await self._attempt(delivery)

    async def empty(self) -> None:
        """Hand over until nothing is left that may be tried now."""
        following: asyncio.Task[list[Delivery]] | None = None
        try:
            batch = await self._claim(_BATCH)
            while batch:
                following = asyncio.create_task(self._claim(_BATCH))
                await asyncio.gather(*(self._attempt(one) for one in batch))
                # What was not to be had while these were under way, since they come first, may be by now.
                batch = await following or await self._claim(_BATCH)
        finally:
            await self.ledger.settle()
            if following is not None:
                await asyncio.gather(following, return_exceptions=True)
                await asyncio.to_thread(
                    self.queue.release, self.token, [one.delivery.id for one in self.unaccepted.suspects]
                )

    async def settle(self) -> None:
        """Find out whose fault each refusal was, and tell somebody else what could not be delivered, or that a channel is ill."""
        await self._tell_operator()
        for _ in range(MOST_PASSED_ON):
            await self._wait_for_channels()
            if not self.unaccepted.suspects or self.stop():
                break
            is_asked = self.unaccepted.tell(self.notes.undelivered)
            given_up = self.unaccepted.decided()
            await self._give_up(given_up)
            if not is_asked and not given_up:
                break
            await self.empty()  # also what stood behind them
        if not self.stop():
            await self._wait_for_channels()
            await self._give_up(self.unaccepted.decided())
            await self.empty()
        for suspect in self.unaccepted.suspects:  # whoever was asked instead was refused too
            await self._left(suspect)
        self.unaccepted.withdraw()
        await self._tell_operator()

    async def knock(self) -> None:
        """Try the door of a channel that took nothing and for which nothing waits: else nobody would learn that it works."""
        for channel in self.channels.to_probe:
            if self.stop() or (self.queue.waits_for(channel.id) and not channel.fails_early):
                continue
            try:
                notifier = await self._notifier(channel.id)
                await notifier.knock()
            except (UsageError, DeliveryFailed) as error:
                refusal = error.refusal if isinstance(error, DeliveryFailed) else None
                self.channels.fell(channel.id, refusal or Refusal(stage=Stage.CONNECTION, words=str(error)), str(error))
            else:
                self.channels.rose(channel.id)

    async def _claim(self, most: int, *, only: str | None = None) -> list[Delivery]:
        if self.stop():
            return []
        now = self.clock.now()
        return await asyncio.to_thread(
            self.queue.claim, self.token, now, LEASE, most, without=list(self.channels.down), only=only
        )

    async def _attempt(self, delivery: Delivery) -> None:
        """Try one delivery and record how it went; one whose channel is down is not tried."""
        try:
            notifier = self.open_.get(delivery.channel) or await self._notifier(delivery.channel)
        except (UsageError, DeliveryFailed) as error:
            if delivery.channel not in self.channels.down:  # said once, of all that waits for it
                await self._failed(delivery, error)
            return
        try:
            reply = await self._sent_small_enough(delivery, notifier)
        except (UsageError, DeliveryFailed) as error:
            await self._failed(delivery, error)
            return
        if reply is not None:
            reached("taken_pre")
            self.accepted += 1
            self.channels.note_taken(delivery.channel, self._address(delivery))
            at = self.clock.now() - self.shift
            taken = replace(
                delivery, state=DeliveryState.ACCEPTED, accepted_at=at, redirected_to=self._instead(delivery)
            )
            await self._record(taken, reply)
            reached("taken_post")
            # Afterwards: where this cannot be written, the message is not sent again.
            self.channels.rose(delivery.channel)

    async def _sent_small_enough(self, delivery: Delivery, notifier: Notifier) -> str | None:
        """As `_sent`; what is refused for its size goes once more without enclosures, then without pictures, and then in short."""
        for one in ever_smaller(delivery.message):
            try:
                return await self._sent(replace(delivery, message=one), notifier)
            except DeliveryFailed as error:
                if not error.too_large:
                    raise
        return await self._sent(replace(delivery, message=in_short(delivery.message)), notifier)

    async def _sent(self, delivery: Delivery, notifier: Notifier) -> str | None:
        """Hand one delivery over when a connection is free and return the reply; None where it is left for later.

        The connection is free again before the outcome is written down: the next message need not wait for that.
        """
        async with self.slots[delivery.channel]:
            if delivery.channel in self.channels.down or self.stop():
                return None
            addressed = self._addressed(delivery)
            begin = partial(self.ledger.begin, delivery)
            try:
                receipt = await notifier.send(addressed, addressed.message, at=self.clock.now(), before_data=begin)
            except ClaimLost:
                return None
        return addressed.reply_of(receipt.reply, instead_of=delivery.address)

    async def _failed(self, delivery: Delivery, error: UsageError | DeliveryFailed) -> None:
        """Judge by what was answered whose fault it is that a message was not taken."""
        reply = str(error)
        self.failures.append((delivery, reply))
        reached("not_taken_pre")
        if isinstance(error, UsageError):
            await self._channel_failed(delivery, Refusal(stage=Stage.CONNECTION, words=reply), reply)
            return
        delivery = replace(delivery, unanswered_attempts=delivery.unanswered_attempts + error.unknown)
        refusal = error.refusal or _refusal_of(error)
        if error.channel:
            await self._channel_failed(delivery, refusal, reply)
        elif error.permanent and not refusal.is_answered:  # nobody was asked: it can never be sent as it is
            self.unaccepted.add(Suspect(delivery, refusal, reply, DeliveryState.REJECTED, is_certain=True))
        else:
            await self._refused(delivery, refusal, reply)

    async def _refused(self, delivery: Delivery, refusal: Refusal, reply: str) -> None:
        fault = fault_of(refusal, taken=self._took_others(delivery))
        if fault is RefusalFault.PUT_OFF:
            await self._put_off(delivery, refusal, reply)
        elif fault is RefusalFault.CHANNEL or self.redirect_all_to is not None:  # one address for all is the way out
            await self._channel_failed(delivery, refusal, reply)
        else:
            self.unaccepted.add(Suspect(delivery, refusal, reply, DeliveryState.REJECTED))

    async def _put_off(self, delivery: Delivery, refusal: Refusal, reply: str) -> None:
        """Let one message wait by itself, unless a second one gets the same, which speaks of the channel."""
        health = self.channels.health(delivery.channel)
        same = self.waits.setdefault((delivery.channel, *refusal.likeness), set())
        same.add(self._address(delivery))
        if not health.works and not health.fails_early:
            await self._channel_failed(delivery, refusal, reply)
            return
        if len(same) > 1 and adds_up(refusal, taken=self._took_others(delivery)):
            await self._channel_failed(delivery, refusal, reply)
            return
        if refusal.is_answered:
            self.channels.rose(delivery.channel)
        if self.channels.is_over(delivery) and (refusal.is_answered or delivery.unanswered_attempts):
            became = DeliveryState.HELD if delivery.unanswered_attempts else DeliveryState.EXPIRED
            self.unaccepted.add(Suspect(delivery, refusal, reply, became))
            return
        put_off = delivery.put_off + 1
        wait = wait_unanswered(delivery.unanswered_attempts) or wait_after(put_off)
        await self._record(replace(delivery, put_off=put_off, not_before=self.clock.now() + wait), reply)

    async def _channel_failed(self, delivery: Delivery, refusal: Refusal, reply: str) -> None:
        """Let a message wait for its channel: none of its own waits is used up."""
        self.channels.fell(delivery.channel, refusal, reply)
        wait = wait_unanswered(delivery.unanswered_attempts)
        await self._record(replace(delivery, not_before=None if wait is None else self.clock.now() + wait), reply)

    async def _wait_for_channels(self) -> None:
        """Let what was refused by a channel that turned out to be down wait for it."""
        for suspect in self.unaccepted.of_channels(self.channels.down):
            await self._channel_failed(suspect.delivery, suspect.refusal, suspect.reply)

    async def _left(self, suspect: Suspect) -> None:
        """Let wait what nobody can tell to be its own fault; where there was no time to find out, for the next round."""
        if self.stop():
            await self._record(suspect.delivery, suspect.reply)
        else:
            await self._channel_failed(suspect.delivery, suspect.refusal, suspect.reply)

    async def _give_up(self, given_up: Sequence[Suspect]) -> None:
        if given_up:
            self.unaccepted.tell_elsewhere(given_up)
        for suspect in given_up:
            await self._record(replace(suspect.delivery, state=suspect.became, not_before=None), suspect.reply)

    async def _record(self, delivery: Delivery, reply: str) -> None:
        await self.ledger.tried(replace(delivery, attempts=delivery.attempts + 1, last_reply=reply))

    def _took_others(self, delivery: Delivery) -> bool:
        """Whether the channel took somebody else's message in this round."""
        return self.channels.took_others(delivery.channel, self._address(delivery))

    async def _tell_operator(self) -> None:
        """Tell the operator over another channel that one takes nothing."""
        ill, self.channels.newly_ill = self.channels.newly_ill, []
        notes = [note for channel in ill if (note := self.notes.ill(self.channels.health(channel))) is not None]
        if notes:
            with self.store.begin(patient=True) as state:
                for notice, deliveries in notes:
                    state.outbox.save([notice], deliveries)
            await self.empty()

    async def _notifier(self, channel: str) -> Notifier:
        async with self.opening:
            if channel not in self.open_:
                if channel not in self.notifiers:
                    raise UsageError(f'no channel "{channel}" is declared any more; add it under channels: again')
                notifier = await self.stack.enter_async_context(self.notifiers[channel]())
                self.open_[channel], self.slots[channel] = notifier, asyncio.Semaphore(notifier.connections)
            return self.open_[channel]

    def _address(self, delivery: Delivery) -> str:
        return (self.redirect_all_to or delivery.address).casefold()

    def _instead(self, delivery: Delivery) -> str | None:
        """Return the address that a message goes to instead of its own; None: it goes to its own."""
        return None if self.redirect_all_to == delivery.address else self.redirect_all_to

    def _addressed(self, delivery: Delivery) -> Delivery:
        """Return the delivery as it goes out: a second copy says so; redirected, it says for whom it was."""
        one = self.addressing(delivery.marked() if delivery.may_be_there else delivery)
        return one if self.redirect_all_to is None else one.redirected(self.redirect_all_to)

    def report(self) -> DeliveryTally:
        """Return how the round went."""
        waiting, postponed = self.queue.waiting_deliveries(self.clock.now())
        return DeliveryTally(
            accepted=self.accepted,
            rejected=self.unaccepted.given_up,
            waiting=waiting,
            postponed=postponed,
            failures=tuple(self.failures),
            ill=self.channels.ill,
        )


def _refusal_of(error: DeliveryFailed) -> Refusal:
    """Return the refusal of a channel that has no codes: whether it was answered, and for good."""
    early = Stage.CONNECTION if error.channel else Stage.RECIPIENT
    return Refusal(
        stage=Stage.MESSAGE if error.unknown else early,
        words=str(error),
        was_given=error.answered,
        is_permanent=error.permanent,
    )
