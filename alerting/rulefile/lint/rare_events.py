"""Limits of rare events that see one way only."""

from collections.abc import Iterator
from typing import Final

from alerting.domain.problem import ProblemSeverity
from alerting.domain.rule import RuleSet
from alerting.rulefile.lint import RuleProblem

CODES: Final = {"one-sided-limits": "limits of which one side can hardly ever be crossed"}


def check(rules: RuleSet) -> Iterator[RuleProblem]:
    """Say of rules on limits that are blind on one side what they do not find; the centre of such limits sees both ways."""
    for rule in rules.rules:
        tested = (part.condition for part in rule.when.plain_parts() if not part.condition.by_centre)
        blind = (condition.method.one_sided for condition in tested if condition.method is not None)
        found = next((one for one in blind if one is not None), None)
        if found is not None:
            yield RuleProblem(
                section="rules",
                id=rule.id,
                keys=("when",),
                code="one-sided-limits",
                message=found.message,
                fix=found.fix,
                severity=ProblemSeverity.NOTE,
            )
