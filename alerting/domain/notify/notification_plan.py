"""Who is told what: the readers of each event, what falls due by time beside them, and what is held back, with the reason."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo

from alerting.domain.alert import Alert, AlertEvent, EventKind
from alerting.domain.finding import Finding
from alerting.domain.notify.audience import Audience, Readers
from alerting.domain.notify.due_by_time import DueByTime
from alerting.domain.notify.hearing import Hearings, SentNotice
from alerting.domain.notify.holding import HeldMessage, Holding, SuppressionReason
from alerting.domain.notify.planned import NotificationPlan, PlannedNotice, Suppressed
from alerting.domain.notify.recipients import Presence
from alerting.domain.notify.suppression import News, Suppression
from alerting.domain.rule import RuleSet, Silence

#: An event with who is told, and from whom it is held back.
_Parted = tuple[AlertEvent, list[PlannedNotice], list[Suppressed]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PlanInput:
    """All that it depends on who is told of what on one day.

    Args:
        open_alerts: everything that stands after the tick, by id.
        told: alert id -> what people were told of it, oldest first.
        silences: those of the rules and those made by command.
        reachable: owner ids that have an address on some channel.
        zone: in which a day begins.
        speak: the newest finding of an alert and its headline, for what the figures themselves did not bring about.
        held_before: alert id -> what earlier ticks held back of it.
        opened: ids of the alerts that open with this tick.
        is_news: whether what is exceptional of an alert is new rather than long past.
        acknowledged: alert id -> when somebody acknowledged it last, also where that has ended since.
    """

    rules: RuleSet
    as_of: date
    at: datetime
    zone: tzinfo
    open_alerts: Mapping[str, Alert]
    told: Mapping[str, Sequence[SentNotice]]
    silences: Sequence[Silence]
    reachable: frozenset[str]
    speak: Callable[[Alert], tuple[Finding | None, str | None]]
    held_before: Mapping[str, Sequence[HeldMessage]] = field(default_factory=dict)
    opened: frozenset[str] = frozenset()
    is_news: Callable[[Alert], bool] = lambda _: True
    acknowledged: Mapping[str, datetime] = field(default_factory=dict)


def plan_notifications(given: PlanInput, events: Sequence[AlertEvent]) -> NotificationPlan:
    """Return whom each event of the figures is told, and what else is due to be told."""
    audience, suppression, due = _deciders(given)
    planned: list[PlannedNotice] = []
    suppressed: list[Suppressed] = []
    follow_ups: list[AlertEvent] = []
    for happened in events:
        for event, said, held in _of_figures(happened, audience, suppression, due):
            if event is not happened and (said or held):
                follow_ups.append(event)
            planned += said
            suppressed += held
    told_of = {event.alert.id for event in events}
    for alert in given.open_alerts.values():
        for event, readers in due.of(alert, fresh=alert.id in told_of):
            said, held = suppression.part_anew(event, readers)
            if said or held:
                follow_ups.append(event)
            planned += said
            suppressed += held
    return NotificationPlan(planned=tuple(planned), suppressed=tuple(suppressed), follow_ups=tuple(follow_ups))


def _deciders(given: PlanInput) -> tuple[Audience, Suppression, DueByTime]:
    rules_by_id = {rule.id: rule for rule in given.rules.rules}
    hearings = Hearings(rules=given.rules, as_of=given.as_of, zone=given.zone, told=given.told)
    presence = Presence(rules=given.rules, day=given.as_of, reachable=given.reachable)
    audience = Audience(rules=given.rules, rules_by_id=rules_by_id, presence=presence, hearings=hearings)
    news = News(hearings=hearings, held_before=given.held_before, opened=given.opened, is_news=given.is_news)
    holding = Holding(
        rules=given.rules,
        as_of=given.as_of,
        open_alerts=given.open_alerts,
        silences=given.silences,
        hears=audience.hears,
        no_news=news.is_none,
    )
    suppression = Suppression(
        rules_by_id=rules_by_id,
        reachable=given.reachable,
        holding=holding,
        held_before=given.held_before,
        hearings=hearings,
    )
    due = DueByTime(
        at=given.at,
        audience=audience,
        holding=holding,
        held_before=given.held_before,
        speak=given.speak,
        acknowledged=given.acknowledged,
    )
    return audience, suppression, due


def _of_figures(event: AlertEvent, audience: Audience, suppression: Suppression, due: DueByTime) -> Iterator[_Parted]:
    """Yield an event with whom it is told; to those who have not heard of an alert that got worse, it opens."""
    readers = audience.of(event)
    if told_before := audience.told_before(event, readers):
        yield event, [], [Suppressed(event=event, owner=o, reason=SuppressionReason.TOLD_BEFORE) for o in told_before]
        readers = _without(readers, told_before)
        if not readers:
            return
    if event.kind is EventKind.WORSENED:
        readers, unheard = audience.split_by_heard(event.alert, readers)
        if unheard:
            owners = [owner for theirs in unheard.values() for owner in theirs]
            opening = due.event(event.alert, EventKind.OPENED, due.why_now(event.alert, owners))
            yield opening, *suppression.part(opening, unheard)
    yield event, *suppression.part(event, readers)


def _without(readers: Readers, owners: Sequence[str]) -> Readers:
    return {person: left for person, of in readers.items() if (left := tuple(o for o in of if o not in owners))}
