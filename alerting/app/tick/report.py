"""What a tick did."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from alerting.app.notices.queued import Composed
from alerting.app.situation.situation import Situation
from alerting.app.tick.last_tick import LastTick
from alerting.app.tick.plan import Planned
from alerting.app.tick.times import Tick
from alerting.domain.alert import AlertEvent
from alerting.domain.fault import Fault
from alerting.domain.notify.hearing import TOLD_LATER
from alerting.domain.notify.notice import Delivery, Notice
from alerting.domain.notify.planned import Suppressed
from alerting.domain.problem import Problem
from alerting.evaluation.engine import Evaluation
from alerting.evaluation.newest import newest_counts
from alerting.ports.ticks import TickRecord


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
    #: What was held back, and why.
    suppressed: tuple[Suppressed, ...]
    problems: tuple[Problem, ...]
    has_errors: bool
    #: None: nothing had to be judged, since nothing had changed.
    evaluation: Evaluation | None
    #: How it left things, where the next tick may go by that.
    as_left: LastTick | None = None

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What the program itself failed at."""
        return () if self.evaluation is None else tuple(self.evaluation.faults)


def report_of(
    situation: Situation, planned: Planned, composed: Sequence[Composed], problems: Sequence[Problem]
) -> TickReport:
    """Say what a tick did.

    Args:
        problems: beside those of the figures and faults of the program, what is wrong with templates.
    """
    evaluation, plan = situation.evaluation, planned.notifications
    of_figures = (*situation.problems, *(fault.problem() for fault in evaluation.faults))
    heard_of = {telling.event.alert.id for telling in plan.planned}
    heard_of |= {one.event.alert.id for one in plan.suppressed if one.owner}
    told = {id(telling.event) for telling in plan.planned if telling.event.kind not in TOLD_LATER}
    happened = Counter(e.kind.value for e in (*planned.happened, *(e for e in plan.follow_ups if id(e) in told)))
    return TickReport(
        as_of=evaluation.as_of,
        counts=newest_counts(evaluation),
        happened=happened,
        notices=tuple(one.notice for one in composed),
        deliveries=tuple(delivery for one in composed for delivery in one.deliveries),
        untold=tuple(event for event in planned.happened if event.alert.id not in heard_of),
        suppressed=plan.suppressed,
        problems=(*of_figures, *problems),
        has_errors=situation.reading.has_errors or any(problem.is_error for problem in of_figures),
        evaluation=evaluation,
    )


def report_again(tick: Tick, last: LastTick) -> TickReport:
    """Say what a tick did in which nothing happened, and that found the figures as the last one did."""
    again = replace(last, tick=tick.id, at=tick.at.isoformat())
    return TickReport(
        as_of=tick.as_of,
        counts=last.counts,
        happened={},
        notices=(),
        deliveries=(),
        untold=(),
        suppressed=(),
        problems=last.problems,
        has_errors=last.has_errors,
        evaluation=None,
        as_left=again,
    )


def record_of(tick: Tick, report: TickReport) -> TickRecord:
    """Return a tick for the ledger."""
    return TickRecord(
        id=tick.id,
        as_of=tick.as_of,
        at=tick.at,
        rules_version=tick.rules.version,
        counts={**report.counts, **report.happened},
        due_at=tick.times.due_at,
    )
