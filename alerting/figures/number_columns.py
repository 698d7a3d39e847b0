"""The numeric columns of a table's rows: which figures they make, refuse or withhold, and what a unit may carry."""

import re
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from alerting.domain.arrays import Flags, Floats, Index
from alerting.domain.measure import Measure, Unit
from alerting.domain.source_columns import PARTS
from alerting.figures.cells import COLONS, CURRENCIES_OF, PARENTHESES, PERCENT, SIGNS, NumberColumn

#: Rows of a table: all of them, or these.
Rows = slice | Index
#: What says that a figure may still change, and what says that it will not; in lower case.
PROVISIONAL = (
    "true", "yes", "y", "1", "provisional", "prov", "p", "preliminary", "estimate", "estimated", "e", "draft", "interim",
    "not final",
)  # fmt: skip
FINAL = (
    "", "false", "no", "n", "0", "final", "f", "confirmed", "definitive", "actual", "revised", "r", "complete", "published",
    "signed off", "-",
)  # fmt: skip
#: Numeric columns whose refused cell leaves the whole figure unjudged; elsewhere only that column is missing.
_DECISIVE = ("value", "numerator", "denominator")
#: What is said of a figure itself: not where it is refused or withheld.
_OF_THE_FIGURE = frozenset(
    {
        *_DECISIVE,
        "change_previous_period",
        "change_same_period_last_year",
        "change_year_to_date",
    }
)
#: Units of which a source may hold so many thousands.
_IN_ONES = (Unit.COUNT, Unit.CURRENCY, Unit.NUMBER)
#: Units that a length of time is read in, and how many seconds one of them has.
_SECONDS_IN = {Unit.SECONDS: 1.0, Unit.MINUTES: 60.0}
#: What a source may declare, as it looks where it does not: a length of time, a minus behind, a letter behind.
_LENGTH = re.compile(r"-?\d+:[0-5]\d(:[0-5]\d(\.\d+)?)?")
_MINUS_BEHIND = re.compile(r"\d[\d.,]* ?-")
_FLAGGED = re.compile(r"[-+]?\d[\d.,]* +([A-Za-z]{1,3})")
#: Characters of a cell that may be a mark for a withheld figure.
_LONGEST_MARK = 12


class Numbers:
    """The numeric columns of the kept rows, with which figures are refused, withheld or provisional."""

    def __init__(self, n_rows: int, keep: Rows) -> None:
        self._keep = keep
        self.columns: dict[str, Floats] = {}
        #: Columns of words that mean nothing here.
        self.unread: list[str] = []
        self.refused: Flags = np.zeros(n_rows, dtype=bool)[keep]
        self._withheld: dict[str, Flags] = {}
        self._provisional = np.zeros(0, dtype=bool)

    def take(self, name: str, column: NumberColumn, wrong: Flags) -> None:
        """Add a column that has more than numbers in it."""
        self.columns[name] = column.values[self._keep]
        if name in _DECISIVE:
            self.refused |= wrong[self._keep]
            self._withheld[name] = column.suppressed[self._keep]
            marked = column.provisional[self._keep]
            self._provisional = marked | self._provisional if len(self._provisional) else marked

    def mistrust(self, rows: Flags) -> None:
        """Refuse the figures of whole rows, and use no number of them."""
        if rows.any():
            self.refused |= rows[self._keep]
            self.columns = {n: np.where(rows[self._keep], np.nan, values) for n, values in self.columns.items()}

    def columns_and_marks(self) -> tuple[dict[str, Floats], Flags | None, Flags | None]:
        """Return the columns, the figures that are withheld and the provisional ones, None where none is.

        What is refused or withheld is cited nowhere, so its numbers are left out.
        """
        nothing = np.zeros(len(self.refused), dtype=bool)
        withheld = self._withheld.get("value", nothing)
        parts = self._withheld.get("numerator", nothing) | self._withheld.get("denominator", nothing)
        if parts.any():  # the figure would be made of them where no value is printed
            withheld = withheld | (parts & np.isnan(self.columns["value"]) if "value" in self.columns else parts)
        withheld = withheld & ~self.refused
        out = withheld | self.refused
        if out.any():
            for name in _OF_THE_FIGURE & self.columns.keys():
                self.columns[name] = np.where(out, np.nan, self.columns[name])
        return (
            self.columns,
            withheld if withheld.any() else None,
            self._provisional if self._provisional.any() else None,
        )


def scaled(
    columns: Mapping[str, Floats], measure: NDArray[np.int32], measures: Sequence[Measure], scale: float
) -> dict[str, Floats]:
    """Return the columns of a source whose amounts are in thousands, millions, …, in ones.

    Counts, money and plain numbers are amounts, and so are numerators and denominators of anything; percents, rates and times
    are not, nor are changes in percent.

    Args:
        measure: the place of each row's measure among *measures*.
    """
    if scale == 1.0:
        return dict(columns)
    amounts = np.array([one.unit in _IN_ONES for one in measures] or [False])[measure]
    made = {}
    for name, values in columns.items():
        rows = np.ones(len(values), dtype=bool) if name in PARTS else amounts & (not name.startswith("change_"))
        made[name] = np.where(rows, _as_printed(values * scale), values)
    return made


def _as_printed(values: Floats) -> Floats:
    """Return numbers as their decimals say them: 1.005 thousand are 1005, and not a trillionth less."""
    broken = np.flatnonzero(np.isfinite(values) & (values != np.rint(values)))
    values[broken] = [float(f"{value:.15g}") for value in values[broken].tolist()]
    return values


def either(flags: Flags | None, others: Flags | None) -> Flags | None:
    """Return where one of two flags is set; None: neither is anywhere."""
    return flags if others is None else others if flags is None else flags | others


def in_own_units(column: NumberColumn, measure: NDArray[np.int32], measures: Sequence[Measure]) -> None:
    """Turn lengths of time, which are read in seconds, into what each row's measure comes in.

    Args:
        measure: the place of each row's measure among *measures*.
    """
    rows = np.flatnonzero(column.signs == COLONS)
    if len(rows):
        per = np.array([_SECONDS_IN.get(one.unit, 1.0) for one in measures] or [1.0])
        column.values[rows] = _as_printed(column.values[rows] / per[measure[rows]])


def allowed_signs(measures: Sequence[Measure], *, change: bool) -> Flags:
    """Return `[measures x signs]` what cells may carry.

    Percents a percent sign, money its currency's and parentheses, seconds and minutes colons.
    """
    allowed = np.zeros((max(len(measures), 1), len(SIGNS)), dtype=bool)
    allowed[:, 0] = True
    allowed[:, PERCENT] = change or [m.unit is Unit.PERCENT for m in measures]
    if not change:
        allowed[:, COLONS] = [m.unit in _SECONDS_IN for m in measures]
        for sign, name in enumerate(SIGNS):
            currencies = CURRENCIES_OF.get(name)
            if currencies is not None or sign == PARENTHESES:
                allowed[:, sign] = [
                    m.unit is Unit.CURRENCY and (currencies is None or m.currency in currencies) for m in measures
                ]
    return allowed


def fix_of(found: str, sign: str, measure: Measure) -> str:
    """Say what to do about a cell that is no figure of the measure."""
    if sign == "%":
        return "the measure's unit is not percent: write it without %, or give the measure unit: percent"
    if sign == "()":
        return "write a minus: parentheses are read as one on currency only"
    if sign == ":":
        return "the measure's unit is neither seconds nor minutes: write a number, or give the measure unit: seconds"
    if sign and measure.unit is Unit.CURRENCY:
        return f"the measure's currency is {measure.currency}: write the number alone, or give the measure its currency"
    if sign:
        return f"the measure's unit is not currency: write it without {sign}, or give the measure unit: currency"
    fix = "write a number like 1234.5, or leave it empty where there is no figure"
    if measure.unit in _SECONDS_IN and _LENGTH.fullmatch(found):
        return f"{fix}; say in the source how lengths of time are written: times: h:mm:ss (or mm:ss, or h:mm)"
    if _MINUS_BEHIND.fullmatch(found):
        return f"{fix}; where the source writes the minus behind its figures, give it minus: behind"
    if flagged := _FLAGGED.fullmatch(found):
        return f'{fix}; if "{flagged[1]}" is a flag behind the figure, give the source flags: ["{flagged[1]}"]'
    if len(found) <= _LONGEST_MARK and (found[:1] in "<>~" or not any(c.isdigit() for c in found)):
        fix += f'; if it stands for a figure that is withheld, give the source missing: ["{found}"]'
    return fix
