"""The made-up county: one whole, three divisions, eight districts, and how large each district is beside the others."""

from collections.abc import Mapping
from types import MappingProxyType

WHOLE = "wendmoor"
DIVISIONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "north": ("aldercombe", "brackenby", "carrow"),
        "mid": ("dunmere", "eastleaze", "farholt"),
        "south": ("garthwick", "hollin"),
    }
)
DISTRICTS = tuple(district for districts in DIVISIONS.values() for district in districts)

#: Residents, with the mean district as 1; a division and the whole are the sums of theirs.
_DISTRICT_SIZES = dict(zip(DISTRICTS, (1.5, 1.125, 0.875, 1.375, 1.0, 0.875, 0.75, 0.5), strict=True))
SIZES: Mapping[str, float] = MappingProxyType(
    _DISTRICT_SIZES
    | {division: sum(_DISTRICT_SIZES[each] for each in districts) for division, districts in DIVISIONS.items()}
    | {WHOLE: sum(_DISTRICT_SIZES.values())}
)
