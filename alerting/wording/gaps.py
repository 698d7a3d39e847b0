"""Words on rare events: how long there was none, against how long it usually takes; on other figures those of `clauses`."""

from typing import Literal

from alerting.domain.finding import State
from alerting.wording import clauses
from alerting.wording.clause import Clause, ClauseKind
from alerting.wording.dates import day_words
from alerting.wording.facts import Facts


def of_gaps(facts: Facts) -> bool:
    """Whether the finding's value is days between events."""
    return facts.method is not None and facts.method.judges_gaps


def sentence(facts: Facts) -> str:
    """Serious injuries: none in North for 210 days up to 3 May 2020."""
    return f"{facts.measure.full_title}: {stands(facts)}"


def stands(facts: Facts) -> str:
    """Write none in North for 210 days up to 3 May 2020, or one in North on 3 May 2020, 42 days after the one before."""
    finding = facts.finding
    place = "" if facts.area_unsaid else f" in {facts.area.title}"
    day, value = day_words(finding.period.last_day), facts.style.value(finding.value, *facts.neighbours)
    events = finding.evidence.get("events", 0)
    if _is_open(facts):
        return f"none{place} for {value} up to {day}"
    if events > 1:
        return f"{events:,.0f}{place} on the same day, {day}"
    return f"one{place} on {day}, {value} after the one before"


def against_limits(facts: Facts, side: Literal["above", "below", "either"], *, short: bool = False) -> Clause:
    """, significantly longer than the usual 43 days (upper limit 190 days)."""
    if not of_gaps(facts):
        return clauses.against_limits(facts, side, short=short)
    finding = facts.finding
    value, lower, upper, centre = finding.value, finding.lower, finding.upper, finding.centre
    if value is None or lower is None or upper is None or centre is None:
        return Clause()
    if value > upper and side != "below":
        return _beyond(facts, "longer", "upper", upper, short=short)
    if value < lower and side != "above":
        if _is_open(facts):
            return _not_yet(facts, centre)
        return _beyond(facts, "shorter", "lower", lower, short=short)
    if side == "either":
        return Clause(f", within the limits of {facts.beside(lower)} to {_days(facts, upper)}")
    if side == "above":
        return Clause(f", not longer than the upper limit of {_days(facts, upper)}")
    return Clause(f", not shorter than the lower limit of {_days(facts, lower)}")


def _is_open(facts: Facts) -> bool:
    """Whether no event has ended the gap yet, so that it says nothing of being short."""
    return not facts.finding.evidence.get("events", 0)


def _not_yet(facts: Facts, centre: float) -> Clause:
    return Clause(f", not yet as long as the usual {_days(facts, centre)}")


def _beyond(facts: Facts, how: str, which: str, limit: float, *, short: bool) -> Clause:
    centre = facts.finding.centre
    assert centre is not None
    if short:
        return Clause(f", {how} than the {which} limit of {_days(facts, limit)}")
    usual = f"significantly {how} than the usual {_days(facts, centre)} ({which} limit {_days(facts, limit)})"
    return Clause(f", {usual}", above=how == "longer", tells=("previous", "last_year"))


def run_on_one_side(facts: Facts, length: int, *, above: bool | None, short: bool = False) -> Clause:
    """, with the last 8 gaps all shorter than the usual 43 days."""
    if not of_gaps(facts):
        return clauses.run_on_one_side(facts, length, above=above, short=short)
    centre = facts.finding.centre
    if centre is None or facts.finding.value is None:
        return Clause()
    usual = f"the usual {_days(facts, centre)}"
    if above is None or facts.finding.value == centre:
        return Clause(f", as long as {usual}")
    if _is_open(facts) and not above:
        return _not_yet(facts, centre)
    how = "longer" if above else "shorter"
    if facts.finding.state is not State.EXCEPTION:
        return Clause(f", {how} than {usual}")
    if short:
        return Clause(f", {length} gaps in a row {how} than {usual}")
    every = "both" if length == 2 else "all"
    return Clause(f", with the last {length} gaps {every} {how} than {usual}", kind=ClauseKind.OF_SEVERAL, above=above)


def near_limit(facts: Facts, points: int, out_of: int, *, short: bool = False) -> Clause:
    """, close to the upper limit of 190 days in at least 2 of the last 3 gaps."""
    if not of_gaps(facts):
        return clauses.near_limit(facts, points, out_of, short=short)
    finding = facts.finding
    centre, value = finding.centre, finding.value
    if finding.state is not State.EXCEPTION or centre is None or value is None:
        return against_limits(facts, "either", short=short)
    which, limit = ("upper", finding.upper) if value > centre else ("lower", finding.lower)
    assert limit is not None
    near = f", close to the {which} limit of {_days(facts, limit)}"
    if short or out_of == 1:
        return Clause(near)
    times = (
        f"in each of the last {out_of} gaps" if points == out_of else f"in at least {points} of the last {out_of} gaps"
    )
    return Clause(f"{near} {times}", kind=ClauseKind.OF_SEVERAL, above=value > centre)


def _days(facts: Facts, number: float) -> str:
    """Write a number of days beside the value."""
    value = facts.finding.value
    return facts.style.value(number, *([] if value is None or number == value else [value]))
