"""What a change of rules does, as one value: which rules differ and how, who would be told what else."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from alerting.app.authoring.diff.measure_changes import ChangedMeasure, measure_changes
from alerting.app.authoring.diff.notice_changes import NoticeChanges, Reworded, notice_changes, reworded
from alerting.app.authoring.diff.other_changes import ChangedThing, What, other_changes
from alerting.app.authoring.diff.owner_changes import ChangedOwner, OwnerChanges, Reporting, owner_changes
from alerting.app.authoring.diff.owner_holes import Holes, holes
from alerting.app.authoring.diff.roll_over import RolledOver
from alerting.app.authoring.diff.rule_changes import RuleChanges, renamed, rule_changes
from alerting.app.authoring.diff.sides import Side
from alerting.app.authoring.diff.template_changes import SORT, template_changes
from alerting.domain.backtest import Backtest, DaySpan, OwnerBudget
from alerting.domain.problem import Problem
from alerting.wording.dates import day_words
from alerting.wording.plain import counted, listed

#: Of a long list of what differs so many are named among the reasons.
_MOST_NAMED = 3


@dataclass(frozen=True, kw_only=True, eq=False)
class LookedBack:
    """What a side would have found and told over a span, and of which areas it has figures."""

    #: None: no figure is known in the span.
    backtest: Backtest | None
    reporting: Reporting
    #: Sources that could not be read.
    failed: tuple[str, ...] = ()
    #: What is wrong with the figures.
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FiguresUsed:
    """Which figures both sides were run on: those that a folder's sources hold today, or a file of `figures export`.

    `revision`: HEAD where that is a revision, whose own figures are not read; None: it is the folder, or a file was given.
    """

    path: Path
    is_export: bool
    revision: str | None

    @property
    def words(self) -> str:
        """It in a sentence."""
        if self.is_export:
            return f"On both sides the figures are those of the file {self.path.as_posix()}."
        other = "" if self.revision is None else f", not those of the revision {self.revision}"
        return f"On both sides the figures are those of {self.path.as_posix()} as it stands{other}."


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetChange:
    """What is expected of an owner's exceptions on either side; None: the side has nothing of them."""

    owner: str
    before: OwnerBudget | None
    after: OwnerBudget | None

    @property
    def goes_over(self) -> bool:
        """Whether chance alone brings more openings than the owner's limit, as it did not before."""
        return _is_over(self.after) and not _is_over(self.before)

    @property
    def more_over(self) -> int:
        """In how many days, weeks or months more than before mail would go beyond the owner's mail budget."""
        before, after = (frozenset() if one is None else frozenset(one.over) for one in (self.before, self.after))
        return len(after - before)


def _is_over(budget: OwnerBudget | None) -> bool:
    if budget is None or budget.limit is None or budget.expected_by_chance_per_month is None:
        return False
    return budget.expected_by_chance_per_month > budget.limit


@dataclass(frozen=True, kw_only=True, eq=False)
class Difference:
    """What HEAD does that BASE does not."""

    base: Side
    head: Side
    span: DaySpan
    rules: RuleChanges
    measures: tuple[ChangedMeasure, ...]
    others: tuple[ChangedThing, ...]
    owners: OwnerChanges
    #: Days to come on which nobody hears, for a year from the span's last day on.
    holes: Holes
    #: What either side would have told; None: figures were not asked for, or the sides judge and tell alike.
    looked_back: tuple[LookedBack, LookedBack] | None = None
    #: None: none were read.
    figures: FiguresUsed | None = None
    #: The backtests of both sides, and what they tell otherwise; None where there are not two.
    backtests: tuple[Backtest, Backtest] | None = None
    notices: NoticeChanges | None = None
    #: Where templates differ: a notice that both sides send in other words; None: there is none.
    reworded: Reworded | None = None
    #: What HEAD's limits are from the next financial year on; None: nobody asked.
    rolled_over: tuple[RolledOver, ...] | None = None

    @property
    def is_empty(self) -> bool:
        """Whether both sides mean the same."""
        owners = self.owners.changed or self.owners.uncovered or self.holes.opened or self.holes.closed
        return not (self.rules.any or self.measures or self.others or owners)

    @property
    def is_of_words(self) -> bool:
        """Whether nothing is judged, and nobody told, otherwise: at most words differ."""
        changes = (change for one in self.measures for change, _ in one.changes)
        return not (
            self.rules.added
            or self.rules.removed
            or any(one.is_judged_otherwise for one in self.rules.changed)
            or any(not one.is_of_words for one in self.others)
            or self.owners.changed
            or any(not change.is_of_words for change in changes)
        )

    @property
    def budget(self) -> tuple[BudgetChange, ...]:
        """What is expected of each owner's exceptions, before and after, where it was worked out."""
        if self.backtests is None:
            return ()
        before, after = ({one.owner: one for one in backtest.budget} for backtest in self.backtests)
        return tuple(
            BudgetChange(owner=owner, before=before.get(owner), after=after.get(owner))
            for owner in dict.fromkeys((*after, *before))
        )

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong with the figures, on either side."""
        return tuple(dict.fromkeys(problem for side in self.looked_back or () for problem in side.problems))

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why somebody should look, what weighs most first; empty: nobody need."""
        return tuple(reasons(self))


def reasons(found: Difference) -> Iterator[str]:
    """Yield why somebody should look at a difference, what weighs most first."""
    if uncovered := len(found.owners.uncovered):
        yield f"nobody is told any more of {counted(uncovered, 'series', 'series')}"
    if opened := len({series for hole in found.holes.uncovered for series in hole.series}):
        first = min(hole.since for hole in found.holes.uncovered)
        yield f"on days to come nobody is told of {counted(opened, 'series', 'series')}, from {day_words(first)} on at the earliest"
    for one in found.budget:
        if one.goes_over and one.after is not None and one.after.limit is not None:
            yield f"{one.owner} may expect more than {one.after.limit:g} false alarms a month"
        if one.more_over and one.after is not None and one.after.mail_budget is not None:
            per = one.after.mail_budget[1]
            yield f"{one.owner} would get more mail than their budget in {counted(one.more_over, f'more {per}')}"
    yield from _of_notices(found)
    rules = found.rules
    changed = sum(one.is_judged_otherwise for one in rules.changed)
    for count, what in ((len(rules.removed), "gone"), (len(rules.added), "new"), (changed, "changed")):
        if count:
            yield f"{counted(count, 'rule')} {'is' if count == 1 else 'are'} {what}"
    yield from _of_others(found)
    failed = dict.fromkeys(source for side in found.looked_back or () for source in side.failed)
    if failed:
        named = listed(list(failed))
        yield f"{named} could not be read, so that nothing is known of what rules on {'it' if len(failed) == 1 else 'them'} tell"


def _of_others(found: Difference) -> Iterator[str]:
    """Yield what else than rules would have somebody look: owners, and what a folder declares beside them."""
    if moved := sum(bool(one.gained or one.lost) for one in found.owners.changed):
        yield f"{counted(moved, 'owner')} {'is' if moved == 1 else 'are'} told of other series than before"
    owners = [(f"owner {one.owner.id}", _became(one)) for one in found.owners.changed]
    if said := [f"{name} is {became}" for name, became in owners if became]:
        yield _first_few(said)
    measures = [one.measure.id for one in found.measures if one.is_told_otherwise]
    said = [f"measure {id_} is changed" for id_ in measures]
    said += [f"{one.name} is {_BECAME[one.what]}" for one in found.others if not one.is_of_words]
    if said:
        yield f"elsewhere in the folder {_first_few(said)}"


_BECAME = {What.ADDED: "new", What.REMOVED: "gone", What.CHANGED: "changed"}


def _became(one: ChangedOwner) -> str:
    if one.is_new or one.is_gone:
        return _BECAME[What.ADDED if one.is_new else What.REMOVED]
    return "told in another way" if one.changes else ""


def _first_few(said: Sequence[str]) -> str:
    more = len(said) - _MOST_NAMED
    return listed([*said[:_MOST_NAMED], f"{more} more"] if more > 0 else list(said))


def _of_notices(found: Difference) -> Iterator[str]:
    if found.notices is not None and (found.notices.added or found.notices.removed):
        more, fewer = len(found.notices.added), len(found.notices.removed)
        yield f"{counted(more, 'notice')} would have told something new, and {counted(fewer, 'notice')} would not have"


def difference(
    base: Side, head: Side, span: DaySpan, looked_back: tuple[LookedBack, LookedBack] | None = None
) -> Difference:
    """Compare two sides.

    Args:
        span: on its last day it is asked who is told.
        looked_back: what each side would have told; None: the rules alone are compared.
    """
    measures = measure_changes(base.rules, head.rules)
    areas = None if looked_back is None else (looked_back[0].reporting, looked_back[1].reporting)
    before, after = (side.backtest for side in looked_back) if looked_back is not None else (None, None)
    backtests = (before, after) if before is not None and after is not None else None
    others = (*other_changes(base.rules, head.rules), *template_changes(base.folder, head.folder, head.rules))
    has_templates = any(one.sort == SORT for one in others)
    names = renamed(base.rules, head.rules)
    return Difference(
        base=base,
        head=head,
        span=span,
        rules=rule_changes(base.rules, head.rules, measures),
        measures=measures,
        others=others,
        owners=owner_changes(base.rules, head.rules, span.last, areas),
        holes=holes(base.rules, head.rules, span.last, areas),
        looked_back=looked_back,
        backtests=backtests,
        notices=None if backtests is None else notice_changes(*backtests, names),
        reworded=None if backtests is None or not has_templates else reworded(*backtests, names),
    )
