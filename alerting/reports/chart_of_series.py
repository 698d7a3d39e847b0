"""From an evaluation to charts: values from the panel, lines from the rule's own condition judged over its history."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from alerting.charts.chart import Chart, ChartBand, Line, LineKind, Mark, Point, drawable, known
from alerting.conditions.judged import judged
from alerting.domain.alert import SeriesKey
from alerting.domain.block import Block
from alerting.domain.condition import Condition, Judgement
from alerting.domain.finding import Meaning, Reason, State
from alerting.domain.limit_lines import PROPOSED
from alerting.domain.panel import Panel
from alerting.domain.period import Period, PeriodKind
from alerting.evaluation.block_verdicts import make_block
from alerting.evaluation.engine import Evaluation
from alerting.evaluation.groups import Group, Member, PanelNumbers
from alerting.evaluation.meaning import readings_of
from alerting.wording.numbers import NumberStyle

#: Months shown where nothing else is asked for: two financial years before the one that runs.
MONTHS = 36
#: Periods shown for a month: of other kinds as many as give points enough to see a pattern and few enough to tell apart.
_PER_MONTH = {PeriodKind.DAY: 42 / MONTHS, PeriodKind.WEEK: 53 / MONTHS, PeriodKind.MONTH: 1, PeriodKind.QUARTER: 0.5}
_FEWEST_YEARS = 10
#: One figure alone says no more than the sentence beside it.
_FEWEST_VALUES = 2
_EXCEPTION = int(State.EXCEPTION)


@dataclass(frozen=True, slots=True, eq=False)
class _Series:
    """One column of one group with what its rule says."""

    member: Member
    panel: Panel
    column: int
    #: Row of the panel that row 0 of the judgements is.
    start: int
    #: What the rule says; None for rules that the clock judges, and where none of the rows lies within its days.
    verdict: Judgement | None
    #: The plain condition that decided the judged period, with its own judgement.
    part: Condition
    judgement: Judgement | None


class ChartMaker:
    """Makes charts of one evaluation's series; the same calls judge them as judged the findings."""

    def __init__(self, evaluation: Evaluation) -> None:
        self.evaluation = evaluation
        self._groups: dict[tuple[str, str], list[tuple[Group, int]]] | None = None

    def chart(self, key: SeriesKey, period: Period, *, months: int = MONTHS) -> Chart | None:
        """Return the chart of a series up to *period*; None where there is too little to draw."""
        series = self._judged(key, period, shown(period.kind, months))
        if series is None:
            return None
        last = series.panel.row(period)
        first = _first_row(series, last, shown(period.kind, months))
        values = series.panel.shown[first : last + 1, series.column]
        if np.isfinite(values).sum() < _FEWEST_VALUES:
            return None
        rules, measure = self.evaluation.rules, series.member.measure
        return Chart(
            title=drawable(measure.title),
            area=drawable(rules.areas[key.area].title),
            style=NumberStyle.of(measure),
            points=tuple(_points(series, first, last)),
            lines=tuple(_lines(series, first, last)),
            bands=tuple(_bands(series.part)),
        )

    def _judged(self, key: SeriesKey, period: Period, wanted: int) -> _Series | None:
        """Judge a series over the rows that are shown and lie within its rule's days."""
        found = self._place(key)
        if found is None:
            return None
        group, member, column, place = found
        rows, own = self.evaluation.rows[group.kind].seen_by(group), np.array([place])
        panel = rows.panel
        if group.kind is not period.kind or not 0 <= panel.row(period) < panel.n_periods:
            return None
        condition = member.condition
        parts = [part.condition for part in condition.plain_parts()]
        last = panel.row(period)
        start, stop = max(group.clamp[0], last - wanted + 1), min(group.clamp[1], last) + 1
        if group.is_freshness or start >= stop:
            return _Series(member, panel, column, start, None, parts[0], None)
        block = make_block(group, rows, own, (start, stop), self.evaluation.as_of)
        numbers = rows.numbers.of(group, start, stop, own)
        with np.errstate(all="ignore"):  # as where findings are judged: figures near the largest numbers overflow
            verdict = judged(group.condition, block, numbers)
            part = parts[_decided(verdict, last - start)]
            judgement = verdict if part is condition else self._judge_part(part, member, column, block)
        return _Series(member, panel, column, start, verdict, part, judgement)

    def _judge_part(self, part: Condition, member: Member, column: int, block: Block) -> Judgement:
        """Judge one plain condition of a composition by itself, for lines that do not change from part to part."""
        span = (block.start, block.stop - 1)
        own = Group(block.panel.kind, span, [Member(member.rule, member.measure, part, np.array([column]))])
        numbers = PanelNumbers(block.panel).of(own, block.start, block.stop, slice(0, 1))
        return judged(part, block, numbers)

    def _place(self, key: SeriesKey) -> tuple[Group, Member, int, int] | None:
        """Return where a series stands: its group, the rule on the measure, the panel's column, the group's place."""
        if self._groups is None:
            self._groups = self._indexed()
        for group, number in self._groups.get((key.rule, key.measure), ()):
            member, column = group.members[number], self.evaluation.panels[group.kind].column(key.measure, key.area)
            if column is not None and (place := member.place(column)) is not None:
                return group, member, column, int(group.ends[number]) - member.size + place
        return None

    def _indexed(self) -> dict[tuple[str, str], list[tuple[Group, int]]]:
        rules, found = self.evaluation.rules.rules, dict[tuple[str, str], list[tuple[Group, int]]]()
        for group in {id(verdicts.group): verdicts.group for verdicts in self.evaluation.verdicts}.values():
            for number, member in enumerate(group.members):
                found.setdefault((rules[member.rule].id, member.measure.id), []).append((group, number))
        return found


def _first_row(series: _Series, last: int, wanted: int) -> int:
    """Return the first row shown: so many back, later where the series begins later."""
    first = max(0, last - wanted + 1)
    values = np.flatnonzero(np.isfinite(series.panel.shown[first : last + 1, series.column]))
    return first + int(values[0]) if len(values) else first


def shown(kind: PeriodKind, months: int) -> int:
    """Return how many periods of a kind a chart of so many months shows."""
    if kind is PeriodKind.YEAR:
        return max(_FEWEST_YEARS, months // 12)
    return round(_PER_MONTH[kind] * months)


def _decided(verdict: Judgement, row: int) -> int:
    """Return which part of a composition decided a judged row; the first where the row lies outside the rule's span."""
    decided = verdict.decided_by
    return 0 if decided is None or not 0 <= row < decided.shape[0] else int(decided[row, 0])


def _points(series: _Series, first: int, last: int) -> Iterator[Point]:
    panel, column = series.panel, series.column
    marks, meanings = _marks(series, first, last)
    for row in range(first, last + 1):
        value = float(panel.shown[row, column])
        segments = panel.segments
        yield Point(
            period=panel.period(row),
            value=known(value),
            mark=marks[row - first],
            meaning=meanings[row - first],
            provisional=panel.provisional is not None and bool(panel.provisional[row, column]),
            judged=bool(panel.values[row, column] == value),
            after_break=segments is not None
            and row > first
            and bool(segments[row, column] != segments[row - 1, column]),
            withheld=panel.reasons is not None and int(panel.reasons[row, column]) == Reason.SUPPRESSED.code,
        )


def _marks(series: _Series, first: int, last: int) -> tuple[list[Mark | None], list[Meaning | None]]:
    """Return the mark and meaning of rows first … last: exceptional ones, and the values in a row that made them so."""
    size = last - first + 1
    marks: list[Mark | None] = [None] * size
    meanings: list[Meaning | None] = [None] * size
    if series.verdict is None:
        return marks, meanings
    known_ = np.isfinite(series.panel.values[:, series.column])
    state = series.verdict.state[:, 0]
    side = np.broadcast_to(np.int8(series.verdict.side), series.verdict.state.shape)[:, 0]
    readings = readings_of(series.member.condition, series.member.measure)
    exceptional = [row + series.start for row in np.flatnonzero(state == _EXCEPTION).tolist()]
    exceptional = [row for row in exceptional if first <= row <= last and known_[row]]
    for row in exceptional:
        for before in range(max(first, row - series.part.in_a_row + 1), row):
            marks[before - first] = Mark.RUN if known_[before] else None
    for row in exceptional:
        marks[row - first] = _mark(series, row)
        reading = readings[_decided(series.verdict, row - series.start)]
        meanings[row - first] = reading.meaning(State.EXCEPTION, int(side[row - series.start]))
    return marks, meanings


def _mark(series: _Series, row: int) -> Mark:
    """Return the mark of an exceptional row: a move of the average may be made, or proposed."""
    if not series.part.finds_moves:
        return Mark.EXCEPTION
    proposed = series.judgement is not None and _plane(series, PROPOSED[-1], row, row)[0] is not None
    return Mark.PROPOSED if proposed else Mark.MOVED


def _lines(series: _Series, first: int, last: int) -> Iterator[Line]:
    """Yield the lines that the deciding condition held the values against."""
    if series.judgement is None:
        return
    for name, kind, called in _named(series):
        values = _plane(series, name, first, last)
        if any(value is not None for value in values):
            yield Line(kind=kind, called=drawable(called), values=values, stepped=not series.part.is_sloped)
    yield from _proposed(series, first, last)


def _proposed(series: _Series, first: int, last: int) -> Iterator[Line]:
    """Yield the lines that a move proposed in the judged period would bring, over the figures that they are made from."""
    centre, lower, upper, periods = (_plane(series, name, last, last)[0] for name in PROPOSED)
    if periods is None:
        return
    begin = max(0, last - first + 1 - int(periods))
    planes = (
        (upper, LineKind.LIMIT, "Proposed upper limit"),
        (centre, LineKind.CENTRE, "Proposed average"),
        (lower, LineKind.LIMIT, "Proposed lower limit"),
    )
    for level, kind, called in planes:
        if level is not None:
            values = (*[None] * begin, *[level] * (last - first + 1 - begin))
            yield Line(kind=kind, called=called, values=values)


def _named(series: _Series) -> tuple[tuple[str, LineKind, str], ...]:
    """Return the planes that may be lines, each with its kind and name, from top to bottom as people read them."""
    own, usual = series.part.line_names, "Average" if _has_centre(series) else "Centre"
    planes = (
        ("upper", LineKind.LIMIT, "Upper limit"),
        ("centre", LineKind.CENTRE, usual),
        ("lower", LineKind.LIMIT, "Lower limit"),
        ("target", LineKind.TARGET, series.member.measure.called),
        ("plan", LineKind.PLAN, "plan"),
    )
    return tuple((plane, kind, _begun(own.get(plane, called))) for plane, kind, called in planes)


def _has_centre(series: _Series) -> bool:
    """Whether the centre is an average: between limits that are given without one it is the middle."""
    method = series.part.method
    return method is None or method.has_centre(series.panel.planes.keys())


def _begun(words: str) -> str:
    return words[:1].upper() + words[1:]


def _plane(series: _Series, name: str, first: int, last: int) -> tuple[float | None, ...]:
    """Return a plane's numbers at rows first … last, None where the rule does not hold or there is no number."""
    assert series.judgement is not None and series.verdict is not None
    plane = series.judgement.planes.get(name)
    if plane is None:
        return (None,) * (last - first + 1)
    numbers = np.broadcast_to(plane, series.verdict.state.shape)[:, 0].tolist()
    places = (row - series.start for row in range(first, last + 1))
    return tuple(known(numbers[place]) if 0 <= place < len(numbers) else None for place in places)


def _bands(part: Condition) -> Iterator[ChartBand]:
    bands = part.chart_bands
    ranks = np.linspace(0, 1, len(bands)).tolist() if len(bands) > 1 else [1.0] * len(bands)
    for rank, band in zip(ranks, bands, strict=True):
        yield ChartBand(called=drawable(band.name), low=band.at_least, high=band.below, rank=rank)
