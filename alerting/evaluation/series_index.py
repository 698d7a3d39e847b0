"""Where each series stands among the verdicts of a pass."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from alerting.domain.alert import SeriesKey
from alerting.evaluation.block_verdicts import BlockVerdicts
from alerting.evaluation.engine import Evaluation
from alerting.evaluation.groups import Group


@dataclass(eq=False)
class SeriesPlaces:
    """Finds a series under a rule; what is looked up is kept."""

    evaluation: Evaluation
    #: (rule id, measure id) -> groups with the number of the member.
    _members: dict[tuple[str, str], list[tuple[Group, int]]] = field(default_factory=dict)
    _blocks: dict[int, list[BlockVerdicts]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Index groups by rule and measure, blocks by group."""
        rules = self.evaluation.rules.rules
        for verdicts in self.evaluation.verdicts:
            blocks = self._blocks.setdefault(id(verdicts.group), [])
            if not blocks:
                for number, member in enumerate(verdicts.group.members):
                    key = (rules[member.rule].id, member.measure.id)
                    self._members.setdefault(key, []).append((verdicts.group, number))
            blocks.append(verdicts)

    def find(self, key: SeriesKey) -> tuple[BlockVerdicts, int] | None:
        """Return the verdicts that a series is in and its column of their block; None where it is not judged."""
        for group, number in self._members.get((key.rule, key.measure), ()):
            column = self.evaluation.panels[group.kind].column(key.measure, key.area)
            place = None if column is None else group.members[number].place(column)
            if place is None:
                continue
            if (found := _block_of(self._blocks[id(group)], _first(group, number) + place)) is not None:
                return found
        return None

    def of(self, rule: str, measure: str) -> Iterator[tuple[BlockVerdicts, range]]:
        """Yield where every series of a measure under a rule stands: columns of a block, in tree order of the areas."""
        for group, number in self._members.get((rule, measure), ()):
            first, stop = _first(group, number), int(group.ends[number])
            for verdicts in self._blocks[id(group)]:
                places = verdicts.places
                if isinstance(places, slice) and places.start < stop and first < places.stop:
                    yield (
                        verdicts,
                        range(max(first, places.start) - places.start, min(stop, places.stop) - places.start),
                    )


def _first(group: Group, number: int) -> int:
    """Return the place of a member's first column among its group's."""
    return int(group.ends[number]) - group.members[number].size


def _block_of(blocks: Sequence[BlockVerdicts], place: int) -> tuple[BlockVerdicts, int] | None:
    """Return the block of a history that has a place among its group's columns, and the column there."""
    for verdicts in blocks:
        places = verdicts.places
        if isinstance(places, slice) and places.start <= place < places.stop:
            return verdicts, place - places.start
    return None
