"""Limits for rare events: how long it usually takes until the next one."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from alerting.domain.answers import Misfit
from alerting.domain.arrays import Flags, Floats
from alerting.domain.block import Block
from alerting.domain.catalogue import CatalogueEntry, Example
from alerting.domain.finding import Reason
from alerting.domain.limit_lines import LimitLines, Members
from alerting.domain.measure import Measure, Unit
from alerting.domain.parameters import Baseline
from alerting.domain.period import PeriodKind
from alerting.limits.base import FULL_POINTS, Method, codes_where, no_lines, param
from alerting.limits.between_events import EVENTS, BetweenEvents, WalkedDay, walk
from alerting.limits.kernels.moving_ranges import LIMIT_FACTOR, SCREEN_FACTOR
from alerting.limits.overdispersion import in_order

#: Fewer gaps than this say too little of how long it usually takes.
FEWEST_GAPS = 8
#: The share below the lower limit of g and above its upper one: what lies beyond 3 standard deviations of a normal figure.
TAIL = 0.00135
#: Days between Poisson events to this power are nearly normal.
POWER = 1 / 3.6


@dataclass(frozen=True, slots=True, kw_only=True)
class RareEvents(Method):
    """What g and t share: the gaps of the baseline, as they come."""

    baseline: Baseline = param(
        "all up to the judged day, the first so many gaps, or {from, until}", Baseline(), tried=True
    )
    #: What a second event on a day is, in days.
    same_day: ClassVar[float] = 0.0
    as_printed: ClassVar[bool] = True
    judges_gaps: ClassVar[bool] = True
    evidence: ClassVar[tuple[str, ...]] = ("events",)
    #: What tells of more events than usual where nothing lies below the lower limit.
    instead: ClassVar[str]

    @property
    def if_cut_off(self) -> str:
        """Counts a day are as coarse as they can be."""
        return f"use {self.instead}, or `run: {{side: below, of: {self.key}}}`"

    @property
    def view(self) -> BetweenEvents:
        """Days between events are judged."""
        return BetweenEvents(self.same_day)

    def problems(self, measure: Measure, every: PeriodKind) -> list[str]:
        """Refuse all but counts a day: events of a week have no days between them."""
        if measure.unit is Unit.COUNT and every is PeriodKind.DAY and not (measure.covers or measure.rolling):
            return []
        return [f"{self.key} limits are for counts of rare events with `every: day`: they judge the days between them"]

    def members(self, block: Block) -> Members:
        """The days on which the baseline's gaps ended, and how many there are."""
        taken, gaps = np.zeros((block.stop, block.shape[1]), dtype=bool), self._gaps(block)
        for day, first, others in self._taken(block):
            taken[: day.row, day.anew] = False
            taken[day.row] = first | (others > 0)
            gaps.take(day, first, others)
        return Members(taken, gaps.mean_range(), numbers={"points": gaps.count})

    def compute(self, block: Block, numbers: Mapping[str, Floats]) -> LimitLines:
        """Walk through the days; each judged one has the limits of the gaps that ended up to it."""
        lines, gaps = no_lines(block), self._gaps(block)
        lines.trial = np.full(block.shape, np.nan)
        for day, first, others in self._taken(block):
            gaps.take(day, first, others)
            if day.row < block.start:
                continue
            place = day.row - block.start
            found = np.array(gaps.lines())
            enough = (gaps.count >= FEWEST_GAPS) & (found[2] == found[2])
            lines.centre[place], lines.lower[place], lines.upper[place] = np.where(enough, found, np.nan)
            lines.trial[place] = np.where(enough, gaps.count < FULL_POINTS, np.nan)
        lines.events = block.plane(EVENTS)
        lines.reason = codes_where(lines.upper != lines.upper, Reason.FEW_POINTS)
        return lines

    def _taken(self, block: Block) -> Iterator[tuple[WalkedDay, Flags, Floats]]:
        """Yield each day with where its first event's gap joins the baseline, and how many further ones do."""
        panel, columns = block.panel, block.columns
        room = np.full(block.shape[1], np.inf if self.baseline.first is None else float(self.baseline.first))
        fresh = room.copy()
        for day in walk(panel, panel.planes[EVENTS], columns, block.stop):
            room = np.where(day.anew, fresh, room)
            wanted = day.number > 0
            if panel.excluded is not None:
                wanted &= ~panel.excluded[day.row, columns]
            if not self.baseline.holds(panel.last_days[day.row]):
                wanted[:] = False
            first = wanted & (day.gap == day.gap) & (room > 0)
            others = np.where(wanted, np.minimum(day.number - 1, room - first), 0.0)
            room = room - first - others
            yield day, first, others

    def _gaps(self, block: Block) -> "_Gaps":
        raise AssertionError(f"{type(self).__name__} has no gaps")


class _Gaps:
    """The gaps of each column's baseline so far. Arrays `[columns]`."""

    def __init__(self, columns: int) -> None:
        self.count, self.total = np.zeros((2, columns))

    def take(self, day: WalkedDay, first: Flags, others: Floats) -> None:
        """Take one day's gaps in."""
        raise AssertionError(f"{type(self).__name__} takes no gaps")

    def lines(self) -> tuple[Floats, Floats, Floats]:
        """Return centre, lower and upper, in days."""
        raise AssertionError(f"{type(self).__name__} has no lines")

    def mean_range(self) -> Floats | None:
        """Return the mean moving range; None for methods without one."""
        return None


class _Geometric(_Gaps):
    """Gaps in order of size; those of 0 days are only counted."""

    def __init__(self, columns: int, rows: int) -> None:
        super().__init__(columns)
        self._ordered, self._zeros, self._most = np.full((rows + 1, columns), np.inf), np.zeros(columns), 0

    def take(self, day: WalkedDay, first: Flags, others: Floats) -> None:
        """Put each gap in its place."""
        for tally in (self.count, self.total, self._zeros):
            tally[day.anew] = 0
        self._ordered[:, day.anew] = np.inf
        self._zeros += others
        self.count += first + others
        if not first.any():
            return
        self.total += np.where(first, day.gap, 0.0)
        here = self._ordered[: self._most + 1]  # each takes the lower of itself and what the one before passes on
        passed = np.concatenate([np.full((1, here.shape[1]), -np.inf), here[:-1]])
        np.minimum(here, np.maximum(passed, np.where(first, day.gap, np.inf)), out=here)
        self._most += 1

    def lines(self) -> tuple[Floats, Floats, Floats]:
        """Return the median, and the points of the geometric with the gaps' mean: of whole days from 0 on."""
        with np.errstate(all="ignore"):
            mean = self.total / self.count
            a_day_without = np.log(mean / (1 + mean))
            lower, upper = (np.maximum(np.ceil(np.log(beyond) / a_day_without) - 1, 0.0) for beyond in (1 - TAIL, TAIL))
        return (self._at((self.count - 1) // 2) + self._at(self.count // 2)) / 2, lower, upper

    def _at(self, place: Floats) -> Floats:
        """Return the gap at a place in the order of size."""
        beyond = np.clip(place - self._zeros, 0, len(self._ordered) - 1).astype(np.intp)
        return np.where(place < self._zeros, 0.0, np.take_along_axis(self._ordered, beyond[None], axis=0)[0])


class _Transformed(_Gaps):
    """Gaps to the power 1 / 3.6, and how much neighbours differ."""

    def __init__(self, columns: int, rows: int, *, reach: float, same_day: float) -> None:
        super().__init__(columns)
        self._reach, self._same_day = reach, same_day**POWER
        self._ranges, self._zeros, self._stop = np.full((2 * rows, columns), np.nan), np.zeros(columns), 0
        self._before = np.full(columns, np.nan)
        self._mean_range: Floats | None = None

    def take(self, day: WalkedDay, first: Flags, others: Floats) -> None:
        """Take one day's gaps in: there is a range only where neighbours are both taken."""
        self._forget(day.anew)
        self._stop = 2 * day.row + 2
        if not day.number.any():
            return
        gap = np.where(first, day.gap, np.nan) ** POWER
        second = np.where(others > 0, self._same_day, np.nan)
        self._ranges[self._stop - 2], self._ranges[self._stop - 1] = np.abs(gap - self._before), np.abs(second - gap)
        self._zeros += np.maximum(others - 1, 0)
        self._before = np.where(others > 0, second, np.where(day.number > 0, gap, self._before))
        self.count += first + others
        self.total += np.where(first, gap, 0.0) + others * self._same_day
        self._mean_range = None

    def _forget(self, anew: Flags) -> None:
        if not anew.any():
            return
        for tally in (self.count, self.total, self._zeros):
            tally[anew] = 0
        self._before = np.where(anew, np.nan, self._before)
        self._ranges[:, anew] = np.nan
        self._mean_range = None

    def mean_range(self) -> Floats:
        """Return the mean range, those of 3.267 times it or more left out once; not where that leaves none, or zeros only."""
        if self._mean_range is None:
            ranges = self._ranges[: self._stop]
            with np.errstate(all="ignore"):
                mean = self._mean_of(ranges, ranges == ranges)
                screened = self._mean_of(ranges, ranges < SCREEN_FACTOR * mean)
            self._mean_range = np.where(screened > 0, screened, mean)
        return self._mean_range

    def _mean_of(self, ranges: Floats, kept: Flags) -> Floats:
        mean: Floats = in_order(np.where(kept, ranges, 0.0)) / (kept.sum(axis=0) + self._zeros)
        return mean

    def lines(self) -> tuple[Floats, Floats, Floats]:
        """Return the lines of an xmr chart, turned back into days."""
        with np.errstate(all="ignore"):
            centre, reach = self.total / self.count, self._reach * self.mean_range()
            lower, upper = np.maximum(centre - reach, 0.0), centre + reach
        return centre ** (1 / POWER), lower ** (1 / POWER), upper ** (1 / POWER)


@dataclass(frozen=True, slots=True, kw_only=True)
class GChart(RareEvents):
    """Whole days between events: the median, and the 0.135 % and 99.865 % points of the geometric with the gaps' mean.

    Source: Benneyan, J. C. (2001), Number-Between g-Type Statistical Quality Control Charts, Health Care Management Science 4(4),
    305-318; the median as centre: Provost and Murray, The Health Care Data Guide.
    """

    key: ClassVar[str] = "g"
    entry: ClassVar[CatalogueEntry] = CatalogueEntry(
        formula=(
            "judged are whole days since the event before, 0 for a second one on a day; centre: median of the gaps, limits: the "
            "0.135 % and 99.865 % points of the geometric with their mean"
        ),
        use="Events so rare that most days have none, to see when they have become rarer: days without a serious injury.",
        avoid=(
            "To see a rise: the lower limit is 0 unless the mean is about 740 days or more, so that nothing lies below it; a rise "
            "is a `run` below the centre, or use t. Events on more days than not: use c."
        ),
        source="Benneyan, J. C. (2001), Health Care Management Science 4(4), 305-318.",
        example=Example(
            when="{above_upper_limit: {limits: {g: {}}}}",
            figures="1 0 1 0 0 1 0 1 0 1 1 0 0 1 0 1 0 1 1 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0",
            finds=(
                "The figure: none for 17 days up to 6 May 2018, significantly longer than the usual 2 days (upper limit 16 days). "
                "Longer gaps are better here. It is compared with the 9 gaps from 3 April 2018 to 19 April 2018. Its limits are "
                "trial limits, from fewer than 12 gaps."
            ),
            every="day",
        ),
    )
    instead: ClassVar[str] = "t limits"
    one_sided: ClassVar[Misfit | None] = Misfit(
        "the lower limit of g is 0 where gaps are shorter than 740 days on average, so that no gap lies below it: fewer events "
        "than usual are found, more are not",
        "to be told of more events, add a rule with `run: {side: below, of: g}`, or take t limits",
    )

    def _gaps(self, block: Block) -> _Gaps:
        return _Geometric(block.shape[1], block.stop)


@dataclass(frozen=True, slots=True, kw_only=True)
class TChart(RareEvents):
    """Days between events to the power 1 / 3.6 as an xmr chart, turned back into days.

    Source: Nelson, L. S. (1994), A Control Chart for Parts-Per-Million Nonconforming Items, Journal of Quality Technology 26(3),
    239-240; Montgomery, Introduction to Statistical Quality Control, on time-between-events charts.
    """

    key: ClassVar[str] = "t"
    entry: ClassVar[CatalogueEntry] = CatalogueEntry(
        formula=(
            "judged are days since the event before, half a day for a second one on a day; gaps to the power 1 / 3.6: mean ± 2.66 "
            "x sigmas / 3 x mean moving range as for xmr, turned back"
        ),
        use="Rare events where both ways matter: gaps much longer than usual, and, of long ones, much shorter.",
        avoid="Events on more days than not: use c.",
        source="Nelson, L. S. (1994), Journal of Quality Technology 26(3), 239-240.",
        example=Example(
            when="{outside_limits: {limits: {t: {}}}}",
            figures="1 0 1 0 0 1 0 1 0 1 1 0 0 1 0 1 0 1 1 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0",
            finds=(
                "The figure: none for 17 days up to 6 May 2018, significantly longer than the usual 2 days (upper limit 5 days). "
                "This is the 12th day running, since 25 April 2018. Longer gaps are better here. It is compared with the 9 gaps "
                "from 3 April 2018 to 19 April 2018. Its limits are trial limits, from fewer than 12 gaps."
            ),
            every="day",
        ),
    )
    same_day: ClassVar[float] = 0.5
    instead: ClassVar[str] = "fewer sigmas"

    sigmas: float = param(
        "how many (estimated) standard deviations the limits lie from the centre", 3.0, positive=True, tried=True
    )

    def _gaps(self, block: Block) -> _Gaps:
        reach = LIMIT_FACTOR * self.sigmas / 3
        return _Transformed(block.shape[1], block.stop, reach=reach, same_day=self.same_day)
