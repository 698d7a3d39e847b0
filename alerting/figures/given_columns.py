"""Columns that a source has not as such: the same in every row, said by the file's name, or made of several."""

from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

import polars as pl

from alerting.domain.file_periods import IN_NAME, period_in_name
from alerting.domain.period import Calendar, PeriodKind
from alerting.domain.period_parts import BETWEEN, in_one_text
from alerting.domain.rule import Source
from alerting.domain.source_columns import FILE_NAME, part_name
from alerting.ports import SourceTable


def given_columns(table: SourceTable, source: Source) -> dict[str, pl.Series]:
    """Return what a source's `fixed` and `parts` make, as categories: our names -> a text for each row."""
    n = len(next(iter(table.columns.values()), ()))
    made = {}
    for name, text in source.fixed.items():
        whole = _file_names(table, n) if text == FILE_NAME else pl.repeat(text, n, eager=True, dtype=pl.String)
        made[name] = whole.cast(pl.Categorical)
    for name, parts in source.parts.items():
        made[name] = _joined([table.columns[part_name(name, part)] for part in range(len(parts))])
    return made


def period_text(text: str, calendar: Calendar, every: PeriodKind) -> str:
    """Return the text of a period as it is to be read, where it stands in several cells or in the file's name.

    Raises:
        PeriodError: the file's name says none, or two.
    """
    if text.startswith(IN_NAME):
        return period_in_name(text[1:], calendar, every)
    return in_one_text(text, every, calendar.starts)


def as_it_stands(text: str) -> str:
    """Return a text of a made column as people see it."""
    return text.removeprefix(IN_NAME).replace(BETWEEN, " ")


def _file_names(table: SourceTable, n: int) -> pl.Series:
    files = table.files or [(table.file, n)]
    names = [
        pl.repeat(f"{IN_NAME}{PurePosixPath(file).stem}", rows, eager=True, dtype=pl.String) for file, rows in files
    ]
    return pl.concat(names)


def _joined(columns: Sequence[pl.Series]) -> pl.Series:
    """Return the cells of several columns in one, whole numbers without decimals; empty where all are."""
    texts = [_texts(column).alias(str(n)) for n, column in enumerate(columns)]
    joined = pl.DataFrame(texts).select(
        pl.when(pl.all_horizontal(pl.all() == "")).then(None).otherwise(pl.concat_str(pl.all(), separator=BETWEEN))
    )
    return joined.to_series().cast(pl.Categorical)


def _texts(column: pl.Series) -> pl.Series:
    if column.dtype.is_float() and bool((column.drop_nulls() % 1 == 0).all()):
        column = column.cast(pl.Int64)
    return column.cast(pl.String).fill_null("").str.strip_chars()


def hidden_by(source: Source) -> Mapping[str, str]:
    """Return what stands in place of a file's own column, in words, by our name."""
    made = {name: f'fixed gives "{text}" for every row' for name, text in source.fixed.items()}
    made |= {name: "the file's name says it" for name, text in source.fixed.items() if text == FILE_NAME}
    made |= {name: f"columns makes {name} of {' and '.join(parts)}" for name, parts in source.parts.items()}
    return made | {name: f'columns maps {name} to "{theirs}"' for name, theirs in source.columns.items()}
