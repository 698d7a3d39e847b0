"""What is asked of a source, and what its answer says everything of: a part of all measures, areas and days."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Measures, areas (ids) and days; None: all of them.

    Asked for, it is what somebody has a use for: a source may give more. Said of what was read, a figure inside it that is not
    among that is not there any more; of what lies outside nothing is said.
    """

    measures: frozenset[str] | None = None
    areas: frozenset[str] | None = None
    #: The first day of the first period.
    since: date | None = None
    #: The last day on which a period may begin.
    until: date | None = None

    def is_whole_of(self, measures: Collection[str]) -> bool:
        """Whether it is everything of some measures that has come about: what is left out lies after it."""
        return self.areas is None and self.since is None and (self.measures is None or self.measures >= set(measures))

    def holds(self, measure: str, area: str, first_day: date) -> bool:
        """Say whether the figure of a period that begins on *first_day* lies inside."""
        return (
            _among(measure, self.measures)
            and _among(area, self.areas)
            and (self.since is None or first_day >= self.since)
            and (self.until is None or first_day <= self.until)
        )


def _among(id_: str, some: Collection[str] | None) -> bool:
    return some is None or id_ in some


#: Everything there is.
EVERYTHING = Coverage()
