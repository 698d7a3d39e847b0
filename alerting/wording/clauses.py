"""Comparisons as clauses that follow "<sentence> in September 2020"; `short` gives the form for a subject line.

Every clause is read off the figures, never off the verdict, so that it is true for exceptional and normal findings alike.
"""

from collections.abc import Sequence
from datetime import date
from typing import Literal

from alerting.domain.judging import Amount, Band
from alerting.domain.period import PeriodKind
from alerting.wording.dates import day_words, noun, plural, span_of
from alerting.wording.facts import Facts
from alerting.wording.numbers import ordinal

_COLUMN_WORDS = {"plan": "the plan", "average": "the average", "budget": "the budget", "target": "the target"}


def against_level(facts: Facts, *, short: bool = False) -> str:
    """, 7 points below the standard of 90%."""
    value, level, style = facts.finding.value, facts.finding.target, facts.style
    if value is None or level is None:
        return ""
    what = f"the {facts.measure.called} of {style.bare(level, value)}"
    if value == level:
        return f", on {what}"
    side = "below" if value < level else "above"
    return f", {side} {what}" if short else f", {style.difference(value, level)} {side} {what}"


def before_due(facts: Facts, due: date, *, short: bool = False) -> str:
    """, against a standard of 80% due by 1 December 2020."""
    level = facts.finding.target
    called = facts.measure.called
    article = "an" if called[:1] in "aeiou" else "a"
    what = called if level is None else f"{called} of {facts.style.bare(level, facts.finding.value)}"
    return f", against {article} {what} due by {day_words(due)}"


def against_limits(facts: Facts, side: Literal["above", "below", "either"], *, short: bool = False) -> str:
    """, significantly above its upper limit of 351."""
    finding, style = facts.finding, facts.style
    value, lower, upper = finding.value, finding.lower, finding.upper
    if value is None:
        return ""
    significantly = "" if short else "significantly "
    if upper is not None and value > upper and side != "below":
        return f", {significantly}above its upper limit of {style.bare(upper, value)}"
    if lower is not None and value < lower and side != "above":
        return f", {significantly}below its lower limit of {style.bare(lower, value)}"
    if lower is not None and upper is not None and lower <= value <= upper:
        return f", within its limits of {style.bare(lower, value)} to {style.bare(upper, value)}"
    if upper is not None and value <= upper and side != "below":
        return f", not above its upper limit of {style.bare(upper, value)}"
    if lower is not None and value >= lower and side != "above":
        return f", not below its lower limit of {style.bare(lower, value)}"
    return ""


def run_on_one_side(facts: Facts, length: int, *, above: bool | None, short: bool = False) -> str:
    """, the 8th month in a row above the average of 7,082."""
    finding = facts.finding
    if finding.centre is None or finding.value is None:
        return ""
    average = f"the average of {facts.style.bare(finding.centre, finding.value)}"
    kind = finding.period.kind
    if finding.state.word == "exception" and above is not None:
        side = "above" if above else "below"
        count = length + (finding.consecutive or 1) - 1
        return f", the {ordinal(count)} {noun(kind)} in a row {side} {average}"
    return f", with no run of {length} {plural(kind)} on one side of {average}"


def trend(facts: Facts, length: int, *, short: bool = False) -> str:
    """, the 7th month in a row that is higher than the one before."""
    finding = facts.finding
    kind = finding.period.kind
    if finding.state.word != "exception" or finding.value is None or finding.previous is None:
        return f", with no run of {length} {plural(kind)} in one direction"
    higher = "higher" if finding.value > finding.previous else "lower"
    count = length + (finding.consecutive or 1) - 1
    return f", the {ordinal(count)} {noun(kind)} in a row of ever {higher} figures"


def average_moved(facts: Facts, *, short: bool = False) -> str:
    """, and its average has moved from 60.1 to 72.4."""
    finding, style = facts.finding, facts.style
    if finding.centre is None:
        return ""
    before, now = finding.previous_centre, finding.centre
    if finding.state.word != "exception":
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
    if low is not None and high is not None:
        what = f"the {called or 'range'} of {style.bare(low, value)} to {style.bare(high, value)}"
    else:
        end = low if low is not None else high
        name = called or ("least accepted" if low is not None else "most accepted")
        what = f"the {name} of {style.bare(end, value)}" if called else f"the {name}, {style.bare(end, value)}"
    if (low is None or value >= low) and (high is None or value <= high):
        return (
            f", within {what}"
            if low is not None and high is not None
            else f", not {'below' if low is not None else 'above'} {what}"
        )
    side, edge = ("below", low) if low is not None and value < low else ("above", high)
    assert edge is not None
    return f", {side} {what}" if short else f", {style.difference(value, edge)} {side} {what}"


def in_band(facts: Facts, bands: Sequence[Band], *, short: bool = False) -> str:
    """, in the red band (below 15%)."""
    band = next((band for band in bands if band.name == facts.finding.band), None)
    if band is None:
        return ""
    name = f", in the {band.name} band"
    return name if short else f"{name} ({_band_words(facts, band)})"


def _band_words(facts: Facts, band: Band) -> str:
    style, value = facts.style, facts.finding.value
    if band.at_least is None:
        return "any value" if band.below is None else f"below {style.bare(band.below, value)}"
    if band.below is None:
        return f"{style.bare(band.at_least, value)} or more"
    return f"{style.bare(band.at_least, value)} to below {style.bare(band.below, value)}"


def against_plan(facts: Facts, *, short: bool = False) -> str:
    """, 5.2 points below the 18.3% planned by then."""
    value, plan, style = facts.finding.value, facts.finding.plan, facts.style
    if value is None:
        return ""
    if plan is None:
        return ", before the plan begins"
    planned = f"the {style.bare(plan, value)} planned by then"
    if value == plan:
        return f", on {planned}"
    side = "below" if value < plan else "above"
    return f", {side} {planned}" if short else f", {style.difference(value, plan)} {side} {planned}"


def changed(facts: Facts, versus: str, *, relative: bool, short: bool = False) -> str:
    """, up 22% on the month before."""
    change = facts.finding.change
    if change is None:
        return ""
    base = _base(facts, versus)
    if change == 0:
        return f", no change on {base}"
    size = facts.style.percent(change) if relative else facts.style.difference(change, 0.0)
    return f", {'up' if change > 0 else 'down'} {size} on {base}"


def reduction(facts: Facts, versus: str, at_least: Amount, *, short: bool = False) -> str:
    """, a fall of 4% on the same quarter last year, short of the 20% reduction wanted."""
    change, style = facts.finding.change, facts.style
    if change is None:
        return ""
    relative = at_least.relative
    wanted = style.percent(at_least.number) if relative else style.difference(at_least.number, 0.0)
    base = _base(facts, versus)
    if change >= 0:
        rise = "no change" if change == 0 else f"a rise of {_size(facts, change, relative=relative)}"
        return f", {rise} on {base}, where a reduction of {wanted} is wanted"
    fall = f"a fall of {_size(facts, change, relative=relative, against=at_least.number)} on {base}"
    if -change < at_least.number:
        return f", {fall}, short of the {wanted} reduction wanted"
    return f", {fall}, meeting the {wanted} reduction wanted"


def _size(facts: Facts, change: float, *, relative: bool, against: float | None = None) -> str:
    """Write a change's size, with enough digits to tell it from what it is held against."""
    if not relative:
        return facts.style.difference(change, 0.0)
    text = facts.style.percent(change)
    if against is not None and abs(change) != against and text == facts.style.percent(against):
        for decimals in range(1, 11):
            if round(abs(change), decimals) != round(against, decimals):
                return f"{abs(change):,.{decimals}f}%"
    return text


def variance(facts: Facts, against: str, *, short: bool = False) -> str:
    """, £1.712m (3.4%) over the plan of £50.373m."""
    value, plan, style = facts.finding.value, facts.finding.plan, facts.style
    if value is None or plan is None:
        return ""
    column = _COLUMN_WORDS.get(against) or f"the {against.replace('_', ' ')}"
    what = f"{column} of {style.bare(plan, value)}"
    if value == plan:
        return f", equal to {what}"
    money = against in ("plan", "budget")
    side = ("over" if money else "above") if value > plan else ("under" if money else "below")
    share = f" ({style.percent((value - plan) / abs(plan) * 100)})" if plan else ""
    return f", {side} {what}" if short else f", {style.difference(value, plan)}{share} {side} {what}"


def not_fresh(facts: Facts, *, short: bool = False) -> str:
    """Nothing: a missing figure has a text of its own, and a fresh one nothing to compare."""
    if facts.finding.state.word == "exception":
        due = f", due by {day_words(facts.due_on)}" if facts.due_on else ""
        return f" no figure for {facts.finding.period.label}{due}" if short else ""
    return ""


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
