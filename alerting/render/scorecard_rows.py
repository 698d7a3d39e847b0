"""The rows of a scorecard: what stands in each column, how high it is on paper, and which areas have a column of their own."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from alerting.domain.finding import Meaning
from alerting.domain.notify.notice import AnyPicture
from alerting.domain.severity import Severity
from alerting.render.paper import lines_of
from alerting.render.verdict_marks import EXPECTED, NOT_KNOWN, VerdictMark, verdict_mark
from alerting.reports.scorecard import ScorecardView, ScoreFigure, ScoreLine
from alerting.reports.watched import FigureState
from alerting.wording.plain import capitalised, counted, listed, number

#: Of a sheet on its side, without its margins; and what columns take of it, in millimetres.
WIDTH_MM = 279.0
_MEASURE, _NEWEST, _PERIOD, _LAST_YEAR, _CHANGE, _CHART, _VERDICT, _AREA = 56.0, 22.0, 18.0, 21.0, 28.0, 20.0, 42.0, 6.0
_PADDING, _SIGN = 2.6, 5.0
_LINE, _ROW = 3.5, 1.1
#: So many areas have columns of their own; of more, and of others, a second line tells.
_MOST_COLUMNS = 8
#: Of so many areas each has a cell in that line.
_MOST_CELLS = 40
_MEANINGS = {
    FigureState.CONCERN: Meaning.CONCERN, FigureState.CHANGE: Meaning.CHANGE, FigureState.IMPROVEMENT: Meaning.IMPROVEMENT,
}  # fmt: skip
#: What several figures of a state are, behind their number.
STATES = {
    FigureState.CONCERN: ("concern", "concerns"), FigureState.CHANGE: ("change", "changes"),
    FigureState.IMPROVEMENT: ("improvement", "improvements"), FigureState.EXPECTED: ("as expected", "as expected"),
    FigureState.NOT_KNOWN: ("not known", "not known"),
}  # fmt: skip


def mark_of(state: FigureState, severity: Severity | None = None) -> VerdictMark:
    """Return the mark of a figure's state, as mails have it."""
    if state.is_exceptional:
        return verdict_mark(_MEANINGS[state], severity)
    return EXPECTED if state is FigureState.EXPECTED else NOT_KNOWN


def counts_in_words(states: Iterable[FigureState]) -> list[str]:
    """Write how many there are of each state, the worst first: "4 concerns", "2 not known"."""
    counts = Counter(states)
    return [counted(counts[state], *STATES[state]) for state in sorted(counts)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """An area's column: two letters or so, and whose they are."""

    head: str
    area: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreCell:
    """An area's verdict."""

    mark: VerdictMark
    area: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One measure as it stands on the sheet."""

    line: ScoreLine
    name: str
    value: str
    period: str
    last_year: str
    change: str
    held_against: str
    mark: VerdictMark
    besides: Sequence[VerdictMark]
    #: Why it is not known, how many of its areas are exceptional, how old it is.
    note: str
    #: One for each column, None where the measure is not broken down by that area.
    cells: Sequence[ScoreCell | None]
    #: Areas without a column: a cell each where they are not too many, and which of them are exceptional.
    strip: Sequence[ScoreCell]
    areas: str
    #: On paper, in millimetres.
    height: float
    picture: AnyPicture | None = None

    def pictured(self) -> "Row":
        """Return it with its small chart."""
        chart = self.line.chart()
        return self if chart is None else replace(self, picture=chart.draw())


def columns_of(view: ScorecardView) -> tuple[Column, ...]:
    """Return the areas that have columns: those of the most measures, where they are not too many."""
    sets = Counter(
        tuple(figure.area for figure in line.areas)
        for theme in view.themes
        for line in theme.lines
        if len({figure.area for figure in line.areas}) == len(line.areas) and 0 < len(line.areas) <= _MOST_COLUMNS
    )
    if not sets:
        return ()
    areas = max(sets, key=lambda names: (sets[names] * len(names), len(names)))
    return tuple(Column(head=head, area=area) for head, area in zip(_heads(areas), areas, strict=True))


def _heads(areas: Sequence[str]) -> list[str]:
    """Return two letters for each area, so many that they differ; their numbers where none would do."""
    for letters in (2, 3):
        heads = [_initials(area, letters) for area in areas]
        if len(set(heads)) == len(heads):
            return heads
    return [str(n + 1) for n in range(len(areas))]


def _initials(area: str, letters: int) -> str:
    words = [word for word in area.split() if word[:1].isalnum()]
    return "".join(word[0] for word in words)[:letters] if len(words) > 1 and letters == len("NW") else area[:letters]


def rows_of(lines: Iterable[ScoreLine], columns: Sequence[Column]) -> list[Row]:
    """Return measures as rows, without their charts."""
    return [_row(line, columns) for line in lines]


def _row(line: ScoreLine, columns: Sequence[Column]) -> Row:
    lead, fits = line.lead, {figure.area for figure in line.areas} <= {column.area for column in columns}
    name = capitalised(line.measure)
    name = name if lead.area_unsaid else f"{name}, {lead.area}"
    by_area = {figure.area: figure for figure in line.areas}
    value = f"{lead.value} (p)" if line.provisional and lead.value else lead.value
    held, note = "; ".join(line.held_against), _note(line)
    strip = [] if fits or len(line.areas) > _MOST_CELLS else [_cell_of(figure) for figure in line.areas]
    row = Row(
        line=line,
        name=name,
        value=value,
        period=lead.period,
        last_year=line.last_year or "",
        change=line.change or "",
        held_against=held,
        mark=mark_of(lead.state, lead.severity),
        besides=[mark_of(state) for state in lead.besides],
        note=note,
        cells=[_cell_of(by_area[column.area]) if fits and column.area in by_area else None for column in columns],
        strip=strip,
        areas="" if fits else areas_in_words(line.areas),
        height=0.0,
    )
    return replace(row, height=_height(row, columns))


def _cell_of(figure: ScoreFigure) -> ScoreCell:
    return ScoreCell(mark=mark_of(figure.state, figure.severity), area=figure.area)


def _note(line: ScoreLine) -> str:
    exceptional = sum(figure.state.is_exceptional for figure in line.areas)
    several = exceptional and len(line.areas) > 1
    areas = f"{number(exceptional)} of {number(len(line.areas))} areas" if several else None
    return ", ".join(part for part in (line.lead.why, areas, line.age) if part)


def areas_in_words(areas: Sequence[ScoreFigure], most: int = 8) -> str:
    """Name the areas that are exceptional, the worst first, and count the others."""
    parts = []
    for state in (state for state in FigureState if state.is_exceptional):
        those = sorted((one for one in areas if one.state is state), key=lambda one: one.weight)
        names = [f"{one.area} {one.value}".strip() for one in those]
        more = [f"{number(len(names) - most)} more"] if len(names) > most else []
        if names:
            parts.append(f"{mark_of(state).shape} {listed([*names[:most], *more])}")
    rest = counts_in_words(one.state for one in areas if not one.state.is_exceptional)
    return "; ".join([*parts, *rest])


def held_width(columns: Sequence[Column]) -> float:
    """Return what is left for what figures are held against, in millimetres."""
    others = _MEASURE + _NEWEST + _PERIOD + _LAST_YEAR + _CHANGE + _CHART + _VERDICT
    return WIDTH_MM - others - _AREA * len(columns)


def widths(columns: Sequence[Column]) -> list[float]:
    """Return the columns' widths in percent of the sheet's."""
    first = (_MEASURE, _NEWEST, _PERIOD, _LAST_YEAR, _CHANGE, held_width(columns), _CHART, _VERDICT)
    return [round(100 * width / WIDTH_MM, 2) for width in (*first, *(_AREA for _ in columns))]


def _height(row: Row, columns: Sequence[Column]) -> float:
    badge = f" {row.mark.badge}" if row.mark.badge else ""
    verdict = f"{row.mark.word}{badge} {row.note}"
    texts = (
        (row.name, _MEASURE),
        (row.value, _NEWEST),
        (row.period, _PERIOD),
        (row.last_year, _LAST_YEAR),
        (row.change, _CHANGE),
        (row.held_against, held_width(columns)),
        (verdict, _VERDICT - _SIGN * (1 + len(row.besides))),
    )
    lines = max(lines_of(text, width - _PADDING) for text, width in texts)
    strip = 0.0
    if row.areas:
        room = WIDTH_MM - 3 * _PADDING - _SIGN * len(row.strip)
        strip = _ROW + _LINE * (
            lines_of(row.areas, room) if room > WIDTH_MM / 3 else 1 + lines_of(row.areas, WIDTH_MM - _PADDING)
        )
    return _ROW + _LINE * lines + strip
