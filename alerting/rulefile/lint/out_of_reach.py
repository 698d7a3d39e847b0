"""Levels of rules that no value of their measure can reach: a target of 150 %, a plan below a minimum."""

from collections.abc import Iterator
from itertools import chain

from alerting.conditions.band import InBand
from alerting.conditions.composition import Composition, Not, leaves
from alerting.conditions.outside_range import OutsideRange
from alerting.conditions.target_missed import TargetMissed
from alerting.conditions.trajectory import Trajectory
from alerting.conditions.will_miss import WillMiss
from alerting.domain.condition import Condition
from alerting.domain.measure import Level, Measure
from alerting.domain.problem import ProblemSeverity
from alerting.domain.rule import Rule, RuleSet
from alerting.rulefile.lint import Remark


def check(rules: RuleSet) -> Iterator[Remark]:
    """Hold the numbers of each rule, and a measure's dated targets and those by area, against its minimum and maximum."""
    for measure in rules.measures.values():
        if measure.target is not None and measure.target.number is None:  # one number is the business of the bounds
            for number in _beyond(measure, _of_level(measure.target)):
                item = None if measure.item_of is None else measure.id.removeprefix(f"{measure.item_of}/")
                yield _remark("measures", measure.item_of or measure.id, ("target",), measure, number, item)
                break
    for rule in rules.rules:
        yield from _of_rule(rule, rules)


def _of_rule(rule: Rule, rules: RuleSet) -> Iterator[Remark]:
    composed = isinstance(rule.when, Composition | Not)
    conditions = leaves((rule.when,)) if composed else (rule.when,)
    for id_ in rule.measures:
        measure = rules.measures[id_]
        if rule.every not in (None, measure.every):
            continue  # the bounds are those of the measure's own period
        for number in _beyond(measure, chain.from_iterable(_numbers(condition) for condition in conditions)):
            yield _remark("rules", rule.id, ("when",), measure, number)
            return


def _numbers(condition: Condition) -> Iterator[float]:
    """Yield the levels that a condition holds values against."""
    if isinstance(condition, TargetMissed | WillMiss):
        for level in (condition.at_least, condition.at_most):
            yield from _of_level(level) if level is not None else ()
    if isinstance(condition, Trajectory | WillMiss):
        yield from (milestone.value for milestone in condition.milestones or ())
    if isinstance(condition, OutsideRange):
        yield from (edge for edge in (condition.low, condition.high) if edge is not None)
    if isinstance(condition, InBand):
        yield from (band.at_least for band in condition.bands if band.at_least is not None)


def _of_level(level: Level) -> Iterator[float]:
    if level.number is not None:
        yield level.number
    yield from (value for _, value in level.dated or ())
    for _, own in level.by_area or ():
        yield from _of_level(own)


def _beyond(measure: Measure, numbers: Iterator[float]) -> Iterator[float]:
    low, high = measure.minimum, measure.maximum
    return (n for n in numbers if (low is not None and n < low) or (high is not None and n > high))


def _remark(
    section: str, id_: str, keys: tuple[str, ...], measure: Measure, number: float, item: str | None = None
) -> Remark:
    low, high = ("…" if bound is None else f"{bound:g}" for bound in (measure.minimum, measure.maximum))
    return Remark(
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
