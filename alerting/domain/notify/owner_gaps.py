"""Days to come on which nobody hears of a series: nobody answers for it then, or all who do are away or have no address.

Days are intervals throughout, and series are asked about only where somebody who answers for them is missing at some time, so
that the work grows with what is wrong and hardly with rules.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum

from alerting.domain.notify.addresses import reachable
from alerting.domain.notify.recipients import (
    AREA_OWNER,
    MEASURE_OWNER,
    SOURCE_OWNER,
    names_for,
    owned_by_area,
    owned_by_measure,
)
from alerting.domain.ownership import Ownership, owners_on
from alerting.domain.rule import Owner, Rule, RuleSet, Status

_DAY = timedelta(days=1)
#: From today on, as far as owners are looked at.
HORIZON = timedelta(days=365)


class Lack(StrEnum):
    """Why somebody does not hear."""

    AWAY = "away"
    NO_ADDRESS = "no address"
    NOBODY = "nobody answers yet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """Who would be told, and why they are not; or what has no owner then.

    Args:
        owner: the id; None: nobody answers.
        deputies: who would stand in, nearest first, each with why they do not.
        last_resort: who hears in their place when all are away; None: nobody does.
        unowned: of what nobody answers for, its section and id.
    """

    owner: str | None
    lack: Lack
    deputies: tuple[tuple[str, Lack], ...] = ()
    last_resort: str | None = None
    unowned: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerGap:
    """Days, both included, on which nobody is told of some series, and who is missing.

    Args:
        series: each measure with its areas, in the order of rules and of areas.
    """

    since: date
    until: date
    missing: tuple[Missing, ...]
    series: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def last_resort(self) -> str | None:
        """Who hears all the same: the fallback, where all others are away."""
        return next((one.last_resort for one in self.missing if one.last_resort is not None), None)


@dataclass(frozen=True, slots=True)
class _Span:
    """Days on which somebody is missing."""

    since: date
    until: date
    missing: tuple[Missing, ...]


_Spans = tuple[_Span, ...]
_Names = tuple[str, ...]
#: A measure, the names that are told, the areas these serve, and the first and last day.
_Asked = tuple[str, _Names, frozenset[str], tuple[date, date]]


def owner_gaps(rules: RuleSet, as_of: date, horizon: timedelta = HORIZON) -> tuple[OwnerGap, ...]:
    """Return the gaps from a day on, earliest first; series that share days and reason are one gap.

    A series that never has an owner is none of them: that is a mistake of the rules, whatever the day.
    """
    return _Proof(rules, as_of, as_of + horizon - _DAY).gaps()


@dataclass(eq=False)
class _People:
    """Knows when owners hear, by themselves or by a deputy."""

    rules: RuleSet
    since: date
    until: date
    _of_owner: dict[str, _Spans] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._reachable = reachable(self.rules)
        self._fallback = self.rules.owners.get(self.rules.roles.fallback or "")

    def missing(self, id_: str) -> _Spans:
        """Return when neither an owner nor a deputy hears, and why."""
        if id_ not in self._of_owner:
            owner = self.rules.owners[id_]
            found = () if id_ in self._reachable and not owner.away else self._found(owner)
            self._of_owner[id_] = tuple(found)
        return self._of_owner[id_]

    def _found(self, owner: Owner) -> _Spans:
        line = list(self._line(owner))
        also = [self._fallback] if self._fallback is not None else []
        starts = {day for one in (*line, *also) for away in one.away for day in (away.since, away.until + _DAY)}
        days = [self.since, *sorted(day for day in starts if self.since < day <= self.until)]
        found = []
        for start, end in _stretches(days, self.until):
            missing = self._on(line, start)
            if missing is not None:
                found.append(_Span(start, end, (missing,)))
        return _joined(found)

    def _line(self, owner: Owner) -> Iterator[Owner]:
        """Yield an owner, their deputy, the deputy's deputy …, nobody twice."""
        seen: set[str] = set()
        current: Owner | None = owner
        while current is not None and current.id not in seen:
            seen.add(current.id)
            yield current
            current = self.rules.owners.get(current.deputy or "")

    def _on(self, line: Sequence[Owner], day: date) -> Missing | None:
        """Return why neither of an owner and their deputies hears on a day; None: one does.

        As ticks tell: who is there is told, with an address or without; deputies without one are passed over; where all are
        away the fallback hears.
        """
        owner, *deputies = line
        if not _is_away(owner, day):
            return None if owner.id in self._reachable else Missing(owner=owner.id, lack=Lack.NO_ADDRESS)
        lacks = tuple((one.id, Lack.AWAY if _is_away(one, day) else Lack.NO_ADDRESS) for one in deputies)
        if any(not _is_away(one, day) and one.id in self._reachable for one in deputies):
            return None
        last = self._fallback
        hears = last is not None and last.id in self._reachable and not _is_away(last, day)
        resort = last.id if last is not None and hears else None
        return Missing(owner=owner.id, lack=Lack.AWAY, deputies=lacks, last_resort=resort)


@dataclass(eq=False)
class _Proof:
    """Looks at one rule set's owners over some days."""

    rules: RuleSet
    since: date
    until: date
    _of_places: dict[tuple[Ownership, ...], _Spans | None] = field(default_factory=dict)
    _of_names: dict[tuple[object, ...], _Spans | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._people = _People(self.rules, self.since, self.until)
        found = {id_: self._of_area(id_) for id_ in self.rules.areas.areas}
        #: Areas whose owners are missing at some time; None: it never has one.
        self._areas = {id_: spans for id_, spans in found.items() if spans != ()}
        self._all, self._places = frozenset(found), {id_: place for place, id_ in enumerate(found)}

    def gaps(self) -> tuple[OwnerGap, ...]:
        """Return the gaps, the earliest first."""
        series: dict[_Span, dict[str, dict[str, None]]] = {}
        for measure, names, areas, days in self._in_doubt():
            for span, several in self._spans(measure, names, areas, days).items():
                series.setdefault(span, {}).setdefault(measure, {}).update(dict.fromkeys(several))
        gaps = [
            OwnerGap(
                since=span.since,
                until=span.until,
                missing=span.missing,
                series=tuple((measure, tuple(areas)) for measure, areas in by_measure.items()),
            )
            for span, by_measure in series.items()
        ]
        return tuple(sorted(gaps, key=lambda gap: (gap.since, gap.until)))

    def _in_doubt(self) -> Iterable[_Asked]:
        """Return what is to be asked of series whose owners are missing at some time, each once."""
        found: dict[_Asked, None] = {}
        for rule in self.rules.rules:
            if rule.status is Status.ACTIVE:
                for measure in rule.measures:
                    for names, areas in self._told(rule, measure):
                        found[measure, names, areas, self._watched(rule)] = None
        return found

    def _told(self, rule: Rule, measure: str) -> Iterator[tuple[_Names, frozenset[str]]]:
        """Yield the names that a rule tells, with the areas that they serve, where they do not always lead to somebody."""
        if not rule.notify.by_area:
            if self._is_in_doubt(measure, rule.notify.names):
                yield rule.notify.names, self._possible(rule, measure)
            return
        areas: dict[_Names, list[str]] = {}
        for area in self._possible(rule, measure):
            areas.setdefault(names_for(rule, area, self.rules), []).append(area)
        for names, several in areas.items():
            if self._is_in_doubt(measure, names):
                yield names, frozenset(several)

    def _is_in_doubt(self, measure: str, names: _Names) -> bool:
        """Whether people whom some names lead to are missing at some time."""
        return (AREA_OWNER not in names or bool(self._areas)) and self._common(measure, names) != ()

    def _spans(
        self, measure: str, names: _Names, areas: frozenset[str], days: tuple[date, date]
    ) -> dict[_Span, list[str]]:
        """Return when none of the names leads to somebody who hears, with the areas of which that holds, in their order."""
        others, by_area = self._common(measure, names), AREA_OWNER in names
        found: dict[_Span, list[str]] = {}
        for area in sorted(areas & self._areas.keys() if by_area else areas, key=self._places.__getitem__):
            spans = _both(others, self._areas[area]) if by_area else others
            for span in _within(spans or (), *days):
                found.setdefault(span, []).append(area)
        return found

    def _watched(self, rule: Rule) -> tuple[date, date]:
        """Return the days on which a rule watches, as far as they are looked at."""
        until = self.until if rule.until is None else min(self.until, self._last_day(rule, rule.until))
        return max(self.since, rule.since or self.since), until

    def _last_day(self, rule: Rule, until: date) -> date:
        """Return the last day on which a period up to a rule's last day is the newest complete one of some measure."""
        calendar = self.rules.calendar
        kinds = {rule.every or self.rules.measures[id_].every for id_ in rule.measures}
        return max(calendar.containing(until + _DAY, kind).last_day for kind in kinds)

    def _possible(self, rule: Rule, measure: str) -> frozenset[str]:
        """Return the areas that a rule watches, or may where nothing says which report."""
        watched = self.rules.watched_areas(rule, measure)
        if watched is not None:
            return watched & self._all
        named = {self.rules.areas[area].kind for area, _ in rule.notify.by_area if area in self.rules.areas}
        areas = self.rules.areas.areas.items()
        return frozenset(id_ for id_, area in areas if area.kind in named) if named else self._all

    def _common(self, measure: str, names: _Names) -> _Spans | None:
        """Return when none of some names but the area's leads to somebody; None: they never lead to an owner."""
        declared = self.rules.measures[measure]
        key = (names, declared.owners, declared.topic, declared.source)
        if key not in self._of_names:
            spans: _Spans | None = None
            for name in names:
                if name != AREA_OWNER:
                    spans = _both(spans, self._of_name(measure, name))
            self._of_names[key] = spans
        return self._of_names[key]

    def _of_name(self, measure: str, name: str) -> _Spans | None:
        if name == MEASURE_OWNER:
            section = "measures" if self.rules.measures[measure].owners else "topics"
            thing = measure if section == "measures" else self.rules.measures[measure].topic
            return self._of_chain(tuple(owned_by_measure(measure, self.rules)), (section, thing))
        if name == SOURCE_OWNER:
            source = self.rules.sources.get(self.rules.measures[measure].source or "")
            name = (source.owner if source is not None else None) or ""
        return self._people.missing(name) if name in self.rules.owners else None

    def _of_area(self, area: str) -> _Spans | None:
        dated = next((above.id for above in self.rules.areas.line(area) if above.owners), area)
        return self._of_chain(tuple(owned_by_area(area, self.rules)), ("areas", dated))

    def _of_chain(self, places: tuple[Ownership, ...], unowned: tuple[str, str]) -> _Spans | None:
        """Return when nobody who answers hears; the first place that has an owner on a day counts. None: there never is one.

        Args:
            unowned: the section and id of what is to be given an owner, for a time without any.
        """
        if places not in self._of_places:
            self._of_places[places] = self._found(places, unowned)
        return self._of_places[places]

    def _found(self, places: tuple[Ownership, ...], unowned: tuple[str, str]) -> _Spans | None:
        if not any(places):
            return None
        days = {step.since for place in places for step in place if step.since is not None}
        starts = [self.since, *sorted(day for day in days if self.since < day <= self.until)]
        found: list[_Span] = []
        for start, end in _stretches(starts, self.until):
            ids = next((ids for place in places if (ids := self._known(owners_on(place, start)))), ())
            if ids:
                found += _within(self._all_missing(ids), start, end)
            else:
                found.append(_Span(start, end, (Missing(owner=None, lack=Lack.NOBODY, unowned=unowned),)))
        return _joined(found)

    def _all_missing(self, ids: Iterable[str]) -> _Spans:
        spans: _Spans | None = None
        for id_ in ids:
            spans = _both(spans, self._people.missing(id_))
        return spans or ()

    def _known(self, ids: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(id_ for id_ in ids if id_ in self.rules.owners)


def _is_away(owner: Owner, day: date) -> bool:
    return any(away.since <= day <= away.until for away in owner.away)


def _stretches(starts: Sequence[date], until: date) -> Iterator[tuple[date, date]]:
    """Yield first and last days of the stretches that begin on some days."""
    return zip(starts, [*(day - _DAY for day in starts[1:]), until], strict=True)


def _within(spans: _Spans, since: date, until: date) -> _Spans:
    """Return what of some spans lies between two days, both included."""
    cut = (replace(span, since=max(span.since, since), until=min(span.until, until)) for span in spans)
    return tuple(span for span in cut if span.since <= span.until)


def _both(one: _Spans | None, other: _Spans | None) -> _Spans | None:
    """Return the days that lie in both, with all who are missing then; None leaves the other as it is."""
    if one is None or other is None:
        return other if one is None else one
    found = []
    for a in one:
        for b in other:
            since, until = max(a.since, b.since), min(a.until, b.until)
            if since <= until:
                found.append(_Span(since, until, tuple(dict.fromkeys((*a.missing, *b.missing)))))
    return _joined(found)


def _joined(spans: Iterable[_Span]) -> _Spans:
    """Return spans in the order of days; neighbours with one reason are one."""
    found: list[_Span] = []
    for span in sorted(spans, key=lambda one: one.since):
        last = found[-1] if found else None
        if last is not None and last.missing == span.missing and last.until + _DAY == span.since:
            found[-1] = replace(last, until=span.until)
        else:
            found.append(span)
    return tuple(found)
