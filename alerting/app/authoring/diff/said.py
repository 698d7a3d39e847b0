"""What every form of a difference says in words: notices in a line, spans, what is to be expected."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from alerting.app.authoring.diff.difference import BudgetChange, Difference
from alerting.app.authoring.diff.notice_changes import ChangedNotice, Reworded
from alerting.app.authoring.diff.owner_changes import Series
from alerting.app.authoring.diff.owner_holes import Hole
from alerting.app.authoring.diff.roll_over import Lines, RolledOver
from alerting.domain.backtest import KnownFrom, OwnerBudget
from alerting.domain.rule import Owner, RuleSet
from alerting.render.backtest.as_text import over_words
from alerting.render.backtest.chance_lines import unknown_words
from alerting.wording.dates import day_words
from alerting.wording.numbers import NumberStyle
from alerting.wording.plain import counted, listed

#: Series of one owner, or of one hole, are named up to so many.
_MOST_SERIES = 3


@dataclass(frozen=True, slots=True)
class People:
    """Owners by id, of either side."""

    owners: Mapping[str, Owner]

    @classmethod
    def of(cls, found: Difference) -> "People":
        """Return those of a difference; where both sides have one, as HEAD has them."""
        return cls({**found.base.rules.owners, **found.head.rules.owners})

    def __getitem__(self, owner: str) -> str:
        return self.owners[owner].name if owner in self.owners else owner


def several_series(series: Sequence[Series], rules: RuleSet) -> str:
    """Name some series, and how many more there are."""
    named = "; ".join(series_words(one, rules) for one in series[:_MOST_SERIES])
    more = len(series) - _MOST_SERIES
    return f"{named} and {counted(more, 'more series', 'more series')}" if more > 0 else named


def series_words(series: Series, rules: RuleSet) -> str:
    """Name a series by measure and area."""
    measure, area = series
    return f"{rules.measures[measure].title} in {rules.areas[area].title}"


def hole_lines(found: Difference) -> Iterator[str]:
    """Yield a line for each hole that HEAD opens or closes; where it has none, that everything has somebody."""
    if found.is_empty:
        return
    base, head, last = found.base.rules, found.head.rules, found.holes.until
    people = People.of(found)
    for hole in found.holes.opened:
        before = dict.fromkeys(people[owner] for owners in hole.told_otherwise for owner in owners)
        told = f" (before: {', '.join(before)})" if before else ""
        yield f"{hole_words(hole, head, last)}: {hole.why}{told}"
    for hole in found.holes.closed:
        yield f"somebody is told again of {several_series(hole.series, base)} {_days(hole, last)} (before: {hole.why})"
    if found.holes.watched and not found.holes.bare:
        watched = counted(found.holes.watched, "series", "series")
        yield f"every measure in every area has somebody until {day_words(last)} ({watched} {_which(found)})"
    elif found.holes.bare and not found.holes.opened and not found.owners.uncovered:
        bare = counted(found.holes.bare, "series", "series")
        yield f"on some days until {day_words(last)} nobody is told of {bare}, as before: `alerting check` names them"


def _which(found: Difference) -> str:
    """Say which series were looked at: as many as there are figures of, or may be."""
    if found.looked_back is None:
        return "that rules watch, with figures or without"
    _, head = found.looked_back
    if head.failed:
        return f"that rules watch: those with figures, and all that {listed(list(head.failed))} may have"
    return "with figures that rules watch"


def hole_words(hole: Hole, rules: RuleSet, last: date) -> str:
    """Say of what nobody hears, or the fallback alone, and on which days; `last` is the last day that was looked at."""
    nobody = "nobody is told" if hole.fallback is None else f"only the fallback {hole.fallback} is told"
    return f"{nobody} of {several_series(hole.series, rules)} {_days(hole, last)}"


def _days(hole: Hole, last: date) -> str:
    since = f"from {day_words(hole.since)}"
    return f"{since} on" if hole.until == last else f"{since} until {day_words(hole.until)}"


def span_words(found: Difference) -> str:
    """Say over which days was looked back, and from when figures count."""
    assert found.backtests is not None
    _, after = found.backtests
    counts = {
        "by the days their sources give": after.known.get(KnownFrom.PUBLISHED, 0),
        "as known today, from the day after they are due": after.known.get(KnownFrom.DUE, 0),
        "as known today, from the day after their periods end": after.known.get(KnownFrom.PERIOD_END, 0),
    }
    said = "; ".join(f"{counted(count, 'measure')} {how}" for how, count in counts.items() if count)
    return f"from {day_words(after.span.first)} to {day_words(after.span.last)}{f' ({said})' if said else ''}"


def not_compared(found: Difference) -> Iterator[str]:
    """Say why no notices were compared, where they should have been."""
    first, last = day_words(found.span.first), day_words(found.span.last)
    yield f"Notices are not compared: no figure is known from {first} to {last}; give another span with --from and --until."


def notices_words(found: Difference) -> str:
    """Say how many notices come and go, and how many there are on either side."""
    assert found.backtests is not None and found.notices is not None
    added, removed = found.notices.added, found.notices.removed
    before, after = (len(backtest.sent) for backtest in found.backtests)
    if not (added or removed):
        return f"the same {counted(after, 'notice')}" if after else "none on either side"
    more, fewer = (sum(not one.notice.stood for one in several) for several in (added, removed))
    stood = len(added) + len(removed) - more - fewer
    at_start = f"; besides {counted(stood, 'notice')} of what stood when the span began" if stood else ""
    return f"{before} before, {after} after; {more_and_fewer(more, fewer)}{at_start}"


def more_and_fewer(more: int, fewer: int) -> str:
    """Say how many notices tell something new, and how many tell something no longer."""
    said = [*([f"{more} tell{'s' * (more == 1)} something new"] if more else [])]
    said += [f"{fewer} would not have gone out as {'it' if fewer == 1 else 'they'} did"] if fewer else []
    return ", ".join(said) or "nothing is told otherwise"


def notice_line(one: ChangedNotice, people: People) -> str:
    """Write a notice in a line."""
    alerts = counted(len(one.events), "alert") if one.events else "of a source or of the engine"
    stood = ", stood at the beginning" if one.notice.stood else ""
    return f"{one.at}  {people[one.owner]}: {one.event.replace('_', ' ')}, {alerts}{stood}: {one.notice.subject}"


def whole_title(found: Difference, one: ChangedNotice) -> str:
    """Say what a notice is an example of, to whom it would have gone and when."""
    assert found.notices is not None
    what = "A notice that is new" if one in found.notices.added else "A notice that goes"
    return f"{what}, to {People.of(found)[one.owner]} on {day_words(one.at)}"


def reworded_title(one: Reworded, people: People) -> str:
    """Say what a notice that reads otherwise is an example of."""
    return (
        f"A notice that reads otherwise, as HEAD writes it, to {people[one.notice.owner]} on {day_words(one.notice.at)}"
    )


def roll_over_lines(found: Difference) -> Iterator[str]:
    """Yield a line for each series whose limits are others from the next financial year on, those that tell otherwise first."""
    several = found.rolled_over
    if several is None:
        return
    if not several:
        yield "no limits that stand for a year change, by the figures so far"
    for one in sorted(several, key=lambda one: one.exception_now == one.exception_then):
        yield _rolled_over(one, found.head.rules)


def _rolled_over(one: RolledOver, rules: RuleSet) -> str:
    measure = rules.as_judged(one.rule.id, one.measure) or rules.measures[one.measure]
    style = NumberStyle.of(measure)

    def lines(of: Lines) -> str:
        ends = [style.bare(end, one.newest) for end in (of.lower, of.upper) if end is not None]
        return " to ".join(ends) if len(ends) > 1 else f"{'lower' if of.upper is None else 'upper'} {''.join(ends)}"

    newest = f"{style.value(one.newest)} in {one.newest_of.label}"
    verdicts = ("an exception" if is_one else "normal" for is_one in (one.exception_now, one.exception_then))
    what = f"the newest figure, {newest}, is {next(verdicts)} now and would be {next(verdicts)} then"
    where = f"{measure.title} in {rules.areas[one.area].title}"
    return f"{one.rule.id}, {where}: {lines(one.now)}, from {one.begins.label} on {lines(one.then)}; {what}"


def budget_lines(found: Difference) -> Iterator[str]:
    """Yield a line for each owner of whose exceptions something else is to be expected."""
    people = People.of(found)
    for one in found.budget:
        if _chance(one.before) != _chance(one.after) or one.goes_over:
            yield f"{people[one.owner]}: {_chance(one.before)} → {_chance(one.after)}{_limit(one)}{_unknown(one)}"


def _unknown(one: BudgetChange) -> str:
    unknown = unknown_words(one.after)
    return "" if unknown is None else f"; {unknown}"


def mail_budget_lines(found: Difference) -> Iterator[str]:
    """Yield a line for each owner whose mail budget would be used up at other times than before."""
    people = People.of(found)
    for one in found.budget:
        before, after = (() if side is None else side.over for side in (one.before, one.after))
        if before != after:
            then, now = (over_words(side) if side is not None else None for side in (one.before, one.after))
            yield f"{people[one.owner]}: {now or 'the mail budget is never used up'} (before: {then or 'never'})"


def _chance(budget: OwnerBudget | None) -> str:
    if budget is None or budget.expected_by_chance_per_month is None:
        return "none"
    return f"{budget.expected_by_chance_per_month:.1f}"


def _limit(one: BudgetChange) -> str:
    limit = None if one.after is None else one.after.limit
    return "" if limit is None else f", of at most {limit:g}{'; goes over' if one.goes_over else ''}"
