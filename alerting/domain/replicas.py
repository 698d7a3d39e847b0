"""Several places that judge for one state: the rules that were changed last, anywhere, are in force; older ones wait."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

#: A place that has not judged for so long is gone, and nobody waits for its rules.
GONE_AFTER = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesInUse:
    """Which version of the rules a place has, since when, and when it last judged by them."""

    #: Host and folder.
    place: str
    version: str
    since: datetime
    seen: datetime


def newer_than(mine: RulesInUse, known: Sequence[RulesInUse]) -> RulesInUse | None:
    """Return the place whose other rules are newer than *mine*; None where mine may judge."""
    newer = [
        one
        for one in known
        if one.place != mine.place
        and one.version != mine.version
        and one.since > mine.since
        and one.seen > mine.seen - GONE_AFTER
    ]
    return max(newer, key=lambda one: one.since, default=None)


def as_met(
    place: str, version: str, at: datetime, known: Sequence[RulesInUse], first_seen: datetime | None
) -> RulesInUse:
    """Return a place as it judges now.

    Args:
        first_seen: when this version was first judged by, anywhere.

    Rules that change in a place are new there, also where they go back to what they were. A place that is met for the first
    time has rules as old as they are known to be.
    """
    before = next((one for one in known if one.place == place), None)
    if before is not None:
        return RulesInUse(
            place=place, version=version, since=before.since if before.version == version else at, seen=at
        )
    return RulesInUse(place=place, version=version, since=first_seen or at, seen=at)
