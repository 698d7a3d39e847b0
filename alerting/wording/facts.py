"""What wording is told of one finding."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from alerting.domain import exact
from alerting.domain.answers import CentreKind
from alerting.domain.area import Area
from alerting.domain.finding import Finding
from alerting.domain.limits_method import LimitsMethod
from alerting.domain.measure import Measure, PerDay
from alerting.domain.period import Period
from alerting.wording.numbers import NumberStyle


@dataclass(frozen=True, slots=True)
class Lacking:
    """What a verdict needs and has not: runs of periods, first and last of each, and in a word why they are of no use."""

    runs: Sequence[tuple[Period, Period]]
    why: str


@dataclass(frozen=True, slots=True)
class Outlook:
    """Where a steady series will go on to lie, and the target that it is held against."""

    low: float
    high: float
    wanted: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """One finding with its measure, its area and how numbers are written."""

    finding: Finding
    measure: Measure
    area: Area
    #: Whether the area has no parent and its figure is no money: it goes without saying in a sentence.
    area_unsaid: bool
    style: NumberStyle
    #: The day by which the period's figure was due, where the measure says.
    due_on: date | None = None
    #: Which plain condition of a composition decided.
    decided_by: int | None = None
    #: The limits method that it was held against.
    method: LimitsMethod | None = None
    #: The words of the break, hold or exclusion that is in the way of a verdict, with its days; None: there is none.
    in_the_way: tuple[str, str] | None = None
    #: The figures that the verdict would need and that are not known; None: that is not what is in its way.
    lacking: Lacking | None = None
    #: The series has no newer figure, although one was due or the period is more than a year ago.
    is_last: bool = False
    #: What its figures promise of its target; None: they are too few or not steady, or there is none.
    outlook: Outlook | None = None
    #: The newest figure of the series, where none behind this finding's period is judged.
    newer: "Facts | None" = None

    @property
    def neighbours(self) -> tuple[float | None, ...]:
        """The numbers that a text holds the value against, so that it never reads equal to one it is not."""
        f = self.finding
        return (f.target, f.plan, f.lower, f.upper, f.centre, f.previous, f.last_year)

    @property
    def per_day(self) -> Mapping[str, Any] | None:
        """What the figure and those before it are per day, where the measure compares them so."""
        found: Mapping[str, Any] | None = self.finding.evidence.get("per_day")
        return found

    def a_day(self, x: float | None) -> str:
        """Write a figure per day, with enough digits to tell it from the others."""
        own = self.per_day
        assert own is not None
        others = (own["value"], own["previous"], own["last_year"])
        return self.style.a_day(x, *others, working=own["of"] == PerDay.WORKING)

    @property
    def printed_changes(self) -> Mapping[str, float]:
        """Changes in percent that the source prints and nobody can work out from its figures, by what they are on."""
        found: Mapping[str, float] = self.finding.evidence.get("printed_changes", {})
        return found

    @property
    def is_change_alone(self) -> bool:
        """Whether a printed change was judged without the figure itself."""
        return self.finding.value is None and self.finding.change is not None

    def on_each_day(self, name: str) -> str:
        """Write the figure per day to follow a printed one: `, 100 a day`; nothing where figures are compared as printed."""
        own = self.per_day
        return "" if own is None or own[name] is None else f", {self.a_day(own[name])}"

    def line(self, x: float) -> str:
        """Write a line that several periods' figures are held against: what it is per day, where figures are compared so."""
        own = self.per_day
        given = self.method is not None and self.method.centre_is is CentreKind.GIVEN
        return self.beside(x) if own is None or given or not own["days"] else self.a_day(x / own["days"])

    def beside(self, other: float | None, *also: float) -> str:
        """Write a number that the value is held against: read beside the value it is equal to, or apart from it.

        Args:
            also: numbers that the value is held against and the finding does not name.
        """
        value = self.finding.value
        if self._is_value(other):  # alike to the last digit, however many the value has for others' sake
            return self.style.bare(value, *self.neighbours, *also)
        return self.style.bare(other, value)

    def level(self, other: float, *also: float) -> str:
        """Write a number that a rule author gave: as given, but like the value where they are equal."""
        return self.beside(other, *also) if self._is_value(other) else self.style.level(other, self.finding.value)

    def reaching(self, x: float, *, up: bool, given: bool = False) -> str:
        """Write a line so that a figure on what is written lies on it or within: rounded up where figures must come up to it.

        Args:
            given: whether a rule author gave it; else it is of the judged period's days, where figures are compared per day.
        """
        own, value = self.per_day, self.finding.value
        of_days = not given and (self.method is None or self.method.centre_is is not CentreKind.GIVEN)
        if own is not None and own["days"] and of_days:
            day = "working day" if own["of"] == PerDay.WORKING else "day"
            return f"{self.style.daily.reaching(x / own['days'], own['value'], up=up)} a {day}"
        return self.style.reaching(x, value, *(self.neighbours if self._is_value(x) else ()), up=up, given=given)

    def _is_value(self, other: float | None) -> bool:
        """Whether a number is the value, but for what adding up may have rounded."""
        value = self.finding.value
        return other is not None and value is not None and exact.same(other, value)

    def apart(self, other: float, *also: float, given: bool = False) -> str:
        """Write how far the value is from another number: the difference of the two as they stand there.

        Args:
            also: numbers that the value is held against and the finding does not name.
            given: whether a rule author gave the other, so that it is written as given.
        """
        value = self.finding.value
        assert value is not None
        return self.style.apart((value, (*self.neighbours, *also)), (other, (value,)), given=given)
