"""Which figures lines are made from, and what lines a proposed move of an average would bring."""

from functools import lru_cache

from alerting.domain.finding import State
from alerting.domain.limit_lines import PROPOSED
from alerting.domain.period import Calendar, PeriodKind
from alerting.wording.facts import Facts
from alerting.wording.gaps import of_gaps

#: Limits rest on so many figures at least.
_FEWEST_MEMBERS = 2


def rests_on(facts: Facts) -> str:
    """Say which figures made the limits or the average, where figures of the series did."""
    limits = facts.finding.evidence.get("limits", {})
    figures = limits.get("points", 0)
    if figures < _FEWEST_MEMBERS:
        return ""
    period = facts.finding.period
    what = "gaps" if of_gaps(facts) else "figures"
    which = f"the {figures:,} {what} from {_span(limits['from'], limits['to'], period.kind, period.starts)}"
    if facts.finding.rebased_on == period:
        return f"The new average is that of {which}."
    return f"It is compared with {which}."


def proposed_move(facts: Facts) -> str:
    """Say which average a proposed move would bring, since when, and its limits beside those in force."""
    finding, style = facts.finding, facts.style
    centre, lower, upper, periods = (finding.evidence.get(name) for name in PROPOSED)
    if finding.state is not State.EXCEPTION or centre is None or lower is None or upper is None or periods is None:
        return ""
    since = (finding.period - (int(periods) - 1)).label
    before = ""
    if finding.lower is not None and finding.upper is not None:
        before = f" in place of {style.bare(finding.lower)} to {style.bare(finding.upper)}"
    return f"The average since {since} is {style.bare(centre)}, with limits of {style.bare(lower)} to {style.bare(upper)}{before}."


@lru_cache(maxsize=65536)
def _span(first: str, last: str, kind: PeriodKind, starts: int) -> str:
    """Write two periods, given in their canonical form, in words: April 2019 to March 2020."""
    return " to ".join(Calendar(starts).parse(period, kind).label for period in (first, last))
