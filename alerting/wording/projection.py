"""What is said of a projection: where the figures are heading, by when, and how well earlier projections did."""

from datetime import date

from alerting.domain import exact
from alerting.domain.period import Calendar, Period
from alerting.wording.clause import Clause, ClauseKind
from alerting.wording.dates import noun
from alerting.wording.facts import Facts

_COUNTS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def heading_for(facts: Facts, due: date, *, short: bool = False) -> Clause:
    """, projected 21% (18–24%) for April 2021, below the target of 25%; its six-month projections have been off by 2.1 points.

    The ends of the interval are held against what is wanted, as the verdict does: a range that holds it claims neither side.
    """
    evidence, finding, style = facts.finding.evidence, facts.finding, facts.style
    wanted = finding.target if finding.target is not None else finding.plan
    centre, low, high = (evidence.get(f"projected{end}") for end in ("", "_low", "_high"))
    if centre is None or low is None or high is None or wanted is None:
        return Clause()
    period = _period_of(due, finding.period)
    projected = style.bare(centre, wanted, low, high)
    reach = "" if short or low == high else f" ({_reach(facts, (low, centre, high), wanted)})"
    text = f", projected {projected}{reach} for {period.label}{_against(facts, (low, high), wanted, short=short)}"
    error = evidence.get("projection_error")
    if error is not None and not short:
        ahead = _ahead(finding.period, period)
        text += f"; its {ahead} projections have been off by {style.size(error)} on average"
    return Clause(text, kind=ClauseKind.WANTED)


def _period_of(due: date, judged: Period) -> Period:
    return Calendar(judged.starts).containing(due, judged.kind)


def _reach(facts: Facts, line: tuple[float, float, float], wanted: float) -> str:
    """Write 18–24%, 1,500–1,700; with a word between where a dash would be read as a sign or stand between units."""
    low, centre, high = line
    least, most = facts.style.bare(low, wanted, centre), facts.style.bare(high, wanted, centre)
    bare = least.removesuffix("%")
    if bare.replace(",", "").replace(".", "").isdigit():
        return f"{bare}–{most}"
    return f"{least} to {most}"


def _against(facts: Facts, ends: tuple[float, float], wanted: float, *, short: bool) -> str:
    """Say on which side of what is wanted the whole range lies, or that it holds it."""
    if facts.finding.target is None:
        what = f"the {facts.style.level(wanted, *ends)} planned by then"
    else:
        what = f"the {facts.measure.called} of {facts.style.level(wanted, *ends)}"
    low, high = ends
    if exact.same(low, wanted) and exact.same(high, wanted):
        return f", on {what}"
    if high < wanted and not exact.same(high, wanted):
        return f", below {what}"
    if low > wanted and not exact.same(low, wanted):
        return f", above {what}"
    return f" against {what}" if short else f", which leaves {what} open"


def _ahead(judged: Period, due: Period) -> str:
    """Write six-month, one-quarter, 12-month."""
    count = due.ordinal - judged.ordinal
    return f"{_COUNTS[count] if count < len(_COUNTS) else count}-{noun(judged.kind)}"
