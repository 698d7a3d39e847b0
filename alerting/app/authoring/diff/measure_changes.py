"""What is new of measures, and which rules each change touches."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from alerting.app.authoring.diff.changes import Change, field_changes
from alerting.domain.measure import Measure
from alerting.domain.notify.recipients import MEASURE_OWNER
from alerting.domain.rule import Rule, RuleSet, Status

#: Fields that come of others, or say where something stands.
_NO_MATTER = ("id", "where", "item_of")
#: What rule files call fields, where they call them otherwise.
_NAMES = {
    "settles_after_days": "`settles_after`", "owners": "`owner`", "is_total": "`total`", "family_title": "its family's title",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedMeasure:
    """A measure as it stands in HEAD, what is new of it, and by each change the rules that it touches."""

    measure: Measure
    #: Each with the ids of rules in HEAD.
    changes: tuple[tuple[Change, frozenset[str]], ...]

    @property
    def is_told_otherwise(self) -> bool:
        """Whether more is new than words and what touches rules."""
        return any(not rules and not change.is_of_words for change, rules in self.changes)

    def touching(self, rule: str) -> Iterator[Change]:
        """Yield what is new as far as it touches a rule."""
        return (change for change, rules in self.changes if rule in rules)


def measure_changes(base: RuleSet, head: RuleSet) -> tuple[ChangedMeasure, ...]:
    """Compare the measures that both sets have, as far as an active rule watches them or anything else is new of them."""
    watching: dict[str, list[Rule]] = {}
    for rule in head.rules:
        for measure in rule.measures if rule.status is not Status.OFF else ():
            watching.setdefault(measure, []).append(rule)
    found = []
    for id_, new in head.measures.items():
        old = base.measures.get(id_)
        if old is not None and old != new and (changes := tuple(_changes(old, new, watching.get(id_, [])))):
            found.append(ChangedMeasure(measure=new, changes=changes))
    return tuple(found)


def _changes(old: Measure, new: Measure, rules: list[Rule]) -> Iterator[tuple[Change, frozenset[str]]]:
    names: Mapping[str, str] = {**_NAMES, "target": new.called}
    for change in field_changes(old, new, names=names, skip=_NO_MATTER):
        touched = (rule.id for rule in rules if not change.is_of_words and _touches(change.key, rule, old, new))
        yield change, frozenset(touched)


def _touches(field: str, rule: Rule, old: Measure, new: Measure) -> bool:
    """Say whether what is new of a measure matters to a rule: its owner to rules that tell it, its target to those that use it."""
    if field == "owners":
        return MEASURE_OWNER in {*rule.notify.names, *(name for _, names in rule.notify.by_area for name in names)}
    return field != "target" or rule.when.bind(new) != rule.when.bind(old)
