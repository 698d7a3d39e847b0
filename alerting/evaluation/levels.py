"""Levels and plans as arrays: numbers that are columns of the source, dated, per area, or move along milestones."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from math import isfinite

import numpy as np

from alerting.domain.arrays import Floats, Index
from alerting.domain.measure import Level
from alerting.domain.panel import Panel
from alerting.domain.parameters import Plan, Vector
from alerting.domain.period import Calendar, PeriodKind


def is_constant(value: Vector) -> bool:
    """Whether a parameter is one number whatever the period and area."""
    return not isinstance(value, Plan) and (not isinstance(value, Level) or value.number is not None)


def level_values(level: Level, panel: Panel, start: int, stop: int, columns: Index) -> Floats:
    """Return a level for rows start … stop-1 and columns, broadcastable to that shape; NaN where there is none."""
    if level.number is not None:
        return np.array([[level.number]])
    if level.summed is not None:
        assert level.every is not None
        return _summed(level.summed, level.every, panel, range(start, stop))
    if level.dated is not None:
        return _dated(level.dated, panel.last_days[start:stop])[:, None]
    if level.column is not None:
        plane = panel.planes.get(level.column)
        return np.full((1, 1), np.nan) if plane is None else plane[start:stop, columns]
    assert level.by_area is not None
    by_area = dict(level.by_area)
    nothing = Level(number=float("nan"))
    own = [by_area.get(panel.areas[column], by_area.get("default", nothing)) for column in columns.tolist()]
    found = np.empty((stop - start, len(columns)))
    for one in dict.fromkeys(own):  # a column of the source has a number of its own in each area
        places = [place for place, other in enumerate(own) if other == one]
        found[:, places] = level_values(one, panel, start, stop, columns[places])
    return found


def _summed(level: Level, every: PeriodKind, panel: Panel, rows: range) -> Floats:
    """Return the sum of what holds for each finer period within the rows' periods; NaN where one has none.

    Added up as the decimals that were written, so that three times 0.1 is 0.3.
    """
    calendar = Calendar(panel.starts)
    found = np.full((len(rows), 1), np.nan)
    for place, row in enumerate(rows):
        steps = [_on(level, period.last_day) for period in calendar.within(panel.period(row), every)]
        if all(isfinite(step) for step in steps):
            found[place] = float(sum(Decimal(repr(step)) for step in steps))
    return found


def _on(level: Level, day: date) -> float:
    """Return a number or dated level on one day; NaN where there is none."""
    return level.number if level.number is not None else float(_dated(level.dated or (), [day])[0])


def _dated(steps: Sequence[tuple[date, float]], last_days: Sequence[date]) -> Floats:
    """Return the newest step that holds on each period's last day."""
    found = np.full(len(last_days), np.nan)
    for row, day in enumerate(last_days):
        for since, value in steps:
            if since <= day:
                found[row] = value
    return found
