"""Totals that nothing can add up to."""

from collections.abc import Iterator

from alerting.domain.measure import families_with_total, why_no_sum
from alerting.domain.problem import ProblemSeverity
from alerting.domain.rule import RuleSet
from alerting.rulefile.lint import RuleProblem


def check(rules: RuleSet) -> Iterator[RuleProblem]:
    """Find families with a total whose figures are not checked against it, since such figures do not add up."""
    measures = list(rules.measures.values())
    for family in families_with_total(measures):
        why = why_no_sum(measures[n] for n in (family.total, *family.parts))
        if why is not None:
            yield RuleProblem(
                section="measures",
                id=measures[family.total].item_of or "",
                keys=("total", "items", "unit", "every", "scale", "currency", "covers"),
                code="not-acted-on",
                message=f'"total" is not acted on: {why}',
                severity=ProblemSeverity.NOTE,
            )
