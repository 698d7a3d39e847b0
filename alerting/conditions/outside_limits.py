"""The value lies outside its limits, on either side."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from alerting.conditions.base import LimitsCondition, absent, no_limits, verdict
from alerting.domain import exact
from alerting.domain.answers import Chance
from alerting.domain.arrays import Floats
from alerting.domain.block import Block
from alerting.domain.catalogue import CatalogueEntry, Example
from alerting.domain.condition import Judgement
from alerting.domain.limits_method import LimitsMethod
from alerting.domain.period import PeriodKind
from alerting.wording import briefly
from alerting.wording.briefly import HeldLine
from alerting.wording.clause import Clause
from alerting.wording.compared import Within
from alerting.wording.facts import Facts
from alerting.wording.gaps import against_limits


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideLimits(LimitsCondition):
    """Exceptional when the value is above its upper or below its lower limit."""

    key: ClassVar[str] = "outside_limits"
    entry: ClassVar[CatalogueEntry] = CatalogueEntry(
        formula="value > upper limit, or value < lower limit",
        use="When either way is worth a look; `severity: {worse: warning, better: info}` tells them apart.",
        avoid="When only one side calls for action: the other then only adds mail.",
        example=Example(
            when="{outside_limits: {limits: {xmr: {}}}}",
            figures="50 54 49 51 53 50 52 48 51 50 53 51 61",
            finds=(
                "The figure: 61 in April 2019, significantly above the average of 52 (upper limit 60.9). It is up "
                "20% from 51 in March 2019 and up 22% from 50 in April 2018. It is compared with the 13 figures "
                "from April 2018 to April 2019."
            ),
        ),
    )

    opposites: ClassVar[tuple[str, ...]] = ("above_upper_limit", "below_lower_limit")

    @property
    def chances(self) -> Mapping[PeriodKind, Chance]:
        """Against both of its limits."""
        return self.limits.chances(sides=2)

    def judge(self, block: Block, numbers: Mapping[str, Floats]) -> Judgement:
        """Compare with both limits; one that is absent tests nothing."""
        return judge_limits(block, self.limits, numbers, above=True, below=True)

    def clause(self, facts: Facts, *, short: bool = False) -> Clause:
        """Say where the value lies of its limits."""
        return against_limits(facts, "either", short=short)

    def held_against(self, facts: Facts) -> HeldLine | None:
        """Name the limit it lies beyond, or both."""
        return briefly.limit(facts, "either")

    def accepts(self, facts: Facts) -> Within | None:
        """Accept what lies within the limits."""
        return Within(low=facts.finding.lower, high=facts.finding.upper)


def judge_limits(
    block: Block, method: LimitsMethod, numbers: Mapping[str, Floats], *, above: bool, below: bool
) -> Judgement:
    """Compare the values with one side's limit or both; `no_limits` where what is tested is absent."""
    lines = block.limits(method, numbers)
    x = block.values
    too_high = exact.above(x, lines.upper, lines.centre, largest=lines.largest_of_all) if above else None
    too_low = exact.below(x, lines.lower, lines.centre, largest=lines.largest_of_all) if below else None
    if too_low is not None and lines.events is not None:  # a gap that is not over may still become as long as any
        too_low &= lines.events > 0
    if too_high is not None and too_low is not None:
        exceptional = too_high | too_low
        unknown = absent(lines.upper) & absent(lines.lower)
    elif too_high is not None:
        exceptional, unknown = too_high, absent(lines.upper)
    else:
        assert too_low is not None
        exceptional, unknown = too_low, absent(lines.lower)
    if unknown.any():
        judgement = verdict(exceptional, unknown, no_limits(lines))
    else:
        judgement = verdict(exceptional)
    judgement.side = 1 if not below else (-1 if not above else _side(too_high, too_low))
    judgement.planes = {"centre": lines.centre, "lower": lines.lower, "upper": lines.upper, **extras(lines)}
    return judgement


def _side(too_high: np.ndarray | None, too_low: np.ndarray | None) -> np.ndarray:
    assert too_high is not None and too_low is not None
    return too_high.view(np.int8) - too_low.view(np.int8)


def extras(lines: "object") -> dict[str, Floats]:
    """Return the planes that only some limits have, by finding key."""
    names = ("trial", "rebased_on", "previous_centre", "rebase_count", "events", "dispersion")
    return {name: plane for name in names if (plane := getattr(lines, name)) is not None}
