"""The engine: what is done on one installation, through the ports that it is given."""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from alerting.app.enquiries import Enquiries, Sources
from alerting.app.installation import Installation, Ports
from alerting.domain.notify.notice import Delivery, DeliveryState, Message, Notice
from alerting.domain.problem import Problem
from alerting.domain.retention import kept_since
from alerting.domain.rule import Owner, Presentation, RuleSet
from alerting.errors import RulesShrunk, UsageError
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
    from alerting.app.notices.compose import MessageDefaults
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
        self, store: Store, as_of: date | None = None, *, dry_run: bool = False, due_at: datetime | None = None,
        full: bool = False,
    ) -> "TickReport":  # fmt: skip
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
            self._admit_tick(store, at, keep=not dry_run)
            keeper = beside.keeper(full=full)
            # The tick alone holds the figures, so that it can let go of them.
            report = run_tick(
                self.rules, reading.pop(), store, day, times, own.message_defaults, dry_run=dry_run, keeper=keeper
            )
            if not dry_run:
                beside.keep(report, keeper)
            return report

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
            self._admit_tick(store, times.at, keep=True)
            report = tick_again(self.rules, store, last, day, times)
            if report is not None:
                beside.keep(report)
            return report

    def _admit_tick(self, store: Store, at: datetime, *, keep: bool) -> None:
        """Make sure that it may be judged by these rules."""
        from alerting.app.situation.replicas import refuse_older_rules

        if keep:  # before: rules that wait for newer ones say nothing of how many there are
            with store.begin(patient=True) as state:
                refuse_older_rules(self.rules, state.replicas, self.installation.place, at, keep=False)
        self.admit(store, at, keep=keep)

    def digest(
        self, store: Store, as_of: date | None = None, ids: Sequence[str] = (), form: Presentation | None = None
    ) -> "DigestReport":  # fmt: skip
        """Make digests and queue them, in a form other than their own where one is given."""
        from alerting.app.digests.make import digests_named, run_digests

        day, at = as_of or self.installation.today(), self.installation.instant(as_of)
        chosen = digests_named(self.rules, ids, form)
        reading = self.enquiries.read_on(store, day)
        with self._judging_lock():
            self.admit(store, at, keep=False)
            return run_digests(self.rules, reading, store, day, at, self.installation.message_defaults, chosen)

    @contextmanager
    def digest_pages(
        self, as_of: date | None = None, ids: Sequence[str] = (), form: Presentation | None = None
    ) -> "Iterator[tuple[Reading, Iterator[DigestPage]]]":
        """Open each owner's digest as it would be made now, and the figures in them; nothing is sent.

        Where no tick has run yet, digests are as they would be after a first one.
        """
        from alerting.app.digests.make import digest_pages, digests_named
        from alerting.app.situation.known_figures import remembered

        chosen = digests_named(self.rules, ids, form)
        with TemporaryDirectory(prefix="alerting-") as scratch:
            own = self._ticked(as_of, Path(scratch)).installation
            day, at = as_of or own.today(), own.instant(as_of)
            with closing(self.ports.open_store(own.settings)) as store:
                reading = self.enquiries.read_on(store, day)
                with store.begin() as state:
                    reading = remembered(reading, own.rules, state.readings, at, keep=False)
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

    def admit(self, store: Store, at: datetime | None = None, *, keep: bool = True) -> None:
        """Make sure that the rules are not much fewer than the last ones in force; else tell their maintainer, once.

        Raises:
            RulesShrunk: they are, and nobody has accepted that.
            UsageError: the state was made by quite other rules elsewhere.
        """
        from alerting.app.situation.shrink_guard import admitted_rules

        with store.begin(patient=True) as state:
            shrunk = admitted_rules(self.rules, state, at or self.clock.now(), self.installation.place, keep=keep)
        if shrunk is None:
            return
        until = shrunk.until.astimezone(self.installation.zone)
        if keep:
            from alerting.app.notices.operator import shrunk_note

            self._tell_maintainer(store, partial(shrunk_note, shrunk, until))
        raise RulesShrunk(
            f"the rules folder {self.installation.folder} holds {shrunk.words}; nothing is judged by it until it is put right, or"
            f" `alerting accept` says that it is meant, or until {until:%Y-%m-%d %H:%M}"
        )

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

    def refuse_doubtful_clock(self, store: Store, *, believed: bool) -> None:
        """Refuse a clock that lies far after the newest tick of the schedule: it may be wrong.

        Args:
            believed: somebody said that it is right, or nothing hangs on it.

        Raises:
            UsageError: with the option that says so.
        """
        from alerting.domain.schedule import MOST_AHEAD

        with store.begin() as state:
            newest = state.ticks.newest()
        now = self.clock.now()
        if not believed and newest is not None and newest.due_at is not None and now > newest.due_at + MOST_AHEAD:
            raise UsageError(
                f"the clock shows {now:%Y-%m-%d %H:%M} UTC, more than a year after the newest tick of the schedule,"
                f" {newest.due_at:%Y-%m-%d}; set the clock, or where it is right add --yes"
            )

    def tell_maintainer(self, store: Store, problems: Sequence[Problem]) -> bool:
        """Queue a message to the rules' maintainer that a changed set is refused; once for the same problems."""
        from alerting.app.notices.operator import refused_note

        return self._tell_maintainer(store, partial(refused_note, problems))

    async def try_out(self, owner_id: str, keep: Store | None = None) -> list[tuple[Delivery, str]]:
        """Send an owner a test message on each of their channels, and return what was answered.

        Args:
            keep: where the message is kept, so that an answer finds it; None: nothing is stored.

        Raises:
            UsageError: there is no such owner, or no address.
            DeliveryFailed: with the reply.
        """
        from alerting.app.notices.compose import deliveries_for
        from alerting.app.notices.operator import trial_note

        owner = self.rules.owners.get(owner_id)
        if owner is None:
            near = get_close_matches(owner_id, list(self.rules.owners), n=1)
            raise UsageError(f'no owner "{owner_id}"' + (f'; did you mean "{near[0]}"?' if near else ""))
        now, channels = self.clock.now(), self.rules.channels
        notice, message = trial_note(owner, self.installation.message_defaults, now)
        deliveries = deliveries_for(notice, owner, message, channels, self.installation.message_defaults)
        if not deliveries:
            raise UsageError(f"owner {owner_id} has no address; give one as email:")
        if keep is not None:
            known = [
                replace(one, state=DeliveryState.ACCEPTED, accepted_at=now, redirected_to=self.settings.redirect_all_to)
                for one in deliveries
            ]
            with keep.begin() as state:
                state.outbox.save([notice], known)
        answered = []
        for delivery in map(self.installation.addressing, deliveries):
            redirected = replace(delivery, address=self.settings.redirect_all_to or delivery.address)
            async with self._notifiers()[delivery.channel]() as notifier:
                receipt = await notifier.send(redirected, redirected.message, at=now)
            answered.append((redirected, receipt.reply))
        return answered

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
            rules=self.rules, store=store, defaults=own.message_defaults, room=own.mailroom, mailbox=mailbox.place,
            now_in=self.now_in, stop=stop,
        )  # fmt: skip
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
                store, self._notifiers(), self.clock, redirect_all_to=self.settings.redirect_all_to, stop=stop,
                ignore_backoff=ignore_backoff, exclusive=exclusive, notes=notes,
                addressing=own.addressing, shift=self.clock.now() - own.instant(as_of),
            )  # fmt: skip
        needed = needed_channels(self.rules)
        return replace(report, ill=tuple(one for one in report.ill if one.id in needed))

    def _tell_maintainer(
        self, store: Store, write: "Callable[[Owner, MessageDefaults, datetime], tuple[Notice, Message]]"
    ) -> bool:
        """Queue a message to the rules' maintainer, unless the same one was; say whether it is new."""
        from alerting.app.notices.compose import tell_maintainer

        own = self.installation
        return tell_maintainer(self.rules, store, own.message_defaults, write, own.today(), self.clock.now())

    def _judging_lock(self) -> AbstractContextManager[None]:
        return self.ports.lock_to_judge(self.settings.state_dir, self.waits)

    def _notifiers(self) -> Mapping[str, Callable[[], Notifier]]:
        from alerting.app.delivery.notifier_factory import notifiers_of

        return notifiers_of(self.rules.channels, self.settings, self.ports.notifiers())
