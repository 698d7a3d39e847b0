"""Clauses on a change: on the period before, the same one last year, the last year to date, the twelve months before."""

from dataclasses import dataclass
from functools import lru_cache
from math import isfinite
from typing import Self

from alerting.domain.measure import Covers, Span, Unit
from alerting.domain.parameters import Amount
from alerting.domain.period import Period, PeriodKind
from alerting.domain.spans import cumulated
from alerting.wording.clause import Clause, ClauseKind
from alerting.wording.dates import noun, spanned
from alerting.wording.facts import Facts
from alerting.wording.moves import says_in_percent

#: Spans longer than the judged period: what they are called now, and what they are held against.
_TOTALS = {
    "year_to_date": ("the year to date", "last year's"),
    "rolling_12_months": ("the last 12 months", "the 12 before"),
}


def changed(facts: Facts, versus: str, *, relative: bool, short: bool = False) -> Clause:
    """, up 22% on February 2019 (6,377); ", with the year to date 15% lower than last year's"."""
    change = facts.finding.change
    if change is None:
        return Clause()
    return ChangeInWords.of(facts, versus, change, relative=relative, short=short).clause("up", "down")


def reduction(facts: Facts, versus: str, at_least: Amount, *, short: bool = False) -> Clause:
    """, a fall of 4% on the same quarter last year (250), short of the 20% reduction wanted."""
    change = facts.finding.change
    if change is None:
        return Clause()
    compared = ChangeInWords.of(facts, versus, change, relative=at_least.relative, short=short)
    moved = compared.clause("a rise of", "a fall of", at_least.number)
    text = f"{moved}, {_reached(facts, change, at_least)}"
    return Clause(text, kind=ClauseKind.WANTED, compares=moved.compares, tells=moved.tells)


def _reached(facts: Facts, change: float, at_least: Amount) -> str:
    """Say whether a change is the reduction that was wanted."""
    number = at_least.number
    if number == 0:
        return "where no rise is wanted"
    given = f"{number:,.10f}".rstrip("0").rstrip(".") + "%" if at_least.relative else facts.style.wanted(number)
    if change >= 0:
        return f"where a reduction of {given} is wanted"
    wanted = f"{given} reduction" if at_least.relative else f"reduction of {given}"
    return f"{'short of' if -change < number else 'meeting'} the {wanted} wanted"


@dataclass(frozen=True, slots=True)
class ChangeInWords:
    """A change with what it is held against, in words."""

    facts: Facts
    change: float
    relative: bool
    short: bool
    #: "the year to date" and "last year's", where totals are compared that the value is only a part of.
    total: tuple[str, str] | None
    #: "February 2019", where the value itself is compared.
    base: str
    #: That figure, where it is known and the change was worked out from it; with the finding's names for it.
    figure: float | None
    names: tuple[str, ...]
    #: Whether `base` names that figure's period itself, not only how it stands to this one.
    names_period: bool = False

    @classmethod
    def of(cls, facts: Facts, versus: str, change: float, *, relative: bool, short: bool) -> Self:
        """Find out what is compared with what."""
        total = _TOTALS.get(versus)
        if total is not None and _spans_it(facts, versus):
            total = None
        if total is not None:
            return cls(facts, change, relative, short, total, "", None, ())
        finding = facts.finding
        if facts.is_change_alone and versus == "same_period_last_year":
            return cls(facts, change, relative, short, None, "last year", None, ())
        base, names, names_period = _base(finding.period, versus, cumulated(facts.measure, finding.period.kind))
        figure = finding.previous if names[0] == "previous" else finding.last_year
        if finding.evidence.get("change") == "as published":
            figure = None
        return cls(facts, change, relative, short, None, base, figure, names, names_period)

    def clause(self, up: str, down: str, *against: float) -> Clause:
        """Write the change, with enough digits to tell it from what it is held against."""
        if self.total is not None:
            return Clause(f", with {self._of_total(*against)}")
        daily = self.facts.per_day
        if self.change == 0 and daily is not None:
            return Clause(f", as in {_beside(self.facts.finding.period, self.base)}", compares=self.names)
        if self.change == 0:  # the figure it is on is the value itself
            return self._telling(f", no change on {self.base}", is_told=self.figure is not None)
        if self.facts.style.is_place and self.figure is not None:
            return self._telling(f", was {self._written(self.figure)} in {self.base}")
        way = up if self.change > 0 else down
        if (stands := self.stands_for_percent) is not None:
            on = "on" if self.facts.finding.period.kind is PeriodKind.DAY else "in"
            return self._telling(f", {way.removesuffix(' of')} from {stands} {on} {self.base}")
        each = ", day for day," if daily is not None and not self.relative else ""
        text = f", {way} {self._size(*against)}{each} on {self.base}"
        if self.short or self.figure is None:
            return Clause(text, compares=self.names, ends_with_period=self.names_period)
        return self._telling(f"{text} ({self._written(self.figure)})")

    def _telling(self, text: str, *, is_told: bool = True) -> Clause:
        return Clause(text, compares=self.names, tells=self.names if is_told else ())

    @property
    def stands_for_percent(self) -> str | None:
        """The earlier figure, where a percentage would say less than it: it is small, or was more than tripled."""
        if self.figure is None or not self.relative or self._of_percents or self._in_percent:
            return None
        return self._written(self.figure)

    def _written(self, figure: float) -> str:
        return f"{self.facts.beside(figure)}{self.facts.on_each_day(self.names[0])}"

    @property
    def _in_percent(self) -> bool:
        """Whether the change is worth a percentage, as far as the earlier figure is known."""
        now = self.facts.finding.value
        return self.figure is None or now is None or says_in_percent(self.facts.measure, now, self.figure)

    @property
    def _of_percents(self) -> bool:
        return self.facts.measure.unit is Unit.PERCENT

    def size_alone(self) -> str:
        """Write the size by itself, for a few words: 22%, 5 points."""
        if not self.relative:
            return self._apart or self.facts.style.size(self.change)
        return self._share() if self._in_percent else self._points() or self._share()

    def _of_total(self, *against: float) -> str:
        assert self.total is not None
        now, then = self.total
        each = "" if self.facts.per_day is None else " per day"
        if self.change == 0:
            return f"{now} the same{each} as {then}"
        return f"{now} {self._size(*against)} {'higher' if self.change > 0 else 'lower'}{each} than {then}"

    def _size(self, *against: float) -> str:
        """Write the size: 22%; of percentages in points too, so that nobody takes the one for the other."""
        if not self.relative:
            return self._apart or self.facts.style.size(self.change, *against)
        share, points = self._share(*against), self._points() if self._of_percents else None
        if points is None:
            return share
        return f"{points}, or {share}," if self._in_percent or against else points

    def _share(self, *against: float) -> str:
        printed = self.facts.finding.evidence.get("change") == "as published"
        style = self.facts.style
        return style.printed_percent(self.change) if printed else style.percent(self.change, *against)

    def _points(self) -> str | None:
        """Write the size in points, where what it is relative to is known."""
        then = self._then()
        points = 0.0 if then is None else self.change * abs(then) / 100
        return (self._apart or self.facts.style.size(points)) if points and isfinite(points) else None

    @property
    def _apart(self) -> str | None:
        """The difference of the two figures as they stand there."""
        if self.figure is None or self.facts.per_day is not None or self.facts.finding.value is None:
            return None
        return self.facts.apart(self.figure)

    def _then(self) -> float | None:
        """Return what the change is relative to."""
        if self.total is None:
            return self.figure
        base: float | None = self.facts.finding.evidence.get("compared_with")
        return base


def _beside(period: Period, base: str) -> str:
    """Name a period beside a later one: a month of the same year by its name alone."""
    if period.kind is not PeriodKind.MONTH or base != (period - 1).label:
        return base
    month, year = base.split()
    return month if year == str(period.first_day.year) else base


def _spans_it(facts: Facts, versus: str) -> bool:
    """Return whether a printed figure spans by itself what is compared."""
    return versus == "year_to_date" and facts.measure.covers is Covers.YEAR_TO_DATE


@lru_cache(maxsize=65536)
def _base(period: Period, versus: str, span: Span | Covers | None) -> tuple[str, tuple[str, ...], bool]:
    """Name the figure that the value is compared with: made once for the thousands alike.

    Args:
        span: what a figure spans where that is more than its period: both ends of the comparison are then named by it.

    Returns:
        Its name, what the finding calls it, and whether the name ends with its period's own.
    """
    kind, before, twin = noun(period.kind), period - 1, period.same_period_last_year
    back = before if versus == "previous_period" else twin
    names = ("previous", "last_year") if twin == before else ("previous",) if back == before else ("last_year",)
    if span is not None and back is not None:
        return spanned(back, span), names, True
    if versus == "previous_period":
        return before.label, names, True
    if twin == before:
        return "the year before", names, False
    others = {"same_period_last_year": f"the same {kind} last year", "year_to_date": "the same time last year"}
    return others.get(versus, "the 12 months before"), names, False
