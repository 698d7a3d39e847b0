"""Which rules a change adds, takes away and changes, and how, in words; what a rule's measures change counts as its own."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from alerting.app.authoring.diff.changes import Change, condition_changes, field_changes
from alerting.app.authoring.diff.measure_changes import ChangedMeasure
from alerting.app.authoring.diff.written import NOTHING, written
from alerting.domain.notify.recipients import AREA_OWNER, CHILDREN, DEFAULT, MEASURE_OWNER, SOURCE_OWNER
from alerting.domain.rule import Notify, Rule, RuleSet, Status
from alerting.wording.plain import counted, listed

#: What rule files call fields, where they call them otherwise.
_NAMES = {"open_after": "`for`", "since": "`from`"}
#: Fields that are compared here, each in words of its own; and those that say nothing of what a rule does.
_OWN = ("measures", "areas", "notify", "when", "former_id")
_NO_MATTER = ("id", "place", "text", "digest")
_ROLES = {
    AREA_OWNER: "the area's owner", MEASURE_OWNER: "the measure's owner", SOURCE_OWNER: "the source's owner",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedRule:
    """A rule as it stands in HEAD, its name in BASE where that was another, and what is new of it."""

    rule: Rule
    was: str | None
    changes: tuple[Change, ...]

    @property
    def is_judged_otherwise(self) -> bool:
        """Whether more is new than what it says."""
        return any(not change.is_of_words for change in self.changes)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleChanges:
    """The rules that one set has and another has not, in the order declared, and those that differ."""

    added: tuple[Rule, ...]
    removed: tuple[Rule, ...]
    changed: tuple[ChangedRule, ...]

    @property
    def any(self) -> bool:
        """Whether there is any difference."""
        return bool(self.added or self.removed or self.changed)


def renamed(base: RuleSet, head: RuleSet) -> Mapping[str, str]:
    """Return the id that each of BASE's rules has in HEAD: its own, or that of the rule which says that it was this one."""
    ids = {rule.id for rule in head.rules}
    renames = head.renamed
    found = {rule.id: rule.id if rule.id in ids else renames.get(rule.id) for rule in base.rules}
    return {old: new for old, new in found.items() if new is not None}


def rule_changes(base: RuleSet, head: RuleSet, measures: tuple[ChangedMeasure, ...]) -> RuleChanges:
    """Compare the rules of two sets, each with what is new of its measures."""
    before, names = {rule.id: rule for rule in base.rules}, renamed(base, head)
    old_of = {new: before[old] for old, new in names.items()}
    changed = []
    for rule in head.rules:
        if (old := old_of.get(rule.id)) is not None:
            changes = (*_changes(old, rule, base, head), *_of_measures(rule, measures))
            if changes:
                was = old.id if old.id != rule.id else None
                changed.append(ChangedRule(rule=rule, was=was, changes=changes))
    return RuleChanges(
        added=tuple(rule for rule in head.rules if rule.id not in old_of),
        removed=tuple(rule for rule in base.rules if rule.id not in names),
        changed=tuple(changed),
    )


def _changes(old: Rule, new: Rule, base: RuleSet, head: RuleSet) -> Iterator[Change]:
    """Yield what is new of a rule itself, what it judges first."""
    if old.id != new.id:
        yield Change(
            key="id", what="id", before=old.id, after=new.id, said=f"renamed, was {old.id}; its alerts carry over"
        )
    yield from condition_changes(old.when, new.when)
    yield from _measures(old, new)
    yield from _areas(old, new, base, head)
    yield from _told(old.notify, new.notify, base, head)
    write = {"review_after": _span}
    is_told = Status.SHADOW in {old.status, new.status}  # its author hears of a rule in shadow
    for change in field_changes(old, new, names=_NAMES, skip=(*_OWN, *_NO_MATTER), write=write):
        yield replace(change, matters=is_told) if change.key == "author" else change


def _measures(old: Rule, new: Rule) -> Iterator[Change]:
    gained = [measure for measure in new.measures if measure not in old.measures]
    lost = [measure for measure in old.measures if measure not in new.measures]
    said = [
        *([f"now also watches {_few(gained)}"] if gained else []),
        *([f"no longer watches {_few(lost)}"] if lost else []),
    ]
    for words in said:
        yield Change(
            key="measures", what="measures", before=written(old.measures), after=written(new.measures), said=words
        )


def _few(ids: list[str]) -> str:
    shown = ids[:3]
    return (
        listed(shown)
        if len(ids) == len(shown)
        else f"{', '.join(shown)} and {counted(len(ids) - len(shown), 'more measure')}"
    )


def _areas(old: Rule, new: Rule, base: RuleSet, head: RuleSet) -> Iterator[Change]:
    """Compare the areas that are meant, not how they are written: a kind has more where an area of it is new."""
    selected = [
        None if rule.areas is None else rules.areas.selected(rule.areas) for rule, rules in ((old, base), (new, head))
    ]
    if selected[0] == selected[1]:
        return
    before, after = ("all of the measure" if rule.areas is None else written(rule.areas) for rule in (old, new))
    if before != after:
        yield Change(key="areas", what="`areas`", before=before, after=after)
        return
    first, second = (chosen or frozenset() for chosen in selected)
    gained, lost = written(second - first), written(first - second)
    words = [
        *([f"now also in {gained}"] if gained != NOTHING else []),
        *([f"no longer in {lost}"] if lost != NOTHING else []),
    ]
    yield Change(key="areas", what="areas", before=written(first), after=written(second), said=", ".join(words))


def _told(old: Notify, new: Notify, base: RuleSet, head: RuleSet) -> Iterator[Change]:
    if _whoever(old) == _whoever(new):
        return
    before, after = told_words(old, base), told_words(new, head)
    yield Change(key="notify", what="notify", before=before, after=after, said=f"now told to {after}, was {before}")


def _whoever(notify: Notify) -> tuple[frozenset[str], frozenset[tuple[str, frozenset[str]]]]:
    """Return who is told, in no order."""
    return frozenset(notify.names), frozenset((area, frozenset(names)) for area, names in notify.by_area)


def told_words(notify: Notify, rules: RuleSet) -> str:
    """Say whom a rule tells, by role and by name."""
    if not notify.by_area:
        return _people(notify.names, rules)
    return "; ".join(f"{_where(area, rules)}: {_people(names, rules)}" for area, names in notify.by_area)


def _where(area: str, rules: RuleSet) -> str:
    if area in rules.areas:
        return rules.areas[area].title
    return {CHILDREN: "areas that have a parent", DEFAULT: "all other areas"}.get(area, area)


def _people(names: tuple[str, ...], rules: RuleSet) -> str:
    own = (_ROLES.get(name) or (rules.owners[name].name if name in rules.owners else name) for name in names)
    return listed(list(own)) or "nobody"


def _span(value: tuple[int, str] | None) -> str:
    return NOTHING if value is None else counted(value[0], value[1])


def _of_measures(rule: Rule, measures: tuple[ChangedMeasure, ...]) -> Iterator[Change]:
    """Yield what is new of the measures that a rule watches, as far as it touches the rule."""
    for changed in measures:
        for change in changed.touching(rule.id):
            of = "" if len(rule.measures) == 1 else f" of {changed.measure.id}"
            yield replace(change, what=f"{change.what}{of}")
