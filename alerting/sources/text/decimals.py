"""Numbers with decimal commas, as programs set for the Continent write them: 83,5 and 1.234,5."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from alerting.errors import SourceUnavailable
from alerting.sources.text.delimited import SEPARATORS, Body

if TYPE_CHECKING:
    import polars as pl

#: Beyond doubt with a comma before the decimals: 83,5; 0,123; 1.234,5; 1.234.567. And the same with a point.
_DIGITS = r"(?:\d+{0}(?:\d{{1,2}}|\d{{4,}})|0+{0}\d+|\d{{4,}}{0}\d+|\d{{1,3}}(?:{1}\d{{3}})+{0}\d+|\d{{1,3}}(?:{1}\d{{3}}){{2,}})"
_BEFORE, _AFTER = r"^[^\d.,]*", r"[^\d.,]*$"
COMMA = _BEFORE + _DIGITS.format(",", r"\.") + _AFTER
POINT = _BEFORE + _DIGITS.format(r"\.", ",") + _AFTER
#: One group of three digits behind one sign: a thousand and something, or one and some thousandths.
_EITHER = _BEFORE + r"\d{1,3}[.,]\d{3}" + _AFTER
#: What is rewritten where decimals have a comma: groups of three apart by points or spaces, then the decimals.
_WITH_COMMA = r"^([^\d.,]*)(\d{1,3}(?:[. \x{00a0}\x{202f}]\d{3})+|\d+)(?:,(\d+))?([^\d.,]*)$"


def as_points(
    frame: "pl.DataFrame", numbers: Sequence[int], body: Body, shown: str, decimal: str | None
) -> tuple["pl.DataFrame", list[str]]:
    """Write decimal commas as points, where the source or the figures themselves say that they are; and say so.

    Args:
        frame: texts.
        numbers: the places of our columns of numbers.
        decimal: "comma" or "point" where the source says which.

    Raises:
        SourceUnavailable: the figures can be read both ways and nothing decides.
    """
    sign = decimal or _decided(frame, numbers, body, shown)
    if sign != "comma":
        return frame, []
    said = [] if decimal else ["decimals have a comma, thousands a point"]
    return frame.with_columns(*(pointed(frame.to_series(place)) for place in numbers)), said


def pointed(column: "pl.Series") -> "pl.Series":
    """Return texts with points for decimal commas; what is no such number stays as it is."""
    import polars as pl

    parts = column.to_frame("x").select(pl.col("x"), pl.col("x").str.extract_groups(_WITH_COMMA).alias("p")).unnest("p")
    whole = pl.col("2").str.replace_all(r"[^\d]", "")
    decimals = pl.when(pl.col("3").is_null()).then(pl.lit("")).otherwise(pl.concat_str(pl.lit("."), pl.col("3")))
    written = pl.concat_str(pl.col("1"), whole, decimals, pl.col("4"))
    made = parts.select(pl.when(pl.col("2").is_null()).then(pl.col("x")).otherwise(written).alias(column.name))
    return made.to_series()


def _decided(frame: "pl.DataFrame", numbers: Sequence[int], body: Body, shown: str) -> str | None:
    comma = _first(frame, numbers, COMMA)
    point = _first(frame, numbers, POINT)
    either = _first(frame, numbers, _EITHER)
    if comma and not point:
        return "comma"
    if point and not comma:
        return "point"
    doubtful = comma or either
    if doubtful is None:
        return None
    row, text = doubtful
    other = f'"{point[1]}" in row {point[0] + body.rows_above + 2} has a point' if point else "nothing decides which"
    raise SourceUnavailable(
        f"{shown}:{body.lines_above + row + 2}: the columns are separated by {SEPARATORS[body.separator]}, and"
        f' "{text}" can be read with a decimal comma or without: {other}. Write decimal: comma (or decimal: point) in the source'
    )


def _first(frame: "pl.DataFrame", numbers: Sequence[int], pattern: str) -> tuple[int, str] | None:
    """Return row and text of the topmost cell like this."""
    found = []
    for place in numbers:
        column = frame.to_series(place)
        rows = column.str.contains(pattern).fill_null(value=False).arg_true()
        if len(rows):
            found.append((int(rows[0]), str(column[int(rows[0])])))
    return min(found, default=None)
