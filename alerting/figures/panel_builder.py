"""A sheet: the growing planes of one period kind, before they are frozen into a panel."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from alerting.domain.arrays import Codes, Columns, Flags, Floats
from alerting.domain.combining import PARTS, Pieces
from alerting.domain.finding import Reason
from alerting.domain.loads import LoadLack
from alerting.domain.measure import Aggregate, Measure
from alerting.domain.panel import WINDOW, Panel
from alerting.domain.period import Period, PeriodKind

__all__ = ["WINDOW", "PanelBuilder"]

#: (measure's place, area's place)
Key = tuple[int, int]


@dataclass(eq=False)
class PanelBuilder:
    """Planes `[periods x series]` of one kind; columns by measure as declared, then area in tree order."""

    kind: PeriodKind
    first: int
    n_periods: int
    starts: int
    #: per column: the measure's place and the area's place.
    measure_of: NDArray[np.int32]
    area_of: NDArray[np.int32]
    planes: dict[str, Floats] = field(default_factory=dict)
    reasons: Codes | None = None
    provisional: Flags | None = None
    segments: NDArray[np.int32] | None = None
    breaks: tuple[tuple[int, NDArray[np.intp]], ...] = ()
    excluded: Flags | None = None
    held: Flags | None = None
    #: (row, column) -> why a figure is not believed.
    failed_checks: dict[tuple[int, int], str] = field(default_factory=dict)
    #: (row, column) -> why a figure that is judged may be a slip.
    doubted: dict[tuple[int, int], str] = field(default_factory=dict)
    #: Cells whose load is not whole, as the index of what it lacks.
    loads: NDArray[np.int32] | None = None
    load_lacks: tuple[LoadLack | None, ...] = (None,)
    note_codes: NDArray[np.int32] | None = None
    note_texts: tuple[str, ...] = ("",)
    #: measure's place -> how its figures of several periods were made, as they came.
    aggregates: dict[int, Aggregate | None] = field(default_factory=dict)

    @property
    def shape(self) -> tuple[int, int]:
        """(periods, series)."""
        return (self.n_periods, len(self.measure_of))

    def period(self, row: int) -> Period:
        """Return a row's period."""
        return Period(self.kind, self.first + row, self.starts)

    def plane(self, name: str) -> Floats:
        """Return a plane, made of NaN where it is not there yet."""
        if name not in self.planes:
            self.planes[name] = np.full(self.shape, np.nan)
        return self.planes[name]

    def columns_of(self, measure: int) -> slice:
        """Return the columns of a measure."""
        begin, end = np.searchsorted(self.measure_of, [measure, measure + 1])
        return slice(int(begin), int(end))

    def column(self, measure: int, area: int) -> int | None:
        """Return the column of a series, None where there is none."""
        own = self.columns_of(measure)
        place = own.start + int(np.searchsorted(self.area_of[own], area))
        return place if place < own.stop and self.area_of[place] == area else None

    def pieces(self, rows: slice, columns: Columns, along: Sequence[str] = ()) -> Pieces:
        """Return some rows and columns as figures to be put together, with the columns that go *along*."""
        planes = {name: self.planes[name][rows, columns] for name in (*PARTS, *along) if name in self.planes}
        reasons = None if self.reasons is None else self.reasons[rows, columns]
        provisional = None if self.provisional is None else self.provisional[rows, columns]
        return Pieces(value=self.plane("value")[rows, columns], planes=planes, reasons=reasons, provisional=provisional)

    def mark_provisional(
        self, at: tuple[int | slice | NDArray[np.intp], int | slice | NDArray[np.intp]], where: Flags
    ) -> None:
        """Mark those of some cells that may still change."""
        if not where.any():
            return
        if self.provisional is None:
            self.provisional = np.zeros(self.shape, dtype=bool)
        self.provisional[at] |= where

    def empty(self, measure: int) -> None:
        """Take out all that is judged of a measure, as if nothing had come."""
        own = self.columns_of(measure)
        self.plane("value")[:, own] = np.nan
        if self.reasons is not None:
            self.reasons[:, own] = 0

    def set_reason(
        self, where: tuple[slice | NDArray[np.intp], slice | NDArray[np.intp]] | Flags, reason: Reason
    ) -> None:
        """Mark cells as not judged."""
        if self.reasons is None:
            self.reasons = np.zeros(self.shape, dtype=np.int8)
        self.reasons[where] = reason.code

    def marked(self, reason: Reason) -> Flags | None:
        """Return the cells that a reason was given to; None where none was."""
        if self.reasons is None:
            return None
        found: Flags = self.reasons == reason.code
        return found if found.any() else None

    def frozen(self, measures: Sequence[Measure], areas: Sequence[str], siblings_of_areas: NDArray[np.intp]) -> Panel:
        """Return the panel: what is shown keeps held figures, what is judged does not.

        Args:
            kin: for each area the number of its group of siblings.
        """
        shown = self.plane("value")
        values = shown if self.reasons is None else np.where(self.reasons == 0, shown, np.nan)
        bounds = {n: (measures[n].minimum, measures[n].maximum) for n in np.unique(self.measure_of).tolist()}
        low = np.array([-np.inf if bounds[n][0] is None else bounds[n][0] for n in bounds] or [0.0], dtype=np.float64)
        high = np.array([np.inf if bounds[n][1] is None else bounds[n][1] for n in bounds] or [0.0], dtype=np.float64)
        few = self.marked(Reason.SMALL_NUMBERS)
        place = np.searchsorted(np.array(list(bounds), dtype=np.int64), self.measure_of)
        siblings = (
            self.measure_of.astype(np.intp) * (int(siblings_of_areas.max(initial=0)) + 1)
            + siblings_of_areas[self.area_of]
        )
        return Panel(
            kind=self.kind,
            first=self.first,
            starts=self.starts,
            values=values,
            shown=shown,
            planes={name: plane for name, plane in self.planes.items() if name != "value"},
            columns={measures[n].id: self.columns_of(n) for n in bounds},
            areas=tuple(areas[a] for a in self.area_of.tolist()),
            reasons=self.reasons,
            segments=self.segments,
            breaks=self.breaks,
            excluded=self.excluded,
            held=self.held,
            failed_checks=self.failed_checks,
            doubted=self.doubted,
            loads=self.loads,
            load_lacks=self.load_lacks,
            provisional=self.provisional,
            note_codes=self.note_codes,
            note_texts=self.note_texts,
            siblings=siblings,
            floor=low[place],
            ceiling=high[place],
            without_level=self.marked(Reason.NO_LEVEL),
            few_cases=None if few is None else few & (shown == shown),
            aggregates={measures[n].id: how for n, how in self.aggregates.items()},
        )
