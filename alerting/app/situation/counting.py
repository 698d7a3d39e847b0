"""The figures that count on a day: what sources hold, and what ticks have read that these hold no more."""

from datetime import datetime

from alerting.app.situation.shrink_guard import admitted
from alerting.domain.rule import RuleSet
from alerting.figures.observations import Reading
from alerting.ports.state import Store, Transaction


def counting(reading: Reading, rules: RuleSet, store: Store, place: str, at: datetime) -> Reading:
    """Return the figures that a tick would judge; where the state is not of this place, what was read alone.

    What a source holds no more is named among the problems. Nothing is written down.

    Args:
        place: where the rules are: a state of another folder's ticks says nothing of these figures.
    """
    with store.begin() as state:
        if not is_of(state, place):
            return reading
        return admitted(reading, rules, state, at, keep=False)


def is_of(state: Transaction, place: str) -> bool:
    """Whether ticks of these rules have used the state: of another folder's figures it says nothing."""
    return any(used.place == place for used in state.replicas.rules_in_use())
