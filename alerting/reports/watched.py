"""The one unit that messages count: figures (a measure in an area, newest period), each with one state, the worst of its rules."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import IntEnum, StrEnum
from typing import TypeAlias

from alerting.domain.finding import Meaning, Reason
from alerting.domain.measure import Measure
from alerting.domain.period import Period, PeriodKind
from alerting.domain.severity import Severity


class FigureState(IntEnum):
    """What a figure is to its reader; less is worse."""

    CONCERN = 0
    CHANGE = 1
    IMPROVEMENT = 2
    EXPECTED = 3
    NOT_KNOWN = 4

    @property
    def is_exceptional(self) -> bool:
        """Whether it is an exception, be it a good one."""
        return self <= FigureState.IMPROVEMENT

    @property
    def meaning(self) -> Meaning | None:
        """What it is as an exception; None where it is none."""
        return next((meaning for meaning, state in _MEANINGS.items() if state is self), None)

    @classmethod
    def of(cls, meaning: Meaning | None) -> "FigureState":
        """Return the state of an exceptional figure; of one whose meaning is not known, that of a concern."""
        return cls.CONCERN if meaning is None else _MEANINGS[meaning]


_MEANINGS = {
    Meaning.CONCERN: FigureState.CONCERN,
    Meaning.CHANGE: FigureState.CHANGE,
    Meaning.IMPROVEMENT: FigureState.IMPROVEMENT,
}


class Lack(StrEnum):
    """Why a figure is not known although no verdict lacks anything."""

    #: No rule judges it, only whether it comes.
    LATENESS_ONLY = "lateness_only"
    #: The newest verdict is on a figure that is too old to say how things stand.
    OUT_OF_DATE = "out_of_date"
    #: An exception of it stands, of which no figure can be read now.
    NOT_READ = "not_read"
    #: It fails a check of its measure, and is held until it is mended or accepted.
    FAILED_CHECK = "failed_check"


Why: TypeAlias = Reason | Lack


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleOnFigure:
    """How one rule finds a figure. `severity` and `is_new` are of exceptional ones, `why` of those that are not known."""

    measure: Measure
    area: str
    period: Period
    state: FigureState
    severity: Severity | None = None
    #: Whether it became exceptional since the reader's last digest.
    is_new: bool = False
    #: Whether it says nothing of whether the figure is new: nobody is told of it yet, or it waits for more normal periods.
    is_pending: bool = False
    why: Why | None = None
    #: How it fails a check that holds it: "870 is outside 0 to 100".
    failed_check: str | None = None
    #: Whether the rule judges figures, and not only whether they come.
    judges: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedFigure:
    """A figure that somebody watches, as the worst of its rules has it."""

    measure: Measure
    area: str
    period: Period
    state: FigureState
    severity: Severity | None
    is_new: bool
    why: Why | None
    #: How it fails a check that holds it; None where none does.
    failed_check: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureCounts:
    """Figures by state; the first five add up to all that is watched.

    `new_…` counts those of a state that became so since the last digest, `critical` the exceptional ones of a critical rule, `over`
    those that were exceptional and are so no more: they are among the five already.
    """

    concerns: int = 0
    changes: int = 0
    improvements: int = 0
    expected: int = 0
    not_known: int = 0
    new_concerns: int = 0
    new_changes: int = 0
    new_improvements: int = 0
    critical: int = 0
    over: int = 0

    @property
    def exceptional(self) -> int:
        """How many are exceptions."""
        return self.concerns + self.changes + self.improvements

    @property
    def new(self) -> int:
        """How many exceptions are new."""
        return self.new_concerns + self.new_changes + self.new_improvements

    @property
    def watched(self) -> int:
        """How many there are."""
        return self.exceptional + self.expected + self.not_known


def is_out_of_date(period: Period, as_of: date) -> bool:
    """Say whether a figure is too old to say how things stand: over twelve months, a year's over twenty-four."""
    last, years = period.last_day, 2 if period.kind is PeriodKind.YEAR else 1
    return (last.year + years, last.month, last.day) < (as_of.year, as_of.month, as_of.day)


def figures_of(found: Iterable[RuleOnFigure]) -> list[WatchedFigure]:
    """Return the figures that rules were found on, in the order in which each comes first."""
    by_figure: dict[tuple[str, str], list[RuleOnFigure]] = {}
    for one in found:
        by_figure.setdefault((one.measure.id, one.area), []).append(one)
    return [_worst(rules) for rules in by_figure.values()]


def _worst(rules: list[RuleOnFigure]) -> WatchedFigure:
    """Return a figure as its rules have it: the worst state counts, and of why it is not known what a judging rule says."""
    worst = min(rule.state for rule in rules)
    those = [rule for rule in rules if rule.state is worst]
    first, told = (
        next((rule for rule in those if rule.judges), those[0]),
        [rule for rule in those if not rule.is_pending],
    )
    return WatchedFigure(
        measure=first.measure,
        area=first.area,
        period=first.period,
        state=worst,
        severity=max((rule.severity for rule in those if rule.severity is not None), default=None),
        is_new=worst.is_exceptional and bool(told) and all(rule.is_new for rule in told),
        why=first.why,
        failed_check=first.failed_check,
    )


def counts_of(figures: Iterable[WatchedFigure], *, over: int = 0) -> FigureCounts:
    """Count figures.

    Args:
        over: how many of them were exceptional and are so no more.
    """
    states, new, critical = Counter[FigureState](), Counter[FigureState](), 0
    for figure in figures:
        states[figure.state] += 1
        if figure.state.is_exceptional:
            new[figure.state] += figure.is_new
            critical += figure.severity is Severity.CRITICAL
    return FigureCounts(
        concerns=states[FigureState.CONCERN],
        changes=states[FigureState.CHANGE],
        improvements=states[FigureState.IMPROVEMENT],
        expected=states[FigureState.EXPECTED],
        not_known=states[FigureState.NOT_KNOWN],
        new_concerns=new[FigureState.CONCERN],
        new_changes=new[FigureState.CHANGE],
        new_improvements=new[FigureState.IMPROVEMENT],
        critical=critical,
        over=over,
    )
