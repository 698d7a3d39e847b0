"""What is judged of rare events: not their number a day, but the days since the one before."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from alerting.domain.arrays import Columns, Flags, Floats, Index
from alerting.domain.block import Block
from alerting.domain.finding import Reason
from alerting.domain.measure import Measure, Polarity, Unit
from alerting.domain.panel import Panel

#: The plane of a panel of gaps that holds the number of events; NaN where it is not known.
EVENTS = "events"
#: More events on a day are as good as this many: they are no rare events.
MOST = 1e6
#: Fewer events mean longer gaps.
_TURNED = {Polarity.LOWER: Polarity.HIGHER, Polarity.HIGHER: Polarity.LOWER, Polarity.NEITHER: Polarity.NEITHER}
_NONE, _FEW, _GAP, _BREAK = 0, Reason.FEW_POINTS.code, Reason.GAP.code, Reason.BREAK.code


@dataclass(frozen=True, slots=True)
class BetweenEvents:
    """Days between events, instead of events a day: on a day with one the gap that it ended, else the one that is open.

    On a day with several, the last of them is judged: it came no whole day after the one before. A day without a figure may
    have had an event, so that the gap is not known until two events have come; nor is it before the first one, or across a break.
    """

    #: What a second event on a day is: the days since the one before.
    same_day: float = 0.0

    def measure(self, measure: Measure) -> Measure:
        """Return the measure as it is judged: in days, of which more are better where fewer events are."""
        return replace(
            measure,
            unit=Unit.DAYS,
            better=_TURNED[measure.better],
            sentence=None,
            unit_name=None,
            scale=None,
            decimals=0,
        )

    def panel(self, panel: Panel, columns: Columns) -> Panel:
        """Return the panel with days since the event before in some of its columns; the others are nobody's."""
        values = np.full(panel.values.shape, np.nan)
        reasons = np.zeros(panel.values.shape, dtype=np.int8) if panel.reasons is None else panel.reasons.copy()
        events = np.full(panel.values.shape, np.nan)
        events[:, columns] = panel.values[:, columns]
        floor, ceiling = panel.floor.copy(), panel.ceiling.copy()
        floor[columns], ceiling[columns] = 0.0, np.inf
        for day in walk(panel, events, columns):
            judged = np.where(day.number > 1, self.same_day, day.gap)
            values[day.row, columns] = np.where(day.known, judged, np.nan)
            unjudged = day.known & (judged != judged)
            reasons[day.row, columns] = np.where(unjudged, day.why, reasons[day.row, columns])
        return replace(
            panel,
            values=values,
            shown=values,
            planes={EVENTS: events},
            reasons=reasons if reasons.any() else None,
            floor=floor,
            ceiling=ceiling,
        )

    def latest(self, block: Block, count: int) -> tuple[Floats, Flags]:
        """Return the last *count* gaps that events up to each judged row ended `[count x rows x columns]`, newest first.

        NaN where a gap is not known. The flags say where there were as many on this side of every break.
        """
        found = np.full((count, *block.shape), np.nan)
        ended = np.zeros(block.shape, dtype=bool)
        gaps, number = np.full((count, block.shape[1]), np.nan), np.zeros(block.shape[1])
        for day in walk(block.panel, block.panel.planes[EVENTS], block.columns, block.stop):
            gaps[:, day.anew], number[day.anew] = np.nan, 0
            for n in range(int(min(day.number.max(initial=0), count + 1))):
                more = day.number > n
                newest = day.gap if n == 0 else np.full(len(more), self.same_day)
                gaps = np.where(more, np.concatenate([newest[None], gaps[:-1]]), gaps)
            number += day.number
            if day.row >= block.start:
                found[:, day.row - block.start], ended[day.row - block.start] = gaps, number >= count
        return found, ended


@dataclass(frozen=True, slots=True, eq=False)
class WalkedDay:
    """One row of a walk through time. Arrays `[columns]`."""

    row: int
    #: Where a break parts the day from the one before.
    anew: Flags
    #: Where the number of events is known; and the number, 0 where not.
    known: Flags
    number: Floats
    #: Whole days since the event before: of the day's first event, else up to the day; NaN where not known, with the reason why.
    gap: Floats
    why: Index


def walk(panel: Panel, events: Floats, columns: Columns, stop: int | None = None) -> Iterator[WalkedDay]:
    """Go through the days up to *stop* (not included), for some columns of a panel; *events* is a plane of it."""
    first_rows, segments = panel.first_rows[columns], panel.segments
    since = np.full(len(first_rows), np.nan)
    why = np.full(len(first_rows), _FEW, dtype=np.intp)
    nothing = np.zeros(len(first_rows), dtype=bool)
    for row in range(len(events) if stop is None else stop):
        anew = nothing
        if segments is not None and row:
            anew = segments[row, columns] != segments[row - 1, columns]
            since, why = np.where(anew, np.nan, since), np.where(anew, _BREAK, why)
        counted = events[row, columns]
        known = counted == counted
        lost = ~known & (row > first_rows)
        since, why = np.where(lost, np.nan, since), np.where(lost, _GAP, why)
        number = np.where(known, np.floor(np.clip(counted, 0.0, MOST)), 0.0)
        yield WalkedDay(row, anew, known, number, row - since, why)
        since = np.where(number > 0, float(row), since)
