"""Suspiciously much that opens at once: the figures themselves may be wrong."""

from collections.abc import Callable, Collection, Iterable, Mapping

import numpy as np

from alerting.app.tick.reconcile import Outcome
from alerting.domain.alert import Alert, EventKind
from alerting.domain.arrays import Flags
from alerting.domain.fault import Work
from alerting.domain.period import PeriodKind
from alerting.domain.rule import RuleSet
from alerting.evaluation.engine import Evaluation

#: Of a source: by measure, the areas of which it had held a figure before.
ReadBefore = Callable[[str], Mapping[str, Collection[str]]]


def flood_warning(
    evaluation: Evaluation,
    outcome: Outcome,
    watched: Collection[tuple[str, str]],
    read_before: ReadBefore = lambda _: {},
) -> str | None:
    """Say that suspiciously much opened at once, where it did; first evaluations aside.

    Args:
        watched: the (rule, measure) pairs that were judged before.
        read_before: is asked of the sources of what opened, where that is much.
    """
    work = Work(sort="look at", id="mass changes", done="made")
    return evaluation.faults.attempt(work, lambda: _warning(evaluation, outcome, watched, read_before))


def _warning(
    evaluation: Evaluation, outcome: Outcome, watched: Collection[tuple[str, str]], read_before: ReadBefore
) -> str | None:
    rules = evaluation.rules
    opened = [
        event.alert
        for event in outcome.events
        if event.kind is EventKind.OPENED
        and (event.alert.key.rule, event.alert.key.measure) in watched
        and outcome.findings.is_news(event.alert)
        and not _has_not_come(outcome, event.alert)
    ]
    if len(opened) <= rules.schedule.flood:
        return None
    judged = _series_judged(evaluation)
    if not _is_much(opened, judged, rules):  # before old readings are asked for, which takes its time
        return None
    new = _new_series(rules, {alert.key.measure for alert in opened if alert.value is not None}, read_before)
    opened = [one for one in opened if one.value is None or (one.key.measure, one.key.area) not in new]
    if not _is_much(opened, judged, rules):
        return None
    series = _series_of(opened)
    return (
        f"{len(opened):,} exceptions opened at once, in {len(series):,} of {judged:,} series. The figures themselves"
        " may be wrong; check them before you act."
    )


def _is_much(opened: Collection[Alert], judged: int, rules: RuleSet) -> bool:
    """Whether more opened than is usual, and in more than a fifth of the series."""
    return len(opened) > rules.schedule.flood and len(_series_of(opened)) * 5 > judged


def _series_of(alerts: Iterable[Alert]) -> set[tuple[str, str]]:
    return {(one.key.measure, one.key.area) for one in alerts}


def _has_not_come(outcome: Outcome, alert: Alert) -> bool:
    """Whether an alert is of a figure that is late: it says nothing of figures, and is counted among no exceptions."""
    found = outcome.found.get(alert.id)
    return found is not None and found.not_come


def _new_series(rules: RuleSet, measures: Iterable[str], read_before: ReadBefore) -> set[tuple[str, str]]:
    """Return (measure, area) of the series that were never judged before: no figure of theirs had been read."""
    areas, by_source, lines = rules.areas, dict[str, list[str]](), dict[str, tuple[str, ...]]()
    for id_ in measures:
        if (source := rules.measures[id_].source) is not None:  # else worked out from others, told by themselves
            by_source.setdefault(source, []).append(id_)
    found = set()
    for source, theirs in by_source.items():  # once a source: its whole history is looked through
        before = read_before(source)
        for id_ in theirs:
            known = set[str]()
            for area in before.get(id_, ()):
                if area not in lines:  # the same areas come with each measure
                    lines[area] = tuple(above.id for above in areas.line(area)) if area in areas else ()
                known.update(lines[area])
            found |= {(id_, area) for area in areas.areas if area not in known}
    return found


def _series_judged(evaluation: Evaluation) -> int:
    """Count the series that any rule judges: one that is judged by the month and by the quarter once."""
    judged: dict[PeriodKind, Flags] = {}
    for group in dict.fromkeys(verdicts.group for verdicts in evaluation.verdicts):
        columns = judged.setdefault(group.kind, np.zeros(evaluation.panels[group.kind].n_series, dtype=bool))
        columns[group.columns] = True
    found, elsewhere = 0, dict[str, set[str]]()
    for kind, columns in judged.items():
        panel = evaluation.panels[kind]
        for measure, own in panel.columns.items():
            others = [other for other in judged if other is not kind and measure in evaluation.panels[other].columns]
            if not others:
                found += int(np.count_nonzero(columns[own]))
            else:
                names = (panel.areas[own.start + place] for place in np.flatnonzero(columns[own]).tolist())
                elsewhere.setdefault(measure, set()).update(names)
    return found + sum(map(len, elsewhere.values()))
