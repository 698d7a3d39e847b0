"""What figures must look like to be believed (`checks:` of a measure); one that does not is held until it is mended or accepted."""

from dataclasses import dataclass


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


def held_by_check(fails: str) -> str:
    """Write that a figure is held.

    Args:
        fails: how it fails a check: "870 is outside 0 to 100".
    """
    return f"held by a check: {fails}"
