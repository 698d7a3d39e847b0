"""Comparisons as clauses that follow "<sentence> in September 2020"; `short` gives the form for a subject line.

Every clause is read off the figures where they tell, so that it is true for exceptional and normal findings alike. What takes
more figures than a finding holds (a run, a trend, a moved average) is read off the verdict, and a normal one claims less.
"""

from collections.abc import Sequence
from datetime import date
from math import inf, isfinite
from typing import Literal, Self

from alerting.domain.finding import State
from alerting.domain.judging import Amount, Band
from alerting.domain.period import PeriodKind
from alerting.wording.dates import day_words, noun, plural, span_of
from alerting.wording.facts import Facts

_COLUMN_WORDS = {"plan": "the plan", "average": "the average", "budget": "the budget", "target": "the target"}


class Clause(str):
    """A clause with what the sentences around it must respect."""

    __slots__ = ("held_against", "says_what_is_wanted")
    #: Numbers that its words hold the value against and the finding does not name.
    held_against: tuple[float, ...]
    #: Whether it says by itself which way is wanted and whether that was reached.
    says_what_is_wanted: bool

    @classmethod
    def of(cls, text: str, *, held_against: tuple[float, ...] = (), says_what_is_wanted: bool = False) -> Self:
        """Return *text* as a clause."""
        clause = cls(text)
        clause.held_against, clause.says_what_is_wanted = held_against, says_what_is_wanted
        return clause


def against_level(facts: Facts, *, short: bool = False) -> str:
    """, 7 points below the standard of 90%."""
    value, level, style = facts.finding.value, facts.finding.target, facts.style
    if value is None or level is None:
        return ""
    what = f"the {facts.measure.called} of {facts.level(level)}"
    if value == level:
        return f", on {what}"
    side = "below" if value < level else "above"
    return f", {side} {what}" if short else f", {style.difference(value, level)} {side} {what}"


def before_due(facts: Facts, due: date, *, short: bool = False) -> str:
    """, against a standard of 80% due by 1 December 2020."""
    level = facts.finding.target
    called = facts.measure.called
    article = "an" if called[:1] in "aeiou" else "a"
    what = called if level is None else f"{called} of {facts.level(level)}"
    return f", against {article} {what} due by {day_words(due)}"


def against_limits(facts: Facts, side: Literal["above", "below", "either"], *, short: bool = False) -> str:
    """, significantly above its upper limit of 351."""
    finding = facts.finding
    value, lower, upper = finding.value, finding.lower, finding.upper
    if value is None:
        return ""
    significantly = "" if short else "significantly "
    if upper is not None and value > upper and side != "below":
        return f", {significantly}above its upper limit of {facts.beside(upper)}"
    if lower is not None and value < lower and side != "above":
        return f", {significantly}below its lower limit of {facts.beside(lower)}"
    if lower is not None and upper is not None and lower <= value <= upper:
        return f", within its limits of {facts.beside(lower)} to {facts.beside(upper)}"
    if upper is not None and value <= upper and side != "below":
        return f", not above its upper limit of {facts.beside(upper)}"
    if lower is not None and value >= lower and side != "above":
        return f", not below its lower limit of {facts.beside(lower)}"
    return ""


def near_limit(facts: Facts, points: int, out_of: int, *, short: bool = False) -> str:
    """, close to its upper limit of 351, like at least 2 of the last 3 months."""
    finding = facts.finding
    if finding.state is not State.EXCEPTION or finding.value is None or finding.centre is None:
        return against_limits(facts, "either", short=short)
    side, limit = ("upper", finding.upper) if finding.value > finding.centre else ("lower", finding.lower)
    close = f", close to its {side} limit of {facts.beside(limit)}"
    return close if short else f"{close}, like at least {points} of the last {out_of} {plural(finding.period.kind)}"


def run_on_one_side(facts: Facts, length: int, *, above: bool | None, short: bool = False) -> str:
    """, the last 8 months all above the average of 7,082.

    The run may be longer, and where the centre changed with the year its beginning may not lie on that side of the centre of
    now: what holds is that the last *length* values do. A normal finding says only where the value lies, because a rule for
    one side has not looked for a run on the other.
    """
    finding = facts.finding
    if finding.centre is None or finding.value is None:
        return ""
    average = f"the average of {facts.beside(finding.centre)}"
    if above is None or finding.value == finding.centre:
        return f", on {average}"
    side = "above" if above else "below"
    if finding.state is not State.EXCEPTION:
        return f", {side} {average}"
    periods = f"{length} {plural(finding.period.kind)}"
    return f", {periods} in a row {side} {average}" if short else f", the last {periods} all {side} {average}"


def trend(facts: Facts, length: int, *, short: bool = False) -> str:
    """, rising throughout the last 7 months."""
    finding = facts.finding
    if finding.value is None or finding.previous is None or finding.value == finding.previous:
        return ""
    if finding.state is not State.EXCEPTION:
        higher = "higher" if finding.value > finding.previous else "lower"
        return f", {higher} than the {noun(finding.period.kind)} before"
    rising = "rising" if finding.value > finding.previous else "falling"
    periods = f"{length} {plural(finding.period.kind)}"
    return f", {rising} for {periods}" if short else f", {rising} throughout the last {periods}"


def average_moved(facts: Facts, *, short: bool = False) -> str:
    """, and its average has moved from 60.1 to 72.4."""
    finding, style = facts.finding, facts.style
    if finding.centre is None:
        return ""
    before, now = finding.previous_centre, finding.centre
    if finding.state is not State.EXCEPTION:
        return f", with no move of its average ({style.bare(now)})"
    if before is None or finding.rebased_on != finding.period:
        return f", and its average of {style.bare(now)} should be set anew"
    return f", and its average has moved from {style.bare(before, now)} to {style.bare(now, before)}"


def outside_range(
    facts: Facts, low: float | None, high: float | None, called: str | None, *, short: bool = False
) -> str:
    """, 2,100 above the optimum band of 8,000 to 10,000; with one end only, ", 3 points below the least accepted, 90%"."""
    value, style = facts.finding.value, facts.style
    if value is None:
        return ""
    what = _range_words(facts, low, high, called)
    if low is not None and value < low:
        side, edge = "below", low
    elif high is not None and value > high:
        side, edge = "above", high
    elif low is not None and high is not None:
        return f", within {what}"
    else:
        return f", not {'above' if low is None else 'below'} {what}"
    return f", {side} {what}" if short else f", {style.difference(value, edge)} {side} {what}"


def _range_words(facts: Facts, low: float | None, high: float | None, called: str | None) -> str:
    if low is not None and high is not None:
        return f"the {called or 'range'} of {facts.level(low)} to {facts.level(high)}"
    end = low if low is not None else high
    assert end is not None
    if called:
        return f"the {called} of {facts.level(end)}"
    return f"the {'least' if low is not None else 'most'} accepted, {facts.level(end)}"


def in_band(facts: Facts, bands: Sequence[Band], *, short: bool = False) -> str:
    """, in the red band (below 15%)."""
    band = next((band for band in bands if band.name == facts.finding.band), None)
    if band is None:
        return ""
    name = f", in the {band.name} band"
    edges = tuple(edge for edge in (band.at_least, band.below) if edge is not None)
    return Clause.of(name if short else f"{name} ({_band_words(facts, band, edges)})", held_against=edges)


def _band_words(facts: Facts, band: Band, edges: tuple[float, ...]) -> str:
    if band.at_least is None:
        return "any value" if band.below is None else f"below {facts.level(band.below, *edges)}"
    if band.below is None:
        return f"{facts.level(band.at_least, *edges)} or more"
    return f"{facts.level(band.at_least, *edges)} to below {facts.level(band.below, *edges)}"


def against_plan(facts: Facts, *, tolerance: float = 0.0, short: bool = False) -> str:
    """, 5.2 points below the 18.3% planned by then; with a tolerance ", more than the 2 points allowed"."""
    value, plan, style = facts.finding.value, facts.finding.plan, facts.style
    if value is None:
        return ""
    if plan is None:
        return ", before the plan begins"
    planned = f"the {facts.beside(plan)} planned by then"
    if value == plan:
        return f", on {planned}"
    side = "below" if value < plan else "above"
    if short:
        return f", {side} {planned}"
    if not tolerance:
        return f", {style.difference(value, plan)} {side} {planned}"
    edge = plan - tolerance if value < plan else plan + tolerance
    within = "more than" if facts.finding.state is State.EXCEPTION else "within"
    text = f", {style.size(value - plan, tolerance)} {side} {planned}, {within} the {style.wanted(tolerance)} allowed"
    return Clause.of(text, held_against=(edge,))


def changed(facts: Facts, versus: str, *, relative: bool, short: bool = False) -> str:
    """, up 22% on February 2019; ", 15% lower than last year over the year to date"."""
    change = facts.finding.change
    if change is None:
        return ""
    if versus == "year_to_date":
        if change == 0:
            return ", the same as last year over the year to date"
        way = "higher" if change > 0 else "lower"
        return f", {_size(facts, change, relative=relative)} {way} than last year over the year to date"
    base = _base(facts, versus)
    if change == 0:
        return f", no change on {base}"
    return f", {'up' if change > 0 else 'down'} {_size(facts, change, relative=relative)} on {base}"


def reduction(facts: Facts, versus: str, at_least: Amount, *, short: bool = False) -> str:
    """, a fall of 4% on the same quarter last year, short of the 20% reduction wanted."""
    change, number = facts.finding.change, at_least.number
    if change is None:
        return ""
    base, relative = _base(facts, versus), at_least.relative
    given = f"{number:,.10f}".rstrip("0").rstrip(".") + "%" if relative else facts.style.wanted(number)
    if change >= 0:
        rise = "no change" if change == 0 else f"a rise of {_size(facts, change, relative=relative)}"
        return Clause.of(f", {rise} on {base}, where a reduction of {given} is wanted", says_what_is_wanted=True)
    fall = f"a fall of {_size(facts, change, number, relative=relative)} on {base}"
    wanted = f"{given} reduction" if relative else f"reduction of {given}"
    reached = "short of" if -change < number else "meeting"
    return Clause.of(f", {fall}, {reached} the {wanted} wanted", says_what_is_wanted=True)


def _size(facts: Facts, change: float, *against: float, relative: bool) -> str:
    """Write a change's size, with enough digits to tell it from what it is held against."""
    return facts.style.percent(change, *against) if relative else facts.style.size(change, *against)


def variance(facts: Facts, against: str, *, short: bool = False) -> str:
    """, £1.712m (3.4%) over the plan of £50.373m."""
    value, plan, style = facts.finding.value, facts.finding.plan, facts.style
    if value is None or plan is None:
        return ""
    column = _COLUMN_WORDS.get(against) or f"the {against.replace('_', ' ')}"
    what = f"{column} of {facts.beside(plan)}"
    if value == plan:
        return f", equal to {what}"
    money = against in ("plan", "budget")
    side = ("over" if money else "above") if value > plan else ("under" if money else "below")
    percent = (value - plan) / abs(plan) * 100 if plan else inf
    share = f" ({style.percent(percent)})" if isfinite(percent) else ""
    return f", {side} {what}" if short else f", {style.difference(value, plan)}{share} {side} {what}"


def not_fresh(facts: Facts, *, short: bool = False) -> str:
    """Nothing: a missing figure has a text of its own, and a fresh one nothing to compare. In a subject, what is missing."""
    if facts.finding.value is not None or not short:
        return ""
    due = f", due by {day_words(facts.due_on)}" if facts.due_on else ""
    return f" no figure for {facts.finding.period.label}{due}"


def _base(facts: Facts, versus: str) -> str:
    """Name what the value is compared with."""
    kind = facts.finding.period.kind
    if versus == "previous_period":
        return (facts.finding.period - 1).label if span_of(facts.measure) is None else f"the {noun(kind)} before"
    if versus == "same_period_last_year":
        if kind is PeriodKind.YEAR:
            return "the year before"
        return f"the same {noun(kind)} last year"
    if versus == "year_to_date":
        return "last year over the year to date"
    return "the 12 months before"
