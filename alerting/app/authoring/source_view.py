"""How one source is read: column by column, which series come of it, what is missing, unclaimed and refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import ClassVar

import numpy as np
import polars as pl

from alerting.app.situation.read_sources import failure, place_of, read_figures
from alerting.app.situation.source_secrets import with_secrets
from alerting.domain.coverage import EVERYTHING, Coverage
from alerting.domain.period import KINDS, Period
from alerting.domain.problem import Problem, ProblemSeverity
from alerting.domain.rule import RuleSet, Source
from alerting.domain.source_columns import FILE_NAME, NUMBERS, holds_words, whose_part
from alerting.errors import SourceUnavailable, UsageError
from alerting.figures.cells import number_column
from alerting.figures.observations import Observations, Reading
from alerting.ports import FigureSource, SourceTable

#: Cells of a column that are shown, and characters of each.
_SHOWN, _LONGEST = 3, 40


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnView:
    """One column: its number in the file, its heading, what it is read as, and what stands in it."""

    column: int | None
    heading: str
    #: Our name; None where nothing reads it.
    read_as: str | None
    holds: str
    filled: int
    empty: int
    #: Cells in a column of numbers that are none, nor a mark for a figure that is missing or withheld.
    refused: int
    first: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesView:
    """One series that comes of a source."""

    measure: str
    area: str
    every: str
    #: Periods that rows stand for, those with a figure that is withheld or refused among them.
    figures: int
    first: str
    last: str
    #: Of these, by the row that was published last: the source keeps the figure to itself, or says that it may change.
    withheld: int
    provisional: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceView:
    """All that is to be said of how a source is read."""

    source: str
    kind: str
    file: str | None
    rows: int
    columns: tuple[ColumnView, ...]
    series: tuple[SeriesView, ...]
    #: Measures of this source without a figure in it.
    without_figures: tuple[str, ...]
    problems: tuple[Problem, ...]
    #: The file's first lines, where it cannot be read.
    top: tuple[str, ...] = ()

    @property
    def has_errors(self) -> bool:
        """Whether something is refused or nothing could be read."""
        return any(problem.is_error for problem in self.problems)


def view_source(
    rules: RuleSet, id_: str, sources: Mapping[str, FigureSource], folders: Sequence[Path], today: date
) -> SourceView:
    """Read one source and show how.

    Raises:
        UsageError: there is no such source.
    """
    source = rules.sources.get(id_)
    if source is None:
        known = ", ".join(rules.sources) or "none"
        raise UsageError(f'no source "{id_}"; there are: {known}')
    adapter = _Once(sources[source.kind])
    alone = replace(rules, sources={id_: source})
    reading = read_figures(alone, {source.kind: adapter}, folders, today)
    problems = [*reading.problems, *(fault.problem() for fault in reading.faults)]
    if not any(measure.source == id_ for measure in rules.measures.values()):
        problems += _unused(adapter, source, folders)
    table = adapter.table
    named = () if table is None else (*_columns(table, rules), *_fixed(source))
    return SourceView(
        source=id_,
        kind=source.kind,
        file=None if table is None else table.file,
        rows=0 if table is None else _rows(table),
        columns=named,
        series=tuple(s for one in reading.observations for s in _series(one, rules)),
        without_figures=_without(reading, rules, id_),
        problems=tuple(problems),
        top=tuple(adapter.top(source, folders)) if table is None else (),
    )


class _Once:
    """A source that keeps the table it read."""

    kind: ClassVar[str] = ""
    ways: ClassVar[Sequence[tuple[str, str]]] = ()

    def __init__(self, source: FigureSource) -> None:
        self._source = source
        self.Settings = getattr(source, "Settings", None)
        self.table: SourceTable | None = None

    def read(self, source: Source, folders: Sequence[Path], wanted: Coverage = EVERYTHING) -> SourceTable:
        """Read, and keep."""
        self.table = self._source.read(source, folders, wanted)
        return self.table

    def headings(self, source: Source, folders: Sequence[Path]) -> Sequence[str]:
        """Return the names of its columns."""
        return self._source.headings(source, folders)

    def top(self, source: Source, folders: Sequence[Path]) -> Sequence[str]:
        """Return the first lines as they stand, where the source has lines."""
        return self._source.top(source, folders)


def _unused(adapter: _Once, source: Source, folders: Sequence[Path]) -> list[Problem]:
    """Read what no measure uses, and say so."""
    try:
        adapter.read(with_secrets(source, adapter), folders)
    except SourceUnavailable as error:
        return [failure(source, error)]
    message = "no measure has this source"
    return [Problem(place=place_of(source), code="no-figures", severity=ProblemSeverity.WARNING, message=message)]


def _rows(table: SourceTable) -> int:
    """Count the rows of the file; a wide table gives a row for each of its columns."""
    wide = 1 if table.layout is None else len(table.layout.spread)
    return len(next(iter(table.columns.values()), ())) // max(wide, 1)


def _columns(table: SourceTable, rules: RuleSet) -> tuple[ColumnView, ...]:
    """Show every column of the file, in its order."""
    source = rules.sources[table.source]
    if table.layout is None:
        return tuple(_column(n, name, name, table.columns[name], source) for n, name in enumerate(table.columns, 1))
    by_place: dict[int, list[str]] = {}
    for name, place in table.layout.places.items():
        by_place.setdefault(place, []).append(name)
    shown = []
    for place, heading in enumerate(table.layout.headings):
        names = by_place.get(place, [])
        if not names:
            shown.append(
                ColumnView(
                    column=place + 1,
                    heading=heading,
                    read_as=None,
                    holds="not read",
                    filled=0,
                    empty=0,
                    refused=0,
                    first=(),
                )
            )
        for name in names:
            view = _column(place + 1, heading, name, _cells(table, name), source)
            if name in table.layout.spread:
                texts = table.layout.of_two.get(name, (name,))
                read_as = [f"{wide.column} {text}" for wide, text in zip(source.wide, texts, strict=True)]
                view = replace(view, read_as=", ".join(read_as))
            shown.append(view)
    return tuple(shown)


def _cells(table: SourceTable, name: str) -> pl.Series:
    """Return the cells of a column of the file, also where it stands beside others in place of rows."""
    spread = [] if table.layout is None else list(table.layout.spread)
    height = _rows(table)
    if name in spread:
        beside: pl.Series = table.columns["value"].slice(spread.index(name) * height, height)
        return beside
    cells: pl.Series = table.columns[name].head(height)
    return cells


def _fixed(source: Source) -> tuple[ColumnView, ...]:
    return tuple(
        ColumnView(
            column=None,
            heading="",
            read_as=name,
            holds="the same in every row" if text != FILE_NAME else "what the file's name says",
            filled=0,
            empty=0,
            refused=0,
            first=(text,),
        )
        for name, text in source.fixed.items()
    )


def _column(number: int, heading: str, name: str, cells: pl.Series, source: Source) -> ColumnView:
    whole = cells.dtype.is_numeric() and bool((cells.drop_nulls() == cells.drop_nulls().round()).all())
    texts = (cells.cast(pl.Int64, strict=False) if whole else cells).cast(pl.String).fill_null("").str.strip_chars()
    filled = int((texts != "").sum())
    refused, holds = 0, "words"
    if not holds_words(name):
        read = number_column(cells, source.missing, source.spellings)
        refused = int(read.refused.sum())
        numbers = int(np.isfinite(read.values).sum())
        holds = "numbers" if not refused else "words" if not numbers and name not in NUMBERS else "numbers and words"
        refused = refused if name in NUMBERS or numbers else 0
    return ColumnView(
        column=number,
        heading=heading,
        read_as=_read_as(name) if holds_words(name) or name in NUMBERS or holds != "words" else None,
        holds=holds if filled else "nothing",
        filled=filled,
        empty=len(cells) - filled,
        refused=refused,
        first=tuple(
            _cut(text) for text in texts.filter(texts != "").unique(maintain_order=True).head(_SHOWN).to_list()
        ),
    )


def _read_as(name: str) -> str:
    return name if (ours := whose_part(name)) is None else f"part of {ours}"


def _cut(text: str) -> str:
    shown = "".join(c if c.isprintable() else " " for c in text)
    return shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 1]}…"


def _series(read: Observations, rules: RuleSet) -> list[SeriesView]:
    """Count the figures of each series, in the order of measures and areas."""
    measures, areas = list(rules.measures), list(rules.areas.areas)
    none = np.zeros(len(read.ordinal), dtype=bool)
    frame = pl.DataFrame(
        {
            "m": read.measure,
            "a": read.area,
            "k": read.kind.astype(np.int32),
            "o": read.ordinal,
            "day": read.published,
            "withheld": none if read.suppressed is None else read.suppressed,
            "provisional": none if read.provisional is None else read.provisional,
        }
    )
    newest = frame.sort("day", maintain_order=True).unique(["m", "a", "k", "o"], keep="last")
    groups = newest.group_by("m", "a", "k").agg(
        pl.len().alias("n"),
        pl.col("o").min().alias("first"),
        pl.col("o").max().alias("last"),
        pl.col("withheld", "provisional").sum(),
    )
    starts = rules.calendar.starts
    return [
        SeriesView(
            measure=measures[row["m"]],
            area=areas[row["a"]],
            every=KINDS[row["k"]].value,
            figures=row["n"],
            first=str(Period(KINDS[row["k"]], row["first"], starts)),
            last=str(Period(KINDS[row["k"]], row["last"], starts)),
            withheld=row["withheld"],
            provisional=row["provisional"],
        )
        for row in groups.sort("m", "a", "k").iter_rows(named=True)
    ]


def _without(reading: Reading, rules: RuleSet, id_: str) -> tuple[str, ...]:
    seen = {int(m) for read in reading.observations for m in np.unique(read.measure)}
    return tuple(
        measure.id for n, measure in enumerate(rules.measures.values()) if measure.source == id_ and n not in seen
    )
