"""The way the figures go, they will miss what is to be reached by a day."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from math import nan
from types import MappingProxyType
from typing import ClassVar, Self

import numpy as np

from alerting.conditions.base import ConditionBase, Reason, param, verdict
from alerting.conditions.kernels.projection import SEASONS, Projections, Question, project
from alerting.conditions.target_missed import level_side
from alerting.conditions.trajectory import milestone_problems
from alerting.domain import exact
from alerting.domain.answers import BadSide
from alerting.domain.arrays import Codes, Flags, Floats
from alerting.domain.block import Block
from alerting.domain.catalogue import CatalogueEntry, Example
from alerting.domain.condition import BeyondLine, Judgement
from alerting.domain.measure import Level, Measure, Polarity
from alerting.domain.parameters import Amount, Milestone, Vector
from alerting.domain.period import Calendar, PeriodKind
from alerting.limits.base import baseline_rows
from alerting.wording import briefly
from alerting.wording.briefly import HeldLine
from alerting.wording.clause import Clause
from alerting.wording.clauses import against_level, against_plan
from alerting.wording.compared import Within, cleared_at
from alerting.wording.facts import Facts
from alerting.wording.projection import heading_for


@dataclass(frozen=True, slots=True, kw_only=True)
class WillMiss(ConditionBase):
    """Exceptional when the projection for the period of `date` misses with the confidence.

    From that period on nothing is left to project: the figures themselves are judged, as by target_missed. What is to be
    reached is what holds on the day (of a column of the source: what stands beside the judged figure).
    """

    key: ClassVar[str] = "will_miss"
    as_printed: ClassVar[bool] = True
    #: Its projections take too long for that.
    chance_known: ClassVar[bool] = False
    evidence: ClassVar[tuple[str, ...]] = (
        "projected",
        "projected_low",
        "projected_high",
        "projection_confidence",
        "projection_error",
    )
    along_time: ClassVar[bool] = True
    entry: ClassVar[CatalogueEntry] = CatalogueEntry(
        formula=(
            "the projection for the period of `date` (damped trend, with seasonal means from two full years on) "
            "misses with at least the confidence"
        ),
        use="An early word, while there is time: referrals that are to reach 25% by April.",
        avoid=(
            "Series with a change that is known to come (declare it as a break), and far-off days: the interval "
            "soon says nothing."
        ),
        source=(
            "Gardner, E. S. and McKenzie, E. (1985), Forecasting Trends in Time Series, Management Science "
            "31(10), 1237-1246; Hyndman and Athanasopoulos, Forecasting: Principles and Practice."
        ),
        example=Example(
            when="{will_miss: {at_least: 25, date: 2019-03-31}}",
            figures="13.1 13.4 13.2 13.9 13.6 14.1 13.8 14.2 14.0 14.3",
            finds=(
                "The figure: 14.3% in January 2019, projected 14.5% (14.3–14.8%) for March 2019, below the target "
                "of 25%; its two-month projections have been off by 0.04 points on average. It is up 0.3 points "
                "from 14% in December 2018. This is the third month running, since November 2018."
            ),
            measure="unit: percent, better: higher",
        ),
    )

    side_parameters: ClassVar[Mapping[str, int]] = MappingProxyType({"at_least": -1, "at_most": 1})

    at_least: Level | None = param("lowest acceptable value; default the measure's target where higher is better", None)
    at_most: Level | None = param("highest acceptable value; default the measure's target where lower is better", None)
    milestones: tuple[Milestone, ...] = param(
        "or a plan: what is reached on which day, in date order, straight between", ()
    )
    due: date | None = param("the day by which it is to be reached; default the last milestone's", None, yaml="date")
    confidence: Amount = param(
        "how sure the projection must be to miss, from 50 % to below 100 %", Amount(number=80.0, relative=True)
    )
    #: Set by `bind`, not by authors: whether a higher figure is wanted, for milestones.
    higher: bool = True

    @property
    def misses(self) -> bool:
        """A target or plan that will be missed."""
        return True

    @property
    def by_year(self) -> bool:
        """Never: smoothing goes through a series from its first figure."""
        return False

    @property
    def bad_side(self) -> BadSide | None:
        """What misses the rule's own target; None: the measure's own, or a plan, by the measure's better side."""
        return level_side(self.at_least, self.at_most)

    def problems(self, measure: Measure, every: PeriodKind) -> list[str]:
        """Refuse several things to reach and none, and a day on which nothing is to be reached."""
        given = [self.at_least is not None, self.at_most is not None, bool(self.milestones)]
        if sum(given) > 1:
            return ["will_miss takes one of at_least, at_most and milestones"]
        if not any(given) and measure.target is None:
            return [f'measure "{measure.id}" has no target; give it one, or write at_least, at_most or milestones here']
        if self.at_least is None and self.at_most is None and measure.better is Polarity.NEITHER:
            return [f'measure "{measure.id}" says better: neither, so no side misses; write at_least or at_most']
        return [*milestone_problems(self.milestones), *self._day_problems(measure), *self._confidence_problems()]

    def _day_problems(self, measure: Measure) -> list[str]:
        day = self._day
        if day is None:
            return ["will_miss needs a date: the day by which it is to be reached"]
        level = self._level(measure)
        if self.milestones and day < min(milestone.date for milestone in self.milestones):
            return [f"the date, {day}, lies before the first milestone"]
        if level is not None and level.dated is not None and all(since > day for since, _ in level.dated):
            return [f"nothing is to be reached by {day}: the first value holds from {level.dated[0][0]}"]
        return []

    def _confidence_problems(self) -> list[str]:
        return [] if 50 <= self.confidence.number < 100 else ["confidence lies from 50 % to below 100 %"]

    @property
    def _day(self) -> date | None:
        return self.due or (self.milestones[-1].date if self.milestones else None)

    def _level(self, measure: Measure) -> Level | None:
        return None if self.milestones else self.at_least or self.at_most or measure.target

    def bind(self, measure: Measure) -> Self:
        """Take the measure's target and side where the rule gives none, and what is to be reached on the day."""
        day, level = self._day, self._level(measure)
        assert day is not None
        higher = measure.better is not Polarity.LOWER
        if self.milestones:
            return replace(self, due=day, higher=higher)
        assert level is not None
        wanted = _on(level, day)
        if self.at_least is not None or (self.at_most is None and higher):
            return replace(self, at_least=wanted, higher=True)
        return replace(self, at_most=wanted, higher=False)

    def structure(self) -> Hashable:
        """All but what is to be reached."""
        return (WillMiss, bool(self.milestones), self.higher, self.due, self.confidence.number)

    def vectors(self) -> Mapping[str, Vector]:
        """What is to be reached."""
        if not self.milestones:
            level = self.at_least or self.at_most
            assert level is not None
            return {"wanted": level}
        assert self.due is not None
        days = [milestone.date.toordinal() for milestone in self.milestones]
        values = [one.value for one in self.milestones]
        wanted = np.interp([self.due.toordinal()], days, values)
        return {"wanted": float(exact.as_decimal(wanted, max(map(abs, values)))[0])}

    def judge(self, block: Block, numbers: Mapping[str, Floats]) -> Judgement:
        """Hold the end of the interval on the better side, or once the day has come the figure, against what is wanted."""
        wanted = np.broadcast_to(numbers["wanted"], block.shape)
        due = self._due_row(block)
        early = (np.arange(block.start, block.stop) < due)[:, None]
        found = self._projections(block, due)
        best = np.where(early, found.high if self.higher else found.low, block.values)
        there = block.values == block.values
        compare = exact.below if self.higher else exact.above
        missed = there & compare(best, wanted, block.values)
        reason = self._reasons(block, found, best, due, early)
        reason = np.where(wanted != wanted, np.int8(Reason.NO_TARGET.code), reason)
        judgement = verdict(missed, reason != 0, reason)
        judgement.side = -1 if self.higher else 1
        judged = early & there & (reason == 0)
        judgement.planes = {
            "plan" if self.milestones else "target": wanted,
            "due": np.broadcast_to(early.astype(np.float64), block.shape),
            "projection_confidence": np.where(judged, self.confidence.number, np.nan),
        }
        lines = {"": found.centre, "_low": found.low, "_high": found.high}
        judgement.planes |= {f"projected{end}": np.where(judged, line, np.nan) for end, line in lines.items()}
        judgement.planes["projection_error"] = np.where(judged, found.error, np.nan)
        return judgement

    def _due_row(self, block: Block) -> int:
        assert self.due is not None
        return Calendar(block.panel.starts).containing(self.due, block.panel.kind).ordinal - block.panel.first

    def _projections(self, block: Block, due: int) -> Projections:
        """Project each column within its segment: nothing before a break counts after it."""
        panel = block.panel
        if due <= block.start:
            return Projections.none(block.shape)
        asked = Question(row=due, season=SEASONS[panel.kind], confidence=self.confidence.number / 100)
        bounds = panel.floor[block.columns], panel.ceiling[block.columns]
        values = baseline_rows(block, 0, block.stop)
        if panel.segments is None:
            return project(values, block.start, asked, *bounds)
        segments = panel.segments[: block.stop, block.columns]
        found = Projections.none(block.shape)
        for segment in np.unique(segments[block.start :]).tolist():
            own = segments == segment
            columns = np.flatnonzero(own[block.start :].any(axis=0))
            part = project(
                np.where(own, values, np.nan)[:, columns], block.start, asked, *(bound[columns] for bound in bounds)
            )
            found.fill(slice(None), columns, part, own[block.start :, columns])
        return found

    def _reasons(self, block: Block, found: Projections, best: Floats, due: int, early: Flags) -> Codes:
        """Say why nothing is projected: too few figures since the last break, or a break between here and the day."""
        none = np.int8(0)
        reason: Codes = np.where(early & (best != best), np.int8(Reason.NO_COMPARISON.code), none)
        reason = np.where(early & ~found.enough, np.int8(Reason.FEW_POINTS.code), reason)
        ahead = block.breaks_before(due)
        return reason if ahead is None else np.where(ahead, np.int8(Reason.BREAK.code), reason)

    def clause(self, facts: Facts, *, short: bool = False) -> Clause:
        """Say where the figures are heading; from the day on, how far they are from what was to be reached."""
        if facts.finding.due is not None and self.due is not None:
            return heading_for(facts, self.due, short=short)
        return against_plan(facts, short=short) if self.milestones else against_level(facts, short=short)

    def beyond(self, facts: Facts) -> BeyondLine | None:
        """Return where it is heading, or has come to, and what is wanted."""
        f = facts.finding
        reached, wanted = f.evidence.get("projected", f.value), f.plan if self.milestones else f.target
        return None if reached is None or wanted is None else BeyondLine(reached, wanted)

    def held_against(self, facts: Facts) -> HeldLine | None:
        """Name what is wanted, and where it is heading."""
        if facts.finding.due is not None and self.due is not None:
            return briefly.heading(facts)
        return briefly.plan(facts) if self.milestones else briefly.level(facts)

    def clears(self, facts: Facts) -> str | None:
        """Say what has to be projected; where the next figure is that of the day, which one reaches what was wanted."""
        wanted = facts.finding.plan if self.milestones else facts.finding.target
        if wanted is None:
            return None
        if self.due is not None and (facts.finding.period + 1).last_day < self.due:
            return f"with a projection whose range reaches {facts.style.level(wanted)}"
        return cleared_at(facts, Within(low=wanted, given=True) if self.higher else Within(high=wanted, given=True))


def _on(level: Level, day: date) -> Level:
    """Return what a level is on a day, by area where it differs; a column stays one, and NaN is none."""
    if level.by_area is not None:
        return Level(by_area=tuple((area, _on(own, day)) for area, own in level.by_area))
    if level.dated is None:
        return level
    held = [value for since, value in level.dated if since <= day]
    return Level(number=held[-1] if held else nan)
