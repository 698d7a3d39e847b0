"""Axes: where the values' axis begins and ends, its round numbers, and which periods are named."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil, floor, isclose, log10

from alerting.charts.chart import Chart, LineKind
from alerting.domain.measure import Unit
from alerting.domain.period import MONTH_NAMES, Period, PeriodKind

#: Steps between round numbers, times a power of ten.
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
#: Seconds are read in minutes and hours.
_STEPS_S = (1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1800.0, 3600.0, 7200.0, 18000.0, 36000.0)
#: At most so many spaces between round numbers: more are a grid that nobody reads on a phone.
_MOST_SPACES = 5
#: The axis begins at 0 where the lowest value is below this share of the highest: counts and money lie far from 0 otherwise.
_FAR_FROM_ZERO = 0.6
#: The air above and below, as a share of the range.
_AIR = 0.06
#: So few values without limits beside them do not say how much is usual: the axis then spans this share of the highest, or these
#: points of a percentage, so that no small change looks like a cliff.
_FEW = 8
_LEAST_SPAN, _LEAST_SPAN_POINTS = 0.5, 20.0
#: Figures beyond this size, and ranges below this share of it (of 1, for small figures), have no axis that people could read.
_LARGEST, _SMALLEST_SHARE = 1e15, 1e-9
#: A band's edge is drawn where it lies within so many ranges of the values.
_REACH = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """The values' axis: its ends, and round numbers with their words."""

    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]

    def share(self, value: float) -> float:
        """Return how far up a value lies: 0 at the low end, 1 at the high one; beyond the ends it is at the end."""
        return min(max((value - self.low) / (self.high - self.low), 0.0), 1.0)


def axis_of(chart: Chart) -> Axis | None:
    """Return the axis of a chart's values; None where they lie too far apart to be drawn."""
    values = [point.value for point in chart.points if point.value is not None]
    values += [level for line in chart.lines for level in line.values if level is not None]
    least, most = min(values), max(values)
    least, most = _with_edges(chart, least, most)
    if not _drawable(least, most):
        return None
    percent = chart.style.unit is Unit.PERCENT
    low, high = _ends(least, most, percent=percent)
    if least >= 0 and _says_nothing_of_what_is_usual(chart):
        span = min(_LEAST_SPAN * most, _LEAST_SPAN_POINTS) if percent else _LEAST_SPAN * most
        low = max(0.0, min(low, high - span))
    step = _step(high - low, whole=chart.style.unit is Unit.COUNT, steps=_STEPS_S if _in_seconds(chart) else ())
    low = step * floor(low / step + 1e-9)
    ticks = _ticks(low, high, step)
    return Axis(low=low, high=high, ticks=tuple((tick, _tick_words(chart, tick, ticks)) for tick in ticks))


def _says_nothing_of_what_is_usual(chart: Chart) -> bool:
    values = sum(point.value is not None for point in chart.points)
    return (
        values < _FEW
        and not chart.bands
        and all(line.kind not in (LineKind.LIMIT, LineKind.CENTRE) for line in chart.lines)
    )


def _in_seconds(chart: Chart) -> bool:
    return chart.style.unit is Unit.SECONDS


def _tick_words(chart: Chart, tick: float, beside: Iterable[float]) -> str:
    """Write a round number apart from those beside it; whole minutes without their seconds."""
    words = chart.style.level(tick, *beside)
    return words.removesuffix(" 0 s") if tick else words


def _drawable(least: float, most: float) -> bool:
    """Whether the axis can be written in figures that people read and tell apart."""
    size = max(abs(least), abs(most))
    return size <= _LARGEST and (most == least or most - least >= max(size, 1.0) * _SMALLEST_SHARE)


def _with_edges(chart: Chart, least: float, most: float) -> tuple[float, float]:
    """Let the edges of bands in where they are near."""
    reach = _REACH * (most - least) or abs(most) or 1.0
    edges = [edge for band in chart.bands for edge in (band.low, band.high) if edge is not None]
    near = [edge for edge in edges if least - reach <= edge <= most + reach]
    return min(least, *near, least), max(most, *near, most)


def _ends(least: float, most: float, *, percent: bool) -> tuple[float, float]:
    """Return the ends: from 0 unless the values lie far from it, with air, and never beyond 0 and 100%."""
    if least == most:
        apart = abs(least) * 0.1 if abs(least) > _SMALLEST_SHARE else 1.0
        low, high = least - apart, most + apart
    else:
        air = (most - least) * _AIR
        low, high = least - air, most + air
    if least >= 0 and least <= most * _FAR_FROM_ZERO:
        low = 0.0
    elif most <= 0 and most >= least * _FAR_FROM_ZERO:
        high = 0.0
    if least >= 0:
        low = max(low, 0.0)
    if percent and most <= 100:
        high = min(high, 100.0)
    return low, high


def _step(size: float, *, whole: bool, steps: Sequence[float] = ()) -> float:
    """Return the smallest round step that leaves no more spaces than can be read; whole numbers for counts."""
    for step in steps:
        if size / step <= _MOST_SPACES:
            return step
    power = 10.0 ** floor(log10(size / _MOST_SPACES))
    found = next(
        step for factor in _STEPS if size / (step := factor * power) <= _MOST_SPACES * (1 + 1e-9) and _is_read(step)
    )
    return max(1.0, found) if whole else found


def _is_read(step: float) -> bool:
    """Whether people count in such steps: 25 and 250 they do, 2.5 they do not."""
    return not f"{step:.0e}".startswith("2.5") and (step % 1 == 0 or not f"{step:.1e}".startswith("2.5"))


def _ticks(low: float, high: float, step: float) -> Iterable[float]:
    first = ceil(low / step - 1e-9)
    last = floor(high / step + 1e-9)
    digits = max(0, 12 - ceil(log10(max(abs(low), abs(high), step))))
    return [round(n * step, digits) for n in range(first, last + 1)]


def period_words(period: Period) -> str:
    """Name a period on the axis, without its year: Sep, Q2, wk 38, 14 Sep; years whole."""
    if period.kind is PeriodKind.MONTH:
        return MONTH_NAMES[period.ordinal % 12][:3]
    if period.kind is PeriodKind.QUARTER:
        return f"Q{period.ordinal % 4 + 1}"
    if period.kind is PeriodKind.WEEK:
        return f"wk {period.first_day.isocalendar().week}"
    if period.kind is PeriodKind.DAY:
        return f"{period.first_day.day} {MONTH_NAMES[period.first_day.month - 1][:3]}"
    return period.label


def named_places(chart: Chart, room: float, widest: float) -> tuple[int, ...]:
    """Return the places of the periods named under the axis: the last, and back from it at an even step that fits.

    Args:
        room: the distance between neighbouring points.
        widest: the widest name with the air it needs.
    """
    if len(chart.points) == 1 or isclose(room, 0):
        return (len(chart.points) - 1,)
    steps = _NATURAL.get(chart.kind, ())
    fewest = ceil(widest / room)
    step = next((natural for natural in steps if natural >= fewest), fewest)
    last = len(chart.points) - 1
    return tuple(range(last % step, last + 1, step))


#: Steps that fall on the same months or quarters each year.
_NATURAL = {PeriodKind.MONTH: (1, 2, 3, 4, 6, 12), PeriodKind.QUARTER: (1, 2, 4), PeriodKind.DAY: (1, 7, 14, 28)}
