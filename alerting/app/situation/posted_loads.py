"""Loads that somebody says are there: noted once each, however often they are posted."""

from datetime import datetime

from alerting.domain.rule import RuleSet
from alerting.errors import UsageError
from alerting.ports.state import Store


def note_posted_load(rules: RuleSet, store: Store, source: str, at: datetime, load: str | None = None) -> bool:
    """Write down that a load of a source is there; False: one of this name was posted before, and nothing changes.

    A load without a name is always another one. Whether it is judged at once is `Service`'s to decide.

    Args:
        at: when it was posted.
        load: the name that its sender gave it.

    Raises:
        UsageError: there is no such source.
    """
    if source not in rules.sources:
        raise UsageError(f'no source "{source}"; the rules have {", ".join(rules.sources) or "none"}')
    with store.begin() as state:
        return state.loads.post(source, at, load)
