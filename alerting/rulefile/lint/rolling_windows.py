"""Rolling windows that would do without some of their periods although their figure needs each, or count other ones."""

from collections.abc import Iterator

from alerting.domain.aggregation import over_time
from alerting.domain.measure import Aggregate, Measure
from alerting.domain.rule import RuleSet
from alerting.rulefile.lint import RuleProblem


def check(rules: RuleSet) -> Iterator[RuleProblem]:
    """Find `at_least` on a sum, which a missing period makes too low, on the last figure, and of another kind of period."""
    for measure in rules.measures.values():
        rolling = measure.rolling
        how = over_time(measure)
        if rolling is None or rolling.at_least is None:
            continue
        if rolling.kind is not measure.every:
            counted = f"{rolling.at_least} {rolling.kind.value}{'s' if rolling.at_least > 1 else ''}"
            own = measure.every.value
            message = (
                f"rolling: at_least counts figures of the window, and these are no {counted}: they come every {own}"
            )
            yield _remark(measure, ("rolling", "every"), message, f"write the span in {own}s")
        elif how in (Aggregate.SUM, Aggregate.LAST):
            message = f"rolling: at_least is for ratios and means; here the figure of a window is the {how.value} of its periods"
            fix = f"write `rolling: {rolling.count} {rolling.kind.value}s`, or `aggregate: mean`"
            yield _remark(measure, ("rolling", "aggregate"), message, fix)


def _remark(measure: Measure, keys: tuple[str, ...], message: str, fix: str) -> RuleProblem:
    family = measure.item_of or measure.id
    item = measure.item
    return RuleProblem(section="measures", id=family, item=item, keys=keys, code="bad-value", message=message, fix=fix)
