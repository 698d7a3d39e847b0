"""An average that is re-based when enough figures in a row lie on one side of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from alerting.domain import exact
from alerting.domain.arrays import Flags, Floats, Index
from alerting.domain.block import Block
from alerting.domain.catalogue import CatalogueEntry, Example
from alerting.domain.limit_lines import LimitLines, Members, Proposed
from alerting.domain.measure import Measure
from alerting.domain.parameters import AcceptedMove
from alerting.domain.period import Period, PeriodKind
from alerting.limits.base import Method, mean_and_deviation, no_lines, param, too_few, usable


@dataclass(frozen=True, slots=True, kw_only=True)
class RebasedAverage(Method):
    """Centre and spread of the first figures, moved to a run's own when a run has shown that the level has moved."""

    key: ClassVar[str] = "rebased_average"
    entry: ClassVar[CatalogueEntry] = CatalogueEntry(
        formula=(
            "mean ± sigmas x SD of the first `baseline` values; when `run` values in a row lie strictly on one "
            "side of the centre, it becomes their mean"
        ),
        use="A long series whose level has moved now and then.",
        avoid="Series with a trend: the average would move all the time.",
        example=Example(
            when="{outside_limits: {limits: {rebased_average: {baseline: 6, run: 4}}}}",
            figures="50 54 49 51 53 50 61",
            finds=(
                "The figure: 61 in October 2018, significantly above the average of 51 (upper limit 55). It is up "
                "22% from 50 in September 2018. It is compared with the 6 figures from April 2018 to September "
                "2018. Its limits are trial limits, from fewer than 12 figures."
            ),
        ),
    )

    run: int = param("figures in a row strictly on one side that move the centre", 8, tried=True)
    sigmas: float = param("how many standard deviations the limits lie from the centre", 2.0, positive=True, tried=True)
    baseline: int = param("figures that make the first centre; judging starts with the next", 12, tried=True)
    mode: Literal["auto", "propose"] = param("auto moves the centre; propose reports and waits for rebase_on", "auto")
    rebase_on: tuple[Period | AcceptedMove, ...] = param(
        "with propose: periods, the last of their run, on which the centre moves; in some areas alone, with reason and by",
        (),
    )

    @property
    def accepted(self) -> tuple[AcceptedMove, ...]:
        """The moves that were taken over."""
        return tuple(one if isinstance(one, AcceptedMove) else AcceptedMove(period=one) for one in self.rebase_on)

    def problems(self, measure: Measure, every: PeriodKind) -> list[str]:
        """Refuse runs and baselines too short to have a spread, and re-base periods of another kind."""
        found = []
        if self.run < 2:
            found.append(f"a run of {self.run} has no spread; write 2 or more")
        if self.baseline < 2:
            found.append(f"a baseline of {self.baseline} has no spread; write 2 or more")
        periods = (one.period for one in self.accepted)
        found += [f"rebase_on: {p} is no {every.value}" for p in periods if p.kind is not every]
        if self.rebase_on and self.mode == "auto":
            found.append("rebase_on needs `mode: propose`; auto moves the centre by itself")
        return found

    def members(self, block: Block) -> Members:
        """The first figures, or where the centre has moved the run that moved it."""
        taken = usable(block)
        rebased_on = self.compute(block, {}).rebased_on
        assert rebased_on is not None
        first = taken & (np.cumsum(taken, axis=0) <= self.baseline)
        taken &= np.arange(block.stop)[:, None] <= rebased_on[0]
        run = taken & (np.cumsum(taken[::-1], axis=0)[::-1] <= self.run)
        return Members(np.where(rebased_on[0] == rebased_on[0], run, first))

    def compute(self, block: Block, numbers: Mapping[str, Floats]) -> LimitLines:
        """Walk through time, one array step a period."""
        walk = _Walk(self, block)
        for row in range(block.stop):
            walk.step(row)
            if row >= block.start:
                walk.keep(row - block.start)
        walk.out.reason = too_few(block, ~(walk.out.centre == walk.out.centre))
        if walk.out.proposed is not None:
            centre, lower, upper, periods = walk.out.proposed
            clipped = block.clip(LimitLines(centre, lower, upper))
            walk.out.proposed = Proposed(centre, clipped.lower, clipped.upper, periods)
        return block.clip(walk.out)


class _Walk:
    """The state of every column at one row, and the lines it leaves behind."""

    def __init__(self, method: RebasedAverage, block: Block) -> None:
        self.method, self.panel = method, block.panel
        self.values = block.history()
        excluded = block.panel.excluded
        self.excluded = None if excluded is None else excluded[: block.stop, block.columns]
        segments = block.panel.segments
        self.segments = None if segments is None else segments[: block.stop, block.columns]
        width = block.shape[1]
        self.seen = np.zeros(width)  # figures of the first baseline so far
        self.first = np.full((method.baseline, width), np.nan)
        self.side = np.zeros(width)
        self.count = np.zeros(width)
        self.centre, self.spread = np.full(width, np.nan), np.full(width, np.nan)
        self.low, self.high = (
            np.full(width, np.nan),
            np.full(width, np.nan),
        )  # beyond these a figure is not on the centre
        self.rebased_on, self.previous = np.full(width, np.nan), np.full(width, np.nan)
        self.since, self.moved, self.run_centre = np.zeros(width), np.zeros(width), np.full(width, np.nan)
        self.run_since = np.zeros(width)
        self.proposed = Proposed(*(np.full(width, np.nan) for _ in Proposed._fields))
        self.confirmed = _confirmed(method, block)
        self.out = no_lines(block)
        for name in ("rebased_on", "previous_centre", "rebase_count", "moved", "since", "run_centre", "run_since"):
            setattr(self.out, name, np.full(block.shape, np.nan))
        if method.mode == "propose":
            self.out.proposed = Proposed(*(np.full(block.shape, np.nan) for _ in Proposed._fields))

    def step(self, row: int) -> None:
        """Take one period's figures in."""
        x = self.values[row]
        self.moved[:] = 0.0
        for plane in self.proposed:
            plane[:] = np.nan
        if self.segments is not None and row and (new := self.segments[row] != self.segments[row - 1]).any():
            self._start_again(new)
        known = x == x
        taken = known if self.excluded is None else known & ~self.excluded[row]
        learning = self.seen < self.method.baseline
        judged = ~learning
        self.run_centre = self.centre.copy()
        self.run_since = np.where(self.rebased_on == self.rebased_on, self.since, 0.0)
        side = np.where(judged & known, (x > self.high).astype(np.float64) - (x < self.low), 0.0)
        goes_on = taken & (side != 0) & (side == self.side)
        starts = taken & (side != 0) & (side != self.side)
        keeps = known & ~taken  # an excluded figure neither counts nor ends the count
        self.count = np.where(keeps, self.count, np.where(goes_on, self.count + 1, np.where(starts, 1.0, 0.0)))
        self.side = np.where(keeps, self.side, np.where(taken, side, 0.0))
        if (learners := learning & taken).any():
            self._learn(learners, x)
        if (full := judged & (self.count >= self.method.run)).any():
            self._move(full, row)

    def _learn(self, learners: np.ndarray, x: Floats) -> None:
        columns = np.flatnonzero(learners)
        self.first[self.seen[columns].astype(np.intp), columns] = x[columns]
        self.seen[columns] += 1
        done = columns[self.seen[columns] == self.method.baseline]
        if len(done):
            self._set(done, self.first[:, done])

    def _set(self, columns: Index, figures: Floats) -> None:
        """Make the centre of some columns, with their spread, that of some figures."""
        mean, spread, _ = mean_and_deviation(figures)
        self.centre[columns], self.spread[columns] = mean, spread
        self.low[columns], self.high[columns] = exact.lowered(mean, spread), exact.raised(mean, spread)

    def _move(self, full: np.ndarray, row: int) -> None:
        """Move the centre of columns whose run is full; where moves are proposed, only report, unless confirmed."""
        self.moved[full] = 1.0
        if self.method.mode == "propose":
            accepted = full & self.confirmed.get(row, False)
            self._propose(np.flatnonzero(full & ~accepted), row)
            full = accepted
        columns = np.flatnonzero(full)
        if not len(columns):
            return
        self.previous[columns] = self.centre[columns]
        self._set(columns, self._last_taken(columns, row))
        self.rebased_on[columns], self.since[columns] = row, row + 1
        self.count[columns] = 0.0
        self.side[columns] = 0.0

    def _propose(self, columns: Index, row: int) -> None:
        """Note the lines that columns would have by their run."""
        if not len(columns):
            return
        mean, spread, _ = mean_and_deviation(self._last_taken(columns, row))
        reach = self.method.sigmas * spread
        numbers = Proposed(mean, mean - reach, mean + reach, self._periods(columns, row))
        for plane, own in zip(self.proposed, numbers, strict=True):
            plane[columns] = own

    def _periods(self, columns: Index, row: int) -> Floats:
        """Return how many periods the last `run` figures reach back, beyond excluded ones that lie between."""
        if self.excluded is None:
            return np.full(len(columns), float(self.method.run))
        taken = ~self.excluded[row::-1, columns] & ~np.isnan(self.values[row::-1, columns])
        before: Floats = (np.cumsum(taken, axis=0) < self.method.run).sum(axis=0, dtype=np.float64)
        return before + 1

    def _last_taken(self, columns: np.ndarray, row: int) -> Floats:
        """Return the run's own figures: the last `run` rows, further back where excluded ones lie between."""
        if self.excluded is None:
            return self.values[row - self.method.run + 1 : row + 1, columns]
        found = np.full((self.method.run, len(columns)), np.nan)
        for place, column in enumerate(columns):  # only columns that move, only where something is excluded
            rows = np.flatnonzero(~self.excluded[: row + 1, column] & ~np.isnan(self.values[: row + 1, column]))
            found[:, place] = self.values[rows[-self.method.run :], column]
        return found

    def _start_again(self, new: np.ndarray) -> None:
        """Forget everything in columns where a break begins: nothing is averaged across it."""
        for plane in (self.seen, self.side, self.count):
            plane[new] = 0.0
        for plane in (self.centre, self.spread, self.low, self.high, self.rebased_on, self.previous):
            plane[new] = np.nan

    def keep(self, place: int) -> None:
        """Write the state down as the lines of a judged row; judging starts after the row that completes the baseline."""
        judging = self.run_centre == self.run_centre
        reach = self.method.sigmas * self.spread
        out = self.out
        out.centre[place] = np.where(judging, self.centre, np.nan)
        out.lower[place], out.upper[place] = out.centre[place] - reach, out.centre[place] + reach
        for plane, now in (
            (out.rebased_on, self.rebased_on),
            (out.previous_centre, self.previous),
            (out.rebase_count, self.count),
            (out.moved, self.moved),
            (out.since, self.since),
            (out.run_centre, self.run_centre),
            (out.run_since, self.run_since),
        ):
            assert plane is not None
            plane[place] = now
        if out.proposed is not None:
            for plane, now in zip(out.proposed, self.proposed, strict=True):
                plane[place] = now


def _confirmed(method: RebasedAverage, block: Block) -> dict[int, Flags]:
    """Return the columns in which a move was taken over, by the row in which it was."""
    areas = np.array(block.panel.areas)[block.columns]
    found: dict[int, Flags] = {}
    for one in method.accepted:
        own = np.isin(areas, one.areas) if one.areas else np.ones(len(areas), dtype=bool)
        row = block.panel.row(one.period)
        found[row] = found.get(row, np.zeros(len(areas), dtype=bool)) | own
    return found
