"""Loads that are late and not whole yet, as the owner of their source is told of them."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from alerting.domain.due_days import due_day
from alerting.domain.measure import Measure
from alerting.domain.period import Period
from alerting.domain.rule import RuleSet
from alerting.evaluation.engine import Evaluation
from alerting.figures.observations import Reading
from alerting.figures.waiting_cells import PartialLoad
from alerting.wording.dates import day_words

#: A load of which nobody says when it is due is late when it has been waited for so long.
PATIENCE = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class LateLoad:
    """A load that ought to be whole by now."""

    source: str
    file: str
    #: One a measure and period: as of figures of which nothing has come, so that nobody is told of one twice.
    keys: Sequence[str]
    message: str
    fix: str = "supply what lacks; until then what was read before goes on counting"


def watched_for_lateness(evaluation: Evaluation) -> Collection[str]:
    """Return the measures of which a rule of its own tells that a figure is late."""
    groups = (verdicts.group for verdicts in evaluation.verdicts if verdicts.group.is_freshness)
    return {member.measure.id for group in groups for member in group.members}


def late_loads(rules: RuleSet, evaluation: Evaluation, reading: Reading, at: datetime) -> Iterator[LateLoad]:
    """Yield the loads that are not whole although their figures are due, and that no rule watches for.

    Args:
        at: the instant of the tick.
    """
    told_by_rule = watched_for_lateness(evaluation)
    measures = list(rules.measures.values())
    for load in reading.partial_loads:
        waiting = {(measures[n].id, period): measures[n] for n, period, _ in load.cells.periods()}
        if waiting and all(id_ in told_by_rule for id_, _ in waiting):
            continue
        due = [
            (measure, period, day)
            for (_, period), measure in waiting.items()
            if measure.id not in told_by_rule and (day := _due(measure, period)) is not None and day < evaluation.as_of
        ]
        if due:
            _, newest, day = max(due, key=lambda one: one[1].last_day)
            message = f"the load of {newest.label} is not whole: {load.why}; it was due by {day_words(day)}"
            yield _late(load, [f"late {measure.id} {period.label}" for measure, period, _ in due], message)
        elif at - load.since >= PATIENCE and not any(_due(measure, period) for (_, period), measure in waiting.items()):
            since = day_words(load.since.astimezone(ZoneInfo(rules.schedule.timezone)).date())
            yield _late(
                load, [f"late load since {load.since.isoformat()}"], f"the load is not whole since {since}: {load.why}"
            )


def _late(load: PartialLoad, keys: Sequence[str], message: str) -> LateLoad:
    return LateLoad(source=load.source, file=load.cells.file, keys=keys, message=message)


def _due(measure: Measure, period: Period) -> date | None:
    """Return the day by which a measure's figures of a period are due; None: nobody says."""
    if measure.expected is None or period.kind is not measure.every:
        return None
    return due_day(measure, period.last_day)
