"""The example's figures, from a seed: the same bytes on every machine.

Only sums, products and square roots of IEEE doubles are used, which are the same everywhere, and `random.Random.random`, whose
numbers Python promises not to change. Each series has a stream of its own, so that a new measure moves no other.
"""

import math
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from types import MappingProxyType

from alerting.scaffold.places import SIZES
from alerting.scaffold.planted import PLANTED, Planted, PlantedKind
from alerting.scaffold.series import SERIES, TOTALS, Every, Series

SEED = "Wendmoor 1"
FIRST_DAY, LAST_DAY = date(2023, 4, 1), date(2026, 4, 14)

#: The morning on which all that has come has just come.
AS_OF = date(2026, 4, 15)

COLUMNS = ("measure", "area", "period", "value", "numerator", "denominator", "plan", "published")

#: The files that the rules name as sources, and the periods that stand in each.
FILES: Mapping[str, Every] = MappingProxyType({"days": "day", "weeks": "week", "months": "month"})

#: Days from a period's end until its figures come.
_COMES_AFTER = {"day": 1, "week": 2, "month": 8}


@dataclass(frozen=True, slots=True)
class WrittenPeriod:
    """A period: as the source writes it, its first and last day, its place among those of its length."""

    text: str
    first: date
    last: date
    place: int


@dataclass(frozen=True, slots=True)
class Figure:
    """What one row says beside measure, area and period; cells as they are printed, "" for none."""

    value: str
    numerator: str = ""
    denominator: str = ""
    plan: str = ""


@cache
def spans(every: Every) -> tuple[WrittenPeriod, ...]:
    """Return the complete periods of the three years, oldest first; periods that end later are left out."""
    return tuple(WrittenPeriod(text, first, last, place) for place, (text, first, last) in enumerate(_SPANS[every]()))


def rows(every: Every) -> Iterator[tuple[str, ...]]:
    """Yield the rows of one source, measure after measure, area after area, in the order of `COLUMNS`."""
    periods = spans(every)
    parts = {part: total for total, each in TOTALS.items() for part in each}
    totals: dict[tuple[str, str, WrittenPeriod], int] = {}
    for series in SERIES:
        if series.every != every:
            continue
        for area, span, figure, published in _figures(series, periods):
            yield (series.measure, area, span.text, *_cells(figure), published.isoformat())
            if series.measure in parts:
                key = (parts[series.measure], area, span)
                totals[key] = totals.get(key, 0) + int(figure.value)
    for (total, area, span), value in totals.items():
        yield (total, area, span.text, *_cells(Figure(str(value))), _comes(span, every).isoformat())


def _figures(series: Series, periods: tuple[WrittenPeriod, ...]) -> Iterator[tuple[str, WrittenPeriod, Figure, date]]:
    for area in series.areas:
        draw = random.Random(f"{SEED} {series.measure} {area}")  # noqa: S311  figures, not secrets
        made = _Made(series, SIZES[area] if series.form != "number" else 1.0)
        for span in periods:
            planted = [each for each in PLANTED if each.reaches(series.measure, area, span.text)]
            yield from _published(series, made, area, span, draw, planted)


def _published(
    series: Series, made: "_Made", area: str, span: WrittenPeriod, draw: random.Random, planted: list[Planted]
) -> Iterator[tuple[str, WrittenPeriod, Figure, date]]:
    """The rows of one period: none where it is missing, two where it is revised."""
    comes = _comes(span, series.every)
    figure = made.figure(span, draw, planted)
    kinds = {each.kind: each for each in planted}
    if PlantedKind.MISSING in kinds:
        return
    if late := kinds.get(PlantedKind.LATE):
        comes += timedelta(days=late.by)
    if revised := kinds.get(PlantedKind.REVISED):
        yield area, span, made.wrong(figure, revised.was), comes
        comes += timedelta(days=revised.by)
    yield area, span, figure, comes


class _Made:
    """The figures of one series, in order: money to date is added up from April on."""

    def __init__(self, series: Series, size: float) -> None:
        self._series, self._size = series, size
        self._sum, self._plan = 0.0, 0.0

    def figure(self, span: WrittenPeriod, draw: random.Random, planted: list[Planted]) -> Figure:
        series = self._series
        years = (span.first - FIRST_DAY).days / 365.25
        level = (series.level + series.grows * years) * series.season[span.first.month - 1]
        level = _moved(series, level, span, planted)
        if series.form == "share":
            return _share(level, round(series.of * self._size), _chance(draw))
        if series.form == "count":
            plan = "" if series.plan is None else str(round(series.plan * self._size))
            return Figure(str(_counted(level * self._size, draw)), plan=plan)
        return self._number(level + series.spread * _chance(draw), span)

    def wrong(self, figure: Figure, was: float) -> Figure:
        """The figure as it came at first: so many points off, or so many times the right one."""
        if self._series.form == "share":
            of = int(figure.denominator)
            return Figure("", str(min(of, round(int(figure.numerator) + of * was / 100))), figure.denominator)
        return Figure(_printed(float(figure.value) * was, self._series.digits), plan=figure.plan)

    def _number(self, value: float, span: WrittenPeriod) -> Figure:
        series = self._series
        plan = series.plan or 0.0
        if series.to_date:
            starts = span.first.month == 4
            self._sum, self._plan = (value, plan) if starts else (self._sum + value, self._plan + plan)
            value, plan = self._sum, self._plan
        return Figure(_printed(value, series.digits), plan="" if series.plan is None else _printed(plan, series.digits))


def _moved(series: Series, level: float, span: WrittenPeriod, planted: list[Planted]) -> float:
    """Move a level by what was put in."""
    for each in planted:
        if each.kind is PlantedKind.TREND:
            steps = span.place - next(one.place for one in spans(series.every) if one.text == each.first) + 1
            level = level + each.by * steps if series.form == "share" else level * (1 + each.by * steps)
        elif each.kind in {PlantedKind.OUTLIER, PlantedKind.SHIFT}:
            level = level + each.by if series.form == "share" else level * each.by
    return level


def _share(percent: float, of: int, chance: float) -> Figure:
    share = min(max(percent / 100, 0.0), 1.0)
    numerator = round(of * share + math.sqrt(of * share * (1 - share)) * chance)
    return Figure("", str(min(max(numerator, 0), of)), str(of))


def _counted(mean: float, draw: random.Random) -> int:
    """A count as chance gives it: with a mean below 1, at most one in a period."""
    if mean < 1:
        return int(draw.random() < mean)
    return max(0, round(mean + math.sqrt(mean) * _chance(draw)))


def _chance(draw: random.Random) -> float:
    """About a standard normal, made of sums alone."""
    total = -6.0
    for _ in range(12):  # not `sum`, which rounds otherwise from Python 3.12 on
        total += draw.random()
    return total


def _cells(figure: Figure) -> tuple[str, str, str, str]:
    return figure.value, figure.numerator, figure.denominator, figure.plan


def _printed(value: float, digits: int) -> str:
    return f"{value:.{digits}f}"


def _comes(span: WrittenPeriod, every: Every) -> date:
    return span.last + timedelta(days=_COMES_AFTER[every])


def _days() -> Iterator[tuple[str, date, date]]:
    for offset in range((LAST_DAY - FIRST_DAY).days + 1):
        day = FIRST_DAY + timedelta(days=offset)
        yield day.isoformat(), day, day


def _weeks() -> Iterator[tuple[str, date, date]]:
    monday = FIRST_DAY + timedelta(days=-FIRST_DAY.weekday() % 7)
    while (sunday := monday + timedelta(days=6)) <= LAST_DAY:
        year, week, _ = monday.isocalendar()
        yield f"{year}-W{week:02}", monday, sunday
        monday += timedelta(days=7)


def _months() -> Iterator[tuple[str, date, date]]:
    first = FIRST_DAY
    while (following := (first + timedelta(days=31)).replace(day=1)) <= LAST_DAY:
        yield f"{first:%Y-%m}", first, following - timedelta(days=1)
        first = following


_SPANS = {"day": _days, "week": _weeks, "month": _months}
