"""One tick: figures judged, alerts changed, notices queued, all in one transaction; sending is a step of its own."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from alerting.app.evaluate import evaluate_panels
from alerting.app.event_views import EventViews
from alerting.app.outgoing import Letterhead, deliveries_for, message_for, notices_for, told_by_owner
from alerting.app.reconcile import Outcome, reconcile
from alerting.domain.alert import AlertEvent
from alerting.domain.notice import Delivery, Notice
from alerting.domain.problem import Problem
from alerting.domain.rule import RuleSet
from alerting.errors import UsageError
from alerting.evaluation.engine import Evaluation
from alerting.evaluation.newest import newest_counts
from alerting.figures.observations import Reading
from alerting.figures.panels import build_panels
from alerting.ports import Store, TickRecord, Transaction


@dataclass(frozen=True, kw_only=True, eq=False)
class TickReport:
    """What a tick did, or with `dry_run` would have done."""

    as_of: date
    #: Verdicts on each series' newest period, by state.
    counts: Mapping[str, int]
    #: Events by kind.
    happened: Mapping[str, int]
    notices: tuple[Notice, ...]
    deliveries: tuple[Delivery, ...]
    #: Events nobody is told of: the rule or the owner is gone.
    untold: tuple[AlertEvent, ...]
    problems: tuple[Problem, ...]
    has_errors: bool
    evaluation: Evaluation


def run_tick(
    rules: RuleSet,
    reading: Reading,
    store: Store,
    as_of: date,
    at: datetime,
    letterhead: Letterhead,
    *,
    dry_run: bool = False,
) -> TickReport:
    """Judge the figures as known on *as_of*, change alerts and queue notices; twice on the same figures changes nothing.

    Raises:
        UsageError: *as_of* lies before the newest tick's.
    """
    panels = build_panels(reading, rules, as_of)
    evaluation = evaluate_panels(rules, panels, every_period=True)
    with store.begin() as state:
        newest = state.newest_tick()
        tick_id = _tick_id(as_of, at, newest)
        if newest is not None and as_of < newest.as_of:
            raise UsageError(f"--as-of {as_of} lies before the newest tick, {newest.as_of}; the past is not told again")
        outcome = reconcile(evaluation, state.open_alerts(), at)
        notices, deliveries, untold = _messages(rules, outcome, evaluation, state, tick_id, letterhead)
        happened = Counter(event.kind.value for event in outcome.events)
        counts = newest_counts(evaluation)
        if not dry_run:
            state.save_tick(
                TickRecord(id=tick_id, as_of=as_of, at=at, rules_version=rules.version, counts={**counts, **happened})
            )
            state.save_alerts(outcome.alerts)
            state.save_events(tick_id, outcome.events)
            state.save_notices(notices, deliveries)
    problems = (*reading.problems, *panels.problems)
    return TickReport(
        as_of=as_of, counts=counts, happened=happened, notices=tuple(notices), deliveries=tuple(deliveries),
        untold=untold, problems=problems, has_errors=reading.has_errors or _has_errors(panels.problems),
        evaluation=evaluation,
    )  # fmt: skip


def _tick_id(as_of: date, at: datetime, newest: TickRecord | None) -> str:
    """Return a new id, also where the clock has not moved since the last tick."""
    id_ = f"{as_of.isoformat()}/{at.isoformat()}"
    return f"{newest.id}+" if newest is not None and newest.id.startswith(id_) else id_


def _messages(
    rules: RuleSet, outcome: Outcome, evaluation: Evaluation, state: Transaction, tick_id: str, letterhead: Letterhead
) -> tuple[list[Notice], list[Delivery], tuple[AlertEvent, ...]]:
    """Make one notice for each owner and its deliveries."""
    if not outcome.events:
        return [], [], ()
    told_before = state.told_owners([event.alert.id for event in outcome.events])
    told = told_by_owner(outcome.events, rules, told_before)
    notices = notices_for(told, outcome.events[0].at, tick_id)
    views = EventViews(evaluation, outcome.found)
    kinds = {channel.id: channel.kind for channel in rules.channels.values()}
    deliveries = []
    for notice in notices:
        message = message_for(notice, rules, views, evaluation.as_of, letterhead)
        deliveries += deliveries_for(notice.id, rules.owners[notice.owner], message, kinds, letterhead)
    reached = {event.alert.id for events in told.values() for event in events}
    return notices, deliveries, tuple(event for event in outcome.events if event.alert.id not in reached)


def _has_errors(problems: tuple[Problem, ...]) -> bool:
    return any(problem.severity.value == "error" for problem in problems)
