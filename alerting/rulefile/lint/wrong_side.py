"""Conditions that look at the good side of a measure: the exception would be what is wanted."""

from collections.abc import Iterator
from typing import Final

from alerting.domain.measure import Measure, Polarity
from alerting.domain.problem import ProblemSeverity
from alerting.domain.rule import Rule, RuleSet
from alerting.domain.severity import SeverityBySide
from alerting.rulefile.lint import RuleProblem

CODES: Final = {"wrong-side": "a condition finds what is good of its measure: the wrong side of a target, plan or band"}


def check(rules: RuleSet) -> Iterator[RuleProblem]:
    """Hold each condition's bad side against the measure's `better`; once a rule."""
    for rule in rules.rules:
        for id_ in rule.measures:
            measure = rules.measures[id_]
            found = next(iter(_wrong(rule, measure)), None)
            if found is not None:
                yield _remark(rule, measure, *found)
                break


def _wrong(rule: Rule, measure: Measure) -> Iterator[tuple[str, str]]:
    """Yield what is wrong of a rule on a measure, with what to do about it."""
    if measure.better is Polarity.NEITHER:
        if isinstance(rule.severity, SeverityBySide):
            yield (
                "neither side of it is worse, so severity: {worse, better} cannot tell them apart",
                "write one severity",
            )
        return
    low_is_bad = measure.better is Polarity.HIGHER
    straight = (
        part.condition.bad_side for part in rule.when.plain_parts() if not part.nots
    )  # `not` turns round on purpose
    yield from ((side.message, side.fix) for side in straight if side is not None and side.low != low_is_bad)


def _remark(rule: Rule, measure: Measure, what: str, fix: str) -> RuleProblem:
    better = f"{measure.better.value} is better of" if measure.better is not Polarity.NEITHER else "better: neither of"
    return RuleProblem(
        section="rules",
        id=rule.id,
        keys=("severity", "when") if measure.better is Polarity.NEITHER else ("when",),
        code="wrong-side",
        message=f'{better} "{measure.id}", and {what}',
        fix=fix,
        severity=ProblemSeverity.WARNING,
        rests_on=frozenset({("measures", measure.item_of or measure.id)}),
    )
