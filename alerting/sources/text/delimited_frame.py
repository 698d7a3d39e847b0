"""The cells of separated text as a frame: a column a heading, in the file's order."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from alerting.domain.source_columns import NUMBERS, Layout
from alerting.sources.text.decimals import as_points
from alerting.sources.text.delimited import Body, check_quotes, rows_of
from alerting.sources.text.split_numbers import too_long

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A file's cells, and how they were read."""

    frame: "pl.DataFrame"
    layout: Layout
    separator: str = ","
    rows_above: int = 0
    header_line: int = 1
    remarks: tuple[str, ...] = ()
    #: Rows with cells too many that cannot be trusted -> (the cells in question, how many there are).
    too_long: Mapping[int, tuple[str, int]] = field(default_factory=dict)


def frame_of_body(body: Body, shown: str, decimal: str | None) -> Frame:
    """Read the rows below the header: words as categories, columns of plain numbers as numbers, all else as text.

    Args:
        decimal: the sign that decimals begin with, where the source says so: "comma" or "point".

    Raises:
        SourceUnavailable: a quotation mark is left open, or numbers can be read two ways.
    """
    rows = check_quotes(body, shown) - body.rows_above - 1 if '"' in body.text else None
    remarks = list(body.remarks)
    long: Mapping[int, tuple[str, int]] = {}
    frame = _by_polars(body)
    if frame is None or (rows is not None and frame.height != rows):
        frame, long, ragged = _row_by_row(body)
        remarks += ragged
    numbers = [place for name, place in body.layout.places.items() if name in NUMBERS]
    if decimal is not None or body.separator != ",":
        frame, said = as_points(frame, numbers, body, shown, decimal)
        remarks += said
    remarks += _unnamed(frame, body.layout)
    frame = words_as_categories(numbers_where_plain(frame, _of_numbers(frame, body.layout)), body.layout)
    return Frame(
        frame=frame,
        layout=body.layout,
        separator=body.separator,
        rows_above=body.rows_above,
        remarks=tuple(remarks),
        too_long=long,
        header_line=body.lines_above + 1,
    )


def _of_numbers(frame: "pl.DataFrame", layout: Layout) -> list[str]:
    """Return the columns that are no words: an area "101", a month 202004 and a flag 0 stay as they were written."""
    words = layout.words
    return [name for place, name in enumerate(frame.columns) if place not in words]


def numbers_where_plain(frame: "pl.DataFrame", among: Collection[str]) -> "pl.DataFrame":
    """Make numbers of the columns of text that hold nothing else; what is no plain finite number leaves a column as text."""
    import polars as pl

    columns = []
    for column in frame.iter_columns():
        made = column
        if column.dtype == pl.String and column.name in among and not column.str.contains(r"^0\d").any():
            numbers = column.cast(pl.Float64, strict=False)
            if numbers.null_count() == column.null_count() and numbers.is_finite().all():
                made = numbers
        columns.append(made)
    return pl.DataFrame(columns)


def _by_polars(body: Body) -> "pl.DataFrame | None":
    """Read all cells as text; None where rows are ragged or quotation marks are not as they should be."""
    import polars as pl

    names = [f"c{place}" for place in range(len(body.layout.headings))]
    text = f"{body.separator.join(names)}\n{body.text[body.begins :]}"
    try:
        return pl.read_csv(
            text.encode(),
            infer_schema=False,
            separator=body.separator,
            schema_overrides=dict.fromkeys(names, pl.String),
        )
    except (pl.exceptions.PolarsError, UnicodeEncodeError):
        return None


def _row_by_row(body: Body) -> tuple["pl.DataFrame", dict[int, tuple[str, int]], list[str]]:
    """Read ragged rows: what is not there is empty; with a number too many none can be trusted, so that each says so.

    Words too many are the rest of a note with a comma in it, and touch no number.
    """
    import polars as pl

    rows = [cells for _, _, cells in rows_of(body.text, body.separator)][body.rows_above + 1 :]
    width = len(body.layout.headings)
    spare = _spare(rows, width)
    long, more = {}, []
    for n, cells in enumerate(rows):
        if len(cells) <= width + spare:
            continue
        found = too_long(cells, width, body.layout)
        if found is not None:
            long[n] = (found, len(cells))
        elif any(cell.strip() for cell in cells[width:]):
            more.append(n)
            _to_note(cells, width, body)
    columns = {
        f"c{place}": pl.Series(
            [cells[place] or None if place < len(cells) else None for cells in rows], dtype=pl.String
        )
        for place in range(width)
    }
    return pl.DataFrame(columns), long, _said_of(more, body)


def _spare(rows: Sequence[Sequence[str]], width: int) -> int:
    """Return how many empty cells stand beyond the header in every row, as where each row ends in commas."""
    beyond = [cells[width:] for cells in rows if any(cells)]
    least = min((len(cells) for cells in beyond), default=0)
    return least if not any(any(cells[:least]) for cells in beyond) else 0


def _to_note(cells: list[str], width: int, body: Body) -> None:
    """Put words too many back into the note that they are the rest of."""
    if body.layout.places.get("note") == width - 1:
        cells[width - 1] = body.separator.join(cells[width - 1 :]).rstrip(f"{body.separator} ")


def _said_of(rows: Sequence[int], body: Body) -> list[str]:
    if not rows:
        return []
    row = rows[0] + body.rows_above + 2
    also = f" and {len(rows) - 1:,} more" if len(rows) > 1 else ""
    taken = "is taken for the rest of a note" if "note" in body.layout.places else "is not read"
    return [f"row {row}{also}: what stands beyond the last column {taken}"]


def _unnamed(frame: "pl.DataFrame", layout: Layout) -> list[str]:
    """Say which columns without a heading hold something."""
    import polars as pl

    filled = [
        str(place + 1)
        for place, heading in enumerate(layout.headings)
        if not heading and (frame.to_series(place).cast(pl.String).fill_null("").str.strip_chars() != "").any()
    ]
    if not filled:
        return []
    return [
        f"column{'s' * (len(filled) != 1)} {', '.join(filled)} without a heading {'are' if len(filled) > 1 else 'is'} not read"
    ]


def words_as_categories(frame: "pl.DataFrame", layout: Layout) -> "pl.DataFrame":
    """Make categories of our columns of words, which stand in the frame in the file's order."""
    import polars as pl

    words = [frame.columns[place] for place in sorted(layout.words)]
    texts = [name for name in words if frame[name].dtype != pl.Categorical]
    return frame.with_columns(pl.col(texts).cast(pl.String).cast(pl.Categorical)) if texts else frame
