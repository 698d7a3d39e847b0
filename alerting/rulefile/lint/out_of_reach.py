"""Levels of rules that no value of their measure can reach: a target of 150 %, a plan below a minimum."""

from collections.abc import Iterator
from itertools import chain
from typing import Final

from alerting.domain.measure import Measure
from alerting.domain.problem import ProblemSeverity
from alerting.domain.rule import Rule, RuleSet
from alerting.rulefile.lint import RuleProblem

CODES: Final = {"out-of-reach": "a level that no value of the measure can reach"}


def check(rules: RuleSet) -> Iterator[RuleProblem]:
    """Hold the numbers of each rule, and a measure's dated targets and those by area, against its minimum and maximum."""
    for measure in rules.measures.values():
        if measure.target is not None and measure.target.number is None:  # one number is the business of the bounds
            for number in _beyond(measure, measure.target.numbers()):
                item = measure.item
                yield _remark("measures", measure.item_of or measure.id, ("target",), measure, number, item)
                break
    for rule in rules.rules:
        yield from _of_rule(rule, rules)


def _of_rule(rule: Rule, rules: RuleSet) -> Iterator[RuleProblem]:
    conditions = [part.condition for part in rule.when.plain_parts()]
    for id_ in rule.measures:
        measure = rules.measures[id_]
        if rule.every not in (None, measure.every):
            continue  # the bounds are those of the measure's own period
        for number in _beyond(measure, chain.from_iterable(condition.numbers_given() for condition in conditions)):
            yield _remark("rules", rule.id, ("when",), measure, number)
            return


def _beyond(measure: Measure, numbers: Iterator[float]) -> Iterator[float]:
    low, high = measure.minimum, measure.maximum
    return (n for n in numbers if (low is not None and n < low) or (high is not None and n > high))


def _remark(
    section: str, id_: str, keys: tuple[str, ...], measure: Measure, number: float, item: str | None = None
) -> RuleProblem:
    low, high = ("…" if bound is None else f"{bound:g}" for bound in (measure.minimum, measure.maximum))
    return RuleProblem(
        section=section,
        id=id_,
        item=item,
        keys=keys,
        code="out-of-reach",
        message=f'{number:g} is out of reach of "{measure.id}": its values go from {low} to {high}',
        fix="mend the number, or declare minimum: and maximum: on the measure",
        severity=ProblemSeverity.WARNING,
        rests_on=frozenset({("measures", measure.item_of or measure.id)}),
    )
