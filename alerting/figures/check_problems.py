"""What is said of figures that a check holds, and of those that may be slips: a problem for each period of a check."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from alerting.domain.area import AreaTree
from alerting.domain.arrays import Flags
from alerting.domain.data_checks import Slip
from alerting.domain.measure import Measure
from alerting.domain.place import Place
from alerting.domain.problem import Problem, ProblemSeverity
from alerting.figures.figure_rows import FigureRows
from alerting.figures.observations import Reading
from alerting.figures.panel_builder import PanelBuilder

#: The code of problems with figures that are held until they are mended or accepted.
FAILED_CHECK = "failed-check"
#: The code of problems with figures that look like a slip, and are judged all the same.
DOUBTFUL = "doubtful"
#: Figures named one by one in a problem; the rest is counted.
_MOST_LISTED = 3
#: Checks of which the same is said of several areas.
_SAID_ONCE = ("areas", "rows", Slip.REPEATED)

#: Cells of a measure that a check finds, `[periods x series]`, and what is said of one by row and column.
Found = tuple[Flags, Callable[[int, int], str]]


@dataclass(frozen=True, slots=True)
class Saying:
    """How it is said that a check found figures: a code, the first words, and what to do."""

    code: str
    words: str
    fix: str


HELD = Saying(
    FAILED_CHECK,
    "held by a check",
    "mend the figure; where it is right, `alerting figures accept {measure} {area} {period}` lets it through,"
    " with `--person` and `--reason`",
)
DOUBTED = Saying(
    DOUBTFUL,
    "may be a slip",
    "mend the figure; where it is right, `alerting figures accept {measure} {area} {period}` says so, with"
    " `--person` and `--reason`."
    " With `checks: {{slips: all}}` on the measure such figures are held until then",
)


@dataclass(frozen=True, kw_only=True, eq=False)
class CheckProblems:
    """Makes the problems of one sheet; the reading says where its figures stand."""

    sheet: PanelBuilder
    areas: AreaTree
    reading: Reading
    as_of: date

    def of(self, n: int, measure: Measure, check: str, found: Found, saying: Saying) -> Iterator[Problem]:
        """Yield a problem for each period of what one check finds of the measure at place *n*."""
        (fails, words), own = found, self.sheet.columns_of(n)
        ids = areas_of(self.sheet, own, self.areas)
        for row in np.flatnonzero(fails.any(axis=1)).tolist():
            columns, period = np.flatnonzero(fails[row]).tolist(), self.sheet.period(row)
            those = [ids[column] for column in columns]
            said = [words(row, column) for column in columns]
            listed = said if check in _SAID_ONCE else map(": ".join, zip(those, said, strict=True))
            rows = FigureRows(self.reading.observations, period, self.as_of)
            at = rows.of(n, int(self.sheet.area_of[own.start + columns[0]]))
            yield _problem(measure, check, str(period), those, list(dict.fromkeys(listed)), at, saying)


def areas_of(sheet: PanelBuilder, own: slice, areas: AreaTree) -> list[str]:
    """Return the ids of some columns' areas."""
    ids = list(areas.areas)
    return [ids[place] for place in sheet.area_of[own].tolist()]


def _problem(
    measure: Measure,
    check: str,
    period: str,
    areas: Sequence[str],
    listed: Sequence[str],
    at: tuple[str, int],
    saying: Saying,
) -> Problem:
    """Name the figures of one period that one check finds; the same figures again are the same problem."""
    left = len(listed) - _MOST_LISTED
    more = f"; and {left:,} more" if left > 0 else ""
    return Problem(
        place=Place(file=at[0], line=at[1], column=1),
        code=saying.code,
        severity=ProblemSeverity.WARNING,
        message=f"{measure.id} {period}: {saying.words}: {'; '.join(listed[:_MOST_LISTED])}{more}",
        fix=saying.fix.format(measure=measure.id, area=areas[0], period=period),
        about=f"{check} {measure.id} {period} {' '.join(areas)}",
        source=measure.source,
    )
