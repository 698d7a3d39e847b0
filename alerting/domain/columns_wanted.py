"""Which columns of a source the rules refer to by name: targets, levels, plans."""

from dataclasses import dataclass, fields, is_dataclass
from functools import cache
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


def _named_in(value: Any) -> list[str]:
    """Return the columns that a condition's parameters name, whatever they are made of."""
    found: list[str] = []
    _gather(value, found)
    return found


def _gather(value: Any, found: list[str]) -> None:
    if isinstance(value, Level):
        if value.column is not None:
            found.append(value.column)
        for _, level in value.by_area or ():
            _gather(level, found)
    elif isinstance(value, tuple):
        for part in value:
            _gather(part, found)
    else:
        for name in _parameters(value.__class__):
            inner = getattr(value, name)
            if name == "against" and isinstance(inner, str):
                found.append(inner)
            else:
                _gather(inner, found)


@cache  # asked of each of ten thousand rules; there are some fifty kinds of values
def _parameters(kind: type) -> tuple[str, ...]:
    """Return the names of a class's parameters; none where it is a plain value's."""
    return tuple(field.name for field in fields(kind)) if is_dataclass(kind) else ()
