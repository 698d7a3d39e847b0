"""Which period of each series is judged: the newest with a figure, or the newest late one if that is later."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from alerting.domain.arrays import Codes, Columns, Flags, Floats, Index
from alerting.domain.due_days import due_ordinals
from alerting.domain.finding import Reason
from alerting.domain.measure import Measure
from alerting.domain.panel import Panel
from alerting.evaluation.assurance import NaturalRanges
from alerting.evaluation.groups import Clamp, Group, PanelNumbers


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """Per column of a panel: the row to judge, -1 for none, and the reason why there is no figure there (0: there is)."""

    rows: Index
    missing: Codes


class JudgedRows:
    """Works out judged rows per clamp and grace, once each; and, for one evaluation, keeps rules' numbers and series' ranges."""

    def __init__(
        self, panel: Panel, measures: Mapping[str, Measure], as_of: date, without_source: frozenset[str]
    ) -> None:
        self.panel, self.measures, self.as_of = panel, measures, as_of
        self.without_source = without_source
        self.numbers = PanelNumbers(panel)
        self.ranges = NaturalRanges(panel)
        self._newest: dict[Clamp, Index] = {}
        self._judged: dict[tuple[Clamp, float], Judged] = {}
        self._overdue: Floats | None = None
        self._views: dict[Hashable, JudgedRows] = {}

    def seen_by(self, group: Group) -> "JudgedRows":
        """Return the rows of what a group judges: these, or those of its own view of the figures."""
        if group.view is None:
            return self
        columns = group.columns
        key = group.view, (columns.start, columns.stop) if isinstance(columns, slice) else columns.tobytes()
        if key not in self._views:
            panel = group.view.panel(self.panel, columns)
            self._views[key] = JudgedRows(panel, self.measures, self.as_of, self.without_source)
        return self._views[key]

    def judged(self, clamp: Clamp, grace: float = 0.0) -> Judged:
        """Return which row of each column is judged inside *clamp*."""
        key = (clamp, grace)
        if key not in self._judged:
            self._judged[key] = self._judge(clamp, grace)
        return self._judged[key]

    def newest(self, clamp: Clamp) -> Index:
        """Return each column's newest row with a figure (held, refused and conflicting ones included), -1 for none."""
        if clamp not in self._newest:
            self._newest[clamp] = self._find_newest(clamp)
        return self._newest[clamp]

    def overdue(self) -> Floats:
        """Return `[periods x series]` days since each missing figure fell due; NaN where it came whole, is held or never due."""
        if self._overdue is None:
            self._overdue = self._find_overdue()
        return self._overdue

    def _find_newest(self, clamp: Clamp) -> Index:
        newest = np.where(self._came(clamp[1]), np.intp(clamp[1]), np.intp(-1))
        open_ = np.flatnonzero(newest < 0)
        for row in range(clamp[1] - 1, clamp[0] - 1, -1):
            came = self._came(row, open_)
            newest[open_[came]] = row
            open_ = open_[~came]
            if not len(open_):
                break
        return newest

    def _came(self, row: int, columns: Columns = slice(None)) -> Flags:
        """Return which columns have a figure in a row, held, refused and conflicting ones included."""
        x = self.panel.shown[row, columns]
        came: Flags = x == x
        if self.panel.reasons is not None:
            came |= self.panel.reasons[row, columns] != 0
        return came

    def _judge(self, clamp: Clamp, grace: float) -> Judged:
        rows = self.newest(clamp).copy()
        missing = np.zeros(len(rows), dtype=np.int8)
        never = rows < 0
        if never.any():
            rows[never] = clamp[1]
            missing[never] = self._why_never(clamp[1], np.flatnonzero(never))
        late = self._newest_late(clamp, grace)
        if late is not None:
            later = (late > rows) | (never & (late >= 0) & (missing == Reason.MISSING.code))
            rows[later] = late[later]
            missing[later] = Reason.LATE.code
        failed = self._failed()
        if failed is not None:
            missing[failed] = Reason.SOURCE_FAILED.code
        return Judged(rows, missing)

    def _why_never(self, row: int, columns: Index) -> Codes:
        codes = np.full(len(columns), Reason.MISSING.code, dtype=np.int8)
        if self.panel.held is not None:
            codes[self.panel.held[row, columns]] = Reason.HELD.code
        return codes

    def _newest_late(self, clamp: Clamp, grace: float) -> Index | None:
        if not any(self.measures[id_].expected for id_ in self.panel.columns):
            return None
        with np.errstate(invalid="ignore"):
            late = self.overdue() > grace
        found = np.full(self.panel.n_series, -1, dtype=np.intp)
        for row in range(clamp[0], clamp[1] + 1):
            found[late[row]] = row
        return found

    def _find_overdue(self) -> Floats:
        panel = self.panel
        days = np.full(panel.values.shape, np.nan)
        for id_, own in panel.columns.items():
            expected = self.measures[id_].expected
            if expected is None or self.measures[id_].every is not panel.kind:
                continue
            days[:, own] = self.as_of.toordinal() - self._due_ordinals(self.measures[id_], own)
        days[panel.shown == panel.shown] = np.nan
        if panel.reasons is not None:
            came = panel.reasons != 0
            days[came if panel.loads is None else came & (panel.loads == 0)] = np.nan
        if panel.held is not None:
            days[panel.held] = np.nan
        return days

    def _due_ordinals(self, measure: Measure, own: slice) -> Floats:
        """Return the days on which a measure's figures are due, as ordinals: `[periods x its series]`, or x 1 where they agree."""
        panel = self.panel
        differs = measure.expected is not None and measure.expected.by_area is not None
        areas = [panel.areas[column] for column in range(own.start, own.stop)] if differs else [None]
        days = {area: due_ordinals(measure, panel.last_days, area) for area in dict.fromkeys(areas)}
        return np.array([days[area] for area in areas], dtype=np.float64).T

    def _failed(self) -> np.ndarray | None:
        if not self.without_source:
            return None
        failed = np.zeros(self.panel.n_series, dtype=bool)
        for id_, own in self.panel.columns.items():
            failed[own] = id_ in self.without_source
        return failed
