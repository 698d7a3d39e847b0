"""A series in a table's cell: twelve periods, the usual range in grey, a target as dashes, exceptions by their verdict."""

from collections.abc import Iterator

from alerting.charts.chart import Chart, Line, LineKind, Point
from alerting.charts.drawing import Box, Colour, Drawing, Item, Place, Shape, Stroke, Symbol
from alerting.domain.finding import Meaning

WIDTH, HEIGHT = 66, 18
#: How many periods it shows.
PERIODS = 12
#: It weighs no more as a PNG.
MOST_BYTES = 1_500
_EDGE = 3.5
_DOT, _MARKED = 1.4, 2.8
_VERDICTS = {
    Meaning.CONCERN: (Shape.SQUARE, Colour.CONCERN), Meaning.IMPROVEMENT: (Shape.DOT, Colour.IMPROVEMENT),
    Meaning.CHANGE: (Shape.DIAMOND, Colour.CHANGE), None: (Shape.SQUARE, Colour.CONCERN),
}  # fmt: skip


def sparkline(chart: Chart) -> Drawing | None:
    """Lay a chart's last periods out small, its newest at the right end; None where fewer than two figures would show.

    Neighbouring periods are joined, gaps stay gaps.
    """
    points = chart.points[-PERIODS:]
    values = [point.value for point in points if point.value is not None]
    if len(values) < 2:  # one figure alone says no more than the cell beside it
        return None
    lines = [line for line in chart.lines if line.last is not None]
    levels = [level for line in lines for level in line.values[-PERIODS:] if level is not None]
    low, high = min(*values, *levels), max(*values, *levels)
    if not high - low < float("inf"):
        return None
    scale = _Scale(low, high, len(points))
    items = [*_range(lines, scale), *_targets(lines, scale), *_values(points, scale), *_symbols(points, scale)]
    return Drawing(WIDTH, HEIGHT, tuple(items))


class _Scale:
    """Places of periods and values: the last period stands in the last of twelve slots."""

    def __init__(self, low: float, high: float, periods: int) -> None:
        self._low, self._span, self._first = low, (high - low) or 1.0, PERIODS - periods

    def x(self, place: int) -> float:
        return _EDGE + (WIDTH - 2 * _EDGE) * (self._first + place) / (PERIODS - 1)

    def y(self, value: float) -> float:
        return HEIGHT - _EDGE - (HEIGHT - 2 * _EDGE) * (value - self._low) / self._span


def _range(lines: list[Line], scale: _Scale) -> Iterator[Item]:
    """Yield the usual range, where there are both limits, as wide as each period's slot."""
    limits = [line.values[-PERIODS:] for line in lines if line.kind is LineKind.LIMIT]
    if len(limits) < 2:  # a range has two ends
        return
    half = (scale.x(1) - scale.x(0)) / 2
    for place, ends in enumerate(zip(*limits, strict=True)):
        known = [end for end in ends if end is not None]
        if len(known) == len(ends):
            x, ys = scale.x(place), [scale.y(end) for end in known]
            yield Box(max(x - half, 0), min(ys), min(x + half, WIDTH), max(ys), Colour.BORDER)


def _targets(lines: list[Line], scale: _Scale) -> Iterator[Item]:
    for line in lines:
        if line.kind in (LineKind.TARGET, LineKind.PLAN) and line.last is not None:
            y = scale.y(line.last)
            yield Stroke(((_EDGE, y), (WIDTH - _EDGE, y)), Colour.QUIET, 1.0, (3.0, 2.0))


def _values(points: tuple[Point, ...], scale: _Scale) -> Iterator[Item]:
    run: list[Place] = []
    for place, point in enumerate(points):
        if point.value is None or point.after_break:
            yield from _joined(run)
            run = []
        if point.value is not None:
            run.append((scale.x(place), scale.y(point.value)))
    yield from _joined(run)


def _joined(run: list[Place]) -> Iterator[Item]:
    if len(run) > 1:
        yield Stroke(tuple(run), Colour.WORDS, 1.25)


def _symbols(points: tuple[Point, ...], scale: _Scale) -> Iterator[Item]:
    for place, point in enumerate(points):
        if point.value is not None:
            marked = point.mark is not None and point.mark.is_exceptional
            shape, ink, radius = (*_VERDICTS[point.meaning], _MARKED) if marked else (Shape.DOT, Colour.WORDS, _DOT)
            yield Symbol(shape, (scale.x(place), scale.y(point.value)), radius, ink)
