"""The outbox's own record, written for several hand-overs at once."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from alerting.domain.notify.notice import Delivery
from alerting.failpoints import reached
from alerting.ports import Clock
from alerting.ports.queue import DeliveryQueue
from alerting.secrecy import hushed

#: How long a claim holds: longer than a server may think about a message (10 minutes) and the line to it.
LEASE = timedelta(minutes=15)


class ClaimLost(Exception):
    """Somebody else claimed the delivery meanwhile."""


class CommitBatcher:
    """Commits for all who are handing over: what comes while one commit is under way shares the next."""

    def __init__(self, queue: DeliveryQueue, token: str, clock: Clock) -> None:
        self._queue, self._token, self._clock = queue, token, clock
        self._begun: list[tuple[Delivery, asyncio.Future[bool]]] = []
        self._tried: list[tuple[Delivery, datetime, asyncio.Future[bool]]] = []
        self._writer: asyncio.Task[None] | None = None

    async def begin(self, delivery: Delivery) -> None:
        """Note, for good, that a delivery is being handed over.

        Raises:
            ClaimLost: it is somebody else's by now, and must not be.
        """
        reached("hand_over_pre")
        future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._begun.append((delivery, future))
        self._start()
        if not await future:
            raise ClaimLost
        reached("hand_over_post")

    async def tried(self, delivery: Delivery) -> None:
        """Note, for good, how a delivery went; what the far side or its notifier says may quote a secret."""
        future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        said = delivery.last_reply and hushed(delivery.last_reply)
        self._tried.append((replace(delivery, last_reply=said), self._clock.now(), future))
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
        self,
        begun: Sequence[tuple[Delivery, "asyncio.Future[bool]"]],
        tried: Sequence[tuple[Delivery, datetime, "asyncio.Future[bool]"]],
    ) -> None:
        """Write one lot and tell all who wait for it how that went; they raise what it raises."""
        try:
            ours = await asyncio.to_thread(
                self._queue.write,
                self._token,
                self._clock.now(),
                LEASE,
                [one for one, _ in begun],
                [(one, at) for one, at, _ in tried],
            )
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
