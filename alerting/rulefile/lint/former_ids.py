"""Former ids of rules that are still in use."""

from collections.abc import Iterator

from alerting.domain.rule import RuleSet
from alerting.rulefile.lint import RuleProblem


def check(rules: RuleSet) -> Iterator[RuleProblem]:
    """Find `was:` with the id of a rule that is still there, or that two rules claim."""
    present = {rule.id for rule in rules.rules}
    claimed: dict[str, str] = {}
    for rule in rules.rules:
        if rule.was is None:
            continue
        message = None
        if rule.was in present:
            message = f'the rule "{rule.was}" is still there, so its alerts cannot carry over'
        elif rule.was in claimed:
            message = f'"{claimed[rule.was]}" was "{rule.was}" too; alerts carry over to one rule only'
        claimed.setdefault(rule.was, rule.id)
        if message is not None:
            yield RuleProblem(section="rules", id=rule.id, keys=("was",), code="bad-value", message=message)
