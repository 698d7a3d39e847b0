"""What the next financial year's limits change: lines that stand for a whole year are drawn anew when it begins."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from alerting.app.authoring.backtesting.days_known import with_days
from alerting.app.authoring.rule_verdicts import members_of
from alerting.app.situation.situation import situation_of
from alerting.domain import exact
from alerting.domain.arrays import Flags, Floats
from alerting.domain.block import columns_at
from alerting.domain.period import Period, PeriodKind
from alerting.domain.rule import Rule, RuleSet, Status
from alerting.evaluation.block_verdicts import BlockVerdicts
from alerting.figures.observations import Reading

#: Of a year that has begun, the first quarter is complete then; so are finer periods.
_INTO_THE_YEAR = timedelta(days=100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Lower limit, centre and upper limit; None: there is none."""

    lower: float | None
    centre: float | None
    upper: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RolledOver:
    """A series whose limits are others from the next financial year on, and what its newest figure is by each of them."""

    rule: Rule
    measure: str
    area: str
    #: The first period of the next year.
    begins: Period
    now: Lines
    then: Lines
    newest: float
    newest_of: Period
    exception_now: bool
    exception_then: bool


def rolled_over(rules: RuleSet, reading: Reading, day: date) -> tuple[RolledOver, ...]:
    """Return the series whose limits change with the financial year after the one that a day lies in, by the figures so far.

    These are the series of active rules whose limits are made of a series' own past and stand for a year.
    """
    year = rules.calendar.containing(day, PeriodKind.YEAR)
    evaluation = situation_of(rules, _known_on(day, reading, rules), year.last_day + _INTO_THE_YEAR).evaluation
    return tuple(
        found
        for verdicts in evaluation.verdicts
        if (method := verdicts.group.condition.method) is not None and method.own_past and method.by_year
        for found in _of_block(rules, verdicts, year)
    )


def _known_on(day: date, reading: Reading, rules: RuleSet) -> Reading:
    """Return the figures that count by a day: those of later days are not known yet."""
    dated = with_days(reading, rules).observations
    kept = (read.with_rows(np.flatnonzero(read.published <= day.toordinal())) for read in dated)
    return replace(reading, observations=tuple(kept))


def _of_block(rules: RuleSet, verdicts: BlockVerdicts, year: Period) -> Iterator[RolledOver]:
    """Compare the lines of the last period of a year with those of the first one after it."""
    block, panel = verdicts.block, verdicts.block.panel
    last = rules.calendar.newest_complete(year.last_day + timedelta(days=1), panel.kind)
    row = panel.row(last) - block.start
    if not 0 <= row < block.shape[0] - 1:
        return
    now, then = _lines(verdicts, row), _lines(verdicts, row + 1)
    columns = columns_at(block, np.arange(block.shape[1]))
    newest, rows = _newest(panel.values[:, columns])
    differs = ~np.isnan(newest) & (_differs(now, then) | (_beyond(newest, now) != _beyond(newest, then)))
    known = ~np.isnan(then["centre"])
    was, will = _fires(verdicts, newest, now), _fires(verdicts, newest, then)
    for member, mine in members_of(verdicts):
        rule = rules.rules[member.rule]
        for place in (
            np.flatnonzero((differs & known)[mine]) + (mine.start or 0) if rule.status is Status.ACTIVE else ()
        ):
            yield RolledOver(
                rule=rule, measure=member.measure.id, area=panel.areas[int(columns[place])], begins=last + 1,
                now=_at(now, place), then=_at(then, place), newest=float(newest[place]),
                newest_of=panel.period(int(rows[place])), exception_now=bool(was[place]), exception_then=bool(will[place]),
            )  # fmt: skip


def _lines(verdicts: BlockVerdicts, row: int) -> dict[str, Floats]:
    judgement, at = verdicts.judgement(row)
    shape = judgement.state.shape
    bare = np.full(shape[1], np.nan)
    planes = judgement.planes
    return {
        name: np.broadcast_to(planes[name], shape)[at] if name in planes else bare
        for name in ("lower", "centre", "upper")
    }


def _newest(values: Floats) -> tuple[Floats, np.ndarray]:
    """Return the newest figure of each series and its row; NaN where there is none."""
    there = ~np.isnan(values)
    rows = len(values) - 1 - np.argmax(there[::-1], axis=0)
    return values[rows, np.arange(values.shape[1])], rows


def _differs(now: dict[str, Floats], then: dict[str, Floats]) -> Flags:
    moved = [(a != b) & ~(np.isnan(a) & np.isnan(b)) for a, b in zip(now.values(), then.values(), strict=True)]
    found: Flags = np.any(moved, axis=0)
    return found


def _beyond(values: Floats, lines: dict[str, Floats]) -> np.ndarray:
    """Return +1 where a value lies above the upper limit, -1 below the lower one, 0 between."""
    above, below = exact.above(values, lines["upper"]), exact.below(values, lines["lower"])
    return above.astype(np.int8) - below.astype(np.int8)


def _fires(verdicts: BlockVerdicts, values: Floats, lines: dict[str, Floats]) -> Flags:
    """Say where a value would be an exception by its rule's side of the limits."""
    side = {"upper": (1,), "lower": (-1,)}.get(verdicts.group.condition.line or "", (1, -1))
    found: Flags = np.isin(_beyond(values, lines), side)
    return found


def _at(lines: dict[str, Floats], place: int) -> Lines:
    lower, centre, upper = (None if np.isnan(line[place]) else float(line[place]) for line in lines.values())
    return Lines(lower=lower, centre=centre, upper=upper)
