"""An area's place among areas of its kind."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np

from alerting.conditions.base import ConditionBase, Reason, param, verdict
from alerting.domain import exact
from alerting.domain.arrays import Flags, Floats, Index
from alerting.domain.block import Block
from alerting.domain.catalogue import CatalogueEntry, Example
from alerting.domain.condition import BeyondLine, Judgement
from alerting.domain.measure import Measure, Polarity
from alerting.domain.parameters import Vector
from alerting.domain.period import PeriodKind
from alerting.domain.siblings import Siblings
from alerting.wording import briefly
from alerting.wording.areas import ranked
from alerting.wording.briefly import HeldLine
from alerting.wording.clause import Clause
from alerting.wording.facts import Facts
from alerting.wording.numbers import nth

#: One area alone has no place.
FEWEST_AREAS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Rank(ConditionBase):
    """Exceptional when the area's place among its siblings is worse than a number; 1st is best by the measure's `better`.

    Areas with equal figures share the better place; an area without a figure takes none.
    """

    key: ClassVar[str] = "rank"
    among_areas: ClassVar[bool] = True
    evidence: ClassVar[tuple[str, ...]] = ("place", "areas_compared", "sharing", "place_before")
    entry: ClassVar[CatalogueEntry] = CatalogueEntry(
        formula="1 + the number of siblings with a better figure at this period > worse_than",
        use="A league table that people follow anyway.",
        avoid="To find what is unusual: somebody is always last. Use outlier_among_areas.",
        example=Example(
            when="{rank: {worse_than: 3}}",
            figures="North: 30\nSouth: 20\nEast: 22\nWest: 18\nTown: 30",
            finds="The figure: 30 in North in April 2018, joint 4th of 5 areas, where 1st is best.",
        ),
    )

    worse_than: int = param("the last place that is no exception")
    #: Set by `bind`, not by authors.
    higher_is_better: bool = True

    @property
    def misses(self) -> bool:
        """A place that was not to be."""
        return True

    def problems(self, measure: Measure, every: PeriodKind) -> list[str]:
        """Refuse a place that is none, and measures of which neither way is better."""
        found = [] if self.worse_than >= 1 else ["worse_than is a place; write 1 or more"]
        if measure.better is Polarity.NEITHER:
            found.append(f'measure "{measure.id}" says better: neither, so that no place is worse')
        return found

    def bind(self, measure: Measure) -> Self:
        """Take which way is better."""
        return replace(self, higher_is_better=measure.better is Polarity.HIGHER)

    def structure(self) -> Hashable:
        """Which way is better; places are vectors."""
        return (Rank, self.higher_is_better)

    def vectors(self) -> Mapping[str, Vector]:
        """The last place that is no exception."""
        return {"worse_than": float(self.worse_than)}

    def judge(self, block: Block, numbers: Mapping[str, Floats]) -> Judgement:
        """Find each column's place in each row."""
        siblings = Siblings.of(block)
        first = max(block.start - 1, 0)
        found = [self._places(siblings, row) for row in range(first, block.stop)]
        places, compared, sharing = (np.array(plane) for plane in zip(*found, strict=True))
        there = block.history(first)
        places = np.where((there == there) & (compared >= FEWEST_AREAS), places, np.nan)
        before = np.vstack([np.full((1, block.shape[1]), np.nan), places])[-block.shape[0] - 1 : -1]
        if block.panel.segments is not None:
            before[~self._same_side(block)] = np.nan
        places, compared, sharing = (plane[block.start - first :] for plane in (places, compared, sharing))
        known = places == places
        judgement = verdict(places > numbers["worse_than"], ~known, Reason.FEW_AREAS)
        judgement.side = -1 if self.higher_is_better else 1
        judgement.planes = {
            "place": places,
            "areas_compared": np.where(known, compared, np.nan),
            "sharing": np.where(known & (sharing > 1), sharing, np.nan),
            "place_before": np.where(known, before, np.nan),
        }
        return judgement

    @staticmethod
    def _same_side(block: Block) -> Flags:
        """Return where no break lies right before a row."""
        segments = block.panel.segments
        assert segments is not None
        own = segments[: block.stop, block.columns]
        same = np.ones(own.shape, dtype=bool)
        same[1:] = own[1:] == own[:-1]
        return same[block.start :]

    def _places(self, siblings: Siblings, row: int) -> tuple[Floats, Floats, Floats]:
        """Return the block's columns' places in a row, among how many, and by how many each is shared."""
        values = siblings.row(row)
        taken = values == values
        better, sharing = _better(siblings, -values if self.higher_is_better else values, taken)
        compared = siblings.spread(siblings.counts(taken).astype(np.float64), 0.0)
        return better.astype(np.float64) + 1, compared, sharing.astype(np.float64)

    def clause(self, facts: Facts, *, short: bool = False) -> Clause:
        """Say the place."""
        return ranked(facts, short=short)

    def beyond(self, facts: Facts) -> BeyondLine | None:
        """Return the place and the last one that is no exception."""
        place = facts.finding.evidence.get("place")
        return None if place is None else BeyondLine(place, float(self.worse_than), in_series=False)

    def held_against(self, facts: Facts) -> HeldLine | None:
        """Name the place."""
        return briefly.place(facts)

    def clears(self, facts: Facts) -> str | None:
        """Say which place is good enough."""
        return f"in {nth(self.worse_than)} place{' or better' if self.worse_than > 1 else ''}"


def _better(siblings: Siblings, ordered: Floats, taken: Flags) -> tuple[Index, Index]:
    """Return, for each column of the block, how many of its siblings come strictly before it, and how many share its place."""
    columns = np.flatnonzero(taken)
    order = columns[np.lexsort((ordered[columns], siblings.groups[columns]))]
    groups, values = siblings.groups[order], ordered[order]
    begins = np.searchsorted(groups, np.arange(siblings.size))
    if not len(order):
        none = np.zeros(siblings.block.shape[1], dtype=np.intp)
        return none, none
    # the first of equal values within each group: what stands before it in the group is strictly better
    new = np.ones(len(order), dtype=bool)
    new[1:] = (groups[1:] != groups[:-1]) | ~exact.equal(values[1:], values[:-1])
    first = np.maximum.accumulate(np.where(new, np.arange(len(order)), 0)) - begins[groups]
    equal = np.cumsum(new) - 1
    found = np.zeros((2, siblings.block.panel.n_series), dtype=np.intp)
    found[:, siblings.columns[order]] = first, np.bincount(equal)[equal]
    better, sharing = found[:, siblings.block.columns]
    return better, sharing
