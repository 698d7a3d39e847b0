"""The value falls into a band that is bad enough."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from alerting.conditions.base import ConditionBase, param, verdict
from alerting.domain import exact
from alerting.domain.answers import BadSide
from alerting.domain.arrays import Codes, Floats
from alerting.domain.block import Block
from alerting.domain.catalogue import CatalogueEntry, Example
from alerting.domain.condition import BeyondLine, Judgement
from alerting.domain.measure import Measure
from alerting.domain.parameters import Band
from alerting.domain.period import PeriodKind
from alerting.wording import briefly
from alerting.wording.briefly import HeldLine
from alerting.wording.clause import Clause
from alerting.wording.clauses import in_band
from alerting.wording.facts import Facts


@dataclass(frozen=True, slots=True, kw_only=True)
class InBand(ConditionBase):
    """Exceptional when the band is `exception_from` or worse."""

    key: ClassVar[str] = "band"
    entry: ClassVar[CatalogueEntry] = CatalogueEntry(
        formula="the band that holds the value, `a to b` being a <= value < b, is `exception_from` or worse",
        use="Red, amber, green as agreed by a board.",
        avoid="Where the edges were drawn by eye: the colours then change with noise.",
        example=Example(
            when="{band: {bands: [{red: below 15}, {amber: 15 to 20}, {green: 20 or more}], exception_from: amber}}",
            figures="21 20.5 17.5",
            finds=(
                "The figure: 17.5% in June 2018, in the amber band (15% to below 20%). It is down 3 points from "
                "20.5% in May 2018."
            ),
            measure="unit: percent, better: higher",
        ),
    )

    bands: tuple[Band, ...] = param("bands, worst first; `a to b` is a <= value < b; no gap, no overlap")
    exception_from: str | None = param("the mildest band that is an exception; default the worst band only", None)

    @property
    def misses(self) -> bool:
        """A bad band."""
        return True

    @property
    def bad_side(self) -> BadSide | None:
        """Where the worst band lies; None where it lies between others, so that neither end is bad."""
        worst = self.bands[0]
        if (worst.at_least is None) == (worst.below is None):
            return None
        says = f'"{worst.name}", the first and so the worst band, lies at the good end'
        fix = "list the bands worst first, or mend better: of the measure"
        return BadSide(low=worst.at_least is None, message=says, fix=fix)

    @property
    def near_choices(self) -> Sequence[tuple[str, str, tuple[str, ...]]]:
        """The bands beside the mildest that is an exception; the best never is one."""
        names = [band.name for band in self.bands]
        mildest = 0 if self.exception_from is None else names.index(self.exception_from)
        beside = tuple(names[place] for place in (mildest - 1, mildest + 1) if 0 <= place < len(names) - 1)
        return (("exception_from", names[mildest], beside),)

    def numbers_given(self) -> Iterator[float]:
        """Yield where bands begin."""
        yield from (band.at_least for band in self.bands if band.at_least is not None)

    def problems(self, measure: Measure, every: PeriodKind) -> list[str]:
        """Refuse a band that is not there."""
        names = [band.name for band in self.bands]
        if self.exception_from is not None and self.exception_from not in names:
            return [f'exception_from: no band "{self.exception_from}"; there are {", ".join(names)}']
        return []

    def _sides(self, order: Sequence[int], mildest: int) -> Codes | int:
        """Return by place +1 where a band that is an exception lies above the best one, -1 below; one number where all do."""
        at = {place: n for n, place in enumerate(order)}
        best = len(order) - 1
        found = [int(np.sign(at[place] - at[best])) if place <= mildest else 0 for place in range(len(order))]
        own = set(found[: mildest + 1])
        return own.pop() if len(own) == 1 else np.array(found, dtype=np.int8)

    def judge(self, block: Block, numbers: Mapping[str, Floats]) -> Judgement:
        """Find each value's band and compare its place with exception_from's."""
        starts = [-np.inf if band.at_least is None else band.at_least for band in self.bands]
        order = sorted(range(len(starts)), key=starts.__getitem__)
        edges = exact.lowered(
            np.array([starts[n] for n in order[1:]], dtype=np.float64)
        )  # a value on an edge is in the band above
        place = np.array(order)[np.searchsorted(edges, block.values, side="right")]
        names = [band.name for band in self.bands]
        mildest = 0 if self.exception_from is None else names.index(self.exception_from)
        judgement = verdict(place <= mildest)
        side = self._sides(order, mildest)
        judgement.side = side if isinstance(side, int) else side[place]
        judgement.planes = {"band": place.astype(np.float64)}
        return judgement

    def clause(self, facts: Facts, *, short: bool = False) -> Clause:
        """Name the band."""
        return in_band(facts, self.bands, short=short)

    def beyond(self, facts: Facts) -> BeyondLine | None:
        """Return the value and the nearest edge between a band that is an exception and one that is none."""
        value = facts.finding.value
        names = [band.name for band in self.bands]
        mildest = 0 if self.exception_from is None else names.index(self.exception_from)
        expected = _edges(self.bands[mildest + 1 :])
        edges = expected & _edges(self.bands[: mildest + 1]) or expected
        if value is None or not edges:
            return None
        return BeyondLine(value, min(edges, key=lambda edge: abs(edge - value)))

    def held_against(self, facts: Facts) -> HeldLine | None:
        """Name the band, and know where the nearest one begins that is no exception."""
        held = self.beyond(facts)
        return briefly.band(facts, self.bands, None if held is None else held.line)

    def clears(self, facts: Facts) -> str | None:
        """Say where the nearest band begins that is no exception; the upper end of one is not in it."""
        held = self.beyond(facts)
        if held is None:
            return None
        edge = facts.level(held.line)
        return f"at {edge} or more" if held.judged < held.line else f"below {edge}"


def _edges(bands: Sequence[Band]) -> set[float]:
    """Return where bands begin and end."""
    return {edge for band in bands for edge in (band.at_least, band.below) if edge is not None}
