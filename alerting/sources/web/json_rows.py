"""Rows of figures in JSON: a list of objects, each a row, somewhere in a document; and where the next page is.

Numbers are taken for what is written: one that no figure can hold stays text, and is refused by its cell.
"""

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from alerting.domain.source_columns import MOST_COLUMNS, NUMBERS, Layout
from alerting.errors import SourceUnavailable
from alerting.sources.text.decimals import pointed

if TYPE_CHECKING:  # loaded where figures are read: checking a rules folder looks at every source and reads none
    import polars as pl

Row = Mapping[str, Any]
#: Whole numbers beyond it are not held exactly.
_LARGEST_WHOLE = 2**53
#: Longer numbers are none.
_MOST_DIGITS = 400
#: What is said of a page for people.
MARKUP = "a web page came, and no figures; it may be one to sign in on: mend the address, or the token"
#: Keys of a document that are named in a message.
_MOST_NAMED = 12


def document_of(content: bytes, shown: str) -> Any:
    """Read a document.

    Raises:
        SourceUnavailable: it is no JSON, or says two things under one key.
    """
    text = _decoded(content, shown)
    try:
        return json.loads(text, parse_float=_number, parse_int=_whole, parse_constant=str, object_pairs_hook=_once_each)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        if content.lstrip()[:1] == b"<":
            raise SourceUnavailable(f"{shown}: {MARKUP}") from error
        whole = (
            "it breaks off there"
            if error.pos >= len(text.rstrip()) or error.msg.startswith(_OPEN)
            else "it is no JSON there"
        )
        raise SourceUnavailable(f"{shown}: {whole} ({where}); see what the address gives") from error
    except _Twice as error:
        raise SourceUnavailable(f'{shown}: the key "{error}" stands twice in one row; one of them must go') from error
    except RecursionError as error:
        raise SourceUnavailable(f"{shown}: is nested too deeply for a table of figures") from error


def _decoded(content: bytes, shown: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SourceUnavailable(f"{shown}: is not UTF-8, which JSON is written in") from error


_HALF = re.compile("[\ud800-\udfff]")
#: How the reader calls a text that does not end.
_OPEN = "Unterminated"


class _Twice(ValueError):
    """A key stands twice in one object."""


def rows_at(document: Any, path: str | None, shown: str) -> Sequence[Row]:
    """Return the rows of a document, what is nested in one under its keys with a point between them: `area.name`.

    Args:
        path: the keys that lead to the list, with points between them; None: the document is the list.

    Raises:
        SourceUnavailable: there is no list, or something in it is no object.
    """
    found, walked = document, ""
    for key in path.split(".") if path else ():
        if not isinstance(found, dict) or key not in found:
            raise SourceUnavailable(f'{shown}: no "{key}" {_in(walked)}; {_keys_of(found)}. Mend `rows` in the source')
        found, walked = found[key], f"{walked}.{key}".lstrip(".")
    if not isinstance(found, list):
        fix = f"mend `rows: {path}`" if path else "say in `rows` under which key the rows stand"
        raise SourceUnavailable(f"{shown}: no list of rows {_in(walked)}; {_keys_of(found)}: {fix}")
    for n, row in enumerate(found, 1):
        if not isinstance(row, dict):
            raise SourceUnavailable(f"{shown}: row {n} is {_sort_of(row)}, and no object with a key for each column")
    return [_flattened(row, n, shown) for n, row in enumerate(found, 1)]


def next_at(document: Any, path: str | None) -> str | None:
    """Return where the next page is, or what number it has; None: this one is the last."""
    found = document
    for key in path.split(".") if path else ():
        found = found.get(key) if isinstance(found, dict) else None
    if path and type(found) is int:
        return str(found) if found else None
    return found if path and isinstance(found, str) and found.strip() else None


def headings_of(rows: Sequence[Row], shown: str) -> list[str]:
    """Return the keys of all rows, in the order in which they first stand.

    Raises:
        SourceUnavailable: there are too many for a table.
    """
    found: dict[str, None] = {}
    for row in rows:
        if not row.keys() <= found.keys():
            found |= dict.fromkeys(row)
    if len(found) > MOST_COLUMNS:
        raise SourceUnavailable(f"{shown}: {len(found):,} keys; a table of figures has no more than {MOST_COLUMNS:,}")
    return list(found)


def columns_of(
    rows: Sequence[Row], headings: Sequence[str], layout: Layout, decimal: str | None
) -> "dict[str, pl.Series]":
    """Return the columns of rows under our names: words as categories, numbers as numbers, all else as text.

    Args:
        decimal: "comma" where decimals in texts begin with one.
    """
    import polars as pl

    words, made = layout.words, {}
    for name, place in layout.places.items():
        cells = [row.get(headings[place]) for row in rows]
        if place in words:
            made[name] = pl.Series(name, [_text(cell) for cell in cells], dtype=pl.String).cast(pl.Categorical)
        elif all(cell is None or type(cell) in (int, float) for cell in cells):
            made[name] = pl.Series(name, cells, dtype=pl.Float64, strict=False)
        else:
            texts = pl.Series(name, [_text(cell) for cell in cells], dtype=pl.String)
            made[name] = pointed(texts) if decimal == "comma" and name in NUMBERS else texts
    return made


def whole_characters(text: str) -> str:
    r"""Return a text that can be written down: half characters (`\ud800` alone) are marked as what nobody can read."""
    return text if text.isascii() else _HALF.sub("\N{REPLACEMENT CHARACTER}", text)


def _number(text: str) -> float | str:
    number = float(text)
    return number if math.isfinite(number) else text


def _whole(text: str) -> int | str:
    if len(text) > _MOST_DIGITS:
        return text
    number = int(text)
    return number if abs(number) <= _LARGEST_WHOLE else text


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        raise _Twice(next(key for key in keys if keys.count(key) > 1))
    return found


def _flattened(row: Row, n: int, shown: str) -> Row:
    """Return a row with what is nested in it under names with points.

    Raises:
        SourceUnavailable: two of them are one.
    """
    if not any(isinstance(cell, dict) for cell in row.values()):
        return row
    pairs = list(_flat(row))
    try:
        return _once_each(pairs)
    except _Twice as error:
        raise SourceUnavailable(f'{shown}: the key "{error}" stands twice in row {n}; one of them must go') from error


def _flat(row: Row, above: str = "") -> Iterator[tuple[str, Any]]:
    for key, cell in row.items():
        if isinstance(cell, dict):
            yield from _flat(cell, f"{above}{key}.")
        else:
            yield f"{above}{key}", cell


def _text(cell: Any) -> str | None:
    if isinstance(cell, str):
        return whole_characters(cell)
    if cell is None:
        return None
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) <= _LARGEST_WHOLE else repr(cell)
    return json.dumps(cell)


def _sort_of(found: Any) -> str:
    sorts = {dict: "an object", list: "a list", str: "a text", bool: "true or false", type(None): "null"}
    return sorts.get(type(found), "a number")


def _in(walked: str) -> str:
    return f'under "{walked}"' if walked else "in the answer"


def _keys_of(found: Any) -> str:
    if not isinstance(found, dict):
        return f"it is {_sort_of(found)}"
    named = list(found)[:_MOST_NAMED]
    more = f" and {len(found) - len(named)} more" if len(found) > len(named) else ""
    return f"it has {', '.join(named)}{more}" if named else "it is empty"
