"""Rules that nearly always fire on the figures, or never could: whoever is told every month stops reading."""

from collections.abc import Iterator
from typing import Final

from alerting.app.authoring.figure_lint import JudgedFolder, of_rule
from alerting.app.authoring.rule_verdicts import RuleVerdicts
from alerting.domain.problem import ProblemSeverity
from alerting.domain.rule import Status
from alerting.rulefile.lint import RuleProblem

#: What each of its codes means.
CODES: Final = {
    "fires-always": "nearly every figure so far would have been an exception",
    "fires-never": "no figure so far would have been an exception",
}

#: Fewer verdicts say nothing about a rule.
ENOUGH, ENOUGH_FOR_NEVER = 12, 60
#: From this share of exceptions on a rule describes the figures, not what is exceptional of them.
NEARLY_ALWAYS = 0.9


def check(folder: JudgedFolder) -> Iterator[RuleProblem]:
    """Count each rule's exceptions over all of its series; a rule on several measures is named once, for the first such."""
    named: set[str] = set()
    for found in folder.by_rule:
        rule = found.rule
        if rule.id in named or rule.status is not Status.ACTIVE or (remark := _remark(found)) is None:
            continue
        named.add(rule.id)
        yield remark


def _remark(found: RuleVerdicts) -> RuleProblem | None:
    verdicts, exceptions = found.verdicts, found.exceptions
    if verdicts >= ENOUGH and exceptions >= NEARLY_ALWAYS * verdicts:
        message = f'of "{found.measure.id}" {exceptions:,} of {verdicts:,} figures would have been exceptions'
        fix = "loosen it: what is always so is known, and whoever is told of it each time stops reading"
        return of_rule(found.rule, found.measure, "fires-always", message, fix, ProblemSeverity.WARNING)
    if verdicts >= ENOUGH_FOR_NEVER and not exceptions:
        message = f'of "{found.measure.id}" none of {verdicts:,} figures would have been an exception'
        fix = "tighten it, unless it stands guard against what has never happened yet"
        return of_rule(found.rule, found.measure, "fires-never", message, fix, ProblemSeverity.NOTE)
    return None
