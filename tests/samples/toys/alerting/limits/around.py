"""Limits at one distance on both sides of a centre."""

from collections.abc import Container, Hashable, Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from alerting.domain.answers import CentreKind
from alerting.domain.arrays import Floats
from alerting.domain.block import Block
from alerting.domain.catalogue import CatalogueEntry, Example
from alerting.domain.limit_lines import LimitLines
from alerting.domain.parameters import Vector
from alerting.limits.base import Method, param


@dataclass(frozen=True, slots=True, kw_only=True)
class Around(Method):
    """Centre and distance as given."""

    key: ClassVar[str] = "around"
    own_past: ClassVar[bool] = False
    centre_is: ClassVar[CentreKind] = CentreKind.GIVEN
    by_year: ClassVar[bool] = True
    entry: ClassVar[CatalogueEntry] = CatalogueEntry(
        formula="centre ± distance",
        use="A tolerance that a contract gives on both sides of a value.",
        avoid="Distances guessed once.",
        example=Example(
            when="{outside_limits: {limits: {around: {centre: 50, distance: 10}}}}",
            figures="50 65",
            finds=(
                "The figure: 65 in May 2018, significantly above its usual level of 50 (upper limit 60). It is up "
                "30% from 50 in April 2018."
            ),
        ),
    )

    centre: float = param("the centre, in the measure's unit", 10.0)
    distance: float = param("how far the limits lie from it", 2.0, positive=True)

    def has_centre(self, columns: Container[str]) -> bool:
        """It is where somebody put it."""
        return False

    def structure(self) -> Hashable:
        """Any numbers go together."""
        return Around

    def vectors(self) -> Mapping[str, Vector]:
        """The three lines."""
        return {
            "limits.centre": self.centre,
            "limits.lower": self.centre - self.distance,
            "limits.upper": self.centre + self.distance,
        }

    def compute(self, block: Block, numbers: Mapping[str, Floats]) -> LimitLines:
        """Spread the numbers over the block."""
        centre, lower, upper = (
            np.array(np.broadcast_to(numbers[f"limits.{name}"], block.shape)) for name in ("centre", "lower", "upper")
        )
        return LimitLines(centre, lower, upper)
