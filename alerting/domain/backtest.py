"""A backtest: what rules would have found and told over a span of the past, as values."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from alerting.domain.alert import EventKind, SeriesKey
from alerting.domain.notify.notice import Message, NoticeKind
from alerting.domain.period import Period
from alerting.domain.severity import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class DaySpan:
    """Days, both ends included."""

    first: date
    last: date

    @property
    def n_days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


class KnownFrom(StrEnum):
    """From when on figures count in a backtest."""

    #: From the days that their sources give: as known at the time, revisions included.
    PUBLISHED = "published"
    #: As known today, each from the day after it is due (`expected`).
    DUE = "due"
    #: As known today, each from the day after its period ends: nothing says when figures come.
    PERIOD_END = "period_end"


@dataclass(frozen=True, slots=True, kw_only=True)
class BacktestAlert:
    """An exception that would have been looked after.

    `periods`: how many periods it lasted, from its opening to the newest exceptional one. `opened_on` and `ended_on` are the
    days of the ticks that found it and its end; `opened` and `resolved` the periods that opened and ended it. `stood`: the
    first tick found it, so that it may have stood for long.
    """

    id: str
    key: SeriesKey
    severity: Severity
    opened: Period
    resolved: Period | None
    #: The newest exceptional period.
    last: Period
    periods: int
    opened_on: date
    ended_on: date | None
    #: How it ended: resolved, corrected (it never was) or withdrawn; None: it stands.
    end: EventKind | None
    stood: bool
    #: What was found when it opened, in one line.
    headline: str | None
    #: The owners who were told of it.
    told: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldEvent:
    """What a notice tells of one alert."""

    alert: str
    key: SeriesKey
    kind: EventKind
    severity: Severity
    #: The alert's opening period.
    opened: Period
    headline: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BacktestNotice:
    """A message to one owner that would have been sent.

    `at`: the day it goes out. `stood`: it is of the first tick, which tells what stood when the span began. `write` gives the
    whole message; it is asked only for those that are shown.
    """

    at: date
    owner: str
    kind: NoticeKind
    subject: str
    #: Worst first; none where the notice is of a source or of the engine itself.
    events: tuple[ToldEvent, ...]
    stood: bool
    write: Callable[[], Message] = field(compare=False, repr=False)

    @property
    def event(self) -> str:
        """What its topmost event is; what sort of message it is where it tells of no alert."""
        return self.events[0].kind.value if self.events else self.kind.value

    @property
    def alerts(self) -> tuple[str, ...]:
        """The ids of the alerts that it tells of."""
        return tuple(event.alert for event in self.events)


@dataclass(frozen=True, slots=True, kw_only=True)
class DueDigest:
    """A digest that would have gone out to one owner."""

    at: date
    owner: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerBudget:
    """How many exceptions of an owner open a month, beside how many would by chance alone.

    `expected_by_chance_per_month` and `limit` (`false_alarms:`) are in openings; None: not worked out, none is set.
    `error`: of what is expected, as printed beside it. `mail_budget`: (messages, per what), and `over` the days, weeks or months
    in which it was used up and more was to be told, which waited. `rules`: how many tell the owner of series with figures, and
    `chance_unknown` the ids of those of which nothing is known of chance: what is expected is without them.
    """

    owner: str
    openings_per_month: float
    expected_by_chance_per_month: float | None = None
    notices_per_month: float
    limit: float | None = None
    error: float | None = None
    mail_budget: tuple[int, str] | None = None
    over: tuple[DaySpan, ...] = ()
    rules: int = 0
    chance_unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerMonth:
    """What one owner would have got in a month: exceptions that opened, notices of exceptions, those that pass one on, digests."""

    owner: str
    #: Its first day.
    month: date
    opened: int
    notices: int
    escalated: int
    digests: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Backtest:
    """What rules would have found and told over a span.

    `findings`: verdicts on periods that ended inside it, by state, on the figures as they are known on its last day.
    """

    span: DaySpan
    rules_version: str
    findings: Mapping[str, int]
    #: In the order in which they were first found.
    alerts: tuple[BacktestAlert, ...]
    #: In the order of days, then as ticks told them.
    notices: tuple[BacktestNotice, ...]
    digests: tuple[DueDigest, ...]
    #: How many measures' figures count from when.
    known: Mapping[KnownFrom, int]
    #: Days on which there was something to do.
    n_ticks: int
    #: Owner and day of each message that had to wait for the end of quiet hours, or of a time whose mail budget was used up.
    waited: tuple[tuple[str, date], ...] = ()
    #: Expected and found, by owner; filled by who works it out.
    budget: tuple[OwnerBudget, ...] = ()

    @property
    def opened(self) -> tuple[BacktestAlert, ...]:
        """The alerts that opened inside the span: those that the first tick found are not among them."""
        return tuple(alert for alert in self.alerts if not alert.stood)

    @property
    def sent(self) -> tuple[BacktestNotice, ...]:
        """The notices of the span: those of the first tick, of what stood, are not among them."""
        return tuple(notice for notice in self.notices if not notice.stood)

    def by_owner_and_month(self) -> tuple[OwnerMonth, ...]:
        """Count what each owner would have got in each month, by owner, then month; months without anything are left out."""
        opened: Counter[tuple[str, date]] = Counter()
        notices: Counter[tuple[str, date]] = Counter()
        escalated: Counter[tuple[str, date]] = Counter()
        for notice in self.sent:
            if notice.kind is not NoticeKind.EXCEPTIONS:
                continue
            place = (notice.owner, notice.at.replace(day=1))
            notices[place] += 1
            escalated[place] += any(event.kind is EventKind.ESCALATED for event in notice.events)
        for alert in self.opened:
            for owner in alert.told:
                opened[owner, alert.opened_on.replace(day=1)] += 1
        digests = Counter((one.owner, one.at.replace(day=1)) for one in self.digests)
        return tuple(
            OwnerMonth(
                owner=owner,
                month=month,
                opened=opened[owner, month],
                notices=notices[owner, month],
                escalated=escalated[owner, month],
                digests=digests[owner, month],
            )
            for owner, month in sorted({*opened, *notices, *digests})
        )
