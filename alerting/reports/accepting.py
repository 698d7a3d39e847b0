"""How a proposed move of an average is taken over: the line of the rule file, for one area."""

from alerting.domain.finding import Finding, State
from alerting.domain.limit_lines import PROPOSED_LINES
from alerting.domain.rule import Rule, RuleSet
from alerting.reports.places import where_in


def accepting(finding: Finding | None, rule: Rule | None, rules: RuleSet) -> str | None:
    """Return the entry that takes over what a finding proposes, and where it goes; None where it proposes nothing.

    Why is for the author to say; who is the rule's author, where it names one.
    """
    if finding is None or rule is None or finding.state is not State.EXCEPTION:
        return None
    if not any(name in finding.evidence for name in PROPOSED_LINES):
        return None
    by = rule.author or "…"
    entry = f'{{period: "{finding.period}", areas: [{finding.area}], reason: "…", by: {by}}}'
    return f"write rebase_on: [{entry}] in the limits of the rule at {where_in(rules, rule.place)}, beside what stands there"
