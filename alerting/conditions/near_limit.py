"""Values in a row lie on one side of the centre, most of them close to the limit."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from alerting.conditions.base import LimitsCondition, Reason, either, no_limits, param, verdict
from alerting.conditions.kernels.beyond import beyond_limits
from alerting.conditions.outside_limits import extras
from alerting.conditions.trend import started_by
from alerting.domain import exact
from alerting.domain.arrays import Codes, Flags, Floats
from alerting.domain.block import Block
from alerting.domain.catalogue import CatalogueEntry, Example
from alerting.domain.condition import BeyondLine, Judgement
from alerting.domain.limit_lines import LimitLines
from alerting.domain.measure import Measure
from alerting.domain.period import PeriodKind
from alerting.wording import briefly
from alerting.wording.briefly import HeldLine
from alerting.wording.clause import Clause
from alerting.wording.compared import Within
from alerting.wording.facts import Facts
from alerting.wording.gaps import near_limit

#: Between 2/3 of the way and the whole, with more to spare than binary arithmetic moves figures of 13 digits.
_ROUGHLY = 0.6, 1.07


#: The part of the way from the centre to a limit where near begins.
_NEAR_FROM = 2 / 3


@dataclass(frozen=True, slots=True, kw_only=True)
class NearLimit(LimitsCondition):
    """Exceptional when values in a row keep to one side of the centre and most lie in the outer third towards the limit.

    All are held against the lines of the judged period. A value beyond the limit is on its side, but not near it.
    """

    key: ClassVar[str] = "near_limit"
    along_time: ClassVar[bool] = True
    entry: ClassVar[CatalogueEntry] = CatalogueEntry(
        formula=(
            "the last `out_of` values lie on one side of the centre, and at least `points` of them, the latest "
            "among them, beyond 2/3 of the way to that limit and not beyond it"
        ),
        use="An early word before a limit is crossed: two of three points in the outer third.",
        avoid="Figures watched by above_upper_limit with few false alarms wanted: this doubles them.",
        source=(
            "Nelson, L. S. (1984), as for run: two out of three points beyond two sigma; Making Data Count (NHS "
            "England)."
        ),
        example=Example(
            when="{near_limit: {limits: previous_financial_year}}",
            figures="50 54 49 51 53 50 52 48 51 50 53 51 52 54.5 54.3",
            finds=(
                "The figure: 54.3 in June 2019, close to its upper limit of 54.52 in at least 2 of the last 3 "
                "months. It is down 0.4% from 54.5 in May 2019 and up 11% from 49 in June 2018. It is compared with "
                "the 12 figures from April 2018 to March 2019."
            ),
            measure="unit: number, better: lower",
        ),
    )

    points: int = param("how many of the values must be near the limit, the latest among them", 2)
    out_of: int = param("how many values in a row are looked at", 3)

    @property
    def looks_back(self) -> int:
        """The values in a row."""
        return self.out_of

    def problems(self, measure: Measure, every: PeriodKind) -> list[str]:
        """Refuse more points than values, and none; and whatever stops the limits method."""
        found = self.limits.problems(measure, every)
        if not 1 <= self.points <= self.out_of:
            found.append(f"points: {self.points} out_of: {self.out_of} cannot be; write 1 <= points <= out_of")
        return found

    def structure(self) -> Hashable:
        """Both numbers and the method's own structure."""
        return (NearLimit, self.points, self.out_of, self.limits.structure())

    def judge(self, block: Block, numbers: Mapping[str, Floats]) -> Judgement:
        """Look back `out_of` values; a gap leaves undecided what no value present refutes."""
        lines = block.limits(self.limits, numbers)
        values, started = self._looked_at(block)
        high, low = (
            _possible(values, lines.centre, limit, self.points, way)
            for way, limit in ((1, lines.upper), (-1, lines.lower))
        )
        possible = high | low
        if lines.events is not None:
            possible = possible & (lines.events > 0)
        in_reach = self._in_reach(block, lines)
        if in_reach is not None:
            possible = possible & in_reach
        whole = started & ~_any_missing(values)
        untested = (lines.centre != lines.centre) | ((lines.upper != lines.upper) & (lines.lower != lines.lower))
        judgement = verdict(possible & whole, *self._unknown(lines, untested, possible & ~whole, started))
        judgement.side = high.view(np.int8) - low.view(np.int8)
        judgement.planes = {"centre": lines.centre, "lower": lines.lower, "upper": lines.upper, **extras(lines)}
        return judgement

    def _looked_at(self, block: Block) -> tuple[list[Floats], Flags]:
        """Return the values in a row, newest first, and where there could be as many."""
        if self.limits.view is not None:
            values, started = self.limits.view.latest(block, self.out_of)
            return list(values), started
        first = np.arange(block.start, block.stop)[:, None] - self.out_of + 1
        return [block.lag(back) for back in range(self.out_of)], started_by(block, first)

    def _in_reach(self, block: Block, lines: LimitLines) -> Flags | None:
        """Return where all values lie after the last re-base; None: everywhere."""
        if lines.since is None or lines.rebased_on is None:
            return None
        first = np.arange(block.start, block.stop)[:, None] - self.out_of + 1
        in_reach: Flags = (lines.rebased_on != lines.rebased_on) | (lines.since <= first)
        return in_reach

    def _unknown(
        self, lines: LimitLines, untested: Flags, undecided: Flags, started: Flags
    ) -> tuple[Flags, Codes | np.int8]:
        """Return where there is no verdict and why: no limits; before the first figure or behind a break; a gap."""
        gap_or_few = either(started, Reason.GAP, Reason.FEW_POINTS)
        if not untested.any():
            return undecided, gap_or_few
        own = untested.view(np.int8) * no_limits(lines)
        return undecided | untested, own + (~untested).view(np.int8) * gap_or_few

    def clause(self, facts: Facts, *, short: bool = False) -> Clause:
        """Say which limit the values come close to."""
        return near_limit(facts, self.points, self.out_of, short=short)

    def beyond(self, facts: Facts) -> BeyondLine | None:
        """Return the value and where near begins on its side."""
        return beyond_limits(facts, _NEAR_FROM)

    def held_against(self, facts: Facts) -> HeldLine | None:
        """Name the limit it is close to."""
        return briefly.near(facts)

    def accepts(self, facts: Facts) -> Within | None:
        """Accept what is not near the limit, seen from the centre; of one value alone, or of gaps of events, nothing is said."""
        finding, held = facts.finding, self.beyond(facts)
        if self.view is not None or self.out_of == 1 or held is None or finding.centre is None:
            return None
        return Within(high=held.line) if held.judged > finding.centre else Within(low=held.line)


def _possible(values: list[Floats], centre: Floats, limit: Floats, points: int, way: int) -> Flags:
    """Return where values may be near one limit: none present lies on the other side, and enough are near or missing.

    Args:
        way: 1 for the upper limit, -1 for the lower one; clipped at what the measure can be it may lie beyond the centre, and then
            nothing is near it.
    """
    here = _roughly_near(values[0], centre, limit)  # few are, and only there all is looked at closely
    here[here] = _possible_here([x[here] for x in values], centre[here], limit[here], points, way)
    return here


def _roughly_near(newest: Floats, centre: Floats, limit: Floats) -> Flags:
    """Return where the newest value lies about that far on the way to the limit: more cells than those that are near."""
    with np.errstate(all="ignore"):
        way = newest - centre
        way /= limit - centre
    found: Flags = (way > _ROUGHLY[0]) & (way < _ROUGHLY[1])
    return found


def _possible_here(values: list[Floats], centre: Floats, limit: Floats, points: int, way: int) -> Flags:
    with np.errstate(all="ignore"):  # limits that overflowed lie nowhere
        edge = centre + (limit - centre) * _NEAR_FROM
    slack = exact.margin(centre, limit)
    past, ends, middle = ((line - slack, line + slack) for line in (edge, limit, centre))
    enough = np.zeros(centre.shape, dtype=np.int16)
    possible = way * limit > way * centre
    for back, x in enumerate(values):
        missing = x != x
        if way > 0:
            near = (x > past[1]) & (x <= ends[1])
            one_side = x > middle[1]
        else:
            near = (x < past[0]) & (x >= ends[0])
            one_side = x < middle[0]
        possible &= one_side | missing
        if back == 0:
            possible &= near
        enough += near | missing
    found: Flags = possible & (enough >= points) & ~exact.equal(limit, centre)
    return found


def _any_missing(values: list[Floats]) -> Flags:
    found: Flags = np.zeros(values[0].shape, dtype=bool)
    for x in values:
        found |= x != x
    return found
