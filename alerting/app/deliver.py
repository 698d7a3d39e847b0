"""Handing over what waits: claimed, noted before the server can take it, handed over, noted again; several at once."""

import asyncio
import random
import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

from alerting.domain.channel_health import ChannelHealth
from alerting.domain.notice import Delivery, DeliveryState, Notice
from alerting.errors import DeliveryFailed, UsageError
from alerting.failpoints import reached
from alerting.ports import Clock, Notifier, Store

#: Deliveries claimed at once.
_BATCH = 64
#: How long a claim holds: longer than a server may think about a message (10 minutes) and the line to it.
LEASE = timedelta(minutes=15)
#: How long a message waits after each temporary refusal, and a channel after each failure; the last again and again.
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 20, 30, 60))
#: After so many hand-overs without an answer a message is held: somebody must look whether it is there.
MOST_UNKNOWN = 3
#: The message that something could not be delivered may not be delivered either; then the next is told, and so on.
MOST_PASSED_ON = 3
#: How a server's own answer begins, unlike what is said of a line that broke.
_ANSWER = re.compile(r"[245]\d\d\b")
#: What became of a delivery that did not arrive, in a word.
_BECAME = {
    DeliveryState.REJECTED: "refused",
    DeliveryState.EXPIRED: "given up after waiting",
    DeliveryState.HELD: "held, as it may have arrived",
}
#: Makes the message that tells somebody else what could not be delivered; None where there is nobody.
Undelivered = Callable[[Mapping[str, Sequence[tuple[Delivery, str]]]], tuple[Notice, Sequence[Delivery]] | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryReport:
    """How one pass went; `waiting` deliveries are tried again by the next."""

    accepted: int = 0
    #: Given up: refused for good, expired, or held for an operator.
    rejected: int = 0
    waiting: int = 0
    #: Waiting for the end of quiet hours or for a new budget.
    postponed: int = 0
    #: Each delivery that was tried and not accepted, with the reply or the reason.
    failures: Sequence[tuple[Delivery, str]] = ()


async def deliver(
    store: Store,
    notifiers: Mapping[str, Callable[[], Notifier]],
    clock: Clock,
    *,
    redirect_all_to: str | None = None,
    stop: Callable[[], bool] = lambda: False,
    eager: bool = True,
    alone: bool = True,
    undelivered: Undelivered = lambda _: None,
) -> DeliveryReport:
    """Try what may be tried now, urgent messages first, then the oldest; each owner's in order.

    A refused address stops only its own messages. A channel that fails keeps its further messages waiting.

    Args:
        notifiers: how to make the notifier of each channel; made when it is first needed.
        redirect_all_to: an address that gets everything instead, for a safe first week.
        stop: asked before each message; what is left when it says so waits for the next call.
        eager: try also what failed a moment ago and would wait: somebody asks.
        alone: nobody else works on this state, so that what is claimed was claimed by a process that is gone.
        undelivered: makes the message to the fallback.
    """
    async with AsyncExitStack() as stack:
        round_ = _Round(store, notifiers, clock, redirect_all_to, stop, stack)
        await round_.prepare(eager=eager, alone=alone)
        await round_.empty()
        for _ in range(MOST_PASSED_ON):
            if not round_.tell_somebody_else(undelivered):
                break
            await round_.empty()
        return round_.report()


class _NotOurs(Exception):
    """Somebody else claimed the delivery meanwhile."""


@dataclass(eq=False)
class _Round:
    store: Store
    notifiers: Mapping[str, Callable[[], Notifier]]
    clock: Clock
    redirect_all_to: str | None
    stop: Callable[[], bool]
    stack: AsyncExitStack
    token: str = field(default_factory=lambda: uuid.uuid4().hex)
    open_: dict[str, Notifier] = field(default_factory=dict)
    slots: dict[str, asyncio.Semaphore] = field(default_factory=dict)
    opening: asyncio.Lock = field(default_factory=asyncio.Lock)
    #: channel -> why it takes nothing more in this round.
    down: dict[str, str] = field(default_factory=dict)
    channels: dict[str, ChannelHealth] = field(default_factory=dict)
    #: channel -> how much longer what was claimed before it worked again may wait.
    longer: dict[str, timedelta] = field(default_factory=dict)
    accepted: int = 0
    rejected: int = 0
    failures: list[tuple[Delivery, str]] = field(default_factory=list)
    given_up: dict[str, list[tuple[Delivery, str]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Open the ledger that commits for all at once."""
        self.ledger = _Ledger(self.store, self.token, self.clock)

    async def prepare(self, *, eager: bool, alone: bool) -> None:
        """Free what a process that is gone had claimed, and find out which channels are to be tried."""
        now = self.clock.now()
        await asyncio.to_thread(self.store.recover, now, alone=alone)
        self.channels = dict(self.store.channels())
        if eager:
            await asyncio.to_thread(self.store.wake)
            return
        for channel in self.channels.values():
            if channel.down_since is not None and channel.next_try is not None and channel.next_try > now:
                self.down[channel.id] = channel.reply or "it failed a moment ago"

    async def empty(self) -> None:
        """Hand over until nothing is left that may be tried now."""
        following: asyncio.Task[list[Delivery]] | None = None
        try:
            batch = await self._claim()
            while batch:
                following = asyncio.create_task(self._claim())
                await asyncio.gather(*(self._attempt(one) for one in batch))
                # What was not to be had while these were under way, since they come first, may be by now.
                batch = await following or await self._claim()
        finally:
            await self.ledger.settle()
            if following is not None:
                await asyncio.gather(following, return_exceptions=True)
                await asyncio.to_thread(self.store.release, self.token)

    async def _claim(self) -> list[Delivery]:
        if self.stop():
            return []
        now = self.clock.now()
        return await asyncio.to_thread(self.store.claim, self.token, now, LEASE, _BATCH, without=list(self.down))

    async def _attempt(self, delivery: Delivery) -> None:
        """Try one delivery and record how it went; one whose channel is down is not tried."""
        try:
            notifier = self.open_.get(delivery.channel) or await self._notifier(delivery.channel)
        except UsageError as error:
            if delivery.channel not in self.down:  # said once, of all that waits for it
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
            self._answers(delivery.channel)
            await self._record(delivery, DeliveryState.ACCEPTED, reply)
            reached("taken_post")

    async def _sent_small_enough(self, delivery: Delivery, notifier: Notifier) -> str | None:
        """As `_sent`; what is refused for its size goes once more with words in its pictures' place: they hold every fact."""
        try:
            return await self._sent(delivery, notifier)
        except DeliveryFailed as error:
            if not (error.too_large and delivery.message.pictures):
                raise
        return await self._sent(replace(delivery, message=delivery.message.without_pictures()), notifier)

    async def _sent(self, delivery: Delivery, notifier: Notifier) -> str | None:
        """Hand one delivery over when a connection is free and return the reply; None where it is left for later.

        The connection is free again before the outcome is written down: the next message need not wait for that.
        """
        async with self.slots[delivery.channel]:
            if delivery.channel in self.down or self.stop():
                return None
            addressed = self._addressed(delivery)
            begin = partial(self.ledger.begin, delivery)
            try:
                receipt = await notifier.send(addressed, addressed.message, at=self.clock.now(), before_data=begin)
            except _NotOurs:
                return None
        return receipt.reply

    async def _failed(self, delivery: Delivery, error: UsageError | DeliveryFailed) -> None:
        reply, now = str(error), self.clock.now()
        state, unknown, not_before = DeliveryState.PENDING, delivery.unknown, None
        if isinstance(error, DeliveryFailed) and error.unknown:
            unknown += 1
            not_before = now + wait_after(unknown)
        if isinstance(error, UsageError) or error.channel:
            self._fails(delivery.channel, reply, now)
        elif not error.unknown:
            if answered := _ANSWER.match(reply):
                self._answers(delivery.channel)
            if error.permanent:
                state = DeliveryState.REJECTED
            elif answered and self._is_over(delivery, now):
                state = DeliveryState.EXPIRED
            else:
                not_before = now + wait_after(delivery.attempts + 1)
        if unknown >= MOST_UNKNOWN:
            state = DeliveryState.HELD
        self.failures.append((delivery, reply))
        if state is not DeliveryState.PENDING:
            self.given_up.setdefault(_BECAME[state], []).append((delivery, reply))
            not_before = None
        reached("not_taken_pre")
        await self._record(delivery, state, reply, unknown=unknown, not_before=not_before)

    async def _record(
        self, delivery: Delivery, state: DeliveryState, reply: str, *, unknown: int | None = None,
        not_before: datetime | None = None,
    ) -> None:  # fmt: skip
        tried = replace(
            delivery, state=state, attempts=delivery.attempts + 1, last_reply=reply, not_before=not_before,
            unknown=delivery.unknown if unknown is None else unknown,
        )  # fmt: skip
        await self.ledger.tried(tried)

    def _fails(self, channel: str, reply: str, now: datetime) -> None:
        """Leave a channel alone for a while: its messages wait, and their time to expire stands still."""
        if channel in self.down:
            return
        self.down[channel] = reply
        before = self.channels.get(channel, ChannelHealth(id=channel))
        state = ChannelHealth(
            id=channel, down_since=before.down_since or now, failures=before.failures + 1,
            next_try=now + wait_after(before.failures + 1), reply=reply,
        )  # fmt: skip
        self.channels[channel] = state
        self.store.save_channel(state)

    def _is_over(self, delivery: Delivery, now: datetime) -> bool:
        """Whether a message has waited long enough, not counting the time in which its channel took nothing."""
        longer = self.longer.get(delivery.channel, timedelta())
        return delivery.expires_at is not None and now >= delivery.expires_at + longer

    def _answers(self, channel: str) -> None:
        """Note that a channel works again; what waited for it may wait as much longer."""
        before = self.channels.get(channel)
        if before is None or before.down_since is None:
            return
        self.channels[channel] = ChannelHealth(id=channel)
        self.longer[channel] = self.clock.now() - before.down_since
        self.store.save_channel(self.channels[channel], waited=self.longer[channel].total_seconds())

    async def _notifier(self, channel: str) -> Notifier:
        async with self.opening:
            if channel not in self.open_:
                if channel not in self.notifiers:
                    raise UsageError(f'no channel "{channel}" is declared any more; add it under channels: again')
                notifier = await self.stack.enter_async_context(self.notifiers[channel]())
                self.open_[channel], self.slots[channel] = notifier, asyncio.Semaphore(notifier.connections)
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

    def tell_somebody_else(self, undelivered: Undelivered) -> bool:
        """Queue the message about what could not be delivered; say whether there is one."""
        failures, self.given_up = self.given_up, {}
        self.rejected += sum(len(several) for several in failures.values())
        made = undelivered(failures) if failures else None
        if made is None:
            return False
        notice, deliveries = made
        with self.store.begin() as state:
            state.save_notices([notice], deliveries)
        return bool(deliveries)

    def report(self) -> DeliveryReport:
        """Return how the round went."""
        waiting, postponed = self.store.waiting_deliveries(self.clock.now())
        rejected = sum(len(several) for several in self.given_up.values())
        return DeliveryReport(
            accepted=self.accepted, rejected=self.rejected + rejected, waiting=waiting, postponed=postponed,
            failures=tuple(self.failures),
        )  # fmt: skip


class _Ledger:
    """Commits for all who are handing over: what comes while one commit is under way shares the next."""

    def __init__(self, store: Store, token: str, clock: Clock) -> None:
        self._store, self._token, self._clock = store, token, clock
        self._begun: list[tuple[Delivery, asyncio.Future[bool]]] = []
        self._tried: list[tuple[Delivery, datetime, asyncio.Future[bool]]] = []
        self._writer: asyncio.Task[None] | None = None

    async def begin(self, delivery: Delivery) -> None:
        """Note, for good, that a delivery is being handed over.

        Raises:
            _NotOurs: it is somebody else's by now, and must not be.
        """
        reached("hand_over_pre")
        future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._begun.append((delivery, future))
        self._start()
        if not await future:
            raise _NotOurs
        reached("hand_over_post")

    async def tried(self, delivery: Delivery) -> None:
        """Note, for good, how a delivery went."""
        future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._tried.append((delivery, self._clock.now(), future))
        self._start()
        await future

    async def settle(self) -> None:
        """Wait until nothing is being written."""
        if self._writer is not None:
            await asyncio.wait([self._writer])

    def _start(self) -> None:
        if self._writer is None:
            self._writer = asyncio.create_task(self._write())

    async def _write(self) -> None:
        try:
            while self._begun or self._tried:
                begun, self._begun = self._begun, []
                tried, self._tried = self._tried, []
                await self._commit(begun, tried)
        finally:
            self._writer = None

    async def _commit(
        self, begun: Sequence[tuple[Delivery, "asyncio.Future[bool]"]],
        tried: Sequence[tuple[Delivery, datetime, "asyncio.Future[bool]"]],
    ) -> None:  # fmt: skip
        """Write one lot and tell all who wait for it how that went; they raise what it raises."""
        try:
            ours = await asyncio.to_thread(
                self._store.write_outbox, self._token, self._clock.now(), LEASE, [one for one, _ in begun],
                [(one, at) for one, at, _ in tried],
            )  # fmt: skip
        except Exception as error:  # noqa: BLE001
            for future in (*(future for _, future in begun), *(future for _, _, future in tried)):
                if not future.done():
                    future.set_exception(error)
            return
        for delivery, future in begun:
            if not future.done():
                future.set_result(delivery.id in ours)
        for _, _, future in tried:
            if not future.done():
                future.set_result(True)


def wait_after(failures: int) -> timedelta:
    """Return how long to wait after so many failures: longer each time, and not all at the same instant."""
    whole = WAITS[min(failures, len(WAITS)) - 1]
    return whole / 2 + whole / 2 * random.random()  # noqa: S311  # spreads load, guards nothing


__all__ = ["DeliveryReport", "deliver", "wait_after"]
