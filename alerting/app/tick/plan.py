"""Third step: whom each event is told, what else is due to be told, and what is held back and why."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo

from alerting.app.tick.recall import Heard
from alerting.app.tick.reconcile import Outcome
from alerting.app.tick.times import Tick
from alerting.domain.alert import Alert, AlertEvent, EventKind
from alerting.domain.finding import Finding, State
from alerting.domain.notify.hearing import Fate, SentNotice
from alerting.domain.notify.notification_plan import PlanInput, plan_notifications
from alerting.domain.notify.planned import NotificationPlan
from alerting.evaluation.alert_findings import AlertFindings
from alerting.wording.dates import day_words

#: The finding that an alert has today, and its headline.
Speak = Callable[[Alert], tuple[Finding | None, str | None]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Planned:
    """What a tick tells: the figures' own events, and whom they and those that fall due by time are told."""

    happened: tuple[AlertEvent, ...]
    notifications: NotificationPlan

    @property
    def events(self) -> tuple[AlertEvent, ...]:
        """All that is to be remembered as having happened."""
        return *self.happened, *self.notifications.follow_ups


NOTHING_PLANNED = Planned(happened=(), notifications=NotificationPlan(planned=(), suppressed=(), follow_ups=()))


def plan(tick: Tick, outcome: Outcome, heard: Heard) -> Planned:
    """Return whom what happened is told, and what else falls due."""
    given = given_of(
        tick,
        outcome.open_alerts,
        heard,
        speaking(outcome.findings, heard.told),
        outcome.findings.is_news,
        opened=frozenset(e.alert.id for e in outcome.events if e.kind is EventKind.OPENED),
    )
    happened = tuple(_citing(event, heard.told.get(event.alert.id, ()), tick.zone) for event in outcome.events)
    return Planned(happened=happened, notifications=plan_notifications(given, happened))


def given_of(
    tick: Tick,
    open_alerts: Mapping[str, Alert],
    heard: Heard,
    speak: Speak,
    is_news: Callable[[Alert], bool],
    opened: frozenset[str] = frozenset(),
) -> PlanInput:
    """Return all that it depends on who is told; see `PlanInput`."""
    return PlanInput(
        rules=tick.rules,
        as_of=tick.as_of,
        at=tick.at,
        zone=tick.zone,
        open_alerts=open_alerts,
        told=heard.told,
        held_before=heard.held_back,
        reachable=tick.presence.reachable,
        silences=heard.silences,
        speak=speak,
        opened=opened,
        is_news=is_news,
        acknowledged=heard.acknowledged,
    )


def speaking(findings: AlertFindings, told: Mapping[str, Sequence[SentNotice]]) -> Speak:
    """Return what says what there is to say of an alert today; of one that cannot be judged now, what was said last."""

    def speak(alert: Alert) -> tuple[Finding | None, str | None]:
        found = findings.newest(alert)
        if found is not None and found.finding.state is State.EXCEPTION:
            return found.finding, found.headline
        said = [one.headline for one in told.get(alert.id, ()) if one.headline]
        return None, said[-1] if said else None

    return speak


def _citing(event: AlertEvent, told: Sequence[SentNotice], zone: tzinfo) -> AlertEvent:
    """Let a correction say what was told first, and when."""
    first = next((one for one in told if one.fate is Fate.TOLD), None)
    if event.kind is not EventKind.CORRECTED or first is None:
        return event
    day, headline = first.at.astimezone(zone).date(), first.headline
    return replace(event, cites=f'First told on {day_words(day)}: "{headline}".' if headline else None)
