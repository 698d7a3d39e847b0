"""Comparisons as clauses that follow "<sentence> in September 2020"; `short` gives the form for a line by itself.

Every clause is read off the figures where they tell, so that it is true for exceptional and normal findings alike. What takes
more figures than a finding holds (a run, a trend, a moved average) is read off the verdict, and a normal one claims less.
"""

from collections.abc import Sequence
from datetime import date
from math import inf, isfinite
from typing import Literal

from alerting.domain import exact
from alerting.domain.answers import CentreKind
from alerting.domain.finding import Finding, State
from alerting.domain.measure import Unit
from alerting.domain.parameters import Band, Milestone
from alerting.domain.source_columns import averages_among
from alerting.wording.clause import Clause, ClauseKind
from alerting.wording.dates import day_words, noun, plural
from alerting.wording.facts import Facts

#: A normal figure less than this many percent from its plan or average is in line with it: the force's report of March 2019
#: calls 264 against 262 (0.8%) so, and 2,138 against 2,065 (3.5%) slightly above.
_IN_LINE_PERCENT = 1.0


def against_level(facts: Facts, *, short: bool = False) -> Clause:
    """, 7 points below the standard of 90%."""
    value, level = facts.finding.value, facts.finding.target
    if value is None or level is None:
        return Clause()
    what = f"the {facts.measure.called} of {facts.level(level)}"
    if value == level:
        return Clause(f", on {what}")
    side = "below" if value < level else "above"
    return Clause(f", {side} {what}" if short else f", {facts.apart(level, given=True)} {side} {what}")


def before_due(facts: Facts, due: date, *, short: bool = False) -> Clause:
    """, against a standard of 80% due by 1 December 2020."""
    level = facts.finding.target
    called = facts.measure.called
    article = "an" if called[:1] in "aeiou" else "a"
    what = called if level is None else f"{called} of {facts.level(level)}"
    return Clause(f", against {article} {what} due by {day_words(due)}")


def _centre(facts: Facts, centre: float, written: str | None = None) -> str:
    """Name the centre of limits by what the method makes of it: a season's is expected, a given one is no average."""
    written, kind = written or facts.beside(centre), _centre_kind(facts)
    if kind is CentreKind.EXPECTED:
        return f"the {written} expected"
    return f"its usual level of {written}" if kind is CentreKind.GIVEN else f"the average of {written}"


def _centre_kind(facts: Facts) -> CentreKind:
    return CentreKind.AVERAGE if facts.method is None else facts.method.centre_is


def against_limits(facts: Facts, side: Literal["above", "below", "either"], *, short: bool = False) -> Clause:
    """, significantly above the average of 302 (upper limit 351).

    What lies beyond a limit is significantly beyond the centre; beyond the limit itself it may lie by a hair.
    """
    finding = facts.finding
    value, lower, upper = finding.value, finding.lower, finding.upper
    if value is None:
        return Clause()
    if upper is not None and value > upper and side != "below":
        return _beyond(facts, "above", "upper", upper, short=short)
    if lower is not None and value < lower and side != "above":
        return _beyond(facts, "below", "lower", lower, short=short)
    if lower is not None and upper is not None and lower <= value <= upper:
        if lower == upper:
            return Clause(f", on its limits, which are both {facts.beside(lower)}")
        return Clause(f", within its limits of {facts.beside(lower)} to {facts.beside(upper)}")
    if upper is not None and value <= upper and side != "below":
        return Clause(f", not above its upper limit of {facts.beside(upper)}")
    if lower is not None and value >= lower and side != "above":
        return Clause(f", not below its lower limit of {facts.beside(lower)}")
    return Clause()


def _beyond(facts: Facts, side: str, which: str, limit: float, *, short: bool) -> Clause:
    written, value, centre = facts.beside(limit), facts.finding.value, facts.finding.centre
    assert value is not None
    if short:
        return Clause(f", {side} its {which} limit of {written}")
    beyond = centre is not None and (value > centre if side == "above" else value < centre)
    usual = _centre(facts, centre) if centre is not None and beyond else "its usual level"
    averaged = beyond and _centre_kind(facts) is CentreKind.AVERAGE
    text = f", significantly {side} {usual} ({which} limit {written})"
    return Clause(text, above=side == "above", names_average=averaged)


def near_limit(facts: Facts, points: int, out_of: int, *, short: bool = False) -> Clause:
    """, close to its upper limit of 351 in at least 2 of the last 3 months."""
    finding = facts.finding
    if finding.state is not State.EXCEPTION or finding.value is None or finding.centre is None:
        return against_limits(facts, "either", short=short)
    value, centre = finding.value, finding.centre
    ends = [("upper", finding.upper), ("lower", finding.lower)]
    between = [(name, x) for name, x in ends if x is not None and (centre < value <= x or centre > value >= x)]
    if not between:
        return against_limits(facts, "either", short=short)
    side, limit = between[0]
    what = f"its {side} limit of {facts.line(limit)}"
    on = value == limit
    if short or out_of == 1:
        return Clause(f", on {what}" if on else f", close to {what}")
    times = f"in each of the last {out_of}" if points == out_of else f"in at least {points} of the last {out_of}"
    near = f"on {what}, and on it or close to it" if on else f"close to {what}"
    return Clause(f", {near} {times} {plural(finding.period.kind)}", kind=ClauseKind.OF_SEVERAL)


def counted_centre(finding: Finding) -> float | None:
    """Return the centre that a run is counted against: the one before, where it has moved in this very period."""
    moved = finding.rebased_on == finding.period and finding.previous_centre is not None
    return finding.previous_centre if moved else finding.centre


def run_on_one_side(facts: Facts, length: int, *, above: bool | None, short: bool = False) -> Clause:
    """, with the last 8 months all above the average of 7,082.

    The run may be longer, and where the centre changed with the year its beginning may not lie on that side of the centre of
    now: what holds is that the last *length* values do. A normal finding says only where the value lies, because a rule for
    one side has not looked for a run on the other.
    """
    finding, centre = facts.finding, counted_centre(facts.finding)
    if centre is None or finding.value is None:
        return Clause()
    average, averaged = _centre(facts, centre, facts.line(centre)), _centre_kind(facts) is CentreKind.AVERAGE
    if above is None or finding.value == centre:
        return Clause(f", on {average}", names_average=averaged)
    side = "above" if above else "below"
    if finding.state is not State.EXCEPTION:
        return Clause(f", {side} {average}", names_average=averaged)
    periods = f"{length} {plural(finding.period.kind)}"
    if short:
        return Clause(f", {periods} in a row {side} {average}", names_average=averaged)
    text = f", with the last {periods} {'both' if length == 2 else 'all'} {side} {average}"
    return Clause(text, kind=ClauseKind.OF_SEVERAL, names_average=averaged)


def trend(facts: Facts, length: int, *, short: bool = False) -> Clause:
    """, rising throughout the last 6 months: seven values are six rises; the month that the first of them starts from is none."""
    finding, daily = facts.finding, facts.per_day
    now, before = (finding.value, finding.previous) if daily is None else (daily["value"], daily["previous"])
    if now is None or before is None or now == before:
        return Clause()
    up, each = now > before, "" if daily is None else " per day"
    moves = length - 1
    if finding.state is not State.EXCEPTION or moves == 1:
        than = f", {'higher' if up else 'lower'}{each} than the {noun(finding.period.kind)} before"
        return Clause(than, compares=("previous",))
    rising = f"{'rising' if up else 'falling'}{each}"
    periods = f"{moves} {plural(finding.period.kind)}"
    if short:
        return Clause(f", {rising} for {periods}")
    return Clause(f", {rising} throughout the last {periods}", kind=ClauseKind.OF_SEVERAL, above=up)


def average_moved(facts: Facts, *, short: bool = False) -> Clause:
    """, and its average has risen from 60.1 to 72.4."""
    finding, style = facts.finding, facts.style
    if finding.centre is None:
        return Clause()
    before, now = finding.previous_centre, finding.centre
    if finding.state is not State.EXCEPTION:
        return Clause(f", with no move of its average ({style.bare(now)})", names_average=True)
    if before is None or finding.rebased_on != finding.period:
        text = f", and its average of {style.bare(now)} no longer fits and should be set anew"
        return Clause(text, kind=ClauseKind.OF_SEVERAL, names_average=True)
    way = "moved" if exact.same(now, before) else "risen" if now > before else "fallen"
    text = f", and its average has {way} from {style.bare(before, now)} to {style.bare(now, before)}"
    return Clause(text, names_average=True)


def outside_range(
    facts: Facts, low: float | None, high: float | None, called: str | None, *, short: bool = False
) -> Clause:
    """, 2,100 above the optimum band of 8,000 to 10,000; with one end only, ", 3 points below the lowest accepted value of 90%"."""
    value = facts.finding.value
    if value is None:
        return Clause()
    if facts.style.is_place and low is None and high is not None:
        side = "not below" if value <= high else "below"
        return Clause(f", {side} {called or 'the last accepted place'}, {facts.level(high)}")
    what = _range_words(facts, low, high, called)
    if low is not None and value < low and not exact.same(value, low):
        side, edge = "below", low
    elif high is not None and value > high and not exact.same(value, high):
        side, edge = "above", high
    elif low is not None and high is not None:
        return Clause(f", {'on' if low == high else 'within'} {what}")
    else:
        return Clause(f", not {'above' if low is None else 'below'} {what}")
    return Clause(f", {side} {what}" if short else f", {facts.apart(edge, given=True)} {side} {what}")


def _range_words(facts: Facts, low: float | None, high: float | None, called: str | None) -> str:
    if low is not None and high is not None and low != high:
        return f"the {called or 'range'} of {facts.level(low)} to {facts.level(high)}"
    end = low if low is not None else high
    assert end is not None
    if called:
        return f"the {called} of {facts.level(end)}"
    which = "accepted" if low == high else "lowest accepted" if low is not None else "highest accepted"
    return f"the {which} value of {facts.level(end)}"


def in_band(facts: Facts, bands: Sequence[Band], *, short: bool = False) -> Clause:
    """, in the red band (below 15%)."""
    band = next((band for band in bands if band.name == facts.finding.band), None)
    if band is None:
        return Clause()
    name = f", in the {band.name} band"
    edges = tuple(edge for edge in (band.at_least, band.below) if edge is not None)
    return Clause(name if short else f"{name} ({_band_words(facts, band, edges)})", held_against=edges)


def _band_words(facts: Facts, band: Band, edges: tuple[float, ...]) -> str:
    if band.at_least is None:
        return "any value" if band.below is None else f"below {facts.level(band.below, *edges)}"
    if band.below is None:
        return f"{facts.level(band.at_least, *edges)} or more"
    return f"{facts.level(band.at_least, *edges)} to below {facts.level(band.below, *edges)}"


def against_plan(
    facts: Facts,
    *,
    tolerance: float = 0.0,
    wrong: Literal["above", "below"] | None = None,
    straight: tuple[Milestone, Milestone] | None = None,
    short: bool = False,
) -> Clause:
    """, 5.2 points below the 18.3% planned by then; with a tolerance ", more than the 2 points allowed".

    Args:
        wrong: the side on which the tolerance counts; on the other a value may lie as far off as it likes.
        straight: the two milestones between which the plan is a straight line that nobody planned point by point.
    """
    value, plan, style = facts.finding.value, facts.finding.plan, facts.style
    if value is None:
        return Clause()
    if plan is None:
        return Clause(", before the plan begins")
    whose = "planned by then" if straight is None else _straight_line(facts, *straight, short=short)
    planned = f"the {facts.beside(plan)} {whose}"
    if value == plan:
        return Clause(f", on {planned}")
    side = "below" if value < plan else "above"
    if not tolerance or side != wrong:
        return Clause(f", {side} {planned}" if short else f", {facts.apart(plan)} {side} {planned}")
    edge = plan - tolerance if value < plan else plan + tolerance
    within = "more than" if facts.finding.state is State.EXCEPTION else "within"
    if short:
        return Clause(f", {side} {planned}", held_against=(edge,))
    # The plan is written apart from what would just be allowed, so that the difference reads on its side of the tolerance.
    allowed_up_to = value + tolerance if value < plan else value - tolerance
    off = style.apart((value, (*facts.neighbours, edge)), (plan, (value, allowed_up_to)))
    planned = f"the {style.bare(plan, value, allowed_up_to)} {whose}"
    text = f", {off} {side} {planned}, {within} the {style.wanted(tolerance)} allowed"
    return Clause(text, held_against=(edge,))


def _straight_line(facts: Facts, first: Milestone, last: Milestone, *, short: bool) -> str:
    """Write of the straight line from 49% (31 March 2019) to 80% (1 December 2020)."""
    if short:
        return "of the straight line"
    ends = [f"{facts.style.level(one.value)} ({day_words(one.date)})" for one in (first, last)]
    return f"of the straight line from {' to '.join(ends)}"


def variance(facts: Facts, against: str, *, relative: bool = False, short: bool = False) -> Clause:
    """, £1.712m (3.4%) over the plan of £50.373m; ", in line with the average of 262 (2 above)" where it is normal and close."""
    value, plan = facts.finding.value, facts.finding.plan
    if value is None or plan is None:
        return Clause()
    what, averaged = f"the {column_words(against)} of {facts.beside(plan)}", bool(averages_among([against]))
    if value == plan:
        return Clause(f", equal to {what}", names_average=averaged)
    money = against in ("plan", "budget")
    side = ("over" if money else "above") if value > plan else ("under" if money else "below")
    percent = exact.meant((value - plan) / abs(plan) * 100, 100.0) if plan else inf
    if facts.finding.state is State.NORMAL and abs(percent) < _IN_LINE_PERCENT:
        text = f", in line with {what}" if short else f", in line with {what} ({facts.apart(plan)} {side})"
    elif short:
        text = f", {side} {what}"
    else:
        text = f", {facts.apart(plan)}{_share(facts, percent, relative=relative)} {side} {what}"
    return Clause(text, names_average=averaged)


def column_words(name: str) -> str:
    """Name a column of a figures file in a sentence."""
    return name.replace("_", " ")


def _share(facts: Facts, percent: float, *, relative: bool) -> str:
    """Write a difference in percent; of percentages only where the rule is about that, and apart from the points."""
    if not isfinite(percent):
        return ""
    written = facts.style.percent(percent)
    if facts.measure.unit is Unit.PERCENT:
        return f", or {written}," if relative else ""
    return f" ({written})"


#: What is said of a figure that is not there and that nobody waits for: it could not be read, or is not due yet.
NOT_OVERDUE = Clause(", which is not overdue", kind=ClauseKind.NOT_OVERDUE)


def not_fresh(facts: Facts, *, short: bool = False) -> Clause:
    """Nothing: a missing figure has a text of its own, and a fresh one nothing to compare; in a subject, what has come."""
    if facts.finding.value is not None:
        return Clause(", the figure has come" if short else "")
    if facts.finding.state is State.NORMAL:
        return NOT_OVERDUE
    if not short:
        return Clause()
    due = f", due by {day_words(facts.due_on)}" if facts.due_on else ""
    return Clause(f" no figure for {facts.finding.period.label}{due}")
