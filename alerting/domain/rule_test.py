"""Rule tests: figures that an author makes up, and what must come of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from alerting.domain.measure import Measure
from alerting.domain.period import Period
from alerting.domain.place import Place

#: The event of somebody not being told, with its reason.
SUPPRESSED = "suppressed"


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenFigures:
    """A series' figures from one period on, as they would stand in a file; empty text is a missing one.

    `cells` maps our columns (value, numerator, upper_limit …) to one text a period, all of one length.
    """

    measure: str
    area: str
    first: Period
    cells: Mapping[str, tuple[str, ...]]
    place: Place
    #: The day on which each became known; None: on its period's tick. Empty: all of them.
    published: tuple[date | None, ...] = ()

    @property
    def length(self) -> int:
        """How many periods."""
        return len(next(iter(self.cells.values())))


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenAcknowledgement:
    """That a person acknowledges an alert, right after a period's tick."""

    period: Period
    rule: str
    area: str
    person: str
    place: Place
    measure: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedEvent:
    """One thing that must happen at a period's tick; what is None may be anything."""

    period: Period
    event: str
    place: Place
    rule: str | None = None
    measure: str | None = None
    area: str | None = None
    to: tuple[str, ...] | None = None
    says: str | None = None
    #: The file, from the rules folder, that holds the whole mails.
    mail: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedFinding:
    """A finding at a period, as it is on that period's tick; `keys` are those of a finding's JSON, with their values."""

    period: Period
    rule: str
    keys: Mapping[str, Any]
    place: Place
    measure: str | None = None
    area: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTest:
    """One test of an author."""

    name: str
    figures: tuple[GivenFigures, ...]
    place: Place
    #: Rules that are tried; None: every rule on the measures given.
    rules: tuple[str, ...] | None = None
    acknowledge: tuple[GivenAcknowledgement, ...] = ()
    #: Exactly what must happen; None: whatever happens.
    expect: tuple[ExpectedEvent, ...] | None = None
    findings: tuple[ExpectedFinding, ...] = ()


def judgeable(given: Iterable[str], measures: Mapping[str, Measure]) -> dict[str, None]:
    """Return the measures that figures are given of, in order, and after them those that the engine makes of two of these."""
    found = dict.fromkeys(given)
    while more := [
        measure.id
        for measure in measures.values()
        if measure.of is not None
        and measure.id not in found
        and {measure.of.numerator, measure.of.denominator} <= found.keys()
    ]:
        found |= dict.fromkeys(more)
    return found
