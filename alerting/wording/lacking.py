"""The figures that a verdict needs and has not, in words."""

from alerting.domain.period import Period
from alerting.domain.titles import joined
from alerting.wording.dates import Average, spanned, told_span
from alerting.wording.facts import Facts

#: So many runs of periods are named one by one.
_MOST_RUNS = 3


def needed(facts: Facts) -> str:
    """Write what is lacking: the figures for May 2019 and July to September 2019, which are missing."""
    lacking = facts.lacking
    assert lacking is not None
    several = len(lacking.runs) > 1 or lacking.runs[0][0] != lacking.runs[0][1]
    named = [_run(facts, first, last) for first, last in lacking.runs[:_MOST_RUNS]]
    if len(lacking.runs) > _MOST_RUNS:
        others = sum(last.ordinal - first.ordinal + 1 for first, last in lacking.runs[_MOST_RUNS - 1 :])
        named[-1:] = [f"{others} other periods"]
    return f"the {'figures' if several else 'figure'} for {joined(named)}, which {'are' if several else 'is'} {lacking.why}"


def _run(facts: Facts, first: Period, last: Period) -> str:
    """Write one period, or several that follow one another; a figure that spans more than its period by its span."""
    if first != last:
        return f"{first.label} to {last.label}"
    span = told_span(facts.measure) if facts.finding.value is not None else None
    if span is None:
        return first.label
    return spanned(first, span.span if isinstance(span, Average) else span)
