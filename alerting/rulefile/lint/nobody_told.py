"""Series whose exceptions would be told to nobody."""

from collections.abc import Hashable, Iterator
from dataclasses import replace
from typing import Final

from alerting.domain.measure import Measure
from alerting.domain.notify.recipients import recipients
from alerting.domain.problem import ProblemSeverity
from alerting.domain.rule import Rule, RuleSet, Status
from alerting.rulefile.lint import RuleProblem

CODES: Final = {"nobody-told": "an exception of this series would be told to nobody"}

#: So many areas are named for one mistake.
MOST_NAMED = 3


def check(rules: RuleSet) -> Iterator[RuleProblem]:
    """Ask for every series who is told. Where nothing says which areas report, every area may: then it is a warning.

    Areas that most likely never report, a second tree of them for one, are named once, at the first of the rules concerned.
    """
    known: dict[Hashable, tuple[str, ...]] = {}
    doubtful: dict[tuple[str, ...], list[RuleProblem]] = {}
    for rule in rules.rules:
        if rule.status is Status.OFF:
            continue
        if rule.status is Status.SHADOW:
            yield from _shadow(rule)
            continue
        for id_ in rule.measures:
            measure = rules.measures[id_]
            watched = rules.watched_areas(rule, id_)
            key = (rule.notify, watched, measure.owners, measure.topic, measure.source)
            if key not in known:
                known[key] = _untold(rule, id_, watched, rules)
            if known[key]:
                remark = _remark(rule, measure, known[key], rules, certain=watched is not None)
                if remark.severity is ProblemSeverity.ERROR:
                    yield remark
                else:
                    doubtful.setdefault(known[key], []).append(remark)
                break  # the other measures of the rule most likely lack the same owner
    for first, *others in doubtful.values():
        yield first if not others else replace(first, message=f"{first.message}; so it is with {_rules(len(others))}")


def _rules(count: int) -> str:
    return "1 more rule" if count == 1 else f"{count} more rules"


def _untold(rule: Rule, measure: str, watched: frozenset[str] | None, rules: RuleSet) -> tuple[str, ...]:
    chosen = _possible(rule, rules) if watched is None else watched
    return tuple(
        area for area in rules.areas.areas if area in chosen and not recipients(rule, measure, area, rules, None)
    )


def _possible(rule: Rule, rules: RuleSet) -> frozenset[str]:
    """Return the areas that may report where nothing says which: all, or those of the kinds that `notify` names."""
    named = {rules.areas[area].kind for area, _ in rule.notify.by_area if area in rules.areas}
    return frozenset(id_ for id_, area in rules.areas.areas.items() if not named or area.kind in named)


def _shadow(rule: Rule) -> Iterator[RuleProblem]:
    if rule.author is None:
        yield RuleProblem(
            section="rules",
            id=rule.id,
            keys=("status", "author"),
            code="nobody-told",
            message="a rule in shadow is told to its author only, and it has none",
            fix="write `author:` with the id of an owner",
        )


def _remark(rule: Rule, measure: Measure, areas: tuple[str, ...], rules: RuleSet, *, certain: bool) -> RuleProblem:
    more = len(areas) - MOST_NAMED
    named = ", ".join(areas[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
    certain = certain or len(areas) == len(_possible(rule, rules))
    condition = "" if certain else "should figures come for it, "
    fix = "give the area, one above it or the measure an owner, or name somebody under notify"
    return RuleProblem(
        section="rules",
        id=rule.id,
        keys=("notify", "measures", "areas", "status"),
        code="nobody-told",
        message=f'{condition}nobody would be told of "{measure.id}" in {named}: {_why(rule)}',
        fix=fix if certain else f"{fix}; or say under the measure's areas which ones report",
        severity=ProblemSeverity.ERROR if certain else ProblemSeverity.WARNING,
        rests_on=_rests_on(measure, areas, rules),
    )


def _why(rule: Rule) -> str:
    if rule.notify.by_area:
        return "no key under notify leads to an owner there"
    return f"{', '.join(rule.notify.names)} lead{'s' * (len(rule.notify.names) == 1)} to no owner"


def _rests_on(measure: Measure, areas: tuple[str, ...], rules: RuleSet) -> frozenset[tuple[str, str]]:
    """Return what the answer depends on: the areas and those above them, the measure, its topic and its source."""
    found = {("measures", measure.item_of or measure.id), ("topics", measure.topic), ("sources", measure.source or "")}
    for area in areas:
        for above in rules.areas.line(area):
            found |= {("areas", above.id), ("areas", above.parent or "")}
    return frozenset(found)
