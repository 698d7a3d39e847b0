"""The engine: what is done on one installation, through the ports that it is given."""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from alerting.app.admission import Admission
from alerting.app.enquiries import Enquiries, Sources
from alerting.app.installation import Installation, Ports
from alerting.domain.notify.notice import Delivery
from alerting.domain.retention import kept_since
from alerting.domain.rule import Presentation, RuleSet
from alerting.errors import UsageError
from alerting.ports import Clock, Notifier
from alerting.ports.mailbox import Emptied
from alerting.ports.state import Store
from alerting.settings import Settings

#: Servers count days by zones of their own.
A_DAY_EARLIER = timedelta(days=1)
#: Asked between one piece of work and the next: whether to leave the rest for later.
Stop = Callable[[], bool]

if TYPE_CHECKING:  # loaded where used: numpy and polars take longer than a check of the rules
    from alerting.app.delivery.deliver import DeliveryTally
    from alerting.app.digests.make import DigestPage, DigestReport
    from alerting.app.situation.new_loads import LoadsFound
    from alerting.app.tick.beside_the_state import BesideTheState
    from alerting.app.tick.report import TickReport
    from alerting.app.tick.times import TickTimes
    from alerting.domain.inbox import InboxEntry
    from alerting.domain.retention import Pruned
    from alerting.domain.shrinking import Guarded
    from alerting.figures.observations import Reading

#: A state without a tick for so long was run as of a day of the past; ticks come every few days.
STATE_OF_THE_PAST = timedelta(days=14)


@dataclass(eq=False)
class Engine:
    """One installation at work; `waits` is told in words that another process is waited for."""

    installation: Installation
    ports: Ports
    waits: Callable[[str], object] = field(default=lambda said: sys.stderr.write(f"alerting: {said}\n"))

    @property
    def rules(self) -> RuleSet:
        """The rules in force."""
        return self.installation.rules

    @property
    def settings(self) -> Settings:
        """What the installation decides for itself."""
        return self.installation.settings

    @property
    def clock(self) -> Clock:
        """What time it is."""
        return self.installation.clock

    @property
    def enquiries(self) -> Enquiries:
        """What may be asked without changing anything."""
        return Enquiries(self.installation, self.ports)

    @property
    def admission(self) -> Admission:
        """Whether work may begin by these rules and this clock."""
        return Admission(self.installation)

    def state(self) -> AbstractContextManager[Store]:
        """Open the state, and close it again whatever happens meanwhile.

        Raises:
            UsageError: the state directory or database cannot be used.
        """
        return closing(self.ports.open_store(self.settings))

    def now_in(self, store: Store) -> tuple[date, datetime]:
        """Return the day and instant at which somebody does something on a state.

        The day is today's, unless the newest tick lies so far back that the state must be one of the past, run with `--as-of`:
        it goes on from there. The instant comes after all that was recorded.
        """
        with store.begin() as state:
            newest = state.ticks.newest()
        today, now = self.installation.today(), self.clock.now()
        if newest is None or newest.as_of > today - STATE_OF_THE_PAST:
            return today, now if newest is None else max(now, newest.at + timedelta(microseconds=1))
        return newest.as_of, max(self.installation.instant(newest.as_of), newest.at + timedelta(microseconds=1))

    def tick(
        self,
        store: Store,
        as_of: date | None = None,
        *,
        dry_run: bool = False,
        due_at: datetime | None = None,
        full: bool = False,
    ) -> "TickReport":
        """Judge, change alerts and queue notices.

        Args:
            full: read sources whole, and judge also what has not changed since the last tick.
        """
        from alerting.app.tick.times import TickTimes

        own, beside = self.installation, self._beside_the_state
        day, at, now = as_of or own.today(), own.instant(as_of), self.clock.now()
        times = TickTimes(at=at, now=now, due_at=due_at, place=own.place)
        sources = self.enquiries.sources()  # of this tick: what one was asked for its content is not asked again
        if not (dry_run or full) and (report := self._tick_again(store, day, times, sources)) is not None:
            return report
        from alerting.app.tick.tick import run_tick  # with all that explains: most ticks need none of it

        reading = [self.enquiries.read_on(store, day, full=full, recognise=not dry_run, sources=sources)]
        with nullcontext() if dry_run else self._judging_lock():
            self.admission.of_tick(store, at, keep=not dry_run)
            keeper = beside.keeper(full=full)
            # The tick alone holds the figures, so that it can let go of them.
            report = run_tick(
                self.rules, reading.pop(), store, day, times, own.message_defaults, dry_run=dry_run, keeper=keeper
            )
            if not dry_run:
                beside.keep(report, keeper)
            return report

    def look_for_loads(self, store: Store, sources: Sequence[str]) -> "LoadsFound":
        """Read some sources, and say which of them hold a whole load that no tick has judged."""
        from alerting.app.situation.new_loads import new_loads

        reading = self.enquiries.read_on(store, self.installation.today(), recognise=True, only=sources)
        return new_loads(reading, self.rules, store, self.clock.now())

    @property
    def _beside_the_state(self) -> "BesideTheState":
        from alerting.app.tick.beside_the_state import BesideTheState

        return BesideTheState(folder=self.settings.cache_dir, by=self.installation.judged_by)

    def _tick_again(self, store: Store, day: date, times: "TickTimes", sources: Sources) -> "TickReport | None":
        """Do a tick without judging, where all is as the last one left it; None: judge."""
        from alerting.app.situation.read_sources import contents_of
        from alerting.app.tick.same_again import tick_again

        own, beside, enquiries = self.installation, self._beside_the_state, self.enquiries
        last, windows = beside.last(day, own.today()), enquiries.windows(store, day)
        if last is None or last.contents != contents_of(self.rules, sources, own.folders, windows):
            return None
        with self._judging_lock():
            self.admission.of_tick(store, times.at, keep=True)
            report = tick_again(self.rules, store, last, day, times)
            if report is not None:
                beside.keep(report)
            return report

    def digest(
        self, store: Store, as_of: date | None = None, ids: Sequence[str] = (), form: Presentation | None = None
    ) -> "DigestReport":
        """Make digests and queue them, in a form other than their own where one is given."""
        from alerting.app.digests.make import digests_named, run_digests

        day, at = as_of or self.installation.today(), self.installation.instant(as_of)
        chosen = digests_named(self.rules, ids, form)
        reading = self.enquiries.read_on(store, day)
        with self._judging_lock():
            self.admission.of_rules(store, at, keep=False)
            return run_digests(self.rules, reading, store, day, at, self.installation.message_defaults, chosen)

    @contextmanager
    def digest_pages(
        self, as_of: date | None = None, ids: Sequence[str] = (), form: Presentation | None = None
    ) -> "Iterator[tuple[Reading, Iterator[DigestPage]]]":
        """Open each owner's digest as it would be made now, and the figures in them; nothing is sent.

        Where no tick has run yet, digests are as they would be after a first one.
        """
        from alerting.app.digests.make import digest_pages, digests_named
        from alerting.app.situation.counting import remembered_whole

        chosen = digests_named(self.rules, ids, form)
        with TemporaryDirectory(prefix="alerting-") as scratch:
            own = self._ticked(as_of, Path(scratch)).installation
            day, at = as_of or own.today(), own.instant(as_of)
            with closing(self.ports.open_store(own.settings)) as store:
                reading = self.enquiries.read_on(store, day)
                with store.begin() as state:
                    reading = remembered_whole(reading, own.rules, state, at, own.clock.now())
                yield reading, digest_pages(own.rules, reading, store, day, at, own.message_defaults, chosen)

    def _ticked(self, as_of: date | None, scratch: Path) -> "Engine":
        """Return this engine; where it has no state yet, one with a state in *scratch* in which a first tick has run."""
        if self.settings.has_state:
            with self.state() as store, store.begin() as state:
                if state.ticks.newest() is not None:
                    return self
        settings = replace(self.settings, state_dir=scratch, database_url=None)
        fresh = Engine(replace(self.installation, settings=settings), self.ports)
        with fresh.state() as store:
            fresh.tick(store, as_of)
        return fresh

    def accept(self, sources: Sequence[str] = ()) -> "tuple[Sequence[Guarded], str | None]":
        """Let what shrank be taken over by the next tick: rules and figures, or the figures of some sources alone.

        Returns:
            what waited, and the place whose rules give way to these; None: there is none.

        Raises:
            UsageError: there is no such source.
        """
        from alerting.app.situation.shrink_guard import accept

        if unknown := [source for source in sources if source not in self.rules.sources]:
            raise UsageError(f'no source "{unknown[0]}"; the rules have {", ".join(self.rules.sources) or "none"}')
        with self.state() as store:
            with store.begin() as state:
                waited = accept(state.guards, sources)
            return waited, None if sources else self.take_over(store)

    def take_over(self, store: Store) -> str | None:
        """Put these rules in force though those of another place are newer; return that place, None where none is."""
        from alerting.app.situation.replicas import take_over

        _, now = self.now_in(store)
        with store.begin() as state:
            return take_over(self.rules, state, self.installation.place, now)

    def prune(self, store: Store, as_of: date | None = None) -> "tuple[date, Pruned]":
        """Take out what is not kept any longer, and fold readings; return since when it is kept, and how much it was."""
        from alerting.app.pruning import prune

        first = kept_since(as_of or self.installation.today(), self.rules.schedule.keep)
        before = datetime.combine(first, time(), self.installation.zone)
        return first, prune(store, before, self._judging_lock())

    def missed(self, store: Store) -> datetime | None:
        """Return the newest instant of the schedule that has come and had no tick; None where none was missed."""
        from alerting.domain.schedule import evaluation_times, last_due

        now = self.clock.now()
        last = last_due(evaluation_times(self.rules.schedule), self.installation.zone, now)
        with store.begin() as state:
            newest = state.ticks.newest()
            if last is None or state.ticks.was_done(last):
                return None
        # Somebody may have asked for a tick since; one of a day to come (`--as-of`) says nothing of it.
        return None if newest is not None and last <= newest.at <= now else last

    async def try_out(self, owner_id: str, keep: Store | None = None) -> list[tuple[Delivery, str]]:
        """Send an owner a test message on each of their channels, and return what was answered.

        Args:
            keep: where the message is kept, so that an answer finds it; None: nothing is stored.

        Raises:
            UsageError: there is no such owner, or no address.
            DeliveryFailed: with the reply.
        """
        from alerting.app.try_out import try_out

        return await try_out(owner_id, self.installation, self._notifiers(), keep)

    def read_mailbox(self, store: Store, stop: Stop = lambda: False) -> "tuple[Emptied, list[InboxEntry]]":
        """Take in what has come to the mailbox; return how that went, and what was made of each mail.

        Raises:
            MailboxFailed: it cannot be reached, signed in to or opened; what was taken in stays so.
        """
        if (url := self.settings.imap_url) is None:
            return Emptied(), []
        from alerting.app.answers.intake import Intake  # half of what a start loads
        from alerting.app.answers.returned import believe_again

        with store.begin() as state:
            first = state.inbox.first_told()
        believe_again(store, self.now_in(store)[1])
        mailbox, own = self.ports.mailbox(url.get_secret_value()), self.installation
        intake = Intake(
            rules=self.rules,
            store=store,
            defaults=own.message_defaults,
            room=own.mailroom,
            mailbox=mailbox.place,
            now_in=self.now_in,
            stop=stop,
        )
        # Where nobody was told anything, no mail is an answer; whether the mailbox can be read is known all the same.
        since = None if first is None else min(first, self.clock.now()).date() - A_DAY_EARLIER
        return mailbox.empty(intake, since=since), intake.entries

    async def deliver(
        self, store: Store, stop: Stop = lambda: False, *, ignore_backoff: bool = True, as_of: date | None = None
    ) -> "DeliveryTally":
        """Hand over what waits, until *stop* says to leave the rest for later.

        Args:
            ignore_backoff: also what failed a moment ago.
            as_of: the day that it is told on, for the record.
        """
        from alerting.app.delivery.deliver import deliver
        from alerting.app.delivery.outbox_notes import OutboxNotes, needed_channels

        # On SQLite the lock proves that whoever claimed something before is gone.
        own, exclusive = self.installation, self.settings.is_state_a_file
        notes = OutboxNotes(self.rules, own.message_defaults, self.clock.now(), own.today()).notes
        with self.ports.lock_to_send(self.settings.state_dir, self.waits):
            report = await deliver(
                store,
                self._notifiers(),
                self.clock,
                redirect_all_to=self.settings.redirect_all_to,
                stop=stop,
                ignore_backoff=ignore_backoff,
                exclusive=exclusive,
                notes=notes,
                addressing=own.addressing,
                shift=self.clock.now() - own.instant(as_of),
            )
        needed = needed_channels(self.rules)
        return replace(report, ill=tuple(one for one in report.ill if one.id in needed))

    def _judging_lock(self) -> AbstractContextManager[None]:
        return self.ports.lock_to_judge(self.settings.state_dir, self.waits)

    def _notifiers(self) -> Mapping[str, Callable[[], Notifier]]:
        from alerting.app.delivery.notifier_factory import notifiers_of

        return notifiers_of(self.rules.channels, self.settings, self.ports.notifiers())
