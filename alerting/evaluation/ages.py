"""How old a finding is: whether a newer figure should be there and is not, and whether one is there and is not judged."""

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np

from alerting.domain.arrays import Index
from alerting.domain.due_days import due_day
from alerting.domain.finding import State
from alerting.domain.measure import Measure
from alerting.domain.period import Period
from alerting.evaluation.block_verdicts import BlockVerdicts
from alerting.evaluation.rows import JudgedRows

#: How many periods after one are asked for the day on which they are due, to tell whether it is old or past.
LATER_PERIODS = 2


def is_old(measure: Measure, period: Period, as_of: date, area: str | None = None) -> bool:
    """Say whether a newer figure than a period's was due; of a measure that names no day: whether the period is a year ago."""
    if measure.expected is not None:
        return due_day(measure, (period + 1).last_day, area) < as_of
    return first_old_day(period.last_day) <= as_of


def first_old_day(last_day: date) -> date:
    """Return the first day on which a period that ended on *last_day* is more than a year ago."""
    is_leap_day = (last_day.month, last_day.day) == (2, 29)
    return last_day.replace(year=last_day.year + 1, day=28 if is_leap_day else last_day.day) + timedelta(days=1)


def is_past(measure: Measure, period: Period, as_of: date, area: str) -> bool:
    """Say whether a period lies too far back to be news: more than one before the newest due, else more than a year."""
    return is_old(measure, period + 1 if measure.expected is not None else period, as_of, area)


def newest_rows(rows: JudgedRows, columns: Sequence[int]) -> Index:
    """Return the newest row with a figure of some columns, whatever a rule's own days are; -1 for none."""
    found: Index = rows.newest((0, rows.panel.n_periods - 1))[np.array(columns, dtype=np.intp)]
    return found


def is_followed(verdicts: BlockVerdicts, row: int, place: int) -> bool:
    """Say whether a newer figure than a row's has come in a column, judged or not."""
    (newest,) = newest_rows(verdicts.rows, [verdicts.column(place)]).tolist()
    return bool(newest > verdicts.block.start + row)


def unjudged_since(verdicts: BlockVerdicts, row: int, place: int) -> int | None:
    """Return the row of a column's newest figure where nothing behind *row* has a verdict; None: one has, or nothing came."""
    states = verdicts.state[row + 1 :, place]
    (newest,) = newest_rows(verdicts.rows, [verdicts.column(place)]).tolist()
    newest -= verdicts.block.start
    if not row < newest < len(verdicts.state) or (states <= State.EXCEPTION).any():
        return None
    return int(newest)
