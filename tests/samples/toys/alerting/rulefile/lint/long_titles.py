"""Titles that no subject line has room for."""

from collections.abc import Iterator

from alerting.domain.problem import ProblemSeverity
from alerting.domain.rule import RuleSet
from alerting.rulefile.lint import RuleProblem

CODES = {"long-title": "a rule's title that is longer than a line"}
MOST_CHARACTERS = 100


def check(rules: RuleSet) -> Iterator[RuleProblem]:
    """Find rules with long titles."""
    for rule in rules.rules:
        if len(rule.title) > MOST_CHARACTERS:
            yield RuleProblem(
                section="rules", id=rule.id, keys=("title",), code="long-title", severity=ProblemSeverity.NOTE,
                message=f"the title has {len(rule.title)} characters", fix="say it in fewer words",
            )  # fmt: skip
