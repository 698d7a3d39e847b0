"""Last step: what changed is written down, all in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass

from alerting.app.notices.queued import Composed
from alerting.app.tick.hold_back import Cancelled
from alerting.domain.alert import Alert, AlertEvent
from alerting.domain.notify.planned import Suppressed
from alerting.domain.rule import RuleSet
from alerting.evaluation.engine import Evaluation
from alerting.failpoints import reached
from alerting.ports.state import Transaction
from alerting.ports.ticks import TickRecord


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Changes:
    """All that a tick writes down."""

    tick: TickRecord
    rules: RuleSet
    alerts: Sequence[Alert] = ()
    events: Sequence[AlertEvent] = ()
    suppressed: Sequence[Suppressed] = ()
    #: (rule, measure) pairs that were judged for the first time.
    watched: Sequence[tuple[str, str]] = ()
    #: By source, what its owner was told is wrong with it.
    troubles: Sequence[tuple[str, tuple[str, ...]]] = ()
    cancelled: Sequence[Cancelled] = ()
    composed: Sequence[Composed] = ()


def save(state: Transaction, changes: Changes) -> None:
    """Write everything down."""
    at = changes.tick.at
    state.ticks.save(changes.tick)
    state.alerts.save(changes.alerts)
    reached("tick_alerts")
    state.alerts.save_events(changes.tick.id, changes.events, changes.rules.rules)
    state.hearings.save_suppressed(changes.suppressed, at)
    reached("tick_events")
    state.silences.rename(changes.rules.renamed)
    state.ticks.save_watched(changes.watched, at)
    for source, troubles in changes.troubles:
        state.troubles.save(source, troubles, at)
    for one in changes.cancelled:
        state.outbox.cancel(one.deliveries, one.why, at)
    deliveries = [delivery for one in changes.composed for delivery in one.deliveries]
    state.outbox.save([one.notice for one in changes.composed], deliveries)
    reached("tick_notices")


def first_judged(evaluation: Evaluation, before: frozenset[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the (rule, measure) pairs that are judged and were not before."""
    rules = evaluation.rules.rules
    members = (member for verdicts in evaluation.verdicts for member in verdicts.group.members)
    return sorted({(rules[member.rule].id, member.measure.id) for member in members} - before)
