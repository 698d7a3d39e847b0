"""`per_day:` on measures whose figures are not added up day by day, and conditions that need the figures as printed."""

from collections.abc import Iterator

from alerting.domain.aggregation import over_time
from alerting.domain.measure import Aggregate, Measure, PerDay
from alerting.domain.period import PeriodKind
from alerting.domain.rule import Rule, RuleSet
from alerting.rulefile.lint import RuleProblem
from alerting.rulefile.lint.condition_fits import named


def check(rules: RuleSet) -> Iterator[RuleProblem]:
    """Look at each measure that says per_day, and at each plain condition that watches one."""
    for measure in rules.measures.values():
        if measure.per_day is not None and (found := _unfit(measure, measure.per_day)) is not None:
            item = measure.item
            yield RuleProblem(
                section="measures",
                id=measure.item_of or measure.id,
                item=item,
                keys=("per_day", "every", "unit", "aggregate"),
                code="bad-value",
                message=found[0],
                fix=found[1],
            )
    for rule in rules.rules:
        yield from _of_rule(rule, rules)


def _unfit(measure: Measure, per_day: PerDay) -> tuple[str, str] | None:
    """Say why figures cannot be shared out among days, and what to write."""
    if over_time(measure) is not Aggregate.SUM:
        what = "a ratio" if measure.of is not None else f"a {measure.unit.value}"
        how = what if measure.aggregate is None else f"aggregate: {measure.aggregate.value}"
        return (
            f"per_day is for figures that are added up day by day, this is {how}",
            "remove per_day, or write aggregate: sum",
        )
    if measure.every is PeriodKind.DAY:
        return "every day is one day, so that there is nothing to share out", "remove per_day"
    if measure.every is PeriodKind.WEEK and per_day is PerDay.CALENDAR:
        return (
            "every week has seven days, so that there is nothing to share out",
            "remove per_day, or write per_day: working",
        )
    return None


def _of_rule(rule: Rule, rules: RuleSet) -> Iterator[RuleProblem]:
    daily = [id_ for id_ in rule.measures if rules.measures[id_].per_day is not None]
    for part in rule.when.plain_parts() if daily else ():
        condition, method = part.condition, part.condition.method
        if condition.as_printed or (method is not None and method.as_printed):
            what = condition.key if method is None else f"{method.key} limits"
            yield RuleProblem(
                section="rules",
                id=rule.id,
                keys=("when", "measures"),
                below=part.below,
                code="condition-does-not-fit",
                message=named(f"{what} cannot work on figures per day", daily, len(rule.measures)),
                fix="watch a measure without per_day",
                rests_on=frozenset(("measures", rules.measures[id_].item_of or id_) for id_ in daily),
            )
