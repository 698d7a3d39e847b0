"""What ticks of a backtest did, put together: alerts from their opening to their end, and notices by the day they went out."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial

from alerting.app.authoring.backtesting.ticking import Ticked
from alerting.app.authoring.backtesting.whole_message import ShortNotice, WholeMessages
from alerting.app.notices.queued import Composed
from alerting.app.tick.compose import spoken_for
from alerting.domain.alert import Alert, AlertEvent, EventKind
from alerting.domain.backtest import BacktestAlert, BacktestNotice, DaySpan, ToldEvent
from alerting.domain.notify.notice import Message, Notice


@dataclass(eq=False)
class _Life:
    """One alert from its opening on."""

    headline: str | None
    alert: Alert
    opened_on: date
    stood: bool
    end: EventKind | None = None
    ended_on: date | None = None
    told: dict[str, None] = field(default_factory=dict)

    def done(self) -> BacktestAlert:
        alert = self.alert
        return BacktestAlert(
            id=alert.id,
            key=alert.key,
            severity=alert.worst_severity or alert.severity,
            opened=alert.opened,
            resolved=alert.resolved,
            last=alert.period,
            periods=alert.period.ordinal - alert.opened.ordinal + 1,
            opened_on=self.opened_on,
            ended_on=self.ended_on,
            end=self.end,
            stood=self.stood,
            headline=self.headline,
            told=tuple(self.told),
        )


@dataclass(eq=False)
class Record:
    """Takes tick after tick."""

    span: DaySpan
    messages: WholeMessages
    n_ticks: int = 0
    _lives: list[_Life] = field(default_factory=list)
    #: alert id -> its newest life: what was corrected away may open again.
    _newest: dict[str, _Life] = field(default_factory=dict)
    _notices: list[BacktestNotice] = field(default_factory=list)
    #: By notice id, those that wait.
    _waiting: dict[str, BacktestNotice] = field(default_factory=dict)
    #: Owner and day of each message that had to wait.
    _waited: dict[tuple[str, date], None] = field(default_factory=dict)

    def take(self, ticked: Ticked) -> None:
        """Note what a tick did."""
        self.n_ticks += 1
        for later in ticked.went_out:
            if (waited := self._waiting.pop(later.notice, None)) is not None:
                self._notices.append(replace(waited, at=later.day))
        outcome = ticked.decided.outcome
        for event in outcome.events:
            self._happened(event, ticked.day)
        for alert in outcome.alerts:
            if alert.id in self._newest:
                self._newest[alert.id].alert = alert
        for composed in ticked.composed:
            notice = self._notice(composed, ticked)
            if notice is None:
                continue
            if composed.notice.id in ticked.waits:
                self._waiting[composed.notice.id] = notice
                self._waited[notice.owner, ticked.day] = None
            else:
                self._notices.append(notice)

    @property
    def alerts(self) -> tuple[BacktestAlert, ...]:
        """The alerts, in the order in which they were first found."""
        return tuple(life.done() for life in self._lives)

    @property
    def notices(self) -> tuple[BacktestNotice, ...]:
        """The notices that went out, in the order of days."""
        return tuple(sorted(self._notices, key=lambda notice: notice.at))

    @property
    def waited(self) -> tuple[tuple[str, date], ...]:
        """Owner and day of each message that had to wait, in the order of days."""
        return tuple(self._waited)

    def _happened(self, event: AlertEvent, day: date) -> None:
        id_ = event.alert.id
        if event.kind is EventKind.OPENED:
            life = _Life(event.headline, event.alert, day, stood=day == self.span.first)
            self._newest[id_] = life
            self._lives.append(life)
        elif id_ in self._newest and not event.alert.is_open:
            self._newest[id_].end, self._newest[id_].ended_on = event.kind, day

    def _notice(self, composed: Composed, ticked: Ticked) -> BacktestNotice | None:
        """Return a notice as it would have been sent; None where there is no address to send it to."""
        notice = composed.notice
        if not composed.deliveries:
            return None
        message = composed.deliveries[0].message
        for event in notice.events:
            if event.alert.id in self._newest:
                self._newest[event.alert.id].told[notice.owner] = None
        return BacktestNotice(
            at=ticked.day,
            owner=notice.owner,
            kind=notice.kind,
            subject=message.subject,
            events=tuple(_told(notice)),
            stood=ticked.day == self.span.first,
            write=self._writing(notice, message, ticked),
        )

    def _writing(self, notice: Notice, message: Message, ticked: Ticked) -> Callable[[], Message]:
        if not notice.events:  # of a source or of the engine itself: there are few, and they are whole
            return lambda: message
        held_back = spoken_for(ticked.decided.planned.notifications.suppressed)
        own = {event.alert.id: held_back[event.alert.id] for event in notice.events if event.alert.id in held_back}
        return partial(self.messages.write, ShortNotice.of(notice), own)


def _told(notice: Notice) -> Iterator[ToldEvent]:
    for event in notice.events:
        alert = event.alert
        yield ToldEvent(
            alert=alert.id,
            key=alert.key,
            kind=event.kind,
            severity=alert.severity,
            opened=alert.opened,
            headline=event.headline,
        )
