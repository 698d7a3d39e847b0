"""Who answers for what before and after a change: owners gained and lost, and series nobody is told of any more."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from alerting.app.authoring.diff.changes import Change, field_changes
from alerting.app.authoring.diff.written import NOTHING, written
from alerting.domain.notify.addresses import reachable
from alerting.domain.notify.recipients import recipients
from alerting.domain.rule import Owner, RuleSet, Status
from alerting.wording.plain import counted

#: (measure, area).
Series = tuple[str, str]
#: The areas that report a measure.
Reporting = Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedOwner:
    """An owner in whom something is new, or who is told of other series than before."""

    owner: Owner
    #: Whether BASE has no such owner, or HEAD has none.
    is_new: bool = False
    is_gone: bool = False
    changes: tuple[Change, ...] = ()
    gained: tuple[Series, ...] = ()
    lost: tuple[Series, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncovered:
    """A series of whose exceptions somebody was told and nobody is any more; why, in words."""

    series: Series
    told_before: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerChanges:
    """What is new of owners."""

    changed: tuple[ChangedOwner, ...]
    uncovered: tuple[Uncovered, ...]


def owner_changes(
    base: RuleSet, head: RuleSet, day: date, reporting: tuple[Reporting, Reporting] | None = None
) -> OwnerChanges:
    """Compare owners, and of which series each is told on a day by rules in force.

    Args:
        reporting: by side, the areas of which there are figures; None: any area may report.
    """
    before, after = (
        told_of(rules, day, None if reporting is None else reporting[side]) for side, rules in enumerate((base, head))
    )
    return OwnerChanges(
        changed=tuple(_changed(base, head, before, after)), uncovered=tuple(_uncovered(base, head, before, after))
    )


def told_of(rules: RuleSet, day: date, reporting: Reporting | None) -> dict[Series, frozenset[str]]:
    """Return the owners who would be told of an exception of each series that active rules watch, as far as they can be reached."""
    within, found = reachable(rules), dict[Series, frozenset[str]]()
    known: dict[object, dict[str, frozenset[str]]] = {}
    everywhere = frozenset(rules.areas.areas)
    for rule in rules.rules:
        for id_ in rule.measures if rule.status is Status.ACTIVE else ():
            measure = rules.measures[id_]
            watched = rules.watched_areas(rule, id_)
            areas = everywhere if watched is None else watched
            own = known.setdefault((rule.notify, measure.owners, measure.topic, measure.source), {})
            for area in areas if reporting is None else areas & reporting.get(id_, frozenset()):
                if (owners := own.get(area)) is None:
                    owners = own[area] = frozenset(recipients(rule, id_, area, rules, day)) & within
                series = (id_, area)
                found[series] = found[series] | owners if series in found else owners
    return found


def _changed(
    base: RuleSet, head: RuleSet, before: Mapping[Series, frozenset[str]], after: Mapping[Series, frozenset[str]]
) -> Iterator[ChangedOwner]:
    gained, lost = _moved(before, after, head), _moved(after, before, base)
    for id_ in (*head.owners, *(id_ for id_ in base.owners if id_ not in head.owners)):
        old, new = base.owners.get(id_), head.owners.get(id_)
        changes = tuple(_keys(old, new)) if old is not None and new is not None and old != new else ()
        mine = tuple(gained.get(id_, ())), tuple(lost.get(id_, ()))
        owner = new or old
        assert owner is not None
        if changes or any(mine) or old is None or new is None:
            yield ChangedOwner(
                owner=owner, is_new=old is None, is_gone=new is None, changes=changes, gained=mine[0], lost=mine[1]
            )


def _keys(old: Owner, new: Owner) -> Iterator[Change]:
    return field_changes(
        old, new, skip=("id",), write={"mail_budget": _budget, "false_alarms": _most}, unordered=("channels", "away")
    )


def _budget(value: tuple[int, str] | None) -> str:
    return NOTHING if value is None else f"{value[0]} per {written(value[1])}"


def _most(value: tuple[float, str] | None) -> str:
    return NOTHING if value is None else f"at most {value[0]:g} per {value[1]}"


def _moved(
    before: Mapping[Series, frozenset[str]], after: Mapping[Series, frozenset[str]], rules: RuleSet
) -> dict[str, list[Series]]:
    """Return, by owner, the series that they are told of after and were not before, as declared in the rules of after."""
    found, in_order = dict[str, list[Series]](), _as_declared(rules)
    moved = [(series, owners) for series, owners in after.items() if owners != before.get(series)]
    for series, owners in sorted(moved, key=lambda pair: in_order(pair[0])):
        for owner in owners - before.get(series, frozenset()):
            found.setdefault(owner, []).append(series)
    return found


def _as_declared(rules: RuleSet) -> Callable[[Series], tuple[int, int]]:
    measures = {id_: n for n, id_ in enumerate(rules.measures)}
    areas = {id_: n for n, id_ in enumerate(rules.areas.areas)}
    return lambda series: (measures[series[0]], areas[series[1]])


def _uncovered(
    base: RuleSet, head: RuleSet, before: Mapping[Series, frozenset[str]], after: Mapping[Series, frozenset[str]]
) -> Iterator[Uncovered]:
    bare = [series for series, owners in before.items() if owners and not after.get(series)]
    for series in sorted(bare, key=_as_declared(base)):
        told = tuple(sorted(before[series]))
        yield Uncovered(series=series, told_before=told, why=_why(series, head, after))


def _why(series: Series, head: RuleSet, after: Mapping[Series, frozenset[str]]) -> str:
    measure, area = series
    if measure not in head.measures:
        return "there is no such measure any more"
    if area not in head.areas:
        return "there is no such area any more"
    if series in after:
        return "those who would be told have no address"
    watching = [rule for rule in head.rules if measure in rule.measures]
    silent = [rule for rule in watching if rule.status is not Status.ACTIVE]
    if watching and len(silent) == len(watching):
        return f"{counted(len(silent), 'rule')} on it {'is' if len(silent) == 1 else 'are'} not active"
    return "no rule watches it there" if watching else "no rule watches it"
