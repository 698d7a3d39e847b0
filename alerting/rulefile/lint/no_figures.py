"""Measures without figures."""

from collections.abc import Iterator

from alerting.domain.problem import ProblemSeverity
from alerting.domain.rule import RuleSet
from alerting.rulefile.lint import RuleProblem


def check(rules: RuleSet) -> Iterator[RuleProblem]:
    """Find measures that name neither a source nor two measures to be made of; a family's items once."""
    seen: set[str] = set()
    for measure in rules.measures.values():
        id_ = measure.item_of or measure.id
        if measure.source is None and measure.of is None and id_ not in seen:
            seen.add(id_)
            yield RuleProblem(
                section="measures",
                id=id_,
                keys=("source", "of"),
                code="no-figures",
                message="nothing says where its figures come from",
                fix="give it a `source:`, or `of:` with two other measures",
                severity=ProblemSeverity.WARNING,
            )
