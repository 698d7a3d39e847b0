"""What wording is told of one finding."""

from dataclasses import dataclass
from datetime import date

from alerting.domain.area import Area
from alerting.domain.finding import Finding
from alerting.domain.measure import Measure
from alerting.wording.numbers import NumberStyle


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """One finding with its measure, its area and how numbers are written."""

    finding: Finding
    measure: Measure
    area: Area
    #: The area has no parent: it goes without saying in a sentence.
    is_root_area: bool
    style: NumberStyle
    #: The day by which the period's figure was due, where the measure says.
    due_on: date | None = None
    #: Which plain condition of a composition decided.
    decided_by: int | None = None

    @property
    def neighbours(self) -> tuple[float | None, ...]:
        """The numbers that a text holds the value against, so that it never reads equal to one it is not."""
        f = self.finding
        return (f.target, f.plan, f.lower, f.upper, f.centre, f.previous, f.last_year)

    def beside(self, other: float | None, *also: float) -> str:
        """Write a number that the value is held against: read beside the value it is equal to, or apart from it.

        Args:
            also: numbers that the value is held against and the finding does not name.
        """
        value = self.finding.value
        if other is not None and other == value:  # alike to the last digit, however many the value has for others' sake
            return self.style.bare(value, *self.neighbours, *also)
        return self.style.bare(other, value)

    def level(self, other: float, *also: float) -> str:
        """Write a number that a rule author gave: as given, but like the value where they are equal."""
        value = self.finding.value
        return self.beside(other, *also) if other == value else self.style.level(other, value)
