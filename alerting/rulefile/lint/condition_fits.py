"""Conditions that cannot work on a measure that their rule watches."""

from collections.abc import Iterator

from alerting.domain.rule import Rule, RuleSet
from alerting.rulefile.lint import RuleProblem

#: So many measures are named for one mistake.
MOST_NAMED = 3


def check(rules: RuleSet) -> Iterator[RuleProblem]:
    """Ask each condition what stops it, once for each measure; equal answers are one remark."""
    for rule in rules.rules:
        for message, measures in _complaints(rule, rules).items():
            yield RuleProblem(
                section="rules",
                id=rule.id,
                keys=("when", "measures", "every"),
                code="condition-does-not-fit",
                message=named(message, measures, len(rule.measures)),
                rests_on=frozenset(("measures", rules.measures[id_].item_of or id_) for id_ in measures),
            )


def _complaints(rule: Rule, rules: RuleSet) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for id_ in rule.measures:
        measure = rules.measures[id_]
        every = rule.every or measure.every
        if every.rank >= measure.every.rank:
            for message in rule.when.problems(measure, every):
                found.setdefault(message, []).append(id_)
    return found


def named(message: str, measures: list[str], watched: int) -> str:
    """Add which of the watched measures a message is about, where it is not about all of them."""
    if len(measures) == watched or measures[0] in message:
        return message
    more = len(measures) - MOST_NAMED
    tail = f" and {more} more" if more > 0 else ""
    return f"{message} ({', '.join(measures[:MOST_NAMED])}{tail})"
