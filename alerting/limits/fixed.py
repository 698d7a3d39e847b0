"""Limits that the rule itself gives."""

from collections.abc import Container, Hashable, Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from alerting.domain.answers import CentreKind
from alerting.domain.arrays import Floats
from alerting.domain.block import Block
from alerting.domain.catalogue import CatalogueEntry, Example
from alerting.domain.limit_lines import LimitLines
from alerting.domain.measure import Measure
from alerting.domain.parameters import Vector
from alerting.domain.period import PeriodKind
from alerting.limits.base import Method, param

UNKNOWN = float("nan")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixed(Method):
    """Limits as given, the same for every period."""

    key: ClassVar[str] = "fixed"
    own_past: ClassVar[bool] = False
    centre_is: ClassVar[CentreKind] = CentreKind.GIVEN
    by_year: ClassVar[bool] = True
    entry: ClassVar[CatalogueEntry] = CatalogueEntry(
        formula="as given",
        use="Limits set by law, contract or physics.",
        avoid="Limits guessed once: they are wrong within the year.",
        example=Example(
            when="{outside_limits: {limits: {fixed: {lower: 40, upper: 60}}}}",
            figures="50 65",
            finds=(
                "The figure: 65 in May 2018, significantly above its usual level of 50 (upper limit 60). It is up "
                "30% from 50 in April 2018."
            ),
        ),
    )

    lower: float | None = param("lower limit, in the measure's unit; absent: that side is not tested", None)
    upper: float | None = param("upper limit, in the measure's unit; absent: that side is not tested", None)
    centre: float | None = param("centre; absent: the midpoint of both limits", None)

    def problems(self, measure: Measure, every: PeriodKind) -> list[str]:
        """Refuse limits without a number, and a lower one above the upper."""
        if self.lower is None and self.upper is None and self.centre is None:
            return ["fixed limits need `lower`, `upper` or `centre`"]
        if self.lower is not None and self.upper is not None and self.lower > self.upper:
            return [f"the lower limit {self.lower:g} is above the upper limit {self.upper:g}"]
        return []

    def has_centre(self, columns: Container[str]) -> bool:
        """Given or not, it is where somebody put it."""
        return False

    def structure(self) -> Hashable:
        """Any fixed limits go together: the numbers are vectors."""
        return Fixed

    def vectors(self) -> Mapping[str, Vector]:
        """Lower, upper and centre; NaN where absent."""
        centre = self.centre
        if centre is None and self.lower is not None and self.upper is not None:
            centre = self.lower + (self.upper - self.lower) / 2
        return {
            "limits.lower": UNKNOWN if self.lower is None else self.lower,
            "limits.upper": UNKNOWN if self.upper is None else self.upper,
            "limits.centre": UNKNOWN if centre is None else centre,
        }

    def compute(self, block: Block, numbers: Mapping[str, Floats]) -> LimitLines:
        """Spread the numbers over the block."""
        centre, lower, upper = (
            np.array(np.broadcast_to(numbers[f"limits.{name}"], block.shape)) for name in ("centre", "lower", "upper")
        )
        return LimitLines(centre, lower, upper)
