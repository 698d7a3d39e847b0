"""Rules that stand for all like them, so that trying made-up figures costs as little for ten thousand rules as for ten.

What the program may fail at depends on which conditions, methods, units, periods and parameters meet, not on what a rule is called
or whether its target is 34 or 35. So of rules alike in all but names and the exact size of numbers one is tried, on one measure of
each sort. The folder's own figures are judged by every rule in any case.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from math import floor, isfinite, log10

from alerting.domain.area import AreaSelector
from alerting.domain.condition import Condition
from alerting.domain.measure import Measure
from alerting.domain.rule import Rule, RuleSet, Status

#: Of a measure, what says which one it is and who answers for it, but not how it is judged or worded; and what is only put in.
_NAMES = {"id", "title", "topic", "source", "owner", "tags", "link", "where", "item_of", "family_title"}
_PUT_IN = ("sentence", "unit_name", "areas")
_SORTING = [field.name for field in fields(Measure) if field.name not in {*_NAMES, *_PUT_IN, "of"}]


def representatives(rules: RuleSet, areas: Sequence[str]) -> RuleSet:
    """Return the rule set with one rule on one measure of each sort, and measures of all sorts; rules that are off stand for none.

    Args:
        areas: what a rule watches instead of areas that it names one by one, where it does not matter which they are.
    """
    measures = {id_: _sort_of_measure(measure) for id_, measure in rules.measures.items()}
    placed = {id_ for id_, measure in rules.measures.items() if _has_areas(measure)}
    conditions: dict[Condition, tuple[Hashable, bool]] = {}
    anywhere = AreaSelector(ids=tuple(areas))
    met: dict[Hashable, set[Hashable]] = {}
    kept: list[Rule] = []
    for rule in rules.rules:
        if rule.status is Status.OFF:
            continue
        if rule.when not in conditions:
            conditions[rule.when] = (_sort(rule.when), _asks_which_areas(rule.when))
        sort, asks = conditions[rule.when]
        is_list = rule.areas is not None and rule.areas.ids is not None
        watched = anywhere if is_list and not asks and placed.isdisjoint(rule.measures) else rule.areas
        known = met.setdefault((sort, watched, rule.every, rule.since, rule.until, rule.severity), set())
        new = {measures[id_]: id_ for id_ in reversed(rule.measures) if measures[id_] not in known}
        if new:
            known.update(new)
            kept.append(replace(rule, areas=watched, measures=tuple(reversed(new.values()))))
    firsts = {measures[id_]: id_ for id_ in reversed(list(rules.measures))}  # also of those that no rule watches
    needed = {*firsts.values(), *(id_ for rule in kept for id_ in rule.measures)}
    return replace(rules, rules=tuple(kept), measures=_with_kin(needed, rules.measures))


def _with_kin(ids: set[str], measures: Mapping[str, Measure]) -> dict[str, Measure]:
    """Return measures with what they are made of, and totals with all that adds up to them."""
    families = {measure.item_of for id_, measure in measures.items() if id_ in ids and measure.is_total}
    wanted = {*ids, *(id_ for id_, measure in measures.items() if measure.item_of in families and measure.item_of)}
    more = list(wanted)
    while more:
        wanted.update(more)
        ratios = [measures[id_].of for id_ in more if id_ in measures]
        parts = {id_ for ratio in ratios if ratio is not None for id_ in (ratio.numerator, ratio.denominator)}
        more = list(parts - wanted)
    return {id_: measure for id_, measure in measures.items() if id_ in wanted}


def _asks_which_areas(condition: Condition) -> bool:
    """Whether a condition says something of certain areas, so that a rule cannot watch others instead."""
    parts = [part.condition for part in condition.plain_parts()]
    return any(part.among_areas or any(level.by_area for level in part.levels) for part in parts)


def _has_areas(measure: Measure) -> bool:
    """Whether a measure has certain areas alone, or a target for each."""
    return measure.areas is not None or (measure.target is not None and bool(measure.target.by_area))


def _sort_of_measure(measure: Measure) -> Hashable:
    ratio = None if measure.of is None else (measure.of.numerator_by, measure.of.denominator_by)
    given = tuple(getattr(measure, name) is not None for name in _PUT_IN)
    return ratio, given, *(_sort(getattr(measure, name)) for name in _SORTING)


def _sort(value: object) -> Hashable:
    """Return what all values that the program treats alike have in common: of numbers the sign and the size."""
    if isinstance(value, float):
        return (value > 0, floor(log10(abs(value)))) if value and isfinite(value) else value
    if isinstance(value, tuple):
        return tuple(_sort(one) for one in value)
    if is_dataclass(value):
        return (type(value), *(_sort(getattr(value, field.name)) for field in fields(value)))
    return value
