"""What ticks keep beside the state, so that the next one need not judge what has not changed; all of it may be deleted."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from alerting.app.situation.verdict_file import read_verdicts, write_verdicts
from alerting.app.tick.last_tick import JudgedBy, LastTick, keep_tick, kept_tick
from alerting.app.tick.report import TickReport
from alerting.evaluation.kept_verdicts import VerdictKeeper


@dataclass(frozen=True, slots=True, kw_only=True)
class BesideTheState:
    """What was kept by a program and its rules; `by`: None where the program cannot be told again, and nothing is kept."""

    folder: Path
    by: JudgedBy | None

    def last(self, as_of: date, today: date) -> LastTick | None:
        """Return how the last tick left things, where one as of a day need not judge; see `kept_tick`."""
        return None if self.by is None else kept_tick(self.folder, self.by, as_of, today)

    def keeper(self, *, full: bool = False) -> VerdictKeeper | None:
        """Return what knows the verdicts of the last tick; with *full* it knows none, and still learns those of this one."""
        return None if self.by is None else VerdictKeeper({} if full else read_verdicts(self.folder, self.by.program))

    def keep(self, report: TickReport, keeper: VerdictKeeper | None = None) -> None:
        """Keep what a tick found, and how it left things."""
        if self.by is None:
            return
        if keeper is not None and report.evaluation is not None:
            write_verdicts(self.folder, self.by.program, keeper.kept(report.evaluation.verdicts))
        if report.as_left is not None:
            keep_tick(self.folder, self.by, report.as_left)
