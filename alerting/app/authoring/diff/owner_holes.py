"""Days to come on which nobody hears of a series: which of them a change opens and which it closes, for a year from a day on."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from alerting.app.authoring.diff.owner_changes import Reporting, Series, told_of
from alerting.domain.notify.owner_gaps import HORIZON, OwnerGap, owner_gaps
from alerting.domain.notify.recipients import recipients
from alerting.domain.rule import Rule, RuleSet, Status
from alerting.rulefile.absent_owners import why_missing
from alerting.wording.plain import listed

_DAY = timedelta(days=1)
#: First and last day.
_Days = tuple[date, date]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hole:
    """Days, both included, on which nobody hears of some series on one side, and somebody does on the other; why, in words.

    `fallback`: the owner who hears all the same, where all others are away.
    """

    since: date
    until: date
    series: tuple[Series, ...]
    #: By series, who is told of it then on the other side; none where the other side does not watch it.
    told_otherwise: tuple[tuple[str, ...], ...]
    why: str
    fallback: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Holes:
    """What a change does to days without anybody; `until` is the last day that was looked at."""

    until: date
    opened: tuple[Hole, ...]
    closed: tuple[Hole, ...]
    #: How many series HEAD watches, and how many of them have nobody on some day, or ever.
    watched: int
    bare: int

    @property
    def uncovered(self) -> tuple[Hole, ...]:
        """The opened ones in which not even the fallback hears."""
        return tuple(hole for hole in self.opened if hole.fallback is None)


def holes(base: RuleSet, head: RuleSet, day: date, reporting: tuple[Reporting, Reporting] | None = None) -> Holes:
    """Compare the days to come on which nobody hears.

    Args:
        day: the first day that is looked at.
        reporting: by side, the areas of which there are figures; None: any area may report.
    """
    of_base, of_head = (None, None) if reporting is None else reporting
    before, after = _Side(base, day, of_base), _Side(head, day, of_head)
    return Holes(
        until=day + HORIZON - _DAY,
        opened=tuple(_beyond(after, before)),
        closed=tuple(_beyond(before, after)),
        watched=len(after.told),
        bare=len(after.bare()),
    )


class _Side:
    """The gaps of one set of rules."""

    def __init__(self, rules: RuleSet, day: date, reporting: Reporting | None) -> None:
        self.rules, self._reporting = rules, reporting
        self.gaps = owner_gaps(rules, day)
        #: Owners by series, on the first day; a series without any has none at all, which is no hole.
        self.told = told_of(rules, day, reporting)
        self._watching: dict[str, list[Rule]] = {}
        for rule in rules.rules:
            for measure in rule.measures if rule.status is Status.ACTIVE else ():
                self._watching.setdefault(measure, []).append(rule)
        self._days: dict[bool, Mapping[Series, list[_Days]]] = {}

    def series(self, gap: OwnerGap) -> Iterator[Series]:
        """Yield the series of a gap that may have figures."""
        for measure, areas in gap.series:
            known = None if self._reporting is None else self._reporting.get(measure, frozenset())
            yield from ((measure, area) for area in areas if known is None or area in known)

    def days(self, *, also_fallback: bool) -> Mapping[Series, list[_Days]]:
        """Return when nobody hears of each series; or, too, when only the fallback does."""
        if also_fallback not in self._days:
            found: dict[Series, list[_Days]] = {}
            for gap in self.gaps:
                if also_fallback or gap.last_resort is None:
                    for series in self.series(gap):
                        found.setdefault(series, []).append((gap.since, gap.until))
            self._days[also_fallback] = found
        return self._days[also_fallback]

    def bare(self) -> set[Series]:
        """Return the series of which nobody hears on some day, or ever."""
        never = {series for series, owners in self.told.items() if not owners}
        return never | self.days(also_fallback=False).keys()

    def told_on(self, series: Series, day: date) -> tuple[str, ...]:
        """Return the owners who are told of a series on a day."""
        measure, area = series
        if measure not in self.rules.measures or area not in self.rules.areas:
            return ()
        found: dict[str, None] = {}
        for rule in self._watching.get(measure, ()):
            watched = self.rules.watched_areas(rule, measure)
            if watched is None or area in watched:
                found.update(dict.fromkeys(recipients(rule, measure, area, self.rules, day)))
        return tuple(found)


def _beyond(one: _Side, other: _Side) -> Iterator[Hole]:
    """Yield the holes of one side that the other does not have, series with the same days and reason together."""
    for gap in one.gaps:
        known, together = other.days(also_fallback=gap.last_resort is not None), dict[_Days, list[Series]]()
        for series in one.series(gap):
            if one.told.get(series) or not other.told.get(series):  # else it is uncovered from today on, and said to be
                for days in _without((gap.since, gap.until), known.get(series, ())):
                    together.setdefault(days, []).append(series)
        for (since, until), several in together.items():
            yield Hole(
                since=since,
                until=until,
                series=tuple(several),
                told_otherwise=tuple(other.told_on(series, since) for series in several),
                why=listed([why_missing(missing) for missing in gap.missing]),
                fallback=gap.last_resort,
            )


def _without(days: _Days, others: Sequence[_Days]) -> Iterator[_Days]:
    """Yield what of some days lies in none of others."""
    since, until = days
    for first, last in sorted(others):
        if last < since or first > until:
            continue
        if first > since:
            yield since, first - _DAY
        since = last + _DAY
    if since <= until:
        yield since, until
