"""The service: a bell rings every few seconds, a pure function says what is due, and the store remembers what was done."""

import asyncio
import os
import signal
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from alerting.app.deliver import DeliveryReport
from alerting.app.tick import TickReport
from alerting.domain.rule import Digest
from alerting.domain.schedule import digest_due, due, next_due, parse_schedule
from alerting.errors import AlertingError, RulesInvalid
from alerting.ports import Store
from alerting.wiring import Engine

#: How long messages that could not be handed over wait before the next try: at first, and at most.
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(minutes=30)
#: Problems with figures that are logged one by one after a tick; the rest is counted.
MOST_LOGGED = 20


@dataclass(eq=False)
class Service:
    """Ticks, digests and deliveries of one rules folder.

    Args:
        engine: the rules in force.
        reload: reads the rules folder anew.
        log: where events go.
    """

    engine: Engine
    store: Store
    reload: Callable[[], Engine]
    log: Any
    _files: str = ""
    _looked: datetime | None = None
    _retry_at: datetime | None = None
    _wait: timedelta = FIRST_WAIT
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)
    _busy: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        """Remember the files in force, and since when to look for what is due."""
        self._files = fingerprint(self.engine.folder)
        with self.store.begin() as state:
            newest = state.newest_tick()
        now = self.engine.clock.now()
        # After downtime: once for all that was missed since the last tick. A clock set back never repeats one.
        self._looked = min(newest.at, now) if newest is not None else now

    @property
    def zone(self) -> ZoneInfo:
        """The schedule's zone."""
        return ZoneInfo(self.engine.rules.schedule.timezone)

    def next_tick(self) -> datetime:
        """Return when the next tick is due."""
        return next_due(parse_schedule(self.engine.rules.schedule.evaluate), self.zone, self.engine.clock.now())

    async def ring(self) -> None:
        """Do what is due now; called by the bell, one call at a time."""
        now = self.engine.clock.now()
        since = self._looked or now
        await asyncio.to_thread(self._adopt_changed_rules)
        try:
            if due(parse_schedule(self.engine.rules.schedule.evaluate), self.zone, since, now):
                await asyncio.to_thread(self._tick)
                self._retry_at = now
            for digest in self.engine.rules.digests:
                if digest_due(digest, self.zone, since, now):
                    await asyncio.to_thread(self._make_digest, digest)
                    self._retry_at = now
        except AlertingError as error:
            self.log.error("tick.failed", error=str(error))  # noqa: TRY400  # one clear line; a trace helps nobody here
            return  # not looked at: tried again at the next bell
        self._looked = max(now, since)
        if self._retry_at is not None and now >= self._retry_at:
            await self._deliver(now)

    def _adopt_changed_rules(self) -> None:
        """Take changed rule files over as a whole, or not at all; a bad set is reported once."""
        files = fingerprint(self.engine.folder)
        if files == self._files:
            return
        self._files = files
        try:
            self.engine = self.reload()
        except RulesInvalid as error:
            first = next(problem for problem in error.problems if problem.severity.value == "error")
            self.log.error("rules.refused", error=str(error), first=str(first))  # noqa: TRY400  # the author's, not ours
            return
        self.log.info("rules.adopted", version=self.engine.rules.version, rules=len(self.engine.rules.rules))

    def _tick(self) -> None:
        report: TickReport = self.engine.tick(self.store)
        for problem in report.problems[:MOST_LOGGED]:
            self.log.warning("figures.problem", problem=str(problem))
        self.log.info(
            "tick.done", as_of=report.as_of.isoformat(), **report.counts, happened=dict(report.happened),
            notices=len(report.notices), untold=len(report.untold), problems=len(report.problems),
        )  # fmt: skip

    def _make_digest(self, digest: Digest) -> None:
        report = self.engine.digest(self.store, ids=[digest.id])
        self.log.info("digest.made", digest=digest.id, owners=len(report.deliveries), already=len(report.already))

    async def _deliver(self, now: datetime) -> None:
        """Hand over what waits; where something is left, try again later, after twice as long each time."""
        report: DeliveryReport = await self.engine.deliver(self.store)
        for delivery, reply in report.failures[:MOST_LOGGED]:
            self.log.error("delivery.failed", owner=delivery.owner, channel=delivery.channel, reply=reply)
        if report.accepted or report.failures:
            self.log.info(
                "delivery.done", accepted=report.accepted, rejected=report.rejected, waiting=report.waiting
            )
        if report.waiting:
            self._retry_at, self._wait = now + self._wait, min(self._wait * 2, LONGEST_WAIT)
        else:
            self._retry_at, self._wait = None, FIRST_WAIT

    async def run(self, bell_s: float) -> None:
        """Ring the bell until told to stop; what is under way is finished first."""
        self._retry_at = self.engine.clock.now()  # what an earlier run could not hand over
        bell = AsyncIOScheduler(timezone="UTC")
        bell.add_job(self._ring_safely, "interval", seconds=bell_s, coalesce=True, misfire_grace_time=None, max_instances=1)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop)
        self.log.info(
            "service.started", rules=len(self.engine.rules.rules), version=self.engine.rules.version,
            next_tick=self.next_tick().isoformat(),
        )  # fmt: skip
        await self._ring_safely()
        bell.start()
        tell_systemd("READY=1")
        await self._stopping.wait()
        tell_systemd("STOPPING=1")
        bell.shutdown(wait=False)
        async with self._busy:
            self.log.info("service.stopped")

    async def _ring_safely(self) -> None:
        """Ring; whatever goes wrong is logged, and the next bell tries again."""
        async with self._busy:
            try:
                await self.ring()
            except Exception:
                self.log.exception("tick.failed")
                return
        tell_systemd("WATCHDOG=1")

    def _stop(self) -> None:
        """Stop after what is under way; at the second signal, at once."""
        if self._stopping.is_set():
            os._exit(1)
        self._stopping.set()


def fingerprint(folder: Path) -> str:
    """Return names, sizes and times of the rule files: equal as long as nobody touched them."""
    found = []
    for path in sorted(folder.rglob("*.yaml")):
        try:
            status = path.stat()
        except OSError:
            continue  # removed between the listing and here; the next bell sees it gone
        found.append(f"{path.relative_to(folder)} {status.st_size} {status.st_mtime_ns}")
    return "\n".join(found)


def tell_systemd(message: str) -> None:
    """Tell the service manager how we are, where there is one."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.connect(f"\0{address[1:]}" if address.startswith("@") else address)
        line.sendall(message.encode())
