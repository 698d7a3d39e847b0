"""Whole sentences: what a finding says, in words that stand alone."""

from alerting.domain.finding import Finding, Reason, State
from alerting.domain.limits_method import LimitsMethod
from alerting.domain.measure import Covers, Polarity
from alerting.domain.rule import side_is_worse
from alerting.domain.spans import cumulated, span_words
from alerting.wording.briefly import Brief, HeldLine, brief_of
from alerting.wording.clause import Clause, ClauseKind
from alerting.wording.dates import day_words, plural, streak, times, told_span
from alerting.wording.facts import Facts
from alerting.wording.gaps import of_gaps
from alerting.wording.gaps import sentence as gap_sentence
from alerting.wording.lacking import needed
from alerting.wording.members import proposed_move, rests_on
from alerting.wording.moves import Earlier, moved
from alerting.wording.printed import printed_changes

#: From so many exceptional periods in a row on, a finding says how long it has lasted.
MINIMUM_STREAK = 2
_NOTHING_MORE = Clause()


def finding_text(facts: Facts, clause: Clause) -> str:
    """Write a finding: value, period and comparison; the figures before; how long; what else a reader must know."""
    finding = facts.finding
    if facts.is_change_alone:
        return _change_alone(facts, clause)
    if finding.value is None:
        return _not_overdue(facts) if clause.kind is ClauseKind.NOT_OVERDUE else _not_come(facts)
    parts = [f"{_sentence(facts, clause)}{facts.on_each_day('value')}{clause}."]
    if before := _before(facts, clause):
        parts.append(before)
    if facts.printed_changes and finding.evidence.get("change") != "as published":
        parts.append(f"It is {printed_changes(facts.printed_changes, finding.period, facts.style)}, as published.")
    parts += _lasted(finding, clause)
    if clause.kind is not ClauseKind.WANTED and (wanted := _wanted(facts, went_up=clause.above)):
        parts.append(wanted)
    if members := rests_on(facts):
        parts.append(members)
    if proposed := proposed_move(facts):
        parts.append(proposed)
    parts += [*_marks(facts), *_age(facts)]
    return " ".join(parts)


def _age(facts: Facts) -> list[str]:
    """Say that nothing newer has come, though it was due; or what came since and is not judged."""
    if facts.is_last:
        return [f"There is no newer figure since {facts.finding.period.label}."]
    newer = facts.newer
    if newer is None:
        return []
    value = newer.finding.value
    if value is None:
        return [no_verdict_text(newer)]
    why = _why_not(newer).removeprefix("It is not judged")
    return [f"The figure of {newer.finding.period.label}, {newer.style.value(value)}, is not judged{why}."]


def _lasted(finding: Finding, said: Clause) -> list[str]:
    """Say for how long it has been an exception, from the second period on."""
    if finding.consecutive is None or finding.consecutive < MINIMUM_STREAK:
        return []
    what = "an exception for the" if said.kind is ClauseKind.OF_SEVERAL else "the"
    return [f"This is {what} {streak(finding.consecutive, finding.period)}."]


def _change_alone(facts: Facts, clause: Clause) -> str:
    """Write a change that is printed without its figure: Collisions in September 2020, up 12% on last year, as printed."""
    finding = facts.finding
    place = "" if facts.area_unsaid else f" in {facts.area.title}"
    parts = [f"{facts.measure.full_title}{place} {_now(facts)}{clause}, as printed.", *_lasted(finding, clause)]
    if finding.provisional:
        parts.append("The figure is provisional.")
    return " ".join([*parts, *_age(facts)])


def no_verdict_text(facts: Facts) -> str:
    """Write why there is no verdict."""
    finding = facts.finding
    reason = finding.reason
    if reason in (Reason.LATE, Reason.MISSING, Reason.SOURCE_FAILED) or finding.value is None:
        if reason is Reason.LATE:
            return _not_come(facts)
        return _without_value(facts)
    return " ".join([f"{_sentence(facts)}. {_why_not(facts)}.", *_age(facts)])


def _why_not(facts: Facts) -> str:
    """Write why a figure is not judged, without the stop."""
    finding, reason = facts.finding, facts.finding.reason
    if reason is Reason.HELD and finding.notes:
        return f"It is not judged: {_reason_given(finding)}"
    if facts.in_the_way is not None and reason in _IN_THE_WAY:
        words, days = facts.in_the_way
        return f"It is not judged: {_IN_THE_WAY[reason]}{days} ({words.rstrip(' .')})"
    if reason is Reason.NO_LIMITS and facts.method is not None and facts.method.by_denominator:
        return f"It is not judged: {_no_limits_of_parts(finding, facts.method)}"
    if facts.lacking is not None:
        return f"It is not judged: the comparison needs {needed(facts)}"
    return _WHY[reason] if reason else "It is not judged"


def _no_limits_of_parts(finding: Finding, method: LimitsMethod) -> str:
    """Say why numerators and denominators make no limits: there are none, or such as no share can have."""
    centre = finding.centre
    if centre is not None and centre < 0:
        return "its numerators add up to less than 0, so that there are no limits"
    if centre is not None and centre > _ALL and method.of_shares:
        return "its numerators add up to more than its denominators, so that there are no limits of a share"
    return "there are no numerators and denominators to make limits from"


#: A share of all, in percent; what is no share, as a funnel of rates, has limits whatever its centre.
_ALL = 100.0
#: What stands before the days of what is in the way.
_IN_THE_WAY = {
    Reason.BREAK: "between it and what it would be compared with lies the break ",
    Reason.HELD: "what it would be compared with is held ",
    Reason.EXCLUDED: "too few figures are left beside those excluded ",
    Reason.FEW_POINTS: "there are too few figures since the break ",
}


_WHY = {
    Reason.HELD: "It is not judged for now",
    Reason.GAP: "It is not judged: an earlier figure that the comparison needs is missing",
    Reason.NO_TARGET: "It is not judged: there is no target for this period",
    Reason.NO_PLAN: "It is not judged: there is no plan to compare it with",
    Reason.NO_LIMITS: "It is not judged: there is no limit to compare it with",
    Reason.NO_COMPARISON: "It is not judged: a figure that the comparison needs is not known",
    Reason.ZERO_BASE: "It is not judged: the figure it is compared with is 0, so there is no percentage",
    Reason.FEW_POINTS: "It is not judged: there are too few earlier figures",
    Reason.SMALL_NUMBERS: "It is not judged: it rests on too few cases",
    Reason.SUPPRESSED: "It is not judged: the source withholds the figure",
    Reason.NO_LEVEL: "It is not judged: only the change is printed, not the figure itself",
    Reason.BREAK: "It is not judged: a declared break lies between it and what it would be compared with",
    Reason.EXCLUDED: "It is not judged: what it would be compared with is excluded",
    Reason.FEW_AREAS: "It is not judged: too few areas have a figure to compare it with",
    Reason.PARTIAL: "It is not judged: not all of its parts have come",
    Reason.REFUSED: "It is not judged: the figure could not be read",
    Reason.CONFLICT: "It is not judged: the source gives two different figures",
    Reason.LATE: "It is late",
    Reason.MISSING: "It is missing",
    Reason.SOURCE_FAILED: "Its source could not be read",
}


def headline(facts: Facts, clause: Clause) -> str:
    """Write the short form: 999 calls answered within 10 seconds: 83%, below the standard of 90% (West Mercia)."""
    finding = facts.finding
    nothing_compared = not finding.state.is_verdict or clause.kind is ClauseKind.NOT_OVERDUE
    if nothing_compared:
        clause = Clause(f" no figure for {finding.period.label}" if finding.value is None else ", not judged")
    elif facts.is_change_alone:
        clause = Clause(f"{clause.text.removeprefix(',')}, as printed", held_against=clause.held_against)
    value = "" if finding.value is None else f" {_value(facts, clause)}"
    return f"{facts.measure.title}:{value}{facts.on_each_day('value')}{clause} ({facts.area.title})"


def brief(facts: Facts, clause: Clause, line: HeldLine | None) -> Brief:
    """Return a finding in brief, with as many digits as its clause needs."""
    style, against = facts.style, (*facts.neighbours, *clause.held_against)
    written = style.value if style.is_place else style.bare  # 7th of 8, but 83 of calls
    return brief_of(facts, line, written(facts.finding.value, *against))


def _sentence(facts: Facts, clause: Clause = _NOTHING_MORE) -> str:
    """Write the measure's own sentence, or one built from its title, with area and period."""
    if of_gaps(facts) and facts.finding.value is not None:
        return gap_sentence(facts)
    measure, finding = facts.measure, facts.finding
    value = _value(facts, clause)
    period = f"{times(finding.period, told_span(measure)).now}{_some_of_window(facts)}"
    place = "" if facts.area_unsaid else f" in {facts.area.title}"
    if measure.sentence is None:  # a colon, because titles are singular, plural and phrases: no verb fits them all
        return f"{measure.full_title}: {value}{place} {period}"
    begins_with_period = measure.sentence.startswith("{period}")
    sentence = measure.sentence.rstrip(" .").replace("{value}", value)
    if "{area}" in sentence:
        sentence, place = sentence.replace("{area}", facts.area.title), ""
    if "{period}" in sentence:
        sentence, period = sentence.replace("{period}", period), ""
        if begins_with_period:
            sentence = sentence[:1].upper() + sentence[1:]
    return f"{sentence}{place} {period}".rstrip()


def _some_of_window(facts: Facts) -> str:
    """Say how many periods of a rolling window there are, where some are missing."""
    window = facts.finding.evidence.get("window")
    if window is None or window["periods"] == window["of"]:
        return ""
    rolling = facts.measure.rolling
    return "" if rolling is None else f" ({window['periods']} of {window['of']} {plural(rolling.kind)})"


def _value(facts: Facts, clause: Clause) -> str:
    """Write the value with enough digits for all that the text holds it against."""
    return facts.style.value(facts.finding.value, *facts.neighbours, *clause.held_against)


def _before(facts: Facts, said: Clause = _NOTHING_MORE) -> str:
    """Write the previous period and the same period last year, where known and not told already.

    A year to date is larger than the month before's, or starts anew: nobody is to read the two beside one another.
    """
    if of_gaps(facts):  # the day before it was a day less
        return ""
    finding = facts.finding
    to_date = cumulated(facts.measure, finding.period.kind) is Covers.YEAR_TO_DATE
    told = "previous" in said.tells or (to_date and finding.value is not None)
    previous = None if told else finding.previous
    last_year = None if "last_year" in said.tells else finding.last_year
    if previous is None and last_year is None:
        return ""
    words = times(finding.period, told_span(facts.measure))
    both = ((previous, "previous", words.before), (last_year, "last_year", words.last_year))
    earlier = [
        (Earlier(figure, facts.beside(figure, *said.held_against), then), facts.on_each_day(name))
        for figure, name, then in both
        if figure is not None and then is not None
    ]
    if not earlier:
        return ""
    as_published = finding.evidence.get("change") == "as published"  # the source's own change is told, not a second one
    least = min(finding.value or 0.0, *(one.figure for one, _ in earlier))
    if least <= 0 or facts.per_day or as_published:
        was = [f"{one.written} {one.then.when}{daily}" for one, daily in earlier]
        return f"It was {(', and ' if facts.per_day else ' and ').join(was)}."
    return f"It is {' and '.join(moved(facts, one, *said.held_against) for one, _ in earlier)}."


def figures_before(facts: Facts, said: Clause) -> str | None:
    """Write what a figure was before, in a sentence; None where that is not known or *said* tells it."""
    return None if facts.finding.value is None else _before(facts, said) or None


def _wanted(facts: Facts, *, went_up: bool | None) -> str:
    """Say so where an exception lies on the better side: a rise in reporting is not called bad where it is wanted."""
    finding, better = facts.finding, facts.measure.better
    if finding.state is not State.EXCEPTION or better is Polarity.NEITHER or finding.value is None:
        return ""
    side = _side(facts) if went_up is None else went_up
    if side is None or side_is_worse(above=side, better=better) is not False:
        return ""
    if of_gaps(facts):
        return f"{'Longer' if better is Polarity.HIGHER else 'Shorter'} gaps are better here."
    return f"{'Higher' if better is Polarity.HIGHER else 'Lower'} is better here."


def _side(facts: Facts) -> bool | None:
    """Return whether the value lies above what it is held against, None where it is held against no single number."""
    finding = facts.finding
    assert finding.value is not None
    centre, before = finding.centre, finding.previous_centre
    if finding.rebased_on == finding.period and centre is not None and before is not None and centre != before:
        return centre > before  # the average moved: the value may lie on either side of the new one
    if finding.upper is not None and finding.value > finding.upper:
        return True
    if finding.lower is not None and finding.value < finding.lower:
        return False
    if finding.change is not None:
        return finding.change > 0 if finding.change else None
    reference = (
        finding.target if finding.target is not None else finding.plan if finding.plan is not None else finding.centre
    )
    return None if reference is None or reference == finding.value else finding.value > reference


def _marks(facts: Facts) -> list[str]:
    """Say what limits the figure's weight: provisional, trial limits, a change taken as published."""
    finding = facts.finding
    marks = []
    if finding.evidence.get("change") == "as published":
        marks.append("The change is as published.")
    if finding.provisional:
        marks.append("The figure is provisional.")
    if finding.trial:
        marks.append(f"Its limits are trial limits, from fewer than 12 {'gaps' if of_gaps(facts) else 'figures'}.")
    if overdispersed := _overdispersed(facts):
        marks.append(overdispersed)
    return marks


def _overdispersed(facts: Facts) -> str:
    """Say where limits are wider than chance alone would make them, and by how much."""
    limits = facts.finding.evidence.get("limits", {})
    if not limits.get("overdispersed"):
        return ""
    if facts.method is not None and facts.method.among_areas:
        return (
            "Its limits allow for areas that differ by more than chance gives."
            if limits.get("dispersion", 0) > 1
            else ""
        )
    wider = f"{limits.get('sigma_z', 1):.1f}".removesuffix(".0")
    if wider == "1":
        return ""
    return f"Its limits are {wider} times as wide as chance alone would make them, because its figures vary that much more."


def _not_come(facts: Facts) -> str:
    """Write that a figure which was due is not there, and what the figures before were."""
    place = "" if facts.area_unsaid else f" in {facts.area.title}"
    due = f"; it was due by {day_words(facts.due_on)}" if facts.due_on else ""
    what = f"{_lower(facts.measure.full_title)}{place} {_now(facts)}"
    before = _before(facts)
    return f"No figure has come for {what}{due}.{' ' if before else ''}{before}"


def _not_overdue(facts: Facts) -> str:
    """Write that nobody waits for a figure which is not there: it is not due yet, or it came and cannot be judged."""
    place = "" if facts.area_unsaid else f" in {facts.area.title}"
    return f"No figure is overdue for {_lower(facts.measure.full_title)}{place} {_now(facts)}."


def _without_value(facts: Facts) -> str:
    finding = facts.finding
    place = "" if facts.area_unsaid else f" in {facts.area.title}"
    what = f"{_lower(facts.measure.full_title)}{place} {_now(facts)}"
    if finding.reason is Reason.SOURCE_FAILED:
        return f"The source that gives {what} could not be read."
    if finding.reason is Reason.HELD and finding.notes:
        return f"There is no figure for {what}: {_reason_given(finding)}."
    if finding.reason is Reason.SUPPRESSED:
        return f"There is no figure for {what}: the source withholds it."
    covers = facts.measure.covers
    if finding.reason is Reason.MISSING and covers is not None and finding.period.kind is not facts.measure.every:
        whole = f"{_lower(facts.measure.full_title)}{place}"
        why = f"one that covers {span_words(covers)} is never made of others"
        return f"No figure of {finding.period.label} is printed for {whole}, and {why}."
    if finding.reason is Reason.NO_LEVEL and facts.printed_changes:
        changes = printed_changes(facts.printed_changes, finding.period, facts.style)
        return f"There is no figure for {what}: only the change is printed, {changes}."
    if finding.reason is Reason.HELD:
        return f"There is no figure for {what}: a figure that it is made of is held back."
    if (load := finding.evidence.get("load")) is not None:
        return f"There is no usable figure for {what}: its load is not whole yet ({load['waits_for']})."
    if facts.lacking is not None:
        return f"There is no usable figure for {what}: it needs {needed(facts)}."
    if finding.reason in _NOT_USABLE:
        why = _WHY[finding.reason].removeprefix("It is not judged: ")
        return f"There is no usable figure for {what}: {why}."
    return f"There is no figure for {what}."


def _now(facts: Facts) -> str:
    """Write the judged period, or the span that ends with it."""
    return times(facts.finding.period, told_span(facts.measure)).now


#: Why there is no figure although something came.
_NOT_USABLE = (
    Reason.REFUSED, Reason.CONFLICT, Reason.FEW_POINTS, Reason.GAP, Reason.SMALL_NUMBERS, Reason.PARTIAL,
)  # fmt: skip


def _reason_given(finding: Finding) -> str:
    """Write a hold's own words within a sentence."""
    return _lower(finding.notes[0]).rstrip(" .")


def _lower(text: str) -> str:
    """Begin a title within a sentence: small, unless it is one of names, capitals or abbreviations (Child at Risk, C. diff)."""
    first, _, rest = text.partition(" ")
    named = any(word[:1].isupper() and not word.isupper() for word in rest.split())
    if first[1:] != first[1:].lower() or first[1:] == "." or rest[:1].isupper() or named:
        return text
    return text[:1].lower() + text[1:]
