"""What a tick did."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from alerting.app.notices.queued import Composed
from alerting.app.situation.situation import Situation
from alerting.app.tick.plan import Planned
from alerting.domain.alert import AlertEvent
from alerting.domain.notify.hearing import TOLD_LATER
from alerting.domain.notify.notice import Delivery, Notice
from alerting.domain.notify.planned import Suppressed
from alerting.domain.problem import Problem
from alerting.evaluation.engine import Evaluation
from alerting.evaluation.newest import newest_counts


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
    evaluation: Evaluation


def report_of(
    situation: Situation, planned: Planned, composed: Sequence[Composed], problems: Sequence[Problem]
) -> TickReport:  # fmt: skip
    """Say what a tick did.

    Args:
        problems: beside those of the figures and faults of the program, what is wrong with templates.
    """
    evaluation, plan = situation.evaluation, planned.notifications
    of_figures = (*situation.problems, *(fault.problem() for fault in evaluation.faults))
    heard_of = {telling.event.alert.id for telling in plan.tellings}
    heard_of |= {one.event.alert.id for one in plan.suppressed if one.owner}
    told = {id(telling.event) for telling in plan.tellings if telling.event.kind not in TOLD_LATER}
    happened = Counter(e.kind.value for e in (*planned.happened, *(e for e in plan.further if id(e) in told)))
    return TickReport(
        as_of=evaluation.as_of, counts=newest_counts(evaluation), happened=happened,
        notices=tuple(one.notice for one in composed),
        deliveries=tuple(delivery for one in composed for delivery in one.deliveries),
        untold=tuple(event for event in planned.happened if event.alert.id not in heard_of),
        suppressed=plan.suppressed, problems=(*of_figures, *problems),
        has_errors=situation.reading.has_errors or any(problem.is_error for problem in of_figures),
        evaluation=evaluation,
    )  # fmt: skip
