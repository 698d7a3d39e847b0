"""Comparing a period with an earlier one, a year to date with the last, twelve months with the twelve before."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Literal

import numpy as np

from alerting.conditions.base import either
from alerting.domain import exact
from alerting.domain.aggregation import over_time, parts_over_time
from alerting.domain.answers import Misfit
from alerting.domain.arrays import Codes, Flags, Floats, Index
from alerting.domain.block import Block
from alerting.domain.combining import PARTS, Pieces, Recipe, together
from alerting.domain.exact import Numbers, as_decimal
from alerting.domain.finding import Reason
from alerting.domain.measure import Aggregate, Covers, Measure, Span
from alerting.domain.period import PeriodKind
from alerting.domain.spans import is_longer, span_words

Versus = Literal["previous_period", "same_period_last_year", "year_to_date", "rolling_12_months"]
#: Periods that make twelve months (for days and weeks: 365 and 52, nearly).
TWELVE_MONTHS = {
    PeriodKind.DAY: 365,
    PeriodKind.WEEK: 52,
    PeriodKind.MONTH: 12,
    PeriodKind.QUARTER: 4,
    PeriodKind.YEAR: 1,
}
#: Columns of changes as published, in percent, used only where a change cannot be computed.
PUBLISHED = {
    "previous_period": "change_previous_period",
    "same_period_last_year": "change_same_period_last_year",
    "year_to_date": "change_year_to_date",
}


@dataclass(eq=False)
class Comparison:
    """A change with what it was made from; numerators and denominators where the figures have them."""

    change: Floats
    base: Floats
    #: What is compared with the base: where a period of it is missing, that is why there is no change, not a base of 0.
    now: Floats | None = None
    #: 1 where the change is the published one, because it could not be computed; None: nowhere.
    published: Floats | None = None
    now_parts: tuple[Floats, Floats] | None = None
    then_parts: tuple[Floats, Floats] | None = None
    #: Where a span that was put together rests on too few cases; None: nowhere.
    few: Flags | None = None
    #: Asked where there is no change: the codes of what is in the way, 0 for nothing; None: nothing can be.
    in_the_way: Callable[[], Codes] | None = None

    #: What the change was made from, in its own unit: 100 for percents, else the base.
    size: Floats | None = None

    @cached_property
    def _none(self) -> Flags:
        """Where there is no change."""
        none: Flags = self.change != self.change
        return none

    @cached_property
    def _largest(self) -> float:
        """The size of the largest number that any change was made from."""
        if self.size is None:
            return 0.0
        if self.size.size and not any(self.size.strides):  # 100 in all cells
            return abs(self.size.item(0))
        return exact.largest_of(self.size)

    def unknown(self, also: Floats | None = None) -> tuple[Flags, Codes | np.int8]:
        """Return where there is no change, with the reason per cell: zero_base, else no_comparison."""
        unknown = self._none
        if also is not None:
            unknown = unknown | (also != also)
        reasons = self._reasons(unknown)
        if self.few is not None and self.few.any():
            unknown, reasons = unknown | self.few, np.where(self.few, np.int8(Reason.SMALL_NUMBERS.code), reasons)
        return unknown, reasons

    def _reasons(self, unknown: Flags) -> Codes | np.int8:
        zero = self.base == 0
        if self.now is not None and zero.any():
            zero &= self.now == self.now
        none = (
            either(zero, Reason.ZERO_BASE, Reason.NO_COMPARISON) if zero.any() else np.int8(Reason.NO_COMPARISON.code)
        )
        if self.in_the_way is None or not unknown.any():
            return none
        codes = self.in_the_way()
        named: Codes = np.where((codes != 0) & ~zero, codes, none)
        return named

    def reaches(self, amount: Floats, way: int, *, relative: bool) -> Flags:
        """Return where the change, upwards (way 1) or downwards (-1), is *amount* or more.

        Where it is near, the figure is held against the base and the amount, not the change against the amount: 13.2 is 10 %
        more than 12.0.
        """
        slack = self._slack(exact.largest_of(amount) if amount.ndim else abs(float(amount)))
        if way > 0:
            found, sure = self.change >= amount - slack, self.change >= amount + slack
        else:
            found, sure = self.change <= slack - amount, self.change <= -slack - amount
        if np.count_nonzero(found) == np.count_nonzero(sure):
            return found
        near = np.flatnonzero(found & ~sure)
        change, now, base, amount = (self._at(near, plane) for plane in (self.change, self.now, self.base, amount))
        with np.errstate(all="ignore"):
            line = base + way * (np.abs(base) * (amount / 100) if relative else amount)
        reached = exact.at_least(now, line, base) if way > 0 else exact.at_most(now, line, base)
        found.flat[near] = np.where(
            (now == now) & (base == base), reached, exact.at_least(change * way, amount)
        )  # a printed change has no figures
        return found

    def moved(self) -> tuple[Flags, Flags]:
        """Return where the figure lies above what it is compared with, and where below."""
        slack = self._slack()
        up, down = self.change > slack, self.change < -slack
        if np.count_nonzero(up) + np.count_nonzero(down) + np.count_nonzero(self._none) < up.size:
            near = np.flatnonzero(~(up | down | self._none))  # mostly figures that are the same
            change, now, base = (self._at(near, plane) for plane in (self.change, self.now, self.base))
            apart = ~exact.equal(now, base)
            up.flat[near], down.flat[near] = apart & (change > 0), apart & (change < 0)
        return up, down

    def _slack(self, amount: float = 0.0) -> float:
        """Return more than binary arithmetic can have moved any change about the size of *amount*."""
        return 4 * exact.MARGIN * (self._largest + amount)

    def _at(self, places: Index, plane: Numbers | None) -> Floats:
        assert plane is not None
        found: Floats = np.broadcast_to(plane, self.change.shape).take(places)
        return found

    def planes(self) -> dict[str, Floats]:
        """Return what a finding shows of it."""
        shown = {"change": self.change, "compared_with": self.base}
        if self.size is not None:
            shown["change_of"] = self.size
        return shown if self.published is None else shown | {"as_published": self.published}

    def z_score(self) -> Floats:
        """Return the two-proportion z statistic, 0 where both are none or all; NaN without numerators and denominators.

        Source: the pooled two-sample test of proportions, e.g. NIST/SEMATECH e-Handbook section 7.3.3.
        """
        if self.now_parts is None or self.then_parts is None:
            return np.full(self.change.shape, np.nan)
        (n1, d1), (n0, d0) = self.now_parts, self.then_parts
        with np.errstate(all="ignore"):
            pooled = (n1 + n0) / (d1 + d0)
            z = (n1 / d1 - n0 / d0) / np.sqrt(pooled * (1 - pooled) * (1 / d1 + 1 / d0))
        return np.where((pooled == 0) | (pooled == 1), 0.0, z)


@dataclass(frozen=True, slots=True)
class Basis:
    """How a measure's figures combine over time.

    `recipe`: how those of a span are put together; `printed`: the figures already span what is compared, so that last year's
    twin serves; `spans`: several periods are put together; `smallest`: the denominator below which a span rests on too few
    cases, None: none does.
    """

    recipe: Recipe = Recipe(how=Aggregate.SUM)
    printed: bool = False
    spans: bool = False
    smallest: float | None = None

    @classmethod
    def of(cls, measure: Measure, versus: str) -> "Basis":
        """Read it off *measure* for one comparison."""
        recipe = Recipe(how=over_time(measure), scale=measure.ratio_scale, parts=parts_over_time(measure))
        printed = _spans_it(measure, versus)
        spans = not printed and versus in ("year_to_date", "rolling_12_months")
        return cls(recipe=recipe, printed=printed, spans=spans, smallest=measure.smallest_denominator)


def _spans_it(measure: Measure, versus: str) -> bool:
    return versus == "year_to_date" and measure.covers is Covers.YEAR_TO_DATE


#: Planes of a comparison that are evidence.
EVIDENCE = ("compared_with",)
#: What figures that span more than their period can be compared with: what spans the same, and starts as it does.
_FITTING = {True: ("year_to_date", "same_period_last_year"), False: ("previous_period", "same_period_last_year")}
_A_YEAR = Span(count=1, kind=PeriodKind.YEAR)


def versus_misfit(key: str, versus: str, span: Span | Covers, *, significant: bool = False) -> Misfit | None:
    """Refuse comparisons of what is not alike, and tests of significance on spans that share figures; None: they fit."""
    fitting = _FITTING[isinstance(span, Covers)]
    if versus not in fitting:
        why = "it starts anew each year" if isinstance(span, Covers) else "they would be added up again"
        return Misfit(
            f"{key} versus {versus} does not compare like with like: these figures cover {span_words(span)}, and {why}",
            f"write versus: {' or '.join(fitting)}",
        )
    overlap = versus == "previous_period" or is_longer_than_a_year(span)
    if significant and overlap:
        return Misfit(
            f"significant needs two samples apart, but these figures cover {span_words(span)}, which the two share in part",
            "leave significant out" if is_longer_than_a_year(span) else "write versus: same_period_last_year",
        )
    return None


def is_longer_than_a_year(span: Span | Covers) -> bool:
    """Say whether a figure shares months with that of the same period last year."""
    return isinstance(span, Span) and is_longer(span, _A_YEAR)


def compared(block: Block, versus: Versus, basis: Basis, *, relative: bool) -> Comparison:
    """Compute the change of each judged cell; where that cannot be, take the published one (percent changes only)."""
    found = _computed(block, "same_period_last_year" if basis.printed else versus, basis)
    now, then = found.change, found.base
    found.now = now
    if block.panel.segments is not None or block.panel.held is not None:
        found.in_the_way = partial(_in_the_way, block, "same_period_last_year" if basis.printed else versus)
    with np.errstate(all="ignore"):
        change = now - then
        if relative:
            change /= np.abs(then)
            change *= 100
    if relative:
        if (zero := then == 0).any():
            change[zero] = np.nan
        column = PUBLISHED.get(versus)
        published = block.plane(column) if column else None
        if published is not None:
            taken = (change != change) & (published == published) & same_side_of_breaks(block, versus)
            taken &= (then != 0) | (now != now)
            if taken.any():
                change = np.where(taken, published, change)
                found.published = taken.astype(np.float64)
    found.change, found.size = change, np.broadcast_to(np.float64(100.0), then.shape) if relative else then
    if block.panel.days is not None:
        _in_days_judged(found, relative=relative)
    return found


def _in_days_judged(found: Comparison, *, relative: bool) -> None:
    """Turn what is per day into what it makes in the days that are judged; a change in percent is the same for both."""
    assert found.now_parts is not None and found.now is not None
    days = found.now_parts[1]
    found.now, found.base = found.now * days, found.base * days
    if not relative:
        found.change, found.size = found.change * days, found.base


def _computed(block: Block, versus: str, basis: Basis) -> Comparison:
    """Return now (as `change`) and then (as `base`)."""
    if versus == "year_to_date":
        return _totals(block, year_to_date_rows, basis)
    if versus == "rolling_12_months":
        return _totals(block, _rolling_rows, basis)
    look: Callable[[Floats | None], Floats]
    look = (lambda plane: block.lag(1, plane)) if versus == "previous_period" else block.last_year
    found = Comparison(block.values, look(None))
    numerator, denominator = block.panel.planes.get("numerator"), block.panel.planes.get("denominator")
    if numerator is not None and denominator is not None:
        found.now_parts = (block.lag(0, numerator), block.lag(0, denominator))
        found.then_parts = (look(numerator), look(denominator))
    return found


Rows = tuple[tuple[int, int], tuple[int, int]]
#: Figures per day of a span: all of its figures over all of its days.
_PER_DAY = Recipe(how=Aggregate.RATIO)


def year_to_date_rows(block: Block, row: int) -> Rows | None:
    """Return (first, last) rows of this year to date and of as many periods of last year; None where it has not so many.

    Weeks need this: the 53rd has no twin, and a week of the same number may lie in another place of its financial year.
    """
    starts = block.panel.year_start_rows
    first = int(starts[row])
    if first < 1:
        return None
    first_before = int(starts[first - 1])
    last_before = first_before + row - first
    return ((first, row), (first_before, last_before)) if first_before >= 0 and last_before < first else None


def _rolling_rows(block: Block, row: int) -> Rows | None:
    length = TWELVE_MONTHS[block.panel.kind]
    first = row - 2 * length + 1
    return ((row - length + 1, row), (first, row - length)) if first >= 0 else None


def _totals(block: Block, rows_of: Callable[[Block, int], Rows | None], basis: Basis) -> Comparison:
    """Put two spans together for each judged row, by the measure's aggregate. A gap or break leaves NaN."""
    shape = block.shape
    recipe = basis.recipe if block.panel.days is None else _PER_DAY
    now, then = np.full(shape, np.nan), np.full(shape, np.nan)
    parts = [np.full(shape, np.nan) for _ in range(4)]
    for place, row in enumerate(range(block.start, block.stop)):
        spans = rows_of(block, row)
        if spans is None:
            continue
        whole = _unbroken(block, spans[1][0], row)
        for span, total, pair in ((spans[0], now, parts[:2]), (spans[1], then, parts[2:])):
            made = together(_pieces(block, span), recipe)
            total[place] = np.where(whole, made.value, np.nan)
            for plane, name in zip(pair, PARTS, strict=True):
                plane[place] = np.where(whole & ~np.isnan(made.value), made.planes[name], np.nan)
    found = Comparison(now, then) if recipe is basis.recipe else Comparison(as_decimal(now, 0.0), as_decimal(then, 0.0))
    if set(PARTS) <= block.panel.planes.keys():
        found.now_parts, found.then_parts = (parts[0], parts[1]), (parts[2], parts[3])
    if basis.smallest is not None and found.now_parts is not None and block.panel.days is None:
        found.few = (parts[1] < basis.smallest) | (parts[3] < basis.smallest)
    return found


def _pieces(block: Block, span: tuple[int, int]) -> Pieces:
    """Return the figures of a span; that one rests on few cases does not stop the span, whose own denominator counts."""
    panel, rows = block.panel, slice(span[0], span[1] + 1)
    planes = {name: panel.planes[name][rows, block.columns] for name in PARTS if name in panel.planes}
    reasons = None if panel.reasons is None else panel.reasons[rows, block.columns]
    return Pieces(value=panel.shown[rows, block.columns], planes=planes, reasons=reasons)


def _unbroken(block: Block, first: int, last: int) -> Flags:
    """Return which columns have no break between two rows."""
    segments = block.panel.segments
    if segments is None:
        return np.ones(block.shape[1], dtype=bool)
    same: Flags = segments[first, block.columns] == segments[last, block.columns]
    return same


def _in_the_way(block: Block, versus: str) -> Codes:
    """Return the code of a break or hold between each cell and what it is compared with, 0 where there is none."""
    panel, codes = block.panel, np.zeros(block.shape, dtype=np.int8)
    if len(codes) > 1 and not _is_touched(block):
        return codes
    begun = panel.first_rows[block.columns]
    for place, row in enumerate(range(block.start, block.stop)):
        for first, last in _compared_rows(block, versus, row):
            if panel.held is not None:
                codes[place, panel.held[first : last + 1, block.columns].any(axis=0)] = Reason.HELD.code
            if panel.segments is not None:
                apart = panel.segments[first, block.columns] != panel.segments[row, block.columns]
                codes[place, apart & (begun <= last)] = Reason.BREAK.code
    return codes


def _is_touched(block: Block) -> bool:
    """Say whether there is any hold or break in the block's series, up to its last row."""
    held, segments = (
        None if plane is None else plane[: block.stop, block.columns]
        for plane in (block.panel.held, block.panel.segments)
    )
    if held is not None and held.any():
        return True
    return segments is not None and bool((segments != segments[0]).any())


def _compared_rows(block: Block, versus: str, row: int) -> list[tuple[int, int]]:
    """Return first and last of the rows that a row is compared with, its own span's before; none where the panel has none."""
    if versus in ("year_to_date", "rolling_12_months"):
        spans = (year_to_date_rows if versus == "year_to_date" else _rolling_rows)(block, row)
        return [] if spans is None else list(spans)
    then = row - 1 if versus == "previous_period" else int(block.panel.last_year_rows[row])
    return [(then, then)] if then >= 0 else []


def same_side_of_breaks(block: Block, versus: str) -> Flags:
    """Return where the published change compares figures of one side of every break."""
    segments = block.panel.segments
    if segments is None:
        return np.ones(block.shape, dtype=bool)
    rows = np.arange(block.start, block.stop)
    back = rows - 1 if versus == "previous_period" else rows - TWELVE_MONTHS[block.panel.kind]
    same: Flags = segments[np.maximum(back, 0)][:, block.columns] == segments[rows][:, block.columns]
    return same
