"""`checks:` on measures whose figures nobody prints, or whose areas do not add up."""

from collections.abc import Iterator

from alerting.domain.aggregation import over_time
from alerting.domain.measure import Aggregate, Measure
from alerting.domain.rule import RuleSet
from alerting.rulefile.lint import RuleProblem


def check(rules: RuleSet) -> Iterator[RuleProblem]:
    """Look at each measure that has checks."""
    for measure in rules.measures.values():
        if measure.checks is not None and (found := _unfit(measure)) is not None:
            message, fix = found
            yield RuleProblem(
                section="measures",
                id=measure.item_of or measure.id,
                item=measure.item,
                keys=("checks", "of", "aggregate", "unit"),
                code="bad-value",
                message=message,
                fix=fix,
            )


def _unfit(measure: Measure) -> tuple[str, str] | None:
    """Say why figures cannot be checked so, and what to write."""
    if measure.of is not None:
        return "it is made of two measures: what is checked is what a source prints", "write the checks on those two"
    if measure.checks is not None and measure.checks.areas_add_up and over_time(measure) is not Aggregate.SUM:
        return (
            f"areas add up where figures are sums, this is a {measure.unit.value}",
            "remove areas_add_up, or write aggregate: sum",
        )
    return None
