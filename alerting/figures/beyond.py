"""Figures made of many that lie beyond what their measure can be: no row is to blame, so measure, area and period are named."""

from collections.abc import Iterator, Sequence

import numpy as np

from alerting.domain.arrays import Flags
from alerting.domain.measure import Measure
from alerting.domain.problem import Problem, ProblemSeverity
from alerting.figures.contained import place_of
from alerting.figures.panel_builder import PanelBuilder

#: Figures named one by one in a warning; the rest is counted.
_MOST_LISTED = 3
#: What adding up binary numbers may be off by, relative to the bound.
_NOISE = 1e-9


def made_beyond_bounds(
    sheet: PanelBuilder, printed: Flags, measures: Sequence[Measure], areas: Sequence[str], places: Sequence[int]
) -> Iterator[Problem]:
    """Warn of figures that were made, not printed, and are below or above what their measure can be.

    Args:
        printed: `[periods x series]`, where a row of a source gives the figure.
    """
    for n in places:
        measure, own = measures[n], sheet.columns_of(n)
        made = ~printed[:, own] | (measure.rolling is not None)
        beyond = made & _beyond(sheet.plane("value")[:, own], measure)
        if not beyond.any():
            continue
        cells = np.argwhere(beyond)[::-1].tolist()
        listed = [
            f"{areas[sheet.area_of[own.start + column]]} {sheet.period(row)}: {sheet.plane('value')[row, own.start + column]:,.6g}"
            for row, column in cells[:_MOST_LISTED]
        ]
        more = f" and {len(cells) - _MOST_LISTED:,} more" if len(cells) > _MOST_LISTED else ""
        count = "1 made figure is" if len(cells) == 1 else f"{len(cells):,} made figures are"
        yield Problem(
            place=place_of(measure),
            code="beyond-bounds",
            severity=ProblemSeverity.WARNING,
            message=f"{measure.id}: {count} beyond what the measure can be: {'; '.join(listed)}{more}",
            fix="mend what they are made of, say `aggregate:` otherwise, or declare minimum: and maximum: on the measure",
        )


def _beyond(value: np.ndarray, measure: Measure) -> Flags:
    beyond = np.zeros(value.shape, dtype=bool)
    with np.errstate(invalid="ignore"):
        if measure.minimum is not None:
            beyond |= value < measure.minimum - _NOISE * max(abs(measure.minimum), 1)
        if measure.maximum is not None:
            beyond |= value > measure.maximum + _NOISE * max(abs(measure.maximum), 1)
    return beyond
