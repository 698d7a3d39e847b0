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
