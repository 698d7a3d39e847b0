"""What keys of a rule beside its condition could be instead: its days, areas and measures, how often it tells."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from alerting.app.authoring.variants import Variant
from alerting.domain.area import AreaSelector
from alerting.domain.period import Calendar, PeriodKind
from alerting.domain.rule import Remind, Rule, RuleSet, Status

_DAY = timedelta(days=1)
#: How often an alert is told again, as far as ticks of a kind of period tell one from the other.
_REMINDED = {
    PeriodKind.DAY: (Remind.DAILY, Remind.WEEKLY, Remind.MONTHLY),
    PeriodKind.WEEK: (Remind.WEEKLY, Remind.MONTHLY),
}
#: Measures that are listed one by one are left out one by one; more are mostly chosen together, by a tag or topic.
_LISTED = 6
#: Those that tell of what is judged; a rule that is off is not tried.
_TOLD_AS = {Status.ACTIVE: Status.SHADOW, Status.SHADOW: Status.ACTIVE}


def key_variants(rule: Rule, rules: RuleSet) -> Iterator[Variant]:
    """Yield a rule with one of its keys changed, where that can make a difference."""
    yield from _of_days(rule, rules)
    yield from _of_areas(rule)
    yield from _of_measures(rule, rules)
    if rule.inhibit is not None and _has_inhibitors(rule, rules):
        yield Variant(made=replace(rule, inhibit=None), below=("inhibit",), was=rule.inhibit, now="nothing")
    kind = _finest(rule, rules)
    for other in _other_reminders(rule.remind, kind):
        yield Variant(made=replace(rule, remind=other), below=("remind",), was=rule.remind.value, now=other.value)
    if rule.review_after is not None and rule.remind is not Remind.NEVER:
        count, unit = rule.review_after
        # Within a period there is no tick that would tell.
        for n in (count + 1, count - 1)[: 2 if count > 1 else 1] if PeriodKind(unit).rank >= kind.rank else ():
            was, now = _counted(count, unit), _counted(n, unit)
            yield Variant(made=replace(rule, review_after=(n, unit)), below=("review_after",), was=was, now=now)
    if rule.status in _TOLD_AS and (rule.status is Status.SHADOW or rule.author is not None):
        told_as = _TOLD_AS[rule.status]
        yield Variant(made=replace(rule, status=told_as), below=("status",), was=rule.status.value, now=told_as.value)


def _has_inhibitors(rule: Rule, rules: RuleSet) -> bool:
    """Whether it watches an area together with one above it: of two such alerts one may hold back the other."""
    areas = rules.areas
    for id_ in rule.measures:
        watched = rules.watched_areas(rule, id_)
        own = areas.areas.keys() if watched is None else watched
        if any(above.id in own for area in own for above in list(areas.line(area))[1:]):
            return True
    return False


def _finest(rule: Rule, rules: RuleSet) -> PeriodKind:
    return min((rule.every or rules.measures[id_].every for id_ in rule.measures), key=lambda one: one.rank)


def _other_reminders(remind: Remind, kind: PeriodKind) -> Iterator[Remind]:
    """Yield never, and what is next in how often it is that one tick a period can tell from it."""
    if remind is Remind.NEVER:
        return
    yield Remind.NEVER
    apart = _REMINDED.get(kind, (remind,))
    place = apart.index(remind) if remind in apart else 0
    yield from (*apart[max(place - 1, 0) : place], *apart[place + 1 : place + 2])


def _counted(count: int, unit: str) -> str:
    return f"{count} {unit}{'s' * (count != 1)}"


def _of_days(rule: Rule, rules: RuleSet) -> Iterator[Variant]:
    """Yield it from or until another day: of one period more or less, since days between two ends change nothing."""
    kind = _finest(rule, rules)
    if rule.since is not None:
        for other in _moved(rule.since, is_start=True, calendar=rules.calendar, kind=kind):
            yield _dated(replace(rule, since=other), "from", rule.since, other)
    if rule.until is not None:
        for other in _moved(rule.until, is_start=False, calendar=rules.calendar, kind=kind):
            yield _dated(replace(rule, until=other), "until", rule.until, other)


def _dated(made: Rule, key: str, was: date, now: date) -> Variant:
    return Variant(made=made, below=(key,), was=was.isoformat(), now=now.isoformat())


def _moved(day: date, *, is_start: bool, calendar: Calendar, kind: PeriodKind) -> tuple[date, date]:
    """Return the days nearest to a day with one period more and with one less, of those whose last day lies within."""
    own = calendar.containing(day, kind)
    if is_start:  # the first that holds is the one that contains it
        return own.previous.last_day, own.last_day + _DAY
    last = own if own.last_day == day else own.previous
    return (last + 1).last_day, last.last_day - _DAY


def _of_areas(rule: Rule) -> Iterator[Variant]:
    """Yield it for areas less one of those named; for the other depth; for all."""
    chosen = rule.areas
    if chosen is None:
        return
    for ids in _less_one(chosen.ids or ()):
        yield _elsewhere(rule, AreaSelector(ids=ids))
    if chosen.leaves_of is not None:
        yield _elsewhere(rule, AreaSelector(children_of=chosen.leaves_of))
    if chosen.children_of is not None:
        yield _elsewhere(rule, AreaSelector(leaves_of=chosen.children_of))
    yield _elsewhere(rule, None)


def _elsewhere(rule: Rule, areas: AreaSelector | None) -> Variant:
    return Variant(made=replace(rule, areas=areas), below=("areas",), was=_selected(rule.areas), now=_selected(areas))


def _selected(areas: AreaSelector | None) -> str:
    if areas is None:
        return "all"
    if areas.ids is not None:
        return f"[{', '.join(areas.ids)}]"
    keys = ("children_of", "below", "leaves_of", "kind")
    return next(f"{key}: {value}" for key in keys if (value := getattr(areas, key)) is not None)


def _of_measures(rule: Rule, rules: RuleSet) -> Iterator[Variant]:
    """Yield it for measures less one of those listed; what is chosen together is not listed: all items, or many."""
    items_of = {rules.measures[id_].item_of for id_ in rule.measures}
    if len(rule.measures) > _LISTED or (len(items_of) == 1 and items_of != {None}):
        return
    for measures in _less_one(rule.measures):
        was, now = (f"[{', '.join(ids)}]" for ids in (rule.measures, measures))
        yield Variant(made=replace(rule, measures=measures), below=("measures",), was=was, now=now)


def _less_one(ids: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield several without each of them in turn."""
    for left_out in ids if len(ids) > 1 else ():
        yield tuple(one for one in ids if one != left_out)
