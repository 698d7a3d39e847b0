"""Handing over beside judging and reading: when to look at what waits, and which channels take nothing."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from alerting.app.engine import Engine
from alerting.domain.notify.notice import Delivery, DeliveryState
from alerting.domain.outbox import WORDS
from alerting.errors import AlertingError
from alerting.log import MOST_LOGGED
from alerting.ports.state import Store
from alerting.service.ailments import WAITS_FOR_CHANNEL, Ailments
from alerting.service.attempts import Attempts, text_of

if TYPE_CHECKING:
    from alerting.app.delivery.deliver import DeliveryTally

#: How often waiting messages are looked at: when each is tried again is written beside it.
LOOK_AGAIN = timedelta(minutes=1)
#: What the log calls a pass that failed as a whole.
BROKEN = "delivery.broken"


@dataclass(eq=False, kw_only=True)
class Sending:
    """Hands over what waits, and remembers when to look again.

    Args:
        log: where events go.
        ailments: why there are no signs of life; a channel that takes nothing is one.
        attempts: what failed and waits; a pass that failed as a whole is among it.
    """

    store: Store
    log: Any
    ailments: Ailments
    attempts: Attempts
    #: When to look at the messages that wait; None: at once.
    _look_at: datetime | None = None
    #: Try also what failed a moment ago.
    _ignore_backoff: bool = True

    def look_now(self, *, ignore_backoff: bool = False) -> None:
        """Look at once the next time: something may wait, or waits began by another clock."""
        self._look_at = None
        self._ignore_backoff |= ignore_backoff

    async def send(self, engine: Engine, now: datetime, stop: Callable[[], bool]) -> None:
        """Hand over what may be tried now, where it is time to look; when the rest may be is written beside it.

        Args:
            stop: says whether to leave the rest for the next time.
        """
        if (self._look_at is not None and now < self._look_at) or self.attempts.waits(BROKEN, now):
            return
        self._look_at = now + LOOK_AGAIN  # before: what is queued meanwhile asks for another look
        if not await self.attempts.make(BROKEN, now, partial(self._hand_over, engine, stop)):
            self._look_at = None

    def _hand_over(self, engine: Engine, stop: Callable[[], bool]) -> None:
        # In a thread, with a loop of its own: to wait for another process's turn must not silence the service.
        report = asyncio.run(engine.deliver(self.store, stop=stop, ignore_backoff=self._ignore_backoff))
        self._note_ill(report)
        self._ignore_backoff = False
        for delivery, reply in report.failures[:MOST_LOGGED]:
            told = {"delivery": delivery.id, "owner": delivery.owner, "channel": delivery.channel}
            what = {"subject": delivery.message.subject, "reply": reply}
            self.log.error("delivery.failed", **told, **what, **self._standing(delivery))
        if report.accepted or report.failures:
            self.log.info("delivery.done", accepted=report.accepted, rejected=report.rejected, waiting=report.waiting)

    def _standing(self, delivery: Delivery) -> dict[str, Any]:
        """Return how a delivery stands now, and the alerts that it tells of."""
        with suppress(AlertingError), self.store.begin() as state:
            for entry in state.outbox.entries(tuple(DeliveryState), like=delivery.id):
                return {"state": WORDS[entry.delivery.state], "alerts": list(entry.alerts)}
        return {}

    def _note_ill(self, report: "DeliveryTally") -> None:
        """Remember which channels take nothing; say so when that begins and when it is over."""
        new, over = self.ailments.note("channel", {one.id: one.reply or "" for one in report.ill})
        for channel in report.ill:
            if channel.id in new:
                since = text_of(channel.down_since)
                self.log.error(
                    "channel.ill", channel=channel.id, since=since, reply=channel.reply, fix=WAITS_FOR_CHANNEL
                )
        for id_ in over:
            self.log.info("channel.works", channel=id_)
