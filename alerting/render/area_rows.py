"""The areas of a card as the rows of a table; where they are many, by verdict, each with a bar of how far its line is."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby, islice
from math import isfinite

from alerting.render import verdict_marks as marks
from alerting.render.verdict_marks import VerdictMark
from alerting.reports.views import AreaGlance, EventView
from alerting.wording.plain import counted, listed, number

#: Areas in a card's table that are told of, and others beside them; exceptional ones first where there are more.
_MOST_TOLD, _MOST_OTHERS = 40, 12
#: From so many rows on they stand by verdict, one line each.
_MANY = 6
#: Bars are drawn where the shortest is at most this share of the longest; else all would look alike.
_TELLING = 0.9
#: Stands where there is no figure.
NO_FIGURE = "–"
#: How wide the line stands in a bar, in percent of its width.
_TICK = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Part of a bar: how wide, in percent of it, and the name of its colour in the style sheet; empty without one."""

    width: float
    style: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaRow:
    """One area in a card's table."""

    area: str
    value: str
    #: "standard 90%", and "7 points below".
    line: str | None
    apart: str | None
    #: What its figure is to the reader, the worst first where rules differ; none without an exception.
    marks: Sequence[VerdictMark] = ()
    #: Beside the marks, or in their place: "got worse", "normal", "late".
    words: str | None = None
    #: Whether the reader is told of it, and not only shown it.
    told: bool = False
    #: The figure and the number of its line, as they are; None: not known, or not to be measured out.
    number: float | None = None
    held: float | None = None
    #: From nought to the largest figure or line of the table: the figure in colour, its line as a tick.
    bar: Sequence[Stretch] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RowGroup:
    """Rows that are said once what they have in common: verdict, what happened, line."""

    rows: Sequence[AreaRow]
    marks: Sequence[VerdictMark]
    #: "31 areas, lowest band", "5 areas, normal".
    words: str
    #: Whether the heading says the line.
    says_line: bool
    #: Whether the reader is told of some of them and only shown the others.
    is_mixed: bool

    @property
    def names(self) -> str | None:
        """The areas in one line, where nothing more is known of any of them."""
        known = any(row.value != NO_FIGURE or row.apart for row in self.rows)
        return None if known else listed([row.area for row in self.rows])

    @property
    def written(self) -> str:
        """For a text: "? not come, 11 areas"."""
        return ", ".join([*(f"{one.shape} {one.word.lower()}" for one in self.marks), self.words])


def area_rows(events: Sequence[EventView], *, full: bool) -> tuple[list[AreaRow], str | None]:
    """Return the areas told of, then the others that are shown beside them; and how many are left out."""
    by_area: dict[str, list[EventView]] = {}
    for event in events:
        by_area.setdefault(event.area, []).append(event)
    lead = events[0]
    others, states = lead.others.foremost(_MOST_OTHERS, without=by_area) if full else ([], Counter[str]())
    if len(by_area) + len(others) < 2:
        return [], None
    told = [_told(several, lead) for several in islice(by_area.values(), _MOST_TOLD)]
    shown = [*told, *(_other(other) for other in others)]
    states.update(["exception"] * (len(by_area) - len(told)))
    return _with_bars(shown), _states_in_words(states) if states else None


def row_groups(rows: Sequence[AreaRow]) -> list[RowGroup]:
    """Return many rows by what neighbours have in common; nothing where they are few or hardly two are alike."""
    groups = [_group(list(several)) for _, several in groupby(rows, key=_in_common)]
    return groups if len(rows) >= _MANY and len(groups) * 3 <= len(rows) else []


def _group(rows: list[AreaRow]) -> RowGroup:
    first, lines = rows[0], {row.line for row in rows}
    line = first.line if len(lines) == 1 else None
    words = ", ".join(filter(None, (counted(len(rows), "area"), line, first.words)))
    return RowGroup(
        rows=rows,
        marks=first.marks,
        words=words,
        says_line=line is not None,
        is_mixed=len({row.told for row in rows}) > 1,
    )


def _in_common(row: AreaRow) -> tuple[object, ...]:
    return tuple(one.style for one in row.marks), row.words


def _told(events: Sequence[EventView], lead: EventView) -> AreaRow:
    """Return the row of one area: all that is told of it."""
    first, glance = events[0], lead.others.named(events[0].area) or events[0].own
    by_all = glance.meanings if glance is not None else first.by_all_rules
    shown = {marks.mark(event).style: marks.bare(marks.mark(event)) for event in events}
    for meaning in () if first.is_over else by_all:
        shown.setdefault(marks.verdict_mark(meaning).style, marks.verdict_mark(meaning))
    words = marks.kind_words(first) if first.kind is not lead.kind or first.turned != lead.turned else None
    compared, ending = first.compared, first.ending
    value = ending.new_value if ending is not None else compared.figure if compared is not None else None
    row = AreaRow(
        area=first.area,
        value=value or NO_FIGURE,
        line=None if compared is None else compared.line,
        apart=None if compared is None else compared.apart,
        marks=list(shown.values()),
        words=words,
        told=True,
    )
    # A glance is of another rule where that one finds it worse: its figure is the same, its line may not be.
    figure = None if glance is None else glance.figure()
    same = figure is not None and figure.value == row.value and figure.line == row.line
    return replace(row, number=figure.number, held=figure.held) if figure is not None and same else row


def _other(other: AreaGlance) -> AreaRow:
    shown, figure = [marks.verdict_mark(meaning) for meaning in other.meanings], other.figure()
    return AreaRow(
        area=other.area,
        value=figure.value,
        line=figure.line,
        apart=figure.apart,
        marks=shown,
        words=None if shown else other.state,
        number=figure.number,
        held=figure.held,
    )


def _with_bars(rows: list[AreaRow]) -> list[AreaRow]:
    """Give many rows their bars, where all can be drawn from nought on one scale and do not look alike."""
    numbers = [row.number for row in rows if row.number is not None and isfinite(row.number)]
    lines = [row.held for row in rows if row.held is not None and isfinite(row.held)]
    if len(numbers) < _MANY or min([*numbers, *lines]) < 0 or not max(numbers) * _TELLING >= min(numbers):
        return rows
    longest = max([*numbers, *lines])
    return [replace(row, bar=_bar(row, longest)) for row in rows] if longest > 0 else rows


def _bar(row: AreaRow, longest: float) -> list[Stretch]:
    if row.number is None or not isfinite(row.number):
        return []
    room = 100 - _TICK
    figure, style = row.number / longest * room, row.marks[0].style if row.marks else "plain-bar"
    if row.held is None or not isfinite(row.held):
        parts = [(figure, style), (100 - figure, "")]
    else:
        line = row.held / longest * room
        short, over = min(figure, line), max(figure, line)
        between = style if figure > line else "usual"
        parts = [(short, style), *([(over - short, between)] if figure <= line else []), (_TICK, "tick")]
        parts += [(over - short, between)] if figure > line else []
        parts.append((room - over, ""))
    return [Stretch(width=round(width, 1), style=style) for width, style in parts if round(width, 1) > 0]


def _states_in_words(states: Counter[str]) -> str:
    left = f"and {number(states.total())} more"
    if len(states) == 1:
        return f"{left}, {'all ' if states.total() > 1 else ''}{next(iter(states))}"
    return f"{left}: " + ", ".join(f"{number(count)} {word}" for word, count in states.items())


def area_line(row: AreaRow, line: str | None) -> str:
    """Write an area's row for a text: "West Mercia: 13.1%, 1.9 points below, ! concern, got worse".

    Args:
        line: what all rows are held against, which the heading says.
    """
    against = [words for words in (row.apart, row.line if line is None else None) if words]
    verdict = [f"{one.shape} {one.word.lower()}" for one in row.marks]
    return ", ".join([f"{row.area}: {row.value}", *against, *verdict, *([row.words] if row.words else [])])
