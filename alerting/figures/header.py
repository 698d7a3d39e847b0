"""What is to be said of a source's columns: those that are read otherwise than they stand, and those that nothing reads."""

import difflib
from collections.abc import Iterator, Sequence

from alerting.domain.columns_wanted import Wanted
from alerting.domain.place import Place
from alerting.domain.problem import Problem, ProblemSeverity
from alerting.domain.rule import Source
from alerting.domain.source_columns import NUMBERS, WORDS, Layout, holds_words, listed, whose_part
from alerting.domain.titles import joined
from alerting.figures.given_columns import hidden_by
from alerting.ports import SourceTable
from alerting.spelling import nearest

#: How like one of our names a heading must be to be a slip of the pen: "numerater", not "date".
_SLIP = 0.8


def said_of_columns(table: SourceTable, source: Source | None, wanted: Sequence[Wanted]) -> list[Problem]:
    """Return remarks on how the file was read, on columns that are not read, and on columns that rules name in vain.

    Args:
        wanted: what rules name in this source.
    """
    return [
        *_read_as(table),
        *_hidden(table, source),
        *_absent(table, wanted),
        *_misspelt(table, {want.column for want in wanted}),
    ]


def column_at(table: SourceTable, row: int, column: str, names: Sequence[str]) -> tuple[int, str]:
    """Return the number of a cell's column in the file, and what people call it.

    Args:
        row: 0-based, below the header.
        names: our columns, with those that the source gives for every row.
    """
    if table.column_of is not None and column in table.columns:
        return table.column_of(row, column)
    if table.layout is not None and column in table.layout.places:
        return table.layout.places[column] + 1, table.layout.headings[table.layout.places[column]]
    return names.index(column) + 1, column


def _read_as(table: SourceTable) -> Iterator[Problem]:
    remarks = list(table.remarks)
    if table.layout is not None:
        remarks += _read_alike(table.layout)
    for remark in remarks:
        yield _problem(table, 0, "read-as", ProblemSeverity.NOTE, remark, None)
    for caution in table.cautions:
        yield _problem(table, 0, "read-as", ProblemSeverity.WARNING, caution, None)
    for name in table.layout.twice if table.layout is not None else ():
        message = f'column "{name}" stands more than once in the header; none of them is read'
        yield _problem(table, 0, "hidden-column", ProblemSeverity.WARNING, message, "rename all but one")


def _read_alike(layout: Layout) -> Iterator[str]:
    """Say of all headings that are ours but for their letters, in one remark, what they are read as."""
    names, alike = {place: name for name, place in layout.places.items()}, sorted(layout.alike)
    if len(alike) == 1:
        (place,) = alike
        yield f'column "{layout.headings[place]}" is read as {names[place]}'
    elif alike:
        headings = joined([f'"{layout.headings[place]}"' for place in alike])
        yield f"columns {headings} are read as {joined([names[place] for place in alike])}"


def _hidden(table: SourceTable, source: Source | None) -> Iterator[Problem]:
    if table.layout is None or source is None:
        return
    instead = hidden_by(source)
    for ours, place in table.layout.hidden.items():
        message = f'column "{table.layout.headings[place]}" is not read: {instead[ours]}'
        yield _problem(table, place, "hidden-column", ProblemSeverity.WARNING, message, None)


def _absent(table: SourceTable, wanted: Sequence[Wanted]) -> Iterator[Problem]:
    for want in wanted:
        if want.column in table.columns:
            continue
        what = "the rule" if want.section == "rules" else "the measure"
        near = nearest(want.column, table.columns)
        fix = f'did you mean "{near}"?' if near else f"there are: {listed(_named(table))}"
        message = f'no column "{want.column}", which {what} {want.id} names'
        yield _problem(table, 0, "unknown-column", ProblemSeverity.WARNING, message, fix)


def _named(table: SourceTable) -> list[str]:
    """Return the columns as people know them."""
    parts = [name for name in table.columns if whose_part(name) is not None]
    if table.layout is None:
        return [name for name in table.columns if name not in parts]
    return [table.layout.headings[table.layout.places[name]] if name in parts else name for name in table.columns]


def _misspelt(table: SourceTable, named: set[str]) -> Iterator[Problem]:
    absent = [name for name in (*WORDS, *NUMBERS) if name not in table.columns]
    for name in table.columns:
        if name in named or holds_words(name) or name in NUMBERS:
            continue
        near = difflib.get_close_matches(name.casefold().replace(" ", "_"), absent, n=1, cutoff=_SLIP)
        if near:
            place = table.layout.places[name] if table.layout is not None else list(table.columns).index(name)
            message = f'column "{name}" has no meaning here and no rule names it'
            yield _problem(
                table, place, "unknown-column", ProblemSeverity.WARNING, message, f'did you mean "{near[0]}"?'
            )


def _problem(
    table: SourceTable, place: int, code: str, severity: ProblemSeverity, message: str, fix: str | None
) -> Problem:
    where = Place(file=table.file, line=table.header_line, column=place + 1)
    return Problem(place=where, code=code, severity=severity, message=message, fix=fix, source=table.source)
