"""What a sheet says beside its values: cells with errors, formulas without a value, percents, what is hidden or merged."""

from collections.abc import Mapping
from dataclasses import dataclass, field

#: Row and column, from 0.
At = tuple[int, int]
#: First row, first column, last row, last column, from 0, all included.
Block = tuple[int, int, int, int]


@dataclass(slots=True, kw_only=True)
class SheetMarks:
    """Marks of one sheet."""

    #: What stands in cells that hold an error, or a formula that nobody has worked out.
    errors: dict[At, str] = field(default_factory=dict)
    formulas: dict[At, str] = field(default_factory=dict)
    #: Cells that are shown as percents: 0.83 as 83%.
    percents: set[At] = field(default_factory=set)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)
    merged: list[Block] = field(default_factory=list)
    #: Rows and columns up to the last cell.
    height: int = 0
    width: int = 0
    #: What cannot be told in a workbook of this kind, and what it is read as instead.
    untold: str = ""


def column_number(letters: str) -> int:
    """Return the number of a column, from 0: A is 0, AA is 26."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


def column_letters(number: int) -> str:
    """Return the letters of a column, from 0."""
    letters, number = "", number + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def cell_name(at: At) -> str:
    """Return a cell's name: F12."""
    return f"{column_letters(at[1])}{at[0] + 1}"


def named_blocks(numbers: Mapping[int, object] | list[int], name: str) -> str:
    """Say which rows (or columns, by letters) there are, neighbours together: "rows 3 to 7 and 9"."""
    spans: list[list[int]] = []
    for number in sorted(numbers):
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    shown = (lambda n: str(n + 1)) if name == "row" else column_letters
    words = [shown(a) if a == b else f"{shown(a)} to {shown(b)}" for a, b in spans[:3]]
    more = f" and {len(spans) - 3:,} more stretches" if len(spans) > 3 else ""
    return f"{name}{'s' * (len(numbers) > 1)} {', '.join(words)}{more}"
