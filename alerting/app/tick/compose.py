"""Fifth step: what goes out in words, addressed on every channel its reader has."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from alerting.app.notices.compose import MessageDefaults, contained_message_for, deliveries_for
from alerting.app.notices.operator import mass_change_note
from alerting.app.notices.operator_faults import fault_notes
from alerting.app.notices.queued import Composed
from alerting.app.notices.quiet_hours import quiet_until
from alerting.app.notices.source_owner import Troubles, source_notes
from alerting.app.situation.situation import Situation
from alerting.app.tick.hold_back import Outgoing
from alerting.app.tick.reconcile import Outcome
from alerting.app.tick.times import Tick
from alerting.domain.alert import Alert
from alerting.domain.fault import Work
from alerting.domain.notify.holding import SuppressionReason
from alerting.domain.notify.notice import Message, Notice
from alerting.domain.notify.planned import Suppressed
from alerting.evaluation.engine import Evaluation
from alerting.ports.outbox import HearingBook
from alerting.reports.event_view import EventViews
from alerting.reports.provenance import Provenance
from alerting.reports.said import Said


def compose(  # noqa: PLR0913  # what is said beside the events, each by its name
    tick: Tick,
    evaluation: Evaluation,
    outcome: Outcome,
    outgoing: Sequence[Outgoing],
    defaults: MessageDefaults,
    *,
    said: Said | None = None,
    suppressed: Sequence[Suppressed] = (),
    hearings: HearingBook | None = None,
    provenance: Provenance | None = None,
) -> Iterator[Composed]:
    """Yield each notice in words, one after the other: what is not kept in memory may be many.

    Args:
        said: what people said.
        suppressed: what is held back.
        hearings: knows the messages to which these refer; None: they refer to none.
        provenance: knows where figures come from; None: that is not said.
    """
    if not outgoing:
        return
    rules = tick.rules
    views = EventViews(evaluation, outcome.found, said, spoken_for(suppressed), provenance)
    views.prepare(event for one in outgoing for event in one.notice.events)
    for one in outgoing:
        notice, owner = one.notice, rules.owners[one.notice.owner]
        message = contained_message_for(notice, rules, views, evaluation, defaults, hearings)
        deliveries = deliveries_for(
            notice,
            owner,
            message,
            rules.channels,
            defaults,
            now=tick.times.now,
            not_before=one.not_before,
            until=one.until,
        )
        yield Composed(notice=notice, deliveries=tuple(deliveries))


def spoken_for(suppressed: Sequence[Suppressed]) -> dict[str, list[Alert]]:
    """Return the alerts that are held back by each alert that speaks for them, each once."""
    found: dict[str, dict[str, Alert]] = {}
    for one in suppressed:
        if one.reason is SuppressionReason.INHIBITED and one.event.alert.is_open:
            found.setdefault(one.by, {})[one.event.alert.id] = one.event.alert
    return {by: list(alerts.values()) for by, alerts in found.items()}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OfTheEngine:
    """What is no alert's: of sources, faults and floods; and what is kept of troubles that were told, by source."""

    composed: tuple[Composed, ...]
    troubles: tuple[tuple[str, tuple[str, ...]], ...]


def compose_of_the_engine(
    tick: Tick,
    situation: Situation,
    outcome: Outcome,
    troubles_before: Troubles,
    flood: str | None,
    defaults: MessageDefaults,
) -> OfTheEngine:
    """Tell the owners of sources what is wrong with them, and the operator that something is odd.

    It comes last: it tells of faults at all messages before.

    Args:
        troubles_before: what was told of sources, and of faults of the program.
        flood: that suspiciously much opened at once.
    """
    evaluation, rules = situation.evaluation, tick.rules
    faults, named = evaluation.faults, (tick.at, tick.id)
    rest = (troubles_before, tick.presence, defaults, named)
    work = Work(sort="messages about", id="sources", done="made")
    of_sources = faults.attempt(work, lambda: source_notes(rules, situation, *rest))
    made, troubles = of_sources or ([], [])
    of_floods = _flood_notes(tick, evaluation, outcome, flood, defaults)
    of_faults, kept = fault_notes(rules, faults, *rest)
    timed = [_composed(tick, one, defaults, may_wait=True) for one in (*made, *of_faults)]
    timed += [_composed(tick, one, defaults, may_wait=False) for one in of_floods]
    return OfTheEngine(composed=tuple(timed), troubles=(*troubles, *kept))


def _flood_notes(
    tick: Tick, evaluation: Evaluation, outcome: Outcome, flood: str | None, defaults: MessageDefaults
) -> list[tuple[Notice, Message]]:
    """Tell the operator that suspiciously much opened at once, where it did."""
    operator = tick.rules.roles.operator
    if flood is None or operator is None or operator not in tick.rules.owners:
        return []
    person = tick.presence.stand_in(operator)
    named = (tick.at, tick.id)
    return [mass_change_note(flood, outcome.events, person, tick.rules, defaults, named, evaluation.faults)]


def _composed(tick: Tick, made: tuple[Notice, Message], defaults: MessageDefaults, *, may_wait: bool) -> Composed:
    """Address a message of the engine; what is odd may be told at any hour."""
    notice, message = made
    owner = tick.rules.owners[notice.owner]
    end = quiet_until(owner, tick.at, tick.zone) if may_wait else None
    not_before = None if end is None else end + tick.times.shift
    addressed = (notice, owner, message, tick.rules.channels, defaults)
    return Composed(
        notice=notice, deliveries=tuple(deliveries_for(*addressed, now=tick.times.now, not_before=not_before))
    )
