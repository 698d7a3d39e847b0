"""The value falls into a band that is bad enough."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from alerting.conditions.base import Test, param, verdict
from alerting.domain.judging import Band, Judgement
from alerting.domain.measure import Measure
from alerting.domain.panel import Block, Floats
from alerting.domain.period import PeriodKind
from alerting.wording.clauses import in_band
from alerting.wording.facts import Facts


@dataclass(frozen=True, slots=True, kw_only=True)
class InBand(Test):
    """Exceptional when the band is `exception_from` or worse."""

    key: ClassVar[str] = "band"

    bands: tuple[Band, ...] = param("bands, worst first; `a to b` is a <= value < b; no gap, no overlap")
    exception_from: str | None = param("the mildest band that is an exception; default the worst band only", None)

    def problems(self, measure: Measure, every: PeriodKind) -> list[str]:
        """Refuse a band that is not there."""
        names = [band.name for band in self.bands]
        if self.exception_from is not None and self.exception_from not in names:
            return [f'exception_from: no band "{self.exception_from}"; there are {", ".join(names)}']
        return []

    @property
    def worst_is_low(self) -> bool:
        """Whether the worst band is the one open below."""
        return self.bands[0].at_least is None

    def judge(self, block: Block, numbers: Mapping[str, Floats]) -> Judgement:
        """Find each value's band and compare its place with exception_from's."""
        starts = [-np.inf if band.at_least is None else band.at_least for band in self.bands]
        order = sorted(range(len(starts)), key=starts.__getitem__)
        edges = np.array([starts[n] for n in order[1:]], dtype=np.float64)
        place = np.array(order)[np.searchsorted(edges, block.values, side="right")]
        names = [band.name for band in self.bands]
        mildest = 0 if self.exception_from is None else names.index(self.exception_from)
        judgement = verdict(place <= mildest)
        judgement.side = -1 if self.worst_is_low else 1
        judgement.planes = {"band": place.astype(np.float64)}
        return judgement

    def clause(self, facts: Facts, *, short: bool = False) -> str:
        """Name the band."""
        return in_band(facts, self.bands, short=short)
