"""Limits of rare events that see one way only."""

from collections.abc import Iterator

from alerting.conditions.composition import leaves
from alerting.conditions.run import Run
from alerting.domain.problem import ProblemSeverity
from alerting.domain.rule import RuleSet
from alerting.limits.rare_events import GChart
from alerting.rulefile.lint import Remark


def check(rules: RuleSet) -> Iterator[Remark]:
    """Say of rules with g limits that nothing lies below them: a rise in events is found by a run only."""
    for rule in rules.rules:
        if any(isinstance(part.method, GChart) and not isinstance(part, Run) for part in leaves((rule.when,))):
            yield Remark(
                section="rules",
                id=rule.id,
                keys=("when",),
                code="one-sided-limits",
                message="the lower limit of g is 0 where gaps are shorter than 740 days on average, so that no gap lies below it: "
                "fewer events than usual are found, more are not",
                fix="to be told of more events, add a rule with `run: {side: below, of: g}`, or take t limits",
                severity=ProblemSeverity.NOTE,
            )
