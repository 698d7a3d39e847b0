"""Which periods' figures a verdict would need and has not, so that words can name them."""

import numpy as np

from alerting.domain.arrays import Codes, Floats, Index
from alerting.domain.condition import Condition
from alerting.domain.finding import Reason
from alerting.domain.measure import Measure
from alerting.domain.panel import Panel
from alerting.domain.period import Period
from alerting.domain.spans import rolling_rows
from alerting.wording.facts import Lacking

#: Why figures are of no use, by their reason.
_WHY = {
    0: "missing", Reason.HELD.code: "held", Reason.SUPPRESSED.code: "withheld", Reason.GAP.code: "not complete",
    Reason.FEW_POINTS.code: "not complete", Reason.PARTIAL.code: "not complete",
}  # fmt: skip
_NOT_USABLE = "not usable"
#: Reasons of rolling figures that say nothing of the period's own figure.
_OF_WINDOWS = (Reason.GAP.code, Reason.FEW_POINTS.code)


def lacking(
    part: Condition, measure: Measure, panel: Panel, at: int, column: int, reason: Reason | None
) -> Lacking | None:
    """Return the figures that stop a verdict, where a gap or a missing comparison is its reason; None: none that is known.

    Args:
        part: the plain condition that decided.
        at: the judged row.
    """
    if reason not in (Reason.GAP, Reason.NO_COMPARISON) or part.view is not None:
        return None
    if reason is Reason.GAP and measure.rolling is not None and np.isnan(panel.shown[at, column]):
        rows = np.arange(at - (rolling_rows(measure, panel.kind) or 1) + 1, at)
        codes = _codes(panel, rows, column)
        unknown = np.isnan(_at(panel.shown, rows, column)) & ~np.isin(codes, _OF_WINDOWS)
        rows = rows[unknown]
    else:
        rows = part.unusable(panel, at, column)
    return Lacking(_runs(panel, rows), _why(panel, rows, column)) if len(rows) else None


def _at(plane: Floats, rows: Index, column: int) -> Floats:
    """Return one column of a plane at some rows; NaN before the first."""
    return np.where(rows < 0, np.nan, plane[np.maximum(rows, 0), column])


def _codes(panel: Panel, rows: Index, column: int) -> Codes:
    if panel.reasons is None:
        return np.zeros(len(rows), dtype=np.int8)
    return np.where(rows < 0, np.int8(0), panel.reasons[np.maximum(rows, 0), column])


def _runs(panel: Panel, rows: Index) -> list[tuple[Period, Period]]:
    """Return first and last period of rows that follow one another."""
    edges = np.flatnonzero(np.diff(rows) != 1) + 1
    return [(panel.period(int(run[0])), panel.period(int(run[-1]))) for run in np.split(rows, edges)]


def _why(panel: Panel, rows: Index, column: int) -> str:
    """Say in a word why figures are of no use: one reason of them all, or two ways in which they are not."""
    came = ~np.isnan(_at(panel.shown, rows, column))
    codes = _codes(panel, rows, column)
    whys = {
        _NOT_USABLE if code == 0 and here else _WHY.get(code, _NOT_USABLE)
        for code, here in zip(codes.tolist(), came, strict=True)
    }
    if len(whys) == 1:
        return whys.pop()
    return f"{_WHY[0]} or {_NOT_USABLE}" if _WHY[0] in whys else _NOT_USABLE
