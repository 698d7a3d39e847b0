"""Who answers for a measure, a topic or an area: one owner or several, from days on."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnersFrom:
    """Owners who answer from a day on, until the next step's; no day: from ever."""

    since: date | None = None
    ids: tuple[str, ...]


#: Steps in the order of their days. Before the first nobody answers.
Ownership = tuple[OwnersFrom, ...]


def owners_on(ownership: Ownership, day: date | None) -> tuple[str, ...]:
    """Return the ids of the owners on a day, in the order written; without a day all who ever answer."""
    if day is None:
        return tuple(dict.fromkeys(ever_named(ownership)))
    begun = [step.ids for step in ownership if step.since is None or step.since <= day]
    return begun[-1] if begun else ()


def ever_named(ownership: Ownership) -> Iterator[str]:
    """Yield the ids of all owners that are named."""
    for step in ownership:
        yield from step.ids
