"""Areas side by side: the figures of all siblings of the areas that a block judges, whether a rule watches them or not."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from alerting.domain.arrays import Flags, Floats, Index
from alerting.domain.block import Block, columns_at


@dataclass(frozen=True, slots=True, eq=False)
class Siblings:
    """The panel's columns that are siblings of some column of a block, and who belongs together.

    Siblings are areas of one kind under one parent, in one measure.
    """

    block: Block
    #: Columns of the panel, ascending.
    columns: Index
    #: Each column's group, counted from 0, and the group of each column of the block; -1 where it has none.
    groups: Index
    own: Index

    @classmethod
    def of(cls, block: Block) -> Self:
        """Gather them for a block."""
        codes = block.panel.siblings
        mine = columns_at(block, np.arange(block.shape[1]))
        if codes is None:
            return cls(block, mine[:0], mine[:0], np.full(len(mine), -1, dtype=np.intp))
        wanted = np.unique(codes[mine])
        place = np.full(int(codes.max(initial=0)) + 1, -1, dtype=np.intp)
        place[wanted] = np.arange(len(wanted))
        groups = place[codes]
        columns = np.flatnonzero(groups >= 0)
        return cls(block, columns, groups[columns], groups[mine])

    @property
    def size(self) -> int:
        """How many groups there are."""
        return int(self.groups.max(initial=-1)) + 1

    def row(self, row: int, name: str | None = None) -> Floats:
        """Return the judged values of the columns in a row of the panel, or a plane of the source; NaN where not known."""
        plane = self.block.panel.values if name is None else self.block.panel.planes.get(name)
        return np.full(len(self.columns), np.nan) if plane is None else plane[row, self.columns]

    def taken(self, row: int) -> Flags:
        """Return which of the columns' values take part in what is reckoned: known, and not left out."""
        values = self.row(row)
        found: Flags = values == values
        if self.block.panel.excluded is not None:
            found &= ~self.block.panel.excluded[row, self.columns]
        return found

    def sums(self, numbers: Floats, where: Flags) -> Floats:
        """Return each group's sum of some of the columns' numbers."""
        return np.bincount(self.groups[where], weights=numbers[where], minlength=self.size).astype(np.float64)

    def counts(self, where: Flags) -> Index:
        """Return how many of each group's columns are meant."""
        return np.bincount(self.groups[where], minlength=self.size)

    def spread(self, by_group: Floats, otherwise: float = np.nan) -> Floats:
        """Return, for each column of the block, its group's number; *otherwise* where it has no group."""
        if not len(by_group):
            return np.full(len(self.own), otherwise)
        return np.where(self.own >= 0, by_group[np.maximum(self.own, 0)], otherwise)
