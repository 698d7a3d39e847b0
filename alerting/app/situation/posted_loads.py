"""Loads that somebody says are there: noted once each, however often they are posted."""

from collections.abc import Iterator
from datetime import datetime

from alerting.domain.place import Place
from alerting.domain.problem import Problem, ProblemSeverity
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


def unheard_posts(rules: RuleSet, *, is_listening: bool) -> Iterator[Problem]:
    """Yield a problem for each source whose loads are whole when they are posted, where nobody listens to posts."""
    for source in () if is_listening else rules.sources.values():
        if source.complete is not None and source.complete.posted:
            yield Problem(
                place=source.place or Place(file=rules.folder, line=1, column=1),
                code="nobody-listens",
                severity=ProblemSeverity.WARNING,
                message=f"loads of {source.id} are whole when they are posted, and ALERTING_LISTEN names no address for posts",
                fix="set ALERTING_LISTEN and ALERTING_LISTEN_TOKEN where `alerting serve` runs",
            )
