"""What a change of rules does, as one value: which rules differ and how, who would be told what else."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from alerting.app.authoring.diff.measure_changes import ChangedMeasure, measure_changes
from alerting.app.authoring.diff.other_changes import ChangedThing, other_changes
from alerting.app.authoring.diff.owner_changes import OwnerChanges, Reporting, owner_changes
from alerting.app.authoring.diff.rule_changes import RuleChanges, rule_changes
from alerting.app.authoring.diff.sides import Side
from alerting.wording.plain import counted


@dataclass(frozen=True, kw_only=True)
class Difference:
    """What HEAD does that BASE does not."""

    base: Side
    head: Side
    rules: RuleChanges
    measures: tuple[ChangedMeasure, ...]
    others: tuple[ChangedThing, ...]
    owners: OwnerChanges

    @property
    def is_empty(self) -> bool:
        """Whether both sides mean the same."""
        return not (self.rules.any or self.measures or self.others or self.owners.changed or self.owners.uncovered)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why somebody should look, what weighs most first; empty: nobody need."""
        return tuple(self._reasons())

    def _reasons(self) -> Iterator[str]:
        if uncovered := len(self.owners.uncovered):
            yield f"nobody is told any more of {counted(uncovered, 'series', 'series')}"
        if gone := len(self.rules.removed):
            yield f"{counted(gone, 'rule')} {'is' if gone == 1 else 'are'} gone"
        if new := len(self.rules.added):
            yield f"{counted(new, 'rule')} {'is' if new == 1 else 'are'} new"
        if changed := sum(one.is_judged_otherwise for one in self.rules.changed):
            yield f"{counted(changed, 'rule')} {'is' if changed == 1 else 'are'} changed"
        moved = sum(bool(one.gained or one.lost) for one in self.owners.changed)
        if moved:
            yield f"{counted(moved, 'owner')} {'is' if moved == 1 else 'are'} told of other series than before"


def difference(base: Side, head: Side, day: date, reporting: tuple[Reporting, Reporting] | None = None) -> Difference:
    """Compare two sides.

    Args:
        day: on which it is asked who is told.
        reporting: by side, the areas of which there are figures; None: any area may report.
    """
    measures = measure_changes(base.rules, head.rules)
    return Difference(
        base=base,
        head=head,
        rules=rule_changes(base.rules, head.rules, measures),
        measures=measures,
        others=other_changes(base.rules, head.rules),
        owners=owner_changes(base.rules, head.rules, day, reporting),
    )
