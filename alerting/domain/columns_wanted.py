"""Which columns of a source the rules refer to by name: targets, levels, plans."""

from collections.abc import Iterator
from dataclasses import dataclass

from alerting.domain.condition import Condition
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
        for column in measure.target.columns() if measure.source and measure.target else ():
            found[Wanted(column, str(measure.source), "measures", measure.item_of or measure.id)] = None
    for rule in rules.rules:
        named = set(_named_in(rule.when))
        for column in sorted(named):
            sources = (rules.measures[id_].source for id_ in rule.measures if id_ in rules.measures)
            found |= dict.fromkeys(Wanted(column, source, "rules", rule.id) for source in sources if source)
    return list(found)


def _named_in(condition: Condition) -> Iterator[str]:
    """Yield the columns that a condition names."""
    for part in condition.plain_parts():
        yield from part.condition.columns
        for level in part.condition.levels:
            yield from level.columns()
