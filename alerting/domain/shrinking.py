"""Whether a set of rules, or a source of figures, is so much smaller than the last one that it is hardly meant."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from alerting.domain.titles import joined

#: At least so many fewer, and more than this share of what there was.
FEWER, SHARE = 10, 0.2
#: What nobody accepts or puts right is taken over after so long.
TAKEN_OVER_AFTER = timedelta(days=1)
#: What is counted, and one of it.
_ONE = {"rules": "rule", "measures": "measure", "owners": "owner", "rows": "row", "series": "series"}
#: Of which none left is too few, however few there were.
_NEVER_NONE = "rules"

#: What is counted ("rules", "rows") -> how many, by what they belong to (rows and series: to a measure).
Sizes = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Guarded:
    """What is known of a rules folder or a source that is guarded against shrinking.

    `sizes`: of the last one in force. `refused`: the digest of a smaller one that waits, `since`: when a smaller one was
    seen first. `accepted`: the digest of a smaller one that somebody said is right.
    `whole_on`: the day on which all of a source with a window was read last, and `whole_of` what had been asked of it then.
    """

    #: The source; None: the rules folder.
    source: str | None
    sizes: Sizes
    refused: str | None = None
    since: datetime | None = None
    accepted: str | None = None
    whole_on: date | None = None
    whole_of: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shrunk:
    """A smaller one that is not taken over yet."""

    before: Sizes
    now: Sizes
    #: When it is taken over, should nobody say anything.
    until: datetime

    @property
    def words(self) -> str:
        """Say what there is, and what there was: "40 rules and 1 owner, where 50 rules and 2 owners were before"."""
        return f"{_counts(self.now)}, where {_counts(self.before)} were before"


def among(sizes: Sizes, parts: Collection[str]) -> Sizes:
    """Return the sizes of some parts alone: what left with its measure is not missed."""
    return {what: {part: n for part, n in counts.items() if part in parts} for what, counts in sizes.items()}


def has_shrunk(before: Sizes, now: Sizes) -> bool:
    """Return whether anything that is counted is much less than before."""
    return any(_much_less(what, _total(before, what), _total(now, what)) for what in before)


def judged(guarded: Guarded, digest: str, sizes: Sizes, at: datetime) -> tuple[Guarded, Shrunk | None]:
    """Return what is known from now on, and why this one is refused; None: it is taken over.

    Args:
        digest: tells this one from others.
        at: the instant; a smaller one that was seen a day before it is taken over.
    """
    since = guarded.since or at
    meant = digest == guarded.accepted or at - since >= TAKEN_OVER_AFTER
    if meant or not has_shrunk(guarded.sizes, sizes):
        return Guarded(source=guarded.source, sizes=sizes), None
    waits = replace(guarded, refused=digest, since=since)
    return waits, Shrunk(before=guarded.sizes, now=sizes, until=since + TAKEN_OVER_AFTER)


def _much_less(what: str, before: int, now: int) -> bool:
    fewer = before - now
    return (fewer >= FEWER and fewer > SHARE * before) or (what == _NEVER_NONE and before > 0 and now == 0)


def _total(sizes: Sizes, what: str) -> int:
    return sum(sizes.get(what, {}).values())


def _counts(sizes: Sizes) -> str:
    counts = {what: _total(sizes, what) for what in sizes}
    return joined([f"{n:,} {_ONE[what] if n == 1 else what}" for what, n in counts.items()])
