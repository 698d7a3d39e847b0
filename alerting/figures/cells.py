"""Reading cells as a person would: thousands commas, percent signs, the ways of writing "nothing"."""

import re
from dataclasses import dataclass

import numpy as np
import polars as pl

from alerting.domain.panel import Flags, Floats

#: What stands for "no figure", in lower case.
MISSING = frozenset({"", "-", "n/a", "na", "not available", "not known", "null", "\N{EN DASH}", "\N{EM DASH}"})
_PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")


@dataclass(frozen=True, eq=False)
class NumberColumn:
    """One column as numbers: NaN where missing or refused; `refused` marks cells with something else in them."""

    values: Floats
    refused: Flags
    #: Cells written with a percent sign, which only percents may have.
    percent_signs: Flags
    #: The texts of refused cells and of those with a percent sign, by row.
    texts: dict[int, str]


def number_column(series: pl.Series) -> NumberColumn:
    """Read a column of numbers or of texts."""
    n = len(series)
    nothing = np.zeros(n, dtype=bool)
    if series.dtype.is_numeric():
        floats = series.cast(pl.Float64)
        if not series.null_count():
            values = floats.to_numpy()
            with np.errstate(all="ignore"):  # figures whose sum is too large are looked at one by one
                total = values.sum()
            if np.isfinite(total):  # one pass: nothing missing, nothing that is no number
                return NumberColumn(values, nothing, nothing, {})
        values = floats.fill_null(float("nan")).to_numpy(writable=True)
        infinite = np.isinf(values) | (np.isnan(values) & ~series.is_null().to_numpy())
        texts = {int(row): str(values[row]) for row in np.flatnonzero(infinite)}
        values[infinite] = np.nan
        return NumberColumn(values, infinite, nothing, texts)
    values, refused, percents = np.full(n, np.nan), nothing.copy(), nothing.copy()
    texts = {}
    for row, text in enumerate(series.cast(pl.String).to_list()):
        number, percent = number_in(text or "")
        if number is None:
            refused[row], texts[row] = True, text
        else:
            values[row] = number
            if percent:
                percents[row], texts[row] = True, text
    return NumberColumn(values, refused, percents, texts)


def number_in(text: str) -> tuple[float | None, bool]:
    """Return (number, had a percent sign): NaN for missing, None for anything that is no number."""
    text = text.strip().replace("\N{MINUS SIGN}", "-").replace("\N{NO-BREAK SPACE}", " ").strip()
    if text.lower() in MISSING:
        return float("nan"), False
    percent = text.endswith("%")
    body = text.removesuffix("%").rstrip()
    if _THOUSANDS.fullmatch(body):
        body = body.replace(",", "")
    elif not _PLAIN.fullmatch(body):
        return None, percent
    number = float(body)
    return (number, percent) if np.isfinite(number) else (None, percent)
