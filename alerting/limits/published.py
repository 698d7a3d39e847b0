"""Limits as the source prints them."""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from alerting.domain.answers import CentreKind
from alerting.domain.arrays import Floats
from alerting.domain.block import Block
from alerting.domain.catalogue import CatalogueEntry, Example
from alerting.domain.limit_lines import LimitLines
from alerting.limits.base import Method


@dataclass(frozen=True, slots=True, kw_only=True)
class Published(Method):
    """The source's lower_limit, upper_limit and centre.

    Either limit may be absent: that side is not tested. Without a centre it is the midpoint of both limits, else unknown.
    """

    key: ClassVar[str] = "published"
    own_past: ClassVar[bool] = False
    centre_is: ClassVar[CentreKind] = CentreKind.GIVEN
    by_year: ClassVar[bool] = True
    entry: ClassVar[CatalogueEntry] = CatalogueEntry(
        formula="the source's lower_limit, upper_limit and centre (else the midpoint)",
        use="Where the figures come with the limits that people already know.",
        avoid="Where nobody can say how they were set.",
        example=Example(
            when="{outside_limits: {limits: published}}",
            figures="50 65",
            finds=(
                "The figure: 65 in May 2018, significantly above its usual level of 50 (upper limit 60). It is up "
                "30% from 50 in April 2018."
            ),
            columns="lower_limit: 40, upper_limit: 60",
        ),
    )

    def has_centre(self, columns: Container[str]) -> bool:
        """Where the source prints one."""
        return "centre" in columns

    def compute(self, block: Block, numbers: Mapping[str, Floats]) -> LimitLines:
        """Read the columns; what tests a limit that is absent finds none."""
        nothing = np.full(block.shape, np.nan)
        lower, upper, centre = (block.plane(name) for name in ("lower_limit", "upper_limit", "centre"))
        lower = nothing if lower is None else lower.copy()
        upper = nothing if upper is None else upper.copy()
        midpoint = lower + (upper - lower) / 2
        centre = midpoint if centre is None else np.where(centre == centre, centre, midpoint)
        return block.clip(LimitLines(centre, lower, upper))
