"""Where everything of a chart lies: one layout for both painters."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from alerting.charts.chart import Chart, ChartBand, Line, LineKind, Mark, Point
from alerting.charts.drawing import Box, Colour, Drawing, Item, Label, Place, Shape, Stroke, Symbol
from alerting.charts.fonts import cut, folded, width
from alerting.charts.label_spacing import spread
from alerting.charts.scales import Axis, axis_of, named_places, period_words
from alerting.domain.finding import Meaning
from alerting.wording.briefly import MARKS

#: As wide as a mail shows it. Letters are 11 pixels high or more where a telephone shows the picture 328 pixels wide.
WIDTH, HEIGHT = 540, 312
_EDGE = 10.0
_TITLE, _SMALL, _LABEL, _LAST = 18.2, 18.2, 18.2, 20.5
#: The part of a letter's size that lies above the base line, and from there to the middle of a small letter.
_ASCENT, _HALF = 0.76, 0.36
_LINE_HEIGHT = 1.25
#: Labels at the right take this much of the width at most.
_MOST_LABEL = 190.0
_GAP = 9.0
#: Points lie so far from the ends of the axis at most.
_MOST_AIR = 16.0
#: A label that had to move so far is joined to what it names.
_MOVED = 4.0
#: From so many points on, symbols are smaller; up to so many there is room for larger ones.
_MANY, _FEW = 40, 18
#: How much larger symbols are than usual.
_SMALLER, _USUAL, _LARGER = 0.75, 1.0, 1.25
_INKS = {
    LineKind.CENTRE: Colour.CENTRE,
    LineKind.LIMIT: Colour.LIMIT,
    LineKind.TARGET: Colour.TARGET,
    LineKind.PLAN: Colour.PLAN,
}
#: Limits are drawn in a lighter grey than is legible as letters.
_WORD_INKS = {**_INKS, LineKind.LIMIT: Colour.QUIET}
#: By rank, from the worst band to the best.
_BAND_INKS = ((0.0, Colour.WORST), (0.5, Colour.MIDDLE), (0.99, Colour.FAIR), (1.0, Colour.BEST))
#: Bands that are named for a colour have that one.
_NAMED_INKS = {
    "red": Colour.WORST,
    "amber": Colour.MIDDLE,
    "yellow": Colour.MIDDLE,
    "orange": Colour.MIDDLE,
    "green": Colour.GREEN,
    "blue": Colour.BEST,
}
#: A band of which less is in sight is not named.
_LEAST_BAND = 8.0
_STROKES: dict[LineKind, tuple[float, tuple[float, float] | None]] = {
    LineKind.CENTRE: (1.5, None), LineKind.LIMIT: (1.25, None), LineKind.TARGET: (2.0, (7.0, 4.0)),
    LineKind.PLAN: (2.0, (7.0, 4.0)),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Verdict:
    """How an exceptional point looks."""

    word: str
    mark: str
    shape: Shape
    radius: float
    ink: Colour


_VERDICTS = {
    Meaning.CONCERN: _Verdict("concern", MARKS[Meaning.CONCERN], Shape.SQUARE, 7.5, Colour.CONCERN),
    Meaning.CHANGE: _Verdict("change", MARKS[Meaning.CHANGE], Shape.DIAMOND, 10.0, Colour.CHANGE),
    Meaning.IMPROVEMENT: _Verdict("improvement", MARKS[Meaning.IMPROVEMENT], Shape.DOT, 8.5, Colour.IMPROVEMENT),
    None: _Verdict("exception", "", Shape.DIAMOND, 8.0, Colour.CHANGE),
}


@dataclass(frozen=True, slots=True)
class _Label:
    """Words beside the right end of a line, or of the values."""

    wish: float
    #: One below the other: a name that is too long beside its number stands above it.
    lines: tuple[str, ...]
    ink: Colour
    size: float
    bold: bool = False
    #: The name of a range lies anywhere within it.
    is_zone: bool = False

    @property
    def width(self) -> float:
        """As wide as the widest line."""
        return max(width(line, self.size, bold=self.bold) for line in self.lines)

    @property
    def height(self) -> float:
        """With a little air."""
        return self.size * 1.15 * len(self.lines)


@dataclass(frozen=True, slots=True)
class _Plot:
    """The rectangle that values are drawn in."""

    chart: Chart
    axis: Axis
    left: float
    top: float
    right: float
    bottom: float

    @property
    def room(self) -> float:
        """The distance between neighbouring points."""
        gaps = len(self.chart.points) - 1
        return (self.right - self.left - 2 * self.air) / gaps if gaps else 0.0

    @property
    def air(self) -> float:
        """The distance from the first and last points to the ends: half a period, and no more than a symbol needs."""
        return min((self.right - self.left) / (2 * len(self.chart.points)), _MOST_AIR)

    def x(self, place: float) -> float:
        """Return where a point lies; half a place on is the edge between two periods."""
        return min(max(self.left + self.air + place * self.room, self.left), self.right)

    def y(self, value: float) -> float:
        """Return where a value lies."""
        return self.bottom - self.axis.share(value) * (self.bottom - self.top)


def laid_out(chart: Chart) -> Drawing | None:
    """Lay a chart out; None where its values cannot share an axis."""
    axis = axis_of(chart)
    if axis is None:
        return None
    head, top = _head(chart)
    labels_width = min(_MOST_LABEL, max((label.width for label in _labels(chart)), default=0.0))
    ticks_width = max((width(words, _SMALL) for _, words in axis.ticks), default=0.0)
    years = bool(chart.year_starts) or len(set(chart.years)) < len(chart.points)
    bottom = HEIGHT - _EDGE - _SMALL * _LINE_HEIGHT * (2 if years else 1) - 6
    plot = _Plot(chart, axis, _EDGE + ticks_width + 8, top + 10, WIDTH - _EDGE - labels_width - _GAP, bottom)
    items: list[Item] = [Box(0, 0, WIDTH, HEIGHT, Colour.CARD), *_border(), *head]
    items += [*_bands(plot), *_grid(plot), *_periods(plot), *_years(plot, named=years)]
    for line in chart.lines:
        items += _line(plot, line)
    items += [*_values(plot), *_symbols(plot), *_end_labels(plot), *_newest_within(plot)]
    return Drawing(WIDTH, HEIGHT, tuple(items))


def _border() -> Iterator[Item]:
    edge = ((0.5, 0.5), (WIDTH - 0.5, 0.5), (WIDTH - 0.5, HEIGHT - 0.5), (0.5, HEIGHT - 0.5), (0.5, 0.5))
    yield Stroke(edge, Colour.BORDER, 1)


def _head(chart: Chart) -> tuple[list[Item], float]:
    """Return the title, the area and the key to the symbols, and where the room below them begins."""
    room, items, y = WIDTH - 2 * _EDGE, list[Item](), _EDGE
    for line in folded(chart.title, room, _TITLE, bold=True):
        items.append(Label((_EDGE, y + _TITLE * _ASCENT + 2), line, Colour.WORDS, _TITLE, bold=True))
        y += _TITLE * _LINE_HEIGHT
    base = y + _SMALL * _ASCENT + 3
    key, begins = _key(chart, WIDTH - _EDGE, base)
    items.append(Label((_EDGE, base), cut(chart.area, begins - 2 * _EDGE, _SMALL), Colour.QUIET, _SMALL))
    return items + key, y + _SMALL * _LINE_HEIGHT + 2


def _key(chart: Chart, right: float, base: float) -> tuple[list[Item], float]:
    """Say what the symbols mean that are drawn, from the right; returns where it begins."""
    items: list[Item] = []
    for sample, words in reversed(_meanings(chart)):
        right -= width(words, _SMALL)
        items.append(Label((right, base), words, Colour.QUIET, _SMALL))
        right -= 12
        items += _symbol(sample, (right, base - _SMALL * _HALF), _USUAL)
        right -= 18
    return items, right


#: Marks that have a word of their own, whatever they mean.
_OF_MARKS = {Mark.RUN: "in a row", Mark.MOVED: "average moved", Mark.PROPOSED: "new average proposed"}


def _meanings(chart: Chart) -> list[tuple[Point, str]]:
    """Return one point of each kind that needs a word, with that word."""
    found: dict[str, Point] = {}
    for point in chart.points:
        if point.value is None:
            continue
        if not point.judged:
            found.setdefault("not judged", point)
        if point.mark is not None:
            words = _OF_MARKS.get(point.mark, _VERDICTS[point.meaning].word)
            found.setdefault(words, Point(period=point.period, mark=point.mark, meaning=point.meaning))
        if point.provisional:
            found.setdefault("provisional", Point(period=point.period, provisional=True))
    order = (
        *(one.word for one in _VERDICTS.values()),
        "average moved",
        "new average proposed",
        "in a row",
        "provisional",
        "not judged",
    )
    return [(found[words], words) for words in order if words in found]


def _bands(plot: _Plot) -> Iterator[Item]:
    for band in plot.chart.bands:
        top, bottom = (plot.y(edge) for edge in _edges(plot, band))
        by_rank = next(ink for highest, ink in _BAND_INKS if band.rank <= highest)
        ink = _NAMED_INKS.get(band.called.casefold(), by_rank)
        if top < bottom:
            yield Box(plot.left, top, plot.right, bottom, ink)


def _grid(plot: _Plot) -> Iterator[Item]:
    for tick, words in plot.axis.ticks:
        y = plot.y(tick)
        yield Stroke(((plot.left, y), (plot.right, y)), Colour.GRID if not plot.chart.bands else Colour.CARD, 1)
        yield Label((plot.left - 6, y + _SMALL * _HALF), words, Colour.QUIET, _SMALL, anchor="end")
    yield Stroke(((plot.left, plot.bottom), (plot.right, plot.bottom)), Colour.YEAR, 1)


def _periods(plot: _Plot) -> Iterator[Item]:
    names = [period_words(point.period) for point in plot.chart.points]
    widest = max(width(name, _SMALL) for name in names)
    for place in named_places(plot.chart, plot.room, widest + 8):
        x = plot.x(place)
        yield Stroke(((x, plot.bottom), (x, plot.bottom + 4)), Colour.YEAR, 1)
        base = plot.bottom + 8 + _SMALL * _ASCENT
        yield Label((_held(x, names[place]), base), names[place], Colour.QUIET, _SMALL, anchor="middle")


def _held(x: float, words: str) -> float:
    """Keep words around *x* inside the card."""
    half = width(words, _SMALL) / 2
    return min(max(x, _EDGE + half), WIDTH - _EDGE - half)


def _years(plot: _Plot, *, named: bool) -> Iterator[Item]:
    """Part the financial years, and name those that have room."""
    if not named:
        return
    size, chart = len(plot.chart.points), plot.chart
    foot = plot.bottom + 8 + _SMALL * _LINE_HEIGHT * 2
    for place in chart.year_starts:
        x = plot.x(place - 0.5)
        yield Stroke(((x, plot.top), (x, plot.bottom)), Colour.BORDER, 1)
        yield Stroke(((x, plot.bottom), (x, foot)), Colour.YEAR, 1)
    for first, stop in pairwise((0, *chart.year_starts, size)):
        label = chart.years[first].label
        left, right = plot.x(first - 0.5), plot.x(stop - 0.5)
        names = (label, label[2:]) if "/" in label else (label,)
        fitting = [name for name in names if width(name, _SMALL) + 4 <= right - left or not chart.year_starts]
        if fitting:
            base = foot - _SMALL * (_LINE_HEIGHT - _ASCENT)
            yield Label(
                (_held((left + right) / 2, fitting[0]), base), fitting[0], Colour.QUIET, _SMALL, anchor="middle"
            )


def _line(plot: _Plot, line: Line) -> Iterator[Item]:
    """Draw a level as steps that hold for a period and jump between two, or straight from point to point."""
    thick, dash = _STROKES[line.kind]
    alone = sum(level is not None for level in line.values) == 1  # one level makes no straight line, but a step
    places: list[Place] = []
    for n, level in enumerate(line.values):
        if level is None:
            if len(places) > 1:
                yield Stroke(tuple(places), _INKS[line.kind], thick, dash)
            places = []
        elif line.stepped or alone:
            left, right = (plot.x(n - 0.5), plot.y(level)), (plot.x(n + 0.5), plot.y(level))
            if places and places[-1] == left:
                places[-1] = right
            else:
                places += [left, right]
        else:
            places.append((plot.x(n), plot.y(level)))
    if len(places) > 1:
        yield Stroke(tuple(places), _INKS[line.kind], thick, dash)


def _values(plot: _Plot) -> Iterator[Item]:
    """Join neighbouring values; a gap stays one, and a break too."""
    places: list[Place] = []
    for n, point in enumerate(plot.chart.points):
        if (point.value is None or point.after_break) and places:
            if len(places) > 1:
                yield Stroke(tuple(places), Colour.SERIES, 2.2)
            places = []
        if point.value is not None:
            places.append((plot.x(n), plot.y(point.value)))
    if len(places) > 1:
        yield Stroke(tuple(places), Colour.SERIES, 2.2)


def _symbols(plot: _Plot) -> Iterator[Item]:
    count = len(plot.chart.points)
    size = _SMALLER if count > _MANY else _LARGER if count <= _FEW else _USUAL
    marked = [(n, p) for n, p in enumerate(plot.chart.points) if p.value is not None]
    for n, point in sorted(marked, key=lambda one: one[1].mark is not None):
        assert point.value is not None
        yield from _symbol(point, (plot.x(n), plot.y(point.value)), size)


def _symbol(point: Point, at: Place, size: float) -> Iterator[Item]:
    """Draw a point; one with a verdict bears its mark."""
    shape, radius, ink, mark = _look(point)
    hollow = point.provisional or not point.judged
    yield Symbol(shape, at, radius * size, ink, hollow=hollow)
    if mark:
        letter = radius * size * (1.5 if shape is Shape.DIAMOND else 1.8)
        yield Label(
            (at[0], at[1] + letter * _HALF), mark, ink if hollow else Colour.CARD, letter, bold=True, anchor="middle"
        )


def _look(point: Point) -> tuple[Shape, float, Colour, str]:
    """Return a point's shape, size and ink, and the mark that it bears: what is exceptional looks as its verdict does in mails."""
    if not point.judged:
        return Shape.SQUARE, 3.0, Colour.FAINT, ""
    if point.mark is not None and point.mark.is_exceptional:
        verdict = _VERDICTS[point.meaning]
        return verdict.shape, verdict.radius, verdict.ink, verdict.mark
    if point.mark is Mark.RUN:
        return Shape.SQUARE, 4.6, Colour.RUN, ""
    return Shape.DOT, 3.8, Colour.SERIES, ""


def _labels(chart: Chart, plot: _Plot | None = None) -> list[_Label]:
    """Return what stands at the right: the newest value where it is the last point, each line's name and level, bands' names."""
    found = []
    newest = chart.points[chart.newest]
    if newest is chart.points[-1] and newest.value is not None:
        ink = _VERDICTS[newest.meaning].ink if newest.mark is not None and newest.mark.is_exceptional else Colour.SERIES
        found.append(
            _Label(plot.y(newest.value) if plot else 0.0, (_fitting(chart.last_words(), _LAST),), ink, _LAST, bold=True)
        )
    for line in chart.lines:
        level, number = line.last, chart.level_words(line)
        assert level is not None
        lines: tuple[str, ...] = (f"{line.called} {number}",)
        if width(lines[0], _LABEL) > _MOST_LABEL:
            lines = (_fitting(line.called), _fitting(number))
        found.append(_Label(plot.y(level) if plot else 0.0, lines, _WORD_INKS[line.kind], _LABEL))
    for band in chart.bands:
        top, bottom = (plot.y(edge) for edge in _edges(plot, band)) if plot else (0.0, _LEAST_BAND)
        if bottom - top >= _LEAST_BAND:
            found.append(_Label((top + bottom) / 2, (_fitting(band.called),), Colour.QUIET, _LABEL, is_zone=True))
    return found


def _fitting(words: str, size: float = _LABEL) -> str:
    """Cut what is wider than a label may be; a number is only where it has dozens of digits."""
    return cut(words, _MOST_LABEL, size, bold=size == _LAST)


def _edges(plot: _Plot, band: ChartBand) -> tuple[float, float]:
    """Return a range's upper and lower value as far as the axis goes."""
    return plot.axis.high if band.high is None else band.high, plot.axis.low if band.low is None else band.low


def _end_labels(plot: _Plot) -> Iterator[Item]:
    """Write the labels at the right, moved apart, each joined to its line where it had to move."""
    labels = _labels(plot.chart, plot)
    newest = plot.chart.points[-1]
    juts = plot.x(len(plot.chart.points) - 1) + width(period_words(newest.period), _SMALL) / 2 > plot.right + _GAP
    lowest = plot.bottom + (7 if juts else 14)  # nothing lies on the name of the newest period
    centres = spread([label.wish for label in labels], [label.height for label in labels], plot.top - 8, lowest)
    for label, centre in zip(labels, centres, strict=True):
        if abs(centre - label.wish) > _MOVED and not label.is_zone:
            yield Stroke(((plot.right + 1, label.wish), (plot.right + _GAP - 1, centre)), Colour.YEAR, 1)
        first = centre - (len(label.lines) - 1) * label.size * 1.15 / 2 + label.size * _HALF
        for n, line in enumerate(label.lines):
            at = (plot.right + _GAP, first + n * label.size * 1.15)
            yield Label(at, line, label.ink, label.size, bold=label.bold)


def _newest_within(plot: _Plot) -> Iterator[Item]:
    """Name the newest value above its point where later figures are missing."""
    chart, place = plot.chart, plot.chart.newest
    value = chart.points[place].value
    if place == len(chart.points) - 1 or value is None:
        return
    words = _fitting(chart.last_words(), _LAST)
    half = width(words, _LAST, bold=True) / 2
    x = min(max(plot.x(place), plot.left + half), plot.right - half)
    above = plot.y(value) - 11
    base = above if above - _LAST > plot.top else plot.y(value) + 11 + _LAST * _ASCENT
    yield Label((x, base), words, Colour.SERIES, _LAST, bold=True, anchor="middle")
