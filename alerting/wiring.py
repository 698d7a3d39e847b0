"""Where adapters meet use cases: the only module that knows both."""

import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from difflib import get_close_matches
from functools import cached_property, partial
from pathlib import Path
from socket import gethostname
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from alerting.app.delivery.notifier_factory import NotifierFactory
from alerting.domain.finding import Only
from alerting.domain.notify.notice import Delivery, Message, Notice
from alerting.domain.problem import Problem
from alerting.domain.retention import kept_since
from alerting.domain.rule import Channel, Owner, RuleSet
from alerting.errors import RulesInvalid, RulesShrunk, UsageError
from alerting.opening import SystemClock, memory_store, open_store
from alerting.plugins import found
from alerting.ports import ChannelContext, Clock, FigureSource
from alerting.ports.state import Store
from alerting.rulefile import load_rules
from alerting.settings import Settings, load_settings

if TYPE_CHECKING:  # loaded where used: numpy and polars take longer than a check of the rules
    from alerting.app.authoring.preview import Preview
    from alerting.app.authoring.run_rule_tests import Tried
    from alerting.app.delivery.deliver import DeliveryReport
    from alerting.app.digests.make import DigestReport
    from alerting.app.notices.compose import Letterhead
    from alerting.app.situation.evaluate import Answer
    from alerting.app.tick.report import TickReport
    from alerting.domain.retention import Pruned
    from alerting.figures.observations import Reading

#: The sender of messages that never leave this machine (folder channels, dry runs, the demo).
LOCAL_SENDER = "alerting@example.org"
EMAIL = "email"
#: A state without a tick for so long was run as of a day of the past; ticks come every few days.
STATE_OF_THE_PAST = timedelta(days=14)


@dataclass(eq=False)
class Engine:
    """One rules folder with its figures, state and ways out; `waits` is told in words that another process is waited for."""

    rules: RuleSet
    settings: Settings
    folder: Path
    clock: Clock
    waits: Callable[[str], object] = field(default=lambda said: sys.stderr.write(f"alerting: {said}\n"))

    @classmethod
    def of(cls, folder: Path, settings: Settings | None = None, clock: Clock | None = None) -> "Engine":
        """Load the rules of a folder.

        Raises:
            RulesInvalid: the folder has errors.
        """
        settings = settings or load_settings()
        rules, problems = load(folder, settings)
        if rules is None:
            raise RulesInvalid(problems, folder.as_posix())
        _check_zone(rules)
        return cls(rules, settings, folder, clock or SystemClock())

    def today(self) -> date:
        """Return the day it is in the schedule's zone."""
        return self.clock.now().astimezone(ZoneInfo(self.rules.schedule.timezone)).date()

    def instant(self, as_of: date | None) -> datetime:
        """Return now; with *as_of*, now's time on that day, so that what is recorded stays in the order of days.

        The time is that of the schedule's zone: another one's may be on the day before or after.
        """
        now = self.clock.now()
        if as_of is None:
            return now
        zone = ZoneInfo(self.rules.schedule.timezone)
        return datetime.combine(as_of, now.astimezone(zone).time(), zone).astimezone(UTC)

    def now_in(self, store: Store) -> tuple[date, datetime]:
        """Return the day and instant at which somebody does something on a state.

        The day is today's, unless the newest tick lies so far back that the state must be one of the past, run with `--as-of`:
        it goes on from there. The instant comes after all that was recorded.
        """
        with store.begin() as state:
            newest = state.ticks.newest()
        today, now = self.today(), self.clock.now()
        if newest is None or newest.as_of > today - STATE_OF_THE_PAST:
            return today, now if newest is None else max(now, newest.at + timedelta(microseconds=1))
        return newest.as_of, max(self.instant(newest.as_of), newest.at + timedelta(microseconds=1))

    def state(self) -> AbstractContextManager[Store]:
        """Open the state, and close it again whatever happens meanwhile.

        Raises:
            UsageError: the state directory or database cannot be used.
        """
        return closing(open_store(self.settings))

    @cached_property
    def letterhead(self) -> "Letterhead":
        """What every message carries."""
        from alerting.app.notices.compose import Letterhead
        from alerting.render.own_templates.overrides import Overrides

        return Letterhead(
            domain=self.settings.mail_domain(LOCAL_SENDER), zone=ZoneInfo(self.rules.schedule.timezone),
            reply_to=self.settings.reply_to, marking=self.settings.protective_marking, overrides=Overrides(self.folder),
        )  # fmt: skip

    def read(self) -> "Reading":
        """Read every source once."""
        from alerting.app.situation.read_sources import read_figures

        return read_figures(self.rules, figure_sources(), self.folders, self.today())

    def counting(self, as_of: date | None = None) -> "Reading":
        """Return the figures that a tick would judge: where the state is this folder's, also those that a source held before."""
        from alerting.app.situation.counting import counting

        if not self.settings.has_state:
            return self.read()
        with self.state() as store:
            return counting(self.read(), self.rules, store, self.place, self.instant(as_of))

    @property
    def folders(self) -> list[Path]:
        """Where files of figures are looked for, in order."""
        return [self.folder, *([self.settings.figures] if self.settings.figures else [])]

    def as_known(self, day: date) -> "Reading":
        """Return the figures that had been read by the end of a day.

        Raises:
            UsageError: none had.
        """
        from alerting.app.situation.known_figures import as_known

        until = datetime.combine(day, time.max, ZoneInfo(self.rules.schedule.timezone)).astimezone(UTC)
        with self.state() as store, store.begin() as state:
            return as_known(self.rules, state.readings, until)

    def evaluate(
        self, as_of: date, reading: "Reading | None" = None, *, every_period: bool = False, only: Only = None,
        text: str = "unusual",
    ) -> "Answer":  # fmt: skip
        """Judge figures, by default the sources', as known on a day; store and send nothing."""
        from alerting.app.situation.evaluate import evaluate_figures

        reading = self.read() if reading is None else reading
        return evaluate_figures(self.rules, reading, as_of, every_period=every_period, only=only, text=text)

    def tick(
        self, store: Store, as_of: date | None = None, *, dry_run: bool = False, due_at: datetime | None = None
    ) -> "TickReport":
        """Judge, change alerts and queue notices."""
        from alerting.app.situation.replicas import refuse_older_rules
        from alerting.app.tick.tick import run_tick
        from alerting.app.tick.times import Times

        day, at, now = as_of or self.today(), self.instant(as_of), self.clock.now()
        reading = [self.read()]
        with nullcontext() if dry_run else self._turn():
            if not dry_run:  # before: rules that wait for newer ones say nothing of how many there are
                with store.begin(patient=True) as state:
                    refuse_older_rules(self.rules, state.replicas, self.place, at, keep=False)
            self.admit(store, at, keep=not dry_run)
            times = Times(at=at, now=now, due_at=due_at, place=self.place)
            # The tick alone holds the figures, so that it can let go of them.
            return run_tick(self.rules, reading.pop(), store, day, times, self.letterhead, dry_run=dry_run)

    def digest(self, store: Store, as_of: date | None = None, ids: Sequence[str] = ()) -> "DigestReport":
        """Make digests and queue them."""
        from alerting.app.digests.make import digests_named, run_digests

        day, at = as_of or self.today(), self.instant(as_of)
        chosen = digests_named(self.rules, ids)
        reading = self.read()
        with self._turn():
            self.admit(store, at, keep=False)
            return run_digests(self.rules, reading, store, day, at, self.letterhead, chosen)

    def admit(self, store: Store, at: datetime | None = None, *, keep: bool = True) -> None:
        """Make sure that the rules are not much fewer than the last ones in force; else tell their maintainer, once.

        Raises:
            RulesShrunk: they are, and nobody has accepted that.
            UsageError: the state was made by quite other rules elsewhere.
        """
        from alerting.app.notices.operator import shrunk_note
        from alerting.app.situation.shrink_guard import admitted_rules

        at = at or self.clock.now()
        with store.begin(patient=True) as state:
            shrunk = admitted_rules(self.rules, state, at, self.place, keep=keep)
        if shrunk is None:
            return
        until = shrunk.until.astimezone(ZoneInfo(self.rules.schedule.timezone))
        if keep:
            self._tell_maintainer(store, partial(shrunk_note, shrunk, until))
        raise RulesShrunk(
            f"the rules folder {self.folder} holds {shrunk.words}; nothing is judged by it until it is put right, or"
            f" `alerting accept` says that it is meant, or until {until:%Y-%m-%d %H:%M}"
        )

    @property
    def place(self) -> str:
        """Where these rules are: host and folder."""
        return f"{gethostname()}:{self.folder.absolute().as_posix()}"

    def take_over(self, store: Store) -> str | None:
        """Put these rules in force though those of another place are newer; return that place, None where none is."""
        from alerting.app.situation.replicas import take_over

        _, now = self.now_in(store)
        with store.begin() as state:
            return take_over(self.rules, state, self.place, now)

    def prune(self, store: Store, as_of: date | None = None) -> "tuple[date, Pruned]":
        """Take out what is not kept any longer, and fold readings; return since when it is kept, and how much it was."""
        from alerting.app.pruning import prune

        first = kept_since(as_of or self.today(), self.rules.schedule.keep)
        before = datetime.combine(first, time(), ZoneInfo(self.rules.schedule.timezone))
        return first, prune(store, before, self._turn())

    def preview(self, rule: str, area: str | None = None, as_of: date | None = None) -> "Preview":
        """Write the notice that a rule would send; store and send nothing."""
        from alerting.app.authoring.preview import preview_notice

        day, at = as_of or self.today(), self.instant(as_of)
        return preview_notice(self.rules, self.counting(as_of), day, at, self.letterhead, rule, area)

    def try_tests(self, shown: str, only: str | None = None) -> "tuple[list[Tried], list[Problem]]":
        """Run the folder's rule tests, each on a state of its own in memory; return also what is wrong with their files.

        Args:
            shown: the folder as the user typed it, for places.
            only: tests whose name holds these words.
        """
        from alerting.app.authoring.run_rule_tests import try_out
        from alerting.rulefile.rule_tests import load_rule_tests

        tests, problems = load_rule_tests(self.folder, self.rules, shown)
        wanted = [test for test in tests if only is None or only in test.name]
        return list(try_out(wanted, self.rules, memory_store, self.letterhead)), problems

    def missed(self, store: Store) -> datetime | None:
        """Return the newest instant of the schedule that has come and had no tick; None where none was missed."""
        from alerting.domain.schedule import last_due, parse_schedule

        schedule, zone = parse_schedule(self.rules.schedule.evaluate), ZoneInfo(self.rules.schedule.timezone)
        now = self.clock.now()
        last = last_due(schedule, zone, now)
        with store.begin() as state:
            newest = state.ticks.newest()
            if last is None or state.ticks.was_done(last):
                return None
        # Somebody may have asked for a tick since; one of a day to come (`--as-of`) says nothing of it.
        return None if newest is not None and last <= newest.at <= now else last

    def tell_maintainer(self, store: Store, problems: Sequence[Problem]) -> bool:
        """Queue a message to the rules' maintainer that a changed set is refused; once for the same problems."""
        from alerting.app.notices.operator import refused_note

        return self._tell_maintainer(store, partial(refused_note, problems))

    def _tell_maintainer(
        self, store: Store, write: "Callable[[Owner, Letterhead, datetime], tuple[Notice, Message]]"
    ) -> bool:
        """Queue a message to the rules' maintainer, unless the same one was; say whether it is new."""
        from alerting.app.notices.compose import tell_maintainer

        return tell_maintainer(self.rules, store, self.letterhead, write, self.today(), self.clock.now())

    async def try_out(self, owner_id: str) -> list[tuple[Delivery, str]]:
        """Send an owner a test message on each of their channels, and return what was answered; nothing is stored.

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
        notice, message = trial_note(owner, self.letterhead, now)
        deliveries = deliveries_for(notice, owner, message, channels, self.letterhead)
        if not deliveries:
            raise UsageError(f"owner {owner_id} has no address; give one as email:")
        answered = []
        for delivery in deliveries:
            redirected = replace(delivery, address=self.settings.redirect_all_to or delivery.address)
            async with self.notifiers()[delivery.channel]() as notifier:
                receipt = await notifier.send(redirected, redirected.message, at=now)
            answered.append((redirected, receipt.reply))
        return answered

    def as_mail(self, delivery: Delivery) -> bytes:
        """Return a delivery as the mail it would be."""
        from notifiers.mime import Sender, mail

        sender = Sender.of(self.settings.mail_from or LOCAL_SENDER, self.settings.reply_to)
        return mail(delivery, delivery.message, sender, at=self.clock.now())

    async def deliver(
        self, store: Store, stop: Callable[[], bool] = lambda: False, *, eager: bool = True, as_of: date | None = None
    ) -> "DeliveryReport":
        """Hand over what waits, until *stop* says to leave the rest for later.

        Args:
            eager: also what failed a moment ago.
            as_of: the day that it is told on, for the record.
        """
        from alerting.app.delivery.deliver import deliver
        from alerting.app.delivery.outbox_notes import OutboxNotes, needed_channels

        # On SQLite the turn proves that whoever claimed something before is gone.
        alone = self.settings.is_state_a_file
        notes = OutboxNotes(self.rules, self.letterhead, self.clock.now(), self.today()).notes
        with self._turn_to_send():
            report = await deliver(
                store, self.notifiers(), self.clock, redirect_all_to=self.settings.redirect_all_to, stop=stop,
                eager=eager, alone=alone, notes=notes, shift=self.clock.now() - self.instant(as_of),
            )  # fmt: skip
        needed = needed_channels(self.rules)
        return replace(report, ill=tuple(one for one in report.ill if one.id in needed))

    def _turn(self) -> AbstractContextManager[None]:
        """Keep other processes on the same state from judging: what two plan at once would be told twice."""
        from alerting.store.process_lock import JUDGING, turn

        return turn(self.settings.state_dir, name=JUDGING, say=self.waits)

    def _turn_to_send(self) -> AbstractContextManager[None]:
        """Keep other processes on the same state from sending; they may judge meanwhile."""
        from alerting.store.process_lock import SENDING, turn

        return turn(self.settings.state_dir, name=SENDING, say=self.waits)

    def notifiers(self) -> Mapping[str, NotifierFactory]:
        """Return how to make the notifier of each channel; `email` is there without being declared."""
        kinds = found("notifiers", "kind")
        declared = {EMAIL: Channel(id=EMAIL, kind=EMAIL), **self.rules.channels}
        return {id_: NotifierFactory(kinds[one.kind], self._context(one)) for id_, one in declared.items()}

    def _context(self, channel: Channel) -> ChannelContext:
        smtp = self.settings.smtp_url.get_secret_value() if self.settings.smtp_url else None
        return ChannelContext(
            channel=channel, smtp_url=smtp, mail_from=self.settings.mail_from or LOCAL_SENDER,
            reply_to=self.settings.reply_to, out_dir=self.settings.state_dir / "mails",
            helo_name=self.settings.helo_name,
        )  # fmt: skip


def _check_zone(rules: RuleSet) -> None:
    """Make sure that it can be said what time it is in the rules' zone: their default too needs a database of zones.

    Raises:
        UsageError: there is none.
    """
    try:
        ZoneInfo(rules.schedule.timezone)
    except ZoneInfoNotFoundError:
        raise UsageError(
            f"schedule: timezone: nothing is known here of {rules.schedule.timezone}; install the package tzdata"
        ) from None


def load(folder: Path, settings: Settings) -> tuple[RuleSet | None, tuple[Problem, ...]]:
    """Load a rules folder with the settings' figures folder and cache."""
    cache_dir = settings.cache_dir / "rules"
    loaded = load_rules(folder, shown_as=str(folder), figures=settings.figures, cache_dir=cache_dir, rules_only=True)
    return loaded.rules, loaded.problems


def figure_sources() -> Mapping[str, FigureSource]:
    """Return an adapter for each kind of source."""
    return {kind: adapter() for kind, adapter in found("alerting.sources", "kind").items()}
