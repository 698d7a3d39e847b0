"""What an installation is: its rules, settings, folder and clock; and the ports through which it reaches the world."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cached_property
from pathlib import Path
from socket import gethostname
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from alerting.domain.notify.notice import ANSWER_ADDRESS, LOCAL_SENDER, Delivery
from alerting.domain.problem import Problem
from alerting.domain.rule import RuleSet
from alerting.errors import RulesInvalid, UsageError
from alerting.ports import Clock, FigureSource, NotifierKind
from alerting.ports.mailbox import Mailbox
from alerting.ports.state import Store
from alerting.rulefile import load_rules
from alerting.settings import TEXT, Settings

if TYPE_CHECKING:  # loaded where used: numpy and polars take longer than a check of the rules
    from alerting.app.answers.addressing import Addressing, Unread
    from alerting.app.answers.intake import Mailroom
    from alerting.app.notices.compose import MessageDefaults
    from alerting.app.tick.last_tick import JudgedBy

#: Keeps other processes on the same state waiting; its second argument is told in words that another one is waited for.
Turn = Callable[[Path, Callable[[str], object]], AbstractContextManager[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """How an installation reaches the world; each way is opened when it is needed."""

    #: Raises UsageError where the state directory or database cannot be used.
    open_store: Callable[[Settings], Store]
    #: A state that is gone when it is closed.
    memory_store: Callable[[], Store]
    #: An adapter for each kind of source.
    sources: Callable[[], Mapping[str, FigureSource]]
    #: What makes the notifier of a channel, by kind.
    notifiers: Callable[[], Mapping[str, NotifierKind]]
    #: One process judges at a time: what two plan at once would be told twice.
    lock_to_judge: Turn
    #: One process sends at a time; others may judge meanwhile.
    lock_to_send: Turn
    #: A delivery as the mail it would be, from a sender, with an address for answers, at an instant.
    as_mail: Callable[[Delivery, str, str | None, datetime], bytes]
    #: The mailbox of an address as the settings have it.
    mailbox: Callable[[str], Mailbox]


@dataclass(frozen=True, kw_only=True, eq=False)
class Installation:
    """One rules folder at work: the rules that stand in it, how it is set up, and what time it is there."""

    rules: RuleSet
    settings: Settings
    folder: Path
    clock: Clock

    @classmethod
    def of(cls, folder: Path, settings: Settings, clock: Clock) -> "Installation":
        """Load the rules of a folder.

        Raises:
            RulesInvalid: the folder has errors.
            UsageError: nothing is known here of the rules' time zone.
        """
        rules, problems = _loaded(folder, settings)
        if rules is None:
            raise RulesInvalid(problems, folder.as_posix())
        _check_zone(rules)
        return cls(rules=rules, settings=settings, folder=folder, clock=clock)

    @property
    def zone(self) -> ZoneInfo:
        """The schedule's zone."""
        return ZoneInfo(self.rules.schedule.timezone)

    @property
    def place(self) -> str:
        """Where these rules are: host and folder."""
        return f"{gethostname()}:{self.folder.absolute().as_posix()}"

    @property
    def folders(self) -> list[Path]:
        """Where files of figures are looked for, in order."""
        return [self.folder, *([self.settings.figures] if self.settings.figures else [])]

    @cached_property
    def message_defaults(self) -> "MessageDefaults":
        """What every message carries."""
        from alerting.app.notices.compose import MessageDefaults
        from alerting.render.own_templates.overrides import Overrides

        return MessageDefaults(
            domain=self.settings.mail_domain(LOCAL_SENDER),
            zone=self.zone,
            reply_to=ANSWER_ADDRESS if self.settings.imap_url else self.settings.reply_to,
            answers=self.settings.reply_token if self.settings.imap_url else None,
            marking=self.settings.protective_marking,
            chromium=self.settings.chromium,
            overrides=Overrides(self.folder),
        )

    @property
    def judged_by(self) -> "JudgedBy | None":
        """What a tick judges by, beside figures, state and days; None where this program cannot be told again."""
        from alerting.app.tick.last_tick import JudgedBy
        from alerting.rulefile.program import program

        try:
            made_by = program()
        except OSError:
            return None
        return JudgedBy(program=made_by, rules=self.rules.version, folders=tuple(map(str, self.folders)))

    @property
    def addressing(self) -> "Addressing | Unread":
        """How answers find their messages."""
        from alerting.app.answers.addressing import Addressing, Unread

        settings = self.settings
        address = settings.answers_to or LOCAL_SENDER
        if settings.imap_url is None:
            return Unread(address=address)
        return Addressing(address=address, keys=settings.keys, in_text=settings.reply_token == TEXT)

    @property
    def mailroom(self) -> "Mailroom":
        """How mails that come back are read."""
        from alerting.app.answers.intake import Mailroom

        settings = self.settings
        own = frozenset(one.lower() for one in (settings.answers_to, settings.sender_address) if one)
        return Mailroom(
            keys=settings.keys, own=own, server=settings.imap_server or "", in_text=settings.reply_token == TEXT
        )

    def today(self) -> date:
        """Return the day it is in the schedule's zone."""
        return self.clock.now().astimezone(self.zone).date()

    def instant(self, as_of: date | None) -> datetime:
        """Return now; with *as_of*, now's time on that day, so that what is recorded stays in the order of days.

        The time is that of the schedule's zone: another one's may be on the day before or after.
        """
        now = self.clock.now()
        if as_of is None:
            return now
        return datetime.combine(as_of, now.astimezone(self.zone).time(), self.zone).astimezone(UTC)

    def end_of(self, day: date) -> datetime:
        """Return the last instant of a day in the schedule's zone."""
        return datetime.combine(day, time.max, self.zone).astimezone(UTC)


def _loaded(folder: Path, settings: Settings) -> tuple[RuleSet | None, tuple[Problem, ...]]:
    """Load a rules folder with the settings' figures folder and cache."""
    cache_dir = settings.cache_dir / "rules"
    loaded = load_rules(folder, shown_as=str(folder), figures=settings.figures, cache_dir=cache_dir, rules_only=True)
    return loaded.rules, loaded.problems


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
