"""What would have been told that was not, and the other way round: two backtests on the same figures, held against each other.

Compared is what one owner is told on one day of one alert: by rule, measure, area and opening period, and what happened to it.
Names of notices do not count: they hold the text of the rules.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice

from alerting.domain.backtest import Backtest, BacktestNotice, ToldEvent
from alerting.domain.notify.notice import Message
from alerting.domain.severity import Severity

#: What is told once: day, owner, and of what.
_Telling = tuple[date, str, object]

#: So many notices are laid out at most to find one that reads otherwise.
_MOST_READ = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedNotice:
    """A notice of one side that tells something which the other side does not tell its owner on that day."""

    notice: BacktestNotice
    #: What the other side does not tell; none where the notice is of a source or of the engine itself.
    events: tuple[ToldEvent, ...]

    @property
    def at(self) -> date:
        """The day on which it goes out."""
        return self.notice.at

    @property
    def owner(self) -> str:
        """Who gets it."""
        return self.notice.owner

    @property
    def event(self) -> str:
        """What its topmost new event is; what sort of message it is where it tells of no alert."""
        return self.events[0].kind.value if self.events else self.notice.kind.value

    @property
    def weight(self) -> tuple[bool, Severity, int]:
        """How much it matters: what happened in the span before what stood at its beginning, then the worst, then the most."""
        worst = max((event.severity for event in self.events), default=Severity.INFO)
        return not self.notice.stood, worst, len(self.events)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerMonthChange:
    """How many notices of an owner come and go in a month; `month` is its first day."""

    owner: str
    month: date
    added: int
    removed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeChanges:
    """Notices of HEAD that tell what BASE does not, and of BASE that tell what HEAD does not, by day."""

    added: tuple[ChangedNotice, ...]
    removed: tuple[ChangedNotice, ...]

    def by_owner_and_month(self) -> tuple[OwnerMonthChange, ...]:
        """Count the notices of the span by owner, then month; what stood at its beginning is not counted."""
        added, removed = (
            Counter((one.owner, one.at.replace(day=1)) for one in several if not one.notice.stood)
            for several in (self.added, self.removed)
        )
        return tuple(
            OwnerMonthChange(owner=owner, month=month, added=added[owner, month], removed=removed[owner, month])
            for owner, month in sorted({*added, *removed})
        )

    def to_show(self) -> tuple[ChangedNotice, ...]:
        """Return up to three to be shown whole: the worst new one, the worst of another owner, and the worst that is gone."""
        worst = sorted(self.added, key=lambda one: one.weight, reverse=True)
        others = [one for one in worst if one.owner != worst[0].owner]
        gone = sorted(self.removed, key=lambda one: one.weight, reverse=True)
        return (*worst[:1], *others[:1], *gone[:1])


def notice_changes(base: Backtest, head: Backtest, names: Mapping[str, str]) -> NoticeChanges:
    """Hold what two sets of rules would have told against each other.

    Args:
        names: BASE's rules by their ids in HEAD: what a rule told under its former name is what it tells.
    """
    before, after = _tellings(base.notices, names), _tellings(head.notices, {})
    return NoticeChanges(
        added=tuple(_beyond(head.notices, {}, before)), removed=tuple(_beyond(base.notices, names, after))
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Reworded:
    """A notice that both sides send, and what each writes."""

    notice: BacktestNotice
    before: Message
    after: Message


def reworded(base: Backtest, head: Backtest, names: Mapping[str, str]) -> Reworded | None:
    """Return the newest notice that tells the same on both sides in other words; None: the newest ones read alike.

    Args:
        names: see `notice_changes`.
    """
    told = {_content(notice, names): notice for notice in base.notices if notice.events}
    both = ((told.get(_content(notice, {})), notice) for notice in reversed(head.notices) if notice.events)
    for old, new in islice(((old, new) for old, new in both if old is not None), _MOST_READ):
        before, after = old.write(), new.write()
        if _words(before) != _words(after):
            return Reworded(notice=new, before=before, after=after)
    return None


def _words(message: Message) -> tuple[str, ...]:
    return message.subject, message.text, message.html


def _content(notice: BacktestNotice, names: Mapping[str, str]) -> frozenset[_Telling]:
    return frozenset(_telling(notice, event, names) for event in notice.events)


def _tellings(notices: Sequence[BacktestNotice], names: Mapping[str, str]) -> frozenset[_Telling]:
    found = {_telling(notice, event, names) for notice in notices for event in notice.events}
    return frozenset(found | {_whole(notice) for notice in notices if not notice.events})


def _telling(notice: BacktestNotice, event: ToldEvent, names: Mapping[str, str]) -> _Telling:
    key, opened = event.key, str(event.opened)  # a month is the same whenever the financial year begins
    return notice.at, notice.owner, (names.get(key.rule, key.rule), key.measure, key.area, opened, event.kind)


def _whole(notice: BacktestNotice) -> _Telling:
    return notice.at, notice.owner, (notice.kind, notice.subject)


def _beyond(
    notices: Sequence[BacktestNotice], names: Mapping[str, str], other: frozenset[_Telling]
) -> list[ChangedNotice]:
    """Return the notices that tell what is not among the other side's tellings."""
    found = []
    for notice in notices:
        events = tuple(event for event in notice.events if _telling(notice, event, names) not in other)
        if events or (not notice.events and _whole(notice) not in other):
            found.append(ChangedNotice(notice=notice, events=events))
    return found
