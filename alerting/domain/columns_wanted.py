"""Which columns of a source the rules refer to by name: targets, levels, plans."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from alerting.domain.measure import Level
from alerting.domain.rule import RuleSet


@dataclass(frozen=True, slots=True)
class Wanted:
    """A column that a measure or a rule names."""

    column: str
    source: str
    #: The section of the rule files and the id of what names it.
    section: str
    id: str


def columns_wanted(rules: RuleSet) -> list[Wanted]:
    """Return every column that is named, with the source that should have it; by measures, then by rules."""
    found: dict[Wanted, None] = {}
    for measure in rules.measures.values():
        for column in _named_in(measure.target) if measure.source else ():
            found[Wanted(column, str(measure.source), "measures", measure.item_of or measure.id)] = None
    for rule in rules.rules:
        named = set(_named_in(rule.when))
        for column in sorted(named):
            sources = (rules.measures[id_].source for id_ in rule.measures if id_ in rules.measures)
            found |= dict.fromkeys(Wanted(column, source, "rules", rule.id) for source in sources if source)
    return list(found)


def _named_in(value: Any) -> Iterator[str]:
    """Walk through a condition's parameters, whatever they are made of."""
    if isinstance(value, Level):
        if value.column is not None:
            yield value.column
        for _, level in value.by_area or ():
            yield from _named_in(level)
    elif isinstance(value, tuple):
        for part in value:
            yield from _named_in(part)
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            inner = getattr(value, field.name)
            if field.name == "against" and isinstance(inner, str):
                yield inner
            else:
                yield from _named_in(inner)
