"""The service: a bell rings every few seconds, a pure function says what is due, and the store remembers what was done."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from alerting.app.engine import Engine
from alerting.domain.problem import UNREADABLE
from alerting.domain.rule import Digest
from alerting.domain.schedule import Recurrence, digest_due, due, evaluation_times, last_due, next_due
from alerting.errors import AlertingError, RulesInvalid, RulesShrunk
from alerting.log import log_problems
from alerting.ports.state import Store
from alerting.service.ailments import PUT_BACK, SOURCE_FAILED, Ailments
from alerting.service.attempts import Attempts, text_of
from alerting.service.clock_guard import ClockGuard, Doubt, boot_clock
from alerting.service.heartbeat import Heartbeat
from alerting.service.listening import Listening
from alerting.service.load_watch import LoadWatch
from alerting.service.reading import Reading
from alerting.service.reviewing import Reviewing
from alerting.service.sending import Sending
from alerting.service.surroundings import fingerprint

if TYPE_CHECKING:
    from alerting.app.tick.report import TickReport

#: A digest later than this is left out: the next one covers its days too.
LATEST_DIGEST = timedelta(hours=48)
#: The hour of the day from which old messages are taken out, when nobody waits for anything.
QUIET_HOUR = 3


@dataclass(eq=False)
class Service:
    """Ticks, digests and deliveries of one rules folder.

    Args:
        engine: the rules in force.
        reload: reads the rules folder anew.
        log: where events go.
        boot_s: shows the seconds since the machine was started; nobody can set it.
    """

    engine: Engine
    store: Store
    reload: Callable[[], Engine]
    log: Any
    boot_s: Callable[[], float] = boot_clock
    #: The rule files in force, and as they were seen at the last bell.
    _files: str = ""
    _seen: str = ""
    #: Changed rules that wait because much is missing in them.
    _shrunk: Engine | None = None
    #: Up to when the schedule is done, by this process or, as the ledger says, by another; None until the clock is believed.
    _ticked: datetime | None = None
    #: The instant of the newest tick that the schedule asked for.
    _newest: datetime | None = None
    _guard: ClockGuard = field(default_factory=ClockGuard)
    _doubt: Doubt | None = None
    _digested: dict[str, datetime] = field(default_factory=dict)
    _pruned_on: date | None = None
    _ailments: Ailments = field(default_factory=Ailments)
    _heartbeat: Heartbeat | None = field(init=False)
    _reading: Reading = field(init=False)
    _reviewing: Reviewing = field(init=False)
    _sending: Sending = field(init=False)
    _attempts: Attempts = field(init=False)
    _silence_said: str | None = None
    _loads: LoadWatch = field(init=False)
    #: Hears of loads that are posted; None: the settings name no address.
    listening: Listening | None = field(init=False)
    #: Set where the service is to end: nothing new is begun.
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        """Remember the files in force, and since when to look for what is due."""
        self._files = self._seen = fingerprint(self.engine.installation.folder)
        self.engine.waits = self._waits
        self._attempts = Attempts(log=self.log, stopping=self.stopping)
        self._reading = Reading(store=self.store, log=self.log, ailments=self._ailments)
        self._reviewing = Reviewing(store=self.store, log=self.log)
        self._sending = Sending(store=self.store, log=self.log, ailments=self._ailments, attempts=self._attempts)
        self._loads = LoadWatch(self.store)
        self.listening = self._hearing() if self.engine.settings.listen else None
        if self.store.was_put_back:
            self.log.warning("state.restored", fix=PUT_BACK)
        now = self.engine.clock.now()
        url = self.engine.settings.heartbeat_url
        self._heartbeat = Heartbeat(url.get_secret_value()) if url is not None else None
        self._remember_newest()
        if self._guard.doubt(now, self.boot_s(), self._newest) is None:
            self._resume(now)

    def _hearing(self) -> Listening:
        return Listening(
            store=self.store,
            engine=lambda: self.engine,
            is_in_doubt=lambda: self._doubt is not None,
            log=self.log,
            ailments=self._ailments,
        )

    def _resume(self, now: datetime) -> None:
        """Find out up to when the schedule is done: after downtime, one tick for all that was missed."""
        for digest in self.engine.rules.digests:
            self._digested[digest.id] = min(self._last_digest(digest) or now, now)
        with self.store.begin() as state:
            newest, troubles = state.ticks.newest(), state.troubles.by_source()
        # What the newest tick could not read has failed until another one can.
        self._ailments.note(
            "source", {id_: UNREADABLE for id_ in self.engine.rules.sources if UNREADABLE in troubles.get(id_, ())}
        )
        done = min(newest.at, now) if newest is not None else now
        if newest is not None and newest.due_at is None and newest.at > now:
            # Somebody ticked as if on a later day, which leaves today's tick undone; the ledger knows whether it was.
            missed = last_due(self._schedule, self._zone, now)
            done = missed - timedelta(microseconds=1) if missed is not None else now
        self._ticked = done

    @property
    def _schedule(self) -> Recurrence:
        return evaluation_times(self.engine.rules.schedule)

    @property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.engine.rules.schedule.timezone)

    def next_tick(self) -> datetime:
        """Return when the next tick is due, in the schedule's zone."""
        return next_due(self._schedule, self._zone, self.engine.clock.now()).astimezone(self._zone)

    @property
    def doubt(self) -> str | None:
        """Why nothing is done: the clock cannot be right; None: it is believed."""
        return None if self._doubt is None else self._doubt.text

    async def judge(self) -> bool:
        """Adopt changed rules, tick and make digests, as far as they are due; say whether the clock and the state can be used.

        What fails holds up nothing else, is logged, and is tried again a while later.
        """
        now = self.engine.clock.now()
        if not await self._clock_is_plausible(now):
            return False
        if not await self._attempts.make("state.failed", now, partial(self.store.queue.waiting_deliveries, now)):
            return False
        if self._ticked is None and not await self._attempts.make("tick.failed", now, partial(self._resume, now)):
            return False
        await self._attempts.make("rules.failed", now, self._adopt_changed_rules)
        missed = due(self._schedule, self._zone, self._ticked or now, now)
        if missed and await self._attempts.make("tick.failed", now, partial(self._tick, missed)):
            self._ticked = now
        if self._ticked is not None:
            await self._attempts.make("loads.failed", now, partial(self._tick_on_load, now))
        for digest in self.engine.rules.digests:
            await self._digest_if_due(digest, now)
        await self._attempts.make("review.failed", now, partial(self._review, now))
        await self._prune_by_night(now)
        return True

    async def send(self) -> None:
        """Hand over what may be tried now, where it is time to look."""
        if not self._rests():
            await self._sending.send(self.engine, self.engine.clock.now(), self.stopping.is_set)

    async def read(self) -> None:
        """Take in what has come to the mailbox."""
        if not self._rests() and await self._reading.read(self.engine, self.stopping.is_set):
            self._sending.look_now()

    def _rests(self) -> bool:
        """Whether nothing is done: the clock is in doubt, the state cannot be used, or the service is to end."""
        return self._doubt is not None or "state.failed" in self._attempts.failing or self.stopping.is_set()

    async def _prune_by_night(self, now: datetime) -> None:
        """Take out, once a day from the quiet hour on, what is not kept any longer."""
        local = now.astimezone(self._zone)
        if local.hour < QUIET_HOUR or self._pruned_on == local.date():
            return
        if await self._attempts.make("prune.failed", now, self._prune):
            self._pruned_on = local.date()

    def _prune(self) -> None:
        first, pruned = self.engine.prune(self.store)
        if pruned.messages or pruned.pictures or pruned.folded.readings:
            more = {"messages": pruned.messages, "pictures": pruned.pictures, "folded": pruned.folded.readings}
            self.log.info("prune.done", before=first.isoformat(), **more)

    def _waits(self, said: str) -> None:
        self.log.warning("turn.waiting", reason=said)

    def _remember_newest(self) -> None:
        """Remember for which instant the newest tick was. One by hand, which may be as if on another day, says nothing."""
        with self.store.begin() as state:
            newest = state.ticks.newest()
        self._newest = newest.due_at if newest is not None else None

    async def _clock_is_plausible(self, now: datetime) -> bool:
        """Say whether to work by the clock; when that changes, log it."""
        if self._doubt is not None:
            with suppress(AlertingError):  # a state that cannot be read now says nothing new
                await asyncio.to_thread(self._remember_newest)
        before, self._doubt = self._doubt, self._guard.doubt(now.astimezone(self._zone), self.boot_s(), self._newest)
        if self._doubt is not None:
            if before is None or before.fault is not self._doubt.fault:
                self.log.error("clock.doubted", error=self._doubt.text)
            return False
        if before is not None:
            self.log.info("clock.believed", next_tick=text_of(self.next_tick()))
            # Waits that began by another clock would last too long.
            self._attempts.forget()
            self._sending.look_now(ignore_backoff=True)
            self._forget_what_was_done_later(now)
        return True

    def _forget_what_was_done_later(self, now: datetime) -> None:
        """Forget what was done by a clock that was ahead: the state knows what of it counts, and what was undone since."""
        self._ticked = None if self._ticked is not None and self._ticked > now else self._ticked
        self._digested = {id_: min(at, now) for id_, at in self._digested.items()}

    def give_a_sign(self) -> None:
        """Tell whoever watches from outside that all is well: nothing failed that is to be tried again, and nothing ails."""
        if self._heartbeat is None:
            return
        if (trouble := self._heartbeat.trouble) != self._silence_said:
            self._silence_said = trouble
            if trouble is not None:
                self.log.warning("heartbeat.failed", place=self._heartbeat.place, error=trouble)
        if not self._attempts.failing and not self._ailments:
            self._heartbeat.beat(self.boot_s())

    def _adopt_changed_rules(self) -> None:
        """Take changed rule files over as a whole, or not at all; a bad set is reported once."""
        files = fingerprint(self.engine.installation.folder)
        if files != self._seen:
            self._seen = files  # somebody may still be writing: read when two bells have found the same
            return
        if files == self._files:
            if self._shrunk is not None:
                self._adopt(self._shrunk)
            return
        self._shrunk = None
        try:
            changed = self.reload()
            changed.waits = self._waits
        except RulesInvalid as error:
            first = next(problem for problem in error.problems if problem.is_error)
            self._refuse(error, first=str(first))
            if self.engine.admission.tell_of_refused(self.store, error.problems):
                self._sending.look_now()
        except AlertingError as error:  # the folder is gone, say
            self._refuse(error)
        else:
            self._adopt(changed)
        self._files = files  # last: what failed for another reason, such as the database's, is read anew

    def _refuse(self, error: AlertingError, **more: str) -> None:
        """Say that changed rules are not taken over; the last good ones stay in force."""
        self._ailments.note("rules", {"changed": str(error)})
        self.log.error("rules.refused", error=str(error), **more)

    def _adopt(self, changed: Engine) -> None:
        """Work by changed rules from now on, unless much is missing in them: then they wait, and are asked for again."""
        try:
            changed.admission.of_rules(self.store, changed.clock.now())
        except RulesShrunk as error:
            if self._shrunk is None:
                self._refuse(error)  # half copied, say
                self._sending.look_now()
            self._shrunk = changed
            return
        self.engine, self._shrunk = changed, None
        self._ailments.note("rules", {})
        self._attempts.forget()  # what failed may have failed by the old rules, or be asked for no more
        rules = self.engine.rules
        self.log.info(
            "rules.adopted", version=rules.version, rules=len(rules.rules), next_tick=text_of(self.next_tick())
        )

    def _tick(self, missed: Sequence[datetime]) -> None:
        """Tick once for all instants of the schedule that were missed, by the newest, unless that one was done."""
        due_at = missed[-1]
        if self._is_ticked(due_at):
            return
        try:
            report = self.engine.tick(self.store, due_at=due_at)
        except Exception:
            if self._is_ticked(due_at):
                return  # by another process, at the same moment: the ledger takes each instant once
            raise
        self._say(report, due=text_of(due_at), missed=len(missed) - 1)

    def _tick_on_load(self, now: datetime) -> None:
        """Tick where a source that is judged on load holds a whole one that no tick has judged."""
        if loaded := self._loads.due(self.engine, now):
            self._say(self.engine.tick(self.store), loaded=list(loaded))

    def _say(self, report: "TickReport", **more: Any) -> None:
        """Have what a tick tells sent, and log what it did."""
        self._sending.look_now()
        self._remember_newest()
        self._ailments.note("source", {str(p.place): p.message for p in report.problems if p.code == SOURCE_FAILED})
        log_problems(self.log, report.problems, report.faults)
        self.log.info(
            "tick.done",
            as_of=report.as_of.isoformat(),
            **report.counts,
            happened=dict(report.happened),
            notices=len(report.notices),
            untold=len(report.untold),
            problems=len(report.problems),
            **more,
            next_tick=text_of(self.next_tick()),
        )

    def _is_ticked(self, due_at: datetime) -> bool:
        self._remember_newest()
        with self.store.begin() as state:
            return state.ticks.was_done(due_at)

    async def _digest_if_due(self, digest: Digest, now: datetime) -> None:
        since = self._digested.setdefault(digest.id, now)
        missed = digest_due(digest, self.engine.rules.schedule, self._zone, since, now)
        if not missed:
            return
        if now - missed[-1] > LATEST_DIGEST:
            self.log.warning("digest.skipped", digest=digest.id, due=text_of(missed[-1]))
        elif not await self._attempts.make("digest.failed", now, partial(self._make_digest, digest.id), digest.id):
            return
        self._attempts.done(f"digest.failed{digest.id}")
        self._digested[digest.id] = now

    def _make_digest(self, id_: str) -> None:
        report = self.engine.digest(self.store, ids=[id_])
        log_problems(self.log, report.problems, report.faults)
        without = {"no_pdf": report.no_pdf} if report.no_pdf else {}
        self.log.info("digest.made", digest=id_, owners=len(report.deliveries), already=len(report.already), **without)
        self._sending.look_now()

    def _review(self, now: datetime) -> None:
        if self._reviewing.make_if_due(self.engine, now):
            self._sending.look_now()

    def _last_digest(self, digest: Digest) -> datetime | None:
        """Return until when the newest digest of this name reached, whoever it went to."""
        with self.store.begin() as state:
            records = [state.digests.newest(digest.id, owner) for owner in self.engine.rules.owners]
        return max((record.until for record in records if record is not None), default=None)
