"""The figures that belong to the alerts as they were told, for what is written beside these."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from alerting.app.situation.known_figures import read_by
from alerting.app.situation.shrink_guard import admitted
from alerting.app.situation.situation import situation_of
from alerting.app.tick.reconcile import LOOK_BACK, reconcile
from alerting.domain.rule import RuleSet
from alerting.figures.memory import fingerprint
from alerting.figures.observations import Observations, Reading
from alerting.ports.state import Store, Transaction
from alerting.reports.topic_figures import updated_measures


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LastJudged:
    """What the newest tick judged, so that a page speaks of the same state as the alerts beside it.

    `as_of`: the tick's day; None: there was none, and the figures are today's. `newer`: whether others have come since
    that are not spoken of.
    """

    reading: Reading
    as_of: date | None
    newer: bool


def as_told(reading: Reading, rules: RuleSet, store: Store, at: datetime, day: date) -> LastJudged:
    """Return the figures to write of on a day: those of the newest tick; later ones where nothing stands, opens or ends by them.

    What is wrong with the figures is said as it is today.
    """
    with store.begin() as state:
        today = admitted(reading, rules, state, at, keep=False)
        last = _as_last_judged(reading, today, rules, state, at, day)
        tick, known = state.ticks.newest(), state.alerts.recent(at - LOOK_BACK) if last.newer else ()
    if tick is None or not last.newer:
        return last
    evaluation = situation_of(rules, today, day).evaluation
    outcome = reconcile(evaluation, known, at, rules_changed=tick.rules_version != rules.version)
    if outcome.events or outcome.open_alerts:  # what is written beside an alert is its figure
        return last
    return LastJudged(reading=today, as_of=day, newer=False)


def _as_last_judged(
    reading: Reading, today: Reading, rules: RuleSet, state: Transaction, at: datetime, day: date
) -> LastJudged:
    tick = state.ticks.newest()
    if tick is None or tick.as_of > day:
        return LastJudged(reading=today, as_of=None if tick is None else day, newer=False)
    observations: list[Observations] = []
    changed = False
    for read in reading.observations:
        before = state.readings.of(read.source)
        same = bool(before) and before[-1].digest == fingerprint(read, rules)
        changed = changed or not same
        if same:
            observations += [one for one in today.observations if one.source == read.source]
        elif (known := read_by(rules, state.readings, read.source, at, read.file)) is not None:
            observations.append(known)
    newer = changed or bool(updated_measures(rules, today, tick.as_of, day))
    return LastJudged(reading=replace(today, observations=tuple(observations)), as_of=tick.as_of, newer=newer)
