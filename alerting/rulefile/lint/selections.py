"""Rules that watch nothing, and periods of time that lie outside everything."""

from collections.abc import Iterator
from typing import Final

from alerting.domain.problem import ProblemSeverity
from alerting.domain.rule import Rule, RuleSet
from alerting.rulefile.lint import RuleProblem

CODES: Final = {"no-series": "a rule watches no series at all"}


def check(rules: RuleSet) -> Iterator[RuleProblem]:
    """Find rules whose measures or areas are none, or whose areas their measures never report."""
    for rule in rules.rules:
        if not rule.measures:
            yield _remark(rule, "measures", "it watches no measure")
        elif rule.areas is not None and not (chosen := rules.areas.selected(rule.areas)):
            yield _remark(rule, "areas", "it watches no area")
        elif rule.areas is not None and not any(_reports(id_, chosen, rules) for id_ in rule.measures):
            yield _remark(rule, "areas", "none of its measures is expected in any of its areas")


def _reports(id_: str, chosen: frozenset[str], rules: RuleSet) -> bool:
    own = rules.reporting(id_)
    return own is None or not chosen.isdisjoint(own)


def _remark(rule: Rule, key: str, message: str) -> RuleProblem:
    return RuleProblem(
        section="rules",
        id=rule.id,
        keys=(key, "measures", "areas"),
        code="no-series",
        message=message,
        severity=ProblemSeverity.WARNING,
        rests_on=frozenset(("measures", id_) for id_ in rule.measures),
    )
