"""Judging a block by one condition: figures per day where periods are compared, what has no level, and what rests on few cases."""

from collections.abc import Mapping

import numpy as np

from alerting.conditions.base import unjudged
from alerting.domain.arrays import Flags, Floats
from alerting.domain.block import Block
from alerting.domain.condition import Condition, Judgement
from alerting.domain.exact import as_decimal
from alerting.domain.finding import Reason, State
from alerting.domain.limit_lines import PROPOSED_LINES

#: Planes in the measure's unit that come from figures per day.
_LINES = ("centre", "lower", "upper", "previous_centre", *PROPOSED_LINES)


def compared_block(condition: Condition, block: Block) -> Block:
    """Return the block of what the condition compares: figures per day where it compares periods and the measure says so."""
    return block.daily if block.days is not None and condition.compares_periods else block


def judged(condition: Condition, block: Block, numbers: Mapping[str, Floats]) -> Judgement:
    """Judge a block; lines of a day are of the judged period's days; what has no level or too few cases has no verdict."""
    own = compared_block(condition, block)
    judgement = condition.judge(own, numbers)
    if own is not block:
        _of_the_period(judgement, block, own)
    without = block.without_level
    if without is not None and not condition.has_parts:
        _without_level(judgement, without, judges=condition.judges_changes)
    few = block.few_cases
    if few is not None and not (condition.has_parts or condition.by_clock or condition.judges_spans):
        _unjudged(judgement, few, Reason.SMALL_NUMBERS)
    return judgement


def _of_the_period(judgement: Judgement, block: Block, daily: Block) -> None:
    """Give lines the judged period's own days; a figure of no day at all is compared with nothing."""
    days = daily.panel.days
    assert days is not None
    own = days[block.start : block.stop, None]
    planes = dict(judgement.planes)
    for name in _LINES:
        if name in planes:
            planes[name] = as_decimal(planes[name] * own, 0.0)
    judgement.planes = planes
    no_day = (daily.values != daily.values) & (block.values == block.values)
    if no_day.any():
        _unjudged(judgement, no_day, Reason.NO_COMPARISON)


def _without_level(judgement: Judgement, cells: Flags, *, judges: bool) -> None:
    """Leave a printed change to the conditions that judge changes; to all others it is no figure."""
    unjudged = cells if not judges else cells & (judgement.state > State.EXCEPTION)
    if unjudged.any():
        _unjudged(judgement, unjudged, Reason.NO_LEVEL)


def _unjudged(judgement: Judgement, cells: Flags, reason: Reason) -> None:
    state = np.array(judgement.state)
    state[cells] = unjudged(np.int8(reason.code))
    before = np.int8(0) if judgement.reason is None else judgement.reason
    codes = np.array(np.broadcast_to(before, state.shape))
    codes[cells] = reason.code
    judgement.state, judgement.reason = state, codes
