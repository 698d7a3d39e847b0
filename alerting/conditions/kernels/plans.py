"""Where a plan stands on a day."""

from collections.abc import Sequence
from datetime import date

import numpy as np

from alerting.domain import exact
from alerting.domain.arrays import Floats
from alerting.domain.parameters import Plan


def plan_values(plan: Plan, last_days: Sequence[date]) -> Floats:
    """Return where a plan stands on each day: NaN before its first milestone, its last value after the last."""
    days = np.array([milestone.date.toordinal() for milestone in plan.milestones], dtype=np.float64)
    values = np.array([milestone.value for milestone in plan.milestones], dtype=np.float64)
    at = np.array([day.toordinal() for day in last_days], dtype=np.float64)
    if plan.shape == "step":
        found = values[np.maximum(np.searchsorted(days, at, side="right") - 1, 0)]
    else:
        found = exact.as_decimal(np.interp(at, days, values), np.abs(values).max())
    return np.where(at < days[0], np.nan, found)
