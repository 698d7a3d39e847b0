"""What figures must look like to be believed (`checks:` of a measure); one that does not is held until it is mended or accepted."""

from dataclasses import dataclass
from enum import StrEnum


class Slip(StrEnum):
    """A mistake of whoever fills a source in, as earlier figures show it."""

    TENFOLD = "tenfold"  #: 10, 100 or 1,000 times what is usual, or such a part of it
    REPEATED = "repeated"  #: all figures of a period are those of the period before
    SWAPPED = "swapped"  #: figures that stand beside each other's areas


@dataclass(frozen=True, slots=True, kw_only=True)
class DataChecks:
    """Checks of the printed figures of a measure; None and False: there is no such check."""

    #: The least and the greatest that is believed.
    lowest: float | None = None
    highest: float | None = None
    #: By how much a figure may differ from the last that was believed: in the measure's unit, or with `relative` in percent.
    change: float | None = None
    relative: bool = False
    #: Whether an area's figure must be the sum of the figures of the areas in it, where all are there.
    areas_add_up: bool = False
    #: Whether a total must be the sum of the items beside it, where all are there.
    items_add_up: bool = False
    #: Whether a printed value must be what its own numerator and denominator make, where both are there.
    agrees_with_parts: bool = False
    #: So many figures of a period must have come before any of them is believed.
    fewest: int | None = None
    #: Slips that hold a figure; None: all are named, and hold nothing.
    slips: tuple[Slip, ...] | None = None


def held_by_check(fails: str) -> str:
    """Write that a figure is held.

    Args:
        fails: how it fails a check: "870 is outside 0 to 100".
    """
    return f"held by a check: {fails}"
