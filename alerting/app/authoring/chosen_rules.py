"""Some rules of a folder alone, for whoever tries one."""

from collections.abc import Collection, Mapping
from dataclasses import replace

from alerting.domain.measure import Measure
from alerting.domain.rule import RuleSet
from alerting.errors import UsageError
from alerting.spelling import nearest


def with_rules(rules: RuleSet, ids: Collection[str]) -> RuleSet:
    """Return a set of rules with these rules alone and the measures that they are about; without ids the whole set.

    Raises:
        UsageError: there is no such rule.
    """
    known = [rule.id for rule in rules.rules]
    for id_ in ids:
        if id_ not in known:
            near = nearest(id_, known)
            raise UsageError(f'no rule "{id_}"' + (f'; did you mean "{near}"?' if near else ""))
    if not ids:
        return rules
    chosen = tuple(rule for rule in rules.rules if rule.id in ids)
    return replace(
        rules, rules=chosen, measures=with_families({id_ for rule in chosen for id_ in rule.measures}, rules.measures)
    )


def with_families(needed: set[str], measures: Mapping[str, Measure]) -> dict[str, Measure]:
    """Return some measures with what they are made of and the other items of their families, in the order declared."""
    found = set(needed)
    for id_ in needed:
        made_of = measures[id_].of
        found |= set() if made_of is None else {made_of.numerator, made_of.denominator}
    families = {measures[id_].item_of for id_ in found} - {None}
    return {id_: measure for id_, measure in measures.items() if id_ in found or measure.item_of in families}
