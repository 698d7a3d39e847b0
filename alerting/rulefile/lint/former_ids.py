"""Former ids of rules that are still in use."""

from collections.abc import Iterator

from alerting.domain.rule import RuleSet
from alerting.rulefile.lint import RuleProblem


def check(rules: RuleSet) -> Iterator[RuleProblem]:
    """Find `was:` with the id of a rule that is still there, or that two rules claim."""
    present = {rule.id for rule in rules.rules}
    claimed: dict[str, str] = {}
    for rule in rules.rules:
        if rule.former_id is None:
            continue
        message = None
        if rule.former_id in present:
            message = f'the rule "{rule.former_id}" is still there, so its alerts cannot carry over'
        elif rule.former_id in claimed:
            message = f'"{claimed[rule.former_id]}" was "{rule.former_id}" too; alerts carry over to one rule only'
        claimed.setdefault(rule.former_id, rule.id)
        if message is not None:
            yield RuleProblem(section="rules", id=rule.id, keys=("was",), code="bad-value", message=message)
