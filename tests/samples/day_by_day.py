"""Ticking on every day of a span, in the plainest way: what a backtest must give."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from alerting.app.notices.compose import MessageDefaults
from alerting.app.tick.report import TickReport
from alerting.app.tick.tick import run_tick
from alerting.app.tick.times import TickTimes
from alerting.domain.backtest import Backtest, DaySpan
from alerting.domain.notify.notice import DeliveryState
from alerting.domain.rule import RuleSet
from alerting.figures.observations import Reading
from alerting.opening import memory_store

MORNING = time(7)


@dataclass(frozen=True)
class Sent:
    """A message that went out: the day, to whom, its subject, and what happened to which alerts."""

    at: date
    to: str
    subject: str
    events: tuple[tuple[str, str], ...]


def sent_day_by_day(
    rules: RuleSet, reading: Reading, span: DaySpan, defaults: MessageDefaults
) -> tuple[list[Sent], list[tuple[str, str, str]]]:
    """Tick on every day with the engine's own tick, and let channels take all that may go out.

    Returns:
        what went out, in order; and what happened to alerts: day, event and alert.
    """
    store, zone = memory_store(), ZoneInfo(rules.schedule.timezone)
    waiting: dict[str, Sent] = {}
    sent: list[Sent] = []
    happened: list[tuple[str, str, str]] = []
    try:
        for n in range(span.n_days):
            day = span.first + timedelta(days=n)
            at = datetime.combine(day, MORNING, zone)
            with store.begin() as state:
                for entry in state.outbox.entries([DeliveryState.PENDING]):
                    begins = entry.delivery.not_before
                    if begins is not None and begins <= at:
                        state.outbox.accept([entry.delivery.id], begins)
                        sent.append(_on(waiting[entry.delivery.notice_id], begins.astimezone(zone).date()))
            report = run_tick(rules, reading, store, day, TickTimes(at=at, now=at), defaults)
            now = [one.id for one in report.deliveries if one.not_before is None]
            with store.begin() as state:
                state.outbox.accept(now, at)
            for notice_id, message, waits in _messages(report):
                waiting[notice_id] = message
                if not waits:
                    sent.append(message)
            happened += [(day.isoformat(), event, alert) for event, alert in _events(report)]
    finally:
        store.close()
    return sent, happened


def sent_by(backtest: Backtest) -> list[Sent]:
    """Return what a backtest says went out."""
    return [
        Sent(one.at, one.owner, one.subject, tuple((event.kind.value, event.alert) for event in one.events))
        for one in backtest.notices
    ]


def in_order(several: list[Sent]) -> list[Sent]:
    """Return messages by day, reader and what they tell: what went out on one day has no order of its own."""
    return sorted(several, key=lambda one: (one.at, one.to, one.subject, one.events))


def _messages(report: TickReport) -> Iterator[tuple[str, Sent, bool]]:
    first = {one.notice_id: one for one in reversed(report.deliveries)}
    for notice in report.notices:
        if notice.id in first:
            events = tuple((event.kind.value, event.alert.id) for event in notice.events)
            own = first[notice.id]
            yield notice.id, Sent(report.as_of, notice.owner, own.message.subject, events), own.not_before is not None


def _events(report: TickReport) -> Iterator[tuple[str, str]]:
    told = {(event.kind.value, event.alert.id) for notice in report.notices for event in notice.events}
    told |= {(event.kind.value, event.alert.id) for event in report.untold}
    told |= {(one.event.kind.value, one.event.alert.id) for one in report.suppressed}
    yield from sorted(told)


def _on(message: Sent, day: date) -> Sent:
    return Sent(day, message.to, message.subject, message.events)
