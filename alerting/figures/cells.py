"""Reading cells as a person would: thousands commas, signs of percent and money, marks, the ways of writing "nothing"."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import polars as pl

from alerting.domain.arrays import Codes, Flags, Floats, Index
from alerting.domain.source_columns import MISSING, SUPPRESSED
from alerting.domain.spellings import AS_USUAL, Spellings, Times

#: What only some units may carry, by its place here; 0 is nothing. Parentheses are a bookkeeper's minus; colons stand in a
#: length of time, which is read in seconds.
SIGNS = ("", "%", "()", "£", "€", "$", "¥", ":")
PERCENT, PARENTHESES, COLONS = SIGNS.index("%"), SIGNS.index("()"), SIGNS.index(":")
#: The currencies that each sign may stand for.
CURRENCIES_OF = {
    "£": frozenset({"GBP", "GIP", "FKP", "SHP"}),
    "€": frozenset({"EUR"}),
    "$": frozenset({"USD", "AUD", "CAD", "NZD", "HKD", "SGD"}),
    "¥": frozenset({"JPY", "CNY"}),
}
_PLAIN = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
# Between groups a comma, or a space that does not break, which nobody types by chance; a group of thousands never
# starts with 0, so that a decimal comma ("0,500") is refused instead of read a thousand times too large.
_BLANKS = "\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}"
_THOUSANDS = re.compile(rf"[+-]?[1-9][0-9]{{0,2}}([,{_BLANKS}])[0-9]{{3}}(\1[0-9]{{3}})*(\.[0-9]+)?")
#: Revised, provisional, estimated, behind a figure.
_MARK = re.compile(r"\s*(?:\[([rpe])\]|\(([rp])\))$", re.IGNORECASE)
_MONEY = re.compile(r"(?P<minus>[+-]?)(?P<sign>[£€$¥]) ?(?P<after>[+-]?)(?P<digits>[0-9.].*)")
_IN_PARENTHESES = re.compile(r"(?P<before>[£€$¥]?) ?\((?P<sign>[£€$¥]?) ?(?P<digits>[0-9.].*)\)")
_LENGTH = re.compile(r"(-?)([0-9]+):([0-5][0-9]):([0-5][0-9](?:\.[0-9]+)?)")
_SHORT_LENGTH = re.compile(r"(-?)([0-9]+):([0-5][0-9](?:\.[0-9]+)?)")
_BEHIND = re.compile(r"([0-9.].*?) ?-")
#: Flags that say of a figure that it may still change.
_MAY_CHANGE = frozenset("pe")
_SEPARATORS = str.maketrans("", "", "," + _BLANKS)


class ReadCell(NamedTuple):
    """One cell as read: `number` is NaN where there is no figure, None where it is anything else than a figure."""

    number: float | None
    #: Place in SIGNS of what it carries.
    sign: int = 0
    provisional: bool = False
    suppressed: bool = False


_NOTHING, _WITHHELD, _REFUSED = ReadCell(float("nan")), ReadCell(float("nan"), suppressed=True), ReadCell(None)


@dataclass(frozen=True, eq=False)
class NumberColumn:
    """One column as numbers: NaN where missing, suppressed or refused."""

    values: Floats
    #: The column as it stands, for what is said of its cells.
    series: pl.Series
    #: Rows whose cell is no plain number, for each its place in `cells`, and these as read.
    rows: Index
    places: Index
    cells: tuple[ReadCell, ...]

    @property
    def is_plain(self) -> bool:
        """Whether it holds nothing but numbers and cells without a figure."""
        return all(cell is _NOTHING for cell in self.cells)

    @property
    def refused(self) -> Flags:
        """Cells with something else than a figure in them."""
        return self._where(lambda cell: cell.number is None)

    @property
    def suppressed(self) -> Flags:
        """Cells whose figure the source withholds."""
        return self._where(lambda cell: cell.suppressed)

    @property
    def provisional(self) -> Flags:
        """Cells whose figure is marked as provisional or estimated."""
        return self._where(lambda cell: cell.provisional)

    @property
    def signs(self) -> Codes:
        """Place in SIGNS of what each cell carries."""
        signs = np.zeros(len(self.values), dtype=np.int8)
        signs[self.rows] = np.array([cell.sign for cell in self.cells] or [0], dtype=np.int8)[self.places]
        return signs

    def text(self, row: int) -> str:
        """Return a cell as it stands."""
        found = self.series[row]
        return "" if found is None else str(found)

    def _where(self, holds: Callable[[ReadCell], bool]) -> Flags:
        flags = np.zeros(len(self.values), dtype=bool)
        flags[self.rows] = np.array([holds(cell) for cell in self.cells] or [False])[self.places]
        return flags


_NO_ROWS = np.empty(0, dtype=np.intp)


def number_column(series: pl.Series, missing: Collection[str] = (), spellings: Spellings = AS_USUAL) -> NumberColumn:
    """Read a column of numbers or of texts.

    Args:
        missing: what else the source writes where it withholds a figure; `spellings`: how else it writes figures.
    """
    floats = series.cast(pl.Float64, strict=False)
    if series.dtype.is_numeric() and not series.null_count() and not missing:
        values = floats.to_numpy()
        with np.errstate(all="ignore"):  # figures whose sum is too large are looked at one by one
            total = values.sum()
        if np.isfinite(total):  # one pass: nothing missing, nothing that is no number
            return NumberColumn(values, series, _NO_ROWS, _NO_ROWS, ())
    values = floats.fill_null(float("nan")).to_numpy(writable=True)
    rows = np.flatnonzero(~np.isfinite(values) | _sentinels(values, missing))
    if series.dtype.is_numeric():
        rows = rows[series.is_not_null().to_numpy()[rows]]
    texts = series.gather(rows).cast(pl.String).to_list()
    known = {text: cell_in(text or "", missing, spellings) for text in dict.fromkeys(texts)}
    order = {text: place for place, text in enumerate(known)}
    places = np.array([order[text] for text in texts], dtype=np.intp)
    cells = tuple(known.values())
    numbers = [float("nan") if cell.number is None else cell.number for cell in cells]
    values[rows] = np.array(numbers or [0.0])[places]
    return NumberColumn(values, series, rows, places, cells)


def _sentinels(values: Floats, missing: Collection[str]) -> Flags:
    """Return which numbers are marks that the source declared, like 999."""
    numbers = [cell_in(mark).number for mark in missing]
    return np.isin(values, [number for number in numbers if number is not None and number == number])


def cell_in(text: str, missing: Collection[str] = (), spellings: Spellings = AS_USUAL) -> ReadCell:
    """Read one cell.

    Args:
        missing: what else the source writes where it withholds a figure; `spellings`: how else it writes figures.
    """
    found = " ".join(text.split())
    if spellings.flags and found not in missing and (match := _flagged(spellings.flags).fullmatch(found)):
        read = cell_in(match["figure"], missing, replace(spellings, flags=frozenset()))
        flags = {flag.lower() for flag in _flag(spellings.flags).findall(match["flags"])}
        return read._replace(
            provisional=not read.suppressed and (read.provisional or not flags.isdisjoint(_MAY_CHANGE))
        )
    if found in missing or _is_sentinel(found, missing):
        return _WITHHELD
    if found.lower() in MISSING:
        return _NOTHING
    if found.lower() in SUPPRESSED:
        return _WITHHELD
    body, provisional = text.strip().replace("\N{MINUS SIGN}", "-"), False
    while mark := _MARK.search(body):
        provisional |= (mark[1] or mark[2]).lower() != "r"
        body = body[: mark.start()]
    number, sign = _declared(body, spellings) or _signed(body)
    if number is None or not np.isfinite(number):
        return _REFUSED
    return ReadCell(number, sign, provisional)


@lru_cache(maxsize=64)
def _flag(flags: frozenset[str]) -> re.Pattern[str]:
    """Return what finds each of some flags, the longest first, in large or small letters."""
    return re.compile("|".join(map(re.escape, sorted(flags, key=lambda flag: (-len(flag), flag)))), re.IGNORECASE)


@lru_cache(maxsize=64)
def _flagged(flags: frozenset[str]) -> re.Pattern[str]:
    """Return what tells a figure from flags behind it: `7.9 b`, `7.9 bp`."""
    one = f"(?:{_flag(flags).pattern})"
    return re.compile(rf"(?P<figure>.*?\S) (?P<flags>{one}(?:[ ,]{{0,2}}{one})*)", re.IGNORECASE)


def _declared(body: str, spellings: Spellings) -> tuple[float | None, int] | None:
    """Return a figure in a way that its source declares, and the place in SIGNS of what it carries; None: it is in none."""
    if spellings.minus_behind and (match := _BEHIND.fullmatch(body)):
        return _number("-" + match[1]), 0
    if spellings.times is None:
        return None
    if match := _LENGTH.fullmatch(body):
        seconds = int(match[2]) * 3600 + int(match[3]) * 60 + float(match[4])
    elif spellings.times is not Times.HOURS_MINUTES_SECONDS and (match := _SHORT_LENGTH.fullmatch(body)):
        seconds = (int(match[2]) * 60 + float(match[3])) * (60 if spellings.times is Times.HOURS_MINUTES else 1)
    else:
        return None
    return -seconds if match[1] else seconds, COLONS


def _is_sentinel(found: str, missing: Collection[str]) -> bool:
    number = _number(found.replace("\N{MINUS SIGN}", "-"))
    return number is not None and any(_number(mark) == number for mark in missing)


def _signed(body: str) -> tuple[float | None, int]:
    """Return a number and the place in SIGNS of what it carries; None where it is no number."""
    if body.endswith("%"):
        return _number(body[:-1].rstrip()), PERCENT
    if match := _MONEY.fullmatch(body):
        if match["minus"] and match["after"]:
            return None, 0
        return _number(match["minus"] + match["after"] + match["digits"]), SIGNS.index(match["sign"])
    if match := _IN_PARENTHESES.fullmatch(body):
        if match["before"] and match["sign"]:
            return None, 0
        sign = match["before"] or match["sign"]
        return _number("-" + match["digits"]), SIGNS.index(sign) if sign else PARENTHESES
    return _number(body), 0


def _number(body: str) -> float | None:
    if _THOUSANDS.fullmatch(body):
        return float(body.translate(_SEPARATORS))
    return float(body) if _PLAIN.fullmatch(body) else None
