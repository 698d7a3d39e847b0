"""Rolling windows that would do without some of their periods although their figure needs each."""

from collections.abc import Iterator

from alerting.domain.aggregation import over_time
from alerting.domain.measure import Aggregate
from alerting.domain.rule import RuleSet
from alerting.rulefile.lint import Remark


def check(rules: RuleSet) -> Iterator[Remark]:
    """Find `at_least` on a sum, which a missing period makes too low, and on the last figure, which needs no other."""
    for measure in rules.measures.values():
        rolling = measure.rolling
        how = over_time(measure)
        if rolling is None or rolling.at_least is None or how not in (Aggregate.SUM, Aggregate.LAST):
            continue
        family = measure.item_of or measure.id
        yield Remark(
            section="measures",
            id=family,
            item=None if measure.item_of is None else measure.id.removeprefix(f"{family}/"),
            keys=("rolling", "aggregate"),
            code="bad-value",
            message=f"rolling: at_least is for ratios and means; here the figure of a window is the {how.value} of its periods",
            fix=f"write `rolling: {rolling.count} {rolling.kind.value}s`, or `aggregate: mean`",
        )
