"""The lines that a limits method makes, and what they rest on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from alerting.domain.arrays import Codes, Flags, Floats
from alerting.domain.exact import largest_of

#: What the lines of a proposed move are called among planes and in a finding's evidence.
PROPOSED_LINES = ("proposed_centre", "proposed_lower", "proposed_upper")
PROPOSED = (*PROPOSED_LINES, "proposed_periods")


class Proposed(NamedTuple):
    """Lines as they would be after a move that is proposed in the judged period; NaN where none is."""

    centre: Floats
    lower: Floats
    upper: Floats
    #: How many periods they are made from, the judged one included.
    periods: Floats


@dataclass(eq=False)
class LimitLines:
    """Centre, lower and upper `[judged rows x columns]`; NaN where absent. `reason` holds codes where limits cannot be."""

    centre: Floats
    lower: Floats
    upper: Floats
    reason: Codes | None = None
    trial: "Floats | None" = None
    #: Row in which the centre in force was set by a re-base, NaN for none; with the centre before it.
    rebased_on: Floats | None = None
    previous_centre: Floats | None = None
    rebase_count: Floats | None = None
    #: 1 where the centre moves (or, proposed, would move) in this very period.
    moved: Floats | None = None
    #: Where moves are proposed and not made.
    proposed: Proposed | None = None
    #: First row (of the whole panel) whose values belong to the centre in force; runs never reach before it.
    since: Floats | None = None
    #: The centre that a run is counted against, where it differs from `centre` (the one before a move in this period).
    run_centre: Floats | None = None
    #: First row whose values belong to that centre after a re-base; 0 where there was none before this period.
    run_since: Floats | None = None
    #: How many events the judged day had, where days between events are judged; NaN where not known.
    events: Floats | None = None
    #: How much more the figures vary than chance gives, where that made the limits' width row by row.
    dispersion: Floats | None = None

    def largest_of_all(self) -> float:
        """Return the size that no line exceeds."""
        return self._largest

    @cached_property
    def _largest(self) -> float:
        lines = (self.centre, self.lower, self.upper, self.run_centre)
        return largest_of(*(line for line in lines if line is not None))


@dataclass(frozen=True, eq=False)
class Members:
    """Which figures made the limits of one judged row: flags `[rows up to the judged one x columns]`; None: other series'."""

    taken: Flags | None
    #: The mean moving range that the limits' width comes from, per column; None for methods without one.
    mean_moving_range: Floats | None = None
    #: What else made the width, by evidence key: sigma_z, dispersion. NaN where it does not apply.
    numbers: "Mapping[str, Floats]" = field(default_factory=dict)
    #: Where limits allow for more variation than chance gives; None for methods that are not asked to.
    overdispersed: Flags | None = None
