"""From events to messages: one message an owner, ready on every channel the owner has."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from alerting.app.event_views import EventViews, as_of_words
from alerting.domain.alert import AlertEvent, EventKind
from alerting.domain.notice import Delivery, Message, Notice, NoticeKind
from alerting.domain.recipients import recipients
from alerting.domain.rule import Owner, RuleSet
from alerting.render.notice import render_notice
from alerting.render.views import NoticeView

#: Names our messages' ids; a message's id is the same at every attempt.
_NAMESPACE = uuid.UUID("6f1f7c3e-58a5-4a4f-9d0a-6f1d1c7c2a51")


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """What the installation puts on every message."""

    domain: str
    marking: str | None = None
    reply_to: str | None = None


def told_by_owner(
    events: Sequence[AlertEvent], rules: RuleSet, told_before: Mapping[str, Sequence[str]]
) -> dict[str, list[AlertEvent]]:
    """Decide whom each event is told: openings by the rule; ends and corrections also to those who were told before.

    Args:
        told_before: alert id -> owners who were told of it.
    """
    by_rule = {rule.id: rule for rule in rules.rules}
    told: dict[str, list[AlertEvent]] = {}
    for event in events:
        key = event.alert.key
        owners = [owner for owner in told_before.get(event.alert.id, ()) if owner in rules.owners]
        rule = by_rule.get(key.rule)
        known = rule is not None and key.measure in rules.measures and key.area in rules.areas
        if rule is not None and known and (event.kind in (EventKind.OPENED, EventKind.WORSENED) or not owners):
            owners += recipients(rule, key.measure, key.area, rules)
        for owner in dict.fromkeys(owners):
            told.setdefault(owner, []).append(event)
    return told


def notices_for(told: Mapping[str, Sequence[AlertEvent]], at: datetime, tick_id: str) -> list[Notice]:
    """Make one notice for each owner, worst first, each saying who else was told."""
    owners_of: dict[str, list[str]] = {}
    for owner, events in told.items():
        for event in events:
            owners_of.setdefault(event.alert.id, []).append(owner)
    notices = []
    for owner, events in told.items():
        ordered = tuple(sorted(events, key=lambda event: (-event.alert.severity, event.alert.id)))
        also = tuple(
            (event.alert.id, tuple(other for other in owners_of[event.alert.id] if other != owner)) for event in ordered
        )
        id_ = str(uuid.uuid5(_NAMESPACE, f"{tick_id}/{owner}"))
        notices.append(Notice(id=id_, kind=NoticeKind.EXCEPTIONS, owner=owner, at=at, events=ordered, also_told=also))
    return notices


def message_for(notice: Notice, rules: RuleSet, views: EventViews, as_of: date, letterhead: Letterhead) -> Message:
    """Render one notice."""
    also = dict(notice.also_told)
    events = tuple(
        views.view(event, [rules.owners[o].name for o in also.get(event.alert.id, ()) if o in rules.owners])
        for event in notice.events
    )
    rule_ids = {event.alert.key.rule for event in notice.events}
    thread = f"<{next(iter(rule_ids))}.{notice.owner}@{letterhead.domain}>" if len(rule_ids) == 1 else None
    headers = (("In-Reply-To", thread), ("References", thread)) if thread else ()
    view = NoticeView(
        owner=rules.owners[notice.owner].name, events=events, as_of=as_of_words(as_of), marking=letterhead.marking,
        reply_to=letterhead.reply_to, headers=headers,
    )  # fmt: skip
    return render_notice(view)


def deliveries_for(
    notice_id: str, owner: Owner, message: Message, kinds: Mapping[str, str], letterhead: Letterhead
) -> list[Delivery]:
    """Address a message on each of the owner's channels; without an address on any there is no delivery.

    Args:
        kinds: channel id -> kind of notifier.
    """
    found = []
    for channel in owner.channels:
        address = owner.email
        if address is None:
            continue
        id_ = uuid.uuid5(_NAMESPACE, f"{notice_id}/{channel}/{address}")
        found.append(
            Delivery(
                id=str(id_),
                notice_id=notice_id,
                owner=owner.id,
                channel=channel if channel in kinds else "email",
                address=address,
                message_id=f"{id_}@{letterhead.domain}",
                message=message,
            )
        )
    return found
