"""One series under one rule after its last period: what its verdicts say of the alert that was told of it."""

from dataclasses import dataclass

import numpy as np

from alerting.app.tick.fingerprints import Fingerprints
from alerting.domain.alert import Alert
from alerting.domain.due_days import NEVER, due_day
from alerting.domain.finding import State
from alerting.domain.fold import Folded, open_rows
from alerting.domain.measure import Measure
from alerting.domain.period import Period
from alerting.domain.rule import Rule
from alerting.evaluation.alert_findings import asks_the_clock
from alerting.evaluation.block_verdicts import BlockVerdicts
from alerting.wording.dates import day_words


@dataclass(frozen=True, slots=True, eq=False)
class SeriesStanding:
    """One series under one rule after its last period: where its verdicts are, and what the fold says of it."""

    verdicts: BlockVerdicts
    #: Column of the block.
    place: int
    folded: Folded
    prints: Fingerprints

    @property
    def is_open(self) -> bool:
        """Whether it is open by its figures."""
        return bool(self.folded.is_open[self.place])

    def period_at(self, row: int) -> Period:
        """Return the period of a row of the block."""
        return self.verdicts.block.panel.period(self.verdicts.block.start + row)

    def row(self, period: Period) -> int:
        """Return the row of the block that a period has; may lie outside."""
        return self.verdicts.block.panel.row(period) - self.verdicts.block.start

    def has_verdict(self, row: int) -> bool:
        """Whether the figure at a row can be judged."""
        inside = 0 <= row < len(self.verdicts.state) and bool(counts_of(self.verdicts)[row, self.place])
        return inside and bool(self.verdicts.state[row, self.place] <= State.EXCEPTION)

    def awaited(self, alert: Alert) -> bool:
        """Whether an alert is about a figure that had not come: that it comes is its end, no revision."""
        return asks_the_clock(self.verdicts, alert)

    def cleared_after(self, alert: Alert, rule: Rule) -> int | None:
        """Return the row that ended an exception that was told; None where nothing did."""
        cleared, opened = int(self.folded.cleared[self.place]), self.row(alert.opened)
        if self.awaited(alert):
            return self._came_after(opened, cleared)
        if cleared > opened if self.is_open else cleared >= max(opened, 0):
            return self._first_end(opened, rule)
        if self.is_open or self.has_verdict(opened):
            return None
        return self._normal_since(opened, rule.clear_after)

    def _came_after(self, opened: int, cleared: int) -> int | None:
        """Return the row by which a figure came that was late: its own, or a later one; of what is awaited no more, its end."""
        came = self._came_rows()
        came = came[came >= max(opened, 0)]
        if self.is_open:
            again = int(self.folded.opened[self.place])
            came = came[came < again]
            return int(came[0]) if len(came) else cleared if cleared > opened and again > opened else None
        if len(came):
            return int(came[0])
        return cleared if cleared >= 0 else int(np.flatnonzero(counts_of(self.verdicts)[:, self.place])[-1])

    def _came_rows(self) -> np.ndarray:
        """Return the rows whose figure has come, held, refused and conflicting ones included."""
        panel, column = self.verdicts.block.panel, self.verdicts.column(self.place)
        rows = slice(self.verdicts.block.start, self.verdicts.block.stop)
        shown = panel.shown[rows, column]
        came = shown == shown
        if panel.reasons is not None:
            came = came | (panel.reasons[rows, column] != 0)
        return np.flatnonzero(came)

    def why_it_came(self, alert: Alert, came: Period, measure: Measure) -> str:
        """Say which figure ended the waiting for a late one."""
        if came < alert.opened or self.row(came) not in self._came_rows():
            return f"No figure for {alert.opened.label} is awaited any more."
        if came == alert.opened:
            due = due_day(measure, alert.opened.last_day, alert.key.area)
            return (
                f"The figure for {alert.opened.label} has come{f'; it was due by {day_words(due)}' * (due != NEVER)}."
            )
        last = came - 1
        missing = alert.opened.label if last == alert.opened else f"{alert.opened.label} to {last.label}"
        return f"A later figure has come, for {came.label}; there is none for {missing}."

    def _first_end(self, opened: int, rule: Rule) -> int:
        """Return the first row from an opening on that ended an exception: it was open before, and is not any more."""
        rows = np.flatnonzero(counts_of(self.verdicts)[:, self.place])
        stands = self._open_rows(rule)[rows]
        ends = rows[1:][stands[:-1] & ~stands[1:]]
        after = ends[ends >= max(opened, 0)]
        return int(after[0]) if len(after) else int(self.folded.cleared[self.place])

    def _open_rows(self, rule: Rule) -> np.ndarray:
        states, counts = self.verdicts.state[:, self.place], counts_of(self.verdicts)[:, self.place]
        side = self.verdicts.side
        sides = None if isinstance(side, int) else side[:, self.place]
        return open_rows(states, counts, rule.open_after, rule.clear_after, sides)

    def side(self, period: Period) -> int:
        """Return on which side of what it is held against an exceptional period lies; 0: on neither, or it is none."""
        row = self.row(period)
        return self.verdicts.side_at(row, self.place) if self.is_exceptional(period) else 0

    def is_exceptional(self, period: Period | None) -> bool | None:
        """Whether a period is exceptional (True) or normal (False) now; None: it has no verdict."""
        if period is None or not self.has_verdict(self.row(period)):
            return None
        return bool(self.verdicts.state[self.row(period), self.place] == State.EXCEPTION)

    def last_exceptional(self, opened: int, cleared: int) -> tuple[Period, float | None] | None:
        """Return the last exceptional period between two rows and its figure; None where it is not there any more."""
        counts, panel, start = counts_of(self.verdicts), self.verdicts.block.panel, self.verdicts.block.start
        for row in range(min(cleared, len(self.verdicts.state) - 1), max(opened, 0) - 1, -1):
            if counts[row, self.place] and self.verdicts.state[row, self.place] == State.EXCEPTION:
                value = float(panel.shown[start + row, self.verdicts.column(self.place)])
                return self.period_at(row), value if value == value else None
        return None

    def _normal_since(self, row: int, periods: int) -> int | None:
        """Return the row that completes so many normal periods in a row after one whose figure is gone."""
        count = 0
        for later in range(max(row + 1, 0), len(self.verdicts.state)):
            count = count + 1 if self.verdicts.state[later, self.place] == State.NORMAL else 0
            if count >= periods:
                return later
        return None

    def never_was(self, alert: Alert, rule: Rule) -> bool:
        """Whether the figures of an alert that was told are all there, and are no exception now."""
        first, last = self.row(alert.opened), self.row(alert.period)
        if not (self.has_verdict(first) and self.has_verdict(last)):
            return False
        return not self._open_rows(rule)[first : last + 1].any()

    def figures_until(self, period: Period) -> str:
        """Return a fingerprint of the series' figures up to a period."""
        return self.prints.until(self.verdicts.column(self.place), period)


def counts_of(verdicts: BlockVerdicts) -> np.ndarray:
    """Return which cells of a history count."""
    assert verdicts.counts is not None
    return verdicts.counts
