"""`checks:` on measures whose figures nobody prints, or whose areas do not add up."""

from collections.abc import Collection, Iterator

from alerting.domain.aggregation import AMOUNTS, over_time
from alerting.domain.measure import Aggregate, Measure, families_with_total
from alerting.domain.rule import RuleSet
from alerting.rulefile.lint import RuleProblem


def check(rules: RuleSet) -> Iterator[RuleProblem]:
    """Look at each measure that has checks."""
    measures = list(rules.measures.values())
    with_total = {measures[n].id for family in families_with_total(measures) for n in (family.total, *family.parts)}
    for measure in rules.measures.values():
        if measure.checks is not None and (found := _unfit(measure, with_total)) is not None:
            message, fix = found
            yield RuleProblem(
                section="measures",
                id=measure.item_of or measure.id,
                item=measure.item,
                keys=("checks", "of", "aggregate", "unit", "total"),
                code="bad-value",
                message=message,
                fix=fix,
            )


def _unfit(measure: Measure, with_total: Collection[str]) -> tuple[str, str] | None:
    """Say why figures cannot be checked so, and what to write."""
    if measure.of is not None:
        return "it is made of two measures: what is checked is what a source prints", "write the checks on those two"
    if measure.checks is not None and measure.checks.areas_add_up and over_time(measure) is not Aggregate.SUM:
        return (
            f"areas add up where figures are sums, this is a {measure.unit.value}",
            "remove areas_add_up, or write aggregate: sum",
        )
    if measure.checks is not None and measure.checks.items_add_up and measure.id not in with_total:
        return "no item of it is the total of the others", "remove items_add_up, or write items: and total:"
    if measure.checks is not None and measure.checks.agrees_with_parts and measure.unit in AMOUNTS:
        return (
            f"a {measure.unit.value} is made of no numerator and denominator",
            "remove agrees_with_parts, or write the unit of a share or rate",
        )
    return None
