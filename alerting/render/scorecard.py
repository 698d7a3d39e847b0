"""A board's scorecard: two sheets of paper on their side, from one page that is read on a screen too. What does not fit is said."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from alerting.domain.notify.notice import AnyPicture, Message
from alerting.render.digest_head import Segment, bar_of, subject_of, summary_of
from alerting.render.environment import page_of, text_of
from alerting.render.judged_words import checked_sentence
from alerting.render.paper import first_that_fit, lines_of
from alerting.render.scorecard_rows import (
    STATES,
    WIDTH_MM,
    Column,
    Row,
    areas_in_words,
    columns_of,
    mark_of,
    rows_of,
    widths,
)
from alerting.render.verdict_marks import mark
from alerting.reports.digest_views import HoldNote, SilencedNote
from alerting.reports.scorecard import ScorecardView, ScoreLine
from alerting.reports.watched import FigureState
from alerting.wording.plain import capitalised, counted, number, sentence

#: A sheet's height without its margins, and what is kept free of it, so that no printer's rounding makes a third.
_SHEET_MM, _SPARE_MM = 192.0, 5.0
#: Title and bar of the first sheet, title of the second, heads of columns, a theme's line, a line of text, a paragraph's gap.
_FIRST_HEAD_MM, _HEAD_MM, _COLUMNS_MM, _THEME_MM, _LINE_MM, _GAP_MM = 17.0, 7.0, 8.5, 5.6, 3.5, 0.6
#: Of the second sheet so much is for what stands below the measures.
_NOTES_MM = 44.0
#: No note takes more lines than so many, nor names more areas of a measure or measures of a group.
_MOST_LINES, _MOST_NAMES, _MOST_LEFT = 6, 8, 30
#: How wide the bar is, in heights of its letters.
_BAR = 98.0
_NO_END = "further notice"
#: A title and what stands behind it.
Items: TypeAlias = tuple[str, list[str]]
_LEGEND = (
    "Filled mark: to be answered; outlined: for information. Newest: (p) is provisional. Change: on last year, unless named."
    " 12 periods: grey is the usual range, dashes the target; lines join neighbouring periods only. Counted are figures: a"
    " measure in an area."
)


@dataclass(frozen=True, slots=True)
class SheetPart:
    """A theme's rows on one sheet; `goes_on` where it began on the sheet before."""

    title: str
    rows: Sequence[Row]
    goes_on: bool


@dataclass(frozen=True, slots=True)
class Note:
    """A paragraph below the measures."""

    title: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScorecardLayout:
    """A scorecard as templates lay it out."""

    title: str
    head: str
    bar: Sequence[Segment]
    columns: Sequence[Column]
    widths: Sequence[float]
    sheets: Sequence[Sequence[SheetPart]]
    notes: Sequence[Note]
    legend: str


def render_scorecard(view: ScorecardView, about_pdf: str | None = None) -> Message:
    """Render a scorecard for one reader.

    Args:
        about_pdf: what is to be said of its PDF, where it is read on a screen.
    """
    columns = columns_of(view)
    sheets, left = _fitted(view, columns)
    pictured = [
        [SheetPart(part.title, [row.pictured() for row in part.rows], part.goes_on) for part in sheet]
        for sheet in sheets
    ]
    digest, legend = view.digest, _legend(columns)
    room = _SHEET_MM - _SPARE_MM - _height(sheets[1]) - _foot_mm(legend)
    layout = ScorecardLayout(
        title=view.title,
        head=_head(view),
        bar=bar_of(digest.counts, room=_BAR),
        columns=columns,
        widths=widths(columns),
        sheets=pictured,
        notes=_on_paper(list(_notes(view, left, _MOST_NAMES)), room),
        legend=legend,
    )
    subject = f"{subject_of(digest)} (scorecard)"
    return Message(
        subject=subject,
        html=page_of("scorecard.html.j2", view=digest, layout=layout, subject=subject, about_pdf=about_pdf),
        text=text_of(
            "scorecard.txt.j2",
            view=digest,
            layout=layout,
            themes=_in_words(view),
            notes=list(_notes(view)),
            about_pdf=about_pdf,
        ),
        headers=digest.headers,
        pictures=_pictures(pictured),
    )


def _pictures(sheets: Sequence[Sequence[SheetPart]]) -> tuple[AnyPicture, ...]:
    rows = (row for sheet in sheets for part in sheet for row in part.rows)
    return tuple({row.picture.id: row.picture for row in rows if row.picture is not None}.values())


def _head(view: ScorecardView) -> str:
    lines = sum(len(theme.lines) for theme in view.themes)
    meeting = f"For the meeting of {view.meeting}. " if view.meeting else ""
    newer = f" {view.digest.newer}" if view.digest.newer else ""
    return f"{meeting}{counted(lines, 'measure')} as known on {view.digest.as_of}. {summary_of(view.digest)}{newer}"


def _legend(columns: Sequence[Column]) -> str:
    named = ", ".join(f"{column.head} {column.area}" for column in columns)
    return f"{_LEGEND} Areas: {named}." if named else _LEGEND


def _foot_mm(legend: str) -> float:
    return _HEAD_MM + _COLUMNS_MM + _LINE_MM * (lines_of(legend, WIDTH_MM) + 1) + 2 * _GAP_MM


def _fitted(view: ScorecardView, columns: Sequence[Column]) -> tuple[list[list[SheetPart]], list[ScoreLine]]:
    """Put as many measures as fit on two sheets, the worst of all themes; return the others, the worst first."""
    rows = [(theme.title, row) for theme in view.themes for row in rows_of(theme.lines, columns)]
    ranked = sorted(rows, key=lambda pair: (pair[1].line.weight, pair[1].line.title))
    head = _FIRST_HEAD_MM + _COLUMNS_MM + _LINE_MM * lines_of(_head(view), WIDTH_MM)
    rooms = (_SHEET_MM - _SPARE_MM - head, _SHEET_MM - _SPARE_MM - _foot_mm(_legend(columns)) - _NOTES_MM)
    count = len(ranked)
    while True:
        kept = {id(row) for _, row in ranked[:count]}
        sheets = _split([pair for pair in rows if id(pair[1]) in kept], rooms)
        if sheets is not None:
            return sheets, [row.line for _, row in ranked[count:]]
        count -= 1


def _split(rows: Sequence[tuple[str, Row]], rooms: tuple[float, float]) -> list[list[SheetPart]] | None:
    """Put rows on sheets in their order; None where they do not fit."""
    sheets: list[list[tuple[str, list[Row]]]] = [[], []]
    place, used = 0, 0.0
    for theme, row in rows:
        new = not sheets[place] or sheets[place][-1][0] != theme
        size = row.height + (_THEME_MM if new else 0.0)
        if used + size > rooms[place]:
            if place:
                return None
            place, used, new, size = 1, 0.0, True, row.height + _THEME_MM
            if size > rooms[place]:
                return None
        if new:
            sheets[place].append((theme, []))
        sheets[place][-1][1].append(row)
        used += size
    first = [theme for theme, _ in sheets[0]]
    return [
        [SheetPart(theme, those, bool(n) and theme in first) for theme, those in sheet]
        for n, sheet in enumerate(sheets)
    ]


def _height(sheet: Sequence[SheetPart]) -> float:
    return sum(_THEME_MM + sum(row.height for row in part.rows) for part in sheet)


def _notes(view: ScorecardView, left: Sequence[ScoreLine] = (), names: int = sys.maxsize) -> Iterator[Items]:
    """Yield what stands below the measures, the most needed first: a title, and items.

    Args:
        left: measures for which there is no room.
        names: how many areas of a measure, or measures of a group, are named.
    """
    digest = view.digest
    for trouble in digest.troubles:
        failed = ": could not be read" if trouble.failed else ""
        yield f"{trouble.source}{failed}", [*trouble.lines, *([trouble.effect] if trouble.effect else [])]
    entries = [one for topic in digest.topics for one in topic.entries]
    standing = [one for one in entries if not one.is_over]
    broken_down = [line for theme in view.themes for line in theme.lines if line.areas]
    said = [comment for one in standing for comment in one.comments]
    said += [comment for one in digest.comments for comment in one.comments]
    rest: tuple[Items, ...] = (
        (f"{counted(len(left), 'measure')} of lesser weight for which there is no room", _left(left)),
        ("No longer exceptional", [f"{mark(one).word}: {one.headline}" for one in entries if one.is_over]),
        ("By area", [f"{_name(line)}: {areas_in_words(line.areas, 4 * names)}" for line in broken_down]),
        (
            f"Not known ({number(digest.counts.not_known)})",
            [f"{number(one.count)} {one.words} ({_named(one.names, names)})" for one in digest.unknown],
        ),
        ("Held", [_until(one) for one in digest.holds]),
        ("Silenced", [_until(one) for one in digest.silenced]),
        ("Bear in mind", list(dict.fromkeys(note for one in standing for note in one.notes))),
        ("Said", list(dict.fromkeys(said))),
        ("Coming", [f"{one.day}: {' '.join(one.lines)}" for one in digest.coming]),
        ("Checked", [checked_sentence(digest.checked)]),
    )
    yield from (one for one in rest if one[1])


def _until(note: HoldNote | SilencedNote) -> str:
    return f"{capitalised(note.title)}, until {note.until or _NO_END}: {note.reason}"


def _left(lines: Sequence[ScoreLine]) -> list[str]:
    """Write which measures have no room, by their worst figure: "3 as expected: Hate crime 572, Incidents 82,585"."""
    return [
        _left_of(state, those) for state in FigureState if (those := [one for one in lines if _worst(one) is state])
    ]


def _name(line: ScoreLine) -> str:
    return capitalised(line.measure)


def _named(names: Sequence[str], most: int) -> str:
    return ", ".join([*names[:most], *([f"{number(len(names) - most)} more"] if len(names) > most else [])])


def _worst(line: ScoreLine) -> FigureState:
    return min(figure.state for figure in line.figures)


def _left_of(state: FigureState, lines: Sequence[ScoreLine]) -> str:
    names = [f"{_name(line)} {line.lead.value}".strip() for line in lines]
    return f"{counted(len(lines), *STATES[state])}: {_named(names, _MOST_LEFT)}"


def _on_paper(notes: Sequence[tuple[str, list[str]]], room_mm: float) -> list[Note]:
    """Write notes so that they fit: each has a line at least, the first ones as many as they need."""
    lines, found = int((room_mm - _GAP_MM * len(notes)) / _LINE_MM), list[Note]()
    for n, (title, items) in enumerate(notes):
        most = max(lines - (len(notes) - n - 1), 1)
        words = sentence(first_that_fit(f"{title}:", items, WIDTH_MM, min(most, _MOST_LINES)))
        lines -= lines_of(f"{title}: {words}", WIDTH_MM)
        found.append(Note(title, words))
    return found


def _in_words(view: ScorecardView) -> list[tuple[str, list[str]]]:
    """Write every measure in a line for the text, by theme."""
    return [(theme.title, [_line_in_words(line) for line in theme.lines]) for theme in view.themes]


def _line_in_words(line: ScoreLine) -> str:
    lead = line.lead
    sign = mark_of(lead.state, lead.severity)
    place = "" if lead.area_unsaid else f", {lead.area}"
    figure = f"{lead.value or 'no figure'}{' (provisional)' if line.provisional else ''} {lead.period}"
    last_year = f"last year {line.last_year}" if line.last_year else None
    change = f"change {line.change}" if line.change else None
    held = ", ".join(line.held_against)
    besides = [f"also {mark_of(state).written}" for state in lead.besides]
    parts = [part for part in (figure, last_year, change, held, lead.why, line.age, *besides) if part]
    areas = f" Areas: {areas_in_words(line.areas, len(line.areas))}." if line.areas else ""
    return f"{sign.written}: {line.title}{place}: {'; '.join(parts)}.{areas}"
