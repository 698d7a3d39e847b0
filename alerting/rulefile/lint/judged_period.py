"""Rules that judge a finer period than their measure has."""

from collections.abc import Iterator

from alerting.domain.rule import RuleSet
from alerting.rulefile.lint import RuleProblem


def check(rules: RuleSet) -> Iterator[RuleProblem]:
    """Compare each rule's `every` with its measures'."""
    for rule in rules.rules:
        if rule.every is None:
            continue
        finer = [id_ for id_ in rule.measures if rule.every.rank < rules.measures[id_].every.rank]
        if finer:
            found = rules.measures[finer[0]].every.value
            yield RuleProblem(
                section="rules",
                id=rule.id,
                keys=("every", "measures"),
                code="bad-value",
                message=f'"{finer[0]}" comes every {found}, so it cannot be judged every {rule.every.value}',
                fix=f"write {found} or a longer period",
                rests_on=frozenset(("measures", rules.measures[id_].item_of or id_) for id_ in finer),
            )
