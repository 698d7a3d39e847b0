"""Ticks over a span of the past, in process, on a state in memory: one on each day on which something may happen."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from functools import cached_property
from zoneinfo import ZoneInfo

from alerting.app.authoring.backtesting.eventful_days import EventfulDays
from alerting.app.authoring.silent_tick import silent_tick
from alerting.app.notices.compose import MessageDefaults, subject_for
from alerting.app.notices.queued import Composed
from alerting.app.situation.shrink_guard import admitted
from alerting.app.situation.situation import Situation, situation_of
from alerting.app.tick.last_tick import stands_until
from alerting.app.tick.reconcile import LOOK_BACK
from alerting.app.tick.reconciled import Reconciled
from alerting.app.tick.tick import AtHand, Decided
from alerting.app.tick.times import TickTimes
from alerting.domain.alert import Alert, SeriesKey
from alerting.domain.backtest import DaySpan
from alerting.domain.notify.notice import DeliveryState, Notice
from alerting.domain.rule import RuleSet
from alerting.evaluation.earlier_verdicts import EarlierVerdicts
from alerting.figures.doubts import DoubtsBefore
from alerting.figures.observations import Reading
from alerting.ports.state import Store, Transaction
from alerting.reports.event_view import EventViews

#: The time of day of the ticks.
MORNING = time(7)
#: Gives a situation on a day, by other rules; None: it is not known.
Alongside = Callable[[date], Situation | None]


def alone(_day: date) -> None:
    """Know of no other rules."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SentLater:
    """A notice that waited, and the day on which it went out."""

    notice: str
    day: date


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ticked:
    """What one tick did: what it decided, and its messages with their subjects alone.

    `went_out`: notices of earlier ticks that waited, and went out before it. `waits`: ids of its own that wait.
    """

    day: date
    decided: Decided
    composed: Sequence[Composed]
    went_out: Sequence[SentLater]
    waits: frozenset[str]


@dataclass(eq=False)
class Ticking:
    """Ticks on one state; every channel takes at once what may be sent, and nobody takes anything on.

    Args:
        reading: every figure with the day from which on it counts.
        store: an empty state.
        last: the situation on the last day: what it says of figures holds on the days before, as far as these were known.
        alongside: gives what other rules find of the same figures on a day, where that is known.
    """

    rules: RuleSet
    reading: Reading
    store: Store
    defaults: MessageDefaults
    last: Situation
    alongside: Alongside = alone
    #: What was judged last.
    newest: Situation = field(init=False)
    _days: EventfulDays = field(init=False)
    #: By alert id, as they are kept, by rule, measure and area; those that ended long ago are forgotten.
    _alerts: dict[str, Alert] = field(default_factory=dict)
    _reconciled: Reconciled = field(default_factory=Reconciled)
    _doubts: DoubtsBefore = field(default_factory=DoubtsBefore)
    #: Instants at which something that waits may go out.
    _postponed: set[datetime] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Begin on no day yet."""
        self.newest = self.last
        self._days = EventfulDays(self.rules)

    @cached_property
    def zone(self) -> ZoneInfo:
        """In which days begin."""
        return ZoneInfo(self.rules.schedule.timezone)

    def over(self, span: DaySpan) -> Iterator[Ticked]:
        """Tick on the span's first day, and then on each on which verdicts, or who is told what, may be other ones."""
        self._write_down_what_sources_hold(span.first)
        last = EarlierVerdicts(self.last.evaluation.verdicts)
        situation = self._judged(span.first, None, last)
        day, until = span.first, stands_until(situation)
        with self.defaults.overrides:
            while day in span:
                yield self._tick(day, _as_of(situation, day))
                day = min(until, self._days.after(day) or date.max)
                if day >= until and day in span:
                    situation = self._judged(day, situation, last)
                    until = stands_until(situation)

    def _judged(self, day: date, after: Situation | None, last: EarlierVerdicts) -> Situation:
        self.newest = situation_of(
            self.rules, self.reading, day, after=after, beside=last, doubts=self._doubts, alongside=self.alongside(day)
        )
        return self.newest

    def _write_down_what_sources_hold(self, day: date) -> None:
        """Keep what is read as a first tick does: which series are new later is told by it."""
        with self.store.begin() as state:
            admitted(self.reading, self.rules, state, self._at(day), keep=True)

    def _at(self, day: date) -> datetime:
        return datetime.combine(day, MORNING, self.zone)

    def _tick(self, day: date, situation: Situation) -> Ticked:
        at = self._at(day)
        with self.store.begin() as state:
            went_out = self._hand_over(state, at)
            # What waits is looked at each day: it may be over, or said anew.
            may_fall_due = bool(self._postponed) or self._days.is_due(day)
            at_hand = AtHand(known=self._known(at), last=self._reconciled, may_fall_due=may_fall_due, in_words=False)
            ticked = silent_tick(situation, state, TickTimes(at=at, now=at), self.defaults, self._subjects, at_hand)
        done, composed = ticked.decided, ticked.composed
        self._remember(done.outcome.alerts)
        self._note_days(day, done, is_told=ticked.is_told)
        later = {sent.notice.id: one.not_before for sent in composed for one in sent.deliveries if one.not_before}
        self._postponed |= set(later.values())
        self._days.add(instant.astimezone(self.zone).date() for instant in later.values())
        return Ticked(day=day, decided=done, composed=composed, went_out=went_out, waits=frozenset(later))

    def _known(self, at: datetime) -> list[Alert]:
        """Return the alerts as a tick recalls them."""
        since = at - LOOK_BACK
        self._alerts = {id_: one for id_, one in self._alerts.items() if one.is_open or one.changed_at >= since}
        return list(self._alerts.values())

    def _remember(self, changed: Sequence[Alert]) -> None:
        """Keep alerts in the order in which a tick recalls them."""
        if changed:
            alerts = (self._alerts | {alert.id: alert for alert in changed}).items()
            self._alerts = dict(sorted(alerts, key=lambda pair: _order(pair[1].key)))

    def _note_days(self, day: date, done: Decided, *, is_told: bool) -> None:
        if is_told or done.planned.notifications.suppressed:
            self._days.told(day)
        if any(not alert.is_open for alert in done.outcome.alerts):
            self._days.ended(day)

    def _hand_over(self, state: Transaction, at: datetime) -> list[SentLater]:
        """Let channels take what has waited until now, each at its instant."""
        if not any(instant <= at for instant in self._postponed):
            return []
        self._postponed = {instant for instant in self._postponed if instant > at}
        found = []
        for entry in state.outbox.entries([DeliveryState.PENDING]):
            instant = entry.delivery.not_before
            if instant is not None and instant <= at:
                state.outbox.accept([entry.delivery.id], instant)
                day = instant.astimezone(self.zone).date()
                self._days.told(day)
                found.append(SentLater(notice=entry.delivery.notice_id, day=day))
        return found

    def _subjects(self, situation: Situation, done: Decided) -> Callable[[Notice], str]:
        views = EventViews(situation.evaluation, done.outcome.found)
        views.prepare(event for one in done.held.outgoing for event in one.notice.events)
        return lambda notice: subject_for(notice, self.rules, views, situation.evaluation.as_of, self.defaults)


def _order(key: SeriesKey) -> tuple[str, str, str]:
    return key.rule, key.measure, key.area


def _as_of(situation: Situation, day: date) -> Situation:
    """Return a situation as it is on a later day on which all verdicts stand as they are."""
    if situation.evaluation.as_of == day:
        return situation
    panels, evaluation = replace(situation.panels, as_of=day), replace(situation.evaluation, as_of=day)
    return replace(situation, panels=panels, evaluation=evaluation)
