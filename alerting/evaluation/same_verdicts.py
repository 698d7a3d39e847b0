"""Verdicts of other rules on the very same panels, on the same day: what both sets judge alike is judged once."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from alerting.domain.period import PeriodKind
from alerting.evaluation.block_verdicts import BlockVerdicts
from alerting.evaluation.earlier_verdicts import is_alike
from alerting.evaluation.groups import Clamp, Group

#: First and last place of a block's columns among its group's, the latter not included.
_Places = tuple[int, int]


class SameVerdicts:
    """What a pass found by other rules, found again by what each group judges: which rules it is of does not matter.

    Args:
        verdicts: of whole histories, on the panels that are to be judged, as of the same day.
    """

    def __init__(self, verdicts: Sequence[BlockVerdicts]) -> None:
        self._verdicts = verdicts

    def of(self, group: Group, pieces: Sequence[slice]) -> Mapping[_Places, BlockVerdicts] | None:
        """Return what was found of a group in the pieces of its columns, as its own; None: it, or some of it, was not judged."""
        for other, found in self._by_sort.get(_sort(group), ()):
            if is_alike(other, group):
                if not all((piece.start, piece.stop) in found for piece in pieces):
                    return None
                return {places: replace(one, group=group) for places, one in found.items()}
        return None

    @cached_property
    def _by_sort(self) -> "Mapping[_Sort, list[tuple[Group, Mapping[_Places, BlockVerdicts]]]]":
        blocks: dict[Group, dict[_Places, BlockVerdicts]] = {}
        for verdicts in self._verdicts:
            if isinstance(verdicts.places, slice):
                blocks.setdefault(verdicts.group, {})[verdicts.places.start, verdicts.places.stop] = verdicts
        found: dict[_Sort, list[tuple[Group, Mapping[_Places, BlockVerdicts]]]] = {}
        for group, own in blocks.items():
            found.setdefault(_sort(group), []).append((group, own))
        return found


_Sort = tuple[PeriodKind, Clamp, tuple[str, ...]]


def _sort(group: Group) -> _Sort:
    return group.kind, group.clamp, tuple(member.measure.id for member in group.members)
