"""Observations: every figure read, as parallel arrays, with what was refused and why."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alerting.domain.arrays import Codes, Flags, Floats, Index
from alerting.domain.coverage import EVERYTHING, Coverage
from alerting.domain.fault import Faults
from alerting.domain.loads import LoadSigns
from alerting.domain.period import Period
from alerting.domain.problem import Problem
from alerting.figures.waiting_cells import PartialLoad

Ints = NDArray[np.int32]
#: What observations hold for each row, beside the columns.
_BY_ROW = (
    "measure", "area", "kind", "ordinal", "published", "refused", "suppressed", "provisional", "note", "variant",
)  # fmt: skip


def below_a_header(record: int) -> int:
    """Return the number of a row, the header being row 1."""
    return record + 2


@dataclass(frozen=True, kw_only=True, eq=False)
class Observations:
    """Figures of one source, one entry a row that was claimed. All arrays have one length."""

    source: str
    file: str
    #: Place of the measure among the rule set's measures, of the area in tree order.
    measure: Ints
    area: Ints
    #: Place of the period's kind in KINDS, and its ordinal.
    kind: Codes
    ordinal: Ints
    #: Ordinal of the day it became known; 0: always known.
    published: Ints
    #: Numeric columns by name, `value` among them.
    columns: Mapping[str, Floats]
    refused: Flags
    #: Figures that the source withholds; None: none.
    suppressed: Flags | None = None
    provisional: Flags | None
    #: Index into note_texts; None where the source has no notes.
    note: Ints | None
    note_texts: tuple[str, ...]
    #: Row number (0-based, with the rows above the header but without the header), for messages; a range where every
    #: row was claimed.
    record: Ints | range
    #: The number by which people know the row of a record.
    row_of: Callable[[int], int] = below_a_header
    #: Tells rows of one figure apart that differ in cells which hold no figure: unequal numbers; None: no rows do.
    variant: Ints | None = None
    #: Where there are several files: that of a record, and its place there; None: all are of `file`.
    place_of: Callable[[int], tuple[str, int]] | None = None
    #: The text of a cell as it stands, by record and column; None where the file is not at hand.
    cell: Callable[[int, str], str] | None = None
    #: Columns that hold nothing that is read.
    unread: tuple[str, ...] = ()
    #: What these are all figures of: one inside it that is not here is not held any more.
    covers: Coverage = EVERYTHING

    def where(self, entry: int) -> tuple[str, int]:
        """Return the file of an entry, and the number by which people know its row."""
        record = int(self.record[entry])
        file, record = (self.file, record) if self.place_of is None else self.place_of(record)
        return file, self.row_of(record)

    def with_rows(self, rows: Index) -> "Observations":
        """Return the same source with some of its rows."""
        some: dict[str, Any] = {name: own if (own := getattr(self, name)) is None else own[rows] for name in _BY_ROW}
        columns = {name: values[rows] for name, values in self.columns.items()}
        return replace(self, **some, columns=columns, record=np.asarray(self.record, dtype=np.int32)[rows])

    def without_rows(self) -> "Observations":
        """Return the same source with no row: what is to be known of it beside its figures."""
        none: dict[str, Any] = {
            name: own if (own := getattr(self, name)) is None else own[:0].copy() for name in _BY_ROW
        }
        return replace(self, **none, columns={}, record=range(0), cell=None, row_of=below_a_header, place_of=None)


@dataclass(frozen=True, kw_only=True, eq=False)
class Reading:
    """All sources as read: their observations, what is wrong with them, and which sources failed."""

    observations: tuple[Observations, ...]
    problems: tuple[Problem, ...] = ()
    #: source id -> digest of its bytes, where it was asked for and can be told.
    contents: Mapping[str, str] = field(default_factory=dict)
    #: source id -> why it could not be read.
    failed: Mapping[str, str] = field(default_factory=dict)
    #: source id -> what stands beside its figures, of those that say when a load is whole or judged, as they were read.
    signs: Mapping[str, LoadSigns] = field(default_factory=dict)
    #: Loads that are not whole: their figures are not among the observations.
    partial_loads: tuple[PartialLoad, ...] = ()
    #: What sources that failed had held when they were read: such figures have come, whatever they are now.
    held_before: tuple[Observations, ...] = ()
    #: (measure, area, period, value) of figures that no check holds, since somebody says that they are true.
    accepted: frozenset[tuple[str, str, Period, float]] = frozenset()
    #: What the program itself failed at, from reading on: one list for the whole pass.
    faults: Faults = field(default_factory=Faults)

    def without_figures(self) -> "Reading":
        """Return the same with no figure; they are the largest things in memory."""
        return replace(self, observations=tuple(source.without_rows() for source in self.observations))

    @property
    def has_errors(self) -> bool:
        """Whether anything was refused or failed (commands then exit 1)."""
        return bool(self.failed) or any(problem.is_error for problem in self.problems)
