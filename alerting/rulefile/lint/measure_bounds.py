"""Measures whose numbers contradict one another."""

from collections.abc import Iterator

from alerting.domain.measure import Measure, Polarity, Unit
from alerting.domain.period import PeriodKind
from alerting.domain.problem import ProblemSeverity
from alerting.domain.rule import RuleSet
from alerting.rulefile.lint import RuleProblem

#: Months in a period of these kinds; others do not divide into one another.
_MONTHS = {PeriodKind.MONTH: 1, PeriodKind.QUARTER: 3, PeriodKind.YEAR: 12}


def check(rules: RuleSet) -> Iterator[RuleProblem]:
    """Find a minimum above the maximum, targets out of reach or written as fractions, and spans of no whole number of periods."""
    for measure in rules.measures.values():
        yield from _bounds(measure)
        yield from _rolling(measure)
        if measure.per != 1.0 and measure.unit is not Unit.RATE:
            message = f"per: {measure.per:g} has a meaning for rates only, this is a {measure.unit.value}"
            yield _remark(measure, ("per", "unit"), message, severity=ProblemSeverity.WARNING)


def _bounds(measure: Measure) -> Iterator[RuleProblem]:
    low, high = measure.minimum, measure.maximum
    if low is not None and high is not None and low > high:
        yield _remark(measure, ("minimum", "maximum"), f"the minimum {low:g} is above the maximum {high:g}")
        return
    target = measure.target.number if measure.target is not None else None
    if target is not None and 0 < target < 1 and measure.unit is Unit.PERCENT and measure.better is Polarity.HIGHER:
        message = (
            f"the target {target:g} is read as {target:g} %; write {target * 100:g} if {target * 100:g} % is meant"
        )
        yield _remark(measure, ("target",), message, severity=ProblemSeverity.WARNING)
    if target is not None and ((low is not None and target < low) or (high is not None and target > high)):
        reach = f"from {'…' if low is None else f'{low:g}'} to {'…' if high is None else f'{high:g}'}"
        yield _remark(
            measure,
            ("target", "minimum", "maximum", "unit"),
            f"the target {target:g} is out of reach: values go {reach}",
        )


def _rolling(measure: Measure) -> Iterator[RuleProblem]:
    if measure.rolling is None or measure.rolling.kind is measure.every:
        return
    span, every = _MONTHS.get(measure.rolling.kind), _MONTHS.get(measure.every)
    if span is None or every is None or measure.rolling.count * span % every:
        found = f"{measure.rolling.count} {measure.rolling.kind.value}s"
        message = f"rolling: {found} is no whole number of its periods; it comes every {measure.every.value}"
        yield _remark(measure, ("rolling", "every"), message)


def _remark(
    measure: Measure, keys: tuple[str, ...], message: str, severity: ProblemSeverity = ProblemSeverity.ERROR
) -> RuleProblem:
    item = measure.item
    return RuleProblem(
        section="measures",
        id=measure.item_of or measure.id,
        item=item,
        keys=keys,
        code="bad-value",
        message=message,
        severity=severity,
    )
