"""The figures as the last tick judged them, for what is written beside its alerts."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from alerting.app.guard import admitted
from alerting.app.remember import read_by
from alerting.app.topic_figures import updated_measures
from alerting.domain.rule import RuleSet
from alerting.figures.memory import fingerprint
from alerting.figures.observations import Observations, Reading
from alerting.ports import Transaction


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LastJudged:
    """What the newest tick judged, so that a page speaks of the same state as the alerts beside it.

    `as_of`: the tick's day; None: there was none, and the figures are today's. `newer`: whether others have come since.
    """

    reading: Reading
    as_of: date | None
    newer: bool


def as_last_judged(reading: Reading, rules: RuleSet, state: Transaction, at: datetime, day: date) -> LastJudged:
    """Return the figures that the newest tick judged, for what is written on a day; troubles stay those of today."""
    tick, today = state.newest_tick(), admitted(reading, rules, state, at, keep=False)
    if tick is None or tick.as_of > day:
        return LastJudged(reading=today, as_of=None if tick is None else day, newer=False)
    observations: list[Observations] = []
    changed = False
    for read in reading.observations:
        before = state.readings(read.source)
        same = bool(before) and before[-1].digest == fingerprint(read, rules)
        changed = changed or not same
        if same:
            observations += [one for one in today.observations if one.source == read.source]
        elif (known := read_by(rules, state, read.source, at, read.file)) is not None:
            observations.append(known)
    newer = changed or bool(updated_measures(rules, today, tick.as_of, day))
    return LastJudged(reading=replace(today, observations=tuple(observations)), as_of=tick.as_of, newer=newer)
