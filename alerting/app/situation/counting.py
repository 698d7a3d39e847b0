"""The figures that count on a day: what sources hold, and what ticks have read that these hold no more."""

from dataclasses import replace
from datetime import datetime

from alerting.app.situation.shrink_guard import admitted
from alerting.domain.rule import RuleSet
from alerting.figures.observations import Reading
from alerting.ports.state import Store, Transaction


def counting(reading: Reading, rules: RuleSet, store: Store, place: str, at: datetime, now: datetime) -> Reading:
    """Return the figures that a tick would judge; where the state is not of this place, what was read alone.

    What a source holds no more is named among the problems. Nothing is written down.

    Args:
        place: where the rules are: a state of another folder's ticks says nothing of these figures.
        at: the instant of the tick.
        now: the instant that the clock shows.
    """
    with store.begin() as state:
        if not is_of(state, place):
            return alone(reading, rules, at, now)
        return admitted(reading, rules, state, at, keep=False, now=now)


def alone(reading: Reading, rules: RuleSet, at: datetime, now: datetime) -> Reading:
    """Return the figures of what was read that would count without a state: loads that are not whole do not."""
    from alerting.app.situation.whole_loads import sifted

    return sifted(reading, rules, None, at, now, keep=False).reading if reading.signs else reading


def remembered_whole(reading: Reading, rules: RuleSet, state: Transaction, at: datetime, now: datetime) -> Reading:
    """Return what was read with what sources held before, those that shrank among them; loads that are not whole left out."""
    from alerting.app.situation.known_figures import remembered
    from alerting.app.situation.whole_loads import Remembered, sifted

    sound = sifted(reading, rules, Remembered.of(state), at, now, keep=False)
    known = remembered(sound.reading, rules, state.readings, at, keep=False)
    return replace(known, observations=(*known.observations, *sound.instead))


def is_of(state: Transaction, place: str) -> bool:
    """Whether ticks of these rules have used the state: of another folder's figures it says nothing."""
    return any(used.place == place for used in state.replicas.rules_in_use())
