"""The service: a bell rings every few seconds, a pure function says what is due, and the store remembers what was done."""

import asyncio
import os
import signal
import socket
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from alerting.domain.problem import Problem
from alerting.domain.rule import Digest
from alerting.domain.schedule import Schedule, digest_due, due, next_due, parse_schedule
from alerting.errors import AlertingError, RulesInvalid
from alerting.ports import Store
from alerting.wiring import Engine

#: How long work that failed, and messages that were not taken, wait for the next try: at first, and at most.
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(minutes=30)
#: A digest later than this is left out: the next one covers its days too.
LATEST_DIGEST = timedelta(hours=48)
#: How long what is under way may take when the service is told to stop. systemd waits for 45 seconds.
GRACE_S = 30
#: Work that takes longer hangs: the service manager is no longer told that all is well, and starts the service anew.
HANGS_AFTER = timedelta(hours=1)
#: Problems with figures, and failed deliveries, that are logged one by one; the rest is counted.
MOST_LOGGED = 20


@dataclass(eq=False)
class Patience:
    """When a job that failed may be tried again: after a minute, then after twice as long each time."""

    wait: timedelta = FIRST_WAIT
    not_before: datetime | None = None

    def failed(self, at: datetime) -> datetime:
        """Wait, and return until when."""
        until = at + self.wait
        self.not_before, self.wait = until, min(self.wait * 2, LONGEST_WAIT)
        return until

    def waits(self, at: datetime) -> bool:
        """Say whether it is too early at *at*."""
        return self.not_before is not None and at < self.not_before


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
    #: The rule files in force, and as they were seen at the last bell.
    _files: str = ""
    _seen: str = ""
    _ticked: datetime = field(init=False)
    _digested: dict[str, datetime] = field(default_factory=dict)
    _to_deliver: bool = True  # what an earlier run could not hand over
    _patience: dict[str, Patience] = field(default_factory=lambda: defaultdict(Patience))
    _busy_since: datetime | None = None
    _bell: asyncio.Event = field(default_factory=asyncio.Event)
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        """Remember the files in force, and since when to look for what is due."""
        self._files = self._seen = fingerprint(self.engine.folder)
        now = self.engine.clock.now()
        with self.store.begin() as state:
            newest = state.newest_tick()
        # After downtime: once for all that was missed since the last tick.
        self._ticked = min(newest.at, now) if newest is not None else now
        for digest in self.engine.rules.digests:
            self._digested[digest.id] = min(self._last_digest(digest) or now, now)

    @property
    def _schedule(self) -> Schedule:
        return parse_schedule(self.engine.rules.schedule.evaluate)

    @property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.engine.rules.schedule.timezone)

    def next_tick(self) -> datetime:
        """Return when the next tick is due, in the schedule's zone."""
        return next_due(self._schedule, self._zone, self.engine.clock.now()).astimezone(self._zone)

    async def ring(self) -> None:
        """Do what is due now. What fails holds up nothing else, is logged, and is tried again a while later."""
        now = self.engine.clock.now()
        await self._attempt("rules.failed", now, self._adopt_changed_rules)
        if due(self._schedule, self._zone, self._ticked, now) and await self._attempt("tick.failed", now, self._tick):
            self._ticked = now
        for digest in self.engine.rules.digests:
            await self._digest_if_due(digest, now)
        if self._to_deliver and not self._stopping.is_set():
            await self._deliver(now)

    async def _attempt(self, failed: str, now: datetime, work: Callable[..., None], *arguments: Any) -> bool:
        """Run *work* in a thread unless it must wait; say whether it was done."""
        patience = self._patience[failed + str(arguments)]
        if self._stopping.is_set() or patience.waits(now):
            return False
        try:
            await asyncio.to_thread(work, *arguments)
        except AlertingError as error:
            self.log.error(failed, error=str(error), next_try=_text(patience.failed(now)))  # noqa: TRY400  # one clear line
            return False
        except Exception:
            self.log.exception(failed, next_try=_text(patience.failed(now)))
            return False
        self._patience.pop(failed + str(arguments))
        return True

    def _adopt_changed_rules(self) -> None:
        """Take changed rule files over as a whole, or not at all; a bad set is reported once."""
        files = fingerprint(self.engine.folder)
        if files != self._seen:
            self._seen = files  # somebody may still be writing: read when two bells have found the same
            return
        if files == self._files:
            return
        self._files = files
        try:
            self.engine = self.reload()
        except RulesInvalid as error:
            first = next(problem for problem in error.problems if problem.severity.value == "error")
            self.log.error("rules.refused", error=str(error), first=str(first))  # noqa: TRY400  # the author's, not ours
            return
        except AlertingError as error:
            self.log.error("rules.refused", error=str(error))  # noqa: TRY400  # the folder is gone, say
            return
        rules = self.engine.rules
        self.log.info("rules.adopted", version=rules.version, rules=len(rules.rules), next_tick=_text(self.next_tick()))

    def _tick(self) -> None:
        report = self.engine.tick(self.store)
        self._log_problems(report.problems)
        self.log.info(
            "tick.done", as_of=report.as_of.isoformat(), **report.counts, happened=dict(report.happened),
            notices=len(report.notices), untold=len(report.untold), problems=len(report.problems),
            next_tick=_text(self.next_tick()),
        )  # fmt: skip
        self._to_deliver = True

    def _log_problems(self, problems: Sequence[Problem]) -> None:
        templates = [problem for problem in problems if problem.code == "bad-template"]
        for problem in templates[:MOST_LOGGED]:
            self.log.warning("template.failed", problem=str(problem))
        for problem in [problem for problem in problems if problem.code != "bad-template"][:MOST_LOGGED]:
            self.log.warning("figures.problem", problem=str(problem))

    async def _digest_if_due(self, digest: Digest, now: datetime) -> None:
        since = self._digested.setdefault(digest.id, now)
        missed = digest_due(digest, self._zone, since, now)
        if not missed:
            return
        if now - missed[-1] > LATEST_DIGEST:
            self.log.warning("digest.skipped", digest=digest.id, due=_text(missed[-1]))
        elif not await self._attempt("digest.failed", now, self._make_digest, digest.id):
            return
        self._digested[digest.id] = now

    def _make_digest(self, id_: str) -> None:
        report = self.engine.digest(self.store, ids=[id_])
        self._log_problems(report.problems)
        self.log.info("digest.made", digest=id_, owners=len(report.deliveries), already=len(report.already))
        self._to_deliver = True

    def _last_digest(self, digest: Digest) -> datetime | None:
        """Return until when the newest digest of this name reached, whoever it went to."""
        with self.store.begin() as state:
            records = [state.newest_digest(digest.id, owner) for owner in self.engine.rules.owners]
        return max((record.until for record in records if record is not None), default=None)

    async def _deliver(self, now: datetime) -> None:
        """Hand over what waits; where something is left, try again later, after twice as long each time."""
        patience = self._patience["delivery"]
        if patience.waits(now):
            return
        try:
            report = await self.engine.deliver(self.store, stop=self._stopping.is_set)
        except Exception:
            self.log.exception("delivery.broken", next_try=_text(patience.failed(now)))
            return
        for delivery, reply in report.failures[:MOST_LOGGED]:
            self.log.error("delivery.failed", owner=delivery.owner, channel=delivery.channel, reply=reply)
        if report.accepted or report.failures:
            self.log.info("delivery.done", accepted=report.accepted, rejected=report.rejected, waiting=report.waiting)
        self._to_deliver = bool(report.waiting)
        if report.waiting:
            patience.failed(now)
        else:
            self._patience.pop("delivery")

    async def run(self, bell_s: float) -> None:
        """Work at every bell until told to stop; what is under way is finished first."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop, number)
        bell = AsyncIOScheduler(timezone=UTC)
        bell.add_job(self._rung, "interval", seconds=bell_s, coalesce=True, misfire_grace_time=None, max_instances=1)
        bell.start()
        rules, next_tick = self.engine.rules, _text(self.next_tick())
        self.log.info("service.started", rules=len(rules.rules), version=rules.version, next_tick=next_tick)
        tell_systemd("READY=1")
        work = asyncio.create_task(self._work())
        work.add_done_callback(lambda _: self._stopping.set())  # a loop that broke must not leave a service that idles
        await self._stopping.wait()
        tell_systemd("STOPPING=1")
        bell.shutdown(wait=False)
        self._bell.set()
        done, _ = await asyncio.wait({work}, timeout=GRACE_S)
        if not done:
            # A thread cannot be stopped from outside. What it has not committed is done anew at the next start.
            self.log.error("service.abandoned", busy_since=_text(self._busy_since))
            os._exit(1)
        work.result()
        self.log.info("service.stopped")

    async def _work(self) -> None:
        while not self._stopping.is_set():
            self._bell.clear()
            self._busy_since = self.engine.clock.now()
            await self.ring()
            self._busy_since = None
            tell_systemd(f"STATUS={len(self.engine.rules.rules)} rules; next tick {self.next_tick():%a %d %b %H:%M}")
            await self._bell.wait()

    async def _rung(self) -> None:
        self._bell.set()
        if self._busy_since is None or self.engine.clock.now() - self._busy_since < HANGS_AFTER:
            tell_systemd("WATCHDOG=1")

    def _stop(self, number: int) -> None:
        """Stop after what is under way; at the second signal, at once."""
        if self._stopping.is_set():
            os._exit(128 + number)
        self._stopping.set()


def _text(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds") if at is not None else None


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
    # A manager that does not listen is no reason to stop working.
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.connect(f"\0{address[1:]}" if address.startswith("@") else address)
        line.sendall(message.encode())
