"""What a Parquet file says of its own pages, held against itself before it is read.

Its reader makes room for as many values as a page's header promises. One damaged byte there ends the process, and a small file
may promise to unpack to any size. Footer and headers are in Thrift's compact form.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

#: Larger footers, of very many columns and groups of rows, would take longer to look at than the figures to read.
LARGEST_FOOTER_BYTES = 4 * 1024**2
_BYTE, _BINARY, _LIST, _SET, _STRUCT = 3, 8, 9, 10, 12
_TRUE, _FALSE, _DOUBLE = 1, 2, 7
#: Numbers of the fields that are looked at: of the footer, a group of rows, a column in it, and a page.
_GROUPS, _COLUMNS, _ABOUT = 4, 1, 3
_VALUES, _PACKED, _FIRST_PAGE, _FIRST_DICTIONARY = 5, 7, 9, 11
_UNPACKED_PAGE, _PACKED_PAGE = 2, 3
#: What tells of a page, by its kind, and that of a dictionary; each has the number of values in its first field.
_OF_DATA, _OF_DICTIONARY = (5, 8), 7


@dataclass(frozen=True, slots=True)
class Pages:
    """What all pages of a file come to: whether they are as the file says, and to how many bytes they unpack."""

    agree: bool
    unpacked_bytes: int


def pages_of(content: bytes) -> Pages:
    """Look at the headers of all pages of a file; what has no sense agrees with nothing.

    A footer that is too large to be looked at is left to the reader.
    """
    length = int.from_bytes(content[-8:-4], "little")
    if not 0 < length <= min(LARGEST_FOOTER_BYTES, len(content) - 12):
        return Pages(agree=True, unpacked_bytes=0)
    try:
        footer, _ = _struct(content, len(content) - 8 - length)
        columns = [column[_ABOUT] for group in footer.get(_GROUPS, ()) for column in group[_COLUMNS]]
        found = [_of_column(content, column) for column in columns]
    except (IndexError, KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError):
        return Pages(agree=False, unpacked_bytes=0)
    return Pages(agree=all(agrees for agrees, _ in found), unpacked_bytes=sum(n_bytes for _, n_bytes in found))


def _of_column(content: bytes, column: dict[int, Any]) -> tuple[bool, int]:
    """Return whether the pages of a column in one group of rows are as it says, and to how many bytes they unpack."""
    if not column[_VALUES]:
        return True, 0
    begin = min(column[_FIRST_PAGE], column.get(_FIRST_DICTIONARY) or column[_FIRST_PAGE])
    end, values, unpacked = begin + column[_PACKED], 0, 0
    if not 0 < begin <= end <= len(content):
        return False, 0
    for header in _headers(content, begin, end):
        if header is None:
            return False, unpacked
        unpacked += header[_UNPACKED_PAGE]
        data = next((header[kind][1] for kind in _OF_DATA if kind in header), 0)
        words = header.get(_OF_DICTIONARY, {}).get(1, 0)
        if not (0 <= data <= column[_VALUES] and 0 <= words <= header[_UNPACKED_PAGE]):
            return False, unpacked
        values += data
    return values == column[_VALUES], unpacked


def _headers(content: bytes, at: int, end: int) -> Iterator[dict[int, Any] | None]:
    """Yield the header of each page between two places; None, and no more, where one reaches beyond."""
    while at < end:
        header, at = _struct(content, at)
        at += header[_PACKED_PAGE]
        sound = header[_PACKED_PAGE] >= 0 and header[_UNPACKED_PAGE] >= 0 and at <= end
        yield header if sound else None
        if not sound:
            return


def _struct(content: bytes, at: int) -> tuple[dict[int, Any], int]:
    """Read fields by their numbers, and where they end."""
    found: dict[int, Any] = {}
    number = 0
    while head := content[at]:
        at += 1
        if head >> 4:
            number += head >> 4
        else:
            number, at = _number(content, at)
        kind = head & 15
        if kind in (_TRUE, _FALSE):  # of a field the kind is the value
            found[number] = kind == _TRUE
        else:
            found[number], at = _value(content, at, kind)
    return found, at + 1


def _value(content: bytes, at: int, kind: int) -> tuple[Any, int]:
    if kind in (_TRUE, _FALSE, _BYTE):
        return content[at], at + 1
    if kind < _DOUBLE:
        return _number(content, at)
    if kind == _DOUBLE:
        return None, at + 8
    if kind == _BINARY:
        length, at = _unsigned(content, at)
        return None, at + length
    if kind in (_LIST, _SET):
        return _list(content, at)
    if kind == _STRUCT:
        return _struct(content, at)
    raise ValueError(f"no kind {kind}")  # a map stands nowhere in Parquet


def _list(content: bytes, at: int) -> tuple[list[Any], int]:
    size, kind = content[at] >> 4, content[at] & 15
    at += 1
    if size == 15:
        size, at = _unsigned(content, at)
    if size > len(content):
        raise ValueError("more entries than bytes")
    found = []
    for _ in range(size):
        one, at = _value(content, at, kind)
        found.append(one)
    return found, at


def _unsigned(content: bytes, at: int) -> tuple[int, int]:
    """Read a number of seven bits a byte, the lowest first."""
    number = shift = 0
    while True:
        byte = content[at]
        number |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return number, at
        if shift > 63:
            raise ValueError("no number is as long")


def _number(content: bytes, at: int) -> tuple[int, int]:
    zigzag, at = _unsigned(content, at)
    return (zigzag >> 1) ^ -(zigzag & 1), at
